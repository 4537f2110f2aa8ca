package main

import (
	"fmt"
	"io"

	"antin/archive"
)

// vietnam is the zone in which people read times.
var vietnam = archive.Zone

// printer keeps the first error of many writes.
type printer struct {
	w   io.Writer
	err error
}

func (p *printer) line(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format+"\n", args...)
	}
}
