// Package bucket keeps an archive's files in an S3-compatible bucket: each
// PDF is an object whose name is its SHA-256, so that `sha256sum` alone can
// check a copy of the bucket.
//
// github.com/minio/minio-go/v7 is used as the client: it speaks to any
// S3-compatible server, signs requests and checks what it sends, without the
// weight of a cloud vendor's own kit.
package bucket

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"antin/archive"
)

// Config is where the bucket is and how to open it.
type Config struct {
	// Endpoint is the server's address, http or https, without a path:
	// "https://s3.example.vn".
	Endpoint string
	Bucket   string // it must exist
	Region   string // "" asks the server
	// Prefix stands before every name, so that a bucket can be shared: "antin".
	Prefix               string
	AccessKey, SecretKey string
}

// wait bounds one request to the server.
const wait = 30 * time.Second

// ownerName is the object that says whose files these are. It sorts after every
// hexadecimal name.
const ownerName = "owner"

// Bucket is an archive.Files.
type Bucket struct {
	c      *minio.Client
	bucket string
	prefix string // with a slash at its end, or ""
	where  string
}

var _ archive.Files = (*Bucket)(nil)

// Open checks the configuration and that the bucket is there.
// Errors: *archive.InvalidError names the field.
func Open(ctx context.Context, c Config) (*Bucket, error) {
	u, err := url.Parse(c.Endpoint)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.Path != "" && u.Path != "/" || u.User != nil {
		return nil, &archive.InvalidError{Field: "endpoint", Problem: "is not the address of a server, such as https://s3.example.vn"}
	}
	for _, f := range []struct{ name, value string }{{"bucket", c.Bucket}, {"access key", c.AccessKey}, {"secret key", c.SecretKey}} {
		if f.value == "" {
			return nil, &archive.InvalidError{Field: f.name, Problem: "is empty"}
		}
	}
	client, err := minio.New(u.Host, &minio.Options{
		Creds: credentials.NewStaticV4(c.AccessKey, c.SecretKey, ""), Secure: u.Scheme == "https", Region: c.Region,
		MaxRetries: 3,
	})
	if err != nil {
		return nil, fmt.Errorf("opening the bucket: %w", err)
	}
	b := &Bucket{c: client, bucket: c.Bucket, where: u.Scheme + "://" + path.Join(u.Host, c.Bucket, c.Prefix)}
	if p := strings.Trim(c.Prefix, "/"); p != "" {
		b.prefix = p + "/"
	}
	if err := b.Ping(ctx); err != nil {
		return nil, err
	}
	return b, nil
}

// Where implements archive.Files.
func (b *Bucket) Where() string { return b.where }

// Ping implements archive.Files.
func (b *Bucket) Ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	ok, err := b.c.BucketExists(ctx, b.bucket)
	if err != nil {
		return b.wrap("asking for the bucket", err)
	}
	if !ok {
		return &archive.NotFoundError{What: "bucket", ID: b.where}
	}
	return nil
}

// Put implements archive.Files.
func (b *Bucket) Put(ctx context.Context, sum [32]byte, data []byte) error {
	return b.put(ctx, hex.EncodeToString(sum[:]), data, "application/pdf")
}

func (b *Bucket) put(ctx context.Context, name string, data []byte, kind string) error {
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	_, err := b.c.PutObject(ctx, b.bucket, b.prefix+name, bytes.NewReader(data), int64(len(data)),
		minio.PutObjectOptions{ContentType: kind, DisableMultipart: true, SendContentMd5: true})
	return b.wrap("storing "+name, err)
}

// Get implements archive.Files.
func (b *Bucket) Get(ctx context.Context, sum [32]byte) ([]byte, error) {
	return b.get(ctx, hex.EncodeToString(sum[:]), archive.MaxPDF)
}

func (b *Bucket) get(ctx context.Context, name string, most int64) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	o, err := b.c.GetObject(ctx, b.bucket, b.prefix+name, minio.GetObjectOptions{})
	if err != nil {
		return nil, b.wrap("reading "+name, err)
	}
	defer func() { _ = o.Close() }()
	data, err := io.ReadAll(io.LimitReader(o, most))
	if minio.ToErrorResponse(err).Code == minio.NoSuchKey {
		return nil, &archive.NotFoundError{What: "file", ID: name}
	}
	return data, b.wrap("reading "+name, err)
}

// Remove implements archive.Files.
func (b *Bucket) Remove(ctx context.Context, sum [32]byte) error {
	name := hex.EncodeToString(sum[:])
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	err := b.c.RemoveObject(ctx, b.bucket, b.prefix+name, minio.RemoveObjectOptions{})
	if minio.ToErrorResponse(err).Code == minio.NoSuchKey {
		return nil
	}
	return b.wrap("removing "+name, err)
}

// List implements archive.Files.
func (b *Bucket) List(ctx context.Context, after string, n int) ([]archive.FileInfo, error) {
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel() // also ends the listing behind the channel
	start := ""
	if after != "" {
		start = b.prefix + after
	}
	var out []archive.FileInfo
	for o := range b.c.ListObjects(ctx, b.bucket, minio.ListObjectsOptions{Prefix: b.prefix, StartAfter: start, MaxKeys: min(n, 1000), Recursive: true}) {
		if o.Err != nil {
			return nil, b.wrap("listing", o.Err)
		}
		name := strings.TrimPrefix(o.Key, b.prefix)
		if raw, err := hex.DecodeString(name); err != nil || len(raw) != 32 || strings.ToLower(name) != name {
			continue // not ours to judge
		}
		if out = append(out, archive.FileInfo{SHA256: name, Stored: o.LastModified}); len(out) == n {
			break
		}
	}
	return out, nil
}

// Claim implements archive.Files.
func (b *Bucket) Claim(ctx context.Context, owner string) error {
	const most = 256
	got, err := b.get(ctx, ownerName, most)
	switch {
	case errors.As(err, new(*archive.NotFoundError)):
		return b.put(ctx, ownerName, []byte(owner), "text/plain")
	case err != nil:
		return err
	case string(got) != owner:
		return &archive.OwnerError{Where: b.where, Owner: string(got)}
	}
	return nil
}

// wrap says what was being done, and marks what may pass: no answer, an answer
// that the server is at fault or too busy.
func (b *Bucket) wrap(what string, err error) error {
	if err == nil {
		return nil
	}
	r := minio.ToErrorResponse(err)
	if r.StatusCode == 0 || r.StatusCode >= http.StatusInternalServerError || r.StatusCode == http.StatusTooManyRequests {
		return fmt.Errorf("%s: %s: %w: %w", b.where, what, archive.ErrUnavailable, err)
	}
	return fmt.Errorf("%s: %s: %w", b.where, what, err)
}
