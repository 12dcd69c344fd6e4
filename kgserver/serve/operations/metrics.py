"""`/metrics`: how queries end and how long they take, as Prometheus reads it.

Each process that answers has counts of its own. The web process has heard those of the
others, and tells the sums.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, TypeAlias

import flask
import prometheus_client
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from prometheus_client.samples import Sample

from kgserver.model.refusal import NotReady
from kgserver.serve.frame import site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from prometheus_client.metrics_core import Metric

    from kgserver.ask.pool.outcome import Outcome
    from kgserver.serve.live import Live

metrics_page = flask.Blueprint("metrics_page", __name__)
_BUCKETS = (0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60)

REQUESTS = prometheus_client.Counter(
    "kgserver_requests", "Requests by status, and whether the response was kept.",
    ["status", "source"],
)  # fmt: skip
QUERIES = prometheus_client.Counter(
    "kgserver_queries", "Queries by form and by how they ended.", ["form", "ending"]
)
STOPPED = prometheus_client.Counter(
    "kgserver_queries_stopped", "Queries stopped, by the limit they hit.", ["limit"]
)
SECONDS = prometheus_client.Histogram(
    "kgserver_query_seconds", "Seconds from a query's arrival to its end.",
    ["form"], buckets=_BUCKETS,
)  # fmt: skip
WAITED = prometheus_client.Histogram(
    "kgserver_query_wait_seconds", "Seconds that a query waited for its turn.",
    buckets=_BUCKETS,
)  # fmt: skip
ROWS = prometheus_client.Counter("kgserver_result_rows", "Rows of answers.")
BYTES = prometheus_client.Counter("kgserver_result_bytes", "Bytes of answers.")
RUNNING = prometheus_client.Gauge("kgserver_queries_running", "Queries that run now.")
WAITING = prometheus_client.Gauge("kgserver_queries_waiting", "Queries that wait now.")
CONNECTIONS = prometheus_client.Gauge("kgserver_connections", "Connections open now.")
KEPT = prometheus_client.Gauge("kgserver_kept_bytes", "About what is kept of answers.")


def watch(
    running: Callable[[], int],
    waiting: Callable[[], int],
    open_: Callable[[], int],
    kept: Callable[[], int],
) -> None:
    """Have what is going on now looked up whenever it is asked for."""
    RUNNING.set_function(running)
    WAITING.set_function(waiting)
    CONNECTIONS.set_function(open_)
    KEPT.set_function(kept)


def count_request(status: int, *, kept: bool) -> None:
    """Add one request to the counts."""
    _requested(status, kept).inc()


def count_kept() -> None:
    """Add one query whose answer was kept: it took no time to speak of."""
    _ended("unknown", "cached").inc()


# Looking for a sample by its labels takes longer than counting in it.
@cache
def _requested(status: int, kept: bool) -> prometheus_client.Counter:
    return REQUESTS.labels(str(status), "kept" if kept else "made")


@cache
def _ended(form: str, ending: str) -> prometheus_client.Counter:
    return QUERIES.labels(form, ending)


@cache
def _lasted(form: str) -> prometheus_client.Histogram:
    return SECONDS.labels(form)


def count(outcome: Outcome) -> None:
    """Add one query to the counts."""
    if outcome.ending == "cached":
        count_kept()
        return
    form = outcome.form.lower() or "unknown"
    _ended(form, outcome.ending).inc()
    _lasted(form).observe(outcome.seconds)
    WAITED.observe(outcome.waited)
    ROWS.inc(outcome.rows)
    BYTES.inc(outcome.size)
    if outcome.limit:
        STOPPED.labels(outcome.limit).inc()


Counts: TypeAlias = Mapping[tuple[str, tuple[tuple[str, str], ...]], float]
"""What was counted, by the name and the labels of a sample."""

# What each helper has counted up to now, and under 0 those that have ended.
_elsewhere: dict[int, Counts] = {}


def counts() -> Counts:
    """All that this process has counted."""
    return {
        _key(sample): sample.value
        for metric in prometheus_client.REGISTRY.collect()
        for sample in _summed(metric)
    }


def hear(process: int, said: Counts) -> None:
    """Take note of what another process has counted up to now."""
    _elsewhere[process] = said


def keep(process: int) -> None:
    """Add what a process has counted that is no more to that of others before it."""
    known = Counter(_elsewhere.get(0, {}))
    known.update(_elsewhere.pop(process, {}))
    _elsewhere[0] = known


def _summed(metric: Metric) -> list[Sample]:
    """The samples of a metric that are added up over processes."""
    counted = metric.type in {"counter", "histogram"}
    ours = counted and metric.name.startswith("kgserver_")
    return [s for s in metric.samples if ours and not s.name.endswith("_created")]


def _key(sample: Sample) -> tuple[str, tuple[tuple[str, str], ...]]:
    return sample.name, tuple(sorted(sample.labels.items()))


class _Sums(Collector):
    """All that this process tells, and with its counts those of the others."""

    def collect(self) -> Iterator[Metric]:
        """The metrics, samples that only others have among them."""
        others = Counter[tuple[str, tuple[tuple[str, str], ...]]]()
        for each in list(_elsewhere.values()):
            others.update(each)
        for metric in prometheus_client.REGISTRY.collect():
            summed = {_key(each): each for each in _summed(metric)}
            names = {f"{metric.name}{end}" for end in _ENDS}
            missing = [k for k in others if k[0] in names and k not in summed]
            metric.samples = [
                each._replace(value=each.value + others[_key(each)])
                if _key(each) in summed
                else each
                for each in metric.samples
            ]
            metric.samples += [Sample(k[0], dict(k[1]), others[k]) for k in missing]
            yield metric


_ENDS = ("_total", "_bucket", "_count", "_sum")


@metrics_page.route("/metrics")
def metrics() -> flask.Response:
    """All counts, in the text format of Prometheus."""
    now = prometheus_client.CollectorRegistry()
    now.register(_Sums())
    now.register(_Version(site.live()))
    text = prometheus_client.generate_latest(now)
    response = flask.Response(text, content_type=prometheus_client.CONTENT_TYPE_LATEST)
    response.headers["Cache-Control"] = "no-store"
    return response


class _Version(Collector):
    """What is in service now, looked up when it is asked for."""

    def __init__(self, live: Live) -> None:
        self._live = live

    def collect(self) -> Iterator[Metric]:
        """The version, its age, its size, and how the last build ended."""
        served, problems = self._live.last_attempt()
        yield _gauge("last_build_served", "Whether the last build is served.", served)
        errors = sum(problem.fatal for problem in problems)
        yield _gauge("last_build_errors", "What keeps the last build back.", errors)
        try:
            snapshot = self._live.dataset().snapshot
        except NotReady:
            return
        made = datetime.datetime.fromisoformat(snapshot.created)
        age = (datetime.datetime.now(datetime.UTC) - made).total_seconds()
        counts = snapshot.counts
        yield _gauge("snapshot_version", "The version in service.", snapshot.version)
        yield _gauge("snapshot_age_seconds", "Seconds since it was built.", age)
        yield _gauge("triples_asserted", "Triples that files say.", counts.asserted)
        yield _gauge("triples_inferred", "Triples that follow.", counts.inferred)


def _gauge(name: str, means: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"kgserver_{name}", means, value=value)
