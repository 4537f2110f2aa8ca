package api

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"antin/archive"
)

// metrics are served on a listener of their own (DESIGN: HTTP). Labels are
// routes and status classes, never ids or names.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
}

func newMetrics(jobs archive.Queue) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "antin_http_requests_total", Help: "Requests by method, route and status.",
		}, []string{"method", "route", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "antin_http_request_seconds", Help: "Time of a request.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60},
		}, []string{"method", "route"}),
	}
	m.registry.MustRegister(m.requests, m.seconds, jobMetrics{jobs}, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func (m *metrics) request(method, route string, status int, took time.Duration) {
	if route == "" {
		route = "none"
	}
	switch method {
	case http.MethodGet, http.MethodPost, http.MethodHead:
	default:
		method = "other" // a stranger may send any word
	}
	m.requests.WithLabelValues(method, route, strconv.Itoa(status)).Inc()
	m.seconds.WithLabelValues(method, route).Observe(took.Seconds())
}

// Metrics serves GET /metrics for a monitoring system.
func (s *Server) Metrics() http.Handler {
	return promhttp.HandlerFor(s.metrics.registry, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError})
}

// jobMetrics counts the jobs that are not done when the monitoring asks.
type jobMetrics struct{ queue archive.Queue }

var jobsDesc = prometheus.NewDesc("antin_jobs", "Jobs that are not done, by kind and state.", []string{"kind", "state"}, nil)

// jobsTimeout bounds the count: a store that is away must not hold the metrics
// up that tell so.
const jobsTimeout = 5 * time.Second

// Describe implements prometheus.Collector.
func (j jobMetrics) Describe(to chan<- *prometheus.Desc) { to <- jobsDesc }

// Collect implements prometheus.Collector.
func (j jobMetrics) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), jobsTimeout)
	defer cancel()
	counts, err := j.queue.JobCounts(ctx)
	if err != nil {
		to <- prometheus.NewInvalidMetric(jobsDesc, err)
		return
	}
	for _, c := range counts {
		to <- prometheus.MustNewConstMetric(jobsDesc, prometheus.GaugeValue, float64(c.N), c.Kind, string(c.State))
	}
}
