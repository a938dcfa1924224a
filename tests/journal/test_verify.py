"""Verification names the first bad place, whatever was tampered with."""

from pathlib import Path

import pytest

from hub.journal import epoch
from hub.journal.anchor import anchor, anchors
from hub.journal.chain import link
from hub.journal.personal import erase
from hub.journal.verify import Fault, Verdict, verify
from hub.journal.worker import inside
from hub.kernel.ids import new_id
from hub.store.pools import Connection, Pool
from tests.journal.stage import NOON, TENANT, CitizenRegistered, Keys, say, seal_all, signed

TODAY = NOON.instant.date()
CUT_LAST = (
    "with gone as (delete from journal_change where seq = 5 returning entry_id) "
    "delete from journal_entry where id in (select entry_id from gone)"
)
OF_PLACE_3 = "update journal_entry set {} where id = (select entry_id from journal_change where seq = 3)"
ONCE = "uq_journal_change_tenant_id_entry_id"
SWAP = (
    "alter table journal_change drop constraint uq_journal_change_tenant_id_entry_id; "
    "update journal_change set entry_id = case seq "
    "when 2 then (select entry_id from journal_change where seq = 3) "
    "else (select entry_id from journal_change where seq = 2) end where seq in (2, 3)"
)


async def test_a_chain_left_alone_is_sound(api: Pool, worker: Connection) -> None:
    await signed(api, 5)
    await seal_all(worker)

    assert await verify(worker, TENANT) == Verdict(TENANT, checked=5)


@pytest.mark.parametrize(
    ("tampering", "fault", "seq"),
    [
        (OF_PLACE_3.format("payload = '[]'"), Fault.ALTERED, 3),
        (OF_PLACE_3.format("principal_id = gen_random_uuid()"), Fault.ALTERED, 3),
        (OF_PLACE_3.format("happened_at = happened_at - interval '1 microsecond'"), Fault.ALTERED, 3),
        ("update journal_change set hash = sha256('x') where seq = 2", Fault.ALTERED, 2),
        ("update journal_change set object_id = gen_random_uuid() where seq = 2", Fault.RETOLD, 2),
        ("update journal_change set published = true where seq = 1", Fault.RETOLD, 1),
        ("delete from journal_entry where id = (select entry_id from journal_change where seq = 1)", Fault.MISSING, 1),
        ("delete from journal_change where seq = 2", Fault.MISSING, 2),
        (CUT_LAST, Fault.HEAD, 5),
        ("update chain_head set hash = sha256('x')", Fault.HEAD, 6),
        (SWAP, Fault.ALTERED, 2),
    ],
)
async def test_tampering_is_found_at_its_place(
    api: Pool, worker: Connection, admin: Connection, tampering: str, fault: Fault, seq: int
) -> None:
    await signed(api, 5)
    await seal_all(worker)

    await admin.execute(tampering)

    verdict = await verify(worker, TENANT)
    await admin.execute(
        f"truncate journal_change; alter table journal_change drop constraint if exists {ONCE}; "
        f"alter table journal_change add constraint {ONCE} unique (tenant_id, entry_id)"
    )
    assert (verdict.sound, verdict.fault, verdict.seq) == (False, fault, seq)


async def test_an_entry_outside_queue_and_chain_is_stranded(api: Pool, worker: Connection, admin: Connection) -> None:
    await signed(api, 2)
    await admin.execute("delete from journal_pending")

    assert (await verify(worker, TENANT)).fault is Fault.STRANDED


async def test_a_chain_cut_with_its_head_contradicts_the_anchor(
    api: Pool, worker: Connection, admin: Connection, keys: Keys, tmp_path: Path
) -> None:
    await signed(api, 5)
    await seal_all(worker)
    await anchor(worker, TENANT, day=TODAY, signer=keys, folder=tmp_path)

    await admin.execute(CUT_LAST)
    await admin.execute("update chain_head c set seq = 4, hash = (select hash from journal_change where seq = 4)")

    assert (await verify(worker, TENANT)).sound  # nothing inside the database can tell
    found = await verify(worker, TENANT, anchors=anchors(tmp_path, TENANT), signer=keys)
    assert (found.fault, found.seq) == (Fault.ANCHOR, 5)


async def test_a_chain_computed_anew_contradicts_the_anchor(
    api: Pool, worker: Connection, admin: Connection, keys: Keys, tmp_path: Path
) -> None:
    await signed(api, 3)
    await seal_all(worker)
    await anchor(worker, TENANT, day=TODAY, signer=keys, folder=tmp_path)

    await admin.execute("update journal_entry set role = 'CAMAT'")
    previous = bytes(32)
    for row in await admin.fetch(
        "select e.*, c.seq from journal_change c join journal_entry e on e.id = c.entry_id order by c.seq"
    ):
        previous = link(previous, row)
        await admin.execute("update journal_change set hash = $1 where seq = $2", previous, row["seq"])
    await admin.execute("update chain_head set hash = $1", previous)

    assert (await verify(worker, TENANT)).sound
    found = await verify(worker, TENANT, anchors=anchors(tmp_path, TENANT), signer=keys)
    assert (found.fault, found.seq) == (Fault.ANCHOR, 3)


async def test_an_anchor_with_a_foreign_signature_is_forged(
    api: Pool, worker: Connection, keys: Keys, tmp_path: Path
) -> None:
    await signed(api, 1)
    await seal_all(worker)
    await anchor(worker, TENANT, day=TODAY, signer=Keys(signing=bytes(32)), folder=tmp_path)

    found = await verify(worker, TENANT, anchors=anchors(tmp_path, TENANT), signer=keys)

    assert (found.fault, found.seq) == (Fault.FORGED, 1)


async def test_after_a_restore_the_lost_anchors_are_counted_not_blamed(
    api: Pool, worker: Connection, admin: Connection, keys: Keys, tmp_path: Path
) -> None:
    await signed(api, 3)
    await seal_all(worker)
    await anchor(worker, TENANT, day=TODAY, signer=keys, folder=tmp_path)
    await admin.execute(CUT_LAST.replace("5", "3"))
    await admin.execute("update chain_head c set seq = 2, hash = (select hash from journal_change where seq = 2)")
    await epoch.advance(admin, now=NOON.instant, reason="restored")
    await signed(api, 2)
    await seal_all(worker)

    found = await verify(worker, TENANT, anchors=anchors(tmp_path, TENANT), signer=keys)

    assert found == Verdict(TENANT, checked=4, superseded=1)


async def test_the_chain_still_verifies_after_an_erasure(api: Pool, worker: Connection, keys: Keys) -> None:
    citizen = new_id()
    await say(
        api,
        CitizenRegistered(object_id=citizen, subject_id=citizen, personal={"name": (None, "Siti Contoh")}),
        keys=keys,
    )
    await seal_all(worker)

    async with inside(worker, TENANT):
        await erase(worker, tenant=TENANT, subject=citizen, now=NOON.instant)

    assert await verify(worker, TENANT) == Verdict(TENANT, checked=1)
