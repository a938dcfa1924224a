"""What can be done with surveys: check, change, record."""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import LargeBinary, Text, Uuid, func, literal, select

from hub.domains.commitments.model import Commitment
from hub.domains.houses.model import BuildingPermit
from hub.domains.surveys import events, figures, policy
from hub.domains.surveys.errors import (
    CodeNeeded,
    CodeUnknown,
    ElementsIncomplete,
    PeriodOutOfOrder,
    RecordInvited,
    ScoreOutOfRange,
    SurveyNotRunning,
    SurveyStillOpen,
)
from hub.domains.surveys.model import (
    ELEMENTS,
    SatisfactionElement,
    Survey,
    SurveyElement,
    SurveyInvitation,
    SurveyRecord,
    SurveyResponse,
    SurveyState,
    SurveyStatus,
    SurveyTemplate,
)
from hub.domains.surveys.policy import SurveyAction
from hub.journal.model import Effect
from hub.journal.record import record
from hub.store.base import TenantRow, table
from hub.store.constraints import translating
from hub.store.unit import Unit

CODE_BYTES = 16
LEAST, MOST = 1, 4
CONSTRAINTS = {"ck_survey_period": PeriodOutOfOrder, "uq_survey_invitation_record": RecordInvited}

_RESPONSES = table(SurveyResponse)
_RECORDS: Mapping[SurveyRecord, type[TenantRow]] = {
    SurveyRecord.COMMITMENT: Commitment,
    SurveyRecord.BUILDING_PERMIT: BuildingPermit,
}
Scores = Sequence[tuple[SatisfactionElement, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What one respondent says: a score for each element, and what may be known of who it is."""

    scores: Scores
    comment: str | None = None
    age_band: str | None = None
    sex: str | None = None
    education: str | None = None
    code: str | None = None


async def open_one(unit: Unit, values: dict[str, Any]) -> Survey:
    """A survey of nine elements; it takes answers within its period."""
    made = Survey(tenant_id=unit.tenant.id, template=SurveyTemplate.SKM_9_2017.value, **values)
    await _make(unit, made)
    await record(unit, events.of(events.SurveyOpened, made, effect=Effect.CREATED))
    return made


async def record_old(unit: Unit, values: dict[str, Any], answers: Sequence[Answers]) -> Survey:
    """A survey of the fourteen elements of 2004, ended and with all its answers; from then on only read."""
    if values["until_on"] >= _today(unit):
        raise SurveyStillOpen(path=("untilOn",))
    made = Survey(
        tenant_id=unit.tenant.id,
        template=SurveyTemplate.IKM_14_2004.value,
        state=SurveyState.CLOSED.value,
        closed_at=unit.now.instant,
        **values,
    )
    rows = [
        _response(made, each, made.until_on, path=("responses", str(number))) for number, each in enumerate(answers)
    ]
    await _make(unit, made)
    await unit.add_all(rows)
    await record(unit, events.of(events.OldSurveyRecorded, made, effect=Effect.CREATED))
    return made


async def close(unit: Unit, key: UUID, *, expected: int | None = None) -> Survey:
    """No more answers."""
    before = await _taking(unit, key, SurveyAction.CLOSE)
    values = {"state": SurveyState.CLOSED.value, "closed_at": unit.now.instant}
    after = await unit.change(before, expected=expected, **values)
    await record(unit, events.of(events.SurveyClosed, after, before))
    return after


async def publish(unit: Unit, key: UUID, *, expected: int | None = None) -> Survey:
    """Tell everybody what came of it: counted now and kept, and only where nobody can be made out."""
    before = await _taking(unit, key, SurveyAction.PUBLISH)
    own = _RESPONSES.c
    rows = await unit.rows(select(own.scores).where(own.tenant_id == unit.tenant.id, own.survey_id == key))
    respondents, totals = figures.tellable([each["scores"] for each in rows])
    after = await unit.change(
        before,
        expected=expected,
        state=SurveyState.PUBLISHED.value,
        published_at=unit.now.instant,
        told_respondents=respondents,
        told_totals=totals,
    )
    await record(unit, events.of(events.SurveyPublished, after, before))
    return after


async def invite(unit: Unit, key: UUID, *, record_kind: SurveyRecord | None, record_id: UUID | None) -> str:
    """A code that answers once. One about a record can be made once for each record."""
    survey = await unit.see(Survey, key, path=("survey",))
    policy.require(unit.scope, status_of(survey, _today(unit)), SurveyAction.INVITE)
    if record_kind is not None and record_id is not None:
        await unit.see(_RECORDS[record_kind], record_id, path=("record",))
    code = secrets.token_urlsafe(CODE_BYTES)
    made = SurveyInvitation(
        tenant_id=unit.tenant.id,
        survey_id=survey.id,
        code_sha256=digest(code),
        record_kind=None if record_kind is None else record_kind.value,
        record_id=record_id,
    )
    with translating(CONSTRAINTS, path=("record",)):
        await unit.add(made)
    await record(unit, events.of_part(events.SurveyInvited, "SurveyInvitation", made.id))
    return code


async def answer(unit: Unit, key: UUID, answers: Answers) -> Survey:
    """Answer a survey, as anybody who can see it. A code is used up with it."""
    survey = await unit.see(Survey, key, path=("survey",))
    status = status_of(survey, _today(unit))
    if status in (SurveyStatus.SCHEDULED, SurveyStatus.ENDED):
        raise SurveyNotRunning(path=("survey",), since=survey.from_on.isoformat(), until=survey.until_on.isoformat())
    policy.require(unit.scope, status, SurveyAction.ANSWER)
    made = _response(survey, answers, _today(unit))
    made.record_kind = await _used(unit, survey, answers.code)
    await unit.add(made)
    await record(unit, events.of_part(events.SurveyAnswered, "SurveyResponse", made.id))
    return survey


def status_of(survey: Survey, today: date) -> SurveyStatus:
    """The state, or what the period makes of it."""
    if survey.state != SurveyState.OPEN.value:
        return SurveyStatus[survey.state]
    if today < survey.from_on:
        return SurveyStatus.SCHEDULED
    return SurveyStatus.ENDED if today > survey.until_on else SurveyStatus.OPEN


def digest(code: str) -> bytes:
    """What is kept of a code."""
    return hashlib.sha256(code.encode()).digest()


async def _used(unit: Unit, survey: Survey, code: str | None) -> str | None:
    """Use a code up; the kind of record that it is about."""
    if code is None:
        if survey.by_invitation:
            raise CodeNeeded(path=("code",))
        return None
    used = func.hub_use_invitation(literal(survey.id, Uuid()), literal(digest(code), LargeBinary()), type_=Text())
    found = await unit.value(select(used.label("kind")))
    if found is None:
        raise CodeUnknown(path=("code",))
    return found or None


async def _make(unit: Unit, survey: Survey) -> None:
    with translating(CONSTRAINTS, path=("untilOn",)):
        await unit.add(survey)
    elements = ELEMENTS[SurveyTemplate[survey.template]]
    await unit.add_all(
        [
            SurveyElement(tenant_id=unit.tenant.id, survey_id=survey.id, position=place, element=each.value)
            for place, each in enumerate(elements, start=1)
        ]
    )


async def _taking(unit: Unit, key: UUID, action: SurveyAction) -> Survey:
    found = await unit.find(Survey, key, path=("id",))
    policy.require(unit.scope, status_of(found, _today(unit)), action)
    return found


def _response(survey: Survey, answers: Answers, on: date, *, path: tuple[str, ...] = ()) -> SurveyResponse:
    return SurveyResponse(
        tenant_id=survey.tenant_id,
        survey_id=survey.id,
        scores=_in_order(SurveyTemplate[survey.template], answers.scores, path),
        comment=answers.comment,
        age_band=answers.age_band,
        sex=answers.sex,
        education=answers.education,
        answered_on=on,
    )


def _in_order(template: SurveyTemplate, scores: Scores, path: tuple[str, ...]) -> list[int]:
    """The scores in the order of the template's elements, each there once."""
    wanted, given = ELEMENTS[template], [element for element, _ in scores]
    wrong = [each for each in (*wanted, *given) if given.count(each) != 1 or each not in wanted]
    if wrong:
        raise ElementsIncomplete(
            path=(*path, "answers"), elements=", ".join(dict.fromkeys(each.value for each in wrong))
        )
    by_element = dict(scores)
    for number, (_, score) in enumerate(scores):
        if not LEAST <= score <= MOST:
            raise ScoreOutOfRange(path=(*path, "answers", str(number), "score"))
    return [by_element[each] for each in wanted]


def _today(unit: Unit) -> date:
    return unit.now.today(unit.tenant.zone)
