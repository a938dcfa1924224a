"""Three kecamatan of two kabupaten with an agency each, served over HTTP, and the receivers of their webhooks."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg

from hub.entrypoints.web import Application, application
from hub.kernel.clock import system_clock
from hub.kernel.scope import Zone
from hub.tenants import administration as admin
from hub.tenants.model import TenantKind
from hub.tenants.permissions import Role
from hub.wiring import Hub
from tests.acting import Acting
from tests.client import Client, client_of
from tests.conftest import as_role, hub_over
from tests.integrations.webhooks.stage import Receiver
from tests.pages.visitor import STEP, Visitor, invited
from tests.world.build import Place, key_for, place

KABUPATEN = ("32.14", "32.13")
MARKS = {"32.14.11": "Xantara", "32.14.12": "Zulmora", "32.13.21": "Qirwana"}  # in what each kecamatan's rows say
LOSSES = 4  # dead webhooks of each kind in each kecamatan
WEBHOOK = "webhookEndpoint { id version }"


@dataclass
class Quarter:
    """A kecamatan of the town."""

    place: Place
    mark: str
    survey: str
    people: list[tuple[str, str, int]]  # sign-in name, secret, the step of the last code
    open: asyncio.Queue[str] = field(default_factory=asyncio.Queue)  # feedback that waits for an official

    @property
    def tenant(self) -> int:
        return self.place.tenant.id

    @property
    def code(self) -> str:
        return self.place.tenant.code


@dataclass
class Town:
    """What the crowd asks."""

    quarters: list[Quarter]
    agencies: dict[str, str]  # keys by kabupaten
    living: Receiver
    hanging: Receiver
    refusing: Receiver
    dead: list[tuple[Quarter, str]]  # webhooks nobody hears at
    owner_dsn: str

    async def switch(self, client: Client, *, dead: bool) -> None:
        """Have the dead webhooks called, or not."""
        step = "resumeWebhookEndpoint" if dead else "pauseWebhookEndpoint"
        for quarter, webhook in self.dead:
            acting = Acting(client, quarter.place, self.owner_dsn)
            version = await self.version(client, quarter, webhook)
            await acting.done(step, {"webhookEndpoint": webhook, "expectedVersion": version})

    async def version(self, client: Client, quarter: Quarter, webhook: str) -> int:
        """Of a webhook."""
        query = "query ($id: ID!) { webhookEndpoint(id: $id) { version } }"
        data = await client.data(query, {"id": webhook}, key=quarter.place.keys["CAMAT"])
        return int(data["webhookEndpoint"]["version"])


@asynccontextmanager
async def built(database: str, folder: Path, *, signing_in: int) -> AsyncIterator[Town]:
    """The town; its keys are in the folder. `signing_in` people of each kecamatan have an account."""
    owner_dsn = as_role(database, "hub_owner")
    async with AsyncExitStack() as stack:
        living, hanging, refusing = [
            await stack.enter_async_context(each) for each in (Receiver(), Receiver(delay=60), Receiver(status=500))
        ]
        town = Town([], {}, living, hanging, refusing, [], owner_dsn)
        async with hub_over(database, folder) as hub, client_of(hub) as client:
            await _settle(hub, client, town, signing_in)
        yield town


async def _settle(hub: Hub, client: Client, town: Town, signing_in: int) -> None:
    owner = await asyncpg.connect(town.owner_dsn)
    try:
        for code, mark in MARKS.items():
            made = await place(hub, owner, code, mark, (f"{code}.2001", f"{code}.2002"))
            acting = Acting(client, made, town.owner_dsn)
            await acting.done("draftAnnouncement", {"title": f"Pasar {mark}", "body": "Besok.", "audience": "PUBLIC"})
            survey = await _survey(acting)
            quarter = Quarter(made, mark, survey, [])
            town.quarters.append(quarter)
            await _webhooks(acting, town, quarter)
            app = application(hub)
            quarter.people = [await _joined(app, made, f"petugas.{number}") for number in range(signing_in)]
        for region in KABUPATEN:
            dinas = f"{region}/DINAS"
            tenant = await admin.add_tenant(owner, kind=TenantKind.AGENCY, code=dinas, name=dinas, zone=Zone.WIB)
            on = admin.On(region_code=region)
            town.agencies[region] = await key_for(owner, tenant, Role.AGENCY_ANALYST, on=on, kind=TenantKind.AGENCY)
    finally:
        await owner.close()


async def _survey(acting: Acting) -> str:
    today = system_clock().today(Zone.WITA)
    begins, ends = (today + timedelta(days=days) for days in (-1, 5))
    given = {"title": "Kepuasan", "service": "Loket", "fromOn": str(begins), "untilOn": str(ends)}
    made = await acting.done("openSurvey", given, "survey { id }")
    found: str = made["survey"]["id"]
    return found


async def _webhooks(acting: Acting, town: Town, quarter: Quarter) -> None:
    """One that is heard, and some that are not."""
    await acting.done("createWebhookEndpoint", {"url": town.living.url, "types": ["Feedback"]}, WEBHOOK)
    for number in range(2 * LOSSES):
        url = (town.hanging, town.refusing)[number % 2].url
        made = await acting.done("createWebhookEndpoint", {"url": url, "types": ["Feedback"]}, WEBHOOK)
        told = made["webhookEndpoint"]
        await acting.done("pauseWebhookEndpoint", {"webhookEndpoint": told["id"], "expectedVersion": told["version"]})
        town.dead.append((quarter, told["id"]))


async def _joined(app: Application, made: Place, name: str) -> tuple[str, str, int]:
    visitor = Visitor.of(app)
    await visitor.join(await invited(app, made, name))
    return name, visitor.secret, int(time.time()) // STEP - 1


def fresh() -> str:
    """A key for one intention."""
    return str(uuid4())


def complaint(mark: str, number: int) -> dict[str, Any]:
    """Feedback that bears its kecamatan's mark."""
    return {"kind": "COMPLAINT", "subject": f"{mark} {number}", "body": f"Jalan di {mark} putus diterjang banjir."}
