"""Doctor, backup, restore and secrets as an operator runs them."""

import os
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from hub.entrypoints.cli import app
from tests import cluster
from tests.conftest import prepare

SERVER = f"upkeep_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"


@pytest.fixture
async def dsn(database: str) -> str:
    """A migrated database of our own, without a tenant."""
    del database  # only so that the server is prepared
    return await cluster.database_for(SERVER, prepare)


@pytest.fixture
def operator(dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> "Operator":
    """Somebody at the command line."""
    monkeypatch.setenv("HUB_DATABASE_URL", dsn)
    monkeypatch.setenv("HUB_KEYS_FILE", str(tmp_path / "keys.json"))
    monkeypatch.setenv("HUB_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("HUB_DEMO", "true")
    made = Operator(monkeypatch)
    made.runs("migrate")
    made.runs("secrets", "create")
    return made


class Operator:
    """Runs commands in English and sees what they say."""

    def __init__(self, environment: pytest.MonkeyPatch) -> None:
        self.environment = environment

    def moves_to(self, database: str) -> None:
        """Work on another database of the server from now on."""
        here = os.environ["HUB_DATABASE_URL"]
        self.environment.setenv("HUB_DATABASE_URL", here.replace(f"/hub_{SERVER}", f"/{database}"))

    def tries(self, *words: str) -> Result:
        """A command that may fail."""
        return CliRunner().invoke(app, ["--lang", "en", *words])

    def runs(self, *words: str) -> list[str]:
        """A command that succeeds, and its lines."""
        done = self.tries(*words)
        assert done.exit_code == 0, done.output
        return done.stdout.splitlines()


def test_a_fresh_hub_has_nothing_wrong(operator: Operator) -> None:
    assert operator.runs("doctor") == ["Nothing is wrong."]


def test_the_doctor_says_what_is_wrong_and_ends_with_one(operator: Operator) -> None:
    keys = Path(os.environ["HUB_KEYS_FILE"])
    keys.chmod(0o644)

    done = operator.tries("doctor")

    assert done.exit_code == 1
    assert done.stdout.splitlines() == [
        f"KEYS  Other accounts of this machine may read the key file {keys}.",
        "    Run `chmod 600` on it as its owner; if others could read it for long, rotate the keys.",
        "1 findings.",
    ]


def test_a_backup_goes_into_an_empty_database(operator: Operator, tmp_path: Path) -> None:
    operator.runs("tenant", "add", "63.01.01")
    said = operator.runs("backup", str(tmp_path / "hub.zip"))
    operator.moves_to(f"hub_fresh_{SERVER}")

    restored = operator.runs("restore", str(tmp_path / "hub.zip"))

    assert said[1] == f"The keys are not in it: keep a copy of {os.environ['HUB_KEYS_FILE']} in another place."
    assert said[2].startswith("Uploaded files are not in it: now copy the folder ")
    assert restored[0].split(" rows ")[0] == said[0].partition(": ")[2].split(" rows ")[0]
    assert operator.runs("doctor") == ["Nothing is wrong."]
    again = operator.tries("restore", str(tmp_path / "hub.zip"))
    assert (again.exit_code, "is not empty" in again.stderr) == (2, True)


def test_keys_are_rotated_and_shown(operator: Operator) -> None:
    assert operator.runs("secrets", "status") == [
        "data         1  current            0",
        "database     1  current            -",
        "index        1  current            0",
        "journal      1  current            0",
    ]
    refused = operator.tries("secrets", "retire", "data", "1")
    assert (refused.exit_code, refused.stderr.splitlines()[0]) == (2, "Version 1 of the data key is still in use.")
