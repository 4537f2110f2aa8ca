package signer_test

import (
	"bytes"
	"crypto/x509"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.mozilla.org/pkcs7"

	"antin/internal/judge"
	"antin/internal/pdf"
	"antin/signer"
	"antin/signer/cms"
	"antin/signer/testpki"
)

func save(t testing.TB, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "document.pdf")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func open(t testing.TB, data []byte) *pdf.File {
	t.Helper()
	f, err := pdf.Open(data, pdf.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func field(t testing.TB, f *pdf.File, name string) pdf.Field {
	t.Helper()
	fields, err := f.Fields()
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(fields, func(f pdf.Field) bool { return f.Name == name })
	if i < 0 {
		t.Fatalf("no field %q", name)
	}
	return fields[i]
}

// signature returns the dictionary of a signature, its SignedData and the
// bytes it covers.
func signature(t testing.TB, data []byte, name string) (pdf.Dict, *cms.SignedData, []byte) {
	t.Helper()
	f := open(t, data)
	sig, err := f.Dict(field(t, f, name).Dict["V"])
	if err != nil || sig == nil {
		t.Fatalf("%s is not signed: %v", name, err)
	}
	sd, err := cms.ParseContents(sig["Contents"].(pdf.String))
	if err != nil {
		t.Fatal(err)
	}
	var br [4]int64
	for i, o := range sig["ByteRange"].(pdf.Array) {
		br[i] = int64(o.(pdf.Integer))
	}
	if br[0] != 0 || data[br[1]] != '<' || data[br[2]-1] != '>' {
		t.Fatalf("%s: /ByteRange %v does not leave out exactly /Contents", name, br)
	}
	return sig, sd, slices.Concat(data[:br[1]], data[br[2]:br[2]+br[3]])
}

func digestOf(s *cms.SignerInfo, covered []byte) []byte {
	h := s.Digest.New()
	h.Write(covered)
	return h.Sum(nil)
}

func TestIssue(t *testing.T) {
	draft, certified, sealed := issued(t, fixture{})
	if !bytes.HasPrefix(certified, draft) || !bytes.HasPrefix(sealed, certified) {
		t.Fatal("a revision changed the bytes before it")
	}
	f := open(t, sealed)
	revisions := f.Revisions()
	if len(revisions) != 3 {
		t.Fatalf("%d revisions", len(revisions))
	}
	catalog, _ := f.Catalog()
	perms, _ := f.Dict(catalog["Perms"])
	if perms["DocMDP"] != field(t, f, "ky_lanh_dao").Dict["V"] {
		t.Error("/Perms does not name the certification")
	}
	for i := range revisions {
		if root := revisions[i].Trailer["Root"]; root != revisions[0].Trailer["Root"] {
			t.Errorf("revision %d moves the catalog to %v", i, root)
		}
		if i > 0 && pdf.Append(nil, revisions[i].Trailer["ID"].(pdf.Array)[1]) == nil {
			t.Errorf("revision %d has no ID", i)
		}
	}
	pages, _ := f.Pages()
	for i, r := range revisions[1:] {
		if _, ok := r.Entry(pages[0].Ref.Num); ok {
			t.Errorf("revision %d rewrites the page", i+1)
		}
	}
	for _, fl := range fills {
		if got := pdf.TextOf(field(t, f, fl.Field).Dict["V"].(pdf.String)); got != strings.ReplaceAll(fl.Value, "\n", "\r") {
			t.Errorf("field %s = %q", fl.Field, got)
		}
	}

	sig, sd, covered := signature(t, certified, "ky_lanh_dao")
	s := &sd.Signers[0]
	if err := s.CheckContent(digestOf(s, covered), cms.OIDData); err != nil {
		t.Error(err)
	}
	if _, ok, _ := s.SigningTime(); ok {
		t.Error("PAdES signature has a signing-time")
	}
	if sig["SubFilter"] != pdf.Name("ETSI.CAdES.detached") || pdf.TextOf(sig["Name"].(pdf.String)) != "Nguyễn Vĩnh Nghĩa" {
		t.Errorf("signature dictionary %v", sig)
	}
	ref := sig["Reference"].(pdf.Array)
	if len(ref) != 1 || ref[0].(pdf.Dict)["TransformParams"].(pdf.Dict)["P"] != pdf.Integer(2) {
		t.Errorf("/Reference %v", ref)
	}
	sig, _, covered = signature(t, sealed, "con_dau")
	if len(covered) != len(sealed)-len(sig["Contents"].(pdf.String))*2-2 {
		t.Error("the seal does not cover the whole file")
	}
	ref = sig["Reference"].(pdf.Array)
	params := ref[0].(pdf.Dict)["TransformParams"].(pdf.Dict)
	if len(ref) != 1 || ref[0].(pdf.Dict)["TransformMethod"] != pdf.Name("FieldMDP") || params["Action"] != pdf.Name("Include") ||
		string(pdf.Append(nil, params["Fields"])) != string(pdf.Append(nil, pdf.Array{pdf.TextString("so"), pdf.TextString("ngay")})) {
		t.Errorf("/Reference %v", ref)
	}
}

func trust(t testing.TB) judge.Trust {
	t.Helper()
	files, err := pki().Files()
	if err != nil {
		t.Fatal(err)
	}
	return judge.Trust{Roots: files["demo-root.pem"], CRLs: [][]byte{files["demo-root.crl"], files["demo-ca.crl"]}, At: now.Add(time.Hour)}
}

// Every profile and kind of key, as outside judges see it.
func TestJudges(t *testing.T) {
	rsa3072 := issue(t, testpki.Request{Name: "Trần Thị Hỷ", Key: testpki.RSA3072})
	p256 := issue(t, testpki.Request{Name: "Đỗ Ưng Ẩn", Key: testpki.P256})
	p384 := issue(t, testpki.Request{Name: "Lý Ỷ Lan", Key: testpki.P384})
	pssIssued := issue(t, testpki.Request{Name: "Lê Ẵm", PSS: true})
	for _, c := range []struct {
		name    string
		x       fixture
		leader  *signer.Identity
		profile signer.Profile
		level   string
	}{
		{"RSA-2048", fixture{}, pki().Leader, signer.PAdES, "PAdES-BASELINE-B"},
		{"RSA-3072", fixture{}, rsa3072, signer.PAdES, "PAdES-BASELINE-B"},
		{"PSS", fixture{}, pssIssued, signer.PAdESPSS, "PAdES-BASELINE-B"},
		{"P-256", fixture{}, p256, signer.PAdES, "PAdES-BASELINE-B"},
		{"P-384", fixture{}, p384, signer.PAdES, "PAdES-BASELINE-B"},
		{"Adobe", fixture{}, pki().Leader, signer.Adobe, "PKCS7-B"},
		{"flags not set", fixture{sigFlags: 1}, pki().Leader, signer.PAdES, "PAdES-BASELINE-B"},
		{"lock all", fixture{lock: pdf.Dict{"Type": pdf.Name("SigFieldLock"), "Action": pdf.Name("All")}}, pki().Leader, signer.PAdES, "PAdES-BASELINE-B"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := leader()
			s.Identity, s.Profile = c.leader, c.profile
			certified, err := signer.Certify(c.x.document(t), s)
			if err != nil {
				t.Fatal(err)
			}
			s = seal()
			s.Profile = c.profile
			sealed, err := signer.Seal(certified, s, fills)
			if err != nil {
				t.Fatal(err)
			}
			path := save(t, sealed)
			judge.Check(t, path)
			sigs := judge.Signatures(t, path)
			if len(sigs) != 2 || !sigs[0].Valid && c.profile != signer.PAdESPSS || sigs[0].WholeFile || !sigs[1].Valid && c.profile != signer.PAdESPSS || !sigs[1].WholeFile {
				t.Errorf("pdfsig: %+v", sigs)
			}
			py := judge.PyHanko(t, path, trust(t))
			if err := py.Err(); err != nil {
				t.Error(err)
			}
			if py.Certification != "FILL_FORMS" || len(py.Signatures) != 2 || py.Signatures[0].Modification != "FORM_FILLING" || py.Signatures[1].Modification != "NONE" || py.Signatures[1].Coverage != "ENTIRE_FILE" {
				t.Errorf("pyHanko: %+v", py)
			}
			dss := judge.DSS(t, path, trust(t))
			if err := dss.Err(); err != nil {
				t.Error(err)
			}
			for _, d := range dss.Signatures {
				if d.Level != c.level || len(d.Errors) > 0 {
					t.Errorf("DSS: %+v", d)
				}
			}
		})
	}
}

func TestProfiles(t *testing.T) {
	draft := fixture{}.document(t)
	for _, c := range []struct {
		profile signer.Profile
		kind    cms.Kind
		sub     pdf.Name
		time    bool
	}{
		{signer.PAdES, cms.RSAPKCS1v15, "ETSI.CAdES.detached", false},
		{signer.PAdESPSS, cms.RSAPSS, "ETSI.CAdES.detached", false},
		{signer.Adobe, cms.RSAPKCS1v15, "adbe.pkcs7.detached", true},
	} {
		s := leader()
		s.Profile = c.profile
		out, err := signer.Certify(draft, s)
		if err != nil {
			t.Fatal(err)
		}
		sig, sd, covered := signature(t, out, s.Field)
		scheme, err := sd.Signers[0].Scheme()
		if err != nil || scheme.Kind != c.kind || sig["SubFilter"] != c.sub {
			t.Errorf("profile %d: %v %v %v", c.profile, scheme, err, sig["SubFilter"])
		}
		if at, ok, err := sd.Signers[0].SigningTime(); err != nil || ok != c.time || ok && !at.Equal(now) {
			t.Errorf("profile %d: signing-time %v %v %v", c.profile, at, ok, err)
		}
		if c.kind == cms.RSAPSS {
			continue
		}
		p7, err := pkcs7.Parse(bytes.TrimRight(sig["Contents"].(pdf.String), "\x00"))
		if err != nil {
			t.Fatal(err)
		}
		p7.Content = covered
		if err := p7.Verify(); err != nil {
			t.Errorf("pkcs7: %v", err)
		}
	}
}

func TestSingleSignature(t *testing.T) {
	draft := fixture{noField: "ky_lanh_dao"}.document(t)
	sealed, err := signer.Seal(draft, seal(), fills)
	if err != nil {
		t.Fatal(err)
	}
	path := save(t, sealed)
	judge.Check(t, path)
	if err := judge.PyHanko(t, path, trust(t)).Err(); err != nil {
		t.Error(err)
	}
	s := leader()
	approved, err := signer.Approve(fixture{noField: "con_dau"}.document(t), s)
	if err != nil {
		t.Fatal(err)
	}
	sig, _, _ := signature(t, approved, s.Field)
	if sig["Reference"] != nil {
		t.Error("an approval signature without /Lock has a /Reference")
	}
}

// change appends a revision in which do changes objects, as an attacker would.
func change(t testing.TB, data []byte, do func(f *pdf.File, u *pdf.Update)) []byte {
	t.Helper()
	f := open(t, data)
	u := pdf.NewUpdate(f)
	do(f, u)
	out, err := u.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestJudgesRefuse(t *testing.T) {
	_, certified, sealed := issued(t, fixture{})
	lateValue := func(name string) []byte {
		return change(t, sealed, func(f *pdf.File, u *pdf.Update) {
			fd := field(t, f, name)
			fd.Dict["V"] = pdf.TextString("16/QĐ-SNV")
			u.Set(fd.Ref, fd.Dict)
		})
	}
	flipped := bytes.Clone(sealed)
	flipped[bytes.Index(flipped, []byte("595 842 l"))] = '1'
	for _, c := range []struct {
		name string
		data []byte
	}{
		{"number changed after the seal", lateValue("so")},
		{"date changed after the seal", lateValue("ngay")},
		{"byte flipped", flipped},
		{"page changed after the seal", change(t, sealed, func(f *pdf.File, u *pdf.Update) {
			pages, _ := f.Pages()
			page := pages[0]
			page.Dict["Contents"] = u.Add(&pdf.Stream{Dict: pdf.Dict{}, Raw: []byte("0 0 m 9 9 l S")})
			u.Set(page.Ref, page.Dict)
		})},
		{"seal on another document's certification", slices.Concat(certified[:100], []byte("%"), certified[101:])},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := save(t, c.data)
			if err := judge.PyHanko(t, path, trust(t)).Err(); err == nil {
				t.Error("pyHanko accepts it")
			}
			if strings.Contains(c.name, "number") || strings.Contains(c.name, "date") {
				return // DSS 6.4 does not tie a value to a locked field
			}
			if err := judge.DSS(t, path, trust(t)).Err(); err == nil {
				t.Error("DSS accepts it")
			}
		})
	}
}

func TestRefuses(t *testing.T) {
	draft, certified, sealed := issued(t, fixture{})
	with := func(s signer.Signature, change func(*signer.Signature)) signer.Signature {
		change(&s)
		return s
	}
	foreign := &signer.Identity{Key: pki().Seal.Key, Certificate: pki().Leader.Certificate, Chain: pki().Leader.Chain}
	request := func(r testpki.Request) func(*signer.Signature) {
		return func(s *signer.Signature) { s.Identity = issue(t, r) }
	}
	certify := func(data []byte, s signer.Signature) func() ([]byte, error) {
		return func() ([]byte, error) { return signer.Certify(data, s) }
	}
	sealWith := func(data []byte, fills ...signer.Fill) func() ([]byte, error) {
		return func() ([]byte, error) { return signer.Seal(data, seal(), fills) }
	}
	certifiedFirst := change(t, draft, func(f *pdf.File, u *pdf.Update) {
		catalog, _ := f.Catalog()
		catalog["Perms"] = pdf.Dict{"DocMDP": u.Add(pdf.Dict{"Type": pdf.Name("Sig")})}
		u.Set(f.Trailer()["Root"].(pdf.Ref), catalog)
	})
	frozen := change(t, certified, func(f *pdf.File, u *pdf.Update) {
		fd := field(t, f, "ky_lanh_dao")
		sig, _ := f.Dict(fd.Dict["V"])
		sig["Reference"].(pdf.Array)[0].(pdf.Dict)["TransformParams"].(pdf.Dict)["P"] = 1
		u.Set(fd.Dict["V"].(pdf.Ref), sig)
	})
	for _, c := range []struct {
		name string
		do   func() ([]byte, error)
		want error
	}{
		{"certify twice", certify(certified, leader()), signer.ErrFieldSigned},
		{"certify after a seal", certify(sealed, leader()), signer.ErrFieldSigned},
		{"certify another field of a signed document", certify(certified, with(leader(), func(s *signer.Signature) { s.Field = "con_dau" })), signer.ErrSigned},
		{"certify beside a certification", certify(certifiedFirst, leader()), signer.ErrSigned},
		{"seal twice", sealWith(sealed), signer.ErrFieldSigned},
		{"seal a frozen document", sealWith(frozen), signer.ErrNoChanges},
		{"no such field", certify(draft, with(leader(), func(s *signer.Signature) { s.Field = "ky" })), signer.ErrFieldMissing},
		{"missing field", certify(fixture{noField: "ky_lanh_dao"}.document(t), leader()), signer.ErrFieldMissing},
		{"text field as signature", certify(draft, with(leader(), func(s *signer.Signature) { s.Field = "so" })), signer.ErrFieldKind},
		{"signature field as text", sealWith(certified, signer.Fill{Field: "con_dau", Value: "x"}), signer.ErrFieldKind},
		{"widget apart", sealWith(fixture{splitSeal: true}.document(t)), signer.ErrFieldKind},
		{"no such text field", sealWith(certified, signer.Fill{Field: "so_2", Value: "x"}), signer.ErrFieldMissing},
		{"empty value", sealWith(certified, signer.Fill{Field: "so", Value: " "}), signer.ErrFieldValue},
		{"value not UTF-8", sealWith(certified, signer.Fill{Field: "so", Value: "\xff"}), signer.ErrFieldValue},
		{"huge value", sealWith(certified, signer.Fill{Field: "so", Value: strings.Repeat("x", 100_000)}), signer.ErrFieldValue},
		{"filled twice", sealWith(certified, fills[0], fills[0]), signer.ErrFieldFilled},
		{"filled before", sealWith(fixture{so: pdf.TextString("1")}.document(t), fills[0]), signer.ErrFieldFilled},
		{"foreign key", certify(draft, with(leader(), func(s *signer.Signature) { s.Identity = foreign })), signer.ErrKeyMismatch},
		{"no identity", certify(draft, with(leader(), func(s *signer.Signature) { s.Identity = nil })), signer.ErrKeyMismatch},
		{"expired", certify(draft, with(leader(), request(pki().Expired()))), signer.ErrExpired},
		{"expired, and no document", certify(nil, with(leader(), request(pki().Expired()))), signer.ErrExpired},
		{"not yet valid", certify(draft, with(leader(), request(pki().NotYetValid()))), signer.ErrNotYetValid},
		{"no time", certify(draft, with(leader(), func(s *signer.Signature) { s.Time = time.Time{} })), signer.ErrNotYetValid},
		{"RSA-1024", certify(draft, with(leader(), request(testpki.Request{Name: "yếu", Key: testpki.RSA1024}))), signer.ErrWeakKey},
		{"not for signing", certify(draft, with(leader(), request(testpki.Request{Name: "mã hóa", KeyUsage: -1}))), signer.ErrKeyUsage},
		{"an authority", certify(draft, with(leader(), func(s *signer.Signature) {
			s.Identity = &signer.Identity{Key: pki().CA.Key, Certificate: pki().CA.Certificate}
		})), signer.ErrKeyUsage},
	} {
		t.Run(c.name, func(t *testing.T) {
			out, err := c.do()
			if !errors.Is(err, c.want) || out != nil {
				t.Errorf("%d bytes, error %v; want %v", len(out), err, c.want)
			}
		})
	}
	t.Run("locked field", func(t *testing.T) {
		once := fixture{}.document(t)
		s := seal()
		sealedFirst, err := signer.Seal(once, s, nil)
		if err != nil {
			t.Fatal(err)
		}
		s = leader()
		if _, err := signer.Seal(sealedFirst, s, fills[:1]); !errors.Is(err, signer.ErrFieldLocked) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("not a PDF", func(t *testing.T) {
		if _, err := signer.Certify([]byte("%PDF-1.7\nhello"), leader()); err == nil {
			t.Error("accepted")
		}
	})
}

func TestReserveExceeded(t *testing.T) {
	s := leader()
	s.TimestampSize = 100
	s.Timestamp = func([]byte) ([]byte, error) {
		token := make([]byte, 5004)
		copy(token, []byte{0x30, 0x82, 0x13, 0x88}) // a sequence of 5000 bytes
		return token, nil
	}
	_, err := signer.Certify(fixture{}.document(t), s)
	var re *signer.ReserveError
	if !errors.As(err, &re) || re.Need <= re.Have {
		t.Errorf("got %v", err)
	}
	down := errors.New("TSA is down")
	s.Timestamp = func([]byte) ([]byte, error) { return nil, down }
	if out, err := signer.Certify(fixture{}.document(t), s); !errors.Is(err, down) || out != nil {
		t.Errorf("got %v", err)
	}
}

func TestExpiredIssuer(t *testing.T) {
	s := leader()
	s.Time = now.AddDate(9, 0, 0)
	if _, err := signer.Certify(fixture{}.document(t), s); err != nil {
		t.Fatal(err)
	}
	s.Time = now.AddDate(10, 0, 1)
	var ie *signer.IdentityError
	if _, err := signer.Certify(fixture{}.document(t), s); !errors.As(err, &ie) || ie.Subject != "Nguyễn Vĩnh Nghĩa" || !errors.Is(err, signer.ErrExpired) {
		t.Errorf("got %v", err)
	}
	old := &signer.Identity{Key: pki().Leader.Key, Certificate: pki().Leader.Certificate, Chain: []*x509.Certificate{issue(t, pki().Expired()).Certificate}}
	if err := old.Check(now); !errors.As(err, &ie) || ie.Subject != "Chứng thư hết hạn" {
		t.Errorf("expired issuer: %v", err)
	}
}
