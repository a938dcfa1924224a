"""What a raiser does: submit feedback, reopen it, say that it is done with.

Outside, a raiser is an organization by its key, or whoever holds the tracking code. The code is put into `hub.code` for
the rest of the transaction, and row security opens the one row that it names.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, select

from hub.domains.calendar.days import days_off
from hub.domains.citizens.model import Citizen
from hub.domains.citizens.telling import times
from hub.domains.commitments.model import Commitment
from hub.domains.feedback import attaching, events, policy
from hub.domains.feedback.errors import (
    AnonymousHasRaiser,
    FeedbackIdTaken,
    OfficeNotByOffice,
    PointOutside,
    RaiserNotYours,
    TrackingCodeUnknown,
    VillageNotYours,
)
from hub.domains.feedback.model import (
    Feedback,
    FeedbackChannel,
    FeedbackKind,
    FeedbackRaiser,
    FeedbackState,
    FeedbackVillage,
    SubmitterKind,
)
from hub.domains.feedback.policy import FeedbackAction
from hub.domains.feedback.vault import seal_contact
from hub.domains.partners.model import PartnerOrganization
from hub.domains.villages.model import Village
from hub.journal.model import Effect
from hub.journal.record import record
from hub.kernel import tracking_code
from hub.kernel.errors import DateInFuture, Forbidden
from hub.kernel.keyring import KeyRing
from hub.kernel.scope import Reader
from hub.kernel.workdays import working_days_after
from hub.store.base import TenantRow, table
from hub.store.constraints import translating
from hub.store.unit import StaleVersion, Unit
from hub.tenants.permissions import Permission

_ROWS = table(Feedback)
CONSTRAINTS = {"pk_feedback": FeedbackIdTaken}
SOUTH, NORTH, WEST, EAST = Decimal("-11.5"), Decimal("6.5"), Decimal("94.5"), Decimal("141.5")
_ARCS: Mapping[str, tuple[type[TenantRow], SubmitterKind]] = {
    "organization_id": (PartnerOrganization, SubmitterKind.PARTNER_ORG),
    "village_id": (Village, SubmitterKind.VILLAGE),
    "citizen_id": (Citizen, SubmitterKind.CITIZEN),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Raiser:
    """Who is said to raise it: at most one key of the arc, by its column, and how to reach them."""

    arc: str | None = None
    key: UUID | None = None
    name: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFeedback:
    """Feedback to submit, parsed."""

    kind: FeedbackKind
    subject: str
    body: str
    key: UUID | None = None  # made by the client, for items collected offline
    channel: FeedbackChannel = FeedbackChannel.API
    anonymous: bool = False
    confidential: bool = False
    about_office: bool = False
    raiser: Raiser = Raiser()
    villages: Sequence[UUID] = ()
    commitment: UUID | None = None
    files: Sequence[UUID] = ()
    captured_at: datetime | None = None
    more: dict[str, Any] = field(default_factory=dict)  # sector, place, point, affected services and population


async def submit(unit: Unit, keys: KeyRing, new: NewFeedback) -> Feedback:
    """Take feedback in; its tracking code is on the row, for the raiser alone."""
    raiser, kind = _raiser(unit, new)
    _check(unit, new)
    villages = await _villages(unit, new)
    await _referred_to(unit, new, raiser)
    made = await _made(unit, new, kind, villages)
    await hold(unit, made.tracking_code)
    with translating(CONSTRAINTS, path=("clientId",)):
        await unit.add(made)
    await unit.add_all(
        [
            FeedbackVillage(tenant_id=made.tenant_id, feedback_id=made.id, village_id=each, **times(unit))
            for each in villages
        ]
    )
    await attaching.attach(unit, made, new.files)
    if raiser is not None:
        await unit.add(_raiser_row(unit, keys, made, raiser))
    await _tell(unit, made, raiser)
    return made


async def again(unit: Unit, key: UUID) -> Feedback | None:
    """What the actor sent in earlier under a client's id, where it may be seen."""
    return await unit.first(unit.own(Feedback, key), Feedback)


async def by_code(unit: Unit, text: str) -> Feedback:
    """The feedback that a code names, locked, for whoever holds the code; TrackingCodeUnknown for any other text."""
    code = tracking_code.parse(text)
    if code is None or code.tenant != unit.tenant.id:
        raise TrackingCodeUnknown(path=("trackingCode",))
    await hold(unit, code.text)
    own = unit.own(Feedback)
    found = await unit.first(own.where(_ROWS.c.tracking_code == code.text).with_for_update(), Feedback)
    if found is None:
        raise TrackingCodeUnknown(path=("trackingCode",))
    return found


async def reopen(unit: Unit, feedback: Feedback, *, reason: str, holds_code: bool) -> Feedback:
    """The raiser is not content: the clocks run anew."""
    raiser = await is_raiser(unit, feedback, holds_code=holds_code)
    policy.require(unit.scope, feedback, FeedbackAction.REOPEN, raiser=raiser)
    today = unit.now.today(unit.tenant.zone)
    policy.require_reopening(feedback, today=today)
    after = await unit.change(
        feedback,
        state=FeedbackState.REOPENED.value,
        state_reason=reason,
        reopened=feedback.reopened + 1,
        forward_due_on=working_days_after(today, policy.FORWARD_DAYS, await days_off(unit, since=today)),
        forwarded_on=None,
        answer_due_on=None,
        closes_on=None,
        closed_on=None,
        satisfaction=None,
    )
    await record(_speaker(unit, after), events.of(events.FeedbackReopened, after, feedback, raiser=unit.scope.party))
    return after


async def close(
    unit: Unit,
    feedback: Feedback,
    *,
    reason: str | None,
    satisfaction: int | None,
    holds_code: bool,
    expected: int | None,
) -> Feedback:
    """It is done with: the raiser is content, or the office says so. Only a raiser is satisfied or not."""
    raiser = await is_raiser(unit, feedback, holds_code=holds_code)
    policy.require(unit.scope, feedback, FeedbackAction.CLOSE, raiser=raiser)
    if not raiser and not unit.scope.may(Permission.HANDLE_FEEDBACK):
        raise Forbidden
    if satisfaction is not None and not raiser:
        raise RaiserNotYours(path=("satisfaction",))
    after = await unit.change(
        feedback,
        expected=expected,
        state=FeedbackState.CLOSED.value,
        state_reason=reason,
        closed_on=unit.now.today(unit.tenant.zone),
        satisfaction=satisfaction,
    )
    speaker = _speaker(unit, after) if raiser else unit
    await record(speaker, events.of(events.FeedbackClosed, after, feedback, raiser=unit.scope.party))
    return after


async def attach(unit: Unit, key: UUID, *, files: Sequence[UUID], expected: int | None) -> Feedback:
    """Add files to what the actor raised, or as the office to anything, while it is not over."""
    feedback = await unit.find(Feedback, key, path=("feedback",))
    raiser = await is_raiser(unit, feedback, holds_code=False)
    policy.require(unit.scope, feedback, FeedbackAction.ATTACH_FILES, raiser=raiser)
    if not raiser and not unit.scope.may(Permission.HANDLE_FEEDBACK):
        raise Forbidden
    if expected is not None and expected != feedback.version:
        raise StaleVersion(current=feedback.version, path=("expectedVersion",))
    if not files:
        return feedback
    await attaching.attach(unit, feedback, files)
    speaker = _speaker(unit, feedback) if raiser else unit
    await record(speaker, events.of(events.FeedbackFilesAttached, feedback, feedback, raiser=unit.scope.party))
    return feedback


async def is_raiser(unit: Unit, feedback: Feedback, *, holds_code: bool) -> bool:
    """Whether the actor raised it: by code, as its organization (row security shows no other), or as its village."""
    if holds_code:
        return True
    if unit.scope.party is not None:
        return True
    if not unit.scope.villages:
        return False
    found = await unit.first(unit.own(FeedbackRaiser, feedback.id), FeedbackRaiser)
    return found is not None and found.village_id in unit.scope.villages


async def hold(unit: Unit, code: str) -> None:
    """Let row security open what a code names, until the transaction ends. Inside, a grant opens it already."""
    if unit.scope.reader is Reader.OUTSIDE:
        await unit.value(select(func.set_config("hub.code", code, True)))


# Pieces


def _raiser(unit: Unit, new: NewFeedback) -> tuple[Raiser | None, SubmitterKind]:
    """Who raises it, by the scope first and by what was said where the scope leaves it open."""
    scope, said = unit.scope, new.raiser
    if not scope.may(Permission.SUBMIT_FEEDBACK):
        raise Forbidden
    if new.anonymous:
        if said != Raiser():
            raise AnonymousHasRaiser(path=("anonymous",))
        return None, SubmitterKind.ANONYMOUS
    free = scope.reader is not Reader.OUTSIDE
    if said.arc is not None and not free:
        raise RaiserNotYours(path=(said.arc.removesuffix("_id"),))
    if scope.party is not None:
        own = Raiser(arc="organization_id", key=scope.party, name=said.name, phone=said.phone)
        return own, SubmitterKind.PARTNER_ORG
    if said.arc is not None:
        return said, _ARCS[said.arc][1]
    if said.name is None and said.phone is None:
        if free and scope.villages:
            return Raiser(arc="village_id", key=scope.villages[0]), SubmitterKind.VILLAGE
        return None, SubmitterKind.ANONYMOUS
    return said, SubmitterKind.CITIZEN


def _check(unit: Unit, new: NewFeedback) -> None:
    if new.about_office and unit.scope.reader is not Reader.OUTSIDE:
        raise OfficeNotByOffice(path=("aboutOffice",))
    if new.files and unit.scope.reader is Reader.OUTSIDE and unit.scope.party is None:
        raise Forbidden(path=("files",))
    if new.captured_at is not None and new.captured_at > unit.now.instant:
        raise DateInFuture(path=("capturedAt",))
    _check_point(new.more.get("latitude"), new.more.get("longitude"))


def _check_point(latitude: Decimal | None, longitude: Decimal | None) -> None:
    if latitude is None and longitude is None:
        return
    if latitude is None or longitude is None or not (SOUTH <= latitude <= NORTH and WEST <= longitude <= EAST):
        raise PointOutside(path=("latitude",))


async def _villages(unit: Unit, new: NewFeedback) -> list[UUID]:
    """The villages it is about, each there to see; a village's own is among them."""
    found = list(dict.fromkeys(new.villages))
    own = unit.scope.villages
    if own and not found:
        found = [own[0]]
    if own and not set(own) & set(found):
        raise VillageNotYours(path=("villages",))
    for position, each in enumerate(found):
        await unit.see(Village, each, path=("villages", str(position)))
    return found


async def _referred_to(unit: Unit, new: NewFeedback, raiser: Raiser | None) -> None:
    """What it names must be there to see: another's id answers like none."""
    if new.commitment is not None:
        await unit.see(Commitment, new.commitment, path=("commitment",))
    if raiser is not None and raiser.arc is not None and raiser.key is not None and unit.scope.party is None:
        await unit.see(_ARCS[raiser.arc][0], raiser.key, path=(raiser.arc.removesuffix("_id"),))


async def _made(unit: Unit, new: NewFeedback, kind: SubmitterKind, villages: list[UUID]) -> Feedback:
    today = unit.now.today(unit.tenant.zone)
    off = await days_off(unit, since=today)
    return Feedback(
        tenant_id=unit.tenant.id,
        id=new.key or uuid4(),  # not told apart by when it came: an anonymous item gives nothing away by its id
        kind=new.kind.value,
        submitter_kind=kind.value,
        confidential=new.confidential,
        about_office=new.about_office,
        channel=new.channel.value,
        subject=new.subject,
        body=new.body,
        villages=villages,
        commitment_id=new.commitment,
        captured_at=new.captured_at,
        received_at=unit.now.instant,
        received_on=today,
        forward_due_on=working_days_after(today, policy.FORWARD_DAYS, off),
        tracking_code=tracking_code.fresh(unit.tenant.id).text,
        **new.more,
        **times(unit),
    )


def _raiser_row(unit: Unit, keys: KeyRing, made: Feedback, raiser: Raiser) -> FeedbackRaiser:
    row = FeedbackRaiser(tenant_id=made.tenant_id, id=made.id, confidential=made.confidential, **times(unit))
    if raiser.arc is not None:
        setattr(row, raiser.arc, raiser.key)
    seal_contact(keys, row, name=raiser.name, phone=raiser.phone)
    return row


async def _tell(unit: Unit, made: Feedback, raiser: Raiser | None) -> None:
    """Who sent what is anonymous, confidential or about the office, the journal is not told: the office reads it."""
    speaker = _speaker(unit, made)
    if made.about_office:
        await record(speaker, events.forwarded(made))
        return
    received = events.of(
        events.FeedbackReceived,
        made,
        raiser=raiser.key if raiser is not None and raiser.arc == "organization_id" else None,
        effect=Effect.CREATED,
        captured_at=made.captured_at,
        channel=made.channel,
    )
    await record(speaker, received)


def _speaker(unit: Unit, feedback: Feedback) -> Unit:
    """The unit as the journal hears of it when the raiser acts: of nobody, where the raiser is hidden."""
    if not _hides(feedback):
        return unit
    return replace(unit, scope=replace(unit.scope, principal_id=None, grant_id=None))


def _hides(made: Feedback) -> bool:
    return made.confidential or made.about_office or made.submitter_kind == SubmitterKind.ANONYMOUS
