package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"antin/api/problem"
	"antin/archive"
	"antin/archive/postgres"
	"antin/archive/sqlite"
	"antin/issuance"
)

// withApp runs a command on the data folder as it is and closes it.
func (c *cli) withApp(do func(ctx context.Context, a *app) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, _ []string) (err error) {
		a, err := c.openThere(cmd.Context(), c.logger(c.err))
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, a.close()) }()
		return do(cmd.Context(), a)
	}
}

func (c *cli) dataFlag(cmd *cobra.Command) *cobra.Command {
	cmd.Flags().StringVar(&c.config.Data, "data", "", "thư mục dữ liệu (mặc định: data, hoặc ANTIN_DATA)")
	return cmd
}

// entry is one element of `antin register list --json`.
type entry struct {
	Number       string `json:"number"`
	Symbol       string `json:"symbol"`
	Date         string `json:"date"`
	DocumentType string `json:"document_type"`
	Subject      string `json:"subject"`
	State        string `json:"state"`
	DocumentID   string `json:"document_id"`
}

func (c *cli) register() *cobra.Command {
	cmd := &cobra.Command{
		Use: "register", Short: "Sổ đăng ký văn bản đi", Args: exactly(0, "list | export | record"),
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	var asJSON bool
	var f archive.Filter
	var from, to, state string
	list := c.dataFlag(&cobra.Command{
		Use: "list", Short: "Liệt kê hoặc tìm trong sổ", Args: exactly(0, "--json, --book, --year, --q …"),
		RunE: c.withApp(func(ctx context.Context, a *app) (err error) {
			if f.DayFrom, err = day("--from", from); err != nil {
				return err
			}
			if f.DayTo, err = day("--to", to); err != nil {
				return err
			}
			if s := archive.State(state); s != "" {
				if !slices.Contains(archive.States(), s) {
					return problem.New(problem.ValueInvalid, nil, "--state", "numbered, issued, delivered, withdrawn, replaced, corrected")
				}
				f.States = []archive.State{s}
			}
			return c.registerList(ctx, a, f, asJSON)
		}),
	})
	list.Flags().StringVar(&f.Text, "q", "", "từ trong số, trích yếu, nơi nhận, người ký, hồ sơ; có dấu hoặc không dấu")
	list.Flags().StringVar(&f.Subject, "subject", "", "từ trong trích yếu")
	list.Flags().StringVar(&f.Recipient, "recipient", "", "từ trong nơi nhận")
	list.Flags().StringVar(&f.DocumentType, "type", "", "loại văn bản, ví dụ “Quyết định”")
	list.Flags().StringVar(&f.DossierCode, "dossier", "", "mã hồ sơ")
	list.Flags().StringVar(&state, "state", "", "trạng thái")
	list.Flags().IntVar(&f.SerialFrom, "number-from", 0, "từ số")
	list.Flags().IntVar(&f.SerialTo, "number-to", 0, "đến số")
	list.Flags().StringVar(&from, "from", "", "từ ngày, ví dụ 2026-01-05")
	list.Flags().StringVar(&to, "to", "", "đến ngày")
	list.Flags().BoolVar(&asJSON, "json", false, "in JSON")
	list.Flags().StringVar(&f.Book, "book", "", "mã sổ")
	list.Flags().StringVar(&f.Agency, "agency", "", "mã cơ quan")
	list.Flags().IntVar(&f.Year, "year", 0, "năm")
	cmd.AddCommand(list, c.registerExport(), c.registerRecord())
	return cmd
}

// day reads a date flag; "" is zero.
func day(flag, s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	t, err := time.ParseInLocation(time.DateOnly, s, vietnam)
	if err != nil {
		return t, problem.New(problem.ValueInvalid, err, flag, "2026-01-05")
	}
	return t, nil
}

// registerRecord writes the fields for the records archive of one document.
func (c *cli) registerRecord() *cobra.Command {
	var out, format string
	cmd := c.dataFlag(&cobra.Command{
		Use: "record ID -o FILE.xml|.json", Short: "Xuất dữ liệu đặc tả của một văn bản (Nghị định 30/2020, Phụ lục VI)", Args: exactly(1, "ID, -o FILE, --format"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.withApp(func(ctx context.Context, a *app) error {
				if out == "" {
					return usage("thiếu -o TỆP.xml hoặc .json", "-o FILE.xml or .json is missing")
				}
				if format == "" {
					format = strings.TrimPrefix(filepath.Ext(out), ".")
				}
				if _, ok := issuance.RecordFormats[format]; !ok {
					return problem.New(problem.ValueInvalid, nil, "format", "xml, json")
				}
				content, err := a.service.RecordOf(ctx, args[0], format, person())
				if err != nil {
					return err
				}
				return c.writeFile(out, content)
			})(cmd, args)
		},
	})
	cmd.Flags().StringVarP(&out, "output", "o", "", "tệp kết quả; - là đầu ra chuẩn")
	cmd.Flags().StringVar(&format, "format", "", "xml hoặc json (mặc định theo tên tệp)")
	return cmd
}

// registerExport writes a book; the format follows the file's name unless it is
// said.
func (c *cli) registerExport() *cobra.Command {
	var e issuance.Export
	var out string
	cmd := c.dataFlag(&cobra.Command{
		Use: "export -o FILE.xlsx|.csv|.pdf|.xml|.json", Short: "Xuất một quyển sổ: bảng tính, CSV, bản in, hoặc dữ liệu đặc tả theo Phụ lục VI (xml, json)", Args: exactly(0, "-o FILE, --book, --year, --agency"),
		RunE: c.withApp(func(ctx context.Context, a *app) error {
			if out == "" {
				return usage("thiếu -o TỆP.xlsx, .csv, .pdf, .xml hoặc .json", "-o FILE.xlsx, .csv, .pdf, .xml or .json is missing")
			}
			if e.Format == "" {
				e.Format = strings.TrimPrefix(filepath.Ext(out), ".")
			}
			export := a.service.Export
			if _, ok := issuance.RecordFormats[e.Format]; ok {
				export = a.service.ExportRecords
			}
			content, err := export(ctx, e, person())
			if err != nil {
				return err
			}
			return c.writeFile(out, content)
		}),
	})
	cmd.Flags().StringVarP(&out, "output", "o", "", "tệp kết quả; - là đầu ra chuẩn")
	cmd.Flags().StringVar(&e.Format, "format", "", "xlsx, csv, pdf, xml hoặc json (mặc định theo tên tệp)")
	cmd.Flags().StringVar(&e.Book, "book", "QĐ", "mã sổ")
	cmd.Flags().StringVar(&e.Agency, "agency", "", "mã cơ quan")
	cmd.Flags().IntVar(&e.Year, "year", 0, "năm (mặc định: năm nay)")
	return cmd
}

func (c *cli) registerList(ctx context.Context, a *app, f archive.Filter, asJSON bool) error {
	entries := []entry{}
	for p := (archive.Page{Limit: archive.MaxPage}); ; {
		page, err := a.store.Register(ctx, f, p)
		if err != nil {
			return err
		}
		for _, e := range page.Entries {
			entries = append(entries, entry{
				Number: e.Number.Text, Symbol: e.Number.Symbol, Date: e.Number.Date.In(archive.Zone).Format(time.DateOnly),
				DocumentType: e.DocumentType, Subject: e.Subject, State: string(e.State), DocumentID: e.DocumentID,
			})
		}
		if p.After = page.Next; p.After == "" {
			break
		}
	}
	if asJSON {
		return c.writeJSON(map[string]any{"entries": entries})
	}
	w := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	p := printer{w: w}
	p.line("%s", c.tell("SỐ\tKÝ HIỆU\tNGÀY\tLOẠI\tTRÍCH YẾU\tTRẠNG THÁI", "NUMBER\tSYMBOL\tDATE\tTYPE\tSUBJECT\tSTATE"))
	for _, e := range entries {
		p.line("%s\t%s\t%s\t%s\t%s\t%s", e.Number, e.Symbol, e.Date, e.DocumentType, e.Subject, e.State)
	}
	return errors.Join(p.err, w.Flush())
}

func (c *cli) doctor() *cobra.Command {
	return c.dataFlag(&cobra.Command{
		Use: "doctor", Short: "Khám kho lưu trữ: mã băm mọi tệp, mọi dãy số, mọi chuỗi, chữ ký mọi mốc ngày", Args: exactly(0, "--data"),
		RunE: c.withApp(func(ctx context.Context, a *app) error {
			d, err := a.service.Doctor(ctx)
			if err != nil {
				return err
			}
			p := printer{w: c.out}
			p.line(c.tell("%d văn bản, %d bản, %d số, %d dòng nhật ký, %d mốc ngày", "%d documents, %d revisions, %d numbers, %d audit rows, %d checkpoints"),
				d.Documents, d.Revisions, d.Numbers, d.Audit.Rows, d.Audit.Checkpoints)
			for _, f := range d.Findings {
				p.line("%s %s %s: %s", f.Kind, f.Document, f.Subject, f.Detail)
			}
			if p.err == nil && len(d.Findings) > 0 {
				return exit(1)
			}
			p.line("%s", c.tell("Không thấy điều gì sai.", "Nothing is wrong."))
			return p.err
		}),
	})
}

func (c *cli) backup() *cobra.Command {
	return c.dataFlag(&cobra.Command{
		Use: "backup FILE", Short: "Sao lưu kho lưu trữ khi đang chạy", Args: exactly(1, "FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.withApp(func(ctx context.Context, a *app) error {
				if err := a.store.Backup(ctx, args[0]); err != nil {
					return problem.New(problem.FileUnwritable, err, args[0], plain(err))
				}
				if err := c.tellKept(ctx, a.store); err != nil {
					return err
				}
				_, err := a.store.Record(ctx, archive.Event{Action: archive.ActionBackup, By: person(), At: c.now()})
				return err
			})(cmd, args)
		},
	})
}

// tellKept says what a backup of the database does not hold.
func (c *cli) tellKept(ctx context.Context, store archive.Store) error {
	kept, err := store.Kept(ctx)
	if err != nil || kept.Files == 0 {
		return err
	}
	_, err = fmt.Fprintf(c.err, c.tell(
		"Bản sao lưu gồm sổ, nhật ký và %d tệp trong cơ sở dữ liệu. %d tệp nằm ở kho đối tượng %s KHÔNG có trong đó: hãy sao lưu kho ấy bằng cách riêng của nó.\n",
		"The backup holds the register, the trail and the %d files in the database. %d files in the bucket %s are NOT in it: back up the bucket by its own means.\n"),
		kept.Database, kept.Files, kept.Where)
	return err
}

func (c *cli) restore() *cobra.Command {
	return c.dataFlag(&cobra.Command{
		Use: "restore FILE", Short: "Phục hồi kho lưu trữ từ bản sao lưu vào chỗ còn trống", Args: exactly(1, "FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			if err := os.MkdirAll(c.config.Data, 0o700); err != nil {
				return problem.New(problem.FileUnwritable, err, c.config.Data, plain(err))
			}
			var err error
			if c.config.DatabaseURL != "" {
				err = postgres.Restore(ctx, args[0], c.config.DatabaseURL)
			} else {
				err = sqlite.Restore(ctx, args[0], filepath.Join(c.config.Data, databaseFile))
			}
			if err != nil {
				return problem.New(problem.FileUnreadable, err, args[0], plain(err))
			}
			_, err = fmt.Fprintln(c.out, c.tell("Đã phục hồi. Hãy chạy “antin doctor” để kiểm tra.", "Restored. Run \"antin doctor\" to examine it."))
			return err
		},
	})
}

func (c *cli) key() *cobra.Command {
	cmd := &cobra.Command{
		Use: "key", Short: "Khóa API", Args: exactly(0, "new | list | revoke"),
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	var k newKey
	create := c.dataFlag(&cobra.Command{
		Use: "new --name N --roles R[,R] [--agency A --signatory ID]", Short: "Tạo khóa API; khóa chỉ hiện một lần", Args: exactly(0, "--name, --roles, --agency, --signatory"),
		RunE: c.withApp(func(ctx context.Context, a *app) error { return c.makeKey(ctx, a, k) }),
	})
	create.Flags().StringVar(&k.name, "name", "", "tên người hoặc phần mềm giữ khóa")
	create.Flags().StringVar(&k.agency, "agency", "", "mã cơ quan; bỏ trống là mọi cơ quan")
	create.Flags().StringVar(&k.roles, "roles", "workflow", "workflow, signatory, clerk, auditor")
	create.Flags().StringVar(&k.person, "signatory", "", "khóa ký thay đúng một người: mã người ký (signatories) hoặc cán bộ (clerks) trong agency.yaml; “*” là mọi người ký, cho phần mềm chạy tự động")
	list := c.dataFlag(&cobra.Command{
		Use: "list", Short: "Liệt kê khóa API", Args: exactly(0, ""),
		RunE: c.withApp(func(ctx context.Context, a *app) error {
			keys, err := a.store.ListKeys(ctx, "")
			if err != nil {
				return err
			}
			w := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
			p := printer{w: w}
			for _, k := range keys {
				state := "active"
				if !k.Revoked.IsZero() {
					state = "revoked"
				}
				p.line("%s\t%s\t%s\t%v\t%s\t%s", k.ID, k.Name, k.Agency, k.Roles, k.Person, state)
			}
			return errors.Join(p.err, w.Flush())
		}),
	})
	revoke := c.dataFlag(&cobra.Command{
		Use: "revoke ID", Short: "Thu hồi một khóa API", Args: exactly(1, "ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.withApp(func(ctx context.Context, a *app) error {
				return a.store.RevokeKey(ctx, args[0], person(), c.now())
			})(cmd, args)
		},
	})
	cmd.AddCommand(create, list, revoke)
	return cmd
}

// newKey is what `antin key new` is told.
type newKey struct{ name, agency, roles, person string }

func (c *cli) makeKey(ctx context.Context, a *app, n newKey) error {
	if n.name == "" {
		return usage("thiếu --name", "--name is missing")
	}
	known := []archive.Role{archive.RoleWorkflow, archive.RoleSignatory, archive.RoleClerk, archive.RoleAuditor}
	var list []archive.Role
	for r := range strings.SplitSeq(n.roles, ",") {
		if !slices.Contains(known, archive.Role(r)) {
			return usage("--roles nhận workflow, signatory, clerk, auditor", "--roles takes workflow, signatory, clerk, auditor")
		}
		list = append(list, archive.Role(r))
	}
	if n.agency != "" {
		if _, err := a.service.Agency(n.agency); err != nil {
			return err
		}
	}
	if err := n.checkPerson(a.service, list); err != nil {
		return err
	}
	id, secret, hash, err := archive.NewKey(rand.Reader)
	if err != nil {
		return err
	}
	k := archive.Key{ID: id, Agency: n.agency, Name: n.name, Roles: list, Person: n.person, Created: c.now()}
	if err := a.store.PutKey(ctx, k, hash, person(), c.now()); err != nil {
		return err
	}
	_, err = fmt.Fprintln(c.out, secret)
	return err
}

// checkPerson checks as whom a key is to sign: a signatory's key says it, and it
// is one of those whom the agency's profile lists for the key's roles.
func (n newKey) checkPerson(service *issuance.Service, roles []archive.Role) error {
	signs, clerk := slices.Contains(roles, archive.RoleSignatory), slices.Contains(roles, archive.RoleClerk)
	switch {
	case n.person == "" && !signs:
		return nil
	case n.person == "":
		return usage("khóa có vai trò signatory phải ghi ký thay ai: thêm --agency CƠ_QUAN --signatory MÃ_NGƯỜI_KÝ, hoặc --signatory \"*\" cho phần mềm ký tự động thay mọi người",
			"a key with the role signatory must say whose signature it makes: add --agency AGENCY --signatory ID, or --signatory \"*\" for software that signs for everyone")
	case !signs && !clerk:
		return usage("--signatory chỉ đi với vai trò signatory hoặc clerk", "--signatory goes with the role signatory or clerk")
	case n.person == archive.Anyone && !signs:
		return usage("--signatory \"*\" chỉ đi với vai trò signatory", "--signatory \"*\" goes with the role signatory")
	case n.person == archive.Anyone:
		return nil
	case n.agency == "":
		return usage("--signatory cần --agency: mỗi cơ quan có người ký của mình", "--signatory needs --agency: each agency has its own people")
	}
	a, err := service.Agency(n.agency)
	if err != nil {
		return err
	}
	var people []string
	if signs {
		people = append(people, a.SignatoryIDs()...)
	}
	if clerk {
		people = append(people, a.ClerkIDs()...)
	}
	if !slices.Contains(people, n.person) {
		list := strings.Join(people, ", ")
		return usage("“"+n.person+"” không phải người ký của “"+n.agency+"” với vai trò này; có: "+list, n.person+" is nobody of "+n.agency+" who signs in this role; there are: "+list)
	}
	return nil
}
