"""Codes, days and what is left of a time, in words for people."""

from collections.abc import Mapping
from datetime import date

from markupsafe import Markup

from hub.domains.accounts.model import InvitationState
from hub.domains.feedback.model import (
    AffectedService,
    DispositionState,
    FeedbackChannel,
    FeedbackKind,
    FeedbackSector,
    FeedbackState,
    SubmitterKind,
)
from hub.domains.imports.model import ImportState, RowAction
from hub.kernel.texts import say
from hub.kernel.words import Word

WORDS: Mapping[str, type[Word]] = {
    "service": AffectedService,
    "disposition": DispositionState,
    "channel": FeedbackChannel,
    "kind": FeedbackKind,
    "sector": FeedbackSector,
    "state": FeedbackState,
    "submitter": SubmitterKind,
    "import": ImportState,
    "invitation": InvitationState,
    "row": RowAction,
}


def word(lang: str, vocabulary: str, code: str | None) -> str:
    """A code of a vocabulary for people."""
    return "" if code is None else dict(words(lang, vocabulary)).get(code, code)


def words(lang: str, vocabulary: str) -> list[tuple[str, str]]:
    """The codes of a vocabulary with their labels."""
    found = WORDS[vocabulary]
    return [(each.value, each.label_en if lang == "en" else each.label_id) for each in found]


def known(vocabulary: str, code: str | None) -> str | None:
    """The code, where there is such a one."""
    return code if code in WORDS[vocabulary].__members__ else None


def day(text: str | None) -> Markup:
    """A day for people."""
    if text is None:
        return Markup("")
    found = date.fromisoformat(text)
    return Markup('<time datetime="{}">{}</time>').format(text, f"{found:%d-%m-%Y}")


def until(lang: str, due: str, today: date, *, overdue: bool) -> str:
    """How long there is, in words: colour alone would not be read by everybody."""
    days = (date.fromisoformat(due) - today).days
    if overdue:
        return say("Overdue by {days} days", lang, days=-days)
    return say("Due today", lang) if days == 0 else say("{days} days left", lang, days=days)
