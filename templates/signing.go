package templates

import (
	"slices"
)

// Ways of signing (Head.Signing). The last signature of each way is made
// together with number and date and locks them.
const (
	LeaderAndSeal  = "leader+seal" // the person in authority, then the agency's seal
	SignedByLeader = "leader"      // one signature, of the person in authority
	SealAlone      = "seal"        // one signature, the agency's
	SignedByClerk  = "clerk"       // one signature, of the clerk whom the slip names
)

// signingWords say who signs in each way.
var signingWords = map[string]wording{
	LeaderAndSeal:  {"người có thẩm quyền ký, cơ quan đóng dấu", "the person in authority signs, the agency seals"},
	SignedByLeader: {"chỉ người có thẩm quyền ký", "only the person in authority signs"},
	SealAlone:      {"chỉ cơ quan đóng dấu", "only the agency seals"},
	SignedByClerk:  {"cán bộ lập phiếu ký", "the clerk who makes the slip signs"},
}

// signingPlaces are the directives that can hold the last signature of each way.
var signingPlaces = map[string][]string{
	LeaderAndSeal:  {"closing"},
	SignedByLeader: {"closing", "signature"},
	SealAlone:      {"closing", "seal"},
	SignedByClerk:  {"closing", "signature"},
}

// signingExtra refuses a place for a signature that the head does not ask for,
// or two for one.
func (c *compiler) signingExtra(blocks []block) {
	want, ok := signingPlaces[c.head.Signing]
	if !ok {
		return // told by the head's own check
	}
	found, lines := map[string]int{}, map[string]int{}
	countPlaces(blocks, found, lines)
	for _, d := range []string{"seal", "signature"} {
		if n := found[d]; n > 1 || n == 1 && !slices.Contains(want, d) {
			c.fail(lines[d], fileSigningExtra, "signing", c.head.Signing, "directive", d)
		}
	}
}

func countPlaces(blocks []block, found, lines map[string]int) {
	for i := range blocks {
		b := &blocks[i]
		switch b.kind {
		case "closing", "seal", "signature":
			found[b.kind]++
			lines[b.kind] = b.line
		}
		countPlaces(b.kids, found, lines)
		countPlaces(b.other, found, lines)
		for _, col := range b.cols {
			countPlaces(col.kids, found, lines)
		}
	}
}
