package main

import (
	"context"
	"errors"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"antin/api/problem"
	"antin/archive"
)

// jobEntry is one element of `antin job list --json`.
type jobEntry struct {
	ID       string    `json:"id"`
	Kind     string    `json:"kind"`
	Agency   string    `json:"agency,omitempty"`
	State    string    `json:"state"`
	Attempts int       `json:"attempts"`
	Due      time.Time `json:"due"`
	Updated  time.Time `json:"updated"`
	Error    string    `json:"error,omitempty"` // of the last attempt
}

// job shows the work that outlives a request.
func (c *cli) job() *cobra.Command {
	cmd := &cobra.Command{
		Use: "job", Short: "Việc chạy nền: đóng dấu bị ngắt, lô, giao tin, mốc ngày, dấu thời gian", Args: exactly(0, "list | retry"),
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	var f archive.JobFilter
	var state string
	var asJSON bool
	states := []archive.JobState{archive.JobWaiting, archive.JobRunning, archive.JobDone, archive.JobFailed}
	list := c.dataFlag(&cobra.Command{
		Use: "list", Short: "Liệt kê việc chạy nền, mới nhất trước", Args: exactly(0, "--state, --kind, --agency, --json"),
		RunE: c.withApp(func(ctx context.Context, a *app) error {
			if f.State = archive.JobState(state); state != "" && !slices.Contains(states, f.State) {
				return problem.New(problem.ValueInvalid, nil, "--state", "waiting, running, done, failed")
			}
			return c.jobList(ctx, a, f, asJSON)
		}),
	})
	list.Flags().StringVar(&state, "state", "", "waiting, running, done hoặc failed")
	list.Flags().StringVar(&f.Kind, "kind", "", "loại việc")
	list.Flags().StringVar(&f.Agency, "agency", "", "mã cơ quan")
	list.Flags().BoolVar(&asJSON, "json", false, "in JSON")
	retry := c.dataFlag(&cobra.Command{
		Use: "retry ID", Short: "Cho chạy lại một việc đã hỏng", Args: exactly(1, "ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.withApp(func(ctx context.Context, a *app) error {
				return a.store.Retry(ctx, args[0], person(), c.now())
			})(cmd, args)
		},
	})
	cmd.AddCommand(list, retry)
	return cmd
}

func (c *cli) jobList(ctx context.Context, a *app, f archive.JobFilter, asJSON bool) error {
	entries := []jobEntry{}
	for p := (archive.Page{Limit: archive.MaxPage}); ; {
		jobs, next, err := a.store.Jobs(ctx, f, p)
		if err != nil {
			return err
		}
		for _, j := range jobs {
			entries = append(entries, jobEntry{
				ID: j.ID, Kind: j.Kind, Agency: j.Agency, State: string(j.State), Attempts: j.Attempts,
				Due: j.Due.In(vietnam), Updated: j.Updated.In(vietnam), Error: j.Error,
			})
		}
		if p.After = next; next == "" {
			break
		}
	}
	if asJSON {
		return c.writeJSON(map[string]any{"jobs": entries})
	}
	w := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	p := printer{w: w}
	p.line("%s", c.tell("VIỆC\tTRẠNG THÁI\tLẦN\tĐẾN HẠN\tLỖI", "JOB\tSTATE\tATTEMPTS\tDUE\tERROR"))
	for _, e := range entries {
		p.line("%s\t%s\t%d\t%s\t%s", e.ID, e.State, e.Attempts, e.Due.Format("02/01/2006 15:04"), e.Error)
	}
	return errors.Join(p.err, w.Flush())
}
