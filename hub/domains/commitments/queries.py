"""Reading commitments for their actions."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Date, Integer, Select, column, func, null, select

from hub.domains.commitments.model import Commitment, CommitmentClause, CommitmentParty
from hub.domains.commitments.policy import SIGNABLE
from hub.kernel.errors import Conflict
from hub.store.base import table
from hub.store.unit import Unit

_PARTIES, _CLAUSES = table(CommitmentParty), table(CommitmentClause)


class Signatures(NamedTuple):
    """How many required signatures are missing, and the latest day of those that are there."""

    missing: int
    last_on: date | None


async def locked(unit: Unit, key: UUID, *, path: tuple[str, ...] = ()) -> Commitment:
    """A commitment, locked against every other act on it; NotFound where there is none to see.

    Organizations may lock only what can be signed. Anything else they get unlocked: the act is refused anyway.
    """
    found = await unit.first(unit.own(Commitment, key).with_for_update(), Commitment)
    if found is not None:
        return found
    seen = await unit.see(Commitment, key, path=path)
    if seen.state in SIGNABLE:
        raise Conflict(path=path)  # it became so between the two statements
    return seen


async def signatures(unit: Unit, commitment: UUID) -> Signatures:
    """Counted past what the reader may see; see the migration."""
    counted = func.hub_signatures(commitment).table_valued(column("missing", Integer), column("last_on", Date))
    found = await unit.row(select(counted.c.missing, counted.c.last_on))
    assert found is not None  # noqa: S101  # an aggregate has always one row
    return Signatures(found["missing"], found["last_on"])


async def linked(unit: Unit, commitment: UUID) -> bool:
    """Whether anything that fulfils or proves it is linked to it; see the migration."""
    return bool(await unit.value(select(func.hub_links(commitment, null()))))


async def parties(unit: Unit, commitment: UUID) -> Sequence[CommitmentParty]:
    """The parties of a commitment in their order."""
    statement = unit.own(CommitmentParty).where(_PARTIES.c.commitment_id == commitment)
    return await unit.all(statement.order_by(_PARTIES.c.position, _PARTIES.c.id), CommitmentParty)


async def next_position(unit: Unit, commitment: UUID, model: type[CommitmentParty] | type[CommitmentClause]) -> int:
    """The number after the last party or clause. Ask with the commitment locked."""
    rows = table(model)
    statement: Select[tuple[int]] = select(func.coalesce(func.max(rows.c.position), 0) + 1).where(
        rows.c.tenant_id == unit.tenant.id, rows.c.commitment_id == commitment
    )
    return int(await unit.value(statement))
