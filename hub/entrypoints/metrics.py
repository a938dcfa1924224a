"""What /metrics shows."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest


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

    def text(self, fallbacks: Mapping[str, int]) -> str:
        """All figures in Prometheus' text form."""
        reasons = "".join(
            f'hub_fallbacks_total{{reason="{_label(reason)}"}} {number}\n'
            for reason, number in sorted(fallbacks.items())
        )
        heading = "# HELP hub_fallbacks_total Queries answered by resolvers, by reason\n"
        return generate_latest(self.registry).decode() + heading + "# TYPE hub_fallbacks_total counter\n" + reasons


def _label(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
