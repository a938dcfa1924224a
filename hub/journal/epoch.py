"""Which life of the database this is. A restore starts a new one, and every cursor of an older one is void."""

from datetime import datetime

from sqlalchemy import bindparam, func, select, update

from hub.journal.model import Epoch
from hub.kernel.errors import Faulty
from hub.store import sql
from hub.store.base import MOMENT, table

FIRST = 1

_EPOCH = table(Epoch)
_READ = sql.prepare(select(_EPOCH.c.number).where(_EPOCH.c.id == 1))
_RAISE = sql.prepare(
    update(_EPOCH)
    .where(_EPOCH.c.id == 1)
    .values(
        number=func.greatest(_EPOCH.c.number + 1, bindparam("floor", type_=_EPOCH.c.number.type)),
        raised_at=bindparam("now", type_=MOMENT),
        reason=bindparam("why", type_=_EPOCH.c.reason.type),
    )
    .returning(_EPOCH.c.number)
)


async def read(connection: sql.Runs) -> int:
    """The present epoch."""
    return _number(await connection.fetch(_READ.text, *_READ.arguments()))


async def advance(connection: sql.Runs, *, now: datetime, reason: str) -> int:
    """Raise the epoch, as the owner, once after a restore and before anything else runs.

    The new number is at least the clock's seconds: two restores of one backup must not share an epoch, or cursors
    given out between them would be believed.
    """
    values = {"floor": int(now.timestamp()), "now": now, "why": reason}
    return _number(await connection.fetch(_RAISE.text, *_RAISE.arguments(values)))


def _number(rows: list[sql.Row]) -> int:
    if not rows:
        raise Faulty(problem="the database has no epoch")
    return int(rows[0]["number"])
