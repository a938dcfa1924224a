"""Acting in a kecamatan over HTTP: one mutation, its payload, and what it left behind."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import asyncpg

from hub.kernel import ids
from hub.tenants.administration import entered
from hub.wiring import Hub
from tests.client import Client
from tests.world.build import Place, place

REFUSAL = "userErrors { code path } replayed"
CIVIC = (
    "kecamatan",
    "kecamatan_profile",
    "service_hours",
    "data_use_agreement",
    "village",
    "sub_village",
    "village_official",
    "partner_organization",
    "commitment",
    "commitment_party",
    "commitment_clause",
    "commitment_evidence",
    "announcement",
    "announcement_edition",
    "announcement_relay",
    "survey",
    "survey_element",
    "survey_invitation",
    "survey_response",
    "tenant_day_off",
    "feedback",
    "feedback_raiser",
    "feedback_village",
    "feedback_disposition",
    "feedback_answer",
    "feedback_publication",
    "answer_template",
    "journal_entry",
)


@dataclass
class Acting:
    """A kecamatan of the test's own, and the means to act in it."""

    client: Client
    place: Place
    owner_dsn: str

    async def payload(
        self, name: str, given: dict[str, Any], shape: str = "", *, role: str = "CAMAT", key: str | None = None
    ) -> dict[str, Any]:
        """The payload of a mutation; an idempotency key is made where none is given."""
        of = PLAIN_STEPS.get(name) or name[0].upper() + name[1:] + "Input"
        query = f"mutation M($input: {of}!) {{ {name}(input: $input) {{ {REFUSAL} {shape} }} }}"
        sent = {"idempotencyKey": str(uuid4()), **given}
        data = await self.client.data(query, {"input": sent}, key=key or self.place.keys[role])
        found: dict[str, Any] = data[name]
        return found

    async def done(
        self, name: str, given: dict[str, Any], shape: str = "", *, role: str = "CAMAT", key: str | None = None
    ) -> dict[str, Any]:
        """The payload of a mutation that must succeed, without what says so."""
        found = await self.payload(name, given, shape, role=role, key=key)
        assert found.pop("userErrors") == [], found
        assert found.pop("replayed") is False
        return found

    async def refused(
        self, name: str, given: dict[str, Any], *, role: str = "CAMAT", key: str | None = None
    ) -> tuple[str, list[str]]:
        """Code and path of the one refusal; that nothing changed in the kecamatan is asserted."""
        before = await self.everything()
        found = await self.payload(name, given, role=role, key=key)
        assert await self.everything() == before
        assert len(found["userErrors"]) == 1, found
        return found["userErrors"][0]["code"], found["userErrors"][0]["path"]

    async def everything(self) -> dict[str, list[str]]:
        """Every civic row and journal entry of the kecamatan, as text."""
        return {name: [str(dict(row)) for row in await self.rows(name)] for name in CIVIC}

    async def rows(self, table: str, **where: Any) -> list[Any]:
        """Rows of a table as its owner sees them in this kecamatan, in order of their ids."""
        owner = await asyncpg.connect(self.owner_dsn)
        try:
            async with entered(owner, self.place.tenant.id):
                rows = await owner.fetch(f"select * from {table} order by id")  # the tests' own names
        finally:
            await owner.close()
        return [row for row in rows if all(row[name] == value for name, value in where.items())]

    async def told(self, object_id: str) -> list[str]:
        """The kinds of the journal's entries about an object, in order."""
        return [row["kind"] for row in await self.rows("journal_entry", object_id=key_of(object_id))]


_OF_COMMITMENTS = ("recordAgreement", "requestSignatures", "publishCommitment", "unpublishCommitment")
PLAIN_STEPS = {
    **dict.fromkeys(_OF_COMMITMENTS, "CommitmentStepInput"),
    **dict.fromkeys(("closeSurvey", "publishSurvey"), "SurveyStepInput"),
}


def key_of(global_id: str) -> UUID:
    """The row's key behind a global id."""
    found = ids.decode(global_id)
    assert found is not None
    assert isinstance(found.key, UUID)
    return found.key


async def acting_in(
    hub: Hub, client: Client, owner_dsn: str, code: str, name: str, villages: tuple[str, str]
) -> Acting:
    """A kecamatan with one of everything for a test module to write in."""
    owner = await asyncpg.connect(owner_dsn)
    try:
        return Acting(client, await place(hub, owner, code, name, villages), owner_dsn)
    finally:
        await owner.close()
