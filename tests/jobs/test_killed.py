"""A worker that is killed in the middle of a job: another one does it again."""

import signal
import subprocess
import sys
from pathlib import Path

from hub.store.pools import Connection, Pools
from tests.jobs.stage import Noted, asked, rows, until, working

ROOT = Path(__file__).resolve().parents[2]


async def test_the_job_of_a_killed_worker_is_done_by_another(
    pools: Pools, worker: Connection, worker_dsn: str, tmp_path: Path
) -> None:
    about, began = await asked(pools), tmp_path / "began"
    command = [sys.executable, "-m", "tests.jobs.child", worker_dsn, str(began)]
    with subprocess.Popen(command, cwd=ROOT) as killed:  # noqa: S603, ASYNC220  # our own program
        try:
            await until(began.exists, 60)
        finally:
            killed.send_signal(signal.SIGKILL)
    assert await rows(worker) == [("RUNNING", 1, None)]

    noted = Noted()
    async with working(pools, worker_dsn, noted):
        await until(lambda: noted.done)

    assert noted.done == [about]
    assert noted.attempts == [2]
    assert await rows(worker) == []
