package problem

import "antin/archive"

// StateName says a document's state in Vietnamese, as the messages do.
func StateName(s archive.State) string { return stateNames[s] }

// MoveName says a move in Vietnamese, as the messages do.
func MoveName(m archive.Move) string { return moveNames[m] }
