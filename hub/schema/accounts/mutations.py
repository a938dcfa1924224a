"""What officials do about people who sign in. Invitations are told once and never replayed: they are secrets."""

from collections.abc import Mapping
from typing import Any

from hub.domains.accounts import inviting, policy, report_keys
from hub.domains.accounts.inviting import Invited
from hub.graph.mutations import Act, Answers, disclosure, mutation
from hub.graph.scalars import DateTime
from hub.kernel import written
from hub.schema.accounts import inputs
from hub.schema.given import code, present
from hub.tenants.administration import On
from hub.tenants.permissions import Permission, Role

PAGE = "/undangan/"
MOST_LABEL = 80
_TELLS: Mapping[str, tuple[Any, str]] = {
    "url": (str, "Path at this hub, shown this once: give it to that person alone; null where it was refused."),
    "expires_at": (DateTime, "Until when it holds; null where it was refused."),
}


@disclosure(
    "Invite a person: give them a role, and get the address at which they set up their account within seven days. "
    "Journaled, and counted.",
    tells=_TELLS,
    permission=Permission.MANAGE_GRANTS,
    meter="invitations",
)
async def invite_person(act: Act, given: inputs.InvitePersonInput) -> Mapping[str, Any]:
    """A person and an invitation."""
    made = await inviting.invite(
        act.unit,
        name=written.line(given.name, "name"),
        sign_in_name=policy.sign_in_name(given.sign_in_name, "signInName"),
        role=Role[code(given.role)],
        reason=written.line(given.reason, "reason"),
        on=On(
            village_id=act.maybe_key(given.village, "Village", "village"),
            organization_id=act.maybe_key(given.organization, "PartnerOrganization", "organization"),
        ),
        ends_on=present(given.ends_on),
    )
    return _told(made)


@disclosure(
    "Replace the invitation of a person who has not joined yet; the old address counts no more. Journaled, counted.",
    tells=_TELLS,
    permission=Permission.MANAGE_GRANTS,
    meter="invitations",
)
async def renew_invitation(act: Act, given: inputs.RenewInvitationInput) -> Mapping[str, Any]:
    """Another invitation."""
    return _told(await inviting.renew(act.unit, given.sign_in_name))


@mutation(
    "Take back the invitation of a person who has not joined yet; its address opens nothing more. `renewInvitation` "
    "makes another.",
    answers={},
    permission=Permission.MANAGE_GRANTS,
)
async def revoke_invitation(act: Act, given: inputs.RevokeInvitationInput) -> Answers:
    """Nobody comes in by it."""
    await inviting.revoke(act.unit, given.sign_in_name)
    return {}


@mutation(
    "Ask for the reset of somebody's sign-in. Nothing changes before another official has approved it; of the two one "
    "must be the camat or the secretary.",
    answers={},
    permission=Permission.RECOVER_SIGN_IN,
)
async def ask_sign_in_reset(act: Act, given: inputs.AskSignInResetInput) -> Answers:
    """The first of two."""
    await inviting.ask_reset(act.unit, given.sign_in_name, written.line(given.reason, "reason"))
    return {}


@disclosure(
    "Approve a reset that another official asked for within three days: passphrase and codes count no more, all "
    "sessions end, and the address is told at which the person sets up new ones. Journaled, and counted.",
    tells=_TELLS,
    permission=Permission.RECOVER_SIGN_IN,
    meter="invitations",
)
async def approve_sign_in_reset(act: Act, given: inputs.ApproveSignInResetInput) -> Mapping[str, Any]:
    """The second of two."""
    return _told(await inviting.approve_reset(act.unit, given.sign_in_name))


@mutation(
    "Sign somebody out everywhere, within ten seconds.",
    answers={},
    permission=Permission.MANAGE_GRANTS,
)
async def end_sessions(act: Act, given: inputs.EndSessionsInput) -> Answers:
    """End their sessions."""
    await inviting.end_sessions(act.unit, given.sign_in_name)
    return {}


@mutation(
    "Make a key by which a sheet fetches the files of reports that your grant reads, and which opens nothing else. "
    "Journaled, and counted.",
    answers={},
    permission=Permission.READ_REPORTS,
    tells_once={
        "id": (str, "Its id, for `endReportKey`."),
        "key": (str, "The key, told this once; null where it was refused or is a replay."),
        "expires_at": (DateTime, "When it ends by itself; null where it was refused or is a replay."),
    },
    meter="report-keys",
)
async def create_report_key(act: Act, given: inputs.CreateReportKeyInput) -> Answers:
    """A key for a sheet."""
    label = written.line(given.label, "label", most=MOST_LABEL)
    made = await report_keys.make(act.unit, label=label, ends_on=present(given.ends_on))
    return {"id": str(made.id), "key": made.text, "expires_at": made.ends}


@mutation(
    "End a key for reports, within ten seconds and for good: your own, or anybody's here if you manage keys.",
    answers={},
    permission=Permission.READ_REPORTS,
)
async def end_report_key(act: Act, given: inputs.EndReportKeyInput) -> Answers:
    """It opens nothing more."""
    await report_keys.end(act.unit, given.key)
    return {}


def _told(made: Invited) -> Mapping[str, Any]:
    return {"url": PAGE + made.token, "expires_at": made.ends}
