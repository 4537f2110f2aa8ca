package archive

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Fold is text as people type it in a hurry: lower case, without tones and
// other marks, đ as d. "Nguyễn Vĩnh Đức" becomes "nguyen vinh duc".
func Fold(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range norm.NFD.String(s) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case r == 'đ' || r == 'Đ':
			b.WriteByte('d')
		default:
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

// Words splits text into lower-case words of letters and digits, with tones.
func Words(s string) []string {
	return strings.FieldsFunc(strings.ToLower(norm.NFC.String(s)), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
}

// toneMark begins the index term of a word with its tones. It is a letter, so
// that no tokenizer splits it off, and no Vietnamese word begins with it.
const toneMark = "ð"

// maxTerm bounds a term in bytes; longer words are cut, in the index as in the
// question.
const maxTerm = 64

// IndexTerms is what a text is found by: each word without tones and, where it
// has tones, also with them. Each term is listed once.
func IndexTerms(text ...string) []string {
	var out []string
	seen := map[string]bool{}
	add := func(term string) {
		if !seen[term] {
			seen[term] = true
			out = append(out, term)
		}
	}
	for _, t := range text {
		for _, w := range Words(t) {
			plain := Fold(w)
			add(cut(plain))
			if plain != w {
				add(cut(toneMark + w))
			}
		}
	}
	return out
}

// maxQuery is the most terms of one question; what follows is not asked for.
const maxQuery = 32

// QueryTerms is what to look for: a word typed with tones asks for those tones,
// a word without asks for any. Every term must be found, as the beginning of a
// word.
func QueryTerms(text string) []string {
	var out []string
	for _, w := range Words(text) {
		term := Fold(w)
		if term != w {
			term = toneMark + w
		}
		if term = cut(term); !slices.Contains(out, term) {
			out = append(out, term)
		}
		if len(out) == maxQuery {
			break
		}
	}
	return out
}

func cut(term string) string {
	if len(term) <= maxTerm {
		return term
	}
	return strings.ToValidUTF8(term[:maxTerm], "")
}
