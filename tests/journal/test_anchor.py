"""Anchors: one line per tenant and day, outside, readable after a crash."""

from pathlib import Path

import orjson

from hub.journal.anchor import anchor, anchors
from hub.store.pools import Connection, Pool
from tests.journal.stage import NOON, TENANT, Keys, seal_all, signed

TODAY = NOON.instant.date()


async def test_a_head_is_signed_and_written_to_the_days_file(
    api: Pool, worker: Connection, admin: Connection, keys: Keys, tmp_path: Path
) -> None:
    await signed(api, 2)
    await seal_all(worker)

    made = await anchor(worker, TENANT, day=TODAY, signer=keys, folder=tmp_path / "new")

    assert made is not None
    assert (made.tenant, made.day, made.epoch, made.seq) == (TENANT, TODAY, 1, 2)
    assert keys.verifies(made.signature, made.message())
    assert list(anchors(tmp_path / "new", TENANT)) == [made]
    line = orjson.loads((tmp_path / "new" / "2026-11-21.jsonl").read_bytes())
    assert (line["format"], line["seq"], line["hash"]) == ("hub-anchor-1", 2, made.hash.hex())
    assert await admin.fetchval("select signature from journal_anchor") == made.signature


async def test_an_unchanged_head_is_not_anchored_twice(
    api: Pool, worker: Connection, keys: Keys, tmp_path: Path
) -> None:
    await signed(api, 1)
    await seal_all(worker)
    await anchor(worker, TENANT, day=TODAY, signer=keys, folder=tmp_path)

    assert await anchor(worker, TENANT, day=TODAY.replace(day=22), signer=keys, folder=tmp_path) is None


async def test_a_line_cut_short_by_a_crash_spoils_no_other(
    api: Pool, worker: Connection, keys: Keys, tmp_path: Path
) -> None:
    (tmp_path / "2026-11-21.jsonl").write_bytes(b'{"format":"hub-anchor-1","ten')
    await signed(api, 1)
    await seal_all(worker)

    made = await anchor(worker, TENANT, day=TODAY, signer=keys, folder=tmp_path)

    assert list(anchors(tmp_path, TENANT)) == [made]


async def test_a_tenant_without_changes_has_no_anchor(worker: Connection, keys: Keys, tmp_path: Path) -> None:
    assert await anchor(worker, TENANT, day=TODAY, signer=keys, folder=tmp_path) is None
    assert list(anchors(tmp_path, TENANT)) == []
