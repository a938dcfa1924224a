"""The embedded PostgreSQL: one server, child of the hub, for one data folder.

A data folder holds `postgres/` (the cluster), `postgres.log`, `lock` (who owns the folder) and `socket` (a link
to the short folder in which the server listens; there is no TCP). The server and every process it makes inherit
a lock on `postgres/`, so that a new start waits for the last straggler of a crash instead of reasoning about
process numbers, and never signals a process that it did not start.

Danger: whoever can enter the socket folder is a superuser of the cluster. It belongs, mode 0700, to the account
that runs the server.
"""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import Future
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

from hub.kernel.errors import HubError
from hub.store import account as accounts
from hub.store import binaries
from hub.store.account import Account
from hub.store.binaries import Binaries

SUPERUSER = "hub_admin"
_LAUNCHER = Path(__file__).with_name("launcher.py")
_ON_LINUX = sys.platform == "linux"
_KERNEL_TELLS = _ON_LINUX  # a server that the hub has died; elsewhere a guard process does
_BUILTIN_LOCALE_SINCE = 17
_STATUS_LINE = 7  # the eighth of postmaster.pid
_SOCKET_PREFIX = "hub-pg-"
_LOG_LIMIT = 10 * 1024 * 1024
_TICK = 0.005  # seconds
_STRAGGLERS = 60.0  # seconds that the last processes of a crashed server get to end
# Left alone, glibc gives what an answer took back to the system, and the next one fetches it page by page: about a
# fifth of what a large answer costs, or nothing, as the heap happens to lie. These keep up to 16 MiB a connection.
_KEPT_BYTES = str(16 * 1024 * 1024)
_ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "LC_ALL": "C",
    "TZ": "UTC",
    "MALLOC_TRIM_THRESHOLD_": _KEPT_BYTES,
    "MALLOC_MMAP_THRESHOLD_": _KEPT_BYTES,
}
_FAST, _IMMEDIATE = 60.0, 10.0  # seconds that a shutdown gets before the next harder one


class AlreadyRunning(HubError):
    """The data folder {folder} is in use by another program (process {pid})."""

    code = "DATA_FOLDER_IN_USE"
    hint = "Stop the hub that uses {folder}, or give this one a data folder of its own."
    status = 503


class NotYours(HubError):
    """The data folder {folder} belongs to another account."""

    code = "DATA_FOLDER_NOT_YOURS"
    hint = "Start the hub as the account that made {folder}, or give it a data folder of its own."


class WrongVersion(HubError):
    """The data in {folder} is of PostgreSQL {data}, but the programs are of PostgreSQL {programs}."""

    code = "WRONG_POSTGRESQL"
    hint = "Name the programs of PostgreSQL {data} in HUB_PG_BIN, or restore a backup into a new data folder."


class NotStarted(HubError):
    """PostgreSQL did not start: {problem}"""

    code = "POSTGRESQL_NOT_STARTED"
    hint = "Read the end of {log}; it says what PostgreSQL could not do."


@dataclass(frozen=True, slots=True)
class _Room:
    """What a program of PostgreSQL gets from us: the cluster folder, opened and locked, and the log."""

    cluster: Path
    handle: int
    account: Account | None
    log: Path

    @property
    def seen(self) -> str:
        """The cluster folder as the server names it.

        An open folder can be entered by its number whatever the permissions of its parents, so a data folder
        below one that is closed to the account needs no loosening.
        """
        return f"/proc/self/fd/{self.handle}" if self.account and _ON_LINUX else str(self.cluster)


@dataclass(frozen=True, slots=True)
class _Child:
    """A program that we started, and the event that it has ended."""

    process: subprocess.Popen[bytes]
    ended: threading.Event


@dataclass(frozen=True, slots=True)
class Cluster:
    """A running server. Leaving the `with` block, or `stop`, ends it; so does the end of this process."""

    data: Path
    socket_dir: Path
    bin: Path
    _child: _Child
    _held: ExitStack

    @property
    def pid(self) -> int:
        """The process number of the server."""
        return self._child.process.pid

    def dsn(self, database: str = "postgres", user: str = SUPERUSER) -> str:
        """An address that asyncpg and libpq understand."""
        return f"postgresql://{quote(user)}@/{quote(database)}?host={quote(str(self.socket_dir), safe='/')}"

    def alive(self) -> bool:
        """Whether the server still runs; after a crash, `stop` and `start` again."""
        return not self._child.ended.is_set()

    def stop(self) -> None:
        """End the server, its connections included, and let the data folder go. Harmless when repeated."""
        self._held.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def start(data: Path, *, throwaway: bool = False, bin_dir: Path | None = None) -> Cluster:
    """Start the server of a data folder, making the folder where it is missing; ready when this returns.

    Waits without limit while the server recovers from a crash. `throwaway` trades durability for speed and is
    for tests only. Raises AlreadyRunning, NotYours, WrongVersion, NotStarted, NoBinaries or NoAccount.
    """
    data, cluster = data.absolute(), data.absolute() / "postgres"
    with ExitStack() as held:
        _own(data, held)
        log = _log(data)
        account = accounts.unprivileged(cluster)
        programs = binaries.find(bin_dir, account)
        if not cluster.exists():
            _initialise(_initdb(programs, throwaway=throwaway), data, account, log)

        room = _enter(cluster, account, log, held)
        _check_version(cluster, programs)
        _clear_stale_pid(cluster)
        socket_dir = _socket_dir(data, account, held)
        began = log.stat().st_size
        options = [f"-c{name}={value}" for name, value in _settings(programs, socket_dir).items()]
        reckless = ["-cfsync=off", "-csynchronous_commit=off", "-cfull_page_writes=off"]
        command = [str(programs.postgres), "-D", room.seen, *options, *(reckless if throwaway else ())]
        child = _launch(command, room, held)
        _await_ready(child, room, began)
        return Cluster(data, socket_dir, programs.bin, child, held.pop_all())


def _own(data: Path, held: ExitStack) -> None:
    """Become the one owner of the data folder, or say who is."""
    lock = data / "lock"
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    except PermissionError as error:
        raise NotYours(folder=str(data)) from error
    held.callback(os.close, handle)
    if not _locked(handle):
        raise AlreadyRunning(folder=str(data), pid=lock.read_text().strip() or "?")
    os.ftruncate(handle, 0)
    os.write(handle, f"{os.getpid()}\n".encode())


def _enter(cluster: Path, account: Account | None, log: Path, held: ExitStack) -> _Room:
    """Open and lock the cluster folder, once the last process of an earlier server has let it go."""
    if account:
        accounts.give(cluster, account)
    try:
        handle = os.open(cluster, os.O_RDONLY | os.O_DIRECTORY)
    except PermissionError as error:
        raise NotYours(folder=str(cluster)) from error
    held.callback(os.close, handle)
    patience = time.monotonic() + _STRAGGLERS
    while not _locked(handle):
        if time.monotonic() > patience:
            raise AlreadyRunning(folder=str(cluster.parent), pid=_noted_pid(cluster) or "?")
        time.sleep(_TICK)
    return _Room(cluster, handle, account, log)


def _locked(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _log(data: Path) -> Path:
    """The server's log: readable to its owner alone, of bounded size."""
    log = data / "postgres.log"
    if log.exists() and log.stat().st_size > _LOG_LIMIT:
        log.rename(data / "postgres.log.1")
    log.touch(mode=0o600)
    return log


def _initialise(command: list[str], data: Path, account: Account | None, log: Path) -> None:
    """Make the cluster beside its place and move it there whole, so that a power cut leaves no half of one."""
    fresh = data / "postgres.new"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    began = log.stat().st_size
    with ExitStack() as held:
        room = _enter(fresh, account, log, held)
        child = _launch([*command, "-D", room.seen], room, held)
        child.ended.wait()
        if child.process.returncode:
            raise NotStarted(problem=_last_line(log, began), log=str(log))
        fresh.rename(data / "postgres")
        _sync(data)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    os.fsync(handle)
    os.close(handle)


def _initdb(programs: Binaries, *, throwaway: bool) -> list[str]:
    command = [str(programs.initdb), f"--username={SUPERUSER}", "--encoding=UTF8", "--no-instructions"]
    command += ["--auth-local=trust", "--auth-host=reject"]
    if throwaway:
        command.append("--no-sync")
    if programs.major() >= _BUILTIN_LOCALE_SINCE:
        return [*command, "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    # Not every system but Linux knows C.UTF-8.
    return [*command, "--locale=C.UTF-8" if _ON_LINUX else "--locale=C"]


def _settings(programs: Binaries, socket_dir: Path) -> dict[str, str]:
    """For an office machine; larger ones name their own server."""
    return {
        "listen_addresses": "",
        "unix_socket_directories": str(socket_dir),
        "unix_socket_permissions": "0700",
        "port": "5432",
        "shared_buffers": "128MB",
        "max_connections": "100",
        "shared_preload_libraries": "pg_stat_statements" if programs.counts_statements else "",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "logging_collector": "off",
        # Statements and the details of errors may hold personal data.
        "log_min_error_statement": "panic",
        "log_error_verbosity": "terse",
    }


def _check_version(cluster: Path, programs: Binaries) -> None:
    data, ours = int((cluster / "PG_VERSION").read_text()), programs.major()
    if data != ours:
        raise WrongVersion(folder=str(cluster.parent), data=data, programs=ours)


def _clear_stale_pid(cluster: Path) -> None:
    """Remove a pid file that a crash has left.

    PostgreSQL itself would refuse to start while the number in it belongs to any living process of the same
    account. We hold the lock, so such a process is either a server that somebody started by hand, or a
    stranger to be left in peace.
    """
    pid = _noted_pid(cluster)
    if pid and _serves(pid, cluster):
        raise AlreadyRunning(folder=str(cluster.parent), pid=pid)
    (cluster / "postmaster.pid").unlink(missing_ok=True)


def _noted_pid(cluster: Path) -> int | None:
    try:
        first, *_ = (cluster / "postmaster.pid").read_text().split()
        return int(first)
    except (FileNotFoundError, ValueError):
        return None


def _serves(pid: int, cluster: Path) -> bool:
    """Whether the process is a PostgreSQL server of this cluster. A server works inside its cluster folder."""
    if not _ON_LINUX:
        return _serves_by_lsof(pid, cluster)
    process = Path("/proc", str(pid))
    try:
        named = (process / "exe").readlink().name.split()[0] in {"postgres", "postmaster"}
        return named and (process / "cwd").samefile(cluster)
    except OSError:  # gone, a zombie, or of another account, which PostgreSQL would not serve
        return False


def _serves_by_lsof(pid: int, cluster: Path) -> bool:
    command = ["/usr/sbin/lsof", "-a", "-p", str(pid), "-d", "cwd", "-F", "n"]
    told = subprocess.run(command, capture_output=True, text=True, check=False).stdout  # noqa: S603  # fixed words
    return f"n{cluster.resolve()}" in told.splitlines()


def _socket_dir(data: Path, account: Account | None, held: ExitStack) -> Path:
    """A folder of our own with a short path: a socket's may have 103 bytes only."""
    link = data / "socket"
    base = Path("/tmp" if os.access("/tmp", os.W_OK) else tempfile.gettempdir())  # noqa: S108  # for mkdtemp
    if link.is_symlink():
        _forget_socket_dir(link, link.readlink())
    folder = Path(tempfile.mkdtemp(prefix=_SOCKET_PREFIX, dir=base))
    held.callback(_forget_socket_dir, link, folder)
    link.symlink_to(folder)
    if account:
        os.chown(folder, account.uid, account.gid)
    return folder


def _forget_socket_dir(link: Path, folder: Path) -> None:
    link.unlink(missing_ok=True)
    if folder.name.startswith(_SOCKET_PREFIX):
        shutil.rmtree(folder, ignore_errors=True)


def _launch(command: list[str], room: _Room, held: ExitStack) -> _Child:
    """Start a program that ends with us.

    Linux sends the death signal when the *thread* that forked ends, so each program has a thread that does
    nothing but wait for it.
    """
    began: Future[subprocess.Popen[bytes]] = Future()
    ended = threading.Event()

    def keep() -> None:
        try:
            with ExitStack() as watch:
                process = _spawn(command, room, watch)
                began.set_result(process)
                process.wait()
        except OSError as error:
            began.set_exception(error)
        finally:
            ended.set()

    threading.Thread(target=keep, name="embedded-postgresql", daemon=True).start()
    child = _Child(began.result(), ended)
    held.callback(_end, child)
    return child


def _spawn(command: list[str], room: _Room, watch: ExitStack) -> subprocess.Popen[bytes]:
    handles, pipe = [room.handle], "-"
    if not _KERNEL_TELLS:
        reading, writing = os.pipe()
        watch.callback(os.close, writing)
        watch.callback(os.close, reading)
        handles, pipe = [room.handle, reading], str(reading)
    account = f"{room.account.uid}:{room.account.gid}" if room.account else "-"
    launcher = [sys.executable, "-I", "-S", str(_LAUNCHER), str(os.getpid()), account, pipe]
    with room.log.open("ab") as log:
        return subprocess.Popen(  # noqa: S603  # our own launcher and absolute paths
            [*launcher, *command],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            env=_ENVIRONMENT,
            pass_fds=handles,
            start_new_session=True,  # Ctrl-C is for the hub, which then stops the server in order
        )


def _await_ready(child: _Child, room: _Room, began: int) -> None:
    while not _ready(child.process.pid, room.cluster):
        if child.ended.wait(_TICK):
            raise NotStarted(problem=_last_line(room.log, began), log=str(room.log))


def _ready(pid: int, cluster: Path) -> bool:
    try:
        lines = (cluster / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return False
    return len(lines) > _STATUS_LINE and lines[0] == str(pid) and lines[_STATUS_LINE].strip() == "ready"


def _end(child: _Child) -> None:
    """Shut down; harder where that takes too long. The data survive each of the three."""
    for how, patience in ((signal.SIGINT, _FAST), (signal.SIGQUIT, _IMMEDIATE), (signal.SIGKILL, None)):
        if child.ended.is_set():
            return
        with suppress(ProcessLookupError):
            child.process.send_signal(how)
        child.ended.wait(patience)


def _last_line(log: Path, began: int) -> str:
    with log.open("rb") as lines:
        lines.seek(began)
        text = lines.read().decode(errors="replace").strip()
    fatal = [line for line in text.splitlines() if "FATAL" in line or "error:" in line]
    return (fatal or text.splitlines() or ["it said nothing"])[-1]
