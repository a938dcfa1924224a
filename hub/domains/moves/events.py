"""What the journal hears of moves: states only; what they do to people has entries of its own."""

from dataclasses import dataclass

from hub.domains.moves.model import Arrival, Departure
from hub.journal.model import Effect
from hub.journal.record import Event


class DepartureStarted(Event):
    """People have left."""


class DepartureChanged(Event):
    """A departure took a step, by an officer or by the answer of the other kecamatan."""


class ArrivalOffered(Event):
    """People are coming."""


class ArrivalChanged(Event):
    """An arrival was answered, withdrawn, or not answered in time."""


@dataclass(frozen=True, kw_only=True)
class DepartureBySplit(Event):
    """A family left with its village. The worker of moves has nothing to carry: it is accepted by decree."""

    type_name: str = "Departure"
    effect: Effect = Effect.CREATED
    channel: str = "CLI"


@dataclass(frozen=True, kw_only=True)
class ArrivalBySplit(Event):
    """And came with it."""

    type_name: str = "Arrival"
    effect: Effect = Effect.CREATED
    channel: str = "CLI"


BY_SPLIT = frozenset({DepartureBySplit.kind, ArrivalBySplit.kind})


def of_departure(after: Departure, before: str | None = None) -> Event:
    """A departure is new, or has another state."""
    kind, effect = (DepartureStarted, Effect.CREATED) if before is None else (DepartureChanged, Effect.CHANGED)
    return kind(
        type_name="Departure",
        object_id=after.id,
        version=after.version,
        effect=effect,
        village_id=after.village_id,
        changes={"state": (before, after.state)},
    )


def of_arrival(after: Arrival, before: str | None = None) -> Event:
    """An arrival is new, or has another state."""
    kind, effect = (ArrivalOffered, Effect.CREATED) if before is None else (ArrivalChanged, Effect.CHANGED)
    return kind(
        type_name="Arrival",
        object_id=after.id,
        version=after.version,
        effect=effect,
        village_id=after.village_id,
        changes={"state": (before, after.state)},
    )
