"""A village sends its register each month: a twentieth changed, two rows faulty and mended in what comes back."""

import io
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import openpyxl
import pytest

from hub.wiring import Hub
from tests.client import client_of
from tests.entrypoints.test_import_jobs import Office, figures
from tests.entrypoints.test_uploads import key_of
from tests.integrations.opensid.conftest import MakeBook, MakePerson, book, person
from tests.world.build import place

assert book  # the fixtures
assert person
CODE = "32.01.16"
FAMILIES, SIZE = 40, 5


@pytest.fixture
async def office(hub: Hub, owner_dsn: str) -> AsyncIterator[Office]:
    """A kecamatan whose villages send files."""
    owner = await asyncpg.connect(owner_dsn)
    made = await place(hub, owner, CODE, "Bulanan", (f"{CODE}.2001", f"{CODE}.2002"))
    async with client_of(hub) as client:
        yield Office(hub, client.http, made, owner)
    await owner.close()


def name_of(number: int) -> str:
    """A name of its own for each; names have no digits."""
    return f"Warga {chr(65 + number // 20)}{'abcdefghijklmnopqrst'[number % 20]}"


async def register(office: Office, village: str) -> dict[str, str]:
    """Birth places in the village's register by the names of its people."""
    rows = await office.rows("select full_name, birth_place from citizen where village_id = $1", key_of(village))
    found = {row["full_name"]: row["birth_place"] for row in rows}
    assert len(found) == len(rows)
    return found


async def returned(office: Office, job: dict[str, Any]) -> openpyxl.Workbook:
    """The workbook that came back, fetched by its link as a person would."""
    opened = await office.http.get(await office.link(job["returned"]["id"]))
    assert opened.status_code == 200
    return openpyxl.load_workbook(io.BytesIO(opened.content))


async def test_a_months_file_is_taken_over_and_its_faults_are_mended_in_the_returned_workbook(
    office: Office, person: MakePerson, book: MakeBook
) -> None:
    village = await office.village()
    people = [
        person(nama=name_of(number), no_kk=f"630101010110{number // SIZE + 1:04d}", kk_level=4 if number % SIZE else 1)
        for number in range(FAMILIES * SIZE)
    ]
    first = await office.settled(await office.begun(village, people, book))
    assert (first["state"], figures(first)) == ("DONE", {"NEW": (200, 200, 0)})

    # The next month: ten moved house in the books, and in two new rows something cannot be.
    for number in range(0, 200, 20):
        people[number]["tempatlahir"] = "Takisung"
    faulty = [person(nama="Warga Baru Satu", sex="?"), person(nama="Warga Baru Dua", tanggallahir="2018-02-30")]
    waits = await office.settled(await office.begun(village, [*people, *faulty], book))
    assert waits["state"] == "WAITING"
    assert figures(waits) == {"CHANGED": (10, 0, 10), "REJECTED": (2, 0, 0), "SAME": (190, 0, 0)}
    assert [(each["row"], each["heading"]) for each in waits["problems"]["nodes"]] == [
        (202, "sex"),
        (203, "tanggallahir"),
    ]
    assert "Takisung" not in (await register(office, village)).values()

    assert (await office.confirm(waits, "CHANGED"))["userErrors"] == []
    done = await office.settled(waits)
    assert figures(done) == {"CHANGED": (10, 10, 0), "REJECTED": (2, 0, 0), "SAME": (190, 0, 0)}
    told = await register(office, village)
    assert (len(told), list(told.values()).count("Takisung")) == (200, 10)

    # The village mends the two cells in the workbook that came back, and sends that very workbook.
    workbook = await returned(office, waits)
    sheet = workbook.active
    assert sheet is not None
    head = [cell.value for cell in sheet[1]]
    assert head[-2:] == ["STATUS", "KETERANGAN"]
    status = [sheet.cell(row, len(head) - 1).value for row in (2, 202, 203)]
    assert status == ["PERINGATAN", "DITOLAK", "DITOLAK"]  # the first: a NIK of another kecamatan, nothing to mend
    assert "tidak ada di kalender" in str(sheet.cell(203, len(head)).value)
    sheet.cell(202, head.index("sex") + 1).value = 1
    sheet.cell(203, head.index("tanggallahir") + 1).value = "2018-02-28"
    mended = io.BytesIO()
    workbook.save(mended)
    file = await office.uploaded("penduduk-hasil.xlsx", mended.getvalue())
    sent = (await office.start(village, file))["importJob"]
    done = await office.settled(sent)  # new people alone need no word

    assert (done["state"], figures(done)) == ("DONE", {"NEW": (2, 2, 0), "SAME": (200, 0, 0)})
    told = await register(office, village)
    assert (len(told), told["Warga Baru Satu"], told["Warga Baru Dua"]) == (202, "Pelaihari", "Pelaihari")
