"""Officers at their counters: a stream of mutations, every one repeated under its own key until it is answered."""

import asyncio
import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

import httpx

from hub.kernel.ids import decode

SIGNATORIES = 3
AT_ONCE = 3  # items of a batch of feedback
IMPATIENT = 0.1  # share of first attempts whose answer is not waited for
INPUT = {"recordAgreement": "CommitmentStepInput", "requestSignatures": "CommitmentStepInput"}
ANSWER = {
    "registerPartnerOrganization": "partnerOrganization { id }",
    "createCommitment": "commitment { id parties(first: 3) { nodes { id } } }",
    "recordAgreement": "commitment { id }",
    "requestSignatures": "commitment { id }",
    "signCommitment": "party { id }",
    "registerHousehold": "household { id }",
    "registerCitizen": "citizen { id }",
    "recordBirth": "event { id } citizen { id }",
    "startMove": "departure { id }",
    "submitFeedback": "feedback { id }",
    "submitFeedbackBatch": "results { feedback { id } }",
    "triageFeedback": "feedback { id }",
    "answerFeedback": "feedback { id }",
    "createWebhookEndpoint": "webhookEndpoint { id }",
}


@dataclass(frozen=True, slots=True)
class Request:
    """One intention, however often it is sent."""

    field: str
    given: Mapping[str, Any]

    @property
    def key(self) -> str:
        return str(self.given["idempotencyKey"])

    def body(self) -> dict[str, Any]:
        """As it goes over the wire."""
        kind = INPUT.get(self.field) or f"{self.field[0].upper()}{self.field[1:]}Input"
        asked = f"{ANSWER[self.field]} userErrors {{ code path }} replayed"
        query = f"mutation($input: {kind}!) {{ {self.field}(input: $input) {{ {asked} }} }}"
        return {"query": query, "variables": {"input": self.given}}


@dataclass(frozen=True, slots=True)
class Done:
    """An acknowledged request."""

    request: Request
    payload: Mapping[str, Any]

    @property
    def node(self) -> Any:
        """What it answered with: an object, of a batch a list."""
        return self.payload[ANSWER[self.request.field].split()[0]]

    @property
    def row(self) -> UUID:
        return row_of(self.node["id"])


@dataclass
class Stream:
    """The client's side of everything: what was acknowledged, and how many attempts it took."""

    http: httpx.AsyncClient
    chance: random.Random
    done: list[Done] = field(default_factory=list)
    retried: int = 0  # requests that were sent more than once
    replayed: int = 0  # of those, how many had been done the first time
    failures: Counter[str] = field(default_factory=Counter)
    open: asyncio.Event = field(default_factory=asyncio.Event)  # new intentions may begin
    up: asyncio.Event = field(default_factory=asyncio.Event)  # it makes sense to try
    flying: int = 0
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    async def ask(self, field: str, /, **given: Any) -> Any:
        """Have one change made, whatever happens to the hub meanwhile; the object it answered with."""
        await self.open.wait()
        request = Request(field, {**given, "idempotencyKey": f"{field}-{next(self._numbers)}"})
        self.flying += 1
        impatient = self.chance.random() < IMPATIENT
        payload = await self.attempt(request, seconds=0.005 if impatient else 60)
        if payload is None:
            self.retried += 1
            while payload is None:
                await self.up.wait()
                await asyncio.sleep(0.02)
                payload = await self.attempt(request)
            self.replayed += bool(payload["replayed"])
        assert not payload["userErrors"], (request, payload)
        self.done.append(Done(request, payload))
        self.flying -= 1
        return self.done[-1].node

    async def attempt(self, request: Request, *, seconds: float = 60) -> Mapping[str, Any] | None:
        """The payload; None where there was no answer, or only that the hub is not available."""
        try:
            response = await self.http.post("/graphql", json=request.body(), timeout=seconds)
        except httpx.TransportError as error:
            self.failures[type(error).__name__] += 1
            return None
        answer = response.json()
        if "errors" in answer:
            codes = [each["extensions"]["code"] for each in answer["errors"]]
            self.failures.update(codes)
            assert codes == ["UNAVAILABLE"], (request, answer)
            return None
        found: Mapping[str, Any] = answer["data"][request.field]
        return found

    async def served(self, number: int) -> None:
        """Wait for so many more acknowledgements."""
        enough = len(self.done) + number
        async with asyncio.timeout(120):
            while len(self.done) < enough:  # noqa: ASYNC110  # a kill need not be punctual
                await asyncio.sleep(0.005)

    async def settle(self) -> None:
        """Wait until every request that was begun is answered, and begin no more."""
        self.open.clear()
        async with asyncio.timeout(120):
            while self.flying:  # noqa: ASYNC110  # eight lines of events would say no more
                await asyncio.sleep(0.01)


async def officer(stream: Stream, desk: int, *, office: str, village: str) -> None:
    """The same chain of acts for ever: partner, signed commitment, feedback, family, a birth in it, one who leaves."""
    for turn in count(1):
        partner = await stream.ask(
            "registerPartnerOrganization",
            name=f"Mitra {desk}-{turn}",
            kind="KNPI",
            level="KECAMATAN",
            contactName="Narahubung Contoh",
        )
        made = await stream.ask(
            "createCommitment",
            type="CHARTER",
            title=f"Maklumat {desk}-{turn}",
            object="Pelayanan",
            plannedOn="2026-11-30",
            parties=[{"kecamatan": office}, {"village": village}, {"organization": partner["id"]}],
            clauses=[{"text": f"Butir {number}", "penaltyAmount": "5000"} for number in (1, 2, 3)],
            evidence=[{"kind": "MINUTES", "description": "Notulen"}],
        )
        await stream.ask("recordAgreement", id=made["id"])
        await stream.ask("requestSignatures", id=made["id"])
        for party in made["parties"]["nodes"]:
            await stream.ask(
                "signCommitment", party=party["id"], signatoryName="Pejabat Contoh", signatoryPosition="Ketua"
            )
        await said(stream, desk, turn, raiser={"organization": partner["id"]})
        serial = f"{desk:02d}{turn:04d}"
        home = await stream.ask("registerHousehold", village=village, kkNumber=f"6301010101{serial}", hamlet="SATU")
        people = [
            await stream.ask(
                "registerCitizen",
                household=home["id"],
                nik=f"630101{day}0190{desk}{turn:03d}",
                fullName="Contoh Warga",
                sex="MALE",
                familyRelation=relation,
                birthDate=f"1990-01-{day}",
            )
            for relation, day in (("HEAD", "01"), ("CHILD", "02"))
        ]
        await stream.ask(
            "recordBirth", household=home["id"], fullName="Contoh Bayi", sex="FEMALE", occurredOn="2026-11-01"
        )
        await stream.ask(
            "startMove",
            people=[{"citizen": people[1]["id"], "expectedVersion": 1}],
            to={"kind": "ABROAD", "place": "Malaysia"},
            reason="WORK",
            departedOn="2026-11-02",
        )


async def said(stream: Stream, desk: int, turn: int, *, raiser: Mapping[str, str]) -> None:
    """A visit at the counter that is answered, and what was collected on the way, taken in at once."""
    item = {"kind": "COMPLAINT", "subject": "Jalan putus", "body": "Putus.", "channel": "COUNTER", "raiser": raiser}
    made = await stream.ask("submitFeedback", item=item)
    await stream.ask("triageFeedback", feedback=made["id"], severity=2)
    await stream.ask("answerFeedback", feedback=made["id"], text="Sudah diperbaiki.", public=True)
    collected = [
        {**item, "clientId": str(uuid5(NAMESPACE_OID, f"{desk}-{turn}-{number}"))} for number in range(AT_ONCE)
    ]
    await stream.ask("submitFeedbackBatch", items=collected)


def row_of(text: str) -> UUID:
    """The row behind a global id."""
    found = decode(text)
    assert found is not None
    assert isinstance(found.key, UUID)
    return found.key
