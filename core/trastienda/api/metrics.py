"""`/metrics` for Prometheus: requests of all server processes, and what the queue holds."""
from __future__ import annotations

import hmac
import os
import threading
import time
from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

import orjson
import peewee
from flask import Blueprint, Flask, Response, current_app, g, request

from ..jobs.models import JobRecord
from ..languages import gettext
from ..storage.rows import tuples

if TYPE_CHECKING:
    from ..site import Site

blueprint = Blueprint("metrics", __name__)

#: Names the folder in which the processes of one server keep their counts; set by `serve`.
FOLDER = "PROMETHEUS_MULTIPROC_DIR"
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
#: Observations that are kept until the library is there: it is imported beside the first requests.
WAITING = 1000


class Metrics:
    """What one process counted."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[tuple[str, str, str], float]] = deque(maxlen=WAITING)
        self._requests: Any = None
        self._seconds: Any = None
        self._lock = threading.Lock()
        self.registry: Any = None

    def observe(self, method: str, route: str, status: str, seconds: float) -> None:
        self._waiting.append(((method, route, status), seconds))
        if self.registry is not None:
            self._count()

    def load(self) -> None:
        """Import the library and count what waited for it."""
        with self._lock:
            if self.registry is None:
                from prometheus_client import CollectorRegistry, Counter, Histogram

                registry = CollectorRegistry()
                self._requests = Counter("trastienda_http_requests", "Requests answered",
                                         ["method", "route", "status"], registry=registry)
                self._seconds = Histogram("trastienda_http_request_seconds", "Time to answer",
                                          ["method", "route"], buckets=BUCKETS, registry=registry)
                self.registry = registry
        self._count()

    def _count(self) -> None:
        while self._waiting:
            try:
                (method, route, status), seconds = self._waiting.popleft()
            except IndexError:
                return
            self._requests.labels(method, route, status).inc()
            self._seconds.labels(method, route).observe(seconds)


class _Queue:
    """The queue at the moment of asking, the same for all processes."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def collect(self) -> Iterator[Any]:
        from prometheus_client.core import GaugeMetricFamily

        now = self.site.clock().astimezone(UTC).replace(tzinfo=None)
        jobs = GaugeMetricFamily("trastienda_jobs", "Jobs and deliveries by state", labels=["state"])
        found = dict(tuples(JobRecord.select(JobRecord.state, peewee.fn.COUNT(JobRecord.id))
                            .where(JobRecord.state << ["queued", "running", "parked", "failed"], ~JobRecord.scheduled)
                            .group_by(JobRecord.state)))
        for state in ("queued", "running", "parked", "failed"):
            jobs.add_metric([state], found.get(state, 0))
        yield jobs
        due = (JobRecord.state == "queued") & (JobRecord.run_at <= now)
        ((count, oldest),) = tuples(JobRecord.select(peewee.fn.COUNT(JobRecord.id), peewee.fn.MIN(JobRecord.run_at))
                                    .where(due))
        yield GaugeMetricFamily("trastienda_jobs_due", "Jobs and deliveries that could run now", value=count)
        yield GaugeMetricFamily("trastienda_jobs_lag_seconds", "How long the oldest of those has been waiting",
                                value=(now - _moment(oldest)).total_seconds() if oldest else 0.0)


def _moment(value: datetime | str) -> datetime:
    """A MIN of times, which SQLite hands out as text."""
    return datetime.fromisoformat(value) if isinstance(value, str) else value


def count_requests(app: Flask) -> None:
    """From now on; the library is imported in a thread of its own, so that no request waits for it."""
    metrics = app.extensions["trastienda_metrics"] = Metrics()

    @app.before_request
    def begin() -> None:
        g.began = time.perf_counter()
        if metrics.registry is None and not g.get("loading"):
            _load_once(metrics)

    @app.after_request
    def end(response: Response) -> Response:
        route = request.url_rule.rule if request.url_rule is not None else "none"
        began = g.get("began")
        if began is not None:
            metrics.observe(request.method, route, str(response.status_code), time.perf_counter() - began)
        return response

    app.register_blueprint(blueprint)


_loading = threading.Lock()


def _load_once(metrics: Metrics) -> None:
    if _loading.acquire(blocking=False):
        def load() -> None:
            try:
                metrics.load()
            finally:
                _loading.release()

        threading.Thread(target=load, daemon=True).start()


@blueprint.get("/metrics")
def show_metrics() -> Response:
    """For a scraper that has the token, or that asks from this very host where none is set."""
    from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
    from prometheus_client.multiprocess import MultiProcessCollector

    site: Site = current_app.extensions["trastienda"]
    if refusal := _refusal(site.settings.metrics_token):
        body = {"type": "about:blank", "title": "Not allowed", "status": 403, "detail": refusal}
        return Response(orjson.dumps(body), 403, mimetype="application/problem+json")
    metrics: Metrics = current_app.extensions["trastienda_metrics"]
    metrics.load()
    with site.active(keep=True):
        queue = CollectorRegistry()
        queue.register(_Queue(site))
        if os.environ.get(FOLDER):
            counted = CollectorRegistry()
            MultiProcessCollector(counted)  # type: ignore[no-untyped-call]  # it has no types
        else:
            counted = metrics.registry
        return Response(generate_latest(counted) + generate_latest(queue), content_type=CONTENT_TYPE_LATEST)


def _refusal(token: str | None) -> str:
    """Why this scraper is not answered; nothing when it is."""
    if token is not None:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return "" if hmac.compare_digest(given.encode(), token.encode()) else gettext("The metrics need their token")
    forwarded = any(name in request.headers for name in ("X-Forwarded-For", "Forwarded", "X-Real-Ip"))
    if not forwarded and request.remote_addr and ip_address(request.remote_addr.partition("%")[0]).is_loopback:
        return ""
    return gettext("Without metrics_token the metrics are for this host alone")
