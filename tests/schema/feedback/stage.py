"""A kecamatan that is complained to, the agencies over it, and hubs on later days."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import asyncpg

from hub.domains.agencies import directory
from hub.domains.agencies.model import Affair, Agency, AgencyKind
from hub.kernel.clock import Now
from hub.wiring import Hub
from tests.acting import Acting, acting_in
from tests.client import Client, client_of
from tests.noon import noon

STANDS = "feedback { id version state subject }"
WHOLE = """feedback { id version kind submitterKind state subject body sector severity confidential overdue ageDays
  receivedOn forwardDueOn forwardedOn answerDueOn closesOn reopened raiser { organization { name } village { name }
  hasContact } villages(first: 9) { nodes { name } } answers(first: 9) { nodes { number text public } }
  dispositions(first: 9) { nodes { id state section agency { code } } } }"""


@dataclass
class Desk:
    """Short ways to say something to a kecamatan and to handle it there."""

    acting: Acting
    hub: Hub

    def village(self, index: int = 0) -> str:
        """A village's id."""
        return self.acting.place.id("Village", index)

    async def submit(self, *, role: str = "PARTNER_ORG", **more: Any) -> Any:
        """Feedback that is taken in: with its code."""
        return await self.acting.done("submitFeedback", {"item": complaint(**more)}, f"trackingCode {WHOLE}", role=role)

    async def new(self, **more: Any) -> str:
        """The id of new feedback from the partner."""
        found: str = (await self.submit(**more))["feedback"]["id"]
        return found

    async def step(self, name: str, of: str, *, role: str = "KEC_COUNTER", **more: Any) -> Any:
        """A step that is taken; the feedback after it."""
        done = await self.acting.done(name, {"feedback": of, **more}, WHOLE, role=role)
        return done["feedback"]

    async def answered(self, **more: Any) -> str:
        """Feedback that was answered."""
        found = await self.new(**more)
        await self.step("triageFeedback", found)
        await self.step("answerFeedback", found, text="Sudah diperbaiki.", public=True)
        return found

    async def read(self, of: str, *, role: str = "CAMAT", key: str | None = None) -> Any:
        """Feedback as somebody sees it; None where they do not."""
        query = f"query ($id: ID) {{ {WHOLE.replace('feedback {', 'feedback(id: $id) {', 1)} }}"
        return (await self.acting.client.data(query, {"id": of}, key=key or self.acting.place.keys[role]))["feedback"]

    async def track(self, code: str, *, key: str | None = None) -> Any:
        """What a code tells, to nobody in particular."""
        query = """query ($code: String!) { feedbackByTrackingCode(code: $code) { kind state stateReason subject
          receivedOn forwardDueOn closesOn reopened agencies answers { number text } } }"""
        return (await self.acting.client.data(query, {"code": code}, key=key))["feedbackByTrackingCode"]

    @asynccontextmanager
    async def days_later(self, days: int) -> AsyncIterator["Desk"]:
        """The same on a later day."""
        later = replace(self.hub, engine=replace(self.hub.engine, clock=in_days(days)))
        async with client_of(later) as client:
            yield Desk(replace(self.acting, client=client), later)


def in_days(days: int) -> Any:
    """A clock that is so many days ahead of the tests' own."""
    return lambda: Now(noon().instant + timedelta(days=days))


def complaint(**more: Any) -> dict[str, Any]:
    """An item."""
    return {"kind": "COMPLAINT", "subject": "Jalan putus", "body": "Jalan antardesa putus diterjang banjir.", **more}


def fresh() -> str:
    """A client's own id."""
    return str(uuid4())


async def open_desk(hub: Hub, client: Client, owner_dsn: str, code: str) -> Desk:
    """A kecamatan with one of everything, and three agencies over it."""
    region = code[:5]
    owner = await asyncpg.connect(owner_dsn)
    try:
        for short, kind, affair in (
            ("PUPR", AgencyKind.DINAS, Affair.PUBLIC_WORKS_SPATIAL),
            ("INSPEKTORAT", AgencyKind.INSPECTORATE, Affair.SUPERVISION),
        ):
            made = Agency(
                code=f"{region}/{short}", name=short, kind=kind.value, region_code=region, affairs=[affair.value]
            )
            await directory.enter(owner, made)
    finally:
        await owner.close()
    acting = await acting_in(hub, client, owner_dsn, code, code, (f"{code}.2001", f"{code}.2002"))
    return Desk(acting, hub)
