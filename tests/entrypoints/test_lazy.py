"""Commands are listed without being loaded, and each loads no more than it needs."""

import importlib
import os
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

import hub
from hub.entrypoints import cli
from hub.entrypoints.lazy import LazyGroup, whole
from hub.store.base import MANIFEST

ROOT = Path(__file__).resolve().parents[2]
# Runs a command and prints what of these it has imported.
HEAVY = ("alembic", "faker", "graphql", "openpyxl", "sqlalchemy", "strawberry", "uvicorn")
LOADED = f"""
import sys
from hub.entrypoints.cli import app
try:
    app(prog_name="hub")
finally:
    print("loaded:", *(name for name in {HEAVY!r} if name in sys.modules))
"""


def group() -> LazyGroup:
    found = typer.main.get_command(cli.app)
    assert isinstance(found, LazyGroup)
    return found


def loaded_by(*arguments: str, **environment: str) -> set[str]:
    """The heavy packages that a process of its own has loaded at the end of a command."""
    done = subprocess.run(  # noqa: S603  # our own program
        [sys.executable, "-c", LOADED, *arguments],
        cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return set(done.stdout.splitlines()[-1].split()[1:])


def test_every_line_of_the_table_leads_to_a_command_of_its_name_and_help() -> None:
    found = whole(group()).commands
    assert {name: (each.name, each.help) for name, each in found.items()} == {
        name: (name, later.help) for name, later in cli.COMMANDS.items()
    }


def test_a_group_is_loaded_with_its_commands_and_a_command_with_its_options() -> None:
    found = whole(group()).commands
    assert [*found["key"].commands] == ["create", "village", "reports", "list", "revoke", "bind"]  # type: ignore[attr-defined]
    assert [each.name for each in found["serve"].params] == ["host", "port"]


def test_the_list_of_commands_is_printed_without_loading_any() -> None:
    assert loaded_by("--help") == set()


@pytest.mark.parametrize(
    ("arguments", "loaded"),
    [
        (("key", "list", "--help"), {"alembic", "sqlalchemy"}),
        (("migrate", "--print-sql"), {"alembic", "sqlalchemy"}),
        (("secrets", "--help"), {"alembic", "sqlalchemy"}),
        (("import", "--help"), {"alembic", "sqlalchemy", "openpyxl"}),
        (("schema", "--help"), {"graphql", "strawberry", "sqlalchemy"}),
        (("serve", "--help"), {"alembic", "graphql", "openpyxl", "sqlalchemy", "strawberry", "uvicorn"}),
    ],
)
def test_a_command_loads_only_what_it_needs(arguments: tuple[str, ...], loaded: set[str]) -> None:
    assert loaded_by(*arguments, HUB_DATABASE_URL="") == loaded


def test_completion_offers_what_is_not_loaded_yet() -> None:
    root = group()
    context = typer.Context(root)
    assert [each.value for each in root.shell_complete(context, "se")] == ["serve", "secrets"]


def test_an_unknown_command_is_refused_with_the_nearest_one() -> None:
    done = CliRunner().invoke(cli.app, ["keyy"], env={"HUB_LANG": "en"}, prog_name="hub")
    assert (done.exit_code, done.output.splitlines()[-1]) == (2, "Error: No such command 'keyy'. Did you mean 'key'?")


NO_DATABASE = {"contract"}  # the schema is printed and compared without one
MODULES = {later.at.partition(":")[0] for later in cli.COMMANDS.values()}


# Loads what is not ours once, then each module in a child of its own: a line for each, with the tables it knows.
TABLES_OF_EACH = """
import importlib, os, sys
import alembic, openpyxl, sqlmodel, strawberry
for name in sys.argv[1:]:
    if not os.fork():
        importlib.import_module(f"hub.entrypoints.{name}")
        from hub.store.base import MANIFEST
        print(name, *sorted(MANIFEST), flush=True)
        os._exit(0)
    if os.wait()[1]:
        sys.exit(f"{name} cannot be loaded")
"""


def test_whatever_a_command_loads_the_manifest_is_whole() -> None:
    for each in pkgutil.walk_packages(hub.__path__, "hub."):
        if not each.name.endswith("__main__"):
            importlib.import_module(each.name)
    modules = sorted(MODULES - NO_DATABASE)
    done = subprocess.run(  # noqa: S603  # our own program
        [sys.executable, "-c", TABLES_OF_EACH, *modules], cwd=ROOT, capture_output=True, text=True, check=True
    )
    known = {line.split()[0]: line.split()[1:] for line in done.stdout.splitlines()}
    assert known == dict.fromkeys(modules, sorted(MANIFEST))
