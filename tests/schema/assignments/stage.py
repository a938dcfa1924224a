"""An agency of a district with an officer, what is handed to it, and the worker between."""

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
from tests.world.build import key_for

_numbers = count(1)
ASSIGNMENT = """id version kind state feedbackState planState homeCode homeName objectRef sentOn dueOn overdue subject
  body instruction sector severity place affectedServices affectedPopulation villageNames
  allowedActions { action disabledReason }
  acts(first: 20) { nodes { id kind state text public number refusal refusalSentence } }"""


@dataclass
class Agency:
    """An agency and the key of its officer."""

    client: Client
    tenant: TenantRef
    key: str
    worker: Worker

    async def assignments(self) -> list[Any]:
        """What lies with it, in the order of sending."""
        query = f"{{ agencyAssignments(first: 50, orderBy: SENT_ON) {{ nodes {{ {ASSIGNMENT} }} }} }}"
        nodes: list[Any] = (await self.client.data(query, key=self.key))["agencyAssignments"]["nodes"]
        return nodes

    async def about(self, ref: str) -> Any:
        """The assignment about a feedback or plan; None where there is none."""
        found = [each for each in await self.assignments() if each["objectRef"] == ref]
        assert len(found) <= 1
        return found[0] if found else None

    async def does(self, name: str, assignment: Any, *, key: str | None = None, **more: Any) -> Any:
        """The payload of an act."""
        of = f"{name[0].upper()}{name[1:]}Input"
        query = f"""mutation ($input: {of}!) {{ answer: {name}(input: $input)
          {{ agencyAct {{ id kind state }} userErrors {{ code path }} replayed }} }}"""
        given = {"idempotencyKey": f"act-{next(_numbers)}", "assignment": assignment["id"], **more}
        return (await self.client.data(query, {"input": given}, key=key or self.key))["answer"]

    async def done(self, name: str, assignment: Any, **more: Any) -> Any:
        """The assignment after an act that was taken and carried."""
        found = await self.does(name, assignment, **more)
        assert found["userErrors"] == [], found
        await self.worker.catch_up()
        return await self.about(assignment["objectRef"])

    async def refused(self, name: str, assignment: Any, **more: Any) -> Any:
        """The code of a refusal at once."""
        (error,) = (await self.does(name, assignment, **more))["userErrors"]
        return error["code"]


async def open_agency(client: Client, owner: asyncpg.Connection, code: str, worker: Worker) -> Agency:
    """An agency's tenant; the worker looks after it too."""
    tenant = await admin.add_tenant(owner, kind=TenantKind.AGENCY, code=code, name=code, zone=Zone.WITA)
    worker.tenants.append(tenant.id)
    key = await key_for(owner, tenant, Role.AGENCY_OFFICER, kind=TenantKind.AGENCY)
    return Agency(client, tenant, key, worker)
