"""What people say and offices plan in the measured register: feedback, action plans with links, surveys.

Drawn after everything else of a kecamatan, so that the rows before are what they were.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any, TypeAlias
from uuid import UUID

from hub.domains.feedback.model import (
    Feedback,
    FeedbackAnswer,
    FeedbackDisposition,
    FeedbackRaiser,
    FeedbackVillage,
)
from hub.domains.links.model import Link
from hub.domains.plans.model import ActionPlan, ActionPlanItem, PlanItemStakeholder
from hub.domains.surveys.model import ELEMENTS, Survey, SurveyElement, SurveyResponse, SurveyTemplate
from hub.store.bulk import insert_many
from hub.store.unit import Unit

Row: TypeAlias = dict[str, Any]  # by column name
FEEDBACK, PLANS, ITEMS, SURVEYS, RESPONDENTS = 120, 2, 15, 2, 150  # items of a plan, answers of a survey
_STATES = ("RECEIVED", "TRIAGED", "ASSIGNED", "IN_PROGRESS", "ANSWERED", "ANSWERED", "CLOSED", "CLOSED", "REOPENED")
_ANSWERED = ("ANSWERED", "CLOSED", "REOPENED")
_ASKED = ELEMENTS[SurveyTemplate.SKM_9_2017]


@dataclass(frozen=True, slots=True)
class Office:
    """A kecamatan that is being filled; `common` are the columns that every row has."""

    unit: Unit
    rng: Random
    new_id: Callable[[], UUID]
    common: Row
    kecamatan: UUID
    villages: list[UUID]
    commitments: list[UUID]

    @property
    def began(self) -> Any:
        """The moment of all rows."""
        return self.common["created_at"]


async def fill(office: Office) -> None:
    """All of it, table by table; lists are beyond `insert_many`."""
    unit, common = office.unit, office.common
    feedback = [_feedback(office, number) for number in range(FEEDBACK)]
    plans = [_plan(office, number) for number in range(PLANS)]
    items = [_item(office, plan, position) for plan in plans for position in range(ITEMS)]
    surveys = [_survey(office, number) for number in range(SURVEYS)]
    await unit.add_all([Feedback(**common, **each) for each in feedback])
    await unit.add_all([ActionPlan(**common, **each) for each in plans])
    await unit.add_all([Survey(**common, **each) for each in surveys])
    await unit.add_all([SurveyResponse(**common, **each) for survey in surveys for each in _responses(office, survey)])
    for model, rows in (
        (FeedbackRaiser, [_raiser(each) for each in feedback]),
        (FeedbackVillage, [row for each in feedback for row in _about(office, each)]),
        (FeedbackDisposition, [row for each in feedback for row in _handed(office, each)]),
        (FeedbackAnswer, [row for each in feedback for row in _answers(office, each)]),
        (ActionPlanItem, items),
        (PlanItemStakeholder, [row for each in items for row in _stakeholders(office, each)]),
        (Link, [row for each in items for row in _links(office, each)]),
        (SurveyElement, [row for each in surveys for row in _elements(office, each)]),
    ):
        await insert_many(unit, model, [common | row for row in rows])


# Feedback of villages, handed to sections and villages; what was answered has one answer or two


def _feedback(office: Office, number: int) -> Row:
    rng, today = office.rng, office.began.date()
    state = rng.choice(_STATES)
    came = today - timedelta(days=rng.randint(0, 300))
    forwarded = None if state in ("RECEIVED", "TRIAGED") else came + timedelta(days=rng.randint(0, 4))
    return {
        "id": office.new_id(),
        "kind": rng.choice(("COMPLAINT", "COMPLAINT", "ASPIRATION", "INFORMATION_REQUEST")),
        "submitter_kind": "VILLAGE",
        "channel": rng.choice(("WEB", "COUNTER", "WHATSAPP")),
        "subject": f"Jalan dan irigasi di RT {number % 30 + 1:03d}",
        "body": "Jalan usaha tani rusak sejak banjir, saluran irigasi tersumbat; warga meminta perbaikan. " * 3,
        "sector": rng.choice(("INFRASTRUCTURE", "WATER_SANITATION", "HEALTH", "EDUCATION", None)),
        "severity": rng.choice((1, 2, 3, 4, None)),
        "affected_services": [["TRANSPORT"], ["CLEAN_WATER", "TRANSPORT"], []][number % 3],
        "villages": rng.sample(office.villages, rng.randint(1, 3)),
        "state": state,
        "received_at": office.began - (today - came),
        "received_on": came,
        "forward_due_on": came + timedelta(days=5),
        "forwarded_on": forwarded,
        "answer_due_on": forwarded and forwarded + timedelta(days=7),
        "tracking_code": f"{number:08d}",
    }


def _raiser(feedback: Row) -> Row:
    return {"id": feedback["id"], "confidential": False, "village_id": feedback["villages"][0]}


def _about(office: Office, feedback: Row) -> Iterator[Row]:
    for village in feedback["villages"]:
        yield {"id": office.new_id(), "feedback_id": feedback["id"], "village_id": village}


def _handed(office: Office, feedback: Row) -> Iterator[Row]:
    if feedback["forwarded_on"] is None:
        return
    for number in range(office.rng.randint(1, 2)):
        yield {
            "id": office.new_id(),
            "feedback_id": feedback["id"],
            "section": None if number else office.rng.choice(("Seksi Pembangunan", "Seksi Pelayanan Umum")),
            "village_id": office.rng.choice(office.villages) if number else None,
            "instruction": "Tinjau dan laporkan.",
            "state": "DONE" if feedback["state"] in _ANSWERED else "SENT",
            "sent_on": feedback["forwarded_on"],
            "due_on": feedback["answer_due_on"],
        }


def _answers(office: Office, feedback: Row) -> Iterator[Row]:
    if feedback["state"] not in _ANSWERED:
        return
    for number in range(office.rng.randint(1, 2)):
        yield {
            "id": office.new_id(),
            "feedback_id": feedback["id"],
            "number": number + 1,
            "text": "Sudah ditinjau bersama pemerintah desa; perbaikan dimulai pekan depan. " * 2,
            "public": bool(number),
            "answered_on": feedback["forwarded_on"] + timedelta(days=number + 2),
        }


# Plans; in each item two villages and a group take part, and two commitments fulfil it


def _plan(office: Office, number: int) -> Row:
    return {
        "id": office.new_id(),
        "kecamatan_id": office.kecamatan,
        "title": f"Rencana aksi pelayanan {number + 1}",
        "year": office.began.year - number,
        "state": "ACTIVE",
        "organizations": [],
    }


def _item(office: Office, plan: Row, position: int) -> Row:
    begins = office.began.date() + timedelta(days=20 * position - 150)
    return {
        "id": office.new_id(),
        "plan_id": plan["id"],
        "position": position + 1,
        "activity": f"Musyawarah dan perbaikan saluran tahap {position + 1}",
        "starts_on": begins,
        "ends_on": begins + timedelta(days=office.rng.randint(20, 90)),
        "output": "Berita acara dan saluran yang berfungsi",
        "responsible": "Kepala Seksi Pembangunan",
        "progress_percent": office.rng.randint(0, 100),
        "state": office.rng.choice(("PLANNED", "IN_PROGRESS", "BLOCKED", "ACHIEVED", "CANCELLED")),
    }


def _stakeholders(office: Office, item: Row) -> Iterator[Row]:
    for village in office.rng.sample(office.villages, 2):
        yield {"id": office.new_id(), "item_id": item["id"], "village_id": village}
    yield {"id": office.new_id(), "item_id": item["id"], "name": "Kelompok tani"}


def _links(office: Office, item: Row) -> Iterator[Row]:
    for commitment in office.rng.sample(office.commitments, 2):
        yield {
            "id": office.new_id(),
            "relation": "FULFILLED_BY",
            "item_id": item["id"],
            "to_commitment_id": commitment,
        }


# Surveys of nine elements


def _survey(office: Office, number: int) -> Row:
    begins = office.began.date() - timedelta(days=180 * number + 200)
    return {
        "id": office.new_id(),
        "template": SurveyTemplate.SKM_9_2017.value,
        "title": f"Survei kepuasan {number + 1}",
        "service": "Pelayanan di loket",
        "from_on": begins,
        "until_on": begins + timedelta(days=150),
        "state": "CLOSED",
        "closed_at": office.began,
    }


def _elements(office: Office, survey: Row) -> Iterator[Row]:
    for position, element in enumerate(_ASKED, start=1):
        yield {"id": office.new_id(), "survey_id": survey["id"], "position": position, "element": element.value}


def _responses(office: Office, survey: Row) -> Iterator[Row]:
    for _ in range(RESPONDENTS):
        yield {
            "id": office.new_id(),
            "survey_id": survey["id"],
            "scores": office.rng.choices((1, 2, 3, 3, 4, 4), k=len(_ASKED)),
            "age_band": office.rng.choice(("FROM_18_TO_30", "FROM_31_TO_45", "FROM_46_TO_60")),
            "sex": office.rng.choice(("MALE", "FEMALE")),
            "answered_on": survey["from_on"] + timedelta(days=office.rng.randint(0, 150)),
        }
