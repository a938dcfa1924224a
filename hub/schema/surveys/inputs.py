"""Inputs of surveys, parsed once."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import strawberry

from hub.domains.kecamatan.model import ServiceChannel
from hub.domains.surveys.actions import Answers, Scores
from hub.domains.surveys.model import (
    ELEMENTS,
    AgeBand,
    RespondentEducation,
    SatisfactionElement,
    SurveyRecord,
    SurveyTemplate,
)
from hub.graph.enums import exposed
from hub.graph.mutations import Act, command
from hub.graph.scalars import Date
from hub.kernel.written import line, paragraph
from hub.schema.citizens.words import Sex
from hub.schema.given import OneOfNeeded, TooMany, about, code, present

MOST_ANSWERS = 500
_MOST_ELEMENTS = len(ELEMENTS[SurveyTemplate.IKM_14_2004])

for _words in (AgeBand, RespondentEducation, SatisfactionElement, ServiceChannel):
    exposed(_words)


@strawberry.input(description="The score of one element.")
class ElementScoreInput:
    """An answer to one question."""

    element: SatisfactionElement = about("The element (unsur).")
    score: int = about("From 1 (worst) to 4 (best); a service that costs nothing gets a 4 for COST.")


@strawberry.input(description="One respondent's answers to an old survey.")
class OldAnswerInput:
    """A sheet of paper."""

    scores: list[ElementScoreInput] = about("A score for each of the fourteen elements.")
    comment: str | None = about("What the respondent added (saran).")


@command
class OpenSurveyInput:
    """A survey of the nine elements of 2017."""

    title: str = about("Title (judul).")
    service: str = about("Which service it asks about (layanan).")
    channel: ServiceChannel | None = about("By which channel those asked were served; left out: by any.")
    from_on: Date = about("First day on which it takes answers.")
    until_on: Date = about("Last day on which it takes answers.")
    by_invitation: bool | None = about(
        "Whether it is answered only with a code that you hand out; false where left out."
    )


@command
class RecordOldSurveyInput:
    """A survey of the fourteen elements of 2004 that has ended, with all its answers."""

    title: str = about("Title (judul).")
    service: str = about("Which service it asked about (layanan).")
    from_on: Date = about("First day on which it took answers.")
    until_on: Date = about("Last day on which it took answers.")
    responses: list[OldAnswerInput] = about("The answers, at most 500.")


@command
class SurveyStepInput:
    """A step of a survey that needs nothing but the survey."""

    id: strawberry.ID = about("The survey.")
    expected_version: int | None = about("Its version as you read it.")


@command
class AnswerSurveyInput:
    """A respondent's answers. Say nothing that tells who you are."""

    survey: strawberry.ID = about("The survey.")
    answers: list[ElementScoreInput] = about("A score for each element of the survey.")
    comment: str | None = about("What you want to add (saran); only the office reads it.")
    age_band: AgeBand | None = about("Age, roughly (kelompok umur).")
    sex: Sex | None = about("Sex (jenis kelamin).")
    education: RespondentEducation | None = about("Schooling, roughly (pendidikan).")
    code: str | None = about("The code that the kecamatan handed out, where the survey asks for one.")


@strawberry.input(description="For which survey a code is made, and about which record; at most one of the records.")
class InviteToSurveyInput:
    """A code that answers once."""

    survey: strawberry.ID = about("The survey.")
    commitment: strawberry.ID | None = about("The commitment it is about.")
    building_permit: strawberry.ID | None = about("The building permit it is about.")


def opened(given: OpenSurveyInput) -> dict[str, Any]:
    """The columns of a new survey."""
    channel = present(given.channel)
    return {
        **_described(given),
        "channel": None if channel is None else code(channel),
        "by_invitation": bool(present(given.by_invitation)),
    }


def old(given: RecordOldSurveyInput) -> tuple[dict[str, Any], list[Answers]]:
    """The columns of an old survey, and its answers."""
    if len(given.responses) > MOST_ANSWERS:
        raise TooMany(path=("responses",), most=MOST_ANSWERS)
    answers = []
    for number, each in enumerate(given.responses):
        path, comment = ("responses", str(number)), present(each.comment)
        text = None if comment is None else paragraph(comment, *path, "comment")
        answers.append(Answers(scores=_scores(each.scores, *path, "scores"), comment=text))
    return _described(given), answers


def answers(given: AnswerSurveyInput) -> Answers:
    """What a respondent says."""
    comment, secret = present(given.comment), present(given.code)
    return Answers(
        scores=_scores(given.answers, "answers"),
        comment=None if comment is None else paragraph(comment, "comment"),
        age_band=_maybe(given.age_band),
        sex=_maybe(given.sex),
        education=_maybe(given.education),
        code=None if secret is None else line(secret, "code"),
    )


def record_of(act: Act, given: InviteToSurveyInput) -> tuple[SurveyRecord | None, UUID | None]:
    """The record that a code is about, if it is about one."""
    commitment = act.maybe_key(given.commitment, "Commitment", "commitment")
    permit = act.maybe_key(given.building_permit, "BuildingPermit", "buildingPermit")
    if commitment is not None and permit is not None:
        raise OneOfNeeded(path=("commitment",), fields="commitment, buildingPermit")
    if commitment is not None:
        return SurveyRecord.COMMITMENT, commitment
    return (None, None) if permit is None else (SurveyRecord.BUILDING_PERMIT, permit)


def _described(given: OpenSurveyInput | RecordOldSurveyInput) -> dict[str, Any]:
    return {
        "title": line(given.title, "title"),
        "service": line(given.service, "service"),
        "from_on": given.from_on,
        "until_on": given.until_on,
    }


def _scores(given: Sequence[ElementScoreInput], *path: str) -> Scores:
    if len(given) > _MOST_ELEMENTS:
        raise TooMany(path=path, most=_MOST_ELEMENTS)
    return [(SatisfactionElement[code(each.element)], each.score) for each in given]


def _maybe(word: Any) -> str | None:
    found = present(word)
    return None if found is None else code(found)
