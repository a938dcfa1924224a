"""What the calendar makes of feedback, in SQL: for the graph and for reports alike.

`c` are the columns of feedback, `today` is the tenant's day.
"""

from typing import Any

from sqlalchemy import ColumnElement, Integer, String, and_, func, literal_column, or_, type_coerce

from hub.domains.feedback import policy
from hub.domains.feedback.model import FeedbackState


def unsettled(c: Any) -> ColumnElement[bool]:
    """Neither answered nor over."""
    return or_(*(c.state == literal_column(f"'{each.value}'", String) for each in sorted(policy.OPEN)))


def overdue(c: Any, today: Any) -> ColumnElement[bool]:
    """Whether the clock that runs now has run out: first that of forwarding, then that of answering."""
    late = or_(
        and_(c.forwarded_on.is_(None), c.forward_due_on < today),
        and_(c.forwarded_on.is_not(None), func.coalesce(c.answer_due_on, c.forward_due_on) < today),
    )
    return and_(unsettled(c), late)


def age(c: Any, today: Any) -> ColumnElement[int]:
    """Calendar days since it came in, until it was closed."""
    return type_coerce(func.coalesce(c.closed_on, today) - c.received_on, Integer)


def ageing(c: Any, today: Any) -> ColumnElement[bool]:
    """Escalated for long, or of something that suffers: what the ageing report lists."""
    suffers = func.cardinality(c.affected_services) > 0
    escalated = c.state == literal_column(f"'{FeedbackState.ESCALATED.value}'", String)
    return and_(
        unsettled(c),
        c.received_on < today - policy.AGEING_SERVICES,
        or_(suffers, and_(escalated, c.received_on < today - policy.AGEING_ESCALATED)),
    )
