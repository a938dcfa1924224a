"""A kecamatan whose first village goes to another, and short ways to look at both."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import Any

import asyncpg

from hub.domains.splits import carrying
from hub.domains.splits.going import Going, Pair
from hub.entrypoints import new_regions
from hub.kernel.clock import system_clock
from hub.tenants.permissions import Role
from hub.wiring import Hub
from tests.client import Client
from tests.conftest import as_role
from tests.schema.citizens.stage import Office, open_office
from tests.world.build import key_for

DAY = date(2026, 6, 1)
DECREE = "Perda 9/2026"
_numbers = count(1)


def a_nik() -> str:
    return f"630102440580{next(_numbers):04d}"


@dataclass
class Splitting:
    """A kecamatan whose first village goes, and the one it goes to."""

    hub: Hub
    client: Client
    dsn: str
    office: Office
    into: str
    name: str | None = "Takisung Utara"

    @property
    def old(self) -> str:
        return f"{self.office.tenant.code}.2001"

    @property
    def new(self) -> str:
        return f"{self.into}.2001"

    def wish(self, **other: Any) -> new_regions.Wish:
        villages = f"{self.old}={self.new}"
        given = {"there": self.into, "name": self.name, "day": DAY, "decree": DECREE, "villages": villages}
        return new_regions.wish_of(self.office.tenant.code, **{**given, **other})

    async def prepared(self) -> tuple[Going, list[Pair]]:
        """The split as `hub tenant split` begins it or finds it."""
        owner = await asyncpg.connect(as_role(self.dsn, "hub_owner"))
        try:
            known = await new_regions.begun(owner, self.wish())
            checked = await new_regions.check(owner, self.wish())
            return known or await new_regions.prepare(owner, checked, system_clock())
        finally:
            await owner.close()

    async def carried(self, connection: Any = None, *, batch: int = 100) -> Sequence[Any]:
        """Carry everybody; the moves that clash."""
        going, pairs = await self.prepared()
        if connection is not None:
            keys = self.hub.services.keys
            return await carrying.carry(connection, going, pairs, keys, clock=system_clock, batch=batch)
        opened = await asyncpg.connect(as_role(self.dsn, "hub_worker"))
        try:
            return await self.carried(opened, batch=batch)
        finally:
            await opened.close()

    async def there(self) -> Office:
        """The other kecamatan, for asking."""
        going, pairs = await self.prepared()
        owner = await asyncpg.connect(as_role(self.dsn, "hub_owner"))
        try:
            key = await key_for(owner, going.there, Role.CAMAT)
        finally:
            await owner.close()
        made = self.office.villages[0].model_copy(update={"tenant_id": going.there.id, "id": pairs[0].to_village})
        return Office(self.client, going.there, (made, made), key, key, key)

    async def rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Rows past all walls."""
        admin = await asyncpg.connect(self.dsn)
        try:
            return [tuple(row) for row in await admin.fetch(statement, *values)]
        finally:
            await admin.close()

    async def family(self, *names: str, **more: Any) -> Any:
        """A household of the village with a head, a wife, children."""
        home = await self.office.household(address="Jalan Pantai 1", rt="02", rw="01", **more)
        for name, relation in zip(names, ("HEAD", "WIFE", "CHILD", "CHILD"), strict=False):
            await self.office.citizen(home, relation, name, nik=a_nik(), phone="081234567890")
        return await self.office.read_household(home)

    async def population(self, office: Office, on: str) -> dict[str, int]:
        """How many people live in each village."""
        query = "query ($on: Date!) { populationAt(on: $on) { village { code } total } }"
        found = (await office.ask(query, {"on": on}))["populationAt"]
        return {each["village"]["code"]: each["total"] for each in found}


async def splitting(
    hub: Hub, client: Client, database: str, owner: asyncpg.Connection, code: str, into: str
) -> Splitting:
    """A kecamatan with two villages of which the first will go."""
    return Splitting(hub, client, database, await open_office(hub, client, owner, code), into)


def a_phrase(name: str, given: str, answer: str) -> str:
    """A mutation's text."""
    return f"mutation ($input: {given}!) {{ answer: {name}(input: $input) {{ {answer} userErrors {{ code path }} }} }}"


HOUSE = a_phrase("registerHouse", "RegisterHouseInput", "house { id version }")
END_HOUSE = a_phrase("endHouse", "EndHouseInput", "house { id }")
PERMIT = a_phrase("recordBuildingPermit", "RecordBuildingPermitInput", "permit { id }")
PROPOSE = a_phrase("proposeVulnerability", "ProposeVulnerabilityInput", "vulnerability { id version }")
VERIFY = a_phrase("verifyVulnerability", "VerifyVulnerabilityInput", "vulnerability { id }")
DOCUMENT = a_phrase("recordPopulationDocument", "RecordPopulationDocumentInput", "document { id }")
MOVE = a_phrase("startMove", "StartMoveInput", "departure { id }")
REOPEN = a_phrase("reopenMove", "ReopenMoveInput", "departure { id }")
