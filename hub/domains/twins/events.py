"""What the journal hears of twin cases and referrals: states only, and what was ruled."""

from hub.domains.twins.model import TwinCase, TwinReferral, TwinReferralState
from hub.journal.model import Effect
from hub.journal.record import Event


class TwinCaseOpened(Event):
    """Another kecamatan has somebody with the same NIK."""


class TwinCaseChanged(Event):
    """A proposal was made, or a decision taken, or it fell away."""


class TwinReferralOpened(Event):
    """A case was laid before a Disdukcapil."""


class TwinReferralChanged(Event):
    """It was ruled on, the ruling was brought to both sides, or it fell away."""


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


def of_referral(after: TwinReferral, before: str | None = None) -> Event:
    """A referral is new, or has changed."""
    opened, ruled = before is None, after.state == TwinReferralState.RULED
    kind, effect = (TwinReferralOpened, Effect.CREATED) if opened else (TwinReferralChanged, Effect.CHANGED)
    return kind(
        type_name="TwinReferral",
        object_id=after.id,
        version=after.version,
        effect=effect,
        changes={"state": (before, after.state), **({"decision": (None, after.decision)} if ruled else {})},
    )
