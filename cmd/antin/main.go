// Command antin makes official documents, has them signed, numbered and sealed,
// and checks what came out. See `antin help`.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"antin/api/problem"
)

// gcPercent lets the heap grow to five times what is live before it is
// collected: a document leaves half a megabyte behind it, what is live stays
// below 50 MB, and collecting as often as by default takes a tenth of the time
// of a document. GOGC in the environment wins.
const gcPercent = 400

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// exit carries an exit status that is an answer, not an error: `antin verify`
// of a forged file has done its work.
type exit int

func (e exit) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

// run is main without the process: it returns the exit status.
func run(ctx context.Context, args []string, in io.Reader, out, errOut io.Writer) int {
	return runAt(ctx, time.Now, args, in, out, errOut)
}

// runAt is run by another clock.
func runAt(ctx context.Context, now func() time.Time, args []string, in io.Reader, out, errOut io.Writer) int {
	c := &cli{in: in, out: out, err: errOut, now: now, lang: "vi"}
	root := c.root() //nolint:contextcheck // each command takes its context from cobra
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errOut)
	err := root.ExecuteContext(ctx)
	var answer exit
	switch {
	case err == nil:
		return 0
	case errors.As(err, &answer):
		return int(answer)
	}
	// Cobra has no type for it: these are the words of its own error.
	if strings.HasPrefix(err.Error(), "unknown command ") {
		err = usage("không có lệnh này: "+strings.Join(args, " "), err.Error())
	}
	p := problem.From(err)
	c.say(p)
	return p.Exit
}

// cli is what the commands share.
type cli struct {
	in       io.Reader
	out, err io.Writer
	now      func() time.Time
	lang     string // vi or en
	config   config
}

func (c *cli) root() *cobra.Command {
	root := &cobra.Command{
		Use:           "antin",
		Short:         "Lập, ký số, cấp số, đóng dấu và kiểm tra văn bản của cơ quan",
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		PersistentPreRunE: func(*cobra.Command, []string) error {
			if c.lang != "vi" && c.lang != "en" {
				return usage("--lang nhận vi hoặc en", "--lang takes vi or en")
			}
			return c.config.load()
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usage(err.Error(), err.Error()) })
	root.PersistentFlags().StringVar(&c.lang, "lang", "vi", "ngôn ngữ thông báo: vi hoặc en")
	root.CompletionOptions.HiddenDefaultCmd = true
	root.AddCommand(c.serve(), c.forms(), c.render(), c.issue(), c.verify(), c.photo(), c.register(), c.dossier(), c.retention(), c.audit(),
		c.bench(), c.doctor(), c.backup(), c.restore(), c.bucket(), c.job(), c.key(), c.webhook(), c.annex(), c.copy(), c.view())
	return root
}

// usage is an error of the command's words.
func usage(vi, en string) error { return problem.New(problem.Usage, nil, vi, en) }

// exactly is cobra.ExactArgs with our words; what names the arguments.
func exactly(n int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) != n {
			return usage("lệnh “"+cmd.CommandPath()+"” cần: "+what, "\""+cmd.CommandPath()+"\" takes: "+what)
		}
		return nil
	}
}

// between is cobra.RangeArgs with our words.
func between(from, to int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) < from || len(args) > to {
			return usage("lệnh “"+cmd.CommandPath()+"” cần: "+what, "\""+cmd.CommandPath()+"\" takes: "+what)
		}
		return nil
	}
}

// say prints a problem for a person, each wrong field on a line of its own.
func (c *cli) say(p *problem.Problem) {
	title, detail := p.Title, p.Detail
	if c.lang == "en" {
		title, detail = p.TitleEN, p.DetailEN
	}
	var b strings.Builder
	fmt.Fprintf(&b, "antin: %s\n  %s\n", title, detail)
	for _, f := range p.Fields {
		msg := f.Message
		if c.lang == "en" {
			msg = f.MessageEN
		}
		pointer := f.Pointer
		if pointer == "" {
			pointer = "/"
		}
		fmt.Fprintf(&b, "  %s: %s\n", pointer, msg)
	}
	if p.Exit == problem.ExitCouldNot && p.Cause != nil {
		fmt.Fprintf(&b, "  (%v)\n", p.Cause)
	}
	_, _ = io.WriteString(c.err, b.String()) // standard error is the last place to say it
}

// tell picks the words of the chosen language.
func (c *cli) tell(vi, en string) string {
	if c.lang == "en" {
		return en
	}
	return vi
}
