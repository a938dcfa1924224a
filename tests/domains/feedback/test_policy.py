"""The table of feedback's steps: what is open in which state, to whom."""

import pytest

from hub.domains.feedback.model import FeedbackState
from hub.domains.feedback.policy import RULES, FeedbackAction, allowed_actions
from hub.tenants.permissions import ROLES, Role

OPEN = {
    "RECEIVED": {"TRIAGE", "ATTACH_FILES", "REJECT", "MARK_DUPLICATE"},
    "TRIAGED": {"TRIAGE", "ASSIGN", "ESCALATE", "ANSWER", "ATTACH_FILES", "REJECT", "MARK_DUPLICATE"},
    "ASSIGNED": {"ASSIGN", "ESCALATE", "ANSWER", "ATTACH_FILES"},
    "IN_PROGRESS": {"ASSIGN", "ESCALATE", "ANSWER", "ATTACH_FILES"},
    "ESCALATED": {"ASSIGN", "ESCALATE", "ANSWER", "ATTACH_FILES"},
    "ANSWERED": {"ANSWER", "ATTACH_FILES", "CLOSE", "PUBLISH_ANSWER"},
    "CLOSED": {"PUBLISH_ANSWER"},
    "REOPENED": {"TRIAGE", "ASSIGN", "ESCALATE", "ANSWER", "ATTACH_FILES"},
    "DUPLICATE": set(),
    "REJECTED": set(),
}


def shown(state: str, role: Role, *, office: bool) -> set[str]:
    found = allowed_actions(state, frozenset(ROLES[role]), "id", office=office)
    assert [each["action"] for each in found] == list(FeedbackAction)
    return {each["action"].value for each in found if each["disabled_reason"] is None}


@pytest.mark.parametrize("state", FeedbackState)
def test_what_the_counter_may_do(state: FeedbackState) -> None:
    assert shown(state.value, Role.KEC_COUNTER, office=True) == OPEN[state.value]


@pytest.mark.parametrize("state", FeedbackState)
def test_a_village_answers_and_its_raiser_adds_files_and_reopens(state: FeedbackState) -> None:
    assert shown(state.value, Role.VILLAGE_HEAD, office=False) <= {"ANSWER", "ATTACH_FILES", "CLOSE", "REOPEN"}


def test_an_organization_adds_files_reopens_and_closes_what_was_answered() -> None:
    assert shown("ANSWERED", Role.PARTNER_ORG, office=False) == {"ATTACH_FILES", "CLOSE", "REOPEN"}
    assert shown("CLOSED", Role.PARTNER_ORG, office=False) == {"REOPEN"}
    assert shown("RECEIVED", Role.PARTNER_ORG, office=False) == {"ATTACH_FILES"}


def test_every_action_has_a_rule() -> None:
    assert set(RULES) == set(FeedbackAction)
