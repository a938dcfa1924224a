"""What happened to feedback. What people wrote is told as changed, never with its words.

Of a complaint about the office the journal says only that it was forwarded: the office reads the journal.
"""

from typing import Any, TypeVar
from uuid import UUID

from hub.domains.feedback.model import Feedback, FeedbackAnswer, FeedbackDisposition, FeedbackPublication
from hub.journal.model import Effect
from hub.journal.record import Event
from hub.journal.telling import told

E = TypeVar("E", bound=Event)
Part = FeedbackAnswer | FeedbackDisposition | FeedbackPublication
WORDLESS = frozenset(
    {
        "subject",
        "body",
        "place",
        "latitude",
        "longitude",
        "state_reason",
        "tracking_code",
        "villages",
        "instruction",
        "return_reason",
        "text",
        "summary",
        "answer",
    }
)


class FeedbackReceived(Event):
    """Something was said to the kecamatan."""


class FeedbackForwarded(Event):
    """Something was said that goes past the office."""


class FeedbackTriaged(Event):
    """Its sector and severity were judged."""


class FeedbackAssigned(Event):
    """It was handed to a section or a village."""


class FeedbackEscalated(Event):
    """It was handed to an agency."""


class FeedbackTakenUp(Event):
    """Work on it has begun."""


class FeedbackComeBack(Event):
    """It was handed back and waits to be handed out anew."""


class FeedbackAnswered(Event):
    """The raiser has an answer."""


class FeedbackClosed(Event):
    """It is done with."""


class FeedbackFilesAttached(Event):
    """Files were added to it."""


class FeedbackReopened(Event):
    """The raiser is not content."""


class FeedbackRejected(Event):
    """It is nothing for the kecamatan."""


class FeedbackMarkedDuplicate(Event):
    """It says what was said before."""


class DispositionSent(Event):
    """A disposition went out."""


class DispositionAcknowledged(Event):
    """Its receipt was acknowledged."""


class DispositionReturned(Event):
    """It was handed back."""


class DispositionDone(Event):
    """Nothing is left to do for it."""


class FeedbackAnswerGiven(Event):
    """An answer was written."""


class FeedbackAnswerPublished(Event):
    """Everybody may read it."""


class RaiserContactTold(Event):
    """Somebody was told how to reach the raiser, for the purpose named."""


class FeedbackPublicationWithdrawn(Event):
    """Nobody outside may read it any more."""


def of(
    kind: type[E], feedback: Feedback, before: Feedback | None = None, *, raiser: UUID | None = None, **more: Any
) -> E | FeedbackForwarded:
    """An event about feedback, told with what changed since `before`. `raiser`: the organization that hears of it.

    Of confidential feedback it does not: the entry would name it.
    """
    if feedback.about_office:
        return forwarded(feedback)
    return kind(
        type_name="Feedback",
        object_id=feedback.id,
        version=feedback.version,
        village_id=_village(feedback),
        parties=() if raiser is None or feedback.confidential else (raiser,),
        changes=told(feedback, before, wordless=WORDLESS),
        **more,
    )


def forwarded(feedback: Feedback) -> FeedbackForwarded:
    """An event about a complaint that goes past the office: nothing but that there is one."""
    return FeedbackForwarded(
        type_name="Feedback",
        object_id=feedback.id,
        version=feedback.version,
        effect=Effect.CREATED if feedback.version == 1 else Effect.CHANGED,
    )


def of_part(
    kind: type[E], feedback: Feedback, part: Part, before: Part | None = None, **more: Any
) -> E | FeedbackForwarded:
    """An event about a disposition, an answer or a publication."""
    if feedback.about_office:
        return forwarded(feedback)
    return kind(
        type_name=type(part).__name__,
        object_id=part.id,
        version=part.version,
        village_id=_village(feedback),
        changes=told(part, before, wordless=WORDLESS),
        **{"effect": Effect.CREATED if before is None else Effect.CHANGED, **more},
    )


def _village(feedback: Feedback) -> UUID | None:
    return feedback.villages[0] if len(feedback.villages) == 1 else None
