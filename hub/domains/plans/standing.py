"""What the calendar and the figures make of an item of a plan, in SQL: for the graph and for reports alike.

`c` are the columns of action_plan_item, `today` is the tenant's day.
"""

from typing import Any

from sqlalchemy import ColumnElement, String, and_, case, literal_column, or_

from hub.domains.plans.model import ItemState
from hub.domains.plans.policy import OPEN

_OPEN = tuple(sorted(each.value for each in OPEN))
_WAITING = (ItemState.PLANNED.value, ItemState.IN_PROGRESS.value)


def overdue(c: Any, today: Any) -> ColumnElement[bool]:
    """Still open after its last day."""
    return and_(or_(*(c.state == each for each in _OPEN)), c.ends_on < today)


def status(c: Any, today: Any) -> ColumnElement[str]:
    """The state, DELAYED or OVER_ACHIEVED."""
    over = and_(c.state == ItemState.ACHIEVED.value, c.actual > c.target)
    late = and_(or_(*(c.state == each for each in _WAITING)), c.ends_on < today)
    return case(
        (over, literal_column("'OVER_ACHIEVED'", String)),
        (late, literal_column("'DELAYED'", String)),
        else_=c.state,
    )
