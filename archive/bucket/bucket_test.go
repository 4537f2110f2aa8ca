package bucket_test

import (
	"crypto/sha256"
	"errors"
	"strings"
	"testing"

	"antin/archive"
	"antin/archive/bucket"
	"antin/internal/judge"
)

func TestOpenRefuses(t *testing.T) {
	good := bucket.Config{Endpoint: "https://s3.example.vn", Bucket: "antin", AccessKey: "a", SecretKey: "b"}
	for field, change := range map[string]func(*bucket.Config){
		"endpoint":         func(c *bucket.Config) { c.Endpoint = "s3.example.vn" },
		"endpoint, empty":  func(c *bucket.Config) { c.Endpoint = "" },
		"endpoint, a path": func(c *bucket.Config) { c.Endpoint += "/antin" },
		"endpoint, a user": func(c *bucket.Config) { c.Endpoint = "https://a:b@s3.example.vn" },
		"endpoint, no web": func(c *bucket.Config) { c.Endpoint = "ftp://s3.example.vn" },
		"bucket":           func(c *bucket.Config) { c.Bucket = "" },
		"access key":       func(c *bucket.Config) { c.AccessKey = "" },
		"secret key":       func(c *bucket.Config) { c.SecretKey = "" },
	} {
		c := good
		change(&c)
		_, err := bucket.Open(t.Context(), c)
		invalid, ok := errors.AsType[*archive.InvalidError](err)
		if want, _, _ := strings.Cut(field, ","); !ok || invalid.Field != want {
			t.Errorf("%s: got %v", field, err)
		}
		if err != nil && strings.Contains(err.Error(), "a:b@") {
			t.Errorf("%s: the error tells the password", field)
		}
	}
}

// What the server refuses for good is not "come again"; a server that is not
// there is.
func TestRefusals(t *testing.T) {
	s := judge.Bucket(t)
	open := func(change func(*bucket.Config)) (*bucket.Bucket, error) {
		c := bucket.Config{Endpoint: s.Endpoint, Bucket: s.Bucket, Region: s.Region, AccessKey: s.AccessKey, SecretKey: s.SecretKey}
		if change != nil {
			change(&c)
		}
		return bucket.Open(t.Context(), c)
	}
	if _, err := open(func(c *bucket.Config) { c.Bucket = "khong-co" }); !errors.As(err, new(*archive.NotFoundError)) {
		t.Errorf("a bucket that is not there: %v", err)
	}
	if _, err := open(func(c *bucket.Config) { c.SecretKey = "sai" }); err == nil || errors.Is(err, archive.ErrUnavailable) || strings.Contains(err.Error(), "sai") {
		t.Errorf("a wrong secret: %v", err)
	}
	b, err := open(nil)
	if err != nil {
		t.Fatal(err)
	}
	data := []byte("%PDF-1.7 thử")
	sum := sha256.Sum256(data)
	if _, err := b.Get(t.Context(), sum); !errors.As(err, new(*archive.NotFoundError)) {
		t.Errorf("a file that is not there: %v", err)
	}
	if err := b.Put(t.Context(), sum, data); err != nil {
		t.Error(err)
	}
	if got, err := b.Get(t.Context(), sum); err != nil || string(got) != string(data) {
		t.Errorf("got %q, %v", got, err)
	}
	s.Stop()
	if err := b.Put(t.Context(), sum, data); !errors.Is(err, archive.ErrUnavailable) {
		t.Errorf("storing without a server: %v", err)
	}
	if _, err := open(nil); !errors.Is(err, archive.ErrUnavailable) {
		t.Errorf("opening without a server: %v", err)
	}
}
