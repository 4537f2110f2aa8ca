package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"antin/archive"
)

func (c *cli) bucket() *cobra.Command {
	cmd := &cobra.Command{
		Use: "bucket", Short: "Kho đối tượng (S3) giữ các tệp PDF", Args: exactly(0, "fill"),
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(c.dataFlag(&cobra.Command{
		Use:   "fill",
		Short: "Chuyển các PDF còn trong cơ sở dữ liệu vào kho đối tượng; chạy được khi dịch vụ đang chạy, ngắt và chạy lại được",
		Args:  exactly(0, "--data"),
		RunE:  c.withApp(c.fillBucket),
	}))
	return cmd
}

// fillFew is how many contents are moved between two lines of progress.
const fillFew = 1000

// fillBucket moves what is in the database to the bucket. What was moved stays
// moved when it is interrupted, and is written down.
func (c *cli) fillBucket(ctx context.Context, a *app) error {
	kept, err := a.store.Kept(ctx)
	if err != nil {
		return err
	}
	if kept.Where == "" {
		return usage("chưa khai báo kho đối tượng: đặt ANTIN_S3_ENDPOINT, ANTIN_S3_BUCKET và khóa", "no bucket is configured: set ANTIN_S3_ENDPOINT, ANTIN_S3_BUCKET and its keys")
	}
	p := printer{w: c.out}
	moved, damaged, size, after := 0, 0, int64(0), int64(0)
	for {
		var m archive.Moved
		m, err = a.store.MoveToFiles(ctx, after, fillFew)
		moved, damaged, size, after = moved+m.Contents, damaged+len(m.Damaged), size+m.Bytes, m.Next
		for _, d := range m.Damaged {
			p.line(c.tell("%s bị hỏng, ở lại chỗ cũ: hãy chạy “antin doctor”", "%s is damaged and stays where it is: run \"antin doctor\""), d.SHA256)
		}
		if err != nil || after == 0 {
			break
		}
		fmt.Fprintf(c.err, c.tell("Đã chuyển %d trong %d tệp.\n", "Moved %d of %d files.\n"), moved, kept.Database)
	}
	err = errors.Join(err, c.recordFill(context.WithoutCancel(ctx), a.store, kept.Where, moved, damaged))
	if err != nil {
		return err
	}
	p.line(c.tell("Đã chuyển %d tệp (%d kB) vào %s. Chỗ trống trong cơ sở dữ liệu được dùng lại cho dữ liệu mới; bản sao lưu không còn chứa các tệp ấy.",
		"Moved %d files (%d kB) to %s. The room in the database is used again for new data; a backup holds these files no more."), moved, size>>10, kept.Where)
	if p.err == nil && damaged > 0 {
		return exit(1)
	}
	return p.err
}

// recordFill writes into the trail what one run moved.
func (c *cli) recordFill(ctx context.Context, store archive.Store, where string, moved, damaged int) error {
	if moved+damaged == 0 {
		return nil
	}
	detail, err := json.Marshal(map[string]any{"to": where, "moved": moved, "damaged": damaged})
	if err != nil {
		return err
	}
	_, err = store.Record(ctx, archive.Event{Action: archive.ActionMoveFiles, Detail: detail, By: person(), At: c.now()})
	return err
}
