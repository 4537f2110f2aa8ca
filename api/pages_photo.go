package api

import (
	"encoding/base64"
	"errors"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"antin/api/problem"
	"antin/imagecheck"
	"antin/signer/verify"
)

// photoLine is a measure with its answer in the words that the pages' marks use.
type photoLine struct {
	imagecheck.Measure
	Status verify.Status
}

// photoPage is /anh: drop a photo, see what was found, take the prepared one.
func (s *Server) photoPage(c echo.Context) error {
	body := struct {
		Limit, Wrong      string
		Result            *imagecheck.Result
		Answer            *answer
		Reasons, Measures []photoLine
		Overlay, Prepared string       // base64
		Refused           []spokenLine // why no prepared photo is offered
		Basis             string       // of the rules
		Bare              bool         // the rules allow no glasses
	}{Limit: megabytes(s.limits.PhotoBody)}
	// Not FormValue: it would read the upload, and write it to disk.
	rules, err := s.photoRules(c.QueryParam("rules"))
	if err != nil {
		return err
	}
	body.Basis = rules.LegalBasis
	_, body.Bare = rules.Measures["glasses"]
	title, status := "Kiểm tra ảnh 4x6", http.StatusOK
	if c.Request().Method == http.MethodPost {
		if err := s.public(c); err != nil {
			return err
		}
		f, wrong, err := chosen(c, photoTypes...)
		if err != nil {
			return err
		}
		if wrong != "" {
			body.Wrong = wrong
			return s.page(c, http.StatusBadRequest, "photo", title, body)
		}
		ctx, photo := c.Request().Context(), f.content
		if body.Result, err = s.service.CheckPhoto(ctx, photo, rules); err != nil {
			return err
		}
		if overlay, err := s.service.AnnotatePhoto(ctx, photo, rules); err == nil {
			body.Overlay = base64.StdEncoding.EncodeToString(overlay)
		}
		passes := false // the cropped copy
		prepared, err := s.service.PreparePhoto(ctx, photo, rules)
		if err == nil {
			passes = prepared.Result.Verdict == imagecheck.Pass
			body.Prepared = base64.StdEncoding.EncodeToString(prepared.JPEG)
		} else if body.Result.CanPrepare {
			body.Refused = notPrepared(err)
		}
		body.Measures = photoLines(body.Result)
		body.Reasons = slices.DeleteFunc(slices.Clone(body.Measures), func(l photoLine) bool {
			return l.Status != verify.Failed && l.Status != verify.Warning
		})
		body.Answer = photoAnswer(body.Result.Verdict, passes)
		title = body.Answer.Says
	}
	return s.page(c, status, "photo", title, body)
}

// spokenLine is a sentence in both languages.
type spokenLine struct{ VI, EN string }

// notPrepared tells a person at the page why there is no cropped photo.
func notPrepared(err error) (out []spokenLine) {
	var still spokenLine
	if _, ok := errors.AsType[*imagecheck.WouldFail](err); ok {
		still = spokenLine{"Cắt và xoay rồi ảnh vẫn chưa đạt: ", "Cropping and turning are not enough: "}
	}
	for _, f := range problem.From(photoProblem(err)).Fields {
		out = append(out, spokenLine{still.VI + f.Message, still.EN + f.MessageEN})
	}
	if len(out) == 0 {
		out = []spokenLine{{"Máy đang bận nên chưa cắt được; hãy thử lại sau ít phút.", "The service is busy and could not crop it; try again in a few minutes."}}
	}
	return out
}

// photoLines puts what fails first.
func photoLines(r *imagecheck.Result) []photoLine {
	rank := map[imagecheck.Status]int{imagecheck.Fail: 0, imagecheck.Review: 1, imagecheck.Pass: 3}
	mark := map[imagecheck.Status]verify.Status{imagecheck.Fail: verify.Failed, imagecheck.Review: verify.Warning, imagecheck.Pass: verify.Passed}
	order := func(s imagecheck.Status) int {
		if n, ok := rank[s]; ok {
			return n
		}
		return 2 // notes
	}
	sorted := slices.SortedStableFunc(slices.Values(r.Measures), func(a, b imagecheck.Measure) int { return order(a.Status) - order(b.Status) })
	out := make([]photoLine, len(sorted))
	for i, m := range sorted {
		out[i] = photoLine{Measure: m} // a note has no mark
		if st, ok := mark[m.Status]; ok {
			out[i].Status = st
		}
	}
	return out
}

func photoAnswer(verdict imagecheck.Status, cropPasses bool) *answer {
	switch {
	case verdict == imagecheck.Pass:
		return &answer{
			Tone: good, Says: "Ảnh đạt yêu cầu", SaysEN: "The photo meets the rules",
			Do: "Nộp ảnh này kèm hồ sơ.", DoEN: "Send this photo with your dossier.",
		}
	case verdict == imagecheck.Fail && cropPasses:
		return &answer{
			Tone: caution, Says: "Ảnh chưa đúng cỡ, bản đã cắt bên dưới thì đạt", SaysEN: "Not the right size; the cropped copy below meets the rules",
			Do: "Tải ảnh đã cắt và nộp ảnh đó.", DoEN: "Download the cropped photo and send that one.",
		}
	case verdict == imagecheck.Fail:
		return &answer{
			Tone: bad, Says: "Ảnh chưa đạt", SaysEN: "The photo does not meet the rules",
			Do: "Sửa những điều dưới đây rồi chụp và kiểm tra lại.", DoEN: "Mend what is listed below, take the photo again and check it.",
		}
	}
	return &answer{
		Tone: caution, Says: "Cần cán bộ xem lại ảnh", SaysEN: "A person has to look at the photo",
		Do:   "Bạn có thể nộp ảnh này; cán bộ sẽ quyết định. Chụp lại theo những điều dưới đây thì chắc chắn hơn.",
		DoEN: "You may send it and an officer decides; a new photo without the points below is safer.",
	}
}
