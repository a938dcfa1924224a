"""Daily heads, signed and written outside the database, so that whoever rewrites the whole chain is found out.

One file per day in a folder that the database's administrators cannot write, one JSON line per tenant. A line says
tenant, day, epoch, seq and hash; the signature covers them as a JSON array. Lines are only ever appended.
"""

import asyncio
import base64
import binascii
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Protocol

import orjson
from sqlalchemy import Integer, bindparam, select
from sqlalchemy.dialects.postgresql import insert

from hub.journal import epoch
from hub.journal.model import Anchor, ChainHead
from hub.journal.worker import inside
from hub.store import sql
from hub.store.base import table
from hub.store.pools import Connection

FORMAT = "hub-anchor-1"

_HEAD, _ANCHOR = table(ChainHead), table(Anchor)
_TENANT = bindparam("tenant", type_=Integer)
_FIND_HEAD = sql.prepare(select(_HEAD.c.seq, _HEAD.c.hash).where(_HEAD.c.tenant_id == _TENANT))
_LAST = sql.prepare(
    select(_ANCHOR.c.epoch, _ANCHOR.c.seq)
    .where(_ANCHOR.c.tenant_id == _TENANT)
    .order_by(_ANCHOR.c.day.desc(), _ANCHOR.c.epoch.desc())
    .limit(1)
)
_KEEP = sql.prepare(
    insert(_ANCHOR)
    .values({column.name: bindparam(column.name, type_=column.type) for column in _ANCHOR.c})
    .on_conflict_do_nothing()
)


class Signer(Protocol):
    """What signs a head; the key ring does."""

    def sign(self, head: bytes) -> bytes:
        """A signature that names its key."""

    def verifies(self, signature: bytes, head: bytes) -> bool:
        """Whether this house made it."""


@dataclass(frozen=True, slots=True)
class Anchored:
    """The head of a tenant's chain on a day, and its signature."""

    tenant: int
    day: date
    epoch: int
    seq: int
    hash: bytes
    signature: bytes = b""

    def message(self) -> bytes:
        """The bytes that are signed."""
        return orjson.dumps([FORMAT, self.tenant, self.day, self.epoch, self.seq, self.hash.hex()])


async def anchor(connection: Connection, tenant: int, *, day: date, signer: Signer, folder: Path) -> Anchored | None:
    """Sign a tenant's present head, write it to the day's file, then keep a copy; None where nothing is new.

    May be repeated after a crash: at worst a head stands in the file twice.
    """
    async with inside(connection, tenant):
        head = await connection.fetchrow(_FIND_HEAD.text, *_FIND_HEAD.arguments({"tenant": tenant}))
        now_epoch = await epoch.read(connection)
        last = await connection.fetchrow(_LAST.text, *_LAST.arguments({"tenant": tenant}))
        if head is None or (last and (last["epoch"], last["seq"]) == (now_epoch, head["seq"])):
            return None

        bare = Anchored(tenant, day, now_epoch, head["seq"], head["hash"])
        made = Anchored(*_facts(bare), signature=signer.sign(bare.message()))
        await asyncio.to_thread(append, folder, made)
        await connection.execute(_KEEP.text, *_KEEP.arguments(_row(made)))
        return made


def append(folder: Path, made: Anchored) -> None:
    """Add a line to the day's file; on disk when this returns."""
    folder.mkdir(parents=True, exist_ok=True)
    line = orjson.dumps(
        {
            "format": FORMAT,
            "tenant": made.tenant,
            "day": made.day,
            "epoch": made.epoch,
            "seq": made.seq,
            "hash": made.hash.hex(),
            "signature": base64.b64encode(made.signature).decode(),
        }
    )
    with (folder / f"{made.day}.jsonl").open("ab") as file:
        # A line that a crash cut short must not swallow this one.
        file.write((b"" if _ends_whole(folder / f"{made.day}.jsonl") else b"\n") + line + b"\n")
        file.flush()
        os.fsync(file.fileno())


def anchors(folder: Path, tenant: int) -> Iterator[Anchored]:
    """A tenant's anchors, oldest day first. Lines cut short by a crash are passed over; `verify` judges the rest."""
    for file in sorted(folder.glob("*.jsonl")):
        for line in file.read_bytes().splitlines():
            found = _parse(line)
            if found is not None and found.tenant == tenant:
                yield found


def _parse(line: bytes) -> Anchored | None:
    try:
        raw: dict[str, Any] = orjson.loads(line)
        return Anchored(
            raw["tenant"],
            date.fromisoformat(raw["day"]),
            raw["epoch"],
            raw["seq"],
            bytes.fromhex(raw["hash"]),
            base64.b64decode(raw["signature"], validate=True),
        )
    except (ValueError, KeyError, TypeError, binascii.Error):
        return None


def _ends_whole(file: Path) -> bool:
    raw = file.read_bytes()
    return not raw or raw.endswith(b"\n")


def _facts(made: Anchored) -> tuple[int, date, int, int, bytes]:
    return made.tenant, made.day, made.epoch, made.seq, made.hash


def _row(made: Anchored) -> dict[str, Any]:
    return {
        "tenant_id": made.tenant,
        "day": made.day,
        "epoch": made.epoch,
        "seq": made.seq,
        "hash": made.hash,
        "signature": made.signature,
    }
