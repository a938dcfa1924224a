"""The cluster of a test run: tried on small runs of their own."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

CONFTEST = """
import asyncio
import os
from pathlib import Path

import asyncpg
import pytest

from tests import cluster

pytest_configure = cluster.begin
pytest_unconfigure = cluster.end


def prepare(dsn: str) -> None:
    with Path("prepared").open("a") as times:
        times.write("once ")
    asyncio.run(fill(dsn))


async def fill(dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    await connection.execute("create table note as select 'from the template' as text")
    await connection.close()


@pytest.fixture(scope="session")
async def connection():
    worker = os.environ.get("PYTEST_XDIST_WORKER", "alone")
    connection = await asyncpg.connect(await cluster.database_for(worker, prepare))
    yield connection
    await connection.close()
"""

TESTS = """
from pathlib import Path

import pytest


@pytest.mark.parametrize("number", range(6))
async def test_a_clone_is_ours_alone(connection, number):
    name = await connection.fetchval("select current_database()")
    texts = {row["text"] for row in await connection.fetch("select text from note")}
    await connection.execute("insert into note values ($1)", name)
    with Path("seen").open("a") as seen:
        seen.write(f"{name}\\n")
    assert texts <= {"from the template", name}
"""

SLEEPS = """
import asyncio
import os
from pathlib import Path


async def test_long(connection):
    Path("worker").write_text(str(os.getpid()))
    Path("server").write_text(await connection.fetchval("show unix_socket_directories"))
    await asyncio.sleep(600)
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The folder of a small test suite, and of its temporary files."""
    (tmp_path / "tmp").mkdir()
    (tmp_path / "conftest.py").write_text(CONFTEST)
    options = "asyncio_mode = auto\nasyncio_default_fixture_loop_scope = session\n"
    (tmp_path / "pytest.ini").write_text(f"[pytest]\n{options}asyncio_default_test_loop_scope = session\n")
    return tmp_path


def begin(project: Path, tests: str, *options: str) -> subprocess.Popen[str]:
    (project / "test_it.py").write_text(tests)
    inherited = {name: text for name, text in os.environ.items() if not name.startswith(("HUB_TEST_", "PYTEST_"))}
    return subprocess.Popen(  # noqa: S603  # the suite above
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options],
        cwd=project,
        env={**inherited, "PYTHONPATH": str(ROOT), "TMPDIR": str(project / "tmp")},
        stdout=subprocess.PIPE,
        text=True,
    )


def leftovers(project: Path) -> list[str]:
    return sorted(path.name for path in (project / "tmp").glob("hub-test-*"))


@pytest.mark.parametrize(
    ("options", "databases"), [((), {"hub_alone"}), (("-n", "2"), {"hub_gw0", "hub_gw1"})], ids=["alone", "workers"]
)
def test_workers_share_one_cluster_and_one_template(
    project: Path, options: tuple[str, ...], databases: set[str]
) -> None:
    run = begin(project, TESTS, *options)
    told, _ = run.communicate(timeout=60)

    assert run.returncode == 0, told
    assert set((project / "seen").read_text().split()) == databases
    assert (project / "prepared").read_text() == "once "
    assert leftovers(project) == []


def test_a_killed_run_takes_its_server_along_and_the_next_run_clears_up(project: Path) -> None:
    run = begin(project, SLEEPS, "-n", "1")
    while not (project / "server").exists() or not (project / "server").read_text():
        assert run.poll() is None
        time.sleep(0.05)
    socket = Path((project / "server").read_text()) / ".s.PGSQL.5432"
    assert socket.exists()

    run.send_signal(signal.SIGKILL)
    run.wait()
    os.kill(int((project / "worker").read_text()), signal.SIGKILL)  # it would go by itself, but later

    # A server that ends in order takes its socket along.
    end = time.monotonic() + 15
    while socket.exists() and time.monotonic() < end:
        time.sleep(0.05)
    assert not socket.exists()
    assert len(leftovers(project)) == 1

    following = begin(project, TESTS)
    told, _ = following.communicate(timeout=60)
    assert following.returncode == 0, told
    assert leftovers(project) == []
    assert not socket.parent.exists()
