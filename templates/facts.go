package templates

import (
	"strings"
	"time"
)

// Facts are what the archive and the register keep of a document's data beside
// the document itself.
type Facts struct {
	DossierCode string
	Received    time.Time
	// Concerns are the people and organisations that the document is about, in
	// the order of the form's head; the register names them as recipients.
	Concerns []string
	// Signatory signs, Unit drafted.
	Signatory *Signatory
	Unit      string
	// PermitKind is the digit of a permit's code: 1 new, 2 extended, 3 re-issued
	// (Mẫu số 16/PLI, Nghị định 152/2020/NĐ-CP); 0 for other documents.
	PermitKind int
}

// facts are those of data that was read and found right.
func (f *Form) facts(rec []value, env Env) Facts {
	out := Facts{DossierCode: rec[f.index("dossier_code")].str, Received: rec[f.index("received_date")].day}
	if out.Unit = rec[f.index("drafting_unit")].str; out.Unit == "" {
		out.Unit = env.Agency.Unit
	}
	out.Signatory, _ = env.Agency.signer(&f.Head, rec[atSignatory].str)
	for _, name := range f.concerns() {
		if x, ok := f.root.field(name); ok {
			if v := strings.TrimSpace(rec[x.index].str); v != "" {
				out.Concerns = append(out.Concerns, v)
			}
		}
	}
	if x, ok := f.root.field(f.PermitKind.Field); ok {
		out.PermitKind = f.PermitKind.Values[rec[x.index].str]
	}
	return out
}

// PhotoField is the name of the field that holds the photo, "" when the form
// carries none.
func (f *Form) PhotoField() string {
	if f.photo == nil {
		return ""
	}
	return f.photo.Name
}

// concerns are the fields that say whom a document is about.
func (f *Form) concerns() []string {
	if len(f.Concerns) > 0 {
		return f.Concerns
	}
	return []string{"full_name", "company", "organization", "applicant"}
}

// PermitKind says how a permit's kind follows from a field of its form.
type PermitKind struct {
	Field  string         `yaml:"field" json:"field"`
	Values map[string]int `yaml:"values" json:"values"`
}

// documentTypes are the names of the abbreviations of Nghị định 30/2020/NĐ-CP,
// Phụ lục III, and of the permits and slips that acts of their own set.
var documentTypes = map[string]string{
	"QĐ": "Quyết định", "TB": "Thông báo", "BC": "Báo cáo", "BB": "Biên bản", "TTr": "Tờ trình", "HD": "Hướng dẫn",
	"GGT": "Giấy giới thiệu", "GM": "Giấy mời", "PG": "Phiếu gửi", "PC": "Phiếu chuyển", "PB": "Phiếu báo",
	"NQ": "Nghị quyết", "CT": "Chỉ thị", "QC": "Quy chế", "QyĐ": "Quy định", "TC": "Thông cáo", "CTr": "Chương trình", "KH": "Kế hoạch",
	"PA": "Phương án", "ĐA": "Đề án", "DA": "Dự án", "HĐ": "Hợp đồng", "CĐ": "Công điện", "BGN": "Bản ghi nhớ", "BTT": "Bản thỏa thuận",
	"GUQ": "Giấy ủy quyền", "GNP": "Giấy nghỉ phép",
	"CV": "Công văn", "GP": "Giấy phép", "GPLĐ": "Giấy phép lao động", "GXN": "Giấy xác nhận", "GCN": "Giấy chứng nhận",
	"PXL": "Phiếu xin lỗi", "PH": "Phiếu hẹn", "PGT": "Phiếu giới thiệu", "SY": "Bản sao y", "SL": "Bản sao lục", "TrS": "Bản trích sao",
}

// TypeName is the name of the document's type as the register prints it; a
// type without an entry of its own prints its abbreviation.
func (h *Head) TypeName() string {
	if n, ok := documentTypes[h.DocumentType]; ok {
		return n
	}
	return h.DocumentType
}

// Basis names the acts the form rests on, on one line.
func (h *Head) Basis() string {
	acts := make([]string, len(h.LegalBasis))
	for i, b := range h.LegalBasis {
		acts[i] = b.Act
	}
	return strings.Join(acts, "; ")
}
