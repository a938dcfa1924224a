"""The command line: what it says, in whose language, and what it does."""

import ast
import asyncio
import json
import re
from collections.abc import Iterator, Sequence
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import asyncpg
import openpyxl
import pytest
import typer
from typer.testing import CliRunner

from hub.demo.villages import villages
from hub.demo.workbook import write_workbook
from hub.entrypoints import cli, place
from hub.entrypoints.lazy import LazyGroup, whole
from hub.entrypoints.voice import language
from hub.kernel.errors import HubError, one_line
from hub.kernel.texts import say
from tests import cluster
from tests.conftest import prepare

ENTRYPOINTS = Path(str(files("hub.entrypoints")))
SMALLEST = min((plan.people, plan.code) for plan in villages().values() if plan.kecamatan == "63.11.02")[1]
UUID = r"[0-9a-f]{8}-[0-9a-f-]{27}"


@pytest.fixture(scope="module")
async def address() -> str:
    """A database of this module's own, named as an operator names it."""
    return await cluster.database_for("cli", prepare)


async def run(
    address: str, *arguments: str, lang: str = "en", typed: str | None = None, **environment: str
) -> tuple[int, str]:
    """Exit code and everything that was said."""
    told = {"HUB_DATABASE_URL": address, "HUB_LANG": lang, "COLUMNS": "300", **environment}
    result = await asyncio.to_thread(CliRunner().invoke, cli.app, arguments, input=typed, env=told)
    return result.exit_code, result.output.strip()


async def value(address: str, statement: str) -> Any:
    connection = await asyncpg.connect(address)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


# What it says


def texts(command: Any) -> Iterator[str]:
    for told in (command, *command.params):
        if getattr(told, "help", None):
            yield " ".join(told.help.split())
    for below in getattr(command, "commands", {}).values():
        yield from texts(below)


def spoken() -> Iterator[str]:
    for file in ENTRYPOINTS.glob("*.py"):
        for found in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(found, ast.Call) and isinstance(found.func, ast.Attribute) and found.func.attr in LOUD:
                yield from (each.value for each in found.args[:1] if isinstance(each, ast.Constant))  # type: ignore[misc]


LOUD = {"tell", "say"}
COMMANDS = {
    "access",
    "agreements",
    "cli",
    "contract",
    "documents",
    "importing",
    "manifest_files",
    "new_regions",
    "onboarding",
    "place",
    "planning",
    "registry",
    "serve",
    "subjects",
}


def refusals(base: type[HubError] = HubError) -> Iterator[type[HubError]]:
    for each in base.__subclasses__():
        if each.__module__.removeprefix("hub.entrypoints.") in COMMANDS:
            yield each
        yield from refusals(each)


def every_command() -> LazyGroup:
    """All of them, and with them the modules that hold their refusals."""
    group = typer.main.get_command(cli.app)
    assert isinstance(group, LazyGroup)
    return whole(group)


def test_every_help_text_has_its_indonesian() -> None:
    found = set(texts(every_command()))
    assert len(found) > 30
    assert [text for text in found if say(text, "id") == text] == []


def test_every_sentence_has_its_indonesian() -> None:
    found = set(spoken())
    assert len(found) > 15
    assert [text for text in found if say(text, "id") == text] == []


def test_every_refusal_has_its_indonesian() -> None:
    every_command()
    sentences = {text for each in refusals() for text in (one_line(each.__doc__ or ""), one_line(each.hint))}
    assert "Another program already listens at {host}:{port}." in sentences
    assert [text for text in sentences if say(text, "id") == text] == []


@pytest.mark.parametrize(
    ("arguments", "environment", "expected"),
    [
        (["demo"], {}, ("id", ["demo"])),
        (["demo", "--lang", "en", "--port", "1"], {}, ("en", ["demo", "--port", "1"])),
        (["--lang=en-GB", "demo"], {}, ("en", ["demo"])),
        (["demo"], {"HUB_LANG": "en_US.UTF-8"}, ("en", ["demo"])),
        (["demo", "--lang", "id"], {"HUB_LANG": "en"}, ("id", ["demo"])),
        (["demo", "--lang"], {}, ("id", ["demo"])),
    ],
)
def test_the_language_stands_anywhere(
    arguments: list[str], environment: dict[str, str], expected: tuple[str, list[str]]
) -> None:
    assert language(arguments, environment) == expected


async def test_help_is_indonesian_unless_english_is_asked_for(address: str) -> None:
    _, indonesian = await run(address, "tenant", "--help", lang="")
    _, english = await run(address, "tenant", "--help", "--lang", "en", lang="")
    assert "Kecamatan dan dinas yang memakai hub." in indonesian
    assert "Kecamatan and agencies that use the hub." in english


async def test_a_wrong_setting_is_named(address: str) -> None:
    code, said = await run(address, "regions", "load", HUB_PORT="x")
    assert (code, said.splitlines()[0]) == (
        2,
        "The setting HUB_PORT is not valid: Input should be a valid integer, unable to parse string as an integer",
    )


@pytest.mark.parametrize("wrong", ["mysql://host/hub", "postgresql://", "postgresql://host:port/hub", "hub"])
async def test_an_address_that_is_none_is_said(wrong: str) -> None:
    code, said = await run(wrong, "tenant", "list")
    assert (code, said.splitlines()[0]) == (2, "HUB_DATABASE_URL is not the address of a PostgreSQL server.")


async def test_a_server_that_is_not_there_is_said(tmp_path: Path) -> None:
    code, said = await run(f"postgresql://hub_owner@/hub?host={tmp_path}", "tenant", "list")
    assert (code, said.splitlines()[0]) == (2, "No PostgreSQL server answers at the address in HUB_DATABASE_URL.")


async def test_a_fault_of_our_own_is_a_sentence_too(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: object) -> object:
        raise KeyError("secret")

    monkeypatch.setattr(place, "joined", broken)
    code, said = await run(address, "tenant", "list")
    assert (code, said.splitlines()[0]) == (2, "The hub met a fault of its own (KeyError).")
    assert "secret" not in said


# What it does


async def test_a_kecamatan_comes_with_its_office_and_villages(address: str) -> None:
    first = await run(address, "tenant", "add", "63.01.03")
    again = await run(address, "tenant", "add", "63.01.03")

    assert first == (0, "Added Pelaihari (63.01.03), time zone Asia/Makassar, with 20 villages.")
    assert (again[0], again[1].splitlines()[0]) == (2, "There is already a tenant with this code.")
    assert await value(address, "select name from kecamatan where code = '63.01.03'") == "Pelaihari"
    assert (
        await value(address, "select count(*) from village where code like '63.01.03.1%' and kind = 'KELURAHAN'") == 5
    )


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("99.99.99", "There is no region in force with the code 99.99.99."),
        ("63.01", "63.01 is not the code of a kecamatan."),
        ("Takisung", "There is no region in force with the code Takisung."),
    ],
)
async def test_what_is_no_kecamatan_is_not_added(address: str, code: str, said: str) -> None:
    found = await run(address, "tenant", "add", code)
    assert (found[0], found[1].splitlines()[0]) == (2, said)
    assert await value(address, f"select count(*) from tenant where code = '{code}'") == 0


async def test_an_agency_needs_a_name(address: str) -> None:
    without = await run(address, "tenant", "add", "63.01/DINSOS", "--kind", "AGENCY")
    named = await run(address, "tenant", "add", "63.01/DINSOS", "--kind", "AGENCY", "--name", "Dinsos Tanah Laut")
    listed = await run(address, "tenant", "list")

    assert (without[0], without[1].splitlines()[0]) == (2, "An agency needs a name.")
    assert named[0] == 0
    assert re.search(r"^63\.01/DINSOS +AGENCY +ACTIVE  Dinsos Tanah Laut$", listed[1], re.MULTILINE)


async def test_the_directory_of_agencies_is_kept_by_the_command_line(address: str) -> None:
    entered = await run(
        address, "agency", "set", "63.01/PUPR", "--name", "Dinas PUPR Tanah Laut",
        "--affair", "PUBLIC_WORKS_SPATIAL", "--affair", "HOUSING_SETTLEMENT",
    )  # fmt: skip
    ended = await run(address, "agency", "end", "63.01/PUPR", "--on", "2026-06-30")
    listed = await run(address, "agency", "list", "--region", "63.01")
    unknown = await run(address, "agency", "end", "63.01/TIADA", "--on", "2026-06-30")
    malformed = await run(address, "agency", "set", "63.01", "--name", "Dinas")

    assert entered == (0, "The agency 63.01/PUPR stands in the directory.")
    assert ended == (0, "The agency 63.01/PUPR ends on 2026-06-30.")
    assert re.search(
        r"^63\.01/PUPR +DINAS +Dinas PUPR Tanah Laut +HOUSING_SETTLEMENT PUBLIC_WORKS_SPATIAL +2026-06-30$",
        listed[1],
        re.MULTILINE,
    )
    assert (unknown[0], unknown[1].splitlines()[0]) == (2, "There is no agency with the code 63.01/TIADA.")
    assert (malformed[0], malformed[1].splitlines()[0]) == (2, "63.01 is not the code of an agency of this region.")


async def test_a_person_is_invited_once_and_the_invitation_is_replaced_when_lost(address: str) -> None:
    await run(address, "tenant", "add", "63.01.10")
    to = ("--to", "Ibu Camat", "--as", "Ibu.Camat", "--reason", "SK 821/2026")
    invited = await run(address, "invite", "63.01.10", "CAMAT", *to)
    twice = await run(address, "invite", "63.01.10", "CAMAT", *to)
    again = await run(address, "invite", "63.01.10", "CAMAT", *to, "--again")
    machine = await run(address, "invite", "63.01.10", "INTEGRATION", "--to", "Mesin", "--as", "mesin", "--reason", "-")

    said, path = invited[1].splitlines()
    assert said == "Ibu Camat is invited. Give this address of your hub to nobody else; it is shown once:"
    assert re.fullmatch(r"/undangan/\d+\.[A-Za-z0-9_-]{43}", path)
    assert (twice[0], twice[1].splitlines()[0]) == (2, "Somebody else here already signs in under this name.")
    assert again[0] == 0
    assert again[1].splitlines()[1] != path
    assert (machine[0], machine[1].splitlines()[0]) == (2, "You cannot give this role to a person.")
    query = (
        "select string_agg((ended_at is null)::text, ' ' order by id) from sign_in_invitation "
        "where tenant_id = (select id from tenant where code = '63.01.10')"
    )
    assert await value(address, query) == "false true"


async def test_an_issuer_is_accepted_with_a_client_for_the_pages(address: str) -> None:
    added = await run(
        address, "issuer", "add", "63.01.10", "https://masuk.example", "--jwks", "https://masuk.example/jwks",
        "--audience", "hub", "--client", "hub-pages", "--label", "Akun Kabupaten",
    )  # fmt: skip
    assert added == (0, "https://masuk.example is accepted in 63.01.10.")
    query = "select client_id || ' ' || label from issuer where url = 'https://masuk.example'"
    assert await value(address, query) == "hub-pages Akun Kabupaten"


async def test_a_suspended_tenant_is_served_again_when_resumed(address: str) -> None:
    await run(address, "tenant", "add", "63.01.04")
    status = "select status from tenant where code = '63.01.04'"

    assert await run(address, "tenant", "suspend", "63.01.04") == (
        0,
        "63.01.04 is suspended; its keys stop working within ten seconds.",
    )
    assert await value(address, status) == "SUSPENDED"
    assert await run(address, "tenant", "resume", "63.01.04") == (0, "63.01.04 is served again.")
    assert await value(address, status) == "ACTIVE"


async def test_a_key_is_shown_once_listed_and_revoked(address: str) -> None:
    await run(address, "tenant", "add", "63.01.05")

    code, said = await run(
        address, "key", "create", "63.01.05", "--label", "Situs", "--role", "FRONT_END", "--public",
        "--origin", "https://kintap.example", "--until", "2030-12-31", "--documents", "off",
    )  # fmt: skip
    listed = await run(address, "key", "list", "63.01.05")

    assert (code, said.splitlines()[0]) == (0, "Copy the key now; it is kept nowhere and never shown again:")
    assert re.fullmatch(r"hub_pub_\d+_\w{49}", said.splitlines()[1])
    match = re.fullmatch(rf"({UUID})  PUBLIC  FRONT_END  2030-12-31  -  off  Situs", listed[1])
    assert match
    assert await run(address, "key", "revoke", "63.01.05", match[1]) == (0, "The key is revoked.")
    assert (await run(address, "key", "revoke", "63.01.05", match[1]))[0] == 2
    assert (await run(address, "key", "list", "63.01.05"))[1].split("  ")[3] == "revoked"


async def test_a_public_key_is_held_to_an_app_unless_free_queries_are_asked_for(address: str) -> None:
    await run(address, "tenant", "add", "63.01.04")

    code, said = await run(
        address, "key", "create", "63.01.04", "--label", "Terbuka", "--role", "FRONT_END", "--public",
        "--origin", "https://kintap.example",
    )  # fmt: skip

    assert (code, said.splitlines()[0]) == (2, "A key takes documents of an app only, and none is named.")
    assert await value(address, "select count(*) from api_key where label = 'Terbuka'") == 0


async def test_a_public_key_never_stands_for_an_officer(address: str) -> None:
    await run(address, "tenant", "add", "63.01.06")

    code, said = await run(
        address, "key", "create", "63.01.06", "--label", "Salah", "--role", "CAMAT", "--public", "--documents", "off"
    )

    assert (code, said.splitlines()[0]) == (2, "A public key may carry published data only; the role CAMAT sees more.")
    assert await value(address, "select count(*) from api_key where label = 'Salah'") == 0
    assert await value(address, "select count(*) from principal where name = 'Salah'") == 0


async def test_a_village_head_gets_a_grant_and_a_key_of_it(address: str) -> None:
    await run(address, "tenant", "add", "63.01.07")
    village = await value(address, "select min(code) from village where code like '63.01.07.%'")

    code, said = await run(
        address, "grant", "63.01.07", "VILLAGE_HEAD", "--to", "Kades", "--village", village,
        "--from", "2026-01-01", "--until", "2031-12-31", "--reason", "SK 12/2026",
    )  # fmt: skip

    assert (code, said.splitlines()[0]) == (0, "VILLAGE_HEAD in 63.01.07 is given.")
    made = said.split()[-1]
    key = await run(address, "key", "create", "63.01.07", "--label", "Desa", "--grant", made)
    assert (key[0], key[1].splitlines()[1][:8]) == (0, "hub_sec_")
    stored = "select starts_on || ' ' || ends_on || ' ' || reason from access_grant where id = "
    assert await value(address, f"{stored}'{made}'") == "2026-01-01 2031-12-31 SK 12/2026"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--to", "A", "--village", "63.01.01.2001"), "The tenant has no village with the code 63.01.01.2001."),
        (("--to", "A"), "The role VILLAGE_HEAD cannot be given on such a target."),
        (("--principal", "A"), "The tenant knows nobody with the id A."),
        ((), "A grant needs somebody who holds it, and a key needs a grant."),
        (("--to", "A", "--until", "31-12-2026"), "31-12-2026 is not a date."),
        (("--to", "A", "--organization", "PKK"), "The tenant has no partner organization named PKK."),
    ],
)
async def test_a_grant_that_cannot_be_given_says_why(address: str, given: tuple[str, ...], said: str) -> None:
    await run(address, "tenant", "add", "63.01.08")
    count = "select count(*) from principal where name = 'A'"
    found = await run(address, "grant", "63.01.08", "VILLAGE_HEAD", "--reason", "SK", *given)
    assert (found[0], found[1].splitlines()[0]) == (2, said)
    assert await value(address, count) == 0


async def test_the_administrator_s_sql_makes_roles_and_database(address: str) -> None:
    code, said = await run(address, "migrate", "--print-sql")
    assert code == 0
    assert 'create database "hub_cli" owner hub_owner;' in said.splitlines()
    assert "password" not in said


async def test_migrating_again_changes_nothing(address: str) -> None:
    before = await value(address, "select count(*) from region")
    assert await run(address, "migrate") == (0, "The database is ready.")
    assert await value(address, "select count(*) from region") == before


async def test_keys_are_made_once_and_outside_the_data_folder(address: str, tmp_path: Path) -> None:
    file, data = tmp_path / "keys.json", tmp_path / "data"
    told = {"HUB_KEYS_FILE": str(file), "HUB_DATA": str(data)}

    first = await run(address, "secrets", "create", **told)
    again = await run(address, "secrets", "create", **told)
    inside = await run(address, "secrets", "create", **{**told, "HUB_KEYS_FILE": str(data / "keys.json")})

    assert first == (0, f"The keys are in {file}. Whoever loses them loses the data.")
    assert (again[0], again[1].splitlines()[0]) == (2, f"There is a key file at {file} already.")
    assert (inside[0], (data / "keys.json").exists()) == (2, False)


async def test_the_printed_schema_is_the_committed_one(address: str) -> None:
    committed = (Path(str(files("hub.schema"))) / "schema.graphql").read_text(encoding="utf-8")
    assert await run(address, "schema", "print") == (0, committed.strip())


async def test_a_workbook_goes_in_and_a_second_time_changes_nothing(address: str, tmp_path: Path) -> None:
    keys, book = tmp_path / "keys.json", tmp_path / "desa.xlsx"
    await run(address, "secrets", "create", HUB_KEYS_FILE=str(keys))
    await run(address, "tenant", "add", "63.11.02")
    number = write_workbook(SMALLEST, book)

    first = await run(address, "import", "opensid", str(book), "--village", SMALLEST, HUB_KEYS_FILE=str(keys))
    again = await run(address, "import", "opensid", str(book), "--village", SMALLEST, HUB_KEYS_FILE=str(keys))

    assert (first[0], f"{number} new" in first[1]) == (0, True), first
    assert (again[0], "Traceback" in again[1]) == (0, False), again
    assert await value(address, "select count(*) from citizen") == number


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--village", "63.11.02"), "63.11.02 is not the code of a village."),
        (("--village", "63.11.02.2001", "--confirm", "new,all"), "all is not something that waits for a word."),
        (("--village", "63.11.09.2001"), "There is no tenant with the code 63.11.09."),
        (("--village", "63.11.02.2001"), "The file is not an Excel workbook."),
    ],
)
async def test_an_import_that_cannot_be_says_why(
    address: str, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    keys, file = tmp_path / "keys.json", tmp_path / "desa.xlsx"
    file.write_text("nama;nik\n", encoding="utf-8")
    await run(address, "secrets", "create", HUB_KEYS_FILE=str(keys))
    await run(address, "tenant", "add", "63.11.02")

    code, found = await run(address, "import", "opensid", str(file), *arguments, HUB_KEYS_FILE=str(keys))

    assert code == 2
    assert said in found.splitlines()


def village_book(path: Path, people: Sequence[Sequence[object]]) -> Path:
    """A workbook of one family's members: NIK, name, birth date."""
    made = openpyxl.Workbook()
    page = made.active
    assert page is not None
    page.title = "Data Penduduk"
    page.append(["nik", "nama", "tanggallahir", *FAMILY])
    for person in people:
        page.append([*person, *FAMILY.values()])
    made.save(path)
    return path


FAMILY = {
    "alamat": "Jl. Contoh No. 1",
    "dusun": "Satu",
    "rw": "1",
    "rt": "1",
    "no_kk": "6311020101100001",
    "sex": 2,
    "tempatlahir": "Halong",
    "kk_level": 4,
}
BORN = date(1990, 7, 5)
CALENDAR = (
    "  Data Penduduk 5, tanggallahir: There is no such date in the calendar. "
    "Correct the date; the order is day-month-year."
)
HERE = ("6311024507900001", "Contoh Satu", BORN), ("6311024507900002", "Contoh Dua", BORN)


async def test_refused_rows_are_told_in_sentences_with_the_whole_path_of_the_workbook(
    address: str, tmp_path: Path
) -> None:
    keys = {"HUB_KEYS_FILE": str(tmp_path / "keys.json")}
    await run(address, "secrets", "create", **keys)
    await run(address, "tenant", "add", "63.11.02")
    book = village_book(tmp_path / "desa.xlsx", [*HERE, ("123", "Contoh Tiga", BORN), (0, "Contoh 4", "31-02-1990")])
    order = ("import", "opensid", str(book), "--village", "63.11.02.2002", "--dry-run")

    english = await run(address, *order, **keys)
    indonesian = await run(address, *order, lang="id", **keys)

    back = tmp_path / "desa-hasil.xlsx"
    assert (english[0], english[1].splitlines()[-6:]) == (1, [
        "Would be stored: 2 new.",
        "Dry run: nothing was stored.",
        f"2 rows were refused. Correct the coloured cells in {back}, save it and import that file.",
        "  Data Penduduk 4, nik: The NIK has 3 digits instead of 16. Compare it with the identity or family card.",
        "  Data Penduduk 5, nama: The name contains 4. Use only letters, blanks, dots, commas, quotes (') and hyphens.",
        CALENDAR,
    ])  # fmt: skip
    assert indonesian[1].splitlines()[-4:-2] == [
        f"2 baris ditolak. Perbaiki sel berwarna di {back}, simpan, lalu impor berkas itu.",
        "  Data Penduduk 4, nik: NIK berisi 3 digit, seharusnya 16. Cocokkan dengan KTP atau KK.",
    ]


async def test_the_command_that_a_waiting_import_advises_is_the_one_that_goes_on(address: str, tmp_path: Path) -> None:
    keys = {"HUB_KEYS_FILE": str(tmp_path / "keys.json")}
    await run(address, "secrets", "create", **keys)
    await run(address, "tenant", "add", "63.11.02")
    order = ("import", "opensid", str(tmp_path / "desa.xlsx"), "--village", "63.11.02.2003")
    village_book(tmp_path / "desa.xlsx", HERE)
    await run(address, *order, **keys)
    village_book(tmp_path / "desa.xlsx", [HERE[0], ("6311024507900003", "Contoh Tiga", BORN)])

    code, waiting = await run(address, *order, lang="id", **keys)
    advised = re.search(r"jalankan lagi dengan (--\w+ \S+)\.", waiting)
    assert advised is not None
    gone_on = await run(address, *order, *advised[1].split(), lang="id", **keys)

    assert (code, advised[1]) == (1, "--confirm new,missing")
    assert (gone_on[0], gone_on[1].splitlines()[-1]) == (0, "Disimpan: 1 baru, 1 tidak ada di berkas.")


async def test_a_village_comes_out_for_a_purpose_and_says_what_its_file_lacks(address: str, tmp_path: Path) -> None:
    keys, target = {"HUB_KEYS_FILE": str(tmp_path / "keys.json")}, tmp_path / "keluar.xlsx"
    await run(address, "secrets", "create", **keys)
    await run(address, "tenant", "add", "63.11.02")
    village_book(tmp_path / "desa.xlsx", HERE)
    await run(address, "import", "opensid", str(tmp_path / "desa.xlsx"), "--village", "63.11.02.2004", **keys)
    order = ("export", "opensid", str(target), "--village", "63.11.02.2004")

    unsaid = await run(address, *order, **keys)
    code, said = await run(address, *order, "--purpose", "Pemutakhiran", **keys)
    again = await run(address, *order, "--purpose", "Pemutakhiran", **keys)
    forced = await run(address, *order, "--purpose", "Lagi", "--force", "--as-labels", lang="id", **keys)
    wrong = await run(address, *order, "--purpose", "Lagi", "--sensitive", "shoe_size", **keys)

    assert (unsaid[0], "--purpose" in unsaid[1]) == (2, True)
    lines = [line for line in said.splitlines() if not line.startswith("Writing the workbook")]
    warned = "The file holds clear NIK and KK numbers: guard it, and delete it after use."
    assert (code, lines[0]) == (0, f"Written: {len(HERE)} people to {target}. {warned}")
    assert again == (2, "keluar.xlsx stands there already.\nChoose another name, or write over it with --force.")
    assert (forced[0], f"Ditulis: {len(HERE)} orang ke {target}." in forced[1]) == (0, True)
    assert (wrong[0], wrong[1].splitlines()[0]) == (2, "shoe_size is not a field of specific personal data.")
    rows = [[cell.value for cell in row] for row in openpyxl.load_workbook(target)["Data Penduduk"].iter_rows()]
    assert (rows[0][:3], len(rows), rows[-1][1], target.stat().st_mode & 0o777) == (
        ["alamat", "dusun", "rw"], len(HERE) + 2, "###", 0o600,
    )  # fmt: skip
    told = "select string_agg(purpose, ', ' order by happened_at) from journal_entry where kind = 'REGISTER_EXPORTED'"
    assert await value(address, told) == "Pemutakhiran, Lagi"


async def test_a_person_is_told_what_is_held_and_the_nik_is_asked_on_the_terminal(address: str, tmp_path: Path) -> None:
    keys = {"HUB_KEYS_FILE": str(tmp_path / "keys.json")}
    await run(address, "secrets", "create", **keys)
    await run(address, "tenant", "add", "63.11.05")
    village = await value(address, "select min(code) from region where parent_code = '63.11.05'")
    book = village_book(tmp_path / "desa.xlsx", HERE)
    await run(address, "import", "opensid", str(book), "--village", village, **keys)
    target, nik = tmp_path / "data.json", str(HERE[0][0])
    order = ("subject", "export", str(target), "--tenant", "63.11.05", "--purpose", "Permintaan warga")

    wrong = await run(address, *order, typed="123\n", **keys)
    absent = await run(address, *order, typed="6311054507900099\n", **keys)
    code, said = await run(address, *order, typed=f"{nik}\n", **keys)
    again = await run(address, *order, typed=f"{nik}\n", **keys)
    told = json.loads(target.read_text("utf-8"))
    by_id = await run(address, *order, "--id", told["records"][0], "--force", lang="id", **keys)

    assert (wrong[0], wrong[1].splitlines()[-2]) == (2, "That is not a NIK.")
    assert (absent[0], absent[1].splitlines()[-2]) == (2, "The hub holds nobody by this id or NIK in this kecamatan.")
    rows = sum(map(len, told["tables"].values()))
    assert (code, f"Written: {rows} rows about one person to {target} and data.txt." in said) == (0, True)
    assert nik not in said
    assert [row["nik"] for row in told["tables"]["citizen"]] == [nik]
    assert told["purpose"] == "Permintaan warga"
    sheet = target.with_suffix(".txt")
    assert {file.stat().st_mode & 0o777 for file in (target, sheet)} == {0o600}
    assert f"   nik: {nik}" in sheet.read_text("utf-8").splitlines()
    assert again[0] == 2
    assert (by_id[0], "Serahkan hanya kepada orang itu" in by_id[1]) == (0, True)
    purposes = "select string_agg(purpose, ', ') from journal_entry where kind = 'SUBJECT_EXPORTED'"
    assert await value(address, purposes) == "Permintaan warga, Permintaan warga"


async def test_what_a_command_tells_the_journal_is_sealed_where_no_hub_serves(address: str) -> None:
    added = await run(address, "tenant", "add", "63.11.01")
    agreed = await run(
        address, "agreement", "add", "63.11.01", "PKS/1", "--purpose", "Verifikasi", "--until", "2099-12-31"
    )
    listed = await run(address, "agreement", "list", "63.11.01")
    ended = await run(address, "agreement", "end", "63.11.01", "PKS/1", "--reason", "Dicabut", lang="id")
    unknown = await run(address, "agreement", "end", "63.11.01", "PKS/2", "--reason", "Dicabut")

    assert (added[0], agreed) == (0, (0, "The agreement PKS/1 is recorded; it holds until 2099-12-31."))
    assert listed[1].split()[0::2] == ["PKS/1", "2099-12-31", "Verifikasi"]
    assert ended == (0, "Perjanjian PKS/1 tidak berlaku lagi.")
    assert (unknown[0], unknown[1].splitlines()[0]) == (2, "There is no agreement PKS/2 in this kecamatan.")
    assert await value(address, "select count(*) from journal_pending") == 0
    told = "select count(*) from journal_change c join tenant t on t.id = c.tenant_id where t.code = '63.11.01'"
    assert await value(address, told) > 2


async def test_the_villages_of_a_kecamatan_are_listed_with_their_other_names(address: str) -> None:
    await run(address, "tenant", "add", "63.01.01")
    await value(address, "update village set aliases = '{Banua Lawas,Lawas}' where code = '63.01.01.2001'")

    code, listed = await run(address, "village", "list", "63.01.01")

    known = await value(address, "select count(*) from region where parent_code = '63.01.01'")
    lines = [re.split(" {2,}", line) for line in listed.splitlines()]
    assert (code, len(lines)) == (0, known)
    assert lines[:2] == [["63.01.01.2001", "Benua Lawas", "Banua Lawas, Lawas"], ["63.01.01.2002", "Tabanio"]]
    assert await run(address, "village", "list", "63.01.99") == (
        2,
        "There is no tenant with the code 63.01.99.\nList the tenants with `hub tenant list`.",
    )


async def test_a_village_that_is_not_there_names_the_command_that_lists_those_that_are(
    address: str, tmp_path: Path
) -> None:
    keys = {"HUB_KEYS_FILE": str(tmp_path / "keys.json")}
    await run(address, "secrets", "create", **keys)
    await run(address, "tenant", "add", "63.11.02")
    book = village_book(tmp_path / "desa.xlsx", HERE)

    code, said = await run(address, "import", "opensid", str(book), "--village", "63.11.02.2099", **keys)
    advised = re.search(r"`hub (.+)`", said)
    assert advised is not None
    listed = await run(address, *advised[1].split())

    assert (code, advised[1]) == (2, "village list 63.11.02")
    assert (listed[0], listed[1].splitlines()[0][:13]) == (0, "63.11.02.2001")


async def test_a_village_gets_a_key_to_send_with(address: str) -> None:
    await run(address, "tenant", "add", "63.01.02")

    code, said = await run(address, "key", "village", "63.01.02.2001")
    listed = (await run(address, "key", "list", "63.01.02"))[1]
    nowhere = await run(address, "key", "village", "63.01.02.2999")
    no_village = await run(address, "key", "village", "63")

    assert code == 0
    assert said.splitlines()[1].startswith("hub_sec_")
    assert "press Buat Key and Simpan" in said
    assert "VILLAGE_SYNC" in listed
    assert listed.endswith("OpenSID 63.01.02.2001")
    assert (nowhere[0], no_village[0]) == (2, 2)
    assert "The tenant has no village with the code 63.01.02.2999." in nowhere[1]
