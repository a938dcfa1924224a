"""The table of steps, tried in every state, and shown as it is obeyed."""

from datetime import date, timedelta
from itertools import pairwise, product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domains.commitments.errors import InvalidTransition, NotYetInForce, OfficeDecides, ValidityEnded
from hub.domains.commitments.model import Commitment, CommitmentParty, CommitmentState, CommitmentStatus
from hub.domains.commitments.policy import (
    RULES,
    CommitmentAction,
    allowed_actions,
    next_states,
    require,
    stands_for,
)
from hub.kernel.errors import HubError
from hub.kernel.ids import new_id
from hub.kernel.scope import Reader, Scope, TenantRef, Zone
from hub.tenants.permissions import ROLES, Permission, Role

S, A = CommitmentState, CommitmentAction
TODAY = date(2026, 11, 21)
TENANT = TenantRef(1, "63.01.01", Zone.WITA)
OFFICE = Scope(Reader.API, "CAMAT", frozenset(ROLES[Role.CAMAT]), (TENANT,))
ALL = frozenset(each.value for each in Permission)

# Written out once more, as the field knows it: a slip in the policy's table shows here.
OPEN: dict[CommitmentState, set[CommitmentAction]] = {
    S.DRAFT: {
        A.UPDATE,
        A.ADD_PARTY,
        A.REMOVE_PARTY,
        A.ADD_CLAUSE,
        A.ADD_EVIDENCE,
        A.RECORD_AGREEMENT,
        A.REVOKE,
        A.UNPUBLISH,
    },
    S.AGREED: {
        A.UPDATE,
        A.ADD_PARTY,
        A.ADD_CLAUSE,
        A.ADD_EVIDENCE,
        A.REQUEST_SIGNATURES,
        A.REVOKE,
        A.PUBLISH,
        A.UNPUBLISH,
    },
    S.AWAITING_SIGNATURES: {A.ADD_EVIDENCE, A.SIGN, A.DECLINE, A.REVOKE, A.PUBLISH, A.UNPUBLISH},
    S.PARTIALLY_SIGNED: {A.ADD_EVIDENCE, A.SIGN, A.DECLINE, A.REVOKE, A.PUBLISH, A.UNPUBLISH},
    S.SIGNED: {A.ADD_EVIDENCE, A.DISPLAY, A.REVOKE, A.PUBLISH, A.UNPUBLISH},
    S.DISPLAYED: {A.ADD_EVIDENCE, A.FULFIL, A.RECORD_BREACH, A.REVOKE, A.PUBLISH, A.UNPUBLISH},
    S.FULFILLED: {A.ADD_EVIDENCE, A.REVOKE, A.PUBLISH, A.UNPUBLISH},
    S.BREACHED: {A.ADD_EVIDENCE, A.REVOKE, A.PUBLISH, A.UNPUBLISH},
    S.REVOKED: {A.UNPUBLISH},
}
NEXT: dict[CommitmentState, tuple[CommitmentState, ...]] = {
    S.DRAFT: (S.AGREED, S.REVOKED),
    S.AGREED: (S.AWAITING_SIGNATURES, S.REVOKED),
    S.AWAITING_SIGNATURES: (S.PARTIALLY_SIGNED, S.SIGNED, S.REVOKED),
    S.PARTIALLY_SIGNED: (S.SIGNED, S.REVOKED),
    S.SIGNED: (S.DISPLAYED, S.REVOKED),
    S.DISPLAYED: (S.FULFILLED, S.BREACHED, S.REVOKED),
    S.FULFILLED: (S.REVOKED,),
    S.BREACHED: (S.REVOKED,),
    S.REVOKED: (),
}


def commitment(state: CommitmentState, **more: Any) -> Commitment:
    """A commitment in a state."""
    return Commitment(
        tenant_id=1, type="CHARTER", title="Piagam", object="Layanan", planned_on=TODAY, state=state.value, **more
    )


def refusal(scope: Scope, of: Commitment, action: CommitmentAction) -> type[HubError] | None:
    """What is refused of a step today, if anything."""
    try:
        require(scope, of, action, today=TODAY)
    except HubError as found:
        return type(found)
    return None


@pytest.mark.parametrize(("state", "action"), list(product(S, A)))
def test_every_step_in_every_state(state: CommitmentState, action: CommitmentAction) -> None:
    found = refusal(OFFICE, commitment(state), action)
    assert found is (None if action in OPEN[state] else InvalidTransition)


@pytest.mark.parametrize("state", S)
def test_a_refusal_names_the_next_states(state: CommitmentState) -> None:
    assert next_states(state) == NEXT[state]
    closed = next(action for action in A if action not in OPEN[state])
    with pytest.raises(InvalidTransition) as refused:
        require(OFFICE, commitment(state), closed, today=TODAY)
    assert refused.value.params == {"state": state.value, "allowed": ", ".join(NEXT[state]) or "-"}


@pytest.mark.parametrize(("state", "action"), [(state, action) for state in S for action in A if action in OPEN[state]])
def test_what_has_expired_moves_no_more(state: CommitmentState, action: CommitmentAction) -> None:
    over = commitment(state, valid_until=TODAY - timedelta(days=1))
    last_day = commitment(state, valid_until=TODAY)
    moves = {A.REQUEST_SIGNATURES, A.SIGN, A.DECLINE, A.DISPLAY, A.FULFIL, A.RECORD_BREACH}
    assert refusal(OFFICE, over, action) is (ValidityEnded if action in moves else None)
    assert refusal(OFFICE, last_day, action) is None


def test_what_has_not_begun_is_neither_kept_nor_broken() -> None:
    coming = commitment(S.DISPLAYED, valid_from=TODAY + timedelta(days=1))
    begun = commitment(S.DISPLAYED, valid_from=TODAY)
    for action in (A.FULFIL, A.RECORD_BREACH):
        assert refusal(OFFICE, coming, action) is NotYetInForce
        assert refusal(OFFICE, begun, action) is None


def test_a_village_judges_and_publishes_nothing() -> None:
    village = Scope(Reader.API, "VILLAGE_HEAD", frozenset(ROLES[Role.VILLAGE_HEAD]), (TENANT,), villages=(new_id(),))
    judged = {action for state, action in product(S, A) if refusal(village, commitment(state), action) is OfficeDecides}
    assert judged == {A.FULFIL, A.RECORD_BREACH, A.REVOKE, A.PUBLISH, A.UNPUBLISH}


def test_each_signs_for_the_own_party_and_the_office_for_all() -> None:
    here, there, club = new_id(), new_id(), new_id()
    village = Scope(Reader.API, "VILLAGE_HEAD", frozenset(), (TENANT,), villages=(here,))
    organization = Scope(Reader.OUTSIDE, "PARTNER_ORG", frozenset(), (TENANT,), party=club)
    arcs = ({"village_id": here}, {"village_id": there}, {"organization_id": club}, {"citizen_id": new_id()})
    parties = [CommitmentParty(tenant_id=1, commitment_id=new_id(), position=1, **arc) for arc in arcs]  # type: ignore[arg-type]
    assert [stands_for(village, each) for each in parties] == [True, False, False, False]
    assert [stands_for(organization, each) for each in parties] == [False, False, True, False]
    assert [stands_for(OFFICE, each) for each in parties] == [True] * 4


@given(st.lists(st.tuples(st.sampled_from(A), st.booleans()), max_size=40))
def test_no_walk_leaves_the_known_ways(steps: list[tuple[CommitmentAction, bool]]) -> None:
    """Any sequence of steps: each is refused and changes nothing, or leads where the table says."""
    state = S.DRAFT
    seen = [state]
    for action, last in steps:
        if refusal(OFFICE, commitment(state), action):
            continue
        ways = RULES[action].to
        state = ways[-1 if last else 0] if ways else state
        seen.append(state)
    for before, after in pairwise(seen):
        assert after == before or after in NEXT[before]
    assert S.REVOKED not in seen[:-1] or set(seen[seen.index(S.REVOKED) :]) == {S.REVOKED}


def test_allowed_actions_are_those_of_the_table() -> None:
    for state in S:
        shown = allowed_actions(state.value, ALL, "en")
        assert [each["action"] for each in shown] == list(A)
        assert {each["action"] for each in shown if each["disabled_reason"] is None} == OPEN[state]


def test_allowed_actions_are_labelled_and_reasoned_in_the_language_asked() -> None:
    shown = {each["action"]: each for each in allowed_actions("SIGNED", frozenset(ROLES[Role.VILLAGE_HEAD]), "en")}
    assert shown[A.DISPLAY] == {"action": A.DISPLAY, "label": "Record the display", "disabled_reason": None}
    assert shown[A.SIGN] == {
        "action": A.SIGN,
        "label": "Sign",
        "disabled_reason": "A commitment that is SIGNED cannot take this step; from there it can become: "
        "DISPLAYED, REVOKED.",
    }
    assert shown[A.REVOKE] == {
        "action": A.REVOKE,
        "label": "Revoke",
        "disabled_reason": "Your role may not do this.",
    }
    indonesian = {each["action"]: each["label"] for each in allowed_actions("SIGNED", ALL, "id")}
    assert indonesian[A.SIGN] == "Tanda tangani"


def test_allowed_actions_follow_the_calendar_where_a_status_is_given() -> None:
    shown = {each["action"]: each["disabled_reason"] for each in allowed_actions("EXPIRED", ALL, "en")}
    assert shown[A.FULFIL] == "This commitment has expired: its last day in force has passed."
    assert shown[A.REVOKE] is None
    active = allowed_actions(CommitmentStatus.ACTIVE, ALL, "en")
    assert active == allowed_actions(CommitmentStatus.DISPLAYED, ALL, "en")


def test_allowed_actions_of_a_village_leave_judging_to_the_office() -> None:
    village = frozenset(ROLES[Role.VILLAGE_HEAD])
    shown = {
        each["action"]: each["disabled_reason"] for each in allowed_actions("DISPLAYED", village, "en", office=False)
    }
    assert shown[A.FULFIL] == "Only the kecamatan's own office decides this, no party for itself."
