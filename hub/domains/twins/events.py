"""What the journal hears of twin cases: states only."""

from hub.domains.twins.model import TwinCase
from hub.journal.model import Effect
from hub.journal.record import Event


class TwinCaseOpened(Event):
    """Another kecamatan has somebody with the same NIK."""


class TwinCaseChanged(Event):
    """A proposal was made, or a decision taken, or it fell away."""


def of(after: TwinCase, before: str | None = None) -> Event:
    """A case is new, or has changed."""
    kind, effect = (TwinCaseOpened, Effect.CREATED) if before is None else (TwinCaseChanged, Effect.CHANGED)
    return kind(
        type_name="TwinCase",
        object_id=after.id,
        version=after.version,
        effect=effect,
        village_id=after.village_id,
        changes={"state": (before, after.state)},
    )
