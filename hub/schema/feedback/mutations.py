"""What can be done with feedback. Which step is open when is said in one table: the feedback's policy."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import strawberry

from hub.domains.feedback import handling, raising
from hub.domains.feedback.model import Feedback as Model
from hub.domains.feedback.policy import RULES, FeedbackAction
from hub.graph.declare import NODES, answered_part
from hub.graph.mutations import Act, Answers, Info, UserError, disclosure, mutation, shown_to_user
from hub.graph.resolving import load_row
from hub.kernel.errors import HubError
from hub.kernel.written import line, paragraph
from hub.schema.feedback import inputs
from hub.schema.feedback.types import Feedback, FeedbackAnswer, FeedbackDisposition, FeedbackPublication
from hub.schema.given import OneOfNeeded, ValueMissing, present
from hub.tenants.permissions import Permission

ANSWERS = {"feedback": Feedback}
DISPOSED = {"disposition": FeedbackDisposition, "feedback": Feedback}


def _feedback(item: Mapping[str, Any], info: Info) -> Any:
    key = item["feedback_key"]
    return None if key is None else load_row(info, NODES["Feedback"], item["tenant"], UUID(key))


@strawberry.type(description="What came of one item of a batch.")
class FeedbackBatchItem:
    """One item's outcome."""

    index: int = strawberry.field(description="Place of the item in the batch, from 0.")
    client_id: str | None = strawberry.field(description="The item's own id, as it was sent.")
    feedback: Feedback | None = answered_part("The feedback, where it was taken in and you may read it.", _feedback)
    tracking_code: str | None = strawberry.field(description="The raiser's code; null where it was refused.")
    known: bool = strawberry.field(description="Whether an earlier request had sent it in.")
    user_errors: list[UserError] = strawberry.field(description="Why it was refused; empty where it was taken in.")


@mutation(
    "Submit feedback for yourself, or as an office for somebody. Keep the tracking code: it is told here only, and who "
    "holds it can follow the feedback and reopen it. Counted, and once in a request.",
    answers=ANSWERS,
    permission=Permission.SUBMIT_FEEDBACK,
    tells={"tracking_code": (str, "The raiser's code (kode pelacakan); null where it was refused.")},
    meter="feedback",
)
async def submit_feedback(act: Act, given: inputs.SubmitFeedbackInput) -> Answers:
    """Taken in."""
    made = await raising.submit(act.unit, act.services.keys, inputs.item(act, given.item, "item"))
    return {"feedback": made.id, "tracking_code": made.tracking_code}


@mutation(
    "Submit up to 100 items that were collected offline. Each stands or falls alone; an item whose `clientId` was sent "
    "before is not taken in again. Counted as one, and once in a request.",
    answers={},
    permission=Permission.SUBMIT_FEEDBACK,
    batch=True,
    tells={"results": (list[FeedbackBatchItem], "What came of each item, in their order.")},
    meter="feedback",
)
async def submit_feedback_batch(act: Act, given: inputs.SubmitFeedbackBatchInput) -> Answers:
    """Each by itself."""
    return {"results": [await _one(act, index, each) for index, each in enumerate(inputs.few(given.items))]}


async def _one(act: Act, index: int, given: inputs.FeedbackItemInput) -> dict[str, Any]:
    path = ("items", str(index))
    told: dict[str, Any] = {
        "index": index,
        "client_id": present(given.client_id),
        "tenant": act.unit.tenant.id,
        "feedback_key": None,
        "tracking_code": None,
        "known": False,
        "user_errors": [],
    }
    try:
        item = inputs.item(act, given, *path)
        if told["client_id"] is None:
            raise ValueMissing(path=(*path, "clientId"))  # one place turns refusals into outcomes
        key = inputs.client_id(told["client_id"], *path, "clientId")
        made = await raising.again(act.unit, key)
        told["known"] = made is not None
        if made is None:
            async with act.unit.savepoint():
                made = await raising.submit(act.unit, act.services.keys, item)
        told["feedback_key"], told["tracking_code"] = str(made.id), _code(act, made)
    except HubError as refusal:
        if refusal.status >= HubError.status:
            raise
        told["user_errors"] = [shown_to_user(refusal, act.unit.scope.lang)]
    return told


def _code(act: Act, made: Model) -> str | None:
    """An office is told the code of what it has just written down for somebody, and of nothing else."""
    fresh = made.created_at == act.unit.now.instant
    return made.tracking_code if fresh or act.unit.scope.party is not None else None


@mutation(
    "Judge feedback: sector, severity, which services suffer. RECEIVED or REOPENED becomes TRIAGED.",
    answers=ANSWERS,
    permission=RULES[FeedbackAction.TRIAGE].permission,
)
async def triage_feedback(act: Act, given: inputs.TriageFeedbackInput) -> Answers:
    """Judged."""
    named = present(given.villages)
    made = await handling.triage(
        act.unit,
        act.key(given.feedback, "Feedback", "feedback"),
        expected=present(given.expected_version),
        values=inputs.judged(given),
        villages=None if named is None else inputs.keys(act, named, "Village", inputs.MOST_VILLAGES, "villages"),
    )
    return {"feedback": made.id}


@mutation(
    "Hand feedback to a section of the kecamatan or to a village: it becomes ASSIGNED, and the clock of the answer "
    "begins.",
    answers=DISPOSED,
    permission=RULES[FeedbackAction.ASSIGN].permission,
)
async def assign_feedback(act: Act, given: inputs.AssignFeedbackInput) -> Answers:
    """Handed on."""
    key, section, village = act.key(given.feedback, "Feedback", "feedback"), present(given.section), given.village
    to_village = act.maybe_key(village, "Village", "village")
    if (section is None) == (to_village is None):
        raise OneOfNeeded(path=("section",), fields="section, village")
    sent = await handling.assign(
        act.unit,
        key,
        expected=present(given.expected_version),
        section=None if section is None else line(section, "section"),
        village=to_village,
        instruction=_words(given.instruction, "instruction"),
    )
    return {"disposition": sent.id, "feedback": sent.feedback_id}


@mutation(
    "Hand feedback to an agency of the district or province: it becomes ESCALATED.",
    answers=DISPOSED,
    permission=RULES[FeedbackAction.ESCALATE].permission,
)
async def escalate_feedback(act: Act, given: inputs.EscalateFeedbackInput) -> Answers:
    """Handed up."""
    sent = await handling.escalate(
        act.unit,
        act.key(given.feedback, "Feedback", "feedback"),
        expected=present(given.expected_version),
        agency=line(given.agency, "agency"),
        instruction=_words(given.instruction, "instruction"),
    )
    return {"disposition": sent.id, "feedback": sent.feedback_id}


@mutation(
    "Acknowledge the receipt of a disposition: feedback that was ASSIGNED becomes IN_PROGRESS. A village acknowledges "
    "its own; the office notes receipts on paper.",
    answers=DISPOSED,
    permission=Permission.RESPOND_FEEDBACK,
)
async def acknowledge_disposition(act: Act, given: inputs.AcknowledgeDispositionInput) -> Answers:
    """Arrived."""
    key = act.key(given.disposition, "FeedbackDisposition", "disposition")
    after = await handling.acknowledge(act.unit, key, expected=present(given.expected_version))
    return {"disposition": after.id, "feedback": after.feedback_id}


@mutation(
    "Hand a disposition back. With the last open one the feedback becomes TRIAGED again.",
    answers=DISPOSED,
    permission=Permission.RESPOND_FEEDBACK,
)
async def return_disposition(act: Act, given: inputs.ReturnDispositionInput) -> Answers:
    """Handed back."""
    after = await handling.hand_back(
        act.unit,
        act.key(given.disposition, "FeedbackDisposition", "disposition"),
        expected=present(given.expected_version),
        reason=paragraph(given.reason, "reason"),
    )
    return {"disposition": after.id, "feedback": after.feedback_id}


@mutation(
    "Answer the raiser: the feedback becomes ANSWERED, and closes by itself after ten working days without a reply. A "
    "further answer does not overwrite an earlier one.",
    answers={"answer": FeedbackAnswer, "feedback": Feedback},
    permission=RULES[FeedbackAction.ANSWER].permission,
)
async def answer_feedback(act: Act, given: inputs.AnswerFeedbackInput) -> Answers:
    """Answered."""
    made = await handling.answer(
        act.unit,
        act.key(given.feedback, "Feedback", "feedback"),
        expected=present(given.expected_version),
        text=paragraph(given.text, "text"),
        public=bool(present(given.public)),
    )
    return {"answer": made.id, "feedback": made.feedback_id}


@mutation(
    "Close feedback that is ANSWERED: as its raiser, who may say how content they are, or as the office.",
    answers=ANSWERS,
    permission=RULES[FeedbackAction.CLOSE].permission,
)
async def close_feedback(act: Act, given: inputs.CloseFeedbackInput) -> Answers:
    """Done with."""
    held = inputs.one_of_two(given)
    made = await raising.close(
        act.unit,
        await _named(act, given.feedback, held),
        reason=_words(given.reason, "reason"),
        satisfaction=inputs.satisfied(given),
        holds_code=held is not None,
        expected=present(given.expected_version),
    )
    return {"feedback": made.id}


@mutation(
    "Add files to feedback that is not over: as who raised it, or as the office. Upload them first, with "
    "`for ZmVlZGJhY2s=` in `Upload-Metadata`; attached, they are the feedback's and say nothing of who sent them.",
    answers=ANSWERS,
    permission=RULES[FeedbackAction.ATTACH_FILES].permission,
)
async def attach_feedback_files(act: Act, given: inputs.AttachFeedbackFilesInput) -> Answers:
    """Attached."""
    made = await raising.attach(
        act.unit,
        act.key(given.feedback, "Feedback", "feedback"),
        files=inputs.files(act, given.files, "files"),
        expected=present(given.expected_version),
    )
    return {"feedback": made.id}


@mutation(
    "Reopen feedback as its raiser: twice at most, within 30 days of its closing. The clocks begin anew.",
    answers=ANSWERS,
    permission=RULES[FeedbackAction.REOPEN].permission,
)
async def reopen_feedback(act: Act, given: inputs.ReopenFeedbackInput) -> Answers:
    """Not content."""
    held = inputs.one_of_two(given)
    reason = paragraph(given.reason, "reason")
    found = await _named(act, given.feedback, held)
    made = await raising.reopen(act.unit, found, reason=reason, holds_code=held is not None)
    return {"feedback": made.id}


@mutation(
    "Reject feedback that is nothing for the kecamatan; the raiser reads why.",
    answers=ANSWERS,
    permission=RULES[FeedbackAction.REJECT].permission,
)
async def reject_feedback(act: Act, given: inputs.RejectFeedbackInput) -> Answers:
    """Rejected."""
    key, reason = act.key(given.feedback, "Feedback", "feedback"), paragraph(given.reason, "reason")
    made = await handling.reject(act.unit, key, expected=present(given.expected_version), reason=reason)
    return {"feedback": made.id}


@mutation(
    "Mark feedback as a duplicate of earlier feedback; a duplicate of a duplicate is one of the first.",
    answers=ANSWERS,
    permission=RULES[FeedbackAction.MARK_DUPLICATE].permission,
)
async def mark_feedback_duplicate(act: Act, given: inputs.MarkFeedbackDuplicateInput) -> Answers:
    """Said before."""
    made = await handling.mark_duplicate(
        act.unit,
        act.key(given.feedback, "Feedback", "feedback"),
        expected=present(given.expected_version),
        of=act.key(given.duplicate_of, "Feedback", "duplicateOf"),
        reason=paragraph(given.reason, "reason"),
    )
    return {"feedback": made.id}


@mutation(
    "Let everybody read a public answer, with what was asked in the office's own words.",
    answers={"publication": FeedbackPublication},
    permission=RULES[FeedbackAction.PUBLISH_ANSWER].permission,
)
async def publish_feedback_answer(act: Act, given: inputs.PublishFeedbackAnswerInput) -> Answers:
    """Open."""
    made = await handling.publish(
        act.unit,
        act.key(given.answer, "FeedbackAnswer", "answer"),
        summary=paragraph(given.summary, "summary"),
        expected=present(given.expected_version),
    )
    return {"publication": made.id}


@mutation(
    "Withdraw a published answer.",
    answers={"publication": FeedbackPublication},
    permission=Permission.HANDLE_FEEDBACK,
)
async def withdraw_feedback_publication(act: Act, given: inputs.WithdrawFeedbackPublicationInput) -> Answers:
    """Closed."""
    key = act.key(given.publication, "FeedbackPublication", "publication")
    made = await handling.withdraw(act.unit, key, expected=present(given.expected_version))
    return {"publication": made.id}


@disclosure(
    "Tell how a raiser can be reached, for a purpose. Journaled before it is told; once in a request, and counted.",
    tells={
        "name": (str, "The name; null where none is kept, or where it was refused."),
        "phone": (str, "The telephone number; null where none is kept, or where it was refused."),
    },
    permission=Permission.SEE_RAISER,
    meter="identity",
)
async def feedback_contact(act: Act, given: inputs.FeedbackContactAskedInput) -> Mapping[str, Any]:
    """Tell it."""
    name, phone = await handling.tell_contact(
        act.unit,
        act.services.keys,
        act.key(given.feedback, "Feedback", "feedback"),
        purpose=line(given.purpose, "purpose"),
    )
    return {"name": name, "phone": phone}


async def _named(act: Act, text: str | None, held: str | None) -> Model:
    """The feedback of an id or a code, locked."""
    if held is not None:
        return await raising.by_code(act.unit, held)
    return await act.unit.find(Model, act.key(text, "Feedback", "feedback"), path=("feedback",))


def _words(text: str | None, name: str) -> str | None:
    found = present(text)
    return None if found is None else paragraph(found, name)
