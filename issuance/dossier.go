package issuance

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"antin/archive"
	"antin/issuance/records"
)

// Bounds of one package.
const (
	maxPackageDocuments = 1000
	maxPackageBytes     = 512 << 20 // of the files before they are packed
)

// readme stands in each package, for who opens it years later.
const readme = `GÓI HỒ SƠ %[1]s
Cơ quan: %[2]s
Lập ngày %[3]s

ho-so.xml, ho-so.json  dữ liệu đặc tả theo Nghị định 30/2020/NĐ-CP, Phụ lục VI (lược đồ: phu-luc-vi.xsd, phu-luc-vi.schema.json)
van-ban/               từng văn bản theo thứ tự trong hồ sơ: tệp PDF các bản có giá trị, và kết quả xác thực của bản mới nhất
nhat-ky.jsonl          trích nhật ký kiểm toán của các văn bản này
SHA256SUMS             mã băm mọi tệp; kiểm tra: sha256sum -c SHA256SUMS

Mã băm của một dòng nhật ký tính từ “previous” và nội dung dòng (xem archive/README.md của Antin). Chữ ký số trên mỗi tệp PDF kiểm tra được bằng mọi phần mềm đọc PDF.
`

// packer writes the files of a package and remembers their hashes.
type packer struct {
	z    *zip.Writer
	at   time.Time
	size int64
	sums strings.Builder
}

func (p *packer) add(name string, content []byte) error {
	if p.size += int64(len(content)); p.size > maxPackageBytes {
		return &archive.InvalidError{Field: "dossier", Problem: fmt.Sprintf("holds more than %d MB", maxPackageBytes>>20)}
	}
	if err := p.write(name, content); err != nil {
		return err
	}
	fmt.Fprintf(&p.sums, "%x  %s\n", sha256.Sum256(content), name)
	return nil
}

func (p *packer) write(name string, content []byte) error {
	w, err := p.z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: p.at})
	if err == nil {
		_, err = w.Write(content)
	}
	if err != nil {
		return fmt.Errorf("pack %s: %w", name, err)
	}
	return nil
}

// PackDossier writes the package of one dossier as a zip: the PDFs, the archive's
// fields, the verification reports, the extract of the audit trail and the
// checksums. It writes down who took it, before anything is handed out.
//
// Errors: *UnknownAgencyError, *archive.NotFoundError (no document of the dossier
// was issued), *archive.InvalidError (too large), *archive.CorruptError.
func (s *Service) PackDossier(ctx context.Context, out io.Writer, agencyID, code string, by archive.Actor) error {
	agency, err := s.Agency(agencyID)
	if err != nil {
		return err
	}
	listed, err := s.dossier(ctx, agency.ID, code)
	if err != nil {
		return err
	}
	if len(listed) == 0 {
		return errors.Join(&archive.NotFoundError{What: "dossier", ID: code}, errEmptyDossier)
	}
	if len(listed) > maxPackageDocuments {
		return &archive.InvalidError{Field: "dossier", Problem: fmt.Sprintf("has more than %d documents", maxPackageDocuments)}
	}
	docs := make([]archive.Document, len(listed))
	for i, d := range listed {
		if docs[i], err = s.store.Get(ctx, d.ID); err != nil {
			return err
		}
		if err := s.Look(ctx, d, "dossier", by); err != nil {
			return err
		}
	}
	if err := s.recordPackage(ctx, agency.ID, code, len(docs), by); err != nil {
		return err
	}
	p := packer{z: zip.NewWriter(out), at: s.now()}
	if err := s.pack(ctx, &p, agency, code, docs); err != nil {
		return fmt.Errorf("pack dossier %s: %w", code, err)
	}
	if err := p.write("SHA256SUMS", []byte(p.sums.String())); err != nil {
		return err
	}
	if err := p.z.Close(); err != nil {
		return fmt.Errorf("pack dossier %s: %w", code, err)
	}
	return nil
}

func (s *Service) recordPackage(ctx context.Context, agency, code string, documents int, by archive.Actor) error {
	detail, err := json.Marshal(map[string]any{"what": "dossier", "dossier": code, "documents": documents})
	if err != nil {
		return fmt.Errorf("write down the export: %w", err)
	}
	_, err = s.store.Record(ctx, archive.Event{Action: archive.ActionExport, Agency: agency, Detail: detail, By: by, At: s.now().Truncate(time.Microsecond)})
	return err
}

func (s *Service) pack(ctx context.Context, p *packer, agency *Agency, code string, docs []archive.Document) error {
	who := s.recordsAgency(agency.ID)
	years := s.retention(docs[0])
	r := records.Records{}
	for i, d := range docs {
		if y := s.retention(d); y == 0 || years != 0 && y > years {
			years = y
		}
		r.Documents = append(r.Documents, records.NewDocument(who, d, i+1))
	}
	file := records.NewFile(who, code, docs, years)
	r.File = &file
	if err := p.add("DOC-TRUOC.txt", fmt.Appendf(nil, readme, code, agency.Profile.Title, s.now().In(archive.Zone).Format("02/01/2006"))); err != nil {
		return err
	}
	for _, format := range []string{"xml", "json"} {
		b, err := write(&r, format)
		if err == nil {
			err = p.add("ho-so."+format, b)
		}
		if err != nil {
			return err
		}
	}
	if err := errors.Join(p.add("phu-luc-vi.xsd", records.XSD), p.add("phu-luc-vi.schema.json", records.JSONSchema)); err != nil {
		return err
	}
	for i, d := range docs {
		if err := s.packDocument(ctx, p, i+1, d); err != nil {
			return fmt.Errorf("document %s: %w", d.ID, err)
		}
	}
	extract, err := s.extract(ctx, docs)
	if err != nil {
		return err
	}
	return p.add("nhat-ky.jsonl", extract)
}

// packDocument adds the revisions that matter: the sealed one, as the public got
// it, and the newest where more was appended. Each holds the earlier ones as its
// beginning. A document that was destroyed has only its fields left.
func (s *Service) packDocument(ctx context.Context, p *packer, ordinal int, d archive.Document) error {
	if !d.Destroyed.IsZero() || len(d.Revisions) == 0 {
		return nil
	}
	folder := fmt.Sprintf("van-ban/%02d-%s", ordinal, strings.TrimSuffix(d.Form, "/"))
	if d.Number != nil {
		folder += fmt.Sprintf("-so-%s-%d", strings.ReplaceAll(d.Number.Text, "/", "-"), d.Number.Year)
	}
	names := map[archive.RevisionKind]string{
		archive.RevisionDraft: "du-thao", archive.RevisionSigned: "da-ky", archive.RevisionIssued: "phat-hanh", archive.RevisionPreserved: "luu-tru",
	}
	for i, rev := range d.Revisions {
		newest := i == len(d.Revisions)-1
		if rev.Kind != archive.RevisionIssued && !newest {
			continue
		}
		pdf, _, err := s.store.RevisionContent(ctx, d.ID, rev.N)
		if err != nil {
			return err
		}
		if err := p.add(fmt.Sprintf("%s/ban-%d-%s.pdf", folder, rev.N, names[rev.Kind]), pdf); err != nil {
			return err
		}
		if !newest {
			continue
		}
		report, err := s.Verify(ctx, pdf)
		if err != nil {
			return err
		}
		b, err := report.JSON()
		if err != nil {
			return fmt.Errorf("write the verification report: %w", err)
		}
		if err := p.add(folder+"/xac-thuc.json", b); err != nil {
			return err
		}
	}
	annexes, err := s.Annexes(ctx, d.ID)
	if err != nil {
		return err
	}
	for _, a := range annexes {
		pdf, _, err := s.AnnexContent(ctx, d.ID, a.N)
		if err != nil {
			return fmt.Errorf("annex %d: %w", a.N, err)
		}
		if err := p.add(fmt.Sprintf("%s/phu-luc-%d.pdf", folder, a.N), pdf); err != nil {
			return err
		}
	}
	return nil
}

// extract is the part of the audit trail that is about these documents, each row
// with its predecessor's hash.
func (s *Service) extract(ctx context.Context, docs []archive.Document) ([]byte, error) {
	var out bytes.Buffer
	w := archive.NewTrailWriter(&out)
	for _, d := range docs {
		for after := int64(0); ; {
			rows, err := s.store.Audit(ctx, archive.AuditFilter{Document: d.ID}, after, archive.MaxPage)
			if err != nil {
				return nil, err
			}
			for _, r := range rows {
				after = r.Seq
				var previous [32]byte
				if r.Seq > 1 {
					before, err := s.store.Audit(ctx, archive.AuditFilter{}, r.Seq-2, 1)
					if err != nil {
						return nil, err
					}
					if len(before) == 1 {
						previous = before[0].Hash
					}
				}
				w.Extract(r, previous)
			}
			if len(rows) < archive.MaxPage {
				break
			}
		}
	}
	if err := w.Flush(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
