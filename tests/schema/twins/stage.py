"""Two kecamatan in which one NIK lives, their camats, a Disdukcapil over both, and the worker."""

from dataclasses import dataclass
from itertools import count
from typing import Any

import asyncpg

from hub.kernel.scope import TenantRef, Zone
from hub.tenants import administration as admin
from hub.tenants.model import TenantKind
from hub.tenants.permissions import Role
from tests.client import Client
from tests.relay import Worker
from tests.schema.citizens.stage import Office
from tests.world.build import key_for

_numbers = count(1)
CASE = """id version state otherCode proposal proposalSide decision decisionSide task referredCode rulingReason
  allowedActions { action disabledReason } citizen { id fullName }"""
REFERRAL = """id version state decision decisionCode reason decidedOn allowedActions { action disabledReason }
  sides(first: 3) { nodes { code villageName fullName sex birthPlace birthDate nik } }"""


class Pair:
    """Two kecamatan, a worker, and short ways to ask both."""

    def __init__(self, one: Office, two: Office, worker: Worker) -> None:
        self.offices, self.worker = (one, two), worker

    async def twins(self, *, members: bool = False, dying: int = 0) -> tuple[list[Any], list[Any]]:
        """Two records with one NIK, and their cases; noticed by a worker that dies so many times at least."""
        nik = f"631102530770{next(_numbers):04d}"
        homes = [await each.household() for each in self.offices]
        people = [
            await each.citizen(home, "HEAD", f"Kembar {'AB'[number]}", nik=nik, birthDate="1977-07-13")
            for number, (each, home) in enumerate(zip(self.offices, homes, strict=True))
        ]
        if members:
            await self.offices[1].citizen(homes[1], "CHILD", "Anak")
        if dying:
            await self.worker.look()
            assert await self.worker.die_everywhere(self.worker.run_errands, anew=True) > dying
        await self.worker.catch_up()
        return people, await self.cases(people)

    async def cases(self, people: list[Any]) -> list[Any]:
        """The case of each record; None where there is none."""
        found = []
        for office, person in zip(self.offices, people, strict=True):
            chosen = "first: 9, filter: { citizen: { eq: $of } }"
            query = f"query ($of: ID!) {{ twinCases({chosen}) {{ nodes {{ {CASE} }} }} }}"
            nodes = (await office.ask(query, {"of": person["id"]}))["twinCases"]["nodes"]
            assert len(nodes) <= 1
            found.append(nodes[0] if nodes else None)
        return found

    async def say(self, side: int, case: Any, decision: str, which: str | None, *, key: str | None = None) -> Any:
        """A camat's word."""
        query = f"""mutation ($input: DecideTwinCaseInput!) {{ answer: decideTwinCase(input: $input)
          {{ twinCase {{ {CASE} }} userErrors {{ code path }} }} }}"""
        given = {"twinCase": case["id"], "expectedVersion": case["version"], "decision": decision, "side": which}
        return await self.offices[side].do(query, key=key, **given)

    async def agree(self, cases: list[Any], decision: str, *sides: str | None) -> None:
        """Both camats, and the worker."""
        for number, (case, which) in enumerate(zip(cases, sides, strict=True)):
            assert (await self.say(number, case, decision, which))["userErrors"] == []
        await self.worker.catch_up()


@dataclass
class Desk:
    """A Disdukcapil and the key of its operator."""

    client: Client
    tenant: TenantRef
    key: str

    async def referrals(self, state: str = "OPEN", *, key: str | None = None) -> list[Any]:
        """What lies before it in a state."""
        query = f"""query ($s: TwinReferralState!) {{ twinReferrals(first: 50, filter: {{ state: {{ eq: $s }} }})
          {{ nodes {{ {REFERRAL} }} }} }}"""
        nodes: list[Any] = (await self.client.data(query, {"s": state}, key=key or self.key))["twinReferrals"]["nodes"]
        return nodes

    async def newest(self) -> Any:
        """What came last; ids say nothing of it."""
        query = f"{{ twinReferrals(first: 50) {{ nodes {{ openedAt {REFERRAL} }} }} }}"
        nodes = (await self.client.data(query, key=self.key))["twinReferrals"]["nodes"]
        return max(nodes, key=lambda each: str(each["openedAt"]))

    async def read(self, referral: Any) -> Any:
        """One as it is now."""
        query = f"query ($id: ID) {{ twinReferral(id: $id) {{ {REFERRAL} }} }}"
        return (await self.client.data(query, {"id": referral["id"]}, key=self.key))["twinReferral"]

    async def rule(
        self, referral: Any, decision: str, kecamatan: str | None, *, key: str | None = None, **more: Any
    ) -> Any:
        """The operator's word."""
        query = f"""mutation ($input: DecideTwinReferralInput!) {{ answer: decideTwinReferral(input: $input)
          {{ twinReferral {{ {REFERRAL} }} userErrors {{ code path }} replayed }} }}"""
        given = {
            "idempotencyKey": f"rule-{next(_numbers)}",
            "twinReferral": referral["id"],
            "expectedVersion": referral["version"],
            "decision": decision,
            "kecamatan": kecamatan,
            "reason": "Diperiksa di SIAK",
            **more,
        }
        return (await self.client.data(query, {"input": given}, key=key or self.key))["answer"]


async def open_desk(client: Client, owner: asyncpg.Connection, code: str, *, region: str | None = None) -> Desk:
    """An agency with an operator, over its own region unless another is told."""
    agency = await admin.add_tenant(owner, kind=TenantKind.AGENCY, code=code, name="Disdukcapil", zone=Zone.WITA)
    return Desk(client, agency, await seat(owner, agency, region))


async def seat(owner: asyncpg.Connection, agency: TenantRef, region: str | None = None) -> str:
    """The key of one more operator."""
    on = admin.On(region_code=region) if region else admin.On()
    return await key_for(owner, agency, Role.DUKCAPIL_OPERATOR, on=on, kind=TenantKind.AGENCY)
