"""What must hold in the database, asked as the superuser, past row security."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg

from hub.journal.verify import verify
from tests.integrations.webhooks.stage import Receiver
from tests.kill.machine import PATIENCE, TICK
from tests.kill.stream import AT_ONCE, SIGNATORIES, Done, row_of

PARTS = (SIGNATORIES, 3, 1)  # parties, clauses, evidence of every commitment in the stream
TABLES = {
    "registerPartnerOrganization": "partner_organization",
    "createCommitment": "commitment",
    "registerHousehold": "household",
    "registerCitizen": "citizen",
    "recordBirth": "vital_event",
    "startMove": "departure",
    "submitFeedback": "feedback",
}
ENTRIES: dict[str, dict[str, int]] = {
    "registerPartnerOrganization": {"PARTNER_REGISTERED": 1},
    "createCommitment": {"COMMITMENT_CREATED": 1, "PARTY_ADDED": 3, "CLAUSE_ADDED": 3, "EVIDENCE_ADDED": 1},
    "recordAgreement": {"COMMITMENT_AGREED": 1},
    "requestSignatures": {"SIGNATURES_REQUESTED": 1},
    "signCommitment": {"PARTY_SIGNED": 1},
    "registerHousehold": {"HOUSEHOLD_REGISTERED": 1},
    "registerCitizen": {"CITIZEN_REGISTERED": 1},
    "recordBirth": {"CITIZEN_REGISTERED": 1, "VITAL_EVENT_RECORDED": 1},
    "startMove": {"CITIZEN_ENDED": 1, "DEPARTURE_STARTED": 1},
    "submitFeedback": {"FEEDBACK_RECEIVED": 1},
    "submitFeedbackBatch": {"FEEDBACK_RECEIVED": AT_ONCE},
    "triageFeedback": {"FEEDBACK_TRIAGED": 1},
    "answerFeedback": {"FEEDBACK_ANSWERED": 1, "FEEDBACK_ANSWER_GIVEN": 1},
    "createWebhookEndpoint": {"WEBHOOK_CREATED": 1},
}
# Whatever was changed n times has version n and n entries: a change without its entry, or the reverse, shows here.
UNTOLD = """
    select count(*) from {table} t
     where t.tenant_id = $1 and {own}
       and t.version <> (select count(*) from journal_entry e where e.tenant_id = $1 and e.object_id = t.id)
"""
HALF_COMMITMENTS = """
    select count(*) from commitment c
     where c.tenant_id = $1 and $2 <> array[
        (select count(*) from commitment_party p where p.tenant_id = $1 and p.commitment_id = c.id),
        (select count(*) from commitment_clause p where p.tenant_id = $1 and p.commitment_id = c.id),
        (select count(*) from commitment_evidence p where p.tenant_id = $1 and p.commitment_id = c.id)]::int[]
"""
HALF_PEOPLE = """
    select count(*) from citizen c
     where c.tenant_id = $1 and (
        not exists (select from citizen_sensitive s where s.tenant_id = $1 and s.id = c.id)
        or not exists (select from citizen_name_token t where t.tenant_id = $1 and t.citizen_id = c.id)
        or not exists (select from journal_entry e where e.tenant_id = $1 and e.object_id = c.id)
        or not exists (select from household h where h.tenant_id = $1 and h.id = c.household_id
                        and h.head_id is not null))
"""
HALF_EVENTS = """
    select count(*) from vital_event e
     where e.tenant_id = $1 and (
        not exists (select from vital_event_subject s where s.tenant_id = $1 and s.event_id = e.id)
        or not exists (select from citizen c where c.tenant_id = $1 and c.id = e.citizen_id))
"""
HALF_MOVES = """
    select count(*) from departure d
     where d.tenant_id = $1 and not exists (
        select from departure_person p join citizen c on c.tenant_id = p.tenant_id and c.id = p.citizen_id
         where p.tenant_id = $1 and p.departure_id = d.id and c.base_status = 'MOVED' and c.ended_on = d.departed_on)
"""
HALF_FEEDBACK = """
    select count(*) from feedback f
     where f.tenant_id = $1 and (
        not exists (select from feedback_raiser r where r.tenant_id = $1 and r.id = f.id)
        or (f.state = 'ANSWERED') <> (
            (select count(*) from feedback_answer a where a.tenant_id = $1 and a.feedback_id = f.id) = 1))
"""
HALF_KEYS = "select count(*) from idempotency where tenant_id = $1 and outcome is null"
IMPORTED = """
    select (select count(*) from citizen where tenant_id = $1 and village_id = $2) as people,
           (select count(*) from household where tenant_id = $1 and village_id = $2) as homes,
           (select count(distinct nik_bidx) from citizen where tenant_id = $1 and village_id = $2) as numbers,
           (select count(*) from journal_entry
             where tenant_id = $1 and village_id = $2 and kind = 'CITIZEN_IMPORTED') as entries,
           (select count(*) from import_row where tenant_id = $1 and village_id = $2) as staged
"""
WAITING = "select count(*) from journal_pending where tenant_id = $1"
KINDS = """
    select kind, count(*) from journal_entry
     where tenant_id = $1 and (village_id is null or not village_id = any($2)) group by kind
"""


@dataclass(frozen=True, slots=True)
class Proof:
    """A tenant to look into; `villages` are those that imports fill, apart from the stream."""

    base: str
    tenant: int
    villages: Sequence[UUID]

    async def nothing_lost(self, done: Sequence[Done]) -> None:
        """Every acknowledged change is there; others may be, whose answer was lost."""
        for table, told in acknowledged(done).items():
            assert told <= await self.rows(table), f"lost from {table}"
        assert signed(done) <= await self.signatures()
        present = await self.versions()
        assert [key for key, version in versions(done).items() if present[key] < version] == []

    async def nothing_half(self) -> None:
        """Each change is there with all its parts and its journal entries, or not at all."""
        for table in ("commitment", "commitment_party", "commitment_clause", "commitment_evidence", "feedback"):
            assert await self.number(UNTOLD.format(table=table, own="true")) == 0, table
        for table in ("partner_organization", "household", "citizen", "vital_event", "departure"):
            untold = UNTOLD.format(table=table, own="(village_id is null or not village_id = any($2))")
            assert await self.number(untold, self.villages) == 0, table
        assert await self.number(HALF_COMMITMENTS, PARTS) == 0
        assert await self.number(HALF_PEOPLE) == 0
        assert await self.number(HALF_EVENTS) == 0
        assert await self.number(HALF_MOVES) == 0
        assert await self.number(HALF_FEEDBACK) == 0
        assert await self.number(HALF_KEYS) == 0

    async def nothing_twice(self, done: Sequence[Done]) -> None:
        """With every request answered, there is what was acknowledged, once, and nothing besides."""
        for table, told in acknowledged(done).items():
            assert await self.rows(table) == told, table
        assert await self.signatures() == signed(done)
        assert await self.versions() == versions(done)
        assert await self.number("select count(*) from idempotency where tenant_id = $1") == len(done)
        told_kinds = await self.fetch(KINDS, self.tenant, self.villages)
        assert {row["kind"]: row["count"] for row in told_kinds} == entries(done)

    async def imported(self, village: UUID, *, people: int, homes: int) -> None:
        """The whole file is there, each person once, and nothing is left to write."""
        (row,) = await self.fetch(IMPORTED, self.tenant, village)
        assert dict(row) == {"people": people, "numbers": people, "entries": people, "homes": homes, "staged": 0}

    async def chained(self, worker: str) -> int:
        """The sealer of the running hub seals what waits, into one whole and gapless chain; its length."""
        async with asyncio.timeout(PATIENCE):
            while await self.number(WAITING):  # noqa: ASYNC110  # another process does it
                await asyncio.sleep(TICK)
        connection = await asyncpg.connect(worker)
        try:
            verdict = await verify(connection, self.tenant)
        finally:
            await connection.close()
        assert verdict.sound, verdict
        assert verdict.checked == await self.number("select count(*) from journal_entry where tenant_id = $1")
        return verdict.checked

    async def delivered(self, receiver: Receiver) -> int:
        """Every sealed change of feedback came at least once, each under one id; how many came."""
        told = "select seq from journal_change where tenant_id = $1 and type_name = 'Feedback' order by seq"
        wanted = [row["seq"] for row in await self.fetch(told, self.tenant)]
        async with asyncio.timeout(PATIENCE):
            while set(wanted) - set(receiver.places):  # noqa: ASYNC110  # another process does it
                await asyncio.sleep(TICK)
        came = {(each.told["data"]["seq"], each.headers["webhook-id"]) for each in receiver.got}
        assert sorted(seq for seq, _ in came) == wanted
        assert len({name for _, name in came}) == len(wanted)
        return len(receiver.got)

    async def rows(self, table: str) -> set[UUID]:
        """The ids in a table, without what was imported."""
        query = f"select id from {table} where tenant_id = $1"
        values: list[Any] = [self.tenant]
        if table in ("household", "citizen"):
            query, values = f"{query} and not village_id = any($2)", [self.tenant, self.villages]
        return {row["id"] for row in await self.fetch(query, *values)}

    async def signatures(self) -> set[UUID]:
        query = "select id from commitment_party where tenant_id = $1 and signed_at is not null"
        return {row["id"] for row in await self.fetch(query, self.tenant)}

    async def versions(self) -> Counter[UUID]:
        query = "select id, version from commitment where tenant_id = $1"
        return Counter({row["id"]: row["version"] for row in await self.fetch(query, self.tenant)})

    async def number(self, query: str, *values: Any) -> int:
        ((found,),) = await self.fetch(query, self.tenant, *values)
        return int(found)

    async def fetch(self, query: str, *values: Any) -> list[Any]:
        """Over a connection of its own, as every kill ends those that are open."""
        connection = await asyncpg.connect(self.base)
        try:
            return list(await connection.fetch(query, *values))
        finally:
            await connection.close()


def acknowledged(done: Sequence[Done]) -> dict[str, set[UUID]]:
    """The rows that clients were told of, by table."""
    found: dict[str, set[UUID]] = {table: set() for table in TABLES.values()}
    for each in done:
        if each.request.field in TABLES:
            found[TABLES[each.request.field]].add(each.row)
        if each.request.field == "recordBirth":
            found["citizen"].add(row_of(each.payload["citizen"]["id"]))
        if each.request.field == "submitFeedbackBatch":
            found["feedback"] |= {row_of(item["feedback"]["id"]) for item in each.node}
    return found


def signed(done: Sequence[Done]) -> set[UUID]:
    """The parties whose signature was acknowledged."""
    return {each.row for each in done if each.request.field == "signCommitment"}


def versions(done: Sequence[Done]) -> Counter[UUID]:
    """The version that every commitment has after what was acknowledged."""
    found: Counter[UUID] = Counter()
    signatures = signed(done)
    for each in done:
        if each.request.field in ("createCommitment", "recordAgreement", "requestSignatures"):
            found[each.row] += 1
        if each.request.field == "createCommitment":
            number = len(signatures & {row_of(party["id"]) for party in each.node["parties"]["nodes"]})
            found[each.row] += (number > 0) + (number == SIGNATORIES)
    return found


def entries(done: Sequence[Done]) -> dict[str, int]:
    """How often the journal tells of each kind of event after what was acknowledged."""
    found: Counter[str] = Counter()
    for each in done:
        found.update(ENTRIES[each.request.field])
        found["HOUSEHOLD_HEAD_SET"] += each.request.given.get("familyRelation") == "HEAD"
    steps = Counter(versions(done).values())
    partly, whole = 4, 5  # the versions with the first and the last signature
    found["COMMITMENT_PARTIALLY_SIGNED"] = steps[partly] + steps[whole]
    found["COMMITMENT_SIGNED"] = steps[whole]
    return {kind: number for kind, number in found.items() if number}
