"""What can be done about templates of answers in the graph."""

from hub.domains.answer_templates import actions
from hub.graph.mutations import Act, Answers, mutation
from hub.schema.answer_templates import inputs
from hub.schema.answer_templates.types import AnswerTemplate
from hub.tenants.permissions import Permission

ANSWERS = {"answer_template": AnswerTemplate}
WRITE = Permission.WRITE_ANSWER_TEMPLATE


@mutation("Write a template of answers.", answers=ANSWERS, permission=WRITE)
async def write_answer_template(act: Act, given: inputs.WriteAnswerTemplateInput) -> Answers:
    """New words."""
    made = await actions.write(act.unit, inputs.values(given))
    return {"answer_template": made.id}


@mutation("Change a template of answers; answers that were given stay as they are.", answers=ANSWERS, permission=WRITE)
async def update_answer_template(act: Act, given: inputs.UpdateAnswerTemplateInput) -> Answers:
    """Other words."""
    key = act.key(given.template, "AnswerTemplate", "template")
    made = await actions.update(act.unit, key, expected=given.expected_version, values=inputs.values(given))
    return {"answer_template": made.id}


@mutation("End a template of answers: it is offered no longer.", answers=ANSWERS, permission=WRITE)
async def end_answer_template(act: Act, given: inputs.EndAnswerTemplateInput) -> Answers:
    """Out of use."""
    key = act.key(given.template, "AnswerTemplate", "template")
    made = await actions.end(act.unit, key, expected=given.expected_version)
    return {"answer_template": made.id}
