"""Undoing a whole import: what it made is ended, what it changed is as before, what somebody changed since stays."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from hub.domains.imports import batches, roll, sweeping, undoing
from hub.domains.imports.errors import (
    ImportChangedSince,
    ImportFollowed,
    ImportNotUndoable,
    ImportRunning,
    ImportTooOld,
    ImportUndone,
)
from hub.domains.imports.model import ImportBatch, RowAction
from hub.domains.vital_events import queries, recording
from hub.domains.vital_events.keeping import Happening
from hub.integrations.opensid.report import Report
from hub.kernel.clock import Now
from hub.kernel.scope import Reader
from hub.store.unit import StaleVersion, reading, writing
from tests.integrations.opensid.conftest import MakeBook, MakePerson, Person
from tests.integrations.opensid.desk import CONFIRM_ALL, Desk

CARD, OTHER_CARD = "3201010101100001", "3201010101100002"
KECAMATAN = "32.14.05"


@pytest.fixture
async def desk(village_desk: Desk) -> Desk:
    """An empty village."""
    return village_desk


@pytest.fixture
def people(person: MakePerson) -> list[Person]:
    """Two families; one of the second has no NIK yet."""
    base = {"agama_id": 1, "status_dasar": 1, "pekerjaan_id": 1, "ayah_nik": "3201011010600001"}
    return [
        person(**base, no_kk=CARD, kk_level=1, sex=1, nama="Ahmad Contoh"),
        person(**base, no_kk=CARD, kk_level=3, nama="Aminah Contoh"),
        person(**base, no_kk=CARD, kk_level=4, nama="Anita Contoh"),
        person(**base, no_kk=OTHER_CARD, kk_level=1, sex=1, nama="Badrun Contoh"),
        person(**base, no_kk=OTHER_CARD, kk_level=4, nama="Bahrun Contoh", nik=0),
    ]


def month_later(people: list[Person], person: MakePerson) -> list[Person]:
    """Everything at once: a death of a head with another in his place, a move between families, another name and
    number, somebody gone, somebody new, an address."""
    after = [dict(one) for one in people]
    after[0] |= {"status_dasar": 2}
    after[1] |= {"kk_level": 1, "nama": "Siti Aminah Contoh", "ayah_nik": "3201011010600002"}
    after[2] |= {"no_kk": OTHER_CARD, "alamat": "Jl. Baru", "agama_id": 2}
    after[3] |= {"alamat": "Jl. Baru"}
    after[4] |= {"nik": "6301014507909999"}
    born = person(no_kk="3201010101100003", kk_level=1, nama="Cici Contoh", status_dasar=1)
    return [*after, born]


async def undone(desk: Desk, batch: UUID, *, now: Now | None = None) -> ImportBatch:
    """Undo as the camat."""
    found = await version_of(desk, batch)
    moment = now or desk.hub.services.clock()
    async with writing(desk.hub.pools.of(Reader.API), desk.scope, moment) as unit:
        return await undoing.undo(unit, desk.hub.services.keys, batch, expected=found)


async def version_of(desk: Desk, batch: UUID) -> int:
    return await desk.number("select version from import_batch where tenant_id = $1 and id = $2", desk.tenant.id, batch)


def batch_of(report: Report) -> UUID:
    assert report.batch is not None
    return report.batch


async def living(desk: Desk) -> list[dict[str, Any]]:
    """The living of the register and their families, without versions."""
    found = [one for one in await desk.people() if one["base_status"] == "ALIVE"]
    return [{name: value for name, value in one.items() if "version" not in name} for one in found]


async def stays(desk: Desk) -> list[tuple[Any, ...]]:
    """Where who is said to live now, as what and under which name, and since when."""
    names = "citizen_id, household_id, full_name, family_relation, marital_status, from_on, beginning"
    held = "until_on is null and state = 'HELD'"
    found = await desk.ask(f"select {names} from stay where village_id = $1 and {held} order by 1", desk.village)
    return [tuple(row) for row in found]


async def kept(desk: Desk) -> int:
    return await desk.here("before_import")


async def test_a_first_import_is_taken_back_and_can_be_brought_again(
    people: list[Person], book: MakeBook, desk: Desk
) -> None:
    path = book(people)
    first = batch_of(await desk.bring(path))
    assert await kept(desk) == 7
    before = await living(desk)

    done = await undone(desk, first)

    assert (done.state, done.undone_at) == ("UNDONE", done.updated_at)
    after = await desk.people()
    assert {(one["base_status"], one["end_reason"], one["home_end"]) for one in after} == {
        ("INVALID", "UNDONE", "UNDONE")
    }
    assert await stays(desk) == []
    assert await kept(desk) == 0
    entries = await desk.said()
    assert (entries["CITIZEN_TAKEN_BACK"], entries["HOUSEHOLD_TAKEN_BACK"], entries["IMPORT_TAKEN_BACK"]) == (5, 2, 1)

    again = await desk.bring(path)  # nobody was ever here, so it is a first file

    assert again.applied == {"NEW": 5}
    assert await living(desk) == before


async def test_who_was_taken_back_was_never_here(people: list[Person], book: MakeBook, desk: Desk) -> None:
    first = batch_of(await desk.bring(book(people)))
    pool, today = desk.hub.pools.of(Reader.API), desk.hub.services.clock()

    await undone(desk, first)

    async with reading(pool, desk.scope, today) as session:
        assert await roll.count(session, desk.village) == (0, 0)
        (counted,) = await queries.population(session, desk.tenant, date(2020, 1, 1), desk.village)
    assert (counted["males"], counted["females"]) == (0, 0)


async def test_a_comparison_is_taken_back_to_what_stood_there(
    people: list[Person], person: MakePerson, book: MakeBook, desk: Desk
) -> None:
    await desk.bring(book(people), sensitive=frozenset(("religion",)))
    before, tokens, staying = await living(desk), await desk.here("citizen_name_token"), await stays(desk)
    later = await desk.bring(book(month_later(people, person)), apply=CONFIRM_ALL, sensitive=frozenset(("religion",)))
    assert later.applied == {"NEW": 1, "CHANGED": 4, "DIED": 1}
    assert await living(desk) != before
    assert len(set(await stays(desk)) - set(staying)) == 3  # the new head, who moved, who came

    await undone(desk, batch_of(later))

    assert await living(desk) == before
    assert await stays(desk) == staying
    gone = [one for one in await desk.people() if one["base_status"] != "ALIVE"]
    assert [(one["full_name"], one["end_reason"]) for one in gone] == [("Cici Contoh", "UNDONE")]
    assert await desk.here("citizen_name_token") == tokens + 3
    entries = await desk.said()
    assert (entries["CITIZEN_PUT_BACK"], entries["CITIZEN_TAKEN_BACK"]) == (5, 1)


async def test_nothing_that_was_kept_for_undoing_says_a_number_or_a_name(
    people: list[Person], person: MakePerson, book: MakeBook, desk: Desk
) -> None:
    await desk.bring(book(people))
    await desk.bring(book(month_later(people, person)), apply=CONFIRM_ALL)

    rows = await desk.ask("select b.*, b::text as whole from before_import b where village_id = $1", desk.village)

    sealed = [row for row in rows if row["sealed"] is not None]
    assert len(sealed) == 6  # four people and both families
    words = ("Contoh", "Jl.", "630101", "320101")
    assert [
        word for word in words if any(word in row["whole"] or word.encode() in row["sealed"] for row in sealed)
    ] == []


async def test_what_somebody_changed_since_keeps_the_whole_import(
    people: list[Person], book: MakeBook, desk: Desk
) -> None:
    first = batch_of(await desk.bring(book(people)))
    before = await desk.people()
    touched = "update citizen set version = version + 1 where village_id = $1 and full_name = $2"
    await desk.ask(touched, desk.village, "Anita Contoh")

    with pytest.raises(ImportChangedSince):
        await undone(desk, first)

    assert [one["end_reason"] for one in await desk.people()] == [None] * len(before)
    assert await kept(desk) == 7


async def test_of_two_imports_the_later_is_undone_first(people: list[Person], book: MakeBook, desk: Desk) -> None:
    first = batch_of(await desk.bring(book(people)))
    before = await living(desk)
    people[1] |= {"pekerjaan_id": 9}
    second = batch_of(await desk.bring(book(people), apply=CONFIRM_ALL))

    with pytest.raises(ImportFollowed):
        await undone(desk, first)

    await undone(desk, second)
    assert await living(desk) == before
    await undone(desk, first)
    assert await living(desk) == []


async def test_who_takes_part_in_an_event_since_is_not_taken_back(
    people: list[Person], book: MakeBook, desk: Desk
) -> None:
    first = batch_of(await desk.bring(book(people)))
    hub, now = desk.hub, desk.hub.services.clock()
    found = await desk.ask(
        "select id, version from citizen where village_id = $1 and full_name = 'Anita Contoh'", desk.village
    )
    async with writing(hub.pools.of(Reader.API), desk.scope, now) as unit:
        await recording.record_name_change(
            unit,
            hub.services.keys,
            Happening(occurred_on=date(2026, 11, 1)),
            recording.Changing(citizen=found[0]["id"], expected=found[0]["version"]),
            full_name="Anita Baru",
        )

    with pytest.raises(ImportChangedSince):
        await undone(desk, first)


async def test_it_is_undone_once_in_time_and_only_where_there_is_something(
    people: list[Person], book: MakeBook, desk: Desk
) -> None:
    path, clock = book(people), desk.hub.services.clock
    first = batch_of(await desk.bring(path))
    nothing = batch_of(await desk.bring(path))
    late = Now(clock().instant + timedelta(days=7, minutes=1))

    with pytest.raises(ImportNotUndoable):
        await undone(desk, nothing)
    with pytest.raises(ImportTooOld):
        await undone(desk, first, now=late)
    async with batches.alone(desk.hub.pools.of(Reader.API), desk.scope, desk.village):
        with pytest.raises(ImportRunning):
            await undone(desk, first)
    with pytest.raises(StaleVersion):
        async with writing(desk.hub.pools.of(Reader.API), desk.scope, clock()) as unit:
            await undoing.undo(unit, desk.hub.services.keys, first, expected=1)
    await undone(desk, first)
    with pytest.raises(ImportUndone):
        await undone(desk, first)


async def test_what_was_kept_is_swept_when_it_can_no_longer_be_undone(
    people: list[Person], book: MakeBook, desk: Desk
) -> None:
    await desk.bring(book(people), apply=frozenset((RowAction.NEW,)))
    now = desk.hub.services.clock().instant

    for passed, left in ((timedelta(days=6), 7), (timedelta(days=8), 0)):
        async with desk.hub.pools.of(Reader.WORKER).connection() as worker:
            await sweeping.sweep(worker, now=now + passed)
        assert await kept(desk) == left
