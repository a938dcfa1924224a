"""A kecamatan of these tests' own, and short ways to ask in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any
from uuid import UUID

import asyncpg

from hub.domains.villages.model import Village
from hub.kernel.ids import GlobalId
from hub.kernel.scope import TenantRef, Zone
from hub.tenants import administration as admin
from hub.tenants.model import TenantKind
from hub.tenants.permissions import Role
from hub.wiring import Hub
from tests.client import Client
from tests.world import make
from tests.world.build import key_for

_numbers = count(1)

CITIZEN = "id version fullName sex birthDate nik nikStatus familyRelation baseStatus endReason endedOn household { id }"
HOUSEHOLD = "id version kkNumber address hamlet rw rt endReason head { fullName } members(first: 9) { totalCount }"
REGISTER_HOUSEHOLD = (
    "mutation ($input: RegisterHouseholdInput!) { answer: registerHousehold(input: $input) "
    f"{{ household {{ {HOUSEHOLD} }} userErrors {{ code path }} replayed }} }}"
)
UPDATE_HOUSEHOLD = (
    "mutation ($input: UpdateHouseholdInput!) { answer: updateHousehold(input: $input) "
    f"{{ household {{ {HOUSEHOLD} }} userErrors {{ code path }} }} }}"
)
SET_HEAD = (
    "mutation ($input: SetHouseholdHeadInput!) { answer: setHouseholdHead(input: $input) "
    f"{{ household {{ {HOUSEHOLD} }} userErrors {{ code path }} }} }}"
)
REGISTER = (
    "mutation ($input: RegisterCitizenInput!) { answer: registerCitizen(input: $input) "
    f"{{ citizen {{ {CITIZEN} }} userErrors {{ code path }} replayed }} }}"
)
UPDATE = (
    "mutation ($input: UpdateCitizenInput!) { answer: updateCitizen(input: $input) "
    f"{{ citizen {{ {CITIZEN} }} userErrors {{ code path }} }} }}"
)
ASSIGN_NIK = (
    "mutation ($input: AssignNikInput!) { answer: assignNik(input: $input) "
    f"{{ citizen {{ {CITIZEN} }} userErrors {{ code path }} }} }}"
)
CORRECT_NIK = (
    "mutation ($input: CorrectNikInput!) { answer: correctNik(input: $input) "
    f"{{ citizen {{ {CITIZEN} }} userErrors {{ code path }} }} }}"
)
CHANGE_HOUSEHOLD = (
    "mutation ($input: ChangeHouseholdInput!) { answer: changeHousehold(input: $input) "
    f"{{ citizen {{ {CITIZEN} }} household {{ {HOUSEHOLD} }} userErrors {{ code path }} }} }}"
)
END = (
    "mutation ($input: EndCitizenInput!) { answer: endCitizen(input: $input) "
    f"{{ citizen {{ {CITIZEN} }} household {{ {HOUSEHOLD} }} userErrors {{ code path }} }} }}"
)


@dataclass
class Office:
    """A kecamatan with two villages and keys of those who write, and one who only reads."""

    client: Client
    tenant: TenantRef
    villages: tuple[Village, Village]
    camat: str
    officer: str  # of the first village; may not see specific data
    counter: str

    async def do(self, operation: str, *, key: str | None = None, **given: Any) -> Any:
        """Perform a mutation under a fresh idempotency key; the camat unless another key is given."""
        sent = {"idempotencyKey": f"key-{next(_numbers)}", **given}
        return (await self.client.data(operation, {"input": sent}, key=key or self.camat))["answer"]

    async def ask(self, query: str, variables: Mapping[str, Any] | None = None, *, key: str | None = None) -> Any:
        """The data of a query."""
        return await self.client.data(query, variables, key=key or self.camat)

    def village(self, index: int = 0) -> str:
        """The global id of a village."""
        return self.id("Village", self.villages[index].id)

    def id(self, type_name: str, key: UUID) -> str:
        """A global id in this kecamatan."""
        return GlobalId(type_name, self.tenant.id, key).encode()

    async def household(self, *, village: int = 0, **more: Any) -> Any:
        """A new household."""
        kk = f"6399010101{next(_numbers):06d}"
        answer = await self.do(REGISTER_HOUSEHOLD, village=self.village(village), kkNumber=kk, **more)
        assert answer["userErrors"] == []
        return answer["household"]

    async def citizen(self, home: Any, relation: str = "HEAD", name: str = "Aminah", **more: Any) -> Any:
        """A new person in a household."""
        given = {"household": home["id"], "fullName": name, "sex": "FEMALE", "familyRelation": relation, **more}
        answer = await self.do(REGISTER, **given)
        assert answer["userErrors"] == []
        return answer["citizen"]

    async def family(self, *relations: str, village: int = 0) -> tuple[Any, list[Any]]:
        """A household with a member for each relation, named after it."""
        home = await self.household(village=village)
        members = [await self.citizen(home, each, each.replace("_", " ").title()) for each in relations]
        return await self.read_household(home), members

    async def read(self, citizen: Any) -> Any:
        """A person as they are now."""
        query = f"query ($id: ID) {{ citizen(id: $id) {{ {CITIZEN} }} }}"
        return (await self.ask(query, {"id": citizen["id"]}))["citizen"]

    async def read_household(self, home: Any) -> Any:
        """A household as it is now."""
        query = f"query ($id: ID) {{ household(id: $id) {{ {HOUSEHOLD} }} }}"
        return (await self.ask(query, {"id": home["id"]}))["household"]


async def open_office(hub: Hub, client: Client, owner: asyncpg.Connection, code: str) -> Office:
    """An empty register in a kecamatan of its own."""
    tenant = await admin.add_tenant(owner, kind=TenantKind.KECAMATAN, code=code, name=code, zone=Zone.WITA)
    villages = (make.village(tenant, f"{code}.2001", "Satu"), make.village(tenant, f"{code}.2002", "Dua"))
    async with make.unit(hub, tenant) as unit:
        await unit.add_all(villages)
    return Office(
        client,
        tenant,
        villages,
        camat=await key_for(owner, tenant, Role.CAMAT),
        officer=await key_for(owner, tenant, Role.VILLAGE_OFFICER, on=admin.On(village_id=villages[0].id)),
        counter=await key_for(owner, tenant, Role.KEC_COUNTER),
    )
