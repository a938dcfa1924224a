"""Steps: open ones without a reason, closed ones with the sentence of their refusal, in both languages."""

import pytest

from hub.kernel.errors import Forbidden
from hub.kernel.steps import step
from hub.kernel.words import Word


class Door(Word):
    """Something to try."""

    OPEN = "OPEN", "Buka", "Open"


@pytest.mark.parametrize(
    ("lang", "label", "reason"),
    [("id", "Buka", "Peran Anda tidak boleh melakukan ini."), ("en", "Open", "Your role may not do this.")],
)
def test_a_closed_step_says_why(lang: str, label: str, reason: str) -> None:
    assert step(Door.OPEN, Forbidden(), lang) == {"action": Door.OPEN, "label": label, "disabled_reason": reason}


def test_an_open_step_has_no_reason() -> None:
    assert step(Door.OPEN, None, "id") == {"action": Door.OPEN, "label": "Buka", "disabled_reason": None}
