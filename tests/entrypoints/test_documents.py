"""`hub documents` and keys of apps, as an operator runs them."""

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from typer.testing import CliRunner

from hub.entrypoints import cli, documents
from hub.kernel.clock import system_clock
from hub.settings import Settings
from hub.store.findings import Fault
from hub.tenants import administration as admin
from hub.tenants import manifests
from tests import cluster
from tests.conftest import as_role, prepare

CODE = "63.01.09"
GOOD = "query Good($first: Int!) {\n  villages(first: $first) {\n    nodes { name }\n  }\n}\n"
OTHER = 'query Other { kecamatan(code: "63.01.09") { name } }\n'
UUID = r"[0-9a-f]{8}-[0-9a-f-]{27}"


@pytest.fixture(scope="module")
async def address() -> str:
    """A database of this module's own, with a kecamatan."""
    made = await cluster.database_for("documents", prepare)
    await run(made, "tenant", "add", CODE)
    return made


async def run(address: str, *arguments: str, lang: str = "en", **environment: str) -> tuple[int, str]:
    """Exit code and everything that was said."""
    told = {"HUB_DATABASE_URL": address, "HUB_LANG": lang, "COLUMNS": "300", **environment}
    result = await asyncio.to_thread(CliRunner().invoke, cli.app, arguments, env=told)
    return result.exit_code, result.output.strip()


async def push(address: str, path: Path, app: str, *more: str, **environment: str) -> tuple[int, str]:
    return await run(address, "documents", "push", str(path), "--tenant", CODE, "--app", app, *more, **environment)


async def count(address: str) -> int:
    connection = await asyncpg.connect(address)
    try:
        found: int = await connection.fetchval("select count(*) from app_document")
    finally:
        await connection.close()
    return found


def folder(tmp_path: Path, **files: str) -> Path:
    for name, text in files.items():
        (tmp_path / f"{name}.graphql").write_text(text, encoding="utf-8")
    return tmp_path


# Pushing


async def test_a_folder_is_pushed_listed_and_shown(address: str, tmp_path: Path) -> None:
    pushed = await push(address, folder(tmp_path, good=GOOD, other=OTHER), "peta", "--version", "1.0")
    again = await push(address, tmp_path, "peta")
    listed = await run(address, "documents", "list", "--tenant", CODE, "--app", "peta")
    shown = await run(address, "documents", "show", "--tenant", CODE, "--app", "peta")
    text = await run(address, "documents", "show", "good", "--tenant", CODE, "--app", "peta")

    assert pushed == (0, "Version 1.0 of peta is in force with 2 documents.")
    assert again == (0, "Version 1.0 of peta has these documents already; nothing changed.")
    assert re.fullmatch(r"peta  1\.0  2  \d{4}-\d\d-\d\d \d\d:\d\d UTC  in force", listed[1])
    assert shown == (0, "1.0  good\n1.0  other")
    assert text == (0, GOOD.strip())


async def test_every_refused_document_is_named_and_nothing_is_stored(address: str, tmp_path: Path) -> None:
    before = await count(address)
    bad = GOOD.replace("name", "nama")
    code, said = await push(address, folder(tmp_path, good=GOOD, bad=bad, worse="query {"), "salah")
    listed = await run(address, "documents", "list", "--tenant", CODE, "--app", "salah")

    assert code == 2
    assert said.splitlines() == [
        "bad:3  The query does not fit the schema: Cannot query field 'nama' on type 'Village'.",
        "worse:1  The query cannot be read: Expected Name, found <EOF>.",
        "2 documents do not fit the schema or its limits; nothing was stored.",
        "Correct the documents named above and push again.",
    ]
    assert await count(address) == before
    assert listed[1].splitlines()[0] == "The tenant has no app named salah."


async def test_refusals_are_indonesian_unless_english_is_asked_for(address: str, tmp_path: Path) -> None:
    code, said = await push(address, folder(tmp_path, worse="query {"), "salah", lang="")
    assert (code, said.splitlines()[1:]) == (
        2,
        [
            "1 dokumen tidak cocok dengan skema atau batasnya; tidak ada yang disimpan.",
            "Perbaiki dokumen yang disebut di atas, lalu daftarkan lagi.",
        ],
    )


async def test_a_manifest_of_a_megabyte_is_stored(address: str, tmp_path: Path) -> None:
    comment = "# " + "x" * 10_000 + "\n"
    entries = {f"{number:032x}": f"{comment}query Q{number} {{ __typename }}" for number in range(105)}
    file = tmp_path / "persisted.json"
    file.write_text(json.dumps(entries), encoding="utf-8")
    assert file.stat().st_size > 1024**2
    assert await push(address, file, "besar") == (0, "Version 1 of besar is in force with 105 documents.")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"a": "query A { __typename }", "a": "query B { __typename }"}', "The id a stands for two different"),
        ('{"a": "query A { __typename } # \\u0000"}', "a:1  A text holds the character U+0000"),
        ('{"a": "query A { __typename } # \\ud800"}', "a  The document holds half a character"),
        ('{"a\\u0000": "query A { __typename }"}', "a\\x00 cannot be the id of a document."),
        ('{"\\u001b[31m": "query A { __typename }"}', "\\x1b[31m cannot be the id of a document."),
        ("{}", "There is no document in it."),
        ("[]", "manifest.json is no manifest: it is not an object"),
        ('{"sha256:%s": "query A { __typename }"}' % ("0" * 64), "The text under sha256:0"),
    ],
)  # fmt: skip
async def test_a_faulty_manifest_is_refused_whole(address: str, tmp_path: Path, content: str, said: str) -> None:
    before = await count(address)
    file = tmp_path / "manifest.json"
    file.write_text(content, encoding="utf-8")
    code, found = await push(address, file, "salah")
    assert code == 2
    assert found.startswith(said)
    assert await count(address) == before


async def test_what_is_not_there_is_said(address: str, tmp_path: Path) -> None:
    missing = await push(address, tmp_path / "nowhere", "peta")
    tenant = await run(address, "documents", "list", "--tenant", "99.99.99")
    document = await run(address, "documents", "show", "nope", "--tenant", CODE, "--app", "peta")
    assert (missing[0], missing[1].splitlines()[0]) == (2, "There is no file or folder nowhere.")
    assert (tenant[0], tenant[1].splitlines()[0]) == (2, "There is no tenant with the code 99.99.99.")
    assert (document[0], document[1].splitlines()[0]) == (2, "No version in force has a document with the id nope.")


# Ending


async def test_versions_are_removed_and_rolled_back(address: str, tmp_path: Path) -> None:
    at = ("--tenant", CODE, "--app", "mundur")
    for number in (1, 2, 3):
        await push(address, folder(tmp_path, one=f"query V{number} {{ __typename }}"), "mundur")
    removed = await run(address, "documents", "remove", *at, "--version", "1")
    later = await run(address, "documents", "remove", *at, "--version", "3", "--after", "2099-12-31")
    listed = await run(address, "documents", "list", *at)
    back = await run(address, "documents", "rollback", *at, "--to", "2")
    text = await run(address, "documents", "show", "one", *at)
    unknown = await run(address, "documents", "remove", *at, "--version", "9")

    assert removed == (0, "Version 1 of mundur ends within ten seconds.")
    assert later == (0, "Version 3 of mundur ends after 2099-12-31.")
    states = [line.split("UTC  ")[1] for line in listed[1].splitlines()]
    assert states == ["until 2100-01-01 00:00 UTC", "in force", "ended"]
    assert back == (0, "Version 2 of mundur is the newest again; ended: 3.")
    assert text == (0, "query V2 { __typename }")
    assert (unknown[0], unknown[1].splitlines()[0]) == (2, "The app has no version 9.")


# Uses


async def test_uses_names_the_documents_in_force(address: str, tmp_path: Path) -> None:
    await push(address, folder(tmp_path, good=GOOD, other=OTHER), "pakai")
    used = await run(address, "documents", "uses", "Query.kecamatan(code:)", "--tenant", CODE)
    everywhere = await run(address, "documents", "uses", "Village.name")
    unused = await run(address, "documents", "uses", "Citizen.nik")
    unknown = await run(address, "documents", "uses", "Village.nama")

    assert f"{CODE} pakai 1: other" in used[1].splitlines()
    assert f"{CODE} pakai 1: good" not in used[1].splitlines()
    assert f"{CODE} pakai 1: good" in everywhere[1].splitlines()
    assert unused == (0, "No document in force uses Citizen.nik.")
    assert (unknown[0], unknown[1].splitlines()[0]) == (2, "The schema has nothing named Village.nama.")


# Keys


async def key(address: str, *more: str, **environment: str) -> tuple[int, str]:
    words = ("key", "create", CODE, "--label", "Situs", *more)
    return await run(address, *words, **environment)


async def modes(address: str) -> dict[str, tuple[str, str]]:
    """App and mode of each key by its label."""
    listed = await run(address, "key", "list", CODE)
    found = [re.split(r" {2,}", line) for line in listed[1].splitlines()]
    return {line[-1]: (line[-3], line[-2]) for line in found}


@pytest.mark.parametrize(
    ("label", "options", "environment", "expected"),
    [
        ("K1", ["--role", "FRONT_END", "--public", "--app", "kunci"], {}, ("kunci", "only")),
        ("K2", ["--role", "FRONT_END", "--public", "--app", "kunci"], {"HUB_DEMO": "true"}, ("kunci", "allow")),
        ("K3", ["--role", "CAMAT", "--app", "kunci"], {}, ("kunci", "allow")),
        ("K4", ["--role", "CAMAT", "--app", "kunci", "--documents", "only"], {}, ("kunci", "only")),
        ("K5", ["--role", "FRONT_END", "--public", "--app", "kunci", "--documents", "off"], {}, ("kunci", "off")),
        ("K6", ["--role", "FRONT_END", "--public", "--documents", "off"], {}, ("-", "off")),
    ],
)
async def test_a_new_key_of_an_app(
    address: str,
    tmp_path: Path,
    label: str,
    options: list[str],
    environment: dict[str, str],
    expected: tuple[str, str],
) -> None:
    await push(address, folder(tmp_path, good=GOOD), "kunci")
    code, said = await key(address, *options, "--label", label, **environment)
    assert (code, said.splitlines()[0]) == (0, "Copy the key now; it is kept nowhere and never shown again:")
    assert (await modes(address))[label] == expected


async def test_a_key_takes_documents_of_a_known_app_only(address: str) -> None:
    without = await key(address, "--role", "CAMAT", "--documents", "only")
    unknown = await key(address, "--role", "CAMAT", "--app", "nowhere")
    assert (without[0], without[1].splitlines()[0]) == (2, "A key takes documents of an app only, and none is named.")
    assert (unknown[0], unknown[1].splitlines()[0]) == (2, "The tenant has no app named nowhere.")


async def test_a_key_is_bound_later(address: str, tmp_path: Path) -> None:
    await push(address, folder(tmp_path, good=GOOD), "ikat")
    await key(address, "--role", "FRONT_END", "--public", "--documents", "off", "--label", "Later")
    listed = await run(address, "key", "list", CODE)
    chosen = next(line for line in listed[1].splitlines() if line.endswith("Later"))
    key_id = re.match(UUID, chosen)
    assert key_id

    bound = await run(address, "key", "bind", CODE, key_id[0], "--app", "ikat", "--documents", "only")
    unknown = await run(address, "key", "bind", CODE, "x", "--app", "ikat", "--documents", "only")

    assert bound == (0, "The key is bound to ikat (only), within ten seconds.")
    assert (await modes(address))["Later"] == ("ikat", "only")
    assert (unknown[0], unknown[1].splitlines()[0]) == (2, "The tenant has no working key with the id x.")


# The doctor


async def test_the_doctor_names_documents_that_no_longer_fit(address: str) -> None:
    owner: Any = await asyncpg.connect(as_role(address, "hub_owner"))
    try:
        tenant = await admin.find_tenant(owner, CODE)
        await manifests.push(
            owner, tenant.id, "usang", {"was": "query Was {\n  villages(first: 5) { nodes { nama } }\n}"}
        )
        settings, now = Settings(), system_clock().instant
        found = await documents.examine(owner, settings, now=now)
        await manifests.end(owner, tenant.id, "usang", "1", at=now)
        after = await documents.examine(owner, settings, now=system_clock().instant)
    finally:
        await owner.close()

    assert [(each.fault, each.where, each.detail) for each in found] == [
        (
            Fault.DOCUMENT_STALE,
            f"{CODE} usang 1: was",
            "2: The query does not fit the schema: Cannot query field 'nama' on type 'Village'.",
        )
    ]
    assert after == []
