package conformance

import (
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"antin/archive"
)

var trailTests = map[string]func(*testing.T, archive.Store){
	"every move leaves a row": func(t *testing.T, s archive.Store) {
		Setup(t, s)
		d := Draft(NewID())
		doc := Issue(t, s, d)
		rows, err := s.Audit(t.Context(), archive.AuditFilter{Document: d.ID}, 0, 0)
		must(t, err)
		var got []string
		for _, r := range rows {
			var detail struct {
				From, To, Number, SHA256 string
				Revision                 int
			}
			must(t, json.Unmarshal(r.Detail, &detail))
			got = append(got, fmt.Sprintf("%s %s>%s revision %d %s", r.Action, detail.From, detail.To, detail.Revision, detail.Number))
			if r.By != Clerk || !r.At.Equal(Noon) || r.Agency != "snv" {
				t.Errorf("row %+v", r)
			}
		}
		want := fmt.Sprint([]string{
			"draft >draft revision 1 ", "sign draft>signed revision 2 ", "number signed>numbered revision 2 " + doc.Number.Full(), "issue numbered>issued revision 3 ",
		})
		if fmt.Sprint(got) != want {
			t.Errorf("rows are %q, want %s", got, want)
		}
		report, err := s.VerifyAudit(t.Context(), nil)
		must(t, err)
		seq, hash, err := s.Head(t.Context())
		must(t, err)
		if report.Broken != nil || report.Rows != seq || string(report.Head[:]) != string(hash) {
			t.Errorf("report %+v, head %d %x", report, seq, hash)
		}
	},
	"recorded events": func(t *testing.T, s archive.Store) {
		Setup(t, s)
		doc := Create(t, s, Draft(NewID()))
		e := archive.Event{Action: archive.ActionLook, Agency: "snv", Document: doc.ID, Detail: []byte(`{"what": "pdf"}`), By: Clerk, At: Noon}
		row, err := s.Record(t.Context(), e)
		must(t, err)
		rows, err := s.Audit(t.Context(), archive.AuditFilter{
			Action: archive.ActionLook, Agency: "snv", Actor: Clerk.ID,
			From: Noon, To: Noon.Add(time.Second),
		}, row.Seq-1, 10)
		must(t, err)
		if len(rows) != 1 || rows[0].Seq != row.Seq || rows[0].Hash != row.Hash || string(rows[0].Detail) != string(e.Detail) {
			t.Errorf("read back %+v, want %+v", rows, row)
		}
		got, err := s.Get(t.Context(), doc.ID)
		must(t, err)
		if len(got.History) != 1 {
			t.Errorf("a look is in the history: %+v", got.History)
		}
		for _, bad := range []archive.Event{{}, {Action: "look", By: Clerk}, {Action: "look", At: Noon}, {Action: "l", By: Clerk, At: Noon, Detail: []byte("{")}} {
			if _, err := s.Record(t.Context(), bad); !errors.As(err, new(*archive.InvalidError)) {
				t.Errorf("%+v: got %v, want *InvalidError", bad, err)
			}
		}
	},
	"checkpoints": func(t *testing.T, s archive.Store) {
		Setup(t, s)
		ctx := t.Context()
		seq, hash, err := s.Head(ctx)
		must(t, err)
		c := archive.Checkpoint{Day: archive.Day(Noon), Seq: seq, Hash: [32]byte(hash), At: Noon, Signature: []byte("signature")}
		must(t, s.PutCheckpoint(ctx, c))
		if err := s.PutCheckpoint(ctx, c); !errors.As(err, new(*archive.DuplicateError)) {
			t.Errorf("again: got %v, want *DuplicateError", err)
		}
		wrong := c
		wrong.Day, wrong.Hash = c.Day.AddDate(0, 0, 1), [32]byte{1}
		if err := s.PutCheckpoint(ctx, wrong); !errors.As(err, new(*archive.InvalidError)) {
			t.Errorf("another hash: got %v, want *InvalidError", err)
		}
		all, err := s.Checkpoints(ctx)
		must(t, err)
		if len(all) != 1 || string(all[0].Statement()) != string(c.Statement()) || string(all[0].Signature) != "signature" {
			t.Errorf("checkpoints are %+v", all)
		}
		report, err := s.VerifyAudit(ctx, func(archive.Checkpoint) error { return nil })
		must(t, err)
		if report.Broken != nil || report.Checkpoints != 1 {
			t.Errorf("report %+v", report)
		}
		report, err = s.VerifyAudit(ctx, func(archive.Checkpoint) error { return errors.New("forged") })
		must(t, err)
		if report.Broken == nil || report.Broken.Kind != archive.CheckpointUnknown {
			t.Errorf("report %+v, want a refused signature", report)
		}
	},
}

var upkeepTests = map[string]func(*testing.T, archive.Store){
	"ping": func(t *testing.T, s archive.Store) {
		must(t, s.Ping(t.Context()))
		must(t, s.Close())
		if err := s.Ping(t.Context()); err == nil {
			t.Error("a closed store answers")
		}
	},
	"doctor counts": func(t *testing.T, s archive.Store) {
		Setup(t, s)
		for range 3 {
			Issue(t, s, Draft(NewID()))
		}
		Create(t, s, Draft(NewID()))
		d := healthy(t, s)
		if d.Documents != 4 || d.Revisions != 10 || d.Contents != 10 || d.Numbers != 3 || d.Audit.Rows != 6+4*3+1 {
			t.Errorf("diagnosis %+v", d)
		}
	},
	"backup refuses to overwrite": func(t *testing.T, s archive.Store) {
		path := filepath.Join(t.TempDir(), "backup")
		must(t, s.Backup(t.Context(), path))
		if err := s.Backup(t.Context(), path); err == nil {
			t.Error("a backup was overwritten")
		}
	},
	"retention": func(t *testing.T, s archive.Store) {
		Setup(t, s) // QĐ is kept 10 years, CV for ever
		d, e := Draft(NewID()), Draft(NewID())
		e.Book = "CV"
		Issue(t, s, d)
		Issue(t, s, e)
		for _, c := range []struct {
			year int
			want int
		}{{2036, 0}, {2037, 1}} {
			p, err := s.Expired(t.Context(), "snv", time.Date(c.year, 1, 1, 0, 0, 0, 0, archive.Zone), archive.Page{})
			must(t, err)
			if len(p.Documents) != c.want {
				t.Errorf("in %d: %q expired, want %d", c.year, ids(p.Documents), c.want)
			}
		}
		ctx, late := t.Context(), time.Date(2037, 1, 1, 0, 0, 0, 0, archive.Zone)
		act := archive.Destruction{Reason: "hết thời hạn bảo quản", Decision: "12/QĐ-SNV ngày 04/01/2037", Minutes: "01/BB-HĐTH"}
		for _, bad := range []archive.Destruction{{}, {Reason: "hết hạn"}, {Reason: "hết hạn", Decision: "12/QĐ-SNV"}, {Decision: "12/QĐ-SNV", Minutes: "01/BB"}} {
			if _, err := s.Destroy(ctx, d.ID, bad, Clerk, late); !errors.As(err, new(*archive.InvalidError)) {
				t.Errorf("%+v: got %v, want *InvalidError", bad, err)
			}
		}
		for id, at := range map[string]time.Time{d.ID: late.Add(-time.Second), e.ID: late} {
			if _, err := s.Destroy(ctx, id, act, Clerk, at); !errors.As(err, new(*archive.RetentionError)) {
				t.Errorf("%s at %s: got %v, want *RetentionError", id, at, err)
			}
		}
		for range 2 {
			gone, err := s.Destroy(ctx, d.ID, act, Clerk, late)
			must(t, err)
			if !gone.Destroyed.Equal(late) || gone.Number == nil || string(gone.Data) != "{}" {
				t.Errorf("destroyed as %+v", gone)
			}
		}
		if _, _, err := s.RevisionContent(ctx, d.ID, 0); !errors.As(err, new(*archive.DestroyedError)) {
			t.Errorf("got %v, want *DestroyedError", err)
		}
		rows, err := s.Audit(ctx, archive.AuditFilter{Document: d.ID, Action: archive.ActionDestroy}, 0, 0)
		must(t, err)
		if len(rows) != 1 || !strings.Contains(string(rows[0].Detail), act.Decision) || !strings.Contains(string(rows[0].Detail), act.Minutes) {
			t.Errorf("the trail has %+v", rows)
		}
		p, err := s.Register(ctx, archive.Filter{Book: "QĐ"}, archive.Page{})
		must(t, err)
		if len(p.Entries) != 1 || p.Entries[0].DocumentID != d.ID {
			t.Errorf("the register is %+v", p.Entries)
		}
		if left, err := s.Expired(ctx, "", late, archive.Page{}); err != nil || len(left.Documents) != 0 {
			t.Errorf("still expired: %q, %v", ids(left.Documents), err)
		}
		_, _, err = s.RevisionContent(ctx, e.ID, 0)
		must(t, err)
		healthy(t, s)
	},
}

// backupTest copies a store that is in use and goes on in the copy.
func backupTest(t *testing.T, s archive.Store, openBackup func(t testing.TB, path string) archive.Store) {
	Setup(t, s)
	for range 5 {
		Issue(t, s, Draft(NewID()))
	}
	jobsBefore(t, s)
	stop, stopped := make(chan struct{}), make(chan error)
	go func() {
		for {
			select {
			case <-stop:
				stopped <- nil
				return
			default:
			}
			if _, _, err := s.CreateDraft(t.Context(), Draft(NewID())); err != nil {
				stopped <- err
				return
			}
		}
	}()
	path := filepath.Join(t.TempDir(), "backup.db")
	err := s.Backup(t.Context(), path)
	close(stop)
	must(t, <-stopped)
	must(t, err)
	copied := openBackup(t, path)
	if d := healthy(t, copied); d.Numbers != 5 || d.Audit.Rows < 6+4*5 {
		t.Errorf("the copy has %d numbers and %d audit rows", d.Numbers, d.Audit.Rows)
	}
	found, err := copied.List(t.Context(), archive.Filter{Text: "nghia 03"}, archive.Page{})
	must(t, err)
	if len(found.Documents) != 1 {
		t.Errorf("the copy finds %d documents by their words, want 1", len(found.Documents))
	}
	next := Issue(t, copied, Draft(NewID()))
	if next.Number.Serial != 6 {
		t.Errorf("the copy goes on with %d, want 6", next.Number.Serial)
	}
	jobsAfter(t, copied)
}
