package api

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"antin/api/problem"
	"antin/archive"
)

// ListJobs implements GET /v1/jobs.
func (h *handlers) ListJobs(c echo.Context, params ListJobsParams) error {
	s := h.server()
	who, err := s.allow(c, archive.RoleClerk, archive.RoleAuditor)
	if err != nil {
		return err
	}
	limit, err := limited(params.Limit, 100, archive.MaxPage)
	if err != nil {
		return err
	}
	f := archive.JobFilter{Agency: who.key.Agency, Kind: deref(params.Kind), State: archive.JobState(deref(params.State))}
	switch f.State {
	case "", archive.JobWaiting, archive.JobRunning, archive.JobDone, archive.JobFailed:
	default:
		return problem.New(problem.BadParameter, nil, "state", "waiting, running, done, failed")
	}
	jobs, next, err := s.service.Store().Jobs(c.Request().Context(), f, archive.Page{After: deref(params.Cursor), Limit: limit})
	if err != nil {
		return cursorProblem(err)
	}
	out := JobPage{Jobs: make([]Job, len(jobs)), Next: optional(next)}
	for i, j := range jobs {
		out.Jobs[i] = jobBody(j)
	}
	return c.JSON(http.StatusOK, out)
}

// RetryJob implements POST /v1/jobs/retry.
func (h *handlers) RetryJob(c echo.Context) error {
	s := h.server()
	who, err := s.allow(c, archive.RoleClerk)
	if err != nil {
		return err
	}
	var req RetryJobJSONBody
	if _, err := readJSON(c, &req); err != nil {
		return err
	}
	ctx, store := c.Request().Context(), s.service.Store()
	j, err := store.Job(ctx, req.ID)
	if err == nil && !who.sees(j.Agency) {
		err = &archive.NotFoundError{What: "job", ID: req.ID}
	}
	if err == nil {
		err = store.Retry(ctx, req.ID, who.actor(), s.now())
	}
	if err == nil {
		j, err = store.Job(ctx, req.ID)
	}
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, jobBody(j))
}

func jobBody(j archive.Job) Job {
	return Job{
		ID: j.ID, Kind: j.Kind, Agency: optional(j.Agency), State: JobState(j.State), Attempts: j.Attempts,
		Due: j.Due.In(archive.Zone), Error: optional(j.Error), Created: j.Created.In(archive.Zone), Updated: j.Updated.In(archive.Zone),
	}
}
