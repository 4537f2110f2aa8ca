package issuance_test

import (
	"bytes"
	"database/sql"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"antin/archive"
	"antin/archive/postgres"
	"antin/archive/sqlite"
	"antin/internal/judge"
	"antin/issuance"
	"antin/signer/verify"
)

var schemas atomic.Int64

// onBothStores runs a test over an empty store of each kind.
func onBothStores(t *testing.T, test func(t *testing.T, store archive.Store)) {
	withBackDoors(t, func(t *testing.T, store archive.Store, _ func(statement string)) { test(t, store) })
}

// withBackDoors is onBothStores with a way to change the database behind the
// store's back.
func withBackDoors(t *testing.T, test func(t *testing.T, store archive.Store, exec func(statement string))) {
	through := func(t *testing.T, driver, where string) func(string) {
		db, err := sql.Open(driver, where)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		return func(statement string) {
			t.Helper()
			if _, err := db.ExecContext(t.Context(), statement); err != nil {
				t.Fatal(err)
			}
		}
	}
	t.Run("sqlite", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "antin.db")
		s, err := sqlite.Open(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		test(t, s, through(t, "sqlite", path))
	})
	t.Run("postgres", func(t *testing.T) {
		server := judge.Postgres(t)
		conn, err := pgx.Connect(t.Context(), server)
		if err != nil {
			t.Fatal(err)
		}
		name := fmt.Sprintf("issuance%d", schemas.Add(1))
		_, err = conn.Exec(t.Context(), `CREATE SCHEMA `+name)
		_ = conn.Close(t.Context())
		u, urlErr := url.Parse(server)
		if err != nil || urlErr != nil {
			t.Fatal(err, urlErr)
		}
		q := u.Query()
		q.Set("search_path", name)
		u.RawQuery = q.Encode()
		s, err := postgres.Open(t.Context(), u.String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		test(t, s, through(t, "pgx", u.String()))
	})
}

func auditKey(t testing.TB) *issuance.Key {
	t.Helper()
	dir, err := office()
	if err != nil {
		t.Fatal(err)
	}
	k, err := issuance.LoadAuditKey(os.DirFS(dir))
	if err != nil || k == nil {
		t.Fatal(k, err)
	}
	return k
}

// TestDailyCheckpoint: three instances over one store make one checkpoint a day,
// with the service's own key; the walk judges each.
func TestDailyCheckpoint(t *testing.T) {
	onBothStores(t, func(t *testing.T, store archive.Store) {
		var clockNow atomic.Int64
		clockNow.Store(clock.UnixMicro())
		var services []*issuance.Service
		for range 3 {
			s, _ := newService(t, func(o *issuance.Options) {
				o.Store, o.AuditKey = store, auditKey(t)
				o.Now = func() time.Time { return time.UnixMicro(clockNow.Load()) }
			})
			services = append(services, s)
		}
		const days = 4
		for range days {
			if _, _, err := services[0].Make(t.Context(), sample(t, "qd-cham-dut-tctn", nil), issuance.UntilIssued); err != nil {
				t.Fatal(err)
			}
			var wg sync.WaitGroup
			for _, s := range services {
				wg.Go(func() { jobsDone(t, s, time.UnixMicro(clockNow.Load())) })
			}
			wg.Wait()
			clockNow.Add((24 * time.Hour).Microseconds())
		}
		points, err := store.Checkpoints(t.Context())
		if err != nil || len(points) != days {
			t.Fatalf("%d checkpoints, want %d, %v", len(points), days, err)
		}
		for i, p := range points {
			signer, err := services[1].CheckpointSigner(p)
			if err != nil || signer.Signer != "Nhật ký kiểm toán Antin" || signer.Revocation != "GOOD" {
				t.Errorf("%+v %v", signer, err)
			}
			if want := archive.Day(clock).AddDate(0, 0, i-1); !p.Day.Equal(want) {
				t.Errorf("checkpoint of %s, want %s", p.Day, want)
			}
		}
		report, err := services[2].VerifyAudit(t.Context())
		if err != nil || report.Broken != nil || report.Checkpoints != days {
			t.Fatalf("%+v %v", report, err)
		}
		rows, err := store.Audit(t.Context(), archive.AuditFilter{Action: archive.ActionCheckpoint}, 0, 0)
		if err != nil || len(rows) != days {
			t.Errorf("%d checkpoints in the trail, %v", len(rows), err)
		}
	})
}

// TestCheckpointByAnother: a checkpoint counts only when it is signed, whole and
// by a signer the service trusts.
func TestCheckpointByAnother(t *testing.T) {
	s, store := newService(t, func(o *issuance.Options) { o.AuditKey = auditKey(t) })
	if made, err := s.Checkpoint(t.Context(), clock); !made || err != nil {
		t.Fatal(made, err)
	}
	points, err := store.Checkpoints(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	good := points[0]
	for name, change := range map[string]func(*archive.Checkpoint){
		"another day":  func(c *archive.Checkpoint) { c.Day = c.Day.AddDate(0, 0, 1) },
		"another row":  func(c *archive.Checkpoint) { c.Seq++ },
		"another hash": func(c *archive.Checkpoint) { c.Hash[5] ^= 1 },
		"another time": func(c *archive.Checkpoint) { c.At = c.At.Add(time.Second) },
		"no signature": func(c *archive.Checkpoint) { c.Signature = nil },
		"half of it":   func(c *archive.Checkpoint) { c.Signature = c.Signature[:len(c.Signature)/2] },
	} {
		c := good
		change(&c)
		if _, err := s.CheckpointSigner(c); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	for i := range good.Signature { // one bit of every byte
		c := good
		c.Signature = bytes.Clone(good.Signature)
		c.Signature[i] ^= 1 << (i % 8)
		report, err := s.CheckpointSigner(c)
		if err == nil && report.Signer != "Nhật ký kiểm toán Antin" {
			t.Errorf("byte %d: signed by %+v", i, report)
		}
	}
	stranger := issuance.New(issuance.Options{Store: store, Trust: &verify.Trust{}, Now: func() time.Time { return clock }})
	report, err := stranger.VerifyAudit(t.Context())
	if err != nil || report.Broken == nil || report.Broken.Kind != archive.CheckpointUnknown {
		t.Errorf("without trust: %+v %v", report, err)
	}
}

// TestDoctorJudgesCheckpoints: the doctor says which day's checkpoint is not
// what was signed, every one of them; one that was taken away is missed.
func TestDoctorJudgesCheckpoints(t *testing.T) {
	withBackDoors(t, func(t *testing.T, store archive.Store, exec func(string)) {
		s, _ := newService(t, func(o *issuance.Options) { o.Store, o.AuditKey = store, auditKey(t) })
		for i := range 3 {
			if made, err := s.Checkpoint(t.Context(), clock.AddDate(0, 0, i-3)); !made || err != nil {
				t.Fatal(made, err)
			}
		}
		days := make([]string, 3)
		for i := range days {
			days[i] = archive.Day(clock).AddDate(0, 0, i-3).Format(time.DateOnly)
		}
		exec(`CREATE TABLE kept AS SELECT * FROM checkpoints`)
		for name, c := range map[string]struct {
			change string
			want   []string // the days that are named
		}{
			"nothing":         {`SELECT 1`, nil},
			"another's":       {`UPDATE checkpoints SET signature = (SELECT signature FROM kept WHERE day = '` + days[0] + `')`, days[1:]},
			"half of it":      {`UPDATE checkpoints SET signature = substr(signature, 1, 500) WHERE day = '` + days[1] + `'`, days[1:2]},
			"no signature":    {`UPDATE checkpoints SET signature = substr(signature, 1, 0)`, days},
			"a finer time":    {`UPDATE checkpoints SET at = at + 5 WHERE day = '` + days[2] + `'`, days[2:]},
			"taken away":      {`DELETE FROM checkpoints WHERE day = '` + days[1] + `'`, days[1:2]},
			"on another day":  {`UPDATE checkpoints SET day = '2020-01-01' WHERE day = '` + days[2] + `'`, []string{"2020-01-01", days[2]}},
			"of another time": {`UPDATE checkpoints SET at = at - 86400000000 WHERE day = '` + days[0] + `'`, days[:1]},
		} {
			exec(c.change)
			d, err := s.Doctor(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			got := fmt.Sprint(d.Findings)
			for _, day := range c.want {
				if !strings.Contains(got, day) {
					t.Errorf("%s: %s is not said: %v", name, day, got)
				}
			}
			if len(d.Findings) != len(c.want) {
				t.Errorf("%s: %v, want %v", name, got, c.want)
			}
			exec(`DELETE FROM checkpoints`)
			exec(`INSERT INTO checkpoints SELECT * FROM kept`)
		}
	})
}

// TestCheckpointWithoutItsKey: without a service key the seal of an agency signs;
// without any key the job waits and is done once there is one.
func TestCheckpointWithoutItsKey(t *testing.T) {
	now := clock
	s, store := newService(t, func(o *issuance.Options) { o.Now = func() time.Time { return now } })
	jobsDone(t, s, now)
	points, err := store.Checkpoints(t.Context())
	if err != nil || len(points) != 1 {
		t.Fatal(points, err)
	}
	if who, err := s.CheckpointSigner(points[0]); err != nil || who.Signer == "" {
		t.Error(who, err)
	}
	now = now.AddDate(0, 0, 1)
	bare := issuance.New(issuance.Options{Store: store, Now: func() time.Time { return now }})
	jobsDone(t, bare, now)
	id := "checkpoint/" + archive.Day(now).AddDate(0, 0, -1).Format(time.DateOnly)
	j, err := store.Job(t.Context(), id)
	if err != nil || j.State != archive.JobWaiting || j.Error == "" || j.Due.Sub(now) != 15*time.Minute {
		t.Errorf("without a key: %+v %v", j, err)
	}
	now = now.Add(20 * time.Minute)
	jobsDone(t, s, now)
	if j, err = store.Job(t.Context(), id); err != nil || j.State != archive.JobDone {
		t.Errorf("with a key again: %+v %v", j, err)
	}
	if points, err = store.Checkpoints(t.Context()); err != nil || len(points) != 2 {
		t.Errorf("%d checkpoints, %v", len(points), err)
	}
}

// TestCheckpointForOpenSSL: an auditor needs neither Antin nor its database.
func TestCheckpointForOpenSSL(t *testing.T) {
	openssl := judge.Need(t, "openssl")
	s, store := newService(t, func(o *issuance.Options) { o.AuditKey, o.Now = auditKey(t), nil })
	if made, err := s.Checkpoint(t.Context(), time.Now()); !made || err != nil {
		t.Fatal(made, err)
	}
	points, err := store.Checkpoints(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	dir, err := office()
	if err != nil {
		t.Fatal(err)
	}
	check := func(statement, signature []byte) (string, error) {
		tmp := t.TempDir()
		for name, b := range map[string][]byte{"p.txt": statement, "p.txt.p7s": signature} {
			if err := os.WriteFile(filepath.Join(tmp, name), b, fs.FileMode(0o600)); err != nil {
				t.Fatal(err)
			}
		}
		out, err := exec.CommandContext(t.Context(), openssl, "cms", "-verify", "-binary", "-inform", "DER", "-in", filepath.Join(tmp, "p.txt.p7s"),
			"-content", filepath.Join(tmp, "p.txt"), "-CAfile", filepath.Join(dir, "trust", "demo-root.pem"), "-purpose", "any", "-cades",
			"-attime", strconv.FormatInt(clock.Add(time.Hour).Unix(), 10)).CombinedOutput()
		return string(out), err
	}
	if out, err := check(points[0].Statement(), points[0].Signature); err != nil || !strings.Contains(strings.ToLower(out), "verification successful") {
		t.Fatalf("openssl: %v\n%s", err, out)
	}
	if out, err := check(bytes.Replace(points[0].Statement(), []byte("row "), []byte("row 1"), 1), points[0].Signature); err == nil {
		t.Errorf("openssl took an edited statement\n%s", out)
	}
}

// TestTrailExport: the export is judged without the database.
func TestTrailExport(t *testing.T) {
	onBothStores(t, func(t *testing.T, store archive.Store) {
		s, _ := newService(t, func(o *issuance.Options) { o.Store, o.AuditKey = store, auditKey(t) })
		if _, _, err := s.Make(t.Context(), sample(t, "qd-cham-dut-tctn", nil), issuance.UntilIssued); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Checkpoint(t.Context(), clock); err != nil {
			t.Fatal(err)
		}
		for range 600 { // more than one page
			if _, err := store.Record(t.Context(), archive.Event{Action: archive.ActionLook, By: issuance.System, At: clock}); err != nil {
				t.Fatal(err)
			}
		}
		var file bytes.Buffer
		if err := s.ExportTrail(t.Context(), &file, issuance.System); err != nil {
			t.Fatal(err)
		}
		seq, hash, err := store.Head(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		trusting := issuance.New(issuance.Options{Trust: s.Trust(), Now: func() time.Time { return clock }})
		report, err := trusting.VerifyTrail(bytes.NewReader(file.Bytes()))
		if err != nil || report.Broken != nil || report.Rows != seq || string(report.Head[:]) != string(hash) || report.Checkpoints != 1 {
			t.Errorf("%+v %v, head %d", report, err, seq)
		}
		points, err := store.Checkpoints(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if err := s.VerifyKept(t.Context(), points[0]); err != nil {
			t.Error(err)
		}
		other, _ := newService(t, nil)
		if err := other.VerifyKept(t.Context(), points[0]); err == nil {
			t.Error("another trail fits the kept checkpoint")
		}
	})
}
