package api

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/labstack/echo/v4"
	"golang.org/x/time/rate"

	"antin/api/problem"
)

const traceKey = "antin.trace"

// trace gives each request an id that the answer, the problem and the log share,
// and logs how it ended: method, route, status, time. Never the body, the query
// or the key.
func (s *Server) trace(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		var b [8]byte
		_, _ = rand.Read(b[:]) // crypto/rand.Read never fails since Go 1.24
		id := hex.EncodeToString(b[:])
		c.Set(traceKey, id)
		c.Response().Header().Set("Trace-Id", id)
		start := time.Now()
		err := next(c)
		if err != nil {
			c.Error(err)
		}
		took := time.Since(start)
		status := c.Response().Status
		s.metrics.request(c.Request().Method, c.Path(), status, took)
		s.log.InfoContext(c.Request().Context(), "request", "trace", id, "method", c.Request().Method,
			"route", c.Path(), "status", status, "took", took)
		return nil
	}
}

func traceID(c echo.Context) string {
	id, _ := c.Get(traceKey).(string)
	return id
}

func (s *Server) logPanic(c echo.Context, err error, stack []byte) error {
	s.log.ErrorContext(c.Request().Context(), "panic", "trace", traceID(c), "error", err, "stack", string(stack))
	return problem.New(problem.Internal, fmt.Errorf("panic: %w", err))
}

// secureHeaders keeps pages from being framed, sniffed or made to run scripts
// from elsewhere.
func secureHeaders(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		h := c.Response().Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Content-Security-Policy",
			"default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data: blob:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
		return next(c)
	}
}

// bound gives the request its turn, its time and its size.
func (s *Server) bound(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		switch c.Path() {
		case "/healthz", "/readyz":
			return next(c)
		}
		r := c.Request()
		limit := s.limits.DocumentBody
		switch {
		case c.Path() == "/v1/verify" || c.Path() == "/xac-thuc":
			limit = s.limits.VerifyBody
		case strings.HasPrefix(c.Path(), "/v1/photos/") || c.Path() == "/anh":
			limit = s.limits.PhotoBody
		}
		if r.ContentLength > limit {
			return problem.New(problem.TooLarge, nil, megabytes(limit))
		}
		r.Body = http.MaxBytesReader(c.Response(), r.Body, limit)
		ctx, cancel := context.WithTimeout(r.Context(), s.limits.Request)
		defer cancel()
		if err := s.gate.enter(ctx); err != nil {
			return err
		}
		defer s.gate.leave()
		c.SetRequest(r.WithContext(ctx))
		return next(c)
	}
}

func megabytes(n int64) string { return fmt.Sprintf("%d MB", n>>20) }

// gate lets a bounded number of requests work and a bounded number wait.
type gate struct{ work, wait chan struct{} }

func newGate(concurrent, waiting int) *gate {
	return &gate{work: make(chan struct{}, concurrent), wait: make(chan struct{}, concurrent+waiting)}
}

func (g *gate) enter(ctx context.Context) error {
	select {
	case g.wait <- struct{}{}:
	default:
		return problem.New(problem.Busy, nil)
	}
	select {
	case g.work <- struct{}{}:
		return nil
	case <-ctx.Done():
		<-g.wait
		return problem.New(problem.Busy, ctx.Err())
	}
}

func (g *gate) leave() {
	<-g.work
	<-g.wait
}

// maxAddresses bounds the memory of the rate limiter.
const maxAddresses = 20_000

// rateLimiter bounds each address on the open calls. When more addresses come
// than it remembers, those that have been quiet longest are forgotten, which
// only gives them a fresh allowance.
type rateLimiter struct {
	mu        sync.Mutex
	perMinute int
	seen      map[string]*visitor
}

type visitor struct {
	limiter *rate.Limiter
	last    time.Time
}

func newRateLimiter(perMinute int) *rateLimiter {
	return &rateLimiter{perMinute: perMinute, seen: map[string]*visitor{}}
}

func (l *rateLimiter) allow(address string, now time.Time) bool {
	if l.perMinute <= 0 {
		return true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	v := l.seen[address]
	if v == nil {
		if len(l.seen) >= maxAddresses {
			l.forget(now)
		}
		v = &visitor{limiter: rate.NewLimiter(rate.Limit(float64(l.perMinute)/60), max(1, l.perMinute/3))}
		l.seen[address] = v
	}
	v.last = now
	return v.limiter.AllowN(now, 1)
}

// forget drops the addresses that have a full allowance again, or all if none
// has.
func (l *rateLimiter) forget(now time.Time) {
	for a, v := range l.seen {
		if now.Sub(v.last) > time.Minute {
			delete(l.seen, a)
		}
	}
	if len(l.seen) >= maxAddresses {
		clear(l.seen)
	}
}

// public is the guard of the open calls that cost work.
func (s *Server) public(c echo.Context) error {
	if !s.rate.allow(c.RealIP(), s.now()) {
		return problem.New(problem.TooManyRequests, nil, 30)
	}
	return nil
}
