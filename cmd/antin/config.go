package main

import (
	"fmt"
	"time"

	"github.com/caarlos0/env/v11"

	"antin/api/problem"
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
	// TrustProxy takes callers' addresses from X-Forwarded-For.
	TrustProxy bool `env:"ANTIN_TRUST_PROXY"`
	// WebhookPrivate lets webhooks go to private and loopback addresses.
	WebhookPrivate bool `env:"ANTIN_WEBHOOK_PRIVATE"`
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
