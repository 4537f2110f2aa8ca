package fonts

import "slices"

// The fixed character set: what Vietnamese official documents use, the letters
// of foreign names in Latin script, and the signs of the forms. Text is NFC
// before it comes here, so there are no combining marks.
var ranges = [][2]rune{
	{0x0020, 0x007E}, // ASCII
	// Latin-1: À Á Â Ã È É Ê Ì Í Ò Ó Ô Õ Ù Ú Ý, § ° ± × · « ». Not the soft
	// hyphen: inside a line it must not show, and an error says where it is.
	{0x00A0, 0x00AC},
	{0x00AE, 0x00FF},
	{0x0100, 0x017F}, // Latin Extended-A: Ă Đ Ĩ Ũ and names such as Łukasz, Šimić
	{0x01A0, 0x01A1}, // Ơ ơ
	{0x01AF, 0x01B0}, // Ư ư
	{0x0218, 0x021B}, // Ș Ț
	{0x1EA0, 0x1EF9}, // Vietnamese letters with tone marks
	{0x2010, 0x2015}, // hyphens and dashes
	{0x2018, 0x201E}, // quotation marks
	{0x2020, 0x2022}, // daggers, bullet
	{0x2026, 0x2026}, // …
	{0x2030, 0x2030}, // ‰
	{0x2032, 0x2033}, // ′ ″
	{0x2039, 0x203A}, // ‹ ›
	{0x20AB, 0x20AC}, // ₫ €
	{0x2116, 0x2116}, // №
	{0x2122, 0x2122}, // ™
	{0x2190, 0x2193}, // arrows
	{0x2212, 0x2212}, // minus
	{0x2248, 0x2248}, // ≈
	{0x2260, 0x2260}, // ≠
	{0x2264, 0x2265}, // ≤ ≥
	{0x25A0, 0x25A1}, // ■ □
	{0x25CF, 0x25CF}, // ●
}

// charset lists the set in order.
func charset() []rune {
	var set []rune
	for _, r := range ranges {
		for c := r[0]; c <= r[1]; c++ {
			set = append(set, c)
		}
	}
	slices.Sort(set)
	return set
}

// standIn gives a rune whose glyph serves for r where a face draws both alike
// but maps only one.
func standIn(r rune) rune {
	switch r {
	case 0x00A0: // no-break space
		return ' '
	case 0x2010, 0x2011: // plain and no-break hyphen
		return '-'
	case 0x2015: // horizontal bar
		return 0x2014
	}
	return 0
}
