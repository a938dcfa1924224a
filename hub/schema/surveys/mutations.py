"""What can be done about surveys in the graph."""

from collections.abc import Mapping
from typing import Any

from hub.domains.surveys import actions
from hub.domains.surveys.policy import RULES, SurveyAction
from hub.graph.mutations import Act, Answers, disclosure, mutation
from hub.schema.given import present
from hub.schema.surveys import inputs
from hub.schema.surveys.types import Survey
from hub.tenants.permissions import Permission

ANSWERS = {"survey": Survey}


def _right(action: SurveyAction) -> Permission:
    return RULES[action].permission


@mutation(
    "Open a satisfaction survey of the nine elements of 2017.", answers=ANSWERS, permission=Permission.WRITE_SURVEY
)
async def open_survey(act: Act, given: inputs.OpenSurveyInput) -> Answers:
    """New survey."""
    made = await actions.open_one(act.unit, inputs.opened(given))
    return {"survey": made.id}


@mutation(
    "Record a survey of the fourteen elements of 2004 that has ended, with its answers; it is only read from then on.",
    answers=ANSWERS,
    permission=Permission.WRITE_SURVEY,
    batch=True,
)
async def record_old_survey(act: Act, given: inputs.RecordOldSurveyInput) -> Answers:
    """An old survey."""
    values, answers = inputs.old(given)
    made = await actions.record_old(act.unit, values, answers)
    return {"survey": made.id}


@mutation("Close a survey: it takes no more answers.", answers=ANSWERS, permission=_right(SurveyAction.CLOSE))
async def close_survey(act: Act, given: inputs.SurveyStepInput) -> Answers:
    """Closed."""
    made = await actions.close(act.unit, act.key(given.id, "Survey", "id"), expected=present(given.expected_version))
    return {"survey": made.id}


@mutation(
    "Publish what came of a closed survey: its figures, where at least five answered, and nobody's comment.",
    answers=ANSWERS,
    permission=_right(SurveyAction.PUBLISH),
)
async def publish_survey(act: Act, given: inputs.SurveyStepInput) -> Answers:
    """Told to everybody."""
    made = await actions.publish(act.unit, act.key(given.id, "Survey", "id"), expected=present(given.expected_version))
    return {"survey": made.id}


@mutation(
    "Answer a survey, without a name. Once in a request, and counted by where the answers come from.",
    answers=ANSWERS,
    permission=_right(SurveyAction.ANSWER),
    meter="survey",
)
async def answer_survey(act: Act, given: inputs.AnswerSurveyInput) -> Answers:
    """An answer."""
    made = await actions.answer(act.unit, act.key(given.survey, "Survey", "survey"), inputs.answers(given))
    return {"survey": made.id}


@disclosure(
    "Make a code that answers a survey once, perhaps about one record: told now and never again.",
    tells={"code": (str, "The code; null where it was refused.")},
    permission=_right(SurveyAction.INVITE),
    meter="survey",
)
async def invite_to_survey(act: Act, given: inputs.InviteToSurveyInput) -> Mapping[str, Any]:
    """A code."""
    kind, key = inputs.record_of(act, given)
    survey = act.key(given.survey, "Survey", "survey")
    return {"code": await actions.invite(act.unit, survey, record_kind=kind, record_id=key)}
