"""What can be done about announcements in the graph."""

from hub.domains.announcements import actions
from hub.domains.announcements.policy import RULES, AnnouncementAction
from hub.graph.mutations import Act, Answers, mutation
from hub.kernel.written import paragraph
from hub.schema.announcements import inputs
from hub.schema.announcements.types import Announcement, AnnouncementRelay
from hub.schema.given import present
from hub.tenants.permissions import Permission

ANSWERS = {"announcement": Announcement}


def _right(action: AnnouncementAction) -> Permission:
    return RULES[action].permission


@mutation("Draft an announcement.", answers=ANSWERS, permission=Permission.WRITE_ANNOUNCEMENT)
async def draft_announcement(act: Act, given: inputs.DraftAnnouncementInput) -> Answers:
    """New draft."""
    made = await actions.draft(act.unit, inputs.values(given))
    return {"announcement": made.id}


@mutation("Change a draft.", answers=ANSWERS, permission=_right(AnnouncementAction.UPDATE))
async def update_announcement(act: Act, given: inputs.UpdateAnnouncementInput) -> Answers:
    """New wording."""
    key = act.key(given.id, "Announcement", "id")
    made = await actions.update(act.unit, key, expected=given.expected_version, values=inputs.values(given))
    return {"announcement": made.id}


@mutation(
    "Publish a draft, and ask villages and organizations whom it concerns to pass it on.",
    answers=ANSWERS,
    permission=_right(AnnouncementAction.PUBLISH),
)
async def publish_announcement(act: Act, given: inputs.PublishAnnouncementInput) -> Answers:
    """Out it goes."""
    key = act.key(given.id, "Announcement", "id")
    made = await actions.publish(act.unit, key, expected=present(given.expected_version))
    return {"announcement": made.id}


@mutation(
    "Correct what was published; the former text stays readable among `editions`.",
    answers=ANSWERS,
    permission=_right(AnnouncementAction.CORRECT),
)
async def correct_announcement(act: Act, given: inputs.CorrectAnnouncementInput) -> Answers:
    """A new edition."""
    made = await actions.correct(
        act.unit,
        act.key(given.id, "Announcement", "id"),
        expected=given.expected_version,
        values=inputs.correction(given),
        note=paragraph(given.note, "note"),
    )
    return {"announcement": made.id}


@mutation(
    "Withdraw an announcement, with a reason; a draft is put aside so.",
    answers=ANSWERS,
    permission=_right(AnnouncementAction.WITHDRAW),
)
async def withdraw_announcement(act: Act, given: inputs.WithdrawAnnouncementInput) -> Answers:
    """It holds no longer."""
    made = await actions.withdraw(
        act.unit,
        act.key(given.id, "Announcement", "id"),
        reason=paragraph(given.reason, "reason"),
        expected=present(given.expected_version),
    )
    return {"announcement": made.id}


@mutation(
    "Say that an announcement was passed on: for your own village or organization, or, as the office, for others.",
    answers={"relay": AnnouncementRelay, **ANSWERS},
    permission=_right(AnnouncementAction.RELAY),
)
async def relay_announcement(act: Act, given: inputs.RelayAnnouncementInput) -> Answers:
    """Passed on."""
    made = await actions.relay(
        act.unit,
        act.key(given.announcement, "Announcement", "announcement"),
        inputs.relayed(given),
        village=act.maybe_key(given.village, "Village", "village"),
        organization=act.maybe_key(given.organization, "PartnerOrganization", "organization"),
        expected=present(given.expected_version),
    )
    return {"relay": made.id, "announcement": made.announcement_id}
