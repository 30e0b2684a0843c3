"""Request metrics in Prometheus format. One registry per application, so that tests can run several."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest


class Metrics:
    """What every service counts. `route` is the route's template, never the path: labels stay few."""

    def __init__(self, service: str) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)  # memory, CPU, open files
        self._service = service
        self._requests = Counter(
            "http_requests_total",
            "Requests answered",
            ["service", "method", "route", "status"],
            registry=self._registry,
        )
        self._seconds = Histogram(
            "http_request_duration_seconds", "Time to answer", ["service", "route"], registry=self._registry
        )
        self.in_flight = Gauge("http_requests_in_flight", "Requests being answered", registry=self._registry)

    def observe(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answered request."""
        self._requests.labels(self._service, method, route, str(status)).inc()
        self._seconds.labels(self._service, route).observe(seconds)

    def render(self) -> bytes:
        """The text that Prometheus reads."""
        return generate_latest(self._registry)
