"""What the office does with feedback, and those to whom it was handed. Every act locks the feedback first."""

from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from hub.domains.agencies.naming import serving
from hub.domains.calendar.days import days_off
from hub.domains.citizens.telling import times
from hub.domains.feedback import events, policy
from hub.domains.feedback.errors import (
    AnswerIsPrivate,
    DispositionNotYours,
    DispositionOver,
    DuplicateOfItself,
    NotPublishedFeedback,
    OfficeComplaintStays,
)
from hub.domains.feedback.model import (
    DispositionState,
    Feedback,
    FeedbackAnswer,
    FeedbackDisposition,
    FeedbackPublication,
    FeedbackRaiser,
    FeedbackState,
    FeedbackVillage,
)
from hub.domains.feedback.policy import FeedbackAction
from hub.domains.feedback.vault import open_contact
from hub.domains.villages.model import Village
from hub.journal.record import Event, record
from hub.kernel.errors import Forbidden, NotFound
from hub.kernel.keyring import KeyRing
from hub.kernel.workdays import working_days_after
from hub.store.base import table
from hub.store.unit import StaleVersion, Unit
from hub.tenants.permissions import Permission

_DISPOSITION = table(FeedbackDisposition).c
_ANSWER, _PUBLICATION = table(FeedbackAnswer).c, table(FeedbackPublication).c


async def triage(
    unit: Unit, key: UUID, *, expected: int | None, values: dict[str, Any], villages: list[UUID] | None
) -> Feedback:
    """Judge it: sector, severity, what suffers. What is not named stays."""
    before = await _taking(unit, key, FeedbackAction.TRIAGE)
    if villages is not None:
        values = {**values, "villages": await _link(unit, before, villages)}
    state = FeedbackState.TRIAGED.value
    return await _moved(unit, before, events.FeedbackTriaged, expected=expected, state=state, **values)


async def assign(
    unit: Unit, key: UUID, *, expected: int | None, section: str | None, village: UUID | None, instruction: str | None
) -> FeedbackDisposition:
    """Hand it to a section of the office or to a village; the answer's clock begins with the first time."""
    before = await _taking(unit, key, FeedbackAction.ASSIGN)
    if village is not None:
        await unit.see(Village, village, path=("village",))
        if village not in before.villages:
            before = await unit.change(
                before, expected=expected, villages=await _link(unit, before, [*before.villages, village])
            )
            expected = None
    sent = await _hand(unit, before, section=section, village_id=village, instruction=instruction)
    after = await _forwarded(unit, before, events.FeedbackAssigned, expected, FeedbackState.ASSIGNED, sent)
    await record(unit, events.of_part(events.DispositionSent, after, sent))
    return sent


async def escalate(
    unit: Unit, key: UUID, *, expected: int | None, agency: str, instruction: str | None
) -> FeedbackDisposition:
    """Hand it to an agency of the district or province; what lay with others is done there."""
    before = await _taking(unit, key, FeedbackAction.ESCALATE)
    code = await serving(unit, agency, path=("agency",))
    await _finish(unit, before)
    sent = await _hand(unit, before, agency_code=code, instruction=instruction)
    after = await _forwarded(unit, before, events.FeedbackEscalated, expected, FeedbackState.ESCALATED, sent)
    await record(unit, events.of_part(events.DispositionSent, after, sent))
    return sent


async def acknowledge(unit: Unit, key: UUID, *, expected: int | None) -> FeedbackDisposition:
    """It has arrived: work begins."""
    feedback, before = await _at_hand(unit, key, expected)
    after = await unit.change(before, state=DispositionState.ACKNOWLEDGED.value, acknowledged_at=unit.now.instant)
    await record(unit, events.of_part(events.DispositionAcknowledged, feedback, after, before))
    if feedback.state == FeedbackState.ASSIGNED:
        await _moved(unit, feedback, events.FeedbackTakenUp, state=FeedbackState.IN_PROGRESS.value)
    return after


async def hand_back(unit: Unit, key: UUID, *, expected: int | None, reason: str) -> FeedbackDisposition:
    """It is no matter of theirs. With the last of them the feedback waits to be handed out anew."""
    feedback, before = await _at_hand(unit, key, expected)
    if feedback.about_office:
        raise OfficeComplaintStays(path=("disposition",))
    after = await unit.change(
        before, state=DispositionState.RETURNED.value, returned_at=unit.now.instant, return_reason=reason
    )
    await record(unit, events.of_part(events.DispositionReturned, feedback, after, before))
    out = (FeedbackState.ASSIGNED.value, FeedbackState.IN_PROGRESS.value, FeedbackState.ESCALATED.value)
    if feedback.state in out and not await _open(unit, feedback.id):
        await _moved(unit, feedback, events.FeedbackComeBack, state=FeedbackState.TRIAGED.value)
    return after


async def answer(unit: Unit, key: UUID, *, expected: int | None, text: str, public: bool) -> FeedbackAnswer:
    """Answer the raiser; an earlier answer stays. A village answers what lies with it."""
    before = await _taking(unit, key, FeedbackAction.ANSWER)
    mine = None if policy.for_the_office(unit.scope) else await _own_disposition(unit, before)
    made = await write_answer(unit, before, text=text, public=public, disposition=mine, expected=expected)
    await _finish(unit, before)
    return made


async def answer_disposition(unit: Unit, key: UUID, *, text: str, public: bool) -> FeedbackAnswer:
    """Answer as the agency that it was handed to; also once more, while nobody else has answered or taken it over."""
    seen = await unit.see(FeedbackDisposition, key, path=("disposition",))
    before = await _taking(unit, seen.feedback_id, FeedbackAction.ANSWER, path=("disposition",))
    found = await unit.find(FeedbackDisposition, key, path=("disposition",))
    if found.state not in policy.OPEN_DISPOSITIONS and not await _answered_last(unit, before, found):
        raise DispositionOver(state=found.state)
    made = await write_answer(unit, before, text=text, public=public, disposition=key)
    await _finish(unit, before)
    return made


async def write_answer(
    unit: Unit, before: Feedback, *, text: str, public: bool, disposition: UUID | None, expected: int | None = None
) -> FeedbackAnswer:
    """The next answer, and the feedback's step with it."""
    today = unit.now.today(unit.tenant.zone)
    numbers = select(func.coalesce(func.max(_ANSWER.number), 0) + 1).where(
        _ANSWER.tenant_id == unit.tenant.id, _ANSWER.feedback_id == before.id
    )
    made = FeedbackAnswer(
        tenant_id=unit.tenant.id,
        feedback_id=before.id,
        disposition_id=disposition,
        number=int(await unit.value(numbers)),
        text=text,
        public=public,
        answered_on=today,
        **times(unit),
    )
    await unit.add(made)
    after = await _moved(
        unit,
        before,
        events.FeedbackAnswered,
        expected=expected,
        state=FeedbackState.ANSWERED.value,
        first_answered_on=before.first_answered_on or today,
        closes_on=working_days_after(today, policy.SILENCE_DAYS, await days_off(unit, since=today)),
    )
    await record(unit, events.of_part(events.FeedbackAnswerGiven, after, made))
    return made


async def reject(unit: Unit, key: UUID, *, expected: int | None, reason: str) -> Feedback:
    """It is nothing for the kecamatan; the raiser is told why."""
    before = await _taking(unit, key, FeedbackAction.REJECT)
    state = FeedbackState.REJECTED.value
    return await _moved(unit, before, events.FeedbackRejected, expected=expected, state=state, state_reason=reason)


async def mark_duplicate(unit: Unit, key: UUID, *, expected: int | None, of: UUID, reason: str) -> Feedback:
    """It says what earlier feedback says. A duplicate of a duplicate is one of the first."""
    before = await _taking(unit, key, FeedbackAction.MARK_DUPLICATE)
    first = await unit.see(Feedback, of, path=("duplicateOf",))
    original = first.duplicate_of_id or first.id
    if original == before.id:
        raise DuplicateOfItself(path=("duplicateOf",))
    return await _moved(
        unit,
        before,
        events.FeedbackMarkedDuplicate,
        expected=expected,
        state=FeedbackState.DUPLICATE.value,
        duplicate_of_id=original,
        state_reason=reason,
    )


async def publish(unit: Unit, key: UUID, *, summary: str, expected: int | None) -> FeedbackPublication:
    """Let everybody read an answer, with what was asked in the office's own words."""
    shown = await unit.see(FeedbackAnswer, key, path=("answer",))
    feedback = await _taking(unit, shown.feedback_id, FeedbackAction.PUBLISH_ANSWER, path=("answer",))
    if not shown.public:
        raise AnswerIsPrivate(path=("answer",))
    own = unit.own(FeedbackPublication).where(_PUBLICATION.feedback_id == feedback.id)
    before = await unit.first(own.with_for_update(), FeedbackPublication)
    if expected is not None and expected != (before.version if before else 0):
        raise StaleVersion(current=before.version if before else 0, path=("expectedVersion",))
    values: dict[str, Any] = {
        "answer_id": shown.id,
        "kind": feedback.kind,
        "sector": feedback.sector,
        "summary": summary,
        "answer": shown.text,
        "received_on": feedback.received_on,
        "published_on": unit.now.today(unit.tenant.zone),
        "withdrawn_on": None,
    }
    if before is None:
        after = FeedbackPublication(tenant_id=unit.tenant.id, feedback_id=feedback.id, **values, **times(unit))
        await unit.add(after)
    else:
        after = await unit.change(before, **values)
    await record(unit, events.of_part(events.FeedbackAnswerPublished, feedback, after, before, published=True))
    return after


async def withdraw(unit: Unit, key: UUID, *, expected: int | None) -> FeedbackPublication:
    """Nobody outside reads it any more."""
    if not unit.scope.may(Permission.HANDLE_FEEDBACK):
        raise Forbidden
    before = await unit.find(FeedbackPublication, key, path=("publication",))
    feedback = await unit.see(Feedback, before.feedback_id, path=("publication",))
    if before.withdrawn_on is not None:
        raise NotPublishedFeedback(path=("publication",))
    after = await unit.change(before, expected=expected, withdrawn_on=unit.now.today(unit.tenant.zone))
    await record(unit, events.of_part(events.FeedbackPublicationWithdrawn, feedback, after, before, published=True))
    return after


async def tell_contact(unit: Unit, keys: KeyRing, key: UUID, *, purpose: str) -> tuple[str | None, str | None]:
    """Name and number of who raised it, for a purpose; journaled before it is told."""
    if not unit.scope.may(Permission.SEE_RAISER):
        raise Forbidden
    feedback = await unit.see(Feedback, key, path=("feedback",))
    raiser = await unit.first(unit.own(FeedbackRaiser, feedback.id), FeedbackRaiser)
    if raiser is None:
        raise NotFound(path=("feedback",))
    await record(unit, events.of(events.RaiserContactTold, feedback, feedback, purpose=purpose))
    return open_contact(keys, raiser)


# Pieces


async def _taking(unit: Unit, key: UUID, action: FeedbackAction, *, path: tuple[str, ...] = ("feedback",)) -> Feedback:
    found = await unit.find(Feedback, key, path=path)
    policy.require(unit.scope, found, action)
    return found


async def _at_hand(unit: Unit, key: UUID, expected: int | None) -> tuple[Feedback, FeedbackDisposition]:
    """A disposition that the actor may take up, as it is once its feedback is locked."""
    seen = await unit.see(FeedbackDisposition, key, path=("disposition",))
    feedback = await unit.find(Feedback, seen.feedback_id, path=("disposition",))
    found = await unit.find(FeedbackDisposition, key, path=("disposition",))
    policy.require_disposition(unit.scope, found)
    if expected is not None and expected != found.version:
        raise StaleVersion(current=found.version, path=("expectedVersion",))
    return feedback, found


async def _own_disposition(unit: Unit, feedback: Feedback) -> UUID:
    for each in await _open(unit, feedback.id):
        if each.village_id in unit.scope.villages:
            return each.id
    raise DispositionNotYours(path=("feedback",))


async def _open(unit: Unit, feedback: UUID) -> list[FeedbackDisposition]:
    own = unit.own(FeedbackDisposition).where(_DISPOSITION.feedback_id == feedback)
    found = await unit.all(own.order_by(_DISPOSITION.id), FeedbackDisposition)
    return [each for each in found if each.state in policy.OPEN_DISPOSITIONS]


async def _answered_last(unit: Unit, feedback: Feedback, disposition: FeedbackDisposition) -> bool:
    """Whether the feedback stands answered by whom this disposition went to."""
    if feedback.state != FeedbackState.ANSWERED or disposition.state == DispositionState.RETURNED:
        return False
    own = unit.own(FeedbackAnswer).where(_ANSWER.feedback_id == feedback.id)
    last = await unit.first(own.order_by(_ANSWER.number.desc()).limit(1), FeedbackAnswer)
    return last is not None and last.disposition_id == disposition.id


async def _finish(unit: Unit, feedback: Feedback) -> None:
    """Nothing is left to do for whoever it lay with."""
    for each in await _open(unit, feedback.id):
        after = await unit.change(each, state=DispositionState.DONE.value)
        await record(unit, events.of_part(events.DispositionDone, feedback, after, each))


async def _hand(unit: Unit, feedback: Feedback, **to: Any) -> FeedbackDisposition:
    today = unit.now.today(unit.tenant.zone)
    due = working_days_after(today, policy.ANSWER_DAYS, await days_off(unit, since=today))
    made = FeedbackDisposition(
        tenant_id=unit.tenant.id, feedback_id=feedback.id, sent_on=today, due_on=due, **to, **times(unit)
    )
    await unit.add(made)
    return made


async def _forwarded(
    unit: Unit,
    before: Feedback,
    kind: type[Event],
    expected: int | None,
    state: FeedbackState,
    sent: FeedbackDisposition,
) -> Feedback:
    """The first time ends one clock and starts the other."""
    return await _moved(
        unit,
        before,
        kind,
        expected=expected,
        state=state.value,
        forwarded_on=before.forwarded_on or sent.sent_on,
        answer_due_on=before.answer_due_on or sent.due_on,
    )


async def _link(unit: Unit, feedback: Feedback, villages: list[UUID]) -> list[UUID]:
    """Links to further villages; one that is named stays named."""
    known = list(feedback.villages)
    for each in dict.fromkeys(villages):
        if each not in known:
            await unit.see(Village, each, path=("villages",))
            await unit.add(
                FeedbackVillage(tenant_id=unit.tenant.id, feedback_id=feedback.id, village_id=each, **times(unit))
            )
            known.append(each)
    return known


async def _moved(
    unit: Unit, before: Feedback, kind: type[Event], /, *, expected: int | None = None, **values: Any
) -> Feedback:
    after = await unit.change(before, expected=expected, **values)
    await record(unit, events.of(kind, after, before, raiser=await _organization(unit, before)))
    return after


async def _organization(unit: Unit, feedback: Feedback) -> UUID | None:
    """The organization that hears of it."""
    raiser = await unit.first(unit.own(FeedbackRaiser, feedback.id), FeedbackRaiser)
    return None if raiser is None else raiser.organization_id
