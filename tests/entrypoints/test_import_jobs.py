"""Imports asked for in the graph: uploaded, carried out by the worker, confirmed, opened again."""

import asyncio
import io
import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import uuid4

import asyncpg
import openpyxl
import pytest

from hub.domains.imports import jobs
from hub.domains.imports.errors import ImportRunning
from hub.entrypoints import working
from hub.jobs import desk as bench
from hub.jobs.running import GivenBack, Task
from hub.journal.worker import inside
from hub.kernel.clock import system_clock
from hub.kernel.ids import GlobalId
from hub.kernel.scope import Reader
from hub.store.unit import connected
from hub.wiring import Hub
from tests.client import client_of
from tests.entrypoints.test_uploads import Desk, key_of
from tests.integrations.opensid.conftest import MakeBook, MakePerson, Person, book, person
from tests.jobs.stage import until
from tests.world import make
from tests.world.build import place

assert book  # the fixtures
assert person
CODE = "32.01.17"
OUTCOME = """
id version state confirmed toDo done rows resumed warned problem
file { name } returned { id name } figures(first: 7) { nodes { action found written waiting } }
problems(first: 9) { nodes { row heading code reason remedy } }
"""
START = f"""
mutation ($input: StartImportInput!) {{
  answer: startImport(input: $input) {{ importJob {{ {OUTCOME} }} userErrors {{ code path }} replayed }}
}}
"""
CONFIRM = f"""
mutation ($input: ConfirmImportInput!) {{
  answer: confirmImport(input: $input) {{ importJob {{ {OUTCOME} }} userErrors {{ code path }} replayed }}
}}
"""
UNDO = """
mutation ($input: UndoImportInput!) {
  answer: undoImport(input: $input) { importBatch { state undoneAt allowedActions { action disabledReason } }
  userErrors { code path } replayed }
}
"""
BATCH = """
query ($id: ID!) { importJob(id: $id) { village { citizens(first: 9) { totalCount } } batch {
  id version state done undoableUntil allowedActions { action label disabledReason }
} } }
"""
PROPOSED = """
query ($id: ID!) { importJob(id: $id) { batch { id proposedEvents(first: 9, orderBy: KIND) {
  countBy(field: KIND) { key count }
  nodes { id kind state fullName birthDate occurredOn citizen { fullName } event { type } departure { place }
    allowedActions { action disabledReason } }
} } } }
"""
ANSWER = """
  importBatch { proposedEvents(first: 9, orderBy: KIND) { nodes {
    kind state fullName citizen { fullName } event { type } allowedActions { action disabledReason }
  } } } userErrors { code path } replayed
"""
CONFIRM_EVENTS = f"""
mutation ($input: ConfirmProposedEventsInput!) {{ answer: confirmProposedEvents(input: $input) {{ {ANSWER} }} }}
"""
DECLINE_EVENTS = f"""
mutation ($input: DeclineProposedEventsInput!) {{ answer: declineProposedEvents(input: $input) {{ {ANSWER} }} }}
"""
READ = f"query ($id: ID!) {{ node(id: $id) {{ ... on ImportJob {{ {OUTCOME} }} }} }}"


@dataclass
class Office(Desk):
    """A kecamatan of these tests' own."""

    made: int = 0

    async def village(self) -> str:
        """A new village without people."""
        self.made += 1
        village = make.village(self.place.tenant, f"{CODE}.2{self.made + 2:03d}", f"Impor {self.made}")
        async with make.unit(self.hub, self.place.tenant) as unit:
            await unit.add(village)
        return GlobalId("Village", self.place.tenant.id, village.id).encode()

    async def start(
        self, village: str, file: str, *, role: str = "CAMAT", key: str | None = None, dry: bool = False
    ) -> dict[str, Any]:
        """The payload of `startImport`."""
        sent = {"village": village, "file": file, "idempotencyKey": key or str(uuid4())} | (
            {"dryRun": True} if dry else {}
        )
        found: dict[str, Any] = (await self.ask(START, {"input": sent}, role=role))["answer"]
        return found

    async def begun(
        self, village: str, people: Sequence[Person], write: MakeBook, *, dry: bool = False
    ) -> dict[str, Any]:
        """An import of these people that was asked for."""
        file = await self.uploaded("penduduk.xlsx", write(people).read_bytes())
        answer = await self.start(village, file, dry=dry)
        assert answer["userErrors"] == []
        found: dict[str, Any] = answer["importJob"]
        return found

    async def confirm(self, job: dict[str, Any], *actions: str) -> dict[str, Any]:
        """The payload of `confirmImport`."""
        sent = {
            "importJob": job["id"],
            "expectedVersion": job["version"],
            "actions": actions,
            "idempotencyKey": str(uuid4()),
        }
        found: dict[str, Any] = (await self.ask(CONFIRM, {"input": sent}))["answer"]
        return found

    async def settled(self, job: dict[str, Any]) -> dict[str, Any]:
        """The import when it is neither queued nor running any more."""
        found: dict[str, Any] = {}

        async def look() -> bool:
            found.update((await self.ask(READ, {"id": job["id"]}))["node"])
            return found["state"] not in ("QUEUED", "RUNNING")

        async with self.working():
            await until(look, 60)
        return found

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """The hub's worker runs as long as the block."""
        stop, wake = asyncio.Event(), asyncio.Event()
        running = asyncio.create_task(working.run(self.hub, stop=stop, wake=wake))
        try:
            yield
        finally:
            stop.set()
            wake.set()
            await asyncio.wait_for(running, 60)

    async def told(self, job: dict[str, Any]) -> list[str]:
        """The journal's entries about an import."""
        rows = await self.rows("select kind from journal_entry where object_id = $1 order by id", key_of(job["id"]))
        return [row["kind"] for row in rows]


@pytest.fixture(scope="module")
async def office(hub: Hub, owner_dsn: str) -> AsyncIterator[Office]:
    """The office."""
    owner = await asyncpg.connect(owner_dsn)
    made = await place(hub, owner, CODE, "Impor", (f"{CODE}.2001", f"{CODE}.2002"))
    async with client_of(hub) as client:
        yield Office(hub, client.http, made, owner)
    await owner.close()


def figures(job: dict[str, Any]) -> dict[str, tuple[int, int, int]]:
    """What was found, written and waits, where there is any."""
    nodes = job["figures"]["nodes"]
    return {each["action"]: (each["found"], each["written"], each["waiting"]) for each in nodes if each["found"]}


def family(person: MakePerson, size: int = 3) -> list[Person]:
    """A head and the others."""
    return [person(kk_level=1 if number == 0 else 4) for number in range(size)]


async def test_a_first_file_is_brought_in_by_the_worker(office: Office, person: MakePerson, book: MakeBook) -> None:
    village = await office.village()
    asked = await office.begun(village, family(person), book)
    assert (asked["state"], asked["rows"], asked["toDo"]) == ("QUEUED", 0, None)
    assert (asked["file"], asked["returned"], asked["problems"]) == ({"name": "penduduk.xlsx"}, None, {"nodes": []})

    done = await office.settled(asked)

    assert (done["state"], done["rows"], done["toDo"], done["done"], done["problem"]) == ("DONE", 3, 3, 3, None)
    assert figures(done) == {"NEW": (3, 3, 0)}
    assert await office.told(asked) == ["IMPORT_ASKED", "IMPORT_SETTLED"]
    (count,) = await office.rows("select count(*) from citizen where village_id = $1", key_of(village))
    assert count["count"] == 3
    assert await office.rows("select * from job") == []


async def test_refused_rows_are_told_and_the_workbook_comes_back_by_a_link(
    office: Office, person: MakePerson, book: MakeBook
) -> None:
    village = await office.village()
    asked = await office.begun(village, [*family(person), person(sex="?")], book)

    done = await office.settled(asked)

    assert done["state"] == "DONE"
    assert figures(done) == {"NEW": (3, 3, 0), "REJECTED": (1, 0, 0)}
    (problem,) = done["problems"]["nodes"]
    assert (problem["row"], problem["heading"]) == (5, "sex")
    assert done["returned"]["name"] == "penduduk-hasil.xlsx"
    url = await office.link(done["returned"]["id"])
    opened = await office.http.get(url)
    sheet = openpyxl.load_workbook(io.BytesIO(opened.content)).active
    assert sheet is not None
    head = [cell.value for cell in sheet[1]]
    assert head[-2:] == ["STATUS", "KETERANGAN"]
    assert sheet.cell(5, len(head)).value is not None


async def test_a_later_file_waits_and_what_is_confirmed_is_written(
    office: Office, person: MakePerson, book: MakeBook
) -> None:
    village, people = await office.village(), family(person)
    await office.settled(await office.begun(village, people, book))
    people[1]["nama"] = "Nama Baru"
    asked = await office.begun(village, [*people[:2], person()], book)

    waits = await office.settled(asked)
    assert waits["state"] == "WAITING"
    assert figures(waits) == {"CHANGED": (1, 0, 1), "MISSING": (1, 0, 1), "NEW": (1, 0, 1), "SAME": (1, 0, 0)}

    answer = await office.confirm(waits, "NEW", "CHANGED")
    assert answer["userErrors"] == []
    assert (answer["importJob"]["state"], answer["importJob"]["confirmed"]) == ("QUEUED", ["NEW", "CHANGED"])
    done = await office.settled(waits)

    assert done["state"] == "WAITING"
    assert figures(done) == {"CHANGED": (1, 1, 0), "MISSING": (1, 0, 1), "NEW": (1, 1, 0), "SAME": (1, 0, 0)}
    assert await office.told(asked) == ["IMPORT_ASKED", "IMPORT_SETTLED", "IMPORT_CONFIRMED", "IMPORT_SETTLED"]


async def test_confirming_is_refused_where_nothing_waits_or_a_later_file_came(
    office: Office, person: MakePerson, book: MakeBook
) -> None:
    village, people = await office.village(), family(person)
    first = await office.settled(await office.begun(village, people, book))
    assert (await office.confirm(first, "NEW"))["userErrors"] == [{"code": "IMPORT_NOT_WAITING", "path": ["importJob"]}]
    waits = await office.settled(await office.begun(village, [*people, person()], book))
    assert (await office.confirm(waits, "SAME"))["userErrors"] == [{"code": "NOTHING_TO_CONFIRM", "path": ["actions"]}]
    stale = {**waits, "version": 1}
    assert (await office.confirm(stale, "NEW"))["userErrors"] == [
        {"code": "STALE_VERSION", "path": ["expectedVersion"]}
    ]
    await office.settled(await office.begun(village, [*people, person()], book))

    assert (await office.confirm(waits, "NEW"))["userErrors"] == [{"code": "IMPORT_SUPERSEDED", "path": ["importJob"]}]


async def test_one_import_of_a_village_at_a_time_and_the_same_key_is_the_same_import(
    office: Office, person: MakePerson, book: MakeBook
) -> None:
    village = await office.village()
    file = await office.uploaded("penduduk.xlsx", book(family(person)).read_bytes())
    first = await office.start(village, file, key="kunci-satu")
    again = await office.start(village, file, key="kunci-satu")
    other = await office.start(village, file)

    assert (again["importJob"]["id"], again["replayed"]) == (first["importJob"]["id"], True)
    assert other["userErrors"] == [{"code": "IMPORT_RUNNING", "path": []}]
    assert (await office.settled(first["importJob"]))["state"] == "DONE"


async def test_only_a_workbook_that_can_be_opened_is_taken_and_only_from_whom_it_is_allowed(
    office: Office, person: MakePerson, book: MakeBook
) -> None:
    village = await office.village()
    note = await office.uploaded("catatan.txt", b"Bukan buku kerja")
    file = await office.uploaded("penduduk.xlsx", book(family(person)).read_bytes())

    assert (await office.start(village, note))["userErrors"] == [{"code": "IMPORT_FILE_NEEDED", "path": ["file"]}]
    for role in ("VILLAGE_HEAD", "KEC_COUNTER"):
        assert (await office.start(village, file, role=role))["userErrors"] == [{"code": "FORBIDDEN", "path": []}]
    assert (await office.start(file, file))["userErrors"][0]["path"] == ["village"]


async def test_a_workbook_that_is_none_of_ours_refuses_the_import(office: Office, book: MakeBook) -> None:
    village = await office.village()
    asked = await office.begun(village, [{"kolom": "lain"}], book)

    done = await office.settled(asked)

    assert (done["state"], done["problem"], done["returned"]) == ("REFUSED", "COLUMN_NIK_MISSING", None)


async def test_an_import_whose_grant_has_ended_is_not_carried_out(
    office: Office, person: MakePerson, book: MakeBook
) -> None:
    village = await office.village()
    asked = await office.begun(village, family(person), book)
    (row,) = await office.rows("select grant_id from import_job where id = $1", key_of(asked["id"]))
    revoke = "update access_grant set revoked_at = $1 where id = $2 returning id"
    state = "select state, problem from import_job where id = $1 and state <> 'QUEUED'"
    assert len(await office.rows(revoke, system_clock().instant, row["grant_id"])) == 1

    async with office.working():
        await until(lambda: office.rows(state, key_of(asked["id"])), 60)

    assert len(await office.rows(revoke, None, row["grant_id"])) == 1
    (row,) = await office.rows(state, key_of(asked["id"]))
    assert (row["state"], row["problem"]) == ("FAILED", "GRANT_OVER")
    (count,) = await office.rows("select count(*) from citizen where village_id = $1", key_of(village))
    assert count["count"] == 0


async def figure(office: Office, name: str) -> float:
    """What the hub's own metrics say of one series."""
    lines = (await office.http.get("/metrics")).text.splitlines()
    (line,) = [line for line in lines if line.startswith(f"{name} ")]
    return float(line.rsplit(" ", 1)[1])


class AfterLooks(threading.Event):
    """Set from the n-th look at it on."""

    def __init__(self, looks: int) -> None:
        super().__init__()
        self.looks = looks

    def is_set(self) -> bool:
        self.looks -= 1
        return self.looks <= 0


async def test_an_import_that_is_given_back_in_the_middle_is_finished_by_the_next_try(
    office: Office, person: MakePerson, book: MakeBook
) -> None:
    village = await office.village()
    people = [person(no_kk=f"32011701101{number:05d}", kk_level=1) for number in range(1_200)]
    asked = await office.begun(village, people, book)
    (job,) = await office.rows("select id, object_id from job")
    # two while it is read, one before the first group is written, one after it
    task = Task(office.place.tenant.id, job["id"], job["object_id"], 1, AfterLooks(4))

    with pytest.raises(GivenBack):
        await office.hub.kinds[jobs.KIND].carry_out(task)

    found = (await office.ask(READ, {"id": asked["id"]}))["node"]
    # whole groups only; the one that is written beside it may have been a moment faster
    written = found["done"]
    assert (found["state"], found["toDo"], written) in (("RUNNING", 1_200, 500), ("RUNNING", 1_200, 1_000))
    (count,) = await office.rows("select count(*) from citizen where village_id = $1", key_of(village))
    assert count["count"] == written

    done = await office.settled(asked)
    assert (done["state"], done["resumed"]) == ("DONE", 1_200 - written)
    assert figures(done) == {"SAME": (1_200, 0, 0)}
    (count,) = await office.rows("select count(*) from citizen where village_id = $1", key_of(village))
    assert count["count"] == 1_200


async def test_a_dropped_job_leaves_the_import_failed_and_the_village_free(
    office: Office, person: MakePerson, book: MakeBook
) -> None:
    village, people = await office.village(), family(person)
    before = await figure(office, 'hub_jobs{state="waiting"}')  # other files' offices have theirs in it
    asked = await office.begun(village, people, book)
    (job,) = await office.rows("select id from job")
    assert await figure(office, 'hub_jobs{state="waiting"}') == before + 1
    async with connected(office.hub.pools.of(Reader.WORKER)) as worker:
        await bench.drop(worker, {jobs.KIND: jobs.give_up}, job["id"], now=system_clock().instant)

    found = (await office.ask(READ, {"id": asked["id"]}))["node"]
    assert (found["state"], found["problem"]) == ("FAILED", "JOB_DROPPED")
    done = await office.settled(await office.begun(village, people, book))
    assert (done["state"], figures(done)) == ("DONE", {"NEW": (3, 3, 0)})


async def test_a_parked_import_is_tried_again_when_told_unless_another_has_begun(
    office: Office, person: MakePerson, book: MakeBook
) -> None:
    village, people = await office.village(), family(person)
    asked = await office.begun(village, people, book)
    (job,) = await office.rows("select id, object_id from job")
    now, here = system_clock().instant, office.place.tenant.id
    state = "select state, problem from import_job where id = $1"
    async with connected(office.hub.pools.of(Reader.WORKER)) as worker:
        async with inside(worker, here):
            await worker.execute("update job set state = 'PARKED', attempts = 5 where id = $1", job["id"])
            await jobs.give_up(worker, here, job["object_id"], "UNAVAILABLE", now)
        assert [tuple(row) for row in await office.rows(state, job["object_id"])] == [("FAILED", "UNAVAILABLE")]
        other = await office.begun(village, people, book)
        with pytest.raises(ImportRunning):
            await bench.retry(worker, {jobs.KIND: jobs.take_up}, job["id"], now=now)
        (parked,) = await office.rows("select state from job where id = $1", job["id"])
        assert parked["state"] == "PARKED"
        assert figures(await office.settled(other)) == {"NEW": (3, 3, 0)}

        await bench.retry(worker, {jobs.KIND: jobs.take_up}, job["id"], now=now)

    assert [tuple(row) for row in await office.rows(state, job["object_id"])] == [("QUEUED", None)]
    assert figures(await office.settled(asked)) == {"SAME": (3, 0, 0)}
    told = "select count(*) from journal_entry where kind = 'IMPORT_SETTLED' and object_id = $1"
    (entries,) = await office.rows(told, job["object_id"])
    assert entries["count"] == 3  # given up, taken up, done


async def test_an_import_is_undone_whole_by_one_mutation(office: Office, person: MakePerson, book: MakeBook) -> None:
    village = await office.village()
    job = await office.settled(await office.begun(village, family(person), book))
    before = (await office.ask(BATCH, {"id": job["id"]}))["importJob"]
    batch = before["batch"]
    assert (batch["state"], batch["done"], before["village"]) == ("DONE", 3, {"citizens": {"totalCount": 3}})
    assert batch["allowedActions"] == [{"action": "UNDO", "label": "Batalkan impor", "disabledReason": None}]
    sent = {"importBatch": batch["id"], "expectedVersion": batch["version"], "idempotencyKey": str(uuid4())}

    done = (await office.ask(UNDO, {"input": sent}))["answer"]
    again = (await office.ask(UNDO, {"input": sent}))["answer"]
    other = (await office.ask(UNDO, {"input": {**sent, "idempotencyKey": str(uuid4())}}))["answer"]

    assert (done["importBatch"]["state"], done["userErrors"], done["replayed"]) == ("UNDONE", [], False)
    closed = [{"action": "UNDO", "disabledReason": "Impor ini sudah dibatalkan."}]
    assert done["importBatch"]["allowedActions"] == closed
    assert (again["importBatch"], again["replayed"]) == (done["importBatch"], True)
    assert other["userErrors"] == [{"code": "IMPORT_UNDONE", "path": ["importBatch"]}]
    rows = await office.rows("select end_reason from citizen where village_id = $1", key_of(village))
    assert [row["end_reason"] for row in rows] == ["UNDONE"] * 3


async def test_a_village_officer_reads_that_only_the_office_undoes(
    office: Office, person: MakePerson, book: MakeBook
) -> None:
    home = office.place.id("Village")
    job = await office.settled(await office.begun(home, family(person), book))
    written = (await office.ask(BATCH, {"id": job["id"]}))["importJob"]["batch"]

    seen = (
        await office.ask(
            "query ($id: ID!) { importBatch(id: $id) { version allowedActions { disabledReason } } }",
            {"id": written["id"]},
            role="VILLAGE_OFFICER",
        )
        if written
        else {}
    )

    assert [each["disabledReason"] is None for each in seen["importBatch"]["allowedActions"]] == [False]


async def test_what_a_later_file_lets_suppose_is_answered_on_one_screen(
    office: Office, person: MakePerson, book: MakeBook
) -> None:
    village, people = await office.village(), family(person)
    await office.settled(await office.begun(village, people, book))
    born = person(nama="Bayi Baru", tanggallahir=date(2026, 6, 1), kk_level=4)
    job = await office.settled(await office.begun(village, [*people[:2], born], book))
    batch = (await office.ask(PROPOSED, {"id": job["id"]}))["importJob"]["batch"]
    absent, birth = batch["proposedEvents"]["nodes"]
    assert batch["proposedEvents"]["countBy"] == [{"key": "ABSENCE", "count": 1}, {"key": "BIRTH", "count": 1}]
    assert (birth["fullName"], birth["birthDate"], birth["occurredOn"]) == ("Bayi Baru", "2026-06-01", "2026-06-01")
    assert (absent["citizen"], absent["state"]) == ({"fullName": "Contoh Warga"}, "OPEN")
    assert [each["disabledReason"] for each in absent["allowedActions"]] == [None, None]
    sent: dict[str, Any] = {"importBatch": batch["id"], "idempotencyKey": str(uuid4())}

    both = {**sent, "proposals": [birth["id"], absent["id"]], "occurredOn": "2026-10-01"}
    unsaid = (await office.ask(CONFIRM_EVENTS, {"input": both}))["answer"]
    done = (
        await office.ask(
            CONFIRM_EVENTS, {"input": {**sent, "idempotencyKey": str(uuid4()), "proposals": [birth["id"]]}}
        )
    )["answer"]
    no = {**sent, "idempotencyKey": str(uuid4()), "proposals": [absent["id"]]}
    declined = (await office.ask(DECLINE_EVENTS, {"input": no}))["answer"]
    again = (await office.ask(DECLINE_EVENTS, {"input": no}))["answer"]

    assert unsaid["userErrors"] == [{"code": "ABSENCE_UNANSWERED", "path": ["absentAs"]}]
    assert done["userErrors"] == []
    recorded = done["importBatch"]["proposedEvents"]["nodes"][1]
    assert (recorded["state"], recorded["event"], recorded["fullName"]) == ("CONFIRMED", {"type": "BIRTH"}, None)
    assert recorded["citizen"] == {"fullName": "Bayi Baru"}
    closed = "Usulan ini sudah diputuskan, atau berkas yang lebih baru sudah menggantikannya."
    assert [each["disabledReason"] for each in recorded["allowedActions"]] == [closed, closed]
    states = [each["state"] for each in declined["importBatch"]["proposedEvents"]["nodes"]]
    assert (states, declined["userErrors"], again["replayed"]) == (["DECLINED", "CONFIRMED"], [], True)
    assert await office.told(birth) == ["PROPOSAL_CONFIRMED"]
