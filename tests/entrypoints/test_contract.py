"""`hub schema check` and `release` as people meet them."""

import asyncio
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hub.entrypoints import cli
from hub.entrypoints.contract import BadDocument, stored, table
from hub.entrypoints.voice import Voice
from hub.schema.evolution import releases
from hub.schema.evolution.changes import Change, Weight
from hub.schema.evolution.verdict import Advice, Judged

EXAMPLES = releases.FOLDER.parent / "examples"


async def run(*arguments: str, lang: str = "en") -> tuple[int, list[str]]:
    """Exit code and everything that was said."""
    result = await asyncio.to_thread(CliRunner().invoke, cli.app, arguments, env={"HUB_LANG": lang, "COLUMNS": "200"})
    return result.exit_code, result.output.strip().splitlines()


async def test_the_present_schema_is_compared_with_the_newest_release() -> None:
    newest = releases.load()[-1]
    code, said = await run("schema", "check", "--documents", str(EXAMPLES))
    assert code == 0
    assert said[-1].startswith(f"Since {newest.name} of {newest.on}: 0 breaking, ")


async def test_a_schema_that_breaks_clients_ends_with_1(tmp_path: Path) -> None:
    text = (releases.FOLDER / "0.1.0.graphql").read_text(encoding="utf-8").partition("\n")[2]
    more = text.replace("type Village implements Node {", "type Village implements Node {\n  motto: String\n", 1)
    releases.write(more, "0.1.0", on=date(2026, 1, 1), folder=tmp_path)

    code, said = await run("schema", "check", "--released", str(tmp_path))

    assert code == 1
    assert said[0].split(maxsplit=2) == ["breaking", "Village.motto", "Field Village.motto was removed."]
    assert said[1].strip().startswith("Put it back and deprecate it: Use `x` instead. Removal: 20")
    assert said[-1].startswith("Since 0.1.0 of 2026-01-01: 1 breaking, ")


async def test_a_new_release_is_what_the_next_check_compares_with(tmp_path: Path) -> None:
    made, _ = await run("schema", "release", "0.1.0", "--released", str(tmp_path))
    again, _ = await run("schema", "release", "0.2.0", "--released", str(tmp_path))

    code, newest = await run("schema", "check", "--released", str(tmp_path))
    _, named = await run("schema", "check", "--against", "0.1.0", "--released", str(tmp_path))

    assert (made, again, code) == (0, 0, 0)
    assert [said[:11] for said in (*newest, *named)] == ["Since 0.2.0", "Since 0.1.0"]
    assert newest[0].endswith(": 0 breaking, 0 dangerous, 0 safe.")


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("9.9.9", "There is no released schema 9.9.9."),
        ("latest", "latest is not a version such as 1.2.0."),
    ],
)
async def test_a_version_that_is_not_there_is_said(version: str, expected: str) -> None:
    code, said = await run("schema", "check", "--against", version)
    assert (code, said[0]) == (2, expected)


async def test_a_release_that_is_there_already_is_not_made_again() -> None:
    before = {file.name: file.read_bytes() for file in releases.FOLDER.iterdir()}
    code, said = await run("schema", "release", "0.1.0")
    assert (code, said[0]) == (2, "A schema as new as 0.1.0 is released already.")
    assert {file.name: file.read_bytes() for file in releases.FOLDER.iterdir()} == before


def test_the_table_has_the_heaviest_first_and_says_what_to_do() -> None:
    found = [
        Judged(Change(Weight.SAFE, "FIELD_ADDED", "Query.a", "Field Query.a was added.")),
        Judged(
            Change(Weight.BREAKING, "FIELD_REMOVED", "Village.name", "Field Village.name was removed."),
            Advice.WAIT,
            {"day": "2027-06-01", "releases": 1},
        ),
    ]
    assert list(table(found, Voice("en"))) == [
        "breaking   Village.name  Field Village.name was removed.",
        "                         Put it back; it may go from 2027-06-01 on, after 1 more releases.",
        "safe       Query.a       Field Query.a was added.",
    ]
    assert next(table(found, Voice("id"))) == "memutus   Village.name  Field Village.name was removed."


def test_documents_are_read_from_a_folder_and_below(tmp_path: Path) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "app/one.graphql").write_text("{ a }")
    (tmp_path / "two.graphql").write_text("{ b }")
    (tmp_path / "notes.md").write_text("{")
    assert list(stored(tmp_path)) == ["{ a }", "{ b }"]


def test_a_document_that_is_no_graphql_is_named(tmp_path: Path) -> None:
    (tmp_path / "one.graphql").write_text("{ a")
    with pytest.raises(BadDocument) as refusal:
        list(stored(tmp_path))
    assert refusal.value.params["file"] == "one.graphql"
