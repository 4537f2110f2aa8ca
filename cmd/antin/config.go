package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"

	"antin/api/problem"
	"antin/archive"
	"antin/archive/bucket"
)

// config comes from the environment; flags win over it.
type config struct {
	// Data is the folder of everything the service keeps.
	Data string `env:"ANTIN_DATA" envDefault:"data"`
	// Listen is the address of the service, MetricsListen that of /metrics
	// ("" serves none).
	Listen        string `env:"ANTIN_LISTEN" envDefault:"127.0.0.1:8080"`
	MetricsListen string `env:"ANTIN_METRICS_LISTEN"`
	// PublicURL is where citizens reach the service; printed on documents.
	PublicURL string `env:"ANTIN_PUBLIC_URL"`
	// DatabaseURL chooses PostgreSQL in place of the SQLite file in Data.
	DatabaseURL string `env:"ANTIN_DATABASE_URL"`
	// S3Endpoint chooses an S3-compatible bucket for new PDFs in place of the
	// database; the other fields say which. The keys may also be files.
	S3Endpoint      string `env:"ANTIN_S3_ENDPOINT"`
	S3Bucket        string `env:"ANTIN_S3_BUCKET"`
	S3Region        string `env:"ANTIN_S3_REGION"`
	S3Prefix        string `env:"ANTIN_S3_PREFIX"`
	S3AccessKey     string `env:"ANTIN_S3_ACCESS_KEY"`
	S3SecretKey     string `env:"ANTIN_S3_SECRET_KEY"`
	S3AccessKeyFile string `env:"ANTIN_S3_ACCESS_KEY_FILE,file"`
	S3SecretKeyFile string `env:"ANTIN_S3_SECRET_KEY_FILE,file"`
	// TrustProxy takes callers' addresses from X-Forwarded-For.
	TrustProxy bool `env:"ANTIN_TRUST_PROXY"`
	// WebhookPrivate lets webhooks go to private and loopback addresses.
	WebhookPrivate bool `env:"ANTIN_WEBHOOK_PRIVATE"`
	// TimestampURL is the time-stamping authority (RFC 3161) that issued documents
	// are sent to for long-term proof; "" asks none.
	TimestampURL string `env:"ANTIN_TIMESTAMP_URL"`
	// RevocationHosts may be asked for the revocation lists and OCSP answers that
	// are kept in timestamped documents; RevocationPrivate lets them have private
	// addresses.
	RevocationHosts   []string `env:"ANTIN_REVOCATION_HOSTS"`
	RevocationPrivate bool     `env:"ANTIN_REVOCATION_PRIVATE"`
	// LogFormat is text or json.
	LogFormat string        `env:"ANTIN_LOG_FORMAT" envDefault:"text"`
	Grace     time.Duration `env:"ANTIN_GRACE" envDefault:"30s"`
}

func (c *config) load() error {
	given := *c // what flags have set already
	if err := env.Parse(c); err != nil {
		return problem.New(problem.ValueInvalid, err, "ANTIN_…", err.Error())
	}
	if c.LogFormat != "text" && c.LogFormat != "json" {
		return problem.New(problem.ValueInvalid, nil, "ANTIN_LOG_FORMAT", "text, json")
	}
	if u, err := url.Parse(c.TimestampURL); err != nil || c.TimestampURL != "" && (u.Scheme != "http" && u.Scheme != "https" || u.Host == "") {
		return problem.New(problem.ValueInvalid, err, "ANTIN_TIMESTAMP_URL", "https://…")
	}
	if given.Data != "" {
		c.Data = given.Data
	}
	if given.Listen != "" {
		c.Listen = given.Listen
	}
	if c.PublicURL == "" {
		c.PublicURL = fmt.Sprintf("http://%s", c.Listen)
	}
	return nil
}

// settings is what of the configuration changes what the service does, for the
// audit trail: no secrets, no addresses of databases.
func (c *config) settings() map[string]string {
	out := map[string]string{}
	if u, err := url.Parse(c.TimestampURL); err == nil && c.TimestampURL != "" {
		out["ANTIN_TIMESTAMP_URL"] = u.Redacted()
	}
	if len(c.RevocationHosts) > 0 {
		out["ANTIN_REVOCATION_HOSTS"] = strings.Join(c.RevocationHosts, ",")
	}
	for name, on := range map[string]bool{
		"ANTIN_REVOCATION_PRIVATE": c.RevocationPrivate, "ANTIN_WEBHOOK_PRIVATE": c.WebhookPrivate, "ANTIN_TRUST_PROXY": c.TrustProxy,
	} {
		if on {
			out[name] = "true"
		}
	}
	return out
}

// files opens the bucket that the configuration names, nil without one.
func (c *config) files(ctx context.Context) (archive.Files, error) {
	if c.S3Endpoint == "" {
		return nil, nil //nolint:nilnil // no bucket is an answer
	}
	b, err := bucket.Open(ctx, bucket.Config{
		Endpoint: c.S3Endpoint, Bucket: c.S3Bucket, Region: c.S3Region, Prefix: c.S3Prefix,
		AccessKey: cmp.Or(c.S3AccessKey, strings.TrimSpace(c.S3AccessKeyFile)),
		SecretKey: cmp.Or(c.S3SecretKey, strings.TrimSpace(c.S3SecretKeyFile)),
	})
	if invalid, ok := errors.AsType[*archive.InvalidError](err); ok {
		return nil, problem.New(problem.ValueInvalid, err, "ANTIN_S3_"+strings.ToUpper(strings.ReplaceAll(invalid.Field, " ", "_")), invalid.Problem)
	}
	return b, err
}
