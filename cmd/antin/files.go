package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"antin/api/problem"
)

// maxInput bounds a file or standard input that a command reads, in bytes.
const maxInput = 256 << 20

// read reads a file, or standard input for "-".
func (c *cli) read(name string) ([]byte, error) {
	src := c.in
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, problem.New(problem.FileUnreadable, err, name, plain(err))
		}
		defer f.Close()
		src = f
	}
	b, err := io.ReadAll(io.LimitReader(src, maxInput+1))
	if err != nil {
		return nil, problem.New(problem.FileUnreadable, err, name, plain(err))
	}
	if len(b) > maxInput {
		return nil, problem.New(problem.TooLarge, nil, fmt.Sprintf("%d MB", maxInput>>20))
	}
	return b, nil
}

// writeFile writes a result so that it is whole or not there: to a new file
// beside it that then takes its name. "-" is standard output.
func (c *cli) writeFile(name string, content []byte) (err error) {
	if name == "-" {
		return c.write(content)
	}
	fail := func(err error) error { return problem.New(problem.FileUnwritable, err, name, plain(err)) }
	f, err := os.CreateTemp(filepath.Dir(name), ".antin-*")
	if err != nil {
		return fail(err)
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	_, err = f.Write(content)
	err = errors.Join(err, f.Sync(), f.Chmod(0o644), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		return fail(err)
	}
	return nil
}

// plain is an error without the path that the message names already.
func plain(err error) string {
	if pe, ok := errors.AsType[*fs.PathError](err); ok {
		return pe.Err.Error()
	}
	return err.Error()
}

func (c *cli) write(b []byte) error {
	_, err := c.out.Write(b)
	return err
}

func (c *cli) writeJSON(v any) error {
	enc := json.NewEncoder(c.out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}
