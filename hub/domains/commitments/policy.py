"""Which step a commitment may take, from which state, and who may take it: one table.

The actions ask `require`, the graph shows `allowed_actions`; both read `RULES`. The states are those of the acts; what
the calendar makes of them (ACTIVE, EXPIRED) is decided by the days in force. See docs/adr/0006-commitments.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from hub.domains.commitments.errors import (
    InvalidTransition,
    NotYetInForce,
    OfficeDecides,
    ValidityEnded,
)
from hub.domains.commitments.model import Commitment, CommitmentParty, CommitmentState, CommitmentStatus
from hub.kernel.errors import Forbidden, HubError
from hub.kernel.scope import Scope
from hub.kernel.steps import Step, step
from hub.kernel.words import Word
from hub.tenants.permissions import Permission


class CommitmentAction(Word):
    """A step a commitment can take."""

    UPDATE = "UPDATE", "Ubah", "Change"
    ADD_PARTY = "ADD_PARTY", "Tambah pihak", "Add a party"
    REMOVE_PARTY = "REMOVE_PARTY", "Hapus pihak", "Remove a party"
    ADD_CLAUSE = "ADD_CLAUSE", "Tambah butir", "Add a clause"
    ADD_EVIDENCE = "ADD_EVIDENCE", "Lampirkan bukti", "Attach evidence"
    RECORD_AGREEMENT = "RECORD_AGREEMENT", "Catat kesepakatan", "Record the agreement"
    REQUEST_SIGNATURES = "REQUEST_SIGNATURES", "Minta tanda tangan", "Ask for signatures"
    SIGN = "SIGN", "Tanda tangani", "Sign"
    DECLINE = "DECLINE", "Tolak", "Decline"
    DISPLAY = "DISPLAY", "Catat pemajangan", "Record the display"
    FULFIL = "FULFIL", "Nyatakan dipenuhi", "Declare fulfilled"
    RECORD_BREACH = "RECORD_BREACH", "Catat pelanggaran", "Record a breach"
    REVOKE = "REVOKE", "Cabut", "Revoke"
    PUBLISH = "PUBLISH", "Publikasikan", "Publish"
    UNPUBLISH = "UNPUBLISH", "Tarik dari publik", "Withdraw from the public"


@dataclass(frozen=True, slots=True)
class Rule:
    """From which states a step starts, to which it leads (none: the state stays), and with which permission.

    `running` steps are refused once the last day in force has passed, `started` ones before the first. `office` steps
    are judged by the kecamatan's own office, not by a village.
    """

    start: frozenset[CommitmentState]
    permission: Permission
    to: tuple[CommitmentState, ...] = ()
    running: bool = False
    started: bool = False
    office: bool = False


_S, _A, _P = CommitmentState, CommitmentAction, Permission
_TEXT_OPEN = frozenset({_S.DRAFT, _S.AGREED})
SIGNABLE = frozenset({_S.AWAITING_SIGNATURES, _S.PARTIALLY_SIGNED})
_ALL = frozenset(_S)
_STANDING = _ALL - {_S.REVOKED}

RULES: Mapping[CommitmentAction, Rule] = MappingProxyType(
    {
        _A.UPDATE: Rule(_TEXT_OPEN, _P.WRITE_COMMITMENT),
        _A.ADD_PARTY: Rule(_TEXT_OPEN, _P.WRITE_COMMITMENT),
        _A.REMOVE_PARTY: Rule(frozenset({_S.DRAFT}), _P.WRITE_COMMITMENT),
        _A.ADD_CLAUSE: Rule(_TEXT_OPEN, _P.WRITE_COMMITMENT),
        _A.ADD_EVIDENCE: Rule(_STANDING, _P.REPORT_COMMITMENT),
        _A.RECORD_AGREEMENT: Rule(frozenset({_S.DRAFT}), _P.WRITE_COMMITMENT, to=(_S.AGREED,)),
        _A.REQUEST_SIGNATURES: Rule(
            frozenset({_S.AGREED}), _P.WRITE_COMMITMENT, to=(_S.AWAITING_SIGNATURES,), running=True
        ),
        _A.SIGN: Rule(SIGNABLE, _P.SIGN_COMMITMENT, to=(_S.PARTIALLY_SIGNED, _S.SIGNED), running=True),
        _A.DECLINE: Rule(SIGNABLE, _P.SIGN_COMMITMENT, running=True),
        _A.DISPLAY: Rule(frozenset({_S.SIGNED}), _P.WRITE_COMMITMENT, to=(_S.DISPLAYED,), running=True),
        _A.FULFIL: Rule(
            frozenset({_S.DISPLAYED}),
            _P.WRITE_COMMITMENT,
            to=(_S.FULFILLED,),
            running=True,
            started=True,
            office=True,
        ),
        _A.RECORD_BREACH: Rule(
            frozenset({_S.DISPLAYED}),
            _P.WRITE_COMMITMENT,
            to=(_S.BREACHED,),
            running=True,
            started=True,
            office=True,
        ),
        _A.REVOKE: Rule(_STANDING, _P.REVOKE_COMMITMENT, to=(_S.REVOKED,), office=True),
        _A.PUBLISH: Rule(_STANDING - {_S.DRAFT}, _P.WRITE_COMMITMENT, office=True),
        _A.UNPUBLISH: Rule(_ALL, _P.WRITE_COMMITMENT, office=True),
    }
)
# What the calendar makes of a state, as that state.
_BENEATH = {CommitmentStatus.ACTIVE: _S.DISPLAYED, CommitmentStatus.EXPIRED: _S.DISPLAYED}


def require(scope: Scope, commitment: Commitment, action: CommitmentAction, *, today: date) -> None:
    """Refuse a step that this commitment cannot take today, or that is not for this actor."""
    rule, state = RULES[action], CommitmentState[commitment.state]
    if rule.office and not for_the_office(scope):
        raise OfficeDecides
    if state not in rule.start:
        raise _no_way(state)
    if rule.running and commitment.valid_until is not None and commitment.valid_until < today:
        raise ValidityEnded
    if rule.started and commitment.valid_from is not None and commitment.valid_from > today:
        raise NotYetInForce(since=commitment.valid_from.isoformat())


def for_the_office(scope: Scope) -> bool:
    """Whether the actor acts for the whole kecamatan, not for a village or an organization."""
    return not scope.villages and scope.party is None


def stands_for(scope: Scope, party: CommitmentParty) -> bool:
    """Whether the actor may sign for this party; the kecamatan's office records for everybody."""
    if scope.party is not None:
        return party.organization_id == scope.party
    return not scope.villages or party.village_id in scope.villages


def next_states(state: CommitmentState) -> tuple[CommitmentState, ...]:
    """The states that acts can lead to from this one."""
    found = {to for rule in RULES.values() if state in rule.start for to in rule.to}
    return tuple(each for each in CommitmentState if each in found - {state})


def allowed_actions(state: str, permissions: frozenset[str], lang: str, *, office: bool = True) -> list[Step]:
    """Every step in order, with the reason where it is closed to these permissions in this state or status.

    `office` is False for those who act for a village or an organization (see `for_the_office`).
    """
    expired = state == CommitmentStatus.EXPIRED
    beneath = _BENEATH.get(CommitmentStatus[state]) or CommitmentState[state]
    return [
        step(action, _closed(RULES[action], beneath, permissions, office=office, expired=expired), lang)
        for action in CommitmentAction
    ]


def _closed(
    rule: Rule, state: CommitmentState, permissions: frozenset[str], *, office: bool, expired: bool
) -> HubError | None:
    if rule.permission not in permissions:
        return Forbidden()
    if rule.office and not office:
        return OfficeDecides()
    if state not in rule.start:
        return _no_way(state)
    return ValidityEnded() if rule.running and expired else None


def _no_way(state: CommitmentState) -> InvalidTransition:
    return InvalidTransition(state=state.value, allowed=", ".join(next_states(state)) or "-")
