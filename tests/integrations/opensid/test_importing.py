"""A village's workbook into the register, on a real server: first import, later files, corrections, refusals."""

import json
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import asyncpg
import openpyxl
import pytest

from hub.demo.workbook import write_workbook
from hub.domains.citizens import cards
from hub.domains.citizens.model import CardChange, Citizen, Household
from hub.domains.imports import batches
from hub.domains.imports.errors import ImportRunning, VillageNotHere
from hub.domains.imports.model import RowAction
from hub.integrations.opensid.errors import UnknownColumns
from hub.journal.personal import reveal
from hub.kernel.clock import system_clock
from hub.kernel.errors import Forbidden
from hub.kernel.nik import KkNumber
from hub.kernel.region_code import RegionCode
from hub.kernel.scope import Reader
from hub.store.base import table
from hub.store.unit import reading
from hub.wiring import Hub
from tests.integrations.opensid.desk import CHILD, CONFIRM_ALL, ENVIRONMENT, ROOT, Desk, open_desk
from tests.world import make

Person = dict[str, object]
MakePerson = Callable[..., Person]
MakeBook = Callable[..., Path]


def family(person: MakePerson, card: int, size: int = 3, **given: object) -> list[Person]:
    """Head, wife, children on one card."""
    kk = f"32010101011{card:05d}"
    head = person(no_kk=kk, kk_level=1, sex=1, nama=f"Kepala {chr(65 + card % 26)}", **given)
    rest = [
        person(no_kk=kk, kk_level=3 if n == 1 else 4, nama=f"Anggota {chr(65 + n)}", **given) for n in range(1, size)
    ]
    return [head, *rest]


async def test_a_first_file_fills_an_empty_village_at_once(person: MakePerson, book: MakeBook, desk: Desk) -> None:
    path = book([*family(person, 1), *family(person, 2, 2)])

    report = await desk.bring(path)

    assert report.applied == {"NEW": 5}
    assert report.messages()[0] == "Disimpan: 5 baru."
    assert await desk.counted() == {
        "citizen": 5,
        "citizen_sensitive": 5,
        "citizen_name_token": 15,
        "household": 2,
        "import_row": 0,
    }
    heads = [one["full_name"] for one in await desk.people() if one["is_head"]]
    assert heads == ["Kepala B", "Kepala C"]


async def test_a_second_import_of_the_same_file_changes_nothing_and_says_so(
    person: MakePerson, book: MakeBook, desk: Desk
) -> None:
    path = book([*family(person, 1), person(nik=0, no_kk="3201010101100009")])
    await desk.bring(path)
    before, entries = await desk.fingerprint(), await desk.entries()

    report = await desk.bring(path)

    assert report.counts["SAME"] == 4
    assert report.unchanged
    assert report.messages()[0] == "Tidak ada perubahan: semua 4 baris sudah sama dengan data kecamatan."
    assert await desk.fingerprint() == before
    assert await desk.entries() == entries


@pytest.fixture
def month(person: MakePerson) -> list[Person]:
    """Forty people in ten families."""
    return [one for card in range(10) for one in family(person, card, 4)]


def later(people: Sequence[Mapping[str, object]], person: MakePerson) -> list[Person]:
    """The file of a month later: one died, one left, one is gone, a family moved, a trade changed, one was born."""
    after = [dict(one) for one in people]
    after[1] |= {"status_dasar": 2}
    after[5] |= {"status_dasar": 3}
    for moved in after[8:12]:
        moved |= {"dusun": "Dusun Dua"}
    after[13] |= {"pekerjaan_id": 9}
    del after[17]
    born = person(no_kk=after[0]["no_kk"], nama="Bayi Baru", tanggallahir=date(2026, 10, 1))
    return [*after, born]


def with_status(people: Sequence[Person]) -> list[Person]:
    """Every column that `later` uses, filled."""
    return [{**one, "status_dasar": 1, "pekerjaan_id": 1} for one in people]


async def test_a_later_file_is_a_comparison_and_changes_nothing_by_itself(
    month: list[Person], person: MakePerson, book: MakeBook, desk: Desk
) -> None:
    people = with_status(month)
    await desk.bring(book(people))
    before = await desk.fingerprint()

    report = await desk.bring(book(later(people, person), name="november.xlsx"))

    expected = {"CHANGED": 5, "DIED": 1, "MOVED": 1, "NEW": 1, "MISSING": 1}
    assert report.waiting == expected
    assert report.counts["SAME"] == 32
    assert not report.applied
    assert await desk.fingerprint() == before
    assert report.messages()[0] == (
        "Menunggu persetujuan: 1 baru, 5 berubah, 1 tidak ada di berkas, 1 pindah atau pergi, 1 meninggal. "
        "Periksa daftarnya, lalu jalankan lagi dengan --confirm new,changed,missing,moved,died."
    )
    assert [(one.action.value, one.row, one.columns) for one in report.listed] == [
        ("DIED", 3, ("status_dasar",)),
        ("MOVED", 7, ("status_dasar",)),
        ("CHANGED", 10, ("dusun",)),
        ("CHANGED", 11, ("dusun",)),
        ("CHANGED", 12, ("dusun",)),
        ("CHANGED", 13, ("dusun",)),
        ("CHANGED", 15, ("pekerjaan_id",)),
        ("NEW", 41, ()),
        ("MISSING", None, ()),
    ]
    assert report.listed[0].shown == "6301............ Ang…"
    assert await desk.number("select count(*) from import_row where sealed is not null") == 0


async def test_only_what_was_confirmed_is_written(
    month: list[Person], person: MakePerson, book: MakeBook, desk: Desk
) -> None:
    people = with_status(month)
    await desk.bring(book(people))
    path = book(later(people, person), name="november.xlsx")

    some = await desk.bring(path, apply=frozenset((RowAction.DIED, RowAction.CHANGED)))
    after_some = {one["end_reason"] for one in await desk.people()}
    rest = await desk.bring(path, apply=CONFIRM_ALL)
    again = await desk.bring(path, apply=CONFIRM_ALL)

    assert some.applied == {"DIED": 1, "CHANGED": 5}
    assert some.waiting == {"MOVED": 1, "NEW": 1, "MISSING": 1}
    assert after_some == {None, "DIED"}
    assert rest.applied == {"MOVED": 1, "NEW": 1, "MISSING": 1}
    assert again.unchanged
    people_now = await desk.people()
    assert Counter(one["end_reason"] for one in people_now) == {None: 38, "DIED": 1, "MOVED": 1, "INVALID": 1}
    assert Counter(one["hamlet"] for one in people_now) == {"SATU": 37, "DUA": 4}
    assert Counter(one["occupation"] for one in people_now) == {"NOT_WORKING": 39, "FARMER": 1, None: 1}
    assert Counter(one["home_version"] for one in people_now) == {1: 37, 2: 4}


async def test_changes_are_journaled_under_the_persons_key_without_clear_values(
    month: list[Person], book: MakeBook, desk: Desk
) -> None:
    await desk.bring(book(month))
    month[1] |= {"nama": "Nama Lain", "no_kk": "3201010101199999"}

    await desk.bring(book(month, name="november.xlsx"), apply=CONFIRM_ALL)

    (entry,) = await desk.ask(
        "select * from journal_entry where kind = 'CITIZEN_UPDATED' and tenant_id = $1", desk.tenant.id
    )
    async with reading(desk.hub.pools.of(Reader.API), desk.scope, system_clock()) as session:
        personal = await reveal(session, dict(entry), desk.hub.services.keys)
    assert personal is not None
    assert personal["full_name"] == ["Anggota B", "Nama Lain"]
    assert personal["kk_number"] == [None, "3201............"]
    assert "Nama Lain" not in str(dict(entry)["payload"])
    moved = [one for one in await desk.people() if one["full_name"] == "Nama Lain"]
    assert [(one["tokens"], one["version"], one["is_head"]) for one in moved] == [
        (["LAIN", "NAMA", "NAMALAIN"], 2, None)
    ]


async def test_correcting_the_handed_back_workbook_is_enough(month: list[Person], book: MakeBook, desk: Desk) -> None:
    month[4] |= {"nik": "123"}
    month[8] |= {"nama": "Siti 4minah"}
    path = book(month)

    first = await desk.bring(path)
    handed = openpyxl.load_workbook(desk.folder / "hasil-desa.xlsx")
    page = handed["Data Penduduk"]
    columns = {cell.value: place for place, cell in enumerate(page[1], start=1)}
    page.cell(6, columns["nik"]).value = "6301014507908888"
    page.cell(10, columns["nama"]).value = "Siti Aminah"
    handed.save(desk.folder / "perbaikan.xlsx")
    second = await desk.bring(desk.folder / "perbaikan.xlsx")

    assert [(one.sheet, one.row, one.column, one.value) for one in first.refusals] == [
        ("Data Penduduk", 6, "nik", "123"),
        ("Data Penduduk", 10, "nama", "Sit…"),
    ]
    assert first.refusals[0].reason() == "NIK berisi 3 digit, seharusnya 16"
    assert first.refusals[0].remedy() == "Cocokkan dengan KTP atau KK"
    assert first.applied == {"NEW": 38}
    assert first.messages()[1] == (
        f"2 baris ditolak. Perbaiki sel berwarna di {desk.folder / 'hasil-desa.xlsx'}, simpan, lalu impor berkas itu."
    )
    assert second.applied == {"NEW": 2}
    assert not second.waiting
    people = await desk.people()
    assert Counter(one["end_reason"] for one in people) == {None: 40}
    assert sum(1 for one in people if one["is_head"]) == 10


async def test_rows_with_one_and_with_two_problems_in_one_chunk_are_staged_and_told(
    month: list[Person], book: MakeBook, desk: Desk
) -> None:
    month[4] |= {"nik": "123"}
    month[8] |= {"nama": "Siti 4minah", "tanggallahir": "31-02-1990"}

    report = await desk.bring(book(month))

    assert report.applied == {"NEW": 38}
    assert sorted((one.row, one.problem.code.value) for one in report.refusals) == [
        (6, "NIK_LENGTH"),
        (10, "DATE_IMPOSSIBLE"),
        (10, "NAME_CHARACTERS"),
    ]
    rows = await desk.ask(
        "select row_number, problems from import_row where tenant_id = $1 and action = 'REJECTED' order by row_number",
        desk.tenant.id,
    )
    stored = [(row[0], sorted(problem["code"] for problem in json.loads(row[1]))) for row in rows]
    assert stored == [(6, ["NIK_LENGTH"]), (10, ["DATE_IMPOSSIBLE", "NAME_CHARACTERS"])]


async def test_strict_refuses_the_whole_file_for_one_doubt(month: list[Person], book: MakeBook, desk: Desk) -> None:
    month[3] |= {"sex": 1}

    report = await desk.bring(book(month), strict=True)

    assert report.refused
    assert report.messages()[0].startswith("Berkas ditolak seluruhnya karena mode ketat: 0 baris ditolak, ")
    assert await desk.counted() == dict.fromkeys(await desk.counted(), 0)
    assert report.handed_back == desk.folder / "hasil-desa.xlsx"
    states = await desk.ask("select state from import_batch where tenant_id = $1", desk.tenant.id)
    assert [row[0] for row in states] == ["REFUSED"]


async def test_a_dry_run_reports_and_hands_back_and_leaves_nothing(
    month: list[Person], book: MakeBook, desk: Desk
) -> None:
    month[3] |= {"nik": "1"}

    report = await desk.bring(book(month), dry_run=True)

    assert report.applied == {"NEW": 39}
    assert report.messages()[:2] == ["Akan disimpan: 39 baru.", "Uji coba: tidak ada yang disimpan."]
    assert report.handed_back is not None
    assert report.handed_back.exists()
    assert await desk.counted() == dict.fromkeys(await desk.counted(), 0)
    assert await desk.number("select count(*) from import_batch where tenant_id = $1", desk.tenant.id) == 0
    assert await desk.entries() == {}


async def test_the_same_people_elsewhere_neither_matter_nor_change(
    month: list[Person], book: MakeBook, desk: Desk, hub: Hub, owner: asyncpg.Connection, tmp_path: Path
) -> None:
    elsewhere = await open_desk(hub, owner, tmp_path, name="Lain")
    path = book(month)
    await elsewhere.bring(path)
    before = await elsewhere.fingerprint()

    here = await desk.bring(path)
    next_village = await desk.bring(path, village=desk.other_code)

    assert here.applied == next_village.applied == {"NEW": 40}
    assert await elsewhere.fingerprint() == before
    assert len(await desk.people()) == 40


async def test_a_file_without_columns_of_ours_leaves_no_batch_running(book: MakeBook, desk: Desk) -> None:
    path = book([{"nik": "1", "kolom_aneh": "x"}])

    with pytest.raises(UnknownColumns):
        await desk.bring(path)

    states = await desk.ask("select state from import_batch where tenant_id = $1", desk.tenant.id)
    assert [row[0] for row in states] == ["ABANDONED"]


async def test_who_may_not_import_here_is_refused(month: list[Person], book: MakeBook, desk: Desk) -> None:
    path = book(month)
    powerless = replace(desk.scope, permissions=frozenset())
    narrow = replace(desk.scope, villages=(desk.other_village,))

    with pytest.raises(Forbidden):
        await desk.bring(path, scope=powerless)
    with pytest.raises(VillageNotHere):
        await desk.bring(path, scope=narrow)
    with pytest.raises(VillageNotHere):
        await desk.bring(path, village=RegionCode("63.01.01.2009"))

    assert await desk.counted() == dict.fromkeys(await desk.counted(), 0)


async def test_a_village_official_imports_into_their_own_village(
    month: list[Person], book: MakeBook, desk: Desk
) -> None:
    narrow = replace(desk.scope, villages=(desk.village,))

    report = await desk.bring(book(month), scope=narrow)

    assert report.applied == {"NEW": 40}


async def test_a_second_import_at_the_same_time_is_refused(month: list[Person], book: MakeBook, desk: Desk) -> None:
    path = book(month)

    async with batches.alone(desk.hub.pools.of(Reader.API), desk.scope, desk.village):
        with pytest.raises(ImportRunning):
            await desk.bring(path)
        beside = await desk.bring(path, village=desk.other_code)

    assert beside.applied == {"NEW": 40}
    assert len(await desk.people()) == 0


async def test_a_temporary_number_gives_way_to_the_real_one_and_is_still_understood(
    person: MakePerson, book: MakeBook, desk: Desk
) -> None:
    temporary, real = "0630101200100001", "6301014507907777"
    people = [*family(person, 1, 2), person(nik=temporary, nama="Sementara", no_kk="3201010101100001")]
    await desk.bring(book(people))

    known = await desk.bring(book([*people[:2], {**people[2], "nik": real}], name="b.xlsx"), apply=CONFIRM_ALL)
    again = await desk.bring(book(people, name="c.xlsx"), apply=CONFIRM_ALL)

    assert (known.applied, again.applied, again.waiting) == ({"CHANGED": 1}, {}, {})
    found = [one for one in await desk.people() if one["full_name"] == "Sementara"]
    assert [(one["nik_prefix"], one["nik_status"]) for one in found] == [("6301", "WELL_FORMED")]
    former = await desk.ask("select nik_prefix, nik_status from former_nik where tenant_id = $1", desk.tenant.id)
    assert [tuple(row) for row in former] == [("0630", "TEMPORARY")]


async def test_a_wrong_number_of_long_ago_names_somebody_only_with_their_name(
    person: MakePerson, book: MakeBook, desk: Desk
) -> None:
    wrong = str(person()["nik"])
    card = {"no_kk": "3201010101100001"}
    first, other = person(nama="Kakak", **card), person(nama="Adik", **card)  # twins
    people = [*family(person, 1, 2), first]
    await desk.bring(book(people))
    async with make.unit(desk.hub, desk.tenant) as unit:
        (elder,) = [each for each in await unit.all(unit.own(Citizen), Citizen) if each.full_name == "Kakak"]
        await unit.add(make.former_nik(desk.hub, elder, wrong, nik_status="WELL_FORMED"))

    kept = await desk.bring(book([*people[:2], {**first, "nik": wrong}], name="b.xlsx"), apply=CONFIRM_ALL)
    new = await desk.bring(book([*people, {**other, "nik": wrong}], name="c.xlsx"), apply=CONFIRM_ALL)

    assert (kept.applied, kept.waiting) == ({}, {})
    assert new.applied == {"NEW": 1}
    assert await desk.number("select count(*) from citizen where tenant_id = $1", desk.tenant.id) == 4


async def test_a_person_without_nik_is_known_again_and_gets_the_nik_later(
    person: MakePerson, book: MakeBook, desk: Desk
) -> None:
    people = [*family(person, 1, 2), person(nik=0, nama="Belum Punya", no_kk="3201010101100001")]
    await desk.bring(book(people))
    renamed = [*people[:2], {**people[2], "alamat": "Jl. Lain"}]
    known = [*people[:2], {**people[2], "nik": "6301014507907777"}]

    other_address = await desk.bring(book(renamed, name="a.xlsx"))
    with_nik = await desk.bring(book(known, name="b.xlsx"), apply=CONFIRM_ALL)

    assert other_address.waiting == {"CHANGED": 1}
    assert with_nik.applied == {"CHANGED": 1}
    found = [one for one in await desk.people() if one["full_name"] == "Belum Punya"]
    assert [(one["nik_prefix"], one["nik_status"], one["version"]) for one in found] == [("6301", "WELL_FORMED", 2)]


async def test_a_new_head_waits_for_the_old_ones_change(person: MakePerson, book: MakeBook, desk: Desk) -> None:
    people = with_status(family(person, 1, 3))
    await desk.bring(book(people))
    people[0] |= {"status_dasar": 2}
    people[1] |= {"kk_level": 1}
    path = book(people, name="november.xlsx")

    alone = await desk.bring(path, apply=frozenset({RowAction.CHANGED}))
    both = await desk.bring(path, apply=frozenset({RowAction.CHANGED, RowAction.DIED}))

    assert [(one.row, one.problem.code.value) for one in alone.refusals] == [(3, "HEAD_REGISTERED")]
    assert alone.applied.total() == 0
    assert both.applied == {"CHANGED": 1, "DIED": 1}
    assert [one["full_name"] for one in await desk.people() if one["is_head"]] == ["Anggota B"]


async def test_two_heads_may_change_places(person: MakePerson, book: MakeBook, desk: Desk) -> None:
    one, other = family(person, 1, 2), family(person, 2, 2)
    await desk.bring(book([*one, *other]))
    one[0]["no_kk"], other[0]["no_kk"] = other[0]["no_kk"], one[0]["no_kk"]

    report = await desk.bring(book([*one, *other], name="tukar.xlsx"), apply=CONFIRM_ALL)

    assert report.applied == {"CHANGED": 2}
    assert sorted(one["full_name"] for one in await desk.people() if one["is_head"]) == ["Kepala B", "Kepala C"]


async def test_a_family_whose_last_member_leaves_ends(person: MakePerson, book: MakeBook, desk: Desk) -> None:
    people = with_status([*family(person, 1, 1), *family(person, 2, 2)])
    await desk.bring(book(people))
    people[0] |= {"status_dasar": 6}

    await desk.bring(book(people, name="november.xlsx"), apply=CONFIRM_ALL)

    ended = [one for one in await desk.people() if one["home_end"]]
    assert [(one["full_name"], one["end_reason"], one["home_end"]) for one in ended] == [("Kepala B", "LEFT", "EMPTY")]


async def test_a_file_that_still_has_a_cards_former_number_means_the_card_as_it_is_now(
    person: MakePerson, book: MakeBook, desk: Desk
) -> None:
    people = with_status(family(person, 1))
    await desk.bring(book(people))
    await renumber(desk, "3201010101109001", CardChange.REISSUED)
    people[1] |= {"pekerjaan_id": 9}
    born = person(no_kk=people[0]["no_kk"], nama="Bayi Baru", tanggallahir=date(2026, 10, 1))

    report = await desk.bring(book([*people, born], name="november.xlsx"), apply={RowAction.NEW, RowAction.CHANGED})

    assert report.applied == {"NEW": 1, "CHANGED": 1}
    now = desk.hub.services.keys.blind("3201010101109001", tenant=desk.tenant.id, kind="kk")
    assert {one["kk_bidx"] for one in await desk.people()} == {now}


async def test_a_number_that_was_mistyped_is_another_familys(person: MakePerson, book: MakeBook, desk: Desk) -> None:
    people = family(person, 1)
    await desk.bring(book(people))
    await renumber(desk, "3201010101109002", CardChange.MISTYPED)
    other = person(no_kk=people[0]["no_kk"], nama="Orang Lain")

    report = await desk.bring(book([*people, other], name="november.xlsx"), apply={RowAction.NEW})

    assert report.applied == {"NEW": 1}
    keys, tenant = desk.hub.services.keys, desk.tenant.id
    cards = {one["full_name"]: one["kk_bidx"] for one in await desk.people()}
    assert cards["Orang Lain"] == keys.blind(str(people[0]["no_kk"]), tenant=tenant, kind="kk")
    assert cards[str(people[0]["nama"])] == keys.blind("3201010101109002", tenant=tenant, kind="kk")


async def renumber(desk: Desk, number: str, reason: CardChange) -> None:
    """Put another number on the village's only card."""
    async with make.unit(desk.hub, desk.tenant) as unit:
        own = table(Household).c
        (home,) = await unit.all(unit.own(Household).where(own.village_id == desk.village), Household)
        await cards.replace_household_card(
            unit,
            desk.hub.services.keys,
            household=home.id,
            expected=home.version,
            kk=KkNumber(number),
            reason=reason,
        )


async def test_whoever_was_missing_and_comes_back_is_listed_as_new(
    month: list[Person], book: MakeBook, desk: Desk
) -> None:
    await desk.bring(book(month))
    await desk.bring(book(month[:-1], name="tanpa.xlsx"), apply=CONFIRM_ALL)

    report = await desk.bring(book(month, name="lagi.xlsx"))

    assert report.waiting == {"NEW": 1}
    assert report.counts["SAME"] == 39


async def test_a_refused_row_of_a_known_person_does_not_make_them_missing(
    month: list[Person], book: MakeBook, desk: Desk
) -> None:
    await desk.bring(book(month))
    month[4] |= {"tanggallahir": "31-02-1990"}

    report = await desk.bring(book(month, name="november.xlsx"))

    assert report.waiting.total() == 0
    assert report.counts == {"SAME": 39, "REJECTED": 1, "WARNED": 39, "SKIPPED": 0}


async def test_specific_personal_data_stays_out_unless_switched_on(
    month: list[Person], book: MakeBook, desk: Desk
) -> None:
    people = [{**one, "agama_id": 1, "golongan_darah_id": 4} for one in month]
    path = book(people)

    without = await desk.bring(path)
    silent = {(one["religion"], one["blood_type"]) for one in await desk.people()}
    on = await desk.bring(path, sensitive=frozenset({"blood_type"}), apply=CONFIRM_ALL)

    assert without.not_imported == ("agama_id", "golongan_darah_id")
    assert silent == {(None, None)}
    assert on.applied == {"CHANGED": 40}
    assert {(one["religion"], one["blood_type"]) for one in await desk.people()} == {(None, "O")}


async def test_the_demo_workbook_of_a_village_imports_whole(desk: Desk) -> None:
    path = desk.folder / "kapul.xlsx"
    count = write_workbook("63.11.02.2011", path)

    report = await desk.bring(path)

    assert report.applied == {"NEW": count}
    assert report.counts["REJECTED"] == 0


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="kills a process")
async def test_an_import_killed_in_the_middle_is_completed_by_the_next(
    person: MakePerson, book: MakeBook, desk: Desk, hub: Hub, owner: asyncpg.Connection, tmp_path: Path
) -> None:
    people = [one for card in range(500) for one in family(person, card, 6)]
    path = book(people)
    whole = await open_desk(hub, owner, tmp_path, name="Utuh")
    await whole.bring(path)
    expected = await whole.counted()

    # Twice while reading, once while applying, twice while resuming: at most four of six groups are written.
    for lines, step in ((1, "READING"), (2, "READING"), (1, "APPLYING"), (2, "RESUMING"), (1, "RESUMING")):
        kill_after(lines, step, desk.order(path, asking="yes"))
        halfway = await desk.counted()
        assert halfway["citizen"] < 3000
    clear = await desk.number(
        "select count(*) from import_row where position(convert_to('Anggota', 'UTF8') in sealed) > 0"
    )
    report = await desk.bring(path)

    assert clear == 0
    assert report.resumed > 0
    assert report.counts["SAME"] == 3000
    assert report.messages()[0] == f"Impor sebelumnya yang terputus telah diselesaikan: {report.resumed} baris."
    assert await desk.counted() == expected
    assert (await desk.entries())["CITIZEN_IMPORTED"] == 3000
    assert [plain(one) for one in await desk.people()] == [plain(one) for one in await whole.people()]
    running = "select count(*) from import_batch where state in ('READING', 'APPLYING') and tenant_id = $1"
    assert await desk.number(running, desk.tenant.id) == 0


def plain(one: Mapping[str, object]) -> dict[str, object]:
    """A person without what is keyed by tenant."""
    return {name: value for name, value in one.items() if name not in ("nik_bidx", "kk_bidx", "row_digest")}


def kill_after(lines: int, step: str, order: Mapping[str, str]) -> None:
    """Import in a child and kill it, with no time for farewells, some moment after its n-th line of a step."""
    command = [sys.executable, str(CHILD), json.dumps(order)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=ROOT, env=ENVIRONMENT) as child:  # noqa: S603
        assert child.stdin is not None
        assert child.stdout is not None
        seen = 0
        for line in child.stdout:
            seen += line.startswith(step)
            child.stdin.write("on\n")
            child.stdin.flush()
            if seen == lines:
                time.sleep(random.uniform(0, 0.1))  # noqa: S311  (somewhere inside the next transaction)
                child.send_signal(signal.SIGKILL)
                break
        else:
            raise AssertionError(f"it ended before line {lines} of {step}")
