"""The supervisor of the embedded PostgreSQL, on real servers: every promise of `hub/store/embedded.py`."""

import asyncio
import os
import platform
import shutil
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import pytest

from hub.store import account as accounts
from hub.store import binaries, embedded
from hub.store.account import Account
from hub.store.embedded import AlreadyRunning, Cluster, NotStarted, WrongVersion, start

ROOT = Path(__file__).parents[2]
IS_ROOT = os.geteuid() == 0
as_root = pytest.mark.skipif(not IS_ROOT, reason="only root drops to another account")
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")

HUB = """
import sys, time
from pathlib import Path
from hub.store import embedded
embedded._KERNEL_TELLS = embedded._KERNEL_TELLS and sys.argv[2] != "guarded"
print(embedded.start(Path(sys.argv[1]), throwaway=True).pid, flush=True)
time.sleep(600)
"""


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cluster that was made, written to and stopped in order; tests copy it instead of making their own."""
    data = tmp_path_factory.mktemp("shelf") / "data"
    with start(data, throwaway=True) as cluster:
        ask(cluster, "create table note (text text)")
        ask(cluster, "insert into note values ('kept')")
    return data


@pytest.fixture
def data(shelf: Path, tmp_path: Path) -> Path:
    """A data folder of this test's own, its name not plain."""
    folder = tmp_path / "data kecamatan é"
    shutil.copytree(shelf, folder)
    return folder


@pytest.fixture
def stranger() -> Iterator[subprocess.Popen[bytes]]:
    """A living process of the account that the server would run as."""
    user = {"user": "nobody", "group": "nogroup", "extra_groups": []} if IS_ROOT else {}
    process = subprocess.Popen(["/bin/sleep", "600"], cwd="/", **user)  # type: ignore[call-overload]
    yield process
    process.kill()
    process.wait()


def ask(cluster: Cluster, sql: str, *, user: str = embedded.SUPERUSER) -> list[object]:
    async def answer() -> list[object]:
        connection = await asyncpg.connect(cluster.dsn(user=user))
        try:
            return [row[0] for row in await connection.fetch(sql)]
        finally:
            await connection.close()

    return asyncio.run(answer())


def processes_of(data: Path) -> list[int]:
    """Every process that works inside the cluster folder: the server and what it has started."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").samefile(data / "postgres"):
                found.append(int(process.name))
        except OSError:
            continue
    return found


def eventually(happens: Callable[[], bool], *, within: float = 15) -> bool:
    end = time.monotonic() + within
    while not happens():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


def hub(data: Path, how: str = "as usual") -> tuple[subprocess.Popen[str], int]:
    """Another hub, and the pid of its server."""
    process = subprocess.Popen(  # noqa: S603  # the script above
        [sys.executable, "-c", HUB, str(data), how], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    return process, int(process.stdout.readline())


def page_faults(pid: int) -> int:
    """How many pages a process has been given so far without reading a disk."""
    return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")")[1].split()[7])


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_missing_folder_becomes_a_cluster_in_utf8_and_utc(tmp_path: Path) -> None:
    with start(tmp_path / "a" / "new é", throwaway=True) as cluster:
        facts = ask(
            cluster,
            "select unnest(array[current_user, current_setting('server_encoding'), current_setting('timezone'),"
            " upper('é'), case when 'a' < 'B' then 'language' else 'code point' end])",
        )

    assert facts == ["hub_admin", "UTF8", "UTC", "É", "code point"]


def test_data_outlive_a_stop(data: Path) -> None:
    with start(data) as first:
        ask(first, "insert into note values ('added')")
    with start(data) as second:
        assert ask(second, "select text from note order by 1") == ["added", "kept"]


def test_data_that_matter_are_written_through(data: Path) -> None:
    names = ("fsync", "synchronous_commit", "full_page_writes")
    with start(data) as cluster:
        assert [ask(cluster, f"show {name}") for name in names] == [["on"], ["on"], ["on"]]


def test_throwaway_data_are_not(data: Path) -> None:
    names = ("fsync", "synchronous_commit", "full_page_writes")
    with start(data, throwaway=True) as cluster:
        assert [ask(cluster, f"show {name}") for name in names] == [["off"], ["off"], ["off"]]


def test_it_listens_in_a_private_folder_and_nowhere_else(data: Path) -> None:
    with start(data) as cluster:
        assert ask(cluster, "show listen_addresses") == [""]
        assert ask(cluster, "show unix_socket_directories") == [str(cluster.socket_dir)]
        assert mode(cluster.socket_dir) == 0o700
        assert cluster.socket_dir.stat().st_uid == (data / "postgres").stat().st_uid
        assert (data / "socket").readlink() == cluster.socket_dir
        assert len(str(cluster.socket_dir / ".s.PGSQL.5432")) <= 103

    assert not cluster.socket_dir.exists()
    assert not (data / "socket").is_symlink()


def test_every_role_may_enter_through_the_socket(data: Path) -> None:
    with start(data) as cluster:
        ask(cluster, "create role hub_api login")

        assert ask(cluster, "select current_user", user="hub_api") == ["hub_api"]


def test_settings_suit_a_small_office(data: Path) -> None:
    names = ("shared_buffers", "max_connections", "shared_preload_libraries", "plan_cache_mode")
    with start(data) as cluster:
        settings = [ask(cluster, f"show {name}")[0] for name in names]

    assert settings == ["128MB", "100", "pg_stat_statements", "auto"]


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc has to be told")
def test_a_connection_keeps_the_memory_that_its_next_answer_needs(data: Path) -> None:
    async def faults(dsn: str) -> list[int]:
        connection, found = await asyncpg.connect(dsn), []
        for _ in range(20):
            before = page_faults(connection.get_server_pid())
            await connection.fetchval("select repeat('x', 3000000)")
            found.append(page_faults(connection.get_server_pid()) - before)
        await connection.close()
        return found

    with start(data) as cluster:
        assert max(asyncio.run(faults(cluster.dsn()))[10:]) < 100


def test_the_log_keeps_statements_and_row_contents_to_itself(data: Path) -> None:
    with start(data) as cluster:
        ask(cluster, "create unique index on note (text)")
        with pytest.raises(asyncpg.UniqueViolationError):
            ask(cluster, "insert into note values ('kept')")
    log = (data / "postgres.log").read_text()

    assert "duplicate key value violates unique constraint" in log
    assert "kept" not in log
    assert mode(data / "postgres.log") == 0o600


def test_a_second_start_names_the_folder_and_the_owner(data: Path) -> None:
    with start(data) as cluster:
        with pytest.raises(AlreadyRunning) as refused:
            start(data)
        assert refused.value.params == {"folder": str(data), "pid": str(os.getpid())}
        assert ask(cluster, "select 1") == [1]

    with start(data) as again:
        assert again.alive()


def test_a_stop_may_be_repeated(data: Path) -> None:
    cluster = start(data)

    cluster.stop()
    cluster.stop()

    assert not cluster.alive()


@on_linux
def test_the_server_is_our_own_child(data: Path) -> None:
    with start(data) as cluster:
        status = Path(f"/proc/{cluster.pid}/status").read_text()

        assert f"\nPPid:\t{os.getpid()}\n" in status
        assert Path(f"/proc/{cluster.pid}/exe").readlink().name == "postgres"
        assert (data / "postgres" / "postmaster.pid").read_text().split()[0] == str(cluster.pid)


@on_linux
def test_the_server_outlives_the_thread_that_started_it(data: Path) -> None:
    clusters: list[Cluster] = []
    thread = threading.Thread(target=lambda: clusters.append(start(data)))
    thread.start()
    thread.join()
    time.sleep(0.3)

    with clusters[0] as cluster:
        assert ask(cluster, "select 1") == [1]


@on_linux
@pytest.mark.parametrize("how", ["as usual", "guarded"])
@pytest.mark.parametrize("death", [signal.SIGTERM, signal.SIGKILL, signal.SIGINT])
def test_no_process_outlives_the_hub(data: Path, how: str, death: signal.Signals) -> None:
    process, server = hub(data, how)
    assert server in processes_of(data)

    process.send_signal(death)
    process.wait()

    assert eventually(lambda: processes_of(data) == [])
    assert eventually(lambda: not Path(f"/proc/{server}").exists())
    with start(data) as cluster:
        assert ask(cluster, "select text from note") == ["kept"]


@on_linux
def test_a_start_waits_for_the_server_of_a_killed_hub(data: Path) -> None:
    process, server = hub(data)
    process.kill()
    process.wait()

    with start(data) as cluster:
        assert cluster.pid != server
        assert processes_of(data).count(server) == 0


@on_linux
def test_the_socket_folder_of_a_killed_hub_is_cleared_away(data: Path) -> None:
    process, _ = hub(data)
    left = (data / "socket").readlink()
    process.kill()
    process.wait()
    assert left.exists()

    with start(data) as cluster:
        assert cluster.socket_dir != left
        assert not left.exists()


def test_a_killed_server_is_noticed_and_its_data_recover(data: Path) -> None:
    cluster = start(data)
    ask(cluster, "insert into note values ('committed')")

    os.kill(cluster.pid, signal.SIGKILL)

    assert eventually(lambda: not cluster.alive(), within=2)
    cluster.stop()
    with start(data) as again:
        assert ask(again, "select text from note order by 1") == ["committed", "kept"]


def test_a_pid_file_that_names_a_stranger_is_no_death_sentence(data: Path, stranger: subprocess.Popen[bytes]) -> None:
    (data / "postgres" / "postmaster.pid").write_text(f"{stranger.pid}\n{data}\n1\n5432\n\n\n0 0\nready\n")

    with start(data) as cluster:
        assert ask(cluster, "select text from note") == ["kept"]

    assert stranger.poll() is None


@pytest.mark.parametrize("left", ["", "rubbish\n", "999999999\n", "-1\n"])
def test_a_damaged_pid_file_does_not_matter(data: Path, left: str) -> None:
    (data / "postgres" / "postmaster.pid").write_text(left)

    with start(data) as cluster:
        assert ask(cluster, "select text from note") == ["kept"]


@on_linux
def test_a_server_started_by_hand_is_left_in_peace(data: Path) -> None:
    account = accounts.unprivileged(data / "postgres")
    if account:
        accounts.give(data / "postgres", account)
    programs = binaries.find(None, account)
    user = {"user": account.uid, "group": account.gid, "extra_groups": []} if account else {}
    handle = os.open(data / "postgres", os.O_RDONLY)
    folder = f"/proc/self/fd/{handle}"
    by_hand = subprocess.Popen(  # noqa: S603  # the server under test
        [programs.postgres, "-D", folder, "-c", "listen_addresses=", "-k", folder],
        pass_fds=[handle],
        cwd="/",
        stderr=subprocess.DEVNULL,
        **user,  # type: ignore[call-overload]
    )
    os.close(handle)
    try:
        assert eventually(lambda: embedded._ready(by_hand.pid, data / "postgres"))
        with pytest.raises(AlreadyRunning) as refused:
            start(data)
        assert refused.value.params == {"folder": str(data), "pid": by_hand.pid}
        assert by_hand.poll() is None
    finally:
        by_hand.send_signal(signal.SIGINT)
        by_hand.wait()


def test_an_interrupted_making_of_a_cluster_is_begun_anew(tmp_path: Path) -> None:
    half = tmp_path / "data" / "postgres.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")

    with start(tmp_path / "data", throwaway=True) as cluster:
        assert ask(cluster, "select 1") == [1]
    assert not half.exists()


def test_a_refusal_quotes_the_server_and_names_the_log(data: Path) -> None:
    (data / "postgres" / "postgresql.auto.conf").write_text("max_connections = many\n")

    with pytest.raises(NotStarted) as refused:
        start(data)

    assert "postgresql.auto.conf" in str(refused.value.params["problem"])
    assert refused.value.params["log"] == str(data / "postgres.log")


def test_data_of_another_version_are_refused_before_they_are_touched(data: Path) -> None:
    (data / "postgres" / "PG_VERSION").write_text("14\n")

    with pytest.raises(WrongVersion) as refused:
        start(data)

    assert refused.value.params["data"] == 14


def test_a_failed_start_lets_the_folder_go(data: Path) -> None:
    broken = data / "postgres" / "postgresql.auto.conf"
    broken.write_text("max_connections = many\n")
    with pytest.raises(NotStarted):
        start(data)
    broken.write_text("")

    with start(data) as cluster:
        assert ask(cluster, "select 1") == [1]


@as_root
def test_root_hands_the_server_to_an_account_and_closed_folders_stay_closed(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)

    with start(closed / "data", throwaway=True) as cluster:
        server = Path(f"/proc/{cluster.pid}").stat()
        assert server.st_uid == (closed / "data" / "postgres").stat().st_uid != 0
        assert ask(cluster, "select 1") == [1]

    assert [mode(folder) for folder in (closed, closed / "data", closed / "data" / "postgres")] == [0o700] * 3
    assert [closed.stat().st_uid, (closed / "data").stat().st_uid] == [0, 0]


@as_root
def test_root_keeps_the_owner_of_existing_data(data: Path) -> None:
    accounts.give(data / "postgres", Account(uid=12345, gid=12345))

    with start(data) as cluster:
        assert Path(f"/proc/{cluster.pid}").stat().st_uid == 12345


@as_root
def test_data_that_root_restored_are_handed_over_whole(data: Path) -> None:
    accounts.give(data / "postgres", Account(uid=0, gid=0))

    with start(data) as cluster:
        assert ask(cluster, "select text from note") == ["kept"]
        owners = {path.stat().st_uid for path in (data / "postgres").rglob("*")}
        assert owners == {(data / "postgres").stat().st_uid}
        assert owners != {0}
