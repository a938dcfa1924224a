"""What happened to templates of answers."""

from typing import TypeVar

from hub.domains.answer_templates.model import AnswerTemplate
from hub.journal.model import Effect
from hub.journal.record import Event
from hub.journal.telling import told

E = TypeVar("E", bound=Event)
WORDLESS = frozenset({"title", "body"})


class AnswerTemplateWritten(Event):
    """A new one."""


class AnswerTemplateUpdated(Event):
    """Its words, or what it is for, were changed."""


class AnswerTemplateEnded(Event):
    """It is offered no longer."""


def of(
    kind: type[E], row: AnswerTemplate, before: AnswerTemplate | None = None, *, effect: Effect = Effect.CHANGED
) -> E:
    """An event about a template; the office alone hears of it."""
    return kind(
        type_name="AnswerTemplate",
        object_id=row.id,
        version=row.version,
        changes=told(row, before, wordless=WORDLESS),
        effect=effect,
    )
