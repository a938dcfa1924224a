"""The feed: every visible change once, in order; none that is not the reader's."""

from datetime import timedelta

import pytest

from hub.journal import epoch, feed
from hub.journal.model import Effect
from hub.journal.record import LeftScope
from hub.kernel.clock import Now
from hub.kernel.errors import BadInput
from hub.kernel.ids import new_id
from hub.kernel.scope import Reader
from hub.store.pools import Connection, Pool
from hub.store.unit import reading
from tests.journal.stage import (
    NOON,
    OTHER,
    TENANT,
    CitizenRegistered,
    CommitmentSigned,
    Keys,
    page,
    say,
    scope,
    seal_all,
    signed,
)


async def test_pages_follow_each_other_without_gap_or_repetition(api: Pool, worker: Connection) -> None:
    ids, under = await signed(api, 7), scope()
    await seal_all(worker)

    first = await page(api, under, limit=3)
    second = await page(api, under, first.cursor, limit=3)
    third = await page(api, under, second.cursor, limit=3)
    fourth = await page(api, under, third.cursor, limit=3)

    pages = [first, second, third, fourth]
    assert [[told.seq for told in one.entries] for one in pages] == [[1, 2, 3], [4, 5, 6], [7], []]
    assert [told.object_id for one in pages for told in one.entries] == ids
    assert [one.more for one in pages] == [True, True, False, False]


async def test_an_entry_tells_names_of_fields_and_no_values(api: Pool, worker: Connection, keys: Keys) -> None:
    citizen, village = new_id(), new_id()
    event = CitizenRegistered(
        object_id=citizen, village_id=village, subject_id=citizen, personal={"name": (None, "Siti Contoh")}
    )
    await say(api, event, keys=keys)
    await seal_all(worker)

    told = (await page(api, scope())).entries

    assert told == (
        feed.Told(
            tenant_id=TENANT,
            seq=1,
            kind="CITIZEN_REGISTERED",
            effect=Effect.CREATED,
            type_name="Citizen",
            object_id=citizen,
            version=1,
            village_id=village,
            fields=("name",),
            happened_at=NOON.instant,
            sealed_at=NOON.instant,
        ),
    )


async def test_unsealed_entries_are_not_in_it_but_show_as_lag(api: Pool, worker: Connection) -> None:
    await signed(api, 1)

    async with reading(api, scope(), Now(NOON.instant + timedelta(seconds=3))) as session:
        before = await feed.changes(session, None, 10)
    await seal_all(worker)

    after = await page(api, scope(), before.cursor)
    assert (before.entries, before.lag) == ((), timedelta(seconds=3))
    assert ([told.seq for told in after.entries], after.lag) == ([1], timedelta(0))


async def test_a_page_costs_two_statements(api: Pool, worker: Connection) -> None:
    await signed(api, 3)
    await seal_all(worker)

    async with reading(api, scope(), NOON) as session:
        await feed.changes(session, None, 10)
        assert session.statements == 2


async def test_a_village_officer_sees_the_own_villages_only_and_moves_on(api: Pool, worker: Connection) -> None:
    mine, theirs = new_id(), new_id()
    for village in (theirs, mine, theirs, theirs, mine):
        await say(api, CommitmentSigned(object_id=new_id(), village_id=village))
    await say(api, CommitmentSigned(object_id=new_id()))
    await seal_all(worker)
    under = scope(villages=(mine,))

    first = await page(api, under)
    second = await page(api, under, first.cursor)

    assert [told.seq for told in first.entries] == [2, 5]
    assert first.cursor.places == {TENANT: 6}
    assert second.entries == ()


async def test_a_stretch_without_anything_visible_still_moves_the_cursor(
    api: Pool, worker: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = new_id()
    await signed(api, 4)
    await say(api, CommitmentSigned(object_id=new_id(), village_id=mine))
    await seal_all(worker)
    monkeypatch.setattr(feed, "STRETCH", 2)
    under = scope(villages=(mine,))

    found, cursor, more = [], None, True
    while more:
        one = await page(api, under, cursor)
        found.append([told.seq for told in one.entries])
        cursor, more = one.cursor, one.more

    assert found == [[], [], [5]]


async def test_an_organization_sees_its_own_and_what_is_published(api: Pool, outside: Pool, worker: Connection) -> None:
    mine, theirs = new_id(), new_id()
    await say(api, CommitmentSigned(object_id=new_id()))
    await say(api, CommitmentSigned(object_id=new_id(), parties=(theirs,)))
    await say(api, CommitmentSigned(object_id=new_id(), parties=(theirs, mine)))
    await say(api, CommitmentSigned(object_id=new_id(), published=True))
    await seal_all(worker)

    found = await page(outside, scope(reader=Reader.OUTSIDE, party=mine))
    anonymous = await page(outside, scope(reader=Reader.OUTSIDE))

    assert [told.seq for told in found.entries] == [3, 4]
    assert [told.seq for told in anonymous.entries] == [4]


async def test_what_left_a_village_is_told_there_and_nowhere_else(api: Pool, worker: Connection) -> None:
    old, new, citizen = new_id(), new_id(), new_id()
    await say(
        api,
        LeftScope(type_name="Citizen", object_id=citizen, village_id=old),
        CommitmentSigned(object_id=citizen, village_id=new),
    )
    await seal_all(worker)

    left = await page(api, scope(villages=(old,)))
    came = await page(api, scope(villages=(new,)))

    assert [(told.object_id, told.effect) for told in left.entries] == [(citizen, Effect.LEFT)]
    assert [(told.object_id, told.effect) for told in came.entries] == [(citizen, Effect.CHANGED)]


async def test_another_tenants_changes_are_not_in_it(api: Pool, worker: Connection) -> None:
    await signed(api, 2, tenant=OTHER)
    await seal_all(worker, OTHER)

    assert (await page(api, scope())).entries == ()


async def test_several_tenants_share_a_page_fairly_and_one_cursor(api: Pool, outside: Pool, worker: Connection) -> None:
    for tenant, count in ((TENANT, 5), (OTHER, 2)):
        for _ in range(count):
            await say(api, CommitmentSigned(object_id=new_id(), published=True), under=scope(tenant))
    await seal_all(worker, TENANT, OTHER)
    under = scope(TENANT, OTHER, reader=Reader.OUTSIDE)

    first = await page(outside, under, limit=3)
    second = await page(outside, under, feed.parse(first.cursor.encode()), limit=3)
    third = await page(outside, under, feed.parse(second.cursor.encode()), limit=3)

    found = [[(told.tenant_id, told.seq) for told in one.entries] for one in (first, second, third)]
    assert found == [
        [(TENANT, 1), (OTHER, 1), (TENANT, 2)],
        [(TENANT, 3), (OTHER, 2), (TENANT, 4)],
        [(TENANT, 5)],
    ]
    assert [first.more, second.more, third.more] == [True, True, False]


async def test_from_here_only_what_comes_later(api: Pool, worker: Connection) -> None:
    await signed(api, 2)
    await seal_all(worker)
    async with reading(api, scope(), NOON) as session:
        cursor = await feed.here(session)
    await signed(api, 1)
    await seal_all(worker)

    assert [told.seq for told in (await page(api, scope(), cursor)).entries] == [3]


async def test_a_cursor_of_an_older_epoch_requires_a_resync(api: Pool, worker: Connection, admin: Connection) -> None:
    await signed(api, 1)
    await seal_all(worker)
    cursor = (await page(api, scope())).cursor

    raised = await epoch.advance(admin, now=NOON.instant, reason="restored from backup")

    assert raised == int(NOON.instant.timestamp())
    with pytest.raises(feed.ResyncRequired) as refusal:
        await page(api, scope(), cursor)
    assert refusal.value.code == "RESYNC_REQUIRED"
    assert refusal.value.path == ("after",)


async def test_a_cursor_beyond_the_head_requires_a_resync(api: Pool, worker: Connection) -> None:
    await signed(api, 1)
    await seal_all(worker)
    under = scope()
    ahead = feed.Cursor(epoch.FIRST, feed.fingerprint(under), {TENANT: 2})

    with pytest.raises(feed.ResyncRequired):
        await page(api, under, ahead)


async def test_a_cursor_of_a_narrower_scope_requires_a_resync(api: Pool, worker: Connection) -> None:
    await signed(api, 1)
    await seal_all(worker)
    cursor = (await page(api, scope(villages=(new_id(),)))).cursor

    with pytest.raises(feed.ResyncRequired):
        await page(api, scope(), cursor)


def test_a_cursor_survives_its_text() -> None:
    cursor = feed.Cursor(1_795_000_000, b"abcd", {6301: 7, 6302: 2**40})

    assert feed.parse(cursor.encode()) == cursor


@pytest.mark.parametrize("text", ["", "x", "AAAA", "!!", feed.Cursor(1, b"abcd", {1: 2}).encode()[:-2]])
def test_what_is_no_cursor_is_bad_input(text: str) -> None:
    with pytest.raises(BadInput):
        feed.parse(text)


def test_a_cursor_with_one_letter_changed_is_bad_input() -> None:
    text = feed.Cursor(1, b"abcd", {1: 2}).encode()

    with pytest.raises(BadInput):
        feed.parse(text[:20] + ("A" if text[20] != "A" else "B") + text[21:])


async def test_the_feed_reads_by_its_index_under_the_api_role(api: Pool, worker: Connection, admin: Connection) -> None:
    await signed(api, 30)
    await seal_all(worker)
    await admin.execute("analyze journal_change")

    async with reading(api, scope(), NOON) as session:
        await session.connection.fetch("set local enable_seqscan = off")
        statement = feed._ONE
        arguments = statement.arguments({"tenant": TENANT, "after": 3, "until": 20, "size": 5})
        plan = await session.connection.fetch("explain " + statement.text, *arguments)

    conditions = [row[0].strip() for row in plan if "Index Cond" in row[0]]
    assert conditions == ["Index Cond: ((tenant_id = 6301) AND (seq > '3'::bigint) AND (seq <= '20'::bigint))"]
