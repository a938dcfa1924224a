"""What /metrics shows."""

from collections import Counter as Counts
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest

from hub.domains.webhooks.desk import Figures as Webhooks
from hub.graph.execution import Engine
from hub.jobs.desk import Figures
from hub.kernel.scope import Reader
from hub.store.turns import Turns


@dataclass(slots=True)
class Metrics:
    """What /metrics shows."""

    registry: CollectorRegistry
    requests: Counter
    seconds: Histogram
    known: dict[tuple[str, int], tuple[Counter, Histogram]] = field(default_factory=dict)

    @classmethod
    def make(cls) -> "Metrics":
        """Fresh counters."""
        registry = CollectorRegistry()
        return cls(
            registry,
            Counter("hub_requests", "Requests by path and status", ("path", "status"), registry=registry),
            Histogram("hub_request_seconds", "Seconds to answer", ("path",), registry=registry),
        )

    def answered(self, path: str, status: int, seconds: float) -> None:
        """Count a request. The counters of a path and a status are looked up once."""
        found = self.known.get((path, status))
        if found is None:
            found = self.requests.labels(path, str(status)), self.seconds.labels(path)
            self.known[path, status] = found
        found[0].inc()
        found[1].observe(seconds)

    def text(
        self,
        engine: Engine,
        alarms: Mapping[str, int],
        jobs: Figures | None = None,
        webhooks: Webhooks | None = None,
        called: Mapping[str, int] | None = None,
    ) -> str:
        """All figures in Prometheus' text form; those of jobs and webhooks where the database could be asked."""
        drawn = engine.buckets.drawn if engine.buckets else Counts()
        return generate_latest(self.registry).decode() + "".join(
            [
                *_counter("hub_fallbacks_total", "Queries by resolvers, by reason", "reason", engine.fallbacks),
                *_counter("hub_refused_by_limit_total", "Requests that a limit refused", "code", engine.refused),
                *_counter("hub_bucket_draws_total", "Blocks of points drawn, by what came of it", "outcome", drawn),
                *_counter("hub_disclosure_alarms_total", "Alarms about numbers told, by kind", "kind", alarms),
                *_gauge("hub_waiting", "Operations that wait for their tenant's turn", engine.turns, "queued"),
                *_gauge("hub_running", "Operations that run", engine.turns, "total"),
                *_caches("hub_cache_entries", "Documents and plans kept", engine.caches(), 0),
                *_caches("hub_cache_bytes", "Bytes of kept documents and plans, as estimated", engine.caches(), 1),
                *_counter("hub_webhook_calls_total", "Calls of webhooks by what came of them", "outcome", called or {}),
                *(_jobs(jobs) if jobs else ()),
                *(_webhooks(webhooks) if webhooks else ()),
            ]
        )


def _counter(name: str, about: str, label: str, found: Mapping[str, int]) -> Iterator[str]:
    yield f"# HELP {name} {about}\n# TYPE {name} counter\n"
    for value, number in sorted(found.items()):
        yield f'{name}{{{label}="{_label(value)}"}} {number}\n'


def _gauge(name: str, about: str, turns: Mapping[Reader, Turns], what: str) -> Iterator[str]:
    yield f"# HELP {name} {about}\n# TYPE {name} gauge\n"
    for reader, each in turns.items():
        yield f'{name}{{reader="{reader.value}"}} {getattr(each, what)}\n'


def _caches(name: str, about: str, found: Mapping[str, tuple[int, int]], which: int) -> Iterator[str]:
    yield f"# HELP {name} {about}\n# TYPE {name} gauge\n"
    for cache, figures in found.items():
        yield f'{name}{{cache="{cache}"}} {figures[which]}\n'


def _jobs(found: Figures) -> Iterator[str]:
    yield "# HELP hub_jobs Jobs of all tenants\n# TYPE hub_jobs gauge\n"
    for state in ("waiting", "running", "parked"):
        yield f'hub_jobs{{state="{state}"}} {getattr(found, state)}\n'
    yield "# HELP hub_jobs_oldest_seconds For how long the oldest waiting job has been due\n"
    yield f"# TYPE hub_jobs_oldest_seconds gauge\nhub_jobs_oldest_seconds {found.oldest}\n"


def _webhooks(found: Webhooks) -> Iterator[str]:
    yield "# HELP hub_webhooks Webhooks of all tenants\n# TYPE hub_webhooks gauge\n"
    for state in ("active", "paused", "failing", "held"):
        yield f'hub_webhooks{{state="{state}"}} {getattr(found, state)}\n'
    yield "# HELP hub_webhooks_oldest_seconds For how long the oldest message has been due\n"
    yield f"# TYPE hub_webhooks_oldest_seconds gauge\nhub_webhooks_oldest_seconds {found.oldest}\n"


def _label(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
