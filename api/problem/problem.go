// Package problem turns every error of the service into words for people, in
// Vietnamese with the English beside: what is wrong, where, and what to do. The
// HTTP interface (RFC 9457) and the command line both say it with these words.
package problem

import (
	"errors"
	"fmt"
)

// Exit statuses of the command line (DESIGN: a contract other programs rely on).
const (
	ExitRefused  = 1 // refused by a rule
	ExitUsage    = 2 // wrong use
	ExitCouldNot = 3 // could not run
)

// Problem is one error said to a person.
type Problem struct {
	Code             string // stable name
	Status           int    // HTTP status
	Exit             int    // exit status of a command
	Title, TitleEN   string
	Detail, DetailEN string
	Fields           []Field
	State            string   // with WrongState: where the document stands
	Allowed          []string // and what may be done now
	RetryAfter       int      // seconds; 0 says nothing
	Cause            error    // for the log, never shown where Status is 500
}

// Field is what is wrong with one value of the request.
type Field struct {
	Pointer            string // JSON pointer (RFC 6901) into the request's body
	Code               string
	Message, MessageEN string
}

func (p *Problem) Error() string {
	if p.Cause != nil {
		return fmt.Sprintf("%s: %v", p.Code, p.Cause)
	}
	return p.Code + ": " + p.DetailEN
}

func (p *Problem) Unwrap() error { return p.Cause }

// New says a problem by its code; args fill the places of its detail. A code
// without words is a mistake of the program and is said as such.
func New(code string, cause error, args ...any) *Problem {
	w, ok := words[code]
	if !ok {
		w, cause = words[Internal], errors.Join(fmt.Errorf("no words for problem %q", code), cause)
		code, args = Internal, nil
	}
	return &Problem{
		Code: code, Status: w.status, Exit: w.exit, Title: w.title, TitleEN: w.titleEN, RetryAfter: w.retry,
		Detail: fill(w.detail, args), DetailEN: fill(w.detailEN, args), Cause: cause,
	}
}

func fill(format string, args []any) string {
	if len(args) == 0 {
		return format
	}
	return fmt.Sprintf(format, args...)
}
