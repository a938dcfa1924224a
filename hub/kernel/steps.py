"""A step as whoever might take it is shown it: a button, or why it is closed."""

from typing import TypedDict

from hub.kernel.errors import HubError
from hub.kernel.texts import sentence
from hub.kernel.words import Word


class Step(TypedDict):
    """A step by its name, with the reason where it is closed."""

    action: Word
    label: str
    disabled_reason: str | None


def step(action: Word, closed: HubError | None, lang: str) -> Step:
    """A step in a language; `closed` is what taking it would be refused with."""
    reason = None if closed is None else sentence(closed, lang)
    return {
        "action": action,
        "label": action.label_en if lang == "en" else action.label_id,
        "disabled_reason": reason,
    }
