"""Becomes a program of PostgreSQL that runs as the right account and dies with the hub.

Run by path (`python -I -S launcher.py OWNER ACCOUNT WATCH PROGRAM …`), never imported by the hub: a process of
its own may change account and ask the kernel for a death signal without the dangers of doing so between fork
and exec of a program with threads. It ends in `exec`, so the pid the hub started is PROGRAM itself.

OWNER is the pid of the hub. ACCOUNT is `uid:gid`, or `-` to stay who we are. WATCH is `-` where the kernel
announces the death of the hub (Linux), else the number of a pipe that closes with the hub.
"""

import ctypes
import os
import sys

_PR_SET_PDEATHSIG = 1
_SIGINT = 2  # a fast shutdown to postgres; the module `signal` would cost a third of the launcher's time


def main(owner: int, account: str, watch: str, program: list[str]) -> None:
    """Drop to the account, tie our life to the owner's, become the program."""
    if account != "-":
        drop(*(int(number) for number in account.split(":")))
    if watch == "-":
        die_with(owner)
    else:
        guard(int(watch))
    os.execv(program[0], program)  # noqa: S606  # the absolute path comes from hub.store.binaries


def drop(uid: int, gid: int) -> None:
    """Give up root for good, supplementary groups first."""
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)


def die_with(owner: int) -> None:
    """Have the kernel interrupt us when the owner's thread ends; must follow `drop`, which clears the wish."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, _SIGINT, 0, 0, 0)
    if os.getppid() != owner:
        sys.exit("the hub ended before PostgreSQL began")


def guard(pipe: int) -> None:
    """Leave a child behind that interrupts us when the pipe closes.

    As our child it sees by its own parent whether we still live, so it can never signal a stranger that
    got our number.
    """
    server = os.getpid()
    if os.fork():
        os.close(pipe)
        return
    os.closerange(3, pipe)  # above all the lock on the data, which must end with the server
    os.closerange(pipe + 1, pipe + 64)
    while os.read(pipe, 1):
        pass
    if os.getppid() == server:
        os.kill(server, _SIGINT)
    os._exit(0)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4:])
