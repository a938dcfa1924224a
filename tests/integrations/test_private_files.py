"""Files of people's data: whole or not there, for their owner alone, and no part of a killed process stays."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from hub.integrations import private_files
from hub.integrations.private_files import FileNotWritten, FileStands, NoFolder

WRITES = """
import sys, time
from pathlib import Path
from hub.integrations.private_files import unfinished
with unfinished(Path(sys.argv[1])) as (_, file):
    file.write(b"half")
    file.flush()
    print("half", flush=True)
    time.sleep(600)
"""


def begin(target: Path) -> subprocess.Popen[bytes]:
    """A process that has written half of a file."""
    started = subprocess.Popen([sys.executable, "-c", WRITES, str(target)], stdout=subprocess.PIPE)  # noqa: S603  (our own interpreter)
    assert started.stdout is not None
    assert started.stdout.readline() == b"half\n"
    return started


def test_a_file_is_whole_private_and_never_in_the_place_of_another(tmp_path: Path) -> None:
    target = tmp_path / "data.json"

    private_files.write(target, b"satu")
    with pytest.raises(FileStands):
        private_files.write(target, b"dua")
    first = target.read_bytes()
    private_files.write(target, b"tiga", force=True)

    assert (first, target.read_bytes()) == (b"satu", b"tiga")
    assert target.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["data.json"]
    with pytest.raises(NoFolder):
        private_files.write(tmp_path / "tidak-ada" / "data.json", b"")


def test_the_part_of_a_killed_process_is_removed_by_whoever_writes_there_next(tmp_path: Path) -> None:
    killed, running = begin(tmp_path / "mati.xlsx"), begin(tmp_path / "hidup.xlsx")
    try:
        killed.send_signal(signal.SIGKILL)
        killed.wait()
        other = tmp_path / "catatan.part"
        other.write_bytes(b"somebody's own")
        before = sorted(tmp_path.glob(".hub-*.part"))

        private_files.write(tmp_path / "data.json", b"isi")

        left = sorted(tmp_path.glob(".hub-*.part"))
        assert (len(before), len(left)) == (2, 1)
        assert running.poll() is None
        assert other.exists()
    finally:
        running.kill()
        running.wait()
    assert private_files.abandoned(tmp_path) == 1
    assert sorted(each.name for each in tmp_path.iterdir()) == ["catatan.part", "data.json"]


def test_a_link_under_the_name_of_a_part_is_not_followed(tmp_path: Path) -> None:
    precious = tmp_path / "penting.txt"
    precious.write_bytes(b"isi")
    (tmp_path / ".hub-x.part").symlink_to(precious)

    assert private_files.abandoned(tmp_path) == 0
    assert precious.read_bytes() == b"isi"


def test_a_disk_that_refuses_is_said_in_a_sentence(tmp_path: Path) -> None:
    long = tmp_path / ("x" * 300)
    with pytest.raises(FileNotWritten):
        private_files.write(long, b"isi")
