// Package layout typesets official documents: it turns a Document (what a form
// says once data is bound to it) into Pages (glyph runs, rules, pictures and
// form fields at fixed places). It knows nothing of PDF.
//
// gopdf is not used here: it has no justified paragraphs of mixed runs, no
// tables that break, and gives no positions back.
package layout

// Document is a bound form in reading order. Lengths are in mm, type sizes and
// paragraph spacing in pt, as Nghị định 30/2020/NĐ-CP, Phụ lục I states them.
type Document struct {
	// Title is shown by readers in place of the file name, e.g.
	// "Quyết định về việc hưởng trợ cấp thất nghiệp".
	Title string
	// Subject, Author and Keywords go to the document's metadata.
	Subject, Author string
	Keywords        []string
	// Sections follow one another, each on a new page. The first is the
	// document itself, further ones are annexes or the second page of a permit.
	Sections []Section
	// Foot stands in the bottom margin of every page, outside the text area.
	Foot Foot
}

// Section is a run of blocks with one page geometry and one page numbering.
type Section struct {
	Page Page
	// NumberFromSecond prints Arabic page numbers, centred in the top margin,
	// from the section's second page on (Phụ lục I, phần I, mục 5 of the
	// decree: the first page shows none; annexes count for themselves).
	NumberFromSecond bool
	Ground           Ground
	Blocks           []Block
}

// Page is the geometry of a section's pages in mm.
type Page struct {
	Landscape                bool
	Top, Right, Bottom, Left float64
}

// StandardPage is A4 upright with the margins used throughout: top and bottom
// 20 mm, left 30 mm, right 15 mm, inside the ranges of the decree.
func StandardPage() Page { return Page{Top: 20, Right: 15, Bottom: 20, Left: 30} }

// Ground is a vector drawing behind a page's text.
type Ground uint8

// The grounds of the work permit under Mẫu số 12/PLI.
const (
	NoGround     Ground = iota
	PermitCover         // page 1: blue ground in its frames
	PermitInside        // page 2: white with blue guilloche and a star in the middle
)

// Foot is what the bottom margin carries: the lookup code, its QR and, for a
// demonstration agency, the notice that the document has no legal value. The
// archive stamp's field is placed in the same strip on the first page.
type Foot struct {
	LookupCode, LookupURL string
	Notice                string
	// Stamp asks for the field "luu_tru" on the first page.
	Stamp bool
	// Address is box 13 of the decree's layout: address, e-mail, telephone of
	// the issuing agency, on page 1, below a rule across the text area.
	Address string
}

// Block is one of Paragraph, Columns, Rule, Table, Field, Picture, Closing,
// Space.
type Block interface{ isBlock() }

// Align of a paragraph's lines.
type Align uint8

// Alignments; Justify stretches spaces on all lines but the last.
const (
	Justify Align = iota
	Left
	Center
	Right
)

// Role tells assistive technology what a paragraph is (ISO 32000-1, 14.8.4).
type Role uint8

// Roles of a paragraph.
const (
	Body Role = iota
	TitleRole
	Heading
	ListItem
	Note
)

// Paragraph is a block of running text of one or more styles.
type Paragraph struct {
	Runs  []Run
	Align Align
	Role  Role
	// FirstIndent moves the first line, Indent the whole block, Hanging the
	// lines after the first; all in mm from the left edge of the column.
	FirstIndent, Indent, Hanging float64
	// Before and After are in pt; neighbours use the larger of the two.
	Before, After float64
	// Leading is the line pitch as a multiple of the type size's single
	// spacing (1.0 to 1.5 by the decree; 0 means 1.0).
	Leading float64
	// KeepWithNext holds the last line on the page of the next block's first.
	KeepWithNext bool
	// KeepTogether never breaks the paragraph over pages.
	KeepTogether bool
	// RuleBelow draws a rule under the paragraph. In a paragraph without runs
	// it is all there is: a rule across Fraction of the column.
	RuleBelow *Rule
}

// Run is text of one style.
type Run struct {
	Text         string
	Bold, Italic bool
	Size         float64 // pt
	// Color is a colour other than black; zero is black.
	Color Color
	// Lang is a BCP 47 tag where it differs from the document's ("en").
	Lang string
	// Tick draws a tick box in place of Text.
	Tick Tick
	// Field is the pointer of the data the text came from, for messages about
	// characters that no face has ("/full_name").
	Field string
	// Tab moves to a position of this many mm from the column's left edge
	// before the text, when it is not zero. "\n" in Text breaks the line.
	Tab float64
}

// Color in sRGB, each 0 to 255.
type Color struct{ R, G, B uint8 }

// Tick is a tick box.
type Tick uint8

// Tick boxes, drawn as vectors the height of a capital.
const (
	NoTick Tick = iota
	TickEmpty
	TickSet
)

// Rule is a horizontal line. Its length follows the text above it: the widest
// line of the paragraph it belongs to times Fraction (1.0 under the motto; 1/3
// to 1/2 under the agency's name and the subject).
type Rule struct {
	Fraction float64
	Weight   float64 // pt, 0 means 0.75
	Gap      float64 // pt between the text's descent and the rule
}

// Columns sets blocks side by side. They are broken over pages only if one of
// them is taller than a page; each then goes on at the top of the next.
type Columns struct {
	Columns []Column
	Before  float64 // pt
	After   float64 // pt
}

// Column is one column with its width as a share of the whole.
type Column struct {
	Width  float64
	Blocks []Block
}

// Table is a grid with rules. Its head rows are repeated on every page; a row
// breaks over pages only if it is taller than a page.
type Table struct {
	Columns       []TableColumn
	Head, Rows    []Row
	Before, After float64 // pt
	Plain         bool    // without rules: aligned labels and values
	Title         string  // summary for assistive technology
}

// TableColumn has its width as a share of the whole; Align is for its cells'
// paragraphs that do not set their own (that is, Justify).
type TableColumn struct {
	Width float64
	Align Align
}

// Row of a table.
type Row struct{ Cells []Cell }

// Cell holds paragraphs; ColSpan and RowSpan of 0 mean 1.
type Cell struct {
	Paragraphs       []Paragraph
	ColSpan, RowSpan int
	Middle           bool // centred from top to bottom
}

// FieldKind is what a pre-placed field takes.
type FieldKind uint8

// Kinds of field.
const (
	TextField FieldKind = iota
	SignatureField
)

// Field is a place for a value or signature that later revisions fill.
type Field struct {
	Name, Label string // Label is the tooltip read to the user (/TU)
	Kind        FieldKind
	// Width and Height in mm. Width 0 takes the rest of the line or column,
	// Height 0 of a text field is its line's; a higher one has the text in its
	// middle. A signature field is 45 by 20, a seal 36 by 36 if they are 0.
	Width, Height float64
	Lead          []Run // static text in front on the same line ("Số: ")
	Align         Align
	Italic, Bold  bool
	Size          float64 // pt
	// Sample is a typical value; a left-aligned field with a Lead is placed so
	// that lead and sample are centred together when Align is Center.
	Sample string
	// Specimen is shown in grey in the field's place, as page content: only for
	// looking at a form. "" for every document that is issued.
	Specimen string
	Locks    []string // fields a signature in this field locks
	Before   float64  // pt
}

// Picture is an image in a fixed box of mm, scaled to fill it, never
// distorted (the box has the picture's shape or the edges are cut).
type Picture struct {
	JPEG          []byte
	Emblem        bool // the national emblem, drawn, in place of a JPEG
	Width, Height float64
	Alt           string
	Border        bool
	Align         Align
}

// Closing is the end of a document: recipients at the left, the signature
// block at the right. It stays in one piece and takes at least two lines of
// the text before it onto its page (the block never stands alone).
type Closing struct {
	Recipients []Paragraph
	// Title lines, e.g. "KT. GIÁM ĐỐC" and "PHÓ GIÁM ĐỐC"; Name of who signs.
	// Each run of Title is a line; Hint is one paragraph, where "\n" breaks a
	// line.
	Title []Run
	Hint  []Run // "(Ký, đóng dấu và ghi rõ họ tên)" where an act prints it
	Name  Run
	// Signature is the signatory's field between title and name, nil for
	// documents that only carry a seal.
	Signature *Field
	Seal      *Field // round; overlaps the left third of the signature
	Before    float64
	// Date, where a form sets place and date above the signature.
	Date *Field
	// Left is a second signature column in place of recipients (slips signed
	// by the person who hands in and the clerk); LeftName, if it has text, is
	// set centred below it, level with Name. Recipients, if there are any as
	// well, then stand below both columns.
	Left     []Paragraph
	LeftName Run
}

// Space is empty height in pt, dropped at the top of a page.
type Space struct{ Height float64 }

// PageBreak starts a new page in the same section.
type PageBreak struct{}

func (*Paragraph) isBlock() {}
func (*Columns) isBlock()   {}
func (*Table) isBlock()     {}
func (*Field) isBlock()     {}
func (*Picture) isBlock()   {}
func (*Closing) isBlock()   {}
func (*Space) isBlock()     {}
func (*PageBreak) isBlock() {}
