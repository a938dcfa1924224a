"""Inputs about people who sign in."""

import strawberry

from hub.graph.enums import exposed
from hub.graph.mutations import command
from hub.graph.scalars import Date
from hub.schema.given import about
from hub.tenants.permissions import ROLE_WORDS, Role

exposed(Role, labels=lambda role: (ROLE_WORDS[role].id, ROLE_WORDS[role].en))


@strawberry.input(description="Somebody who is invited, with the one role that the invitation gives.")
class InvitePersonInput:
    """No idempotency key: what is told is told once. A lost answer is made good by `renewInvitation`."""

    name: str = about("Full name (nama lengkap).")
    sign_in_name: str = about("Name for signing in: 3 to 40 small letters, digits, dots, hyphens, underscores.")
    role: Role = about("Role (peran); one that your own role may give.")
    reason: str = about("Why: number of the decree (nomor SK) or the like.")
    village: strawberry.ID | None = about("The village, for roles of a village.")
    organization: strawberry.ID | None = about("The partner organization, for PARTNER_ORG.")
    ends_on: Date | None = about("Last day of the role; null where it is open.")


@strawberry.input(description="Whose invitation is replaced.")
class RenewInvitationInput:
    """For somebody who has not joined yet."""

    sign_in_name: str = about("Name for signing in.")


@command
class RevokeInvitationInput:
    """An invitation that is taken back."""

    sign_in_name: str = about("Name for signing in.")


@command
class AskSignInResetInput:
    """Who has lost passphrase or telephone, and why you believe it."""

    sign_in_name: str = about("Name for signing in.")
    reason: str = about("How you know that it is really this person who asks.")


@strawberry.input(description="Whose reset is approved.")
class ApproveSignInResetInput:
    """Somebody else must have asked for it."""

    sign_in_name: str = about("Name for signing in.")


@command
class CreateReportKeyInput:
    """A key for a sheet that fetches reports by itself."""

    label: str = about("What it is for, such as the name of the sheet.")
    ends_on: Date | None = about("Last day, within a year; left out: a year from now.")


@command
class EndReportKeyInput:
    """A key that is no longer to open anything."""

    key: str = about("Its id, as `reportKeys` tells it.")


@command
class EndSessionsInput:
    """Who is signed out everywhere."""

    sign_in_name: str = about("Name for signing in.")
