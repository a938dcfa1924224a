"""`hub jobs` as an operator runs it."""

import asyncio
import os
import signal
import subprocess
import sys
import uuid
from pathlib import Path

import asyncpg
import pytest

from hub.jobs.asking import ask
from hub.kernel.clock import system_clock
from hub.kernel.ids import new_id
from hub.kernel.scope import Reader
from hub.store.pools import PoolOptions, open_pool
from hub.store.unit import writing
from tests import cluster
from tests.conftest import as_role, prepare
from tests.entrypoints.test_upkeep import Operator
from tests.jobs.stage import until
from tests.journal.stage import TENANT, scope

ROOT = Path(__file__).resolve().parents[2]
WORKER = [sys.executable, "-c", 'from hub.entrypoints.cli import app; app(prog_name="hub")', "worker"]
SERVER = f"operator_jobs_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"


@pytest.fixture
async def parked(database: str) -> str:
    """A database with a parked job, which is the only one."""
    del database  # only so that the server is prepared
    dsn = await cluster.database_for(SERVER, prepare)
    pool = await open_pool(as_role(dsn, Reader.API.value), PoolOptions(size=1))
    async with writing(pool, scope(), system_clock()) as unit:
        await ask(unit, "TESTED", new_id())
    await pool.close()
    admin = await asyncpg.connect(dsn)
    await admin.execute("update job set state = 'PARKED', attempts = 5, reason = 'UNAVAILABLE'")
    await admin.close()
    return dsn


@pytest.fixture
def operator(parked: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Operator:
    """Somebody at the command line."""
    monkeypatch.setenv("HUB_DATABASE_URL", parked)
    monkeypatch.setenv("HUB_KEYS_FILE", str(tmp_path / "keys.json"))
    monkeypatch.setenv("HUB_DATA", str(tmp_path / "data"))
    return Operator(monkeypatch)


def test_a_parked_job_is_listed_shown_tried_again_and_dropped(operator: Operator) -> None:
    line, count = operator.runs("jobs", "list")
    job = line.split()[0]
    assert line == f"{job}  TESTED  Parked  UNAVAILABLE"
    assert count == "1 jobs."
    assert f"tenant_id: {TENANT}" in operator.runs("jobs", "show", job)

    assert operator.runs("jobs", "retry", job) == [f"Job {job} will be tried again."]
    assert operator.runs("jobs", "list")[0] == f"{job}  TESTED  Asked for  UNAVAILABLE"
    again = operator.tries("jobs", "retry", job)
    assert (again.exit_code, again.stderr.splitlines()[0]) == (2, f"Job {job} is not parked.")

    assert operator.runs("jobs", "drop", job) == [f"Job {job} is given up."]
    assert operator.runs("jobs", "list") == ["0 jobs."]


async def test_a_worker_alone_does_what_was_asked_for_and_ends_well(operator: Operator, parked: str) -> None:
    operator.environment.setenv("HUB_DEMO", "true")
    operator.runs("secrets", "create")
    admin = await asyncpg.connect(parked)
    await admin.execute("update job set kind = 'IMPORT', state = 'ASKED', attempts = 0")  # an import that is gone

    async def done() -> bool:
        return bool(await admin.fetchval("select count(*) = 0 from job"))

    with subprocess.Popen(WORKER, cwd=ROOT, stderr=subprocess.PIPE, text=True) as alone:  # noqa: S603, ASYNC220
        try:
            await until(done, 120)
        finally:
            alone.send_signal(signal.SIGTERM)
            said = await asyncio.to_thread(lambda: alone.communicate(timeout=60)[1])
    await admin.close()
    assert (alone.returncode, said) == (0, "")


@pytest.mark.parametrize("text", [str(uuid.UUID(int=7)), "bukan-id"])
def test_a_job_that_is_not_there_is_refused_in_a_sentence(operator: Operator, text: str) -> None:
    told = operator.tries("jobs", "show", text)
    assert (told.exit_code, told.stderr.splitlines()[0]) == (2, f"There is no job {text}.")
