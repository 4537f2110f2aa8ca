package archive

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// State is where a document stands.
type State string

// The states. Returned, withdrawn and replaced are final.
const (
	Drafted   State = "draft"
	Signed    State = "signed"
	Numbered  State = "numbered"
	Issued    State = "issued"
	Delivered State = "delivered"
	Returned  State = "returned"
	Withdrawn State = "withdrawn"
	Replaced  State = "replaced"
	Corrected State = "corrected"
)

// States lists every state in the order of a document's life.
func States() []State {
	return []State{Drafted, Signed, Numbered, Issued, Delivered, Returned, Withdrawn, Replaced, Corrected}
}

// Move takes a document from one state to another.
type Move string

// The moves.
const (
	MoveDraft    Move = "draft"
	MoveSign     Move = "sign"
	MoveNumber   Move = "number"
	MoveIssue    Move = "issue"
	MovePreserve Move = "preserve"
	MoveDeliver  Move = "deliver"
	MoveReturn   Move = "return"
	MoveWithdraw Move = "withdraw"
	MoveReplace  Move = "replace"
	MoveCorrect  Move = "correct"
)

// Moves are all moves, in the order of a document's life.
var Moves = []Move{
	MoveDraft, MoveSign, MoveNumber, MoveIssue, MovePreserve, MoveDeliver, MoveReturn, MoveWithdraw, MoveReplace, MoveCorrect,
}

var wayToIssue = []Move{MoveSign, MoveNumber, MoveIssue}

// NormalMoves checks a draft's way to issue and fills in the default.
func NormalMoves(moves []Move) ([]Move, error) {
	if moves == nil {
		return slices.Clone(wayToIssue), nil
	}
	last := -1
	for _, m := range moves {
		i := slices.Index(wayToIssue, m)
		if i <= last {
			return nil, fmt.Errorf("moves %q: want a subset of sign, number, issue in this order", moves)
		}
		last = i
	}
	if last != len(wayToIssue)-1 {
		return nil, errors.New("moves: the last one must be issue")
	}
	return slices.Clone(moves), nil
}

// next is the move on the way to issue that a state waits for.
func next(s State, moves []Move) (Move, bool) {
	done := -1
	switch s {
	case Drafted:
	case Signed:
		done = slices.Index(wayToIssue, MoveSign)
	case Numbered:
		done = slices.Index(wayToIssue, MoveNumber)
	default:
		return "", false
	}
	for _, m := range moves {
		if slices.Index(wayToIssue, m) > done {
			return m, true
		}
	}
	return "", false
}

// Allowed lists what may be done to a document in this state whose way to issue
// is moves. An empty result means that its life has ended.
func Allowed(s State, moves []Move) []Move {
	var out []Move
	if m, ok := next(s, moves); ok {
		out = append(out, m)
	}
	switch s {
	case Drafted, Signed:
		out = append(out, MoveReturn)
	case Numbered:
		out = append(out, MoveWithdraw)
	case Issued:
		out = append(out, MovePreserve, MoveDeliver, MoveWithdraw, MoveReplace, MoveCorrect)
	case Delivered, Corrected:
		out = append(out, MovePreserve, MoveWithdraw, MoveReplace, MoveCorrect)
	case Returned, Withdrawn, Replaced: // the end
	}
	return out
}

// After is the state that a move leads to. Preserving leaves the state alone.
func After(s State, m Move) State {
	switch m {
	case MoveDraft:
		return Drafted
	case MoveSign:
		return Signed
	case MoveNumber:
		return Numbered
	case MoveIssue:
		return Issued
	case MoveDeliver:
		return Delivered
	case MoveReturn:
		return Returned
	case MoveWithdraw:
		return Withdrawn
	case MoveReplace:
		return Replaced
	case MoveCorrect:
		return Corrected
	case MovePreserve:
	}
	return s
}

// InForce reports whether a document in this state has been issued and neither
// withdrawn nor replaced.
func (s State) InForce() bool { return s == Issued || s == Delivered || s == Corrected }

// Check returns a *StateError when the document may not make the move.
func Check(id string, s State, moves []Move, m Move) error {
	allowed := Allowed(s, moves)
	if slices.Contains(allowed, m) {
		return nil
	}
	return &StateError{Document: id, State: s, Move: m, Allowed: allowed}
}

// JoinMoves and SplitMoves are the stored form of a way to issue.
func JoinMoves(moves []Move) string {
	s := make([]string, len(moves))
	for i, m := range moves {
		s[i] = string(m)
	}
	return strings.Join(s, ",")
}

// SplitMoves undoes JoinMoves.
func SplitMoves(s string) []Move {
	var out []Move
	for p := range strings.SplitSeq(s, ",") {
		if p != "" {
			out = append(out, Move(p))
		}
	}
	return out
}
