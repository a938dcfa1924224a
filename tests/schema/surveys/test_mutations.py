"""Surveys over HTTP: visitors answer, the office reads, everybody is told what may be told."""

from datetime import timedelta
from fractions import Fraction
from itertools import count
from typing import Any
from uuid import uuid4

import pytest

from hub.domains.surveys.model import ELEMENTS, SurveyTemplate
from hub.wiring import Hub
from tests.acting import Acting, acting_in, key_of
from tests.client import Client
from tests.noon import TODAY

NINE = [each.value for each in ELEMENTS[SurveyTemplate.SKM_9_2017]]
FOURTEEN = [each.value for each in ELEMENTS[SurveyTemplate.IKM_14_2004]]
FIGURES = """query ($id: ID!) { survey(id: $id) { status respondents satisfactionIndex grade figureGap
  elements(first: 14) { nodes { element mean } } responses(first: 50) { nodes { comment recordKind } } } }"""
ANSWER = "mutation ($input: AnswerSurveyInput!) { answerSurvey(input: $input) { userErrors { code path } replayed } }"
_numbers = count()


@pytest.fixture(scope="module")
async def acting(hub: Hub, client_at_noon: Client, owner_dsn: str) -> Acting:
    """A kecamatan that asks."""
    return await acting_in(hub, client_at_noon, owner_dsn, "32.14.11", "Plered", ("32.14.11.2001", "32.14.11.2002"))


def period(before: int = 1, after: int = 1) -> dict[str, str]:
    """From some days ago until some days ahead."""
    return {
        "fromOn": (TODAY - timedelta(days=before)).isoformat(),
        "untilOn": (TODAY + timedelta(days=after)).isoformat(),
    }


def sheet(*scores: int, elements: list[str] = NINE) -> list[dict[str, Any]]:
    """An answer; the last score stands for all that follow."""
    whole = [*scores, *[scores[-1]] * (len(elements) - len(scores))]
    return [{"element": each, "score": score} for each, score in zip(elements, whole, strict=True)]


async def opened(acting: Acting, **more: Any) -> str:
    """The id of a survey that takes answers."""
    given = {"title": f"SKM {next(_numbers)}", "service": "Loket", **period(), **more}
    made = await acting.done("openSurvey", given, "survey { id }")
    found: str = made["survey"]["id"]
    return found


async def answered(acting: Acting, survey: str, *scores: int, **more: Any) -> list[dict[str, Any]]:
    """Answer as a visitor without any key; what was refused."""
    given = {"survey": survey, "answers": sheet(*scores), "idempotencyKey": str(uuid4()), **more}
    answer = await acting.client.ask(ANSWER, {"input": given}, hub_tenant=acting.place.tenant.code)
    assert "errors" not in answer, answer
    found: list[dict[str, Any]] = answer["data"]["answerSurvey"]["userErrors"]
    return found


async def figures(acting: Acting, survey: str, role: str | None = "CAMAT") -> Any:
    """What a role is told of a survey; a visitor where it is None."""
    if role is None:
        answer = await acting.client.ask(FIGURES, {"id": survey}, hub_tenant=acting.place.tenant.code)
    else:
        answer = await acting.client.ask(FIGURES, {"id": survey}, key=acting.place.keys[role])
    assert "errors" not in answer, answer
    return answer["data"]["survey"]


def exact(rows: list[list[int]]) -> str:
    """The index by the rule, in fractions: mean of each element, each of weight 1/n, times 25, half up."""
    means = [Fraction(sum(column), len(rows)) for column in zip(*rows, strict=True)]
    hundredths = int(sum(means) / len(means) * 2500 + Fraction(1, 2))
    return f"{hundredths // 100}.{hundredths % 100:02d}"


async def test_visitors_answer_and_the_office_reads_the_index(acting: Acting) -> None:
    survey = await opened(acting)
    before = await figures(acting, survey)
    assert (before["respondents"], before["satisfactionIndex"], before["grade"]) == (0, None, None)
    assert before["figureGap"] == "NO_DATA"
    assert {each["mean"] for each in before["elements"]["nodes"]} == {None}

    assert await answered(acting, survey, 4, comment="Cepat", ageBand="OVER_60", sex="FEMALE") == []
    assert await answered(acting, survey, 3, 3, 2) == []
    assert await answered(acting, survey, 4, 3, 4, 3, education="PRIMARY") == []

    told = await figures(acting, survey)
    rows = [[4] * 9, [3, 3, 2, 2, 2, 2, 2, 2, 2], [4, 3, 4, 3, 3, 3, 3, 3, 3]]
    assert told["respondents"] == 3
    assert told["satisfactionIndex"] == exact(rows) == "78.70"
    assert (told["grade"], told["figureGap"]) == ("B", None)
    assert [each["mean"] for each in told["elements"]["nodes"]][:4] == ["3.67", "3.33", "3.33", "3.00"]
    assert sorted(str(each["comment"]) for each in told["responses"]["nodes"]) == ["Cepat", "None", "None"]


async def test_while_it_runs_nobody_else_is_told_a_figure_or_an_answer(acting: Acting) -> None:
    survey = await opened(acting)
    assert await answered(acting, survey, 4, comment="Rahasia") == []
    for role in (None, "FRONT_END", "PARTNER_ORG", "VILLAGE_HEAD"):
        told = await figures(acting, survey, role)
        assert (told["respondents"], told["satisfactionIndex"], told["figureGap"]) == (None, None, "NOT_PUBLISHED")
        assert told["responses"] is None
        assert {each["mean"] for each in told["elements"]["nodes"]} == {None}


@pytest.mark.parametrize(("answers", "shown"), [(0, (0, None, "NO_DATA")), (4, (None, None, "TOO_FEW"))])
async def test_of_too_few_nobody_outside_is_told(acting: Acting, answers: int, shown: tuple[Any, ...]) -> None:
    survey = await opened(acting)
    for _ in range(answers):
        assert await answered(acting, survey, 3) == []
    await acting.done("closeSurvey", {"id": survey})
    assert await figures(acting, survey, None) is None
    await acting.done("publishSurvey", {"id": survey})

    told = await figures(acting, survey, None)
    assert (told["respondents"], told["satisfactionIndex"], told["figureGap"]) == shown
    (row,) = await acting.rows("survey", id=key_of(survey), told_totals=None)
    assert row["told_respondents"] == (0 if answers == 0 else None)
    assert (await figures(acting, survey))["respondents"] == answers


async def test_of_five_everybody_is_told_the_same_figures_as_the_office(acting: Acting) -> None:
    survey = await opened(acting)
    for scores in ((4,), (4, 3), (3, 4), (2, 3, 4), (4, 4, 1)):
        assert await answered(acting, survey, *scores, comment="Hanya untuk kantor") == []
    await acting.done("closeSurvey", {"id": survey, "expectedVersion": 1})
    assert [each["code"] for each in await answered(acting, survey, 1)] == ["NOT_FOUND"]
    await acting.done("publishSurvey", {"id": survey})

    office, outside = await figures(acting, survey), await figures(acting, survey, None)
    assert outside.pop("responses") is None
    assert len(office.pop("responses")["nodes"]) == 5
    assert outside == office
    assert outside["respondents"] == 5
    assert outside["satisfactionIndex"] == "81.67"
    assert [each["code"] for each in await answered(acting, survey, 1)] == ["SURVEY_STEP"]


async def test_an_answer_is_whole_or_none(acting: Acting) -> None:
    survey = await opened(acting)
    given = {"survey": survey, "answers": sheet(3)}
    for answers, code, path in (
        (given["answers"][1:], "ELEMENTS_INCOMPLETE", ["answers"]),
        ([*given["answers"], given["answers"][0]], "ELEMENTS_INCOMPLETE", ["answers"]),
        ([*given["answers"][1:], {"element": "SPEED", "score": 3}], "ELEMENTS_INCOMPLETE", ["answers"]),
        (sheet(5), "SCORE_OUT_OF_RANGE", ["answers", "0", "score"]),
        (sheet(3, 0), "SCORE_OUT_OF_RANGE", ["answers", "1", "score"]),
    ):
        refused = await acting.refused("answerSurvey", {**given, "answers": answers}, role="FRONT_END")
        assert refused == (code, path)


async def test_it_is_answered_within_its_period_only(acting: Acting) -> None:
    early, late = await opened(acting, **period(-1, 3)), await opened(acting, **period(3, -1))
    for survey in (early, late):
        given = {"survey": survey, "answers": sheet(3)}
        assert await acting.refused("answerSurvey", given, role="FRONT_END") == ("SURVEY_NOT_RUNNING", ["survey"])
    wrong = {"title": "x", "service": "x", **period(-1, -2)}
    assert await acting.refused("openSurvey", wrong) == ("PERIOD_OUT_OF_ORDER", ["untilOn"])


async def test_rights_are_asked_for(acting: Acting) -> None:
    survey = await opened(acting)
    assert await acting.refused("closeSurvey", {"id": survey}, role="KEC_COUNTER") == ("FORBIDDEN", [])
    given = {"survey": survey, "answers": sheet(3)}
    assert await acting.refused("answerSurvey", given, role="INTEGRATION") == ("FORBIDDEN", [])
    assert await acting.refused("publishSurvey", {"id": survey}) == ("SURVEY_STEP", [])


async def test_the_same_key_answers_once(acting: Acting) -> None:
    survey = await opened(acting)
    key = str(uuid4())
    for _ in range(2):
        assert await answered(acting, survey, 3, idempotencyKey=key) == []
    assert (await figures(acting, survey))["respondents"] == 1


# Codes


INVITE = "mutation ($input: InviteToSurveyInput!) { inviteToSurvey(input: $input) { code userErrors { code path } } }"


async def invited(acting: Acting, survey: str, role: str = "KEC_COUNTER", **more: Any) -> Any:
    """What asking for a code gives."""
    given = {"survey": survey, **more}
    return (await acting.client.data(INVITE, {"input": given}, key=acting.place.keys[role]))["inviteToSurvey"]


async def test_a_code_answers_once(acting: Acting) -> None:
    survey, other = await opened(acting, byInvitation=True), await opened(acting)
    code = (await invited(acting, survey))["code"]
    assert [each["code"] for each in await answered(acting, survey, 3)] == ["SURVEY_CODE_NEEDED"]
    assert [each["code"] for each in await answered(acting, survey, 3, code=f"{code}x")] == ["SURVEY_CODE_UNKNOWN"]
    assert [each["code"] for each in await answered(acting, other, 3, code=code)] == ["SURVEY_CODE_UNKNOWN"]
    assert await answered(acting, survey, 3, code=code) == []
    assert [each["code"] for each in await answered(acting, survey, 3, code=code)] == ["SURVEY_CODE_UNKNOWN"]
    assert (await figures(acting, survey))["respondents"] == 1


async def test_one_record_gives_one_answer_and_the_answer_does_not_tell_which(acting: Acting) -> None:
    survey, permit = await opened(acting), acting.place.id("BuildingPermit")
    code = (await invited(acting, survey, buildingPermit=permit))["code"]
    assert await invited(acting, survey, buildingPermit=permit) == {
        "code": None,
        "userErrors": [{"code": "RECORD_INVITED", "path": ["record"]}],
    }
    assert await answered(acting, survey, 4, code=code) == []
    told = await figures(acting, survey)
    assert told["responses"]["nodes"] == [{"comment": None, "recordKind": "BUILDING_PERMIT"}]
    (row,) = await acting.rows("survey_response", record_kind="BUILDING_PERMIT")
    assert "record_id" not in dict(row)


async def test_a_code_is_made_by_the_office_for_what_is_there(acting: Acting) -> None:
    survey = await opened(acting)
    assert (await invited(acting, survey, "VILLAGE_HEAD"))["userErrors"] == [{"code": "FORBIDDEN", "path": []}]
    both = {"commitment": acting.place.id("Commitment"), "buildingPermit": acting.place.id("BuildingPermit")}
    assert (await invited(acting, survey, **both))["userErrors"][0]["code"] == "ONE_OF_NEEDED"


# The old template


async def test_an_old_survey_is_recorded_whole_and_only_read(acting: Acting) -> None:
    rows = [[4] * 14, [3] * 14, [3] * 13 + [2]]
    given = {
        "title": "IKM 2016",
        "service": "Loket",
        "fromOn": "2016-01-01",
        "untilOn": "2016-06-30",
        "responses": [{"scores": sheet(*row, elements=FOURTEEN)} for row in rows],
    }
    made = await acting.done("recordOldSurvey", given, "survey { id state template satisfactionIndex grade }")
    survey = made["survey"].pop("id")
    assert made["survey"] == {
        "state": "CLOSED",
        "template": "IKM_14_2004",
        "satisfactionIndex": exact(rows),
        "grade": "A",
    }
    answers = {"survey": survey, "answers": sheet(3, elements=FOURTEEN)}
    assert await acting.refused("answerSurvey", answers) == ("SURVEY_STEP", [])
    late = {**given, "untilOn": TODAY.isoformat()}
    assert await acting.refused("recordOldSurvey", late) == ("SURVEY_STILL_OPEN", ["untilOn"])
    nine = {**given, "responses": [{"scores": sheet(3)}]}
    assert await acting.refused("recordOldSurvey", nine) == ("ELEMENTS_INCOMPLETE", ["responses", "0", "answers"])
