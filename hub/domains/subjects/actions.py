"""Telling a person everything that is held about them: UU 27/2022, articles 7 and 32.

Journaled first, in a transaction of its own and with the purpose: what was told without an entry cannot exist. Then
one snapshot is read through every table that the manifest says holds rows about persons.
"""

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from hub.domains.subjects import events, finding, policy, telling
from hub.domains.subjects.finding import Subject
from hub.journal.record import record
from hub.kernel.clock import Clock
from hub.kernel.errors import Forbidden
from hub.kernel.keyring import KeyRing
from hub.kernel.nik import Nik
from hub.kernel.scope import Scope
from hub.kernel.written import line
from hub.store.pools import Pool
from hub.store.unit import Session, reading, writing

FORMAT: Final = "hub-subject-1"
Rows = list[dict[str, Any]]
Waiting = Callable[[Session, Nik], Awaitable[Rows]]  # what files that villages have sent and that wait say of a NIK


@dataclass(slots=True)
class Dossier:
    """Everything held about one person, as plain JSON values. `searched`: every table that was looked into.

    `withheld`: how often something of other people was left out, by column. `waiting`: rows of files that villages have
    sent and that wait for a word.
    """

    subject: Subject
    purpose: str
    made_at: datetime
    tables: dict[str, Rows]
    waiting: Rows
    withheld: dict[str, int]
    searched: list[str] = field(default_factory=finding.tables)

    @property
    def rows(self) -> int:
        """How many rows are told."""
        return sum(map(len, self.tables.values())) + len(self.waiting)


async def export(
    pool: Pool,
    scope: Scope,
    keys: KeyRing,
    clock: Clock,
    *,
    whom: UUID | Nik,
    purpose: str,
    waiting: Waiting | None = None,
) -> Dossier:
    """Everything the tenant holds about a person, by an id or by their NIK. Raises Forbidden or NobodyHere.

    `waiting` looks into the files of villages that wait for a word; without it they are not looked into.
    """
    now, reason = clock(), line(purpose, "purpose")
    if not policy.may_tell(scope):
        raise Forbidden
    async with writing(pool, scope, now) as unit:
        subject = await _found(unit, keys, whom)
        for key in subject.ids:
            await record(unit, _said(subject, key, reason))
    async with reading(pool, scope, now) as session:
        found = await finding.rows(session, subject)
        told = {name: await telling.tell(session, keys, name, rows, subject) for name, rows in found.items()}
        kept = await _waiting(session, waiting, told, whom) if waiting else []
        people = await finding.others(
            session, telling.mentioned([[each.rows for each in told.values()], kept]), subject
        )
    withheld = sum((each.withheld for each in told.values()), Counter[str]())
    tables = {name: telling.masked(each.rows, people, withheld) for name, each in told.items()}
    return Dossier(
        subject, reason, now.instant, tables, telling.masked(kept, people, withheld), dict(sorted(withheld.items()))
    )


async def _found(session: Session, keys: KeyRing, whom: UUID | Nik) -> Subject:
    if isinstance(whom, Nik):
        return await finding.by_nik(session, keys, whom)
    return await finding.by_id(session, keys, whom)


def _said(subject: Subject, key: UUID, purpose: str) -> events.SubjectExported:
    return events.SubjectExported(
        type_name="".join(word.capitalize() for word in subject.table.split("_")),
        object_id=key,
        version=subject.version,
        village_id=subject.village,
        subject_id=key,
        changes={"records": (None, len(subject.ids))},
        purpose=purpose,
    )


async def _waiting(session: Session, look: Waiting, told: dict[str, telling.Told], whom: UUID | Nik) -> Rows:
    numbers = {each["nik"] for each in told["citizen"].rows if each["nik"]}
    if isinstance(whom, Nik):
        numbers.add(whom.digits)
    return [row for digits in sorted(numbers) for row in await look(session, Nik(digits))]
