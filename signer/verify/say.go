package verify

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"antin/internal/pdf"
)

// both is an argument that reads differently in the two languages.
type both struct{ vi, en string }

// day is an argument of which only the date is said.
type day time.Time

// vietnam is the zone in which reports give times.
var vietnam = time.FixedZone("UTC+7", 7*3600)

// say puts the arguments into a sentence, in both languages.
func say(t text, args ...any) (vi, en string) {
	if len(args) == 0 {
		return t.vi, t.en
	}
	viPairs, enPairs := make([]string, 0, 2*len(args)), make([]string, 0, 2*len(args))
	for i, a := range args {
		key := fmt.Sprintf("{%d}", i)
		var v, e string
		switch a := a.(type) {
		case time.Time:
			v, e = a.In(vietnam).Format("15:04:05 ngày 02/01/2006"), a.In(vietnam).Format("2006-01-02 15:04:05 (UTC+7)")
		case day:
			t := time.Time(a).In(vietnam)
			v, e = t.Format("02/01/2006"), t.Format(time.DateOnly)
		case both:
			v, e = a.vi, a.en
		default:
			v = clean(fmt.Sprint(a))
			e = v
		}
		viPairs, enPairs = append(viPairs, key, v), append(enPairs, key, e)
	}
	return strings.NewReplacer(viPairs...).Replace(t.vi), strings.NewReplacer(enPairs...).Replace(t.en)
}

// maxArgument bounds what a file may put into a sentence, in runes.
const maxArgument = 300

// clean makes text that comes from a file safe to show in a line: no control
// and no direction-changing characters, bounded length.
func clean(s string) string {
	if len(s) <= maxArgument && !strings.ContainsFunc(s, unsafe) {
		return s
	}
	out := strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\r' || r == '\t':
			return ' '
		case unsafe(r):
			return -1
		}
		return r
	}, s)
	if runes := []rune(out); len(runes) > maxArgument {
		return string(runes[:maxArgument]) + "…"
	}
	return out
}

// unsafe reports whether r controls how a line is shown.
func unsafe(r rune) bool {
	return r < 0x20 || r >= 0x7F && r < 0xA0 || r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069 || r == 0x200E || r == 0x200F
}

// check_ gives a finding its words.
func (f finding) check_() Check {
	w := checks[f.check]
	c := Check{ID: f.check, Code: f.code, Status: f.status, Question: w.question.vi, QuestionEN: w.question.en, Detail: clean(f.detail)}
	if f.status == Failed {
		c.Sub = f.sub
	}
	c.Message, c.MessageEN = say(w.answers[f.code], f.args...)
	if f.status != Passed {
		t, ok := w.todo[f.code]
		if !ok {
			t = w.todo[""]
		}
		c.Todo, c.TodoEN = t.vi, t.en
	}
	return c
}

func sentence(key string, args ...any) (vi, en string) { return say(conclusions[key], args...) }

// changeSentence is the words of a change.
func changeSentence(code, path, object string, args ...any) (vi, en string) {
	where := path
	if object != "" {
		where += ", " + object
	}
	where = clean(where)
	if t, ok := changeWords[code]; ok {
		vi, en = say(t, args...)
		return strings.ReplaceAll(vi, "{path}", where), strings.ReplaceAll(en, "{path}", where)
	}
	i := strings.LastIndexByte(code, '_')
	verb, ok := zoneVerbs[code[i+1:]]
	place, known := zoneWords[zone(code[:max(i, 0)])]
	if !ok || !known {
		verb, place = zoneVerbs["changed"], zoneWords["catalog"]
	}
	vi, en = say(verb, both(place), both{" (" + where + ")", " (" + where + ")"})
	return vi, strings.ToUpper(en[:1]) + en[1:]
}

// changeList names allowed changes in a row.
func changeList(changes []Change) both {
	var out both
	said := 0
	for _, c := range changes {
		if said++; said > 8 {
			return both{out.vi + " …", out.en + " …"}
		}
		if out.vi != "" {
			out.vi, out.en = out.vi+" ", out.en+" "
		}
		out.vi, out.en = out.vi+c.Message, out.en+c.MessageEN
	}
	return both{strings.TrimSuffix(out.vi, "."), strings.TrimSuffix(out.en, ".")}
}

// unknownKey stands for a key that this package does not know.
var unknownKey = both{"loại khóa không hỗ trợ", "a kind of key that is not supported"}

// limitArgs are the arguments of format/limit: what there is too much of, and
// how much is allowed.
func limitArgs(l *pdf.LimitError) []any {
	what, ok := limitWords[l.What]
	if !ok {
		what = limitWords[""]
	}
	const megabyte = 1 << 20
	if strings.HasPrefix(l.What, "bytes ") && l.Limit >= megabyte {
		n := strconv.FormatInt(l.Limit/megabyte, 10) + " MB"
		return []any{both(what), n}
	}
	digits := strconv.FormatInt(l.Limit, 10)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "." + digits[i:]
	}
	return []any{both(what), both{digits, strings.ReplaceAll(digits, ".", ",")}}
}

// chainSentence is the words of a chain problem as part of another sentence.
func (v *verifier) chainSentence(p *chainProblem) both {
	name := ""
	if p.cert != nil {
		name = commonName(p.cert.Subject)
	}
	vi, en := say(checks["chain"].answers[p.code], append([]any{name}, p.args...)...)
	return both{vi, en}
}

// describe is the stamp as the report shows it.
func (s stampVerdict) describe() *Timestamp {
	t := &Timestamp{Time: s.time, Status: Passed}
	if s.cert != nil {
		t.Authority = commonName(s.cert.Subject)
	}
	code, args := "ok", []any{s.time, t.Authority}
	switch {
	case s.code != "":
		code, args, t.Status = s.code, s.args, Failed
	case s.unknownRevocation:
		code, t.Status = "revocation_unknown", Warning
	}
	t.Message, t.MessageEN = say(checks["timestamp"].answers[code], args...)
	return t
}

// conclude says in one sentence what to think of the signature.
func (j *judgement) conclude() {
	out := j.out
	if out.Indication == TotalPassed {
		who := out.Signer
		who = withUnit(who, out.Unit)
		out.Conclusion, out.ConclusionEN = sentence("conclusion.signature_passed", who)
		return
	}
	key := "conclusion.signature_unclear"
	if out.Indication == TotalFailed {
		key = "conclusion.signature_failed"
	}
	out.Conclusion, out.ConclusionEN = sentence(key, decisive(out.Checks, out.SubIndication))
}

// decisive is the message of the check that decided.
func decisive(list []Check, sub SubIndication) both {
	for _, c := range list {
		if c.Status == Failed && (c.Sub == sub || sub == "") {
			return both{bareAnswer(c.Message), bareAnswer(c.MessageEN)}
		}
	}
	return both{}
}

// bareAnswer is an answer without the yes or no that only its question makes
// sense of.
func bareAnswer(s string) string {
	for _, word := range []string{"Không. ", "Không rõ. ", "Có. ", "No. ", "Not known. ", "Yes. "} {
		if rest, ok := strings.CutPrefix(s, word); ok {
			return rest
		}
	}
	return s
}

// gravity orders the reasons of which the document gets one: altered content
// and forged signatures before the rest of TOTAL-FAILED, that before
// INDETERMINATE.
func gravity(s SubIndication) int {
	switch {
	case s == HashFailure:
		return 3
	case s == SigCryptoFailure:
		return 2
	case indicationOf(s) == TotalFailed:
		return 1
	}
	return 0
}

// conclude makes the verdict on the document of those on its parts.
func (v *verifier) conclude(fields []formField) {
	r := v.report
	v.emptyFields(fields)
	type part struct {
		sub    SubIndication
		reason both
	}
	var worst *part
	consider := func(sub SubIndication, reason both) {
		if worst == nil || gravity(sub) > gravity(worst.sub) {
			worst = &part{sub, reason}
		}
	}
	for i := range r.Signatures {
		s := &r.Signatures[i]
		if s.Indication == TotalPassed {
			continue
		}
		if s.Role == DocumentTimestamp && s.Indication == Indeterminate {
			// it proves nothing, and the signatures stand without it
			continue
		}
		reason := decisive(s.Checks, s.SubIndication)
		consider(s.SubIndication, both{"«" + clean(s.Field) + "»: " + reason.vi, "“" + clean(s.Field) + "”: " + reason.en})
	}
	for _, c := range r.Checks {
		if c.Status == Failed && c.ID != "signed" {
			consider(c.Sub, both{c.Message, c.MessageEN})
		}
	}
	signers := 0
	for _, s := range r.Signatures {
		if s.Role != DocumentTimestamp {
			signers++
		}
	}
	switch {
	case len(r.Signatures) == 0 && !v.hiding() || worst == nil && signers == 0:
		r.Indication = NoSignature
		r.Conclusion, r.ConclusionEN = sentence("conclusion.none")
	case worst == nil:
		r.Indication = TotalPassed
		who := v.signers()
		if warning, ok := v.firstWarning(); ok {
			r.Conclusion, r.ConclusionEN = sentence("conclusion.passed_warning", who, warning)
		} else {
			r.Conclusion, r.ConclusionEN = sentence("conclusion.passed", who)
		}
	default:
		r.Indication, r.SubIndication = indicationOf(worst.sub), worst.sub
		key := "conclusion.indeterminate"
		if r.Indication == TotalFailed {
			key = "conclusion.failed"
		}
		r.Conclusion, r.ConclusionEN = sentence(key, worst.reason)
	}
}

// hiding reports whether an unsigned file hides a revision, which may be the
// signed one.
func (v *verifier) hiding() bool {
	return slices.ContainsFunc(v.report.Checks, func(c Check) bool {
		return c.ID == "structure" && c.Status == Failed && c.Code == string(pdf.HiddenRevision)
	})
}

// withUnit is a signer with the unit, which an agency's own seal does not
// repeat.
func withUnit(signer, unit string) string {
	unit = strings.TrimPrefix(strings.TrimPrefix(unit, signer), ", ")
	if unit == "" {
		return signer
	}
	return signer + " (" + unit + ")"
}

func (v *verifier) signers() string {
	var names []string
	for _, s := range v.report.Signatures {
		if s.Role == DocumentTimestamp {
			continue
		}
		name := withUnit(s.Signer, s.Unit)
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return strings.Join(names, "; ")
}

// firstWarning is the warning worth standing in the conclusion. That the time
// is only claimed is usual and stands in the checks.
func (v *verifier) firstWarning() (both, bool) {
	for _, id := range []string{"revocation", "changes", "role", "signing_certificate", "signed_attributes"} {
		for i := range v.report.Signatures {
			if c := v.report.Signatures[i].Check(id); c != nil && c.Status == Warning {
				return both{c.Message, c.MessageEN}, true
			}
		}
	}
	for i := range v.report.Signatures {
		if c := v.report.Signatures[i].Check("timestamp"); c != nil && c.Code == "revocation_unknown" {
			return both{c.Message, c.MessageEN}, true
		}
	}
	for _, c := range v.report.Checks {
		if c.Status == Warning && c.Code != "space-after-eof" {
			return both{c.Message, c.MessageEN}, true
		}
	}
	return both{}, false
}

// emptyFields says which signature fields wait. A document of this system
// without its seal has not been issued, or was cut back to before.
func (v *verifier) emptyFields(fields []formField) {
	var empty []string
	ours := 0
	for _, f := range fields {
		switch {
		case f.kind == "Sig" && f.value == nil:
			empty = append(empty, f.name)
		}
		if f.name == "so" || f.name == "ngay" || f.name == "con_dau" {
			ours++
		}
	}
	switch {
	case len(v.sigs) == 0:
	case len(empty) == 0:
		v.note(finding{check: "unsigned_fields", code: "none", status: Passed})
	case ours == 3 && slices.Contains(empty, "con_dau") && v.opt.Draft:
		v.note(finding{check: "unsigned_fields", code: "draft", status: Warning})
	case ours == 3 && slices.Contains(empty, "con_dau"):
		v.note(finding{check: "unsigned_fields", code: "seal_missing", status: Failed, sub: SigConstraintsFailure})
	default:
		v.note(finding{check: "unsigned_fields", code: "waiting", status: Warning, args: []any{strings.Join(empty, ", ")}})
	}
}
