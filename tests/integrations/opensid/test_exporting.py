"""A village's register out as a file that OpenSID takes, and in again, on a real server."""

import json
import random
import stat
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from openpyxl.utils.escape import unescape

from hub.domains.citizens import households, people
from hub.domains.citizens.people import Person
from hub.domains.imports.errors import VillageNotHere
from hub.domains.imports.known import SENSITIVE
from hub.domains.imports.model import RowAction
from hub.domains.kecamatan import agreements
from hub.domains.kecamatan.errors import AgreementEnded, AgreementExists, AgreementExpired, AgreementOutOfOrder
from hub.integrations.opensid.columns import COLUMNS, find_header
from hub.integrations.opensid.exporting import Outcome, export_file
from hub.integrations.opensid.report import Progress
from hub.integrations.opensid.rows import judge
from hub.integrations.opensid.workbook import open_workbook
from hub.integrations.private_files import FileNotWritten, FileStands, NoFolder
from hub.kernel.errors import Forbidden
from hub.kernel.nik import KkNumber, Nik
from hub.kernel.register_codes import CODE_LISTS, BaseStatus
from hub.kernel.scope import Reader, Scope
from hub.kernel.written import TextMissing
from hub.tenants.permissions import ROLES, Permission, Role
from hub.wiring import Hub
from tests.integrations.opensid.desk import Desk, open_desk
from tests.world import make

MakeBook = Callable[..., Path]
Sheet = list[list[Any]]

NAMES = [column.name for column in COLUMNS]
TODAY = date(2026, 11, 21)


def read(path: Path) -> Sheet:
    """The rows of the data sheet, without its header and its mark."""
    book = openpyxl.load_workbook(path)
    assert book.sheetnames[0] == "Data Penduduk"
    page = book["Data Penduduk"].iter_rows(max_col=len(NAMES), values_only=True)
    header, *rows = ([_read(cell) for cell in row] for row in page)
    assert header == NAMES
    assert rows.pop()[1] == "###"
    return rows


def _read(cell: Any) -> Any:
    """A cell as a program reads it that knows Excel's escapes."""
    return unescape(cell) if isinstance(cell, str) else cell


def by_column(row: list[Any]) -> dict[str, Any]:
    """The filled cells of a row."""
    return {name: value for name, value in zip(NAMES, row, strict=True) if value is not None}


async def take(desk: Desk, name: str = "keluar.xlsx", *, scope: Scope | None = None, **given: Any) -> Outcome:
    """Export the desk's village."""
    options = {"village": desk.code, "purpose": "Pemutakhiran data desa", "sensitive": SENSITIVE, **given}
    pool, services = desk.hub.pools.of(Reader.API), desk.hub.services
    return await export_file(pool, scope or desk.scope, services.keys, services.clock, desk.folder / name, **options)


async def agree(desk: Desk, *, number: str = "PKS-1", first: date = TODAY, last: date = date(2099, 12, 31)) -> None:
    """Let what comes from SIAK go out."""
    async with make.unit(desk.hub, desk.tenant) as unit:
        if await agreements.in_force(unit, unit.tenant) is None:
            await agreements.record_agreement(
                unit, number=number, purpose="Verifikasi", starts_on=first, expires_on=last
            )


# The file


async def test_a_file_has_the_columns_of_the_template_their_codes_and_their_dates(
    person: Callable[..., dict[str, object]], book: MakeBook, desk: Desk
) -> None:
    given = person(
        kk_level=1, agama_id=3, pekerjaan_id=89, ayah_nik="6301010101700001", status_dasar=1, lat="-3.84", lng="114.730"
    )
    await desk.bring(book([given]), sensitive=frozenset(SENSITIVE))

    outcome = await take(desk)
    labelled = await take(desk, "kata.xlsx", labels=True)

    (row,) = read(outcome.file)
    assert by_column(row) == {
        "alamat": "Jl. Contoh No. 1", "dusun": "SATU", "rw": "002", "rt": "001", "nama": "Contoh Warga",
        "no_kk": "6301010101100001", "nik": given["nik"], "sex": 2, "tempatlahir": "Pelaihari",
        "tanggallahir": "05-07-1990", "agama_id": 3, "pekerjaan_id": 89, "kk_level": 1, "ayah_nik": "6301010101700001",
        "status_dasar": 1, "lat": "-3.84", "lng": "114.730",
    }  # fmt: skip
    (words,) = read(labelled.file)
    coded = {name: value for name, value in by_column(words).items() if name in ("sex", "agama_id", "pekerjaan_id")}
    assert coded == {"sex": "PEREMPUAN", "agama_id": "KATHOLIK", "pekerjaan_id": "LAINNYA"}


async def test_families_stand_together_and_their_heads_before_all(
    person: Callable[..., dict[str, object]], book: MakeBook, desk: Desk
) -> None:
    people = [
        person(no_kk="6301010101100002", nama="Anak Dua"),
        person(no_kk="6301010101100001", nama="Anak Satu"),
        person(no_kk="6301010101100002", nama="Kepala Dua", kk_level=1),
        person(no_kk="6301010101100001", nama="Kepala Satu", kk_level=1),
        person(no_kk="6301010101100000", nama="Kepala Rt Dua", kk_level=1, rt="002"),
    ]
    await desk.bring(book(people))

    outcome = await take(desk)

    names = [by_column(row)["nama"] for row in read(outcome.file)]
    assert names == ["Kepala Satu", "Anak Satu", "Kepala Dua", "Anak Dua", "Kepala Rt Dua"]


async def test_those_who_ended_and_specific_data_stay_out_unless_they_are_asked_for(
    person: Callable[..., dict[str, object]], book: MakeBook, desk: Desk
) -> None:
    people = [person(kk_level=1, agama_id=1, status_dasar=1), person(nama="Telah Tiada", status_dasar=2, agama_id=1)]
    await desk.bring(book(people), sensitive=frozenset(SENSITIVE))

    plain = await take(desk, "biasa.xlsx", sensitive=())
    whole = await take(desk, "semua.xlsx", with_ended=True)

    assert [by_column(row)["nama"] for row in read(plain.file)] == ["Contoh Warga"]
    assert "agama_id" not in by_column(read(plain.file)[0])
    rows = [by_column(row) for row in read(whole.file)]
    assert [(row["status_dasar"], row["agama_id"]) for row in rows] == [(1, 1), (2, 1)]
    told = plain.messages("en")
    assert told[1] == "Left out: 1 records that ended; --with-ended includes them."
    assert told[2] == (
        "Columns of specific personal data left empty: agama_id, golongan_darah_id, cacat_id, cara_kb_id, hamil, suku. "
        "Name them with --sensitive where needed."
    )
    assert told[4].startswith("Columns left empty, for the hub knows nothing of them: pendidikan_kk_id, ")
    assert whole.messages()[0].startswith("Ditulis: 2 orang ke ")


async def test_what_comes_from_siak_goes_out_only_while_an_agreement_holds(
    person: Callable[..., dict[str, object]], book: MakeBook, desk: Desk
) -> None:
    await desk.bring(book([person(kk_level=1, ktp_el=2, status_rekam=3, tag_id_card="0123456789")]))
    siak = {"ktp_el": 2, "status_rekam": 3, "tag_id_card": "0123456789"}

    before = await take(desk, "sebelum.xlsx")
    async with make.unit(desk.hub, desk.tenant) as unit:
        made = await agreements.record_agreement(
            unit, number="PKS/1/2026", purpose="Verifikasi warga", starts_on=TODAY, expires_on=date(2099, 12, 31)
        )
        await agreements.record_agreement(
            unit, number="PKS/2", purpose="Kelak", starts_on=date(2099, 1, 1), expires_on=date(2099, 12, 31)
        )
    during = await take(desk, "selama.xlsx")
    async with make.unit(desk.hub, desk.tenant) as unit:
        await agreements.end_agreement(unit, made.id, expected=1, reason="Dicabut")
    after = await take(desk, "sesudah.xlsx")

    told = [{name: by_column(read(each.file)[0]).get(name) for name in siak} for each in (before, during, after)]
    assert told == [dict.fromkeys(siak), siak, dict.fromkeys(siak)]
    refusal = (
        "Columns of SIAK left empty, for no agreement on the use of the data is in force: ktp_el, status_rekam, "
        "tag_id_card. The camat records one by recordDataUseAgreement, the operator by `hub agreement add`."
    )
    assert [refusal in each.messages("en") for each in (before, during, after)] == [True, False, True]
    assert (
        "Kolom dari SIAK disertakan menurut perjanjian PKS/1/2026, berlaku sampai 2099-12-31, untuk: Verifikasi warga."
        in during.messages()
    )
    entries = await desk.ask(
        "select payload from journal_entry where kind = 'REGISTER_EXPORTED' and tenant_id = $1 order by id",
        desk.tenant.id,
    )
    assert [json.loads(each["payload"])["agreement"] for each in entries] == [
        [None, None], [None, "PKS/1/2026"], [None, None],
    ]  # fmt: skip
    assert {kind: count for kind, count in (await desk.entries()).items() if kind.startswith("DATA_USE")} == {
        "DATA_USE_AGREEMENT_RECORDED": 2,
        "DATA_USE_AGREEMENT_ENDED": 1,
    }


async def test_an_agreement_that_expired_opens_nothing_and_a_faulty_one_is_refused(desk: Desk) -> None:
    refused: list[tuple[type[Exception], dict[str, Any]]] = [
        (AgreementExpired, {"number": "A", "starts_on": date(2020, 1, 1), "expires_on": date(2020, 12, 31)}),
        (AgreementOutOfOrder, {"number": "B", "starts_on": date(2099, 12, 31), "expires_on": date(2099, 1, 1)}),
    ]
    for error, given_terms in refused:
        with pytest.raises(error):
            async with make.unit(desk.hub, desk.tenant) as unit:
                await agreements.record_agreement(unit, purpose="Uji", **given_terms)
    await agree(desk, number="C")
    with pytest.raises(AgreementExists):
        async with make.unit(desk.hub, desk.tenant) as unit:
            await agreements.record_agreement(
                unit, number="C", purpose="Uji", starts_on=TODAY, expires_on=date(2099, 1, 1)
            )
    (row,) = await desk.ask("select id from data_use_agreement where tenant_id = $1", desk.tenant.id)
    async with make.unit(desk.hub, desk.tenant) as unit:
        await agreements.end_agreement(unit, row["id"], expected=None, reason="Dicabut")
    with pytest.raises(AgreementEnded):
        async with make.unit(desk.hub, desk.tenant) as unit:
            await agreements.end_agreement(unit, row["id"], expected=None, reason="Lagi")

    await desk.ask(
        "update data_use_agreement set ended_at = null, end_reason = null, starts_on = '2020-01-01', "
        "expires_on = '2020-12-31' where tenant_id = $1",
        desk.tenant.id,
    )

    assert (await take(desk)).agreement is None


async def test_a_nik_stands_once_the_living_record_carries_it(
    person: Callable[..., dict[str, object]], book: MakeBook, desk: Desk
) -> None:
    left = person(nama="Pulang Kampung", kk_level=1, status_dasar=3)
    await desk.bring(book([left]))
    again = {**left, "nama": "Pulang Lagi", "status_dasar": 1}
    await desk.bring(book([again], name="kembali.xlsx"), apply=frozenset((RowAction.NEW,)))

    outcome = await take(desk, with_ended=True)

    assert [by_column(row)["nama"] for row in read(outcome.file)] == ["Pulang Lagi"]
    assert outcome.earlier == 1


async def test_texts_are_texts_whatever_a_spreadsheet_would_make_of_them(desk: Desk) -> None:
    odd = ["=1+1", "<r><t>x</t></r>", "<r>x</r>", "_x0041_", "0012", "@cmd", 'Ibu "Is" & <i>', "😀", "TRUE", "1e5"]
    await _family(desk, "6301010101100001", [{"birth_place": text} for text in odd])

    outcome = await take(desk)

    with open_workbook(outcome.file) as book:
        header = find_header(book)
        rows = list(judge(book.rows(header.sheet), header, village=desk.code, today=TODAY))
    assert sorted(row.values.birth_place or "" for row in rows if row.values) == sorted(odd)
    assert not outcome.written.unlike


async def test_a_hamlet_with_the_name_of_the_mark_does_not_end_the_file(desk: Desk) -> None:
    place = {"hamlet": "###", "rw": "001", "rt": "001"}
    await _family(desk, "6301010101100001", [{}, {}], place=place)

    outcome = await take(desk)

    assert [by_column(row).get("dusun") for row in read(outcome.file)] == [None, None]
    assert outcome.written.unlike == {"dusun": 2}


async def test_what_opensid_would_read_otherwise_is_counted_by_column(desk: Desk) -> None:
    await _family(
        desk,
        "6301010101100001",
        [{"birth_place": "Jum\u2019at"}, {"birth_place": "-"}, {"tag_id_card": "123"}, {"latitude": "7"}],
        place={"hamlet": None, "rw": "RW 01", "rt": None},
    )

    outcome = await take(desk)

    assert outcome.written.unlike == {"tempatlahir": 2, "rw": 4}  # `tag_id_card` stays out without an agreement
    assert outcome.written.lacking == {"dusun": 4}
    assert [by_column(row)["rt"] for row in read(outcome.file)] == ["-"] * 4
    assert "Cells that OpenSID reads otherwise or refuses: rw 4, tempatlahir 2." in outcome.messages("en")


# Who may, and what stays behind


async def test_an_export_is_in_the_journal_with_its_purpose_before_a_row_is_read(
    person: Callable[..., dict[str, object]], book: MakeBook, desk: Desk
) -> None:
    await desk.bring(book([person(kk_level=1)]))

    def fail(_: Progress) -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await take(desk, progress=fail)

    (entry,) = await desk.ask(
        "select * from journal_entry where kind = 'REGISTER_EXPORTED' and tenant_id = $1", desk.tenant.id
    )
    assert (entry["purpose"], entry["village_id"], entry["object_id"], entry["channel"]) == (
        "Pemutakhiran data desa", desk.village, desk.village, "EXPORT",
    )  # fmt: skip
    assert json.loads(entry["payload"]) == {
        "form": [None, "OPENSID"], "people": [None, 1], "with_ended": [None, False], "agreement": [None, None],
        "sensitive": [None, sorted(SENSITIVE)],
    }  # fmt: skip
    assert sorted(each.name for each in desk.folder.iterdir()) == ["desa.xlsx", "hasil-desa.xlsx"]


async def test_a_file_is_its_owners_alone_and_never_written_over_another_unasked(desk: Desk) -> None:
    first = await take(desk)
    before = first.file.read_bytes()
    with pytest.raises(FileStands):
        await take(desk)
    standing = first.file.read_bytes()

    first.file.chmod(0o644)
    (desk.folder / "lain.xlsx").symlink_to(first.file)
    with pytest.raises(FileStands):
        await take(desk, "lain.xlsx")
    await take(desk, force=True)

    assert standing == before
    assert stat.S_IMODE(first.file.stat().st_mode) == 0o600
    assert sorted(each.name for each in desk.folder.iterdir()) == ["keluar.xlsx", "lain.xlsx"]
    assert await desk.entries() == {"REGISTER_EXPORTED": 2}


async def test_a_folder_that_is_not_there_is_said_before_anything_is_journaled(desk: Desk) -> None:
    with pytest.raises(NoFolder):
        await take(desk, "tidak/ada.xlsx")
    with pytest.raises(FileStands):
        await take(desk, ".", force=True)
    assert await desk.entries() == {}


async def test_a_file_that_cannot_be_written_is_said_and_leaves_nothing(desk: Desk) -> None:
    with pytest.raises(FileNotWritten) as refused:
        await take(desk, f"{'x' * 300}.xlsx")

    assert refused.value.params["problem"] == "File name too long"
    assert list(desk.folder.iterdir()) == []
    assert await desk.entries() == {}


async def test_an_export_wants_a_purpose_and_the_right(desk: Desk) -> None:
    with pytest.raises(TextMissing):
        await take(desk, purpose="  ")
    for role in (Role.KEC_SECTION_HEAD, Role.INTEGRATION, Role.VILLAGE_HEAD):
        weak = Scope(Reader.API, role.value, frozenset(ROLES[role]), (desk.tenant,))
        with pytest.raises(Forbidden):
            await take(desk, scope=weak)
    blind = frozenset(ROLES[Role.INTEGRATION] | {Permission.EXPORT_REGISTER})
    with pytest.raises(Forbidden):
        await take(desk, scope=Scope(Reader.API, Role.INTEGRATION.value, blind, (desk.tenant,)))
    assert await desk.entries() == {}
    assert list(desk.folder.iterdir()) == []


async def test_another_kecamatans_village_answers_like_one_that_is_not_there(hub: Hub, desk: Desk) -> None:
    other = await open_desk(hub, desk.owner, desk.folder, name="Lain")
    told = []
    for code in (other.code, type(other.code)("63.01.01.2999")):
        with pytest.raises(VillageNotHere) as refused:
            await take(desk, village=code)
        told.append((refused.value.code, refused.value.path, sorted(refused.value.params)))
    narrowed = Scope(
        Reader.API, Role.CAMAT.value, frozenset(ROLES[Role.CAMAT]), (desk.tenant,), villages=(desk.other_village,)
    )
    with pytest.raises(VillageNotHere):
        await take(desk, scope=narrowed)
    assert told[0] == told[1]
    assert await desk.entries() == {}


# Out and in again


def _codes(field: str) -> st.SearchStrategy[str]:
    return st.sampled_from([code.name for code in CODE_LISTS[field].codes])


ODD = st.sampled_from(
    ["-", "=1+1", "_x0041_", "<r>b</r>", "'Aisyah", "Jum'at", "Jum\u2019at", "a\u200bb", "###", "Y", "0", "x" * 200]
)
TEXT = ODD | st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Z")), min_size=1, max_size=12)
NAME = st.text(st.sampled_from("ABcdé .,'-"), min_size=1, max_size=9).map(lambda text: " ".join(f"N{text}".split()))
DAY = st.dates(date(1850, 1, 1), TODAY)
DIGITS = st.text(st.sampled_from("123456789"), min_size=16, max_size=16)
DEGREES = st.decimals(-90, 90, allow_nan=False, places=3).map(str)
TEXTS = (
    "birth_place", "father_name", "mother_name", "birth_certificate", "passport_number", "kitas_number",
    "marriage_certificate", "divorce_certificate", "current_address", "tag_id_card", "insurance_number",
)  # fmt: skip
CODED = (
    "education", "schooling", "occupation", "marital_status", "citizenship", "ektp_status", "ktp_recording_status",
    "health_insurance",
)  # fmt: skip
PERSON = st.fixed_dictionaries(
    {"full_name": NAME, "sex": _codes("sex"), "nik": st.booleans()},
    optional={
        **dict.fromkeys(TEXTS, TEXT),
        **{field: _codes(field) for field in (*CODED, *SENSITIVE) if field in CODE_LISTS},
        **dict.fromkeys(("birth_date", "passport_expires_on", "married_on", "divorced_on"), DAY),
        **dict.fromkeys(("father_nik", "mother_nik"), DIGITS.map(Nik)),
        **dict.fromkeys(("latitude", "longitude"), DEGREES),
        "ethnicity": TEXT,
        "phone": st.just("+628123456789"),
        "ended": st.sampled_from([status for status in BaseStatus if status is not BaseStatus.ALIVE]),
    },
)
HOME = st.fixed_dictionaries(
    {"hamlet": TEXT.map(str.upper) | st.just("SATU") | st.none(), "rw": st.sampled_from(["001", "-", None, "RW 2"])},
    optional={"rt": st.sampled_from(["002", "-"]), "address": TEXT},
)
REGISTER = st.lists(st.tuples(HOME, st.lists(PERSON, min_size=1, max_size=4)), min_size=1, max_size=4)


@pytest.fixture
async def there(hub: Hub, desk: Desk) -> Desk:
    """Another kecamatan."""
    return await open_desk(hub, desk.owner, desk.folder, name="Sana")


# Without shrinking: an example is a second of work, and a failing one is small enough to read.
@settings(max_examples=20, deadline=None, phases=(Phase.generate,), suppress_health_check=list(HealthCheck))
@given(families=REGISTER, labels=st.booleans())
async def test_out_in_and_out_again_gives_the_same_file_in_another_kecamatan(
    desk: Desk, there: Desk, families: list[tuple[dict[str, Any], list[dict[str, Any]]]], labels: bool
) -> None:
    for each in (desk, there):
        await _emptied(each)
        await agree(each)
    for number, (place, persons) in enumerate(families):
        await _family(desk, f"630101010110{number:04d}", persons, place=place, serial=number * 10)

    out = await take(desk, "satu.xlsx", with_ended=True, labels=labels, force=True)
    await there.bring(out.file, sensitive=frozenset(SENSITIVE))
    back = await take(there, "dua.xlsx", with_ended=True, labels=labels, force=True)

    # Where a place is read otherwise, its family may stand elsewhere.
    assert sorted(read(back.file), key=repr) == sorted(_carried(out.file, desk), key=repr)
    assert sum(len(persons) for _, persons in families) == out.written.rows
    if not (out.written.unlike or out.written.lacking or out.written.alike):
        assert read(back.file) == read(out.file)


def _carried(path: Path, desk: Desk) -> Iterator[list[Any]]:
    """The rows that an import accepts, each cell as it is read."""
    with open_workbook(path) as book:
        header = find_header(book)
        judged = list(judge(book.rows(header.sheet), header, village=desk.code, today=TODAY))
    for row, verdict in zip(read(path), judged, strict=True):
        if verdict.values is None:
            continue
        texts = {
            index: getattr(verdict.values, column.field)
            for index, column in enumerate(COLUMNS)
            if isinstance(row[index], str) and column.field not in CODE_LISTS and column.field in (*TEXTS, *PLACES)
        }
        yield [texts.get(index, cell) for index, cell in enumerate(row)]


PLACES = ("address", "hamlet", "full_name", "ethnicity")


async def test_a_villages_own_file_comes_out_as_it_went_in(book: MakeBook, desk: Desk) -> None:
    draw = random.Random(7)  # noqa: S311  (not a secret: the draw must repeat)
    given = [_filled(number, draw) for number in range(200)]
    await agree(desk)

    report = await desk.bring(book(given), sensitive=frozenset(SENSITIVE))
    outcome = await take(desk, with_ended=True)

    assert report.applied == {"NEW": 200}
    assert [by_column(row) for row in read(outcome.file)] == [
        {name: value for name, value in row.items() if value is not None} for row in given
    ]
    assert outcome.empty == ()


def _filled(number: int, draw: random.Random) -> dict[str, Any]:
    """A person as OpenSID's form holds one, some columns empty; families of four in order."""
    day = f"{draw.randint(1, 28):02d}-{draw.randint(1, 12):02d}-{draw.randint(1940, 2020)}"
    row: dict[str, Any] = {name: f"{name} {draw.randint(1, 999)}" for name in NAMES}
    row |= {name: day for name in NAMES if name.startswith("tanggal")}
    row |= {name: draw.choice(CODE_LISTS[field].codes).number for name, field in CODES.items()}
    row |= {"ayah_nik": f"63010115066{number:05d}", "ibu_nik": f"63010155066{number:05d}"}
    row |= {"tag_id_card": f"{number:012d}", "lat": f"-3.{number:03d}", "lng": f"114.{number:03d}"}
    row = {name: value if draw.random() < MOSTLY else None for name, value in row.items()}
    if row["sex"] != FEMALE:
        row["hamil"] = None
    return row | {
        "alamat": f"Jl. Contoh No. {number // 4}", "dusun": "SATU", "rw": f"{number // 40:03d}", "rt": "001",
        "nama": f"Warga {chr(65 + number % 4)}", "no_kk": f"63010101011{number // 4:05d}",
        "nik": f"630101170590{number:04d}", "sex": row["sex"] or 1, "kk_level": number % 4 + 1, "status_dasar": 1,
    }  # fmt: skip


MOSTLY, FEMALE = 0.7, 2
CODES = {column.name: column.field for column in COLUMNS if column.field in CODE_LISTS}


async def _family(
    desk: Desk,
    kk: str,
    persons: list[dict[str, Any]],
    *,
    place: Mapping[str, Any] | None = None,
    serial: int = 0,
) -> None:
    """Enter a family as an office does: its head first."""
    keys = desk.hub.services.keys
    home = {"hamlet": "SATU", "rw": "001", "rt": "001"} if place is None else place
    async with make.unit(desk.hub, desk.tenant) as unit:
        made = await households.register_household(unit, keys, village=desk.village, kk=KkNumber(kk), place=home)
        for number, given in enumerate(persons):
            told = {"full_name": "Contoh Warga", "sex": "MALE", **given}
            ended, nik = told.pop("ended", None), told.pop("nik", True)
            citizen = await people.register_citizen(
                unit,
                keys,
                household=made.id,
                nik=Nik(f"630101170590{serial + number:04d}") if nik else None,
                person=Person(
                    columns={
                        "family_relation": "CHILD" if number else "HEAD",
                        **{name: value for name, value in told.items() if name not in (*NUMBERS, *SENSITIVE)},
                    },
                    numbers={name: told[name] for name in NUMBERS if name in told},
                    sensitive={name: told[name] for name in SENSITIVE if name in told},
                ),
            )
            if ended is not None and (number or len(persons) == 1):
                await people.end_citizen(
                    unit, keys, citizen=citizen.id, status=ended, on=TODAY, new_head=None, expected=citizen.version
                )


async def _emptied(desk: Desk) -> None:
    """Leave nobody in a kecamatan: one serves many examples."""
    async with desk.owner.transaction():  # a family's head is looked at when it ends
        await desk.owner.execute("select set_config('hub.tenant', $1, true)", str(desk.tenant.id))
        for name in ("citizen_name_token", "citizen_sensitive", "stay", "citizen", "household"):
            await desk.owner.execute(f"delete from {name} where tenant_id = $1", desk.tenant.id)


NUMBERS = ("father_nik", "mother_nik", "phone")
