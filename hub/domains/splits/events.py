"""What the journal hears of a split. Nothing personal: who and what it was stands in the rows themselves."""

from dataclasses import dataclass

from hub.journal.model import Effect
from hub.journal.record import Event


@dataclass(frozen=True, kw_only=True)
class VillageSplitOff(Event):
    """A village went to another kecamatan; its successor's code is said."""

    type_name: str = "Village"
    published: bool = True
    channel: str = "CLI"


@dataclass(frozen=True, kw_only=True)
class SplitOff(Event):
    """Something of the village's register ended here: it goes on where the village is now."""

    effect: Effect = Effect.ENDED
    channel: str = "CLI"


@dataclass(frozen=True, kw_only=True)
class TakenOver(Event):
    """Something of a village's register was taken over from the kecamatan it belonged to."""

    effect: Effect = Effect.CREATED
    channel: str = "CLI"
