"""Passphrases: which are good enough, and hashing them without giving the machine away.

One hash takes 46 MiB and about 150 ms of a core. So at most two run at once and eight wait; who comes then is asked to
try again. A name that nobody has costs the same as one that somebody has: see NOBODYS.
"""

import asyncio
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from hub.domains.accounts.errors import (
    HashingBusy,
    PassphraseCommon,
    PassphrasesDiffer,
    PassphraseTooLong,
    PassphraseTooShort,
)

T = TypeVar("T")
LEAST, MOST = 12, 200
THREADS, WAITING = 2, 8
HASHER = PasswordHasher(time_cost=3, memory_cost=46 * 1024, parallelism=1)
# The hash of a text by chance, with the same parameters: what is compared where there is no account.
NOBODYS = "$argon2id$v=19$m=47104,t=3,p=1$B7EZYAyS9t/fHV1VY+7dCw$vs1BvVt0M1fi7RUvsmY5htTwVncF6IVMo6Mm0Gd+LPA"
_DISTINCT = 5  # characters, at least
_ROWS = ("abcdefghijklmnopqrstuvwxyz", "0123456789", "qwertyuiop", "asdfghjkl", "zxcvbnm")
_RUNS = tuple(run for row in _ROWS for run in (row * 3, row[::-1] * 3))
_WORDS = (
    "password katasandi passphrase rahasia rahasianegara kecamatan kabupaten kelurahan indonesia indonesiaraya "
    "merdeka pancasila bhinneka bismillah assalamualaikum alhamdulillah sayangkamu akucintakamu cintaku "
    "iloveyou letmein welcome selamatdatang selamatpagi administrator admin superadmin operator camat sekretaris "
    "sekcam kasi kades lurah kepaladesa perangkatdesa kantorkecamatan kantordesa balaidesa desaku dukcapil "
    "opensid opendk kecamatanhub footballbola sepakbola gantipassword gantisandi correcthorsebatterystaple"
)
_COMMON = frozenset(_WORDS.split())


def checked(passphrase: str, again: str, *names: str) -> str:
    """A passphrase that may be used, normalised; a refusal otherwise. `names` are the person's own, easily guessed."""
    found = normal(passphrase)
    if len(found) < LEAST:
        raise PassphraseTooShort(least=LEAST)
    if len(found) > MOST:
        raise PassphraseTooLong(most=MOST)
    if easy(found, *names):
        raise PassphraseCommon
    if found != normal(again):
        raise PassphrasesDiffer
    return found


def normal(passphrase: str) -> str:
    """The same text however a keyboard composes its letters."""
    return unicodedata.normalize("NFKC", passphrase)


def easy(passphrase: str, *names: str) -> bool:
    """Whether somebody who tries the usual would find it: a known word, a name or a row of keys, with digits around."""
    plain = "".join(each for each in passphrase.lower() if each.isalnum())
    core = plain.strip("0123456789")
    own = {"".join(each for each in name.lower() if each.isalnum()) for name in names}
    own |= {part for name in names for part in name.lower().replace(".", " ").split()}
    if len(set(plain)) < _DISTINCT or core in _COMMON or core in own:
        return True
    repeated = any(plain == plain[:size] * (len(plain) // size) for size in range(1, len(plain) // 2 + 1))
    return repeated or any(plain in row or (len(core) > _DISTINCT and core in row) for row in _RUNS)


class Passphrases:
    """Hashes and compares, beside the loop, few at a time."""

    def __init__(self, *, threads: int = THREADS, waiting: int = WAITING) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="hub-passphrase")
        self._most, self._under_way = threads + waiting, 0

    async def hash(self, passphrase: str) -> str:
        """What is kept of a passphrase."""
        return await self._run(lambda: HASHER.hash(passphrase))

    async def right(self, kept: str | None, passphrase: str) -> bool:
        """Whether this is the passphrase; takes as long where none is kept."""
        same = await self._run(lambda: _same(kept or NOBODYS, normal(passphrase)))
        return same and kept is not None

    def close(self) -> None:
        """Let go of the threads."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _run(self, work: Callable[[], T]) -> T:
        if self._under_way >= self._most:
            raise HashingBusy(seconds=2)
        self._under_way += 1
        running = self._threads.submit(work)
        loop = asyncio.get_running_loop()
        running.add_done_callback(lambda _: loop.call_soon_threadsafe(self._done))  # also when nobody waits any more
        return await asyncio.wrap_future(running)

    def _done(self) -> None:
        self._under_way -= 1


def _same(kept: str, passphrase: str) -> bool:
    if len(passphrase) > MOST:
        passphrase = ""
    try:
        return HASHER.verify(kept, passphrase)
    except (VerificationError, InvalidHashError):
        return False
