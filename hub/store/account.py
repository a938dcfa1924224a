"""Under which account PostgreSQL runs: our own, or as root one that may do less.

PostgreSQL refuses to run as root. An administrator who wants the data apart from other services creates an
account named `kecamatan-hub`; without one it is `nobody`.
"""

import os
import pwd
from dataclasses import dataclass
from pathlib import Path

from hub.kernel.errors import HubError

_NAMES = ("kecamatan-hub", "nobody")


class NoAccount(HubError):
    """PostgreSQL may not run as root, and there is no other account to hand its data to."""

    code = "NO_ACCOUNT"
    hint = "Create one with `useradd --system kecamatan-hub`, or start the hub as an ordinary user."


@dataclass(frozen=True, slots=True)
class Account:
    """An account by its numbers."""

    uid: int
    gid: int


def unprivileged(data: Path) -> Account | None:
    """The account to drop to, None where we are not root. Whoever owns the data already stays its owner."""
    if os.geteuid() != 0:
        return None
    if data.exists() and (owner := data.stat()).st_uid != 0:
        return Account(owner.st_uid, owner.st_gid)
    for name in _NAMES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    raise NoAccount


def reaches(account: Account, path: Path) -> bool:
    """Whether the account may read (a folder: enter) the path by its mode bits and those of every parent."""
    path = path.resolve()
    return _may(account, path, 0o5 if path.is_dir() else 0o4) and all(
        _may(account, parent, 0o1) for parent in path.parents
    )


def give(folder: Path, account: Account) -> None:
    """Make the account owner of a folder and all within, where it is not yet."""
    if folder.stat().st_uid == account.uid:
        return
    try:
        for parent, _, names in os.walk(folder, topdown=False):
            for name in (*names, "."):
                os.chown(Path(parent) / name, account.uid, account.gid, follow_symlinks=False)
    except OSError as error:  # a container whose root may not
        raise NoAccount from error


def _may(account: Account, path: Path, bits: int) -> bool:
    state = path.stat()
    if state.st_uid == account.uid:
        shift = 6
    elif state.st_gid == account.gid:
        shift = 3
    else:
        shift = 0
    return state.st_mode >> shift & bits == bits
