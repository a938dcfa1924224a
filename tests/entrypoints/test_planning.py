"""`hub plan`: the tree, the statement and PostgreSQL's plan of an operation, or why there is none."""

import asyncio
import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hub.entrypoints.cli import app
from hub.graph.plan.pretty import pretty
from tests import cluster
from tests.conftest import prepare

HOME, OTHER = "63.01.01", "63.11.02"
QUERY = """query Page($n: Int = 2, $text: String) { villages(first: $n, filter: {name: {startsWith: $text}}) {
  totalCount nodes { name officials(last: 3) { nodes { name position } } } } }"""


@pytest.fixture(scope="module")
async def address() -> str:
    """A database with two kecamatan."""
    made = await cluster.database_for("planning", prepare)
    for code in (HOME, OTHER):
        assert (await run(made, "tenant", "add", code))[0] == 0
    return made


async def run(address: str, *arguments: str, lang: str = "en") -> tuple[int, str]:
    """Exit code and everything that was said."""
    told = {"HUB_DATABASE_URL": address, "HUB_LANG": lang, "COLUMNS": "300"}
    result = await asyncio.to_thread(CliRunner().invoke, app, arguments, env={**os.environ, **told})
    return result.exit_code, result.output.strip()


def written(folder: Path, text: str) -> str:
    """A file with this document."""
    path = folder / "operation.graphql"
    path.write_text(text)
    return str(path)


def section(said: str, title: str) -> list[str]:
    """The lines under a title."""
    lines = said.split("\n")
    start = lines.index(title) + 1
    return lines[start : lines.index("", start) if "" in lines[start:] else None]


async def test_a_plan_is_shown_as_tree_statement_and_costs(address: str, tmp_path: Path) -> None:
    code, said = await run(
        address, "plan", written(tmp_path, QUERY), "--as", "CAMAT", "--tenant", HOME, "--variables", '{"text": "T\'a"}'
    )

    assert (code, said.split("\n")[0]) == (0, f"CAMAT in {HOME}")
    assert section(said, "The plan") == [
        "  villages: first rows by name, id from village",
        "      where village.tenant_id = :hub$tenant",
        "      where village.name >= :given$text AND village.name < :given$text",
        "    totalCount: count of the same rows, without a page",
        "    nodes: the page's rows",
        "      name: column name",
        "      officials: last rows by village_id, position, id from village_official",
        "          where village_official.tenant_id = :hub$tenant",
        "          where village_official.village_id = village.id",
        "        nodes: the page's rows",
        "          name: column name",
        "          position: column position",
    ]
    assert (
        section(said, "The statement")[0] == "  select case when set_config('hub.tenant', $8, true) is not null then ("
    )
    arguments = section(said, "Its arguments")
    assert [each.split()[0] for each in arguments] == [f"${number}" for number in range(1, len(arguments) + 1)]
    assert arguments[-1] == "  $8 hub.tenant"
    explained = "\n".join(section(said, "What PostgreSQL does"))
    assert "village" in explained
    assert "actual time" not in explained
    assert "T'a" not in explained  # the generic plan, as it is served


async def test_analyze_runs_it_under_the_role(address: str, tmp_path: Path) -> None:
    file = written(tmp_path, QUERY)
    shown = {}
    for role, tenant in (("CAMAT", HOME), ("VILLAGE_HEAD", HOME), ("PARTNER_ORG", OTHER), ("DISTRICT_HEAD", "63")):
        code, shown[role] = await run(address, "plan", file, "--as", role, "--tenant", tenant, "--analyze")
        assert code == 0, shown[role]

    assert all("actual time" in said for said in shown.values())
    assert "hub.villages" in shown["VILLAGE_HEAD"]
    assert shown["DISTRICT_HEAD"].startswith(f"DISTRICT_HEAD in {HOME}, {OTHER}")
    assert "village.tenant_id = ANY (:hub$tenants)" in shown["DISTRICT_HEAD"]


async def test_what_a_role_does_not_get_is_named(address: str, tmp_path: Path) -> None:
    text = '{ village(code: "63.01.01.2004") { name } citizens(first: 1) { nodes { fullName } } }'
    code, said = await run(address, "plan", written(tmp_path, text), "--as", "PARTNER_ORG", "--tenant", HOME)

    assert code == 0
    assert section(said, "Withheld from this role") == ["  Query.citizens"]
    assert "  citizens: withheld" in section(said, "The plan")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{ villages { totalCount } }", "page size missing"),
        ("{ viewer { __typename } }", "root field viewer"),
        ("mutation M($i: UpdateVillageInput!) { updateVillage(input: $i) { replayed } }", "mutation"),
    ],
)
async def test_without_a_plan_the_reason_is_said(text: str, reason: str, address: str, tmp_path: Path) -> None:
    code, said = await run(address, "plan", written(tmp_path, text), "--as", "CAMAT", "--tenant", HOME)

    assert code == 1
    assert f"This operation has no plan; resolvers answer it: {reason}." in said


async def test_refusals_say_what_to_do(address: str, tmp_path: Path) -> None:
    file = written(tmp_path, QUERY)
    tries = {
        ("plan", file, "--as", "CAMAT"): "CAMAT reads one kecamatan; - names 2.",
        ("plan", file, "--as", "CAMAT", "--tenant", "63"): "CAMAT reads one kecamatan; 63 names 0.",
        ("plan", str(tmp_path / "none"), "--as", "CAMAT"): f"The file {tmp_path / 'none'} cannot be read as text.",
        ("plan", file, "--as", "CAMAT", "--variables", "[1]"): "What --variables says is not a JSON object.",
        ("plan", file, "--as", "CAMAT", "--tenant", HOME, "--variables", '{"n": "x"}'): "The variables do not fit",
        ("plan", file, "--as", "CAMAT", "--tenant", HOME, "--operation", "X"): "The document has no such operation",
        ("plan", file, "--as", "CAMAT", "--tenant", HOME, "--variables", '{"n": 101}'): "Ask for a page with either",
        ("plan", written(tmp_path / "..", "{ nothing }"), "--as", "CAMAT", "--tenant", HOME): "does not fit the schema",
    }
    for arguments, expected in tries.items():
        code, said = await run(address, *arguments)
        assert (code, expected in said) == (2, True), (arguments, said)


async def test_it_speaks_indonesian(address: str, tmp_path: Path) -> None:
    code, said = await run(address, "plan", written(tmp_path, QUERY), "--as", "CAMAT", "--tenant", HOME, lang="id")
    assert code == 0
    assert [title in said for title in ("Rencana", "Pernyataan SQL", "Yang dikerjakan PostgreSQL")] == [True] * 3


def test_a_statement_is_broken_at_its_clauses_and_nowhere_else() -> None:
    text = (
        "select (SELECT max(a) filter (WHERE b), 'x select (y' || \"from\" FROM t ORDER BY a LIMIT 1) ,"
        " count(*) over (ORDER BY b)\nFROM u"
    )
    assert pretty(text).split("\n") == [
        "select (",
        "  SELECT max(a) filter (WHERE b), 'x select (y' || \"from\"",
        "  FROM t",
        "  ORDER BY a",
        "  LIMIT 1",
        ") , count(*) over (ORDER BY b)",
        "FROM u",
    ]
