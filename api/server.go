package api

import (
	"context"
	_ "embed"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"antin/issuance"
)

// Limits bound what callers may ask of the service.
type Limits struct {
	DocumentBody int64 // bytes of a request for a document (a photo is in it)
	VerifyBody   int64 // bytes of a file to verify
	PhotoBody    int64 // bytes of a photo to check
	// Request is how long one request may take.
	Request time.Duration
	// Concurrent requests are worked on, Waiting ones wait for their turn; what
	// comes beyond is answered 503 with Retry-After.
	Concurrent, Waiting int
	// PublicPerMinute bounds each address on the open calls that cost work.
	PublicPerMinute int
}

// DefaultLimits suit a machine with 2 cores.
func DefaultLimits() Limits {
	return Limits{
		DocumentBody: 16 << 20, VerifyBody: 32 << 20, PhotoBody: 16 << 20,
		Request: 60 * time.Second, Concurrent: 32, Waiting: 256, PublicPerMinute: 60,
	}
}

// Config is what a Server stands on.
type Config struct {
	Service *issuance.Service
	Limits  Limits
	Log     *slog.Logger
	Now     func() time.Time // nil is time.Now
	// TrustProxy takes the caller's address from X-Forwarded-For when the
	// request comes from this machine or a private network.
	TrustProxy bool
}

// Server answers HTTP requests.
type Server struct {
	service *issuance.Service
	limits  Limits
	log     *slog.Logger
	now     func() time.Time
	echo    *echo.Echo
	gate    *gate
	rate    *rateLimiter
	signIns *rateLimiter
	metrics *metrics
}

//go:embed openapi.yaml
var openAPI []byte

// New makes a server.
func New(c Config) *Server {
	s := &Server{service: c.Service, limits: c.Limits, log: c.Log, now: c.Now}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.now == nil {
		s.now = time.Now
	}
	s.gate = newGate(c.Limits.Concurrent, c.Limits.Waiting)
	s.rate = newRateLimiter(c.Limits.PublicPerMinute)
	s.signIns = newRateLimiter(signInsPerMinute)
	s.metrics = newMetrics(s.service.Store())

	e := echo.New()
	s.echo = e
	e.HideBanner, e.HidePort = true, true
	e.HTTPErrorHandler = s.handleError
	e.IPExtractor = echo.ExtractIPDirect()
	if c.TrustProxy {
		e.IPExtractor = echo.ExtractIPFromXFFHeader()
	}
	e.Use(s.trace, middleware.RecoverWithConfig(middleware.RecoverConfig{LogErrorFunc: s.logPanic, DisableErrorHandler: true}),
		secureHeaders, s.bound)
	RegisterHandlers(e, (*handlers)(s))
	e.GET("/openapi.yaml", func(c echo.Context) error { return c.Blob(http.StatusOK, "application/yaml", openAPI) })
	s.pages(e)
	return s
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.echo.ServeHTTP(w, r) }

// Serve answers on l until ctx ends, then takes no new requests and finishes
// those under way, for at most grace.
func (s *Server) Serve(ctx context.Context, l net.Listener, grace time.Duration) error {
	srv := &http.Server{
		Handler:           s,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       s.limits.Request + 10*time.Second,
		WriteTimeout:      s.limits.Request + 20*time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelWarn),
	}
	done := make(chan error, 1)
	go func() { done <- srv.Serve(l) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	err := srv.Shutdown(stop)
	if serveErr := <-done; !errors.Is(serveErr, http.ErrServerClosed) {
		err = errors.Join(err, serveErr)
	}
	return err
}
