"""What happened to surveys. Of an answer nothing is told but that there is one."""

from typing import TypeVar
from uuid import UUID

from hub.domains.surveys.model import Survey, SurveyState
from hub.journal.model import Effect
from hub.journal.record import Event
from hub.journal.telling import told

E = TypeVar("E", bound=Event)


class SurveyOpened(Event):
    """It takes answers."""


class OldSurveyRecorded(Event):
    """An old survey was recorded, with its answers, for reading."""


class SurveyClosed(Event):
    """It takes no more answers."""


class SurveyPublished(Event):
    """What came of it is told to everybody."""


class SurveyInvited(Event):
    """A code was made that answers once."""


class SurveyAnswered(Event):
    """Somebody answered."""


def of(kind: type[E], row: Survey, before: Survey | None = None, *, effect: Effect = Effect.CHANGED) -> E:
    """An event about a survey."""
    return kind(
        type_name="Survey",
        object_id=row.id,
        version=row.version,
        published=row.state != SurveyState.CLOSED.value,
        changes=told(row, before, wordless=("title", "service")),
        effect=effect,
    )


def of_part(kind: type[E], type_name: str, key: UUID) -> E:
    """An event about an answer or a code; only the office hears of it."""
    return kind(type_name=type_name, object_id=key, effect=Effect.CREATED)
