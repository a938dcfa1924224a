"""What happened to accounts. Names stand in no entry: the object says whose account it is."""

from typing import Any, TypeVar

from hub.domains.accounts.model import Account
from hub.journal.record import Event

E = TypeVar("E", bound=Event)


class PersonInvited(Event):
    """Somebody was given a role and invited to sign in."""


class InvitationRenewed(Event):
    """The invitation was replaced by a new one."""


class InvitationRevoked(Event):
    """The invitation was taken back before anybody used it."""


class SignInSetUp(Event):
    """The invitation was accepted: passphrase and codes, or the account of an issuer."""


class SignedIn(Event):
    """Somebody signed in."""


class SessionsEnded(Event):
    """Sessions were ended: by their owner, by an official, or by a reset."""


class ResetAsked(Event):
    """A first official asked for a reset."""


class ResetApproved(Event):
    """A second one approved it: what proved the person counts no more."""


class ReportKeyMade(Event):
    """Somebody made a key by which a sheet fetches reports."""


class ReportKeyEnded(Event):
    """Such a key was ended: by its maker, by whoever manages keys, or with a reset."""


def of(kind: type[E], account: Account, **more: Any) -> E:
    """An event about an account."""
    return kind(type_name="Account", object_id=account.id, version=account.version, **more)
