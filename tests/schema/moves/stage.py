"""Short ways to move people from Halong to Takisung, and to read both sides."""

from dataclasses import dataclass
from itertools import count
from typing import Any
from uuid import UUID

import asyncpg

from hub.kernel import ids
from tests.relay import Worker
from tests.schema.citizens.stage import Office

_numbers = count(1)
DAY = "2026-03-04"
DEPARTURE = """id version state departedOn answer destination toCode place
  allowedActions { action disabledReason }
  people(first: 9) { nodes { familyRelation citizen { id fullName baseStatus endedOn } } }"""
ARRIVAL = """id version state departedOn arrivedOn answer fromCode village { id } household { id }
  allowedActions { action disabledReason }
  people(first: 9) { nodes { id fullName birthDate familyRelation citizen { id fullName } } }"""


def a_nik() -> str:
    """A number that nobody has yet; of no other test's shape."""
    return f"631102440580{next(_numbers):04d}"


def key_of(global_id: str) -> UUID:
    """The row's key behind a global id."""
    found = ids.decode(global_id)
    assert found is not None
    assert isinstance(found.key, UUID)
    return found.key


@dataclass
class Moving:
    """Where from, where to, and who carries."""

    halong: Office
    takisung: Office
    worker: Worker
    dsn: str

    async def send(self, *people: Any, household: Any = None, **more: Any) -> Any:
        """The departure of these people, or of a household, to Takisung unless told otherwise."""
        given: dict[str, Any] = {
            "to": {"kind": "KECAMATAN", "kecamatan": self.takisung.tenant.code},
            "reason": "WORK",
            "departedOn": DAY,
            **more,
        }
        if household is not None:
            given["household"] = household["id"]
        else:
            given["people"] = [{"citizen": each["id"], "expectedVersion": each["version"]} for each in people]
        return await self.done(self.halong, "startMove", **given)

    async def done(self, office: Office, name: str, **given: Any) -> Any:
        """The departure or arrival of a mutation that must succeed."""
        answer = await self.answer(office, name, **given)
        assert answer["userErrors"] == [], answer
        return answer["move"]

    async def refused(self, office: Office, name: str, *, key: str | None = None, **given: Any) -> Any:
        """Code and path of the one refusal."""
        answer = await self.answer(office, name, key=key, **given)
        assert answer["move"] is None
        (error,) = answer["userErrors"]
        return error["code"], error["path"]

    async def answer(self, office: Office, name: str, *, key: str | None = None, **given: Any) -> Any:
        """The payload."""
        side, shape = ("arrival", ARRIVAL) if name in ("acceptMove", "rejectMove") else ("departure", DEPARTURE)
        kind = name[0].upper() + name[1:]
        query = (
            f"mutation ($input: {kind}Input!) {{ answer: {name}(input: $input) "
            f"{{ move: {side} {{ {shape} }} userErrors {{ code path }} }} }}"
        )
        return await office.do(query, key=key, **given)

    async def departure(self, move: Any) -> Any:
        """A departure as it is now."""
        query = f"query ($id: ID) {{ departure(id: $id) {{ {DEPARTURE} }} }}"
        return (await self.halong.ask(query, {"id": move["id"]}))["departure"]

    async def arrival(self, move: Any, *, key: str | None = None) -> Any:
        """The arrival of a departure as it is now."""
        query = f"query ($id: ID) {{ arrival(id: $id) {{ {ARRIVAL} }} }}"
        known = self.takisung.id("Arrival", key_of(move["id"]))
        return (await self.takisung.ask(query, {"id": known}, key=key))["arrival"]

    async def rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Rows past all walls."""
        admin = await asyncpg.connect(self.dsn)
        try:
            return [tuple(row) for row in await admin.fetch(statement, *values)]
        finally:
            await admin.close()

    async def living(self, name: str) -> list[int]:
        """The tenants in which somebody of this name lives."""
        found = await self.rows(
            "select tenant_id from citizen where full_name = $1 and ended_at is null order by tenant_id", name
        )
        return [row[0] for row in found]


def accepting(arrival: Any, **more: Any) -> dict[str, Any]:
    """The input that accepts an arrival as it was read."""
    return {"arrival": arrival["id"], "expectedVersion": arrival["version"], **more}


def departing(departure: Any, **more: Any) -> dict[str, Any]:
    """The same for what is done with a departure."""
    return {"departure": departure["id"], "expectedVersion": departure["version"], **more}


def actions(move: Any) -> dict[str, bool]:
    """Which steps are open."""
    return {each["action"]: each["disabledReason"] is None for each in move["allowedActions"]}
