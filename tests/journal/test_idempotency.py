"""Idempotency: one intention, one effect, also under concurrency, refusal and expiry."""

import asyncio
from contextlib import suppress
from datetime import timedelta
from hashlib import sha256

import pytest

from hub.journal import idempotency
from hub.journal.idempotency import IdempotencyKeyReused, Outcome, Replay, claim, settle
from hub.kernel.clock import Now
from hub.kernel.errors import BadInput, Faulty
from hub.kernel.ids import new_id
from hub.kernel.scope import Reader
from hub.store.pools import Connection, Pool
from hub.store.unit import writing
from tests.journal.stage import NOON, OTHER, TENANT, scope

ONE, TWO = sha256(b"one").digest(), sha256(b"two").digest()
WHO = scope(principal=new_id())
FIELD = "signCommitment"


async def test_a_fresh_key_is_claimed_and_a_second_use_replays(api: Pool) -> None:
    outcome: Outcome = {"id": str(new_id()), "version": 2, "codes": ["OK"]}
    async with writing(api, WHO, NOON) as unit:
        first = await claim(unit, FIELD, "k1", ONE)
        await settle(unit, FIELD, "k1", outcome)

    async with writing(api, WHO, NOON) as unit:
        second = await claim(unit, FIELD, "k1", ONE)

    assert (first, second) == (None, Replay(outcome, NOON.instant))


async def test_the_same_key_for_another_input_is_refused(api: Pool) -> None:
    await _done(api, "k1", ONE)

    with pytest.raises(IdempotencyKeyReused) as refusal:
        async with writing(api, WHO, NOON) as unit:
            await claim(unit, FIELD, "k1", TWO)

    assert refusal.value.code == "IDEMPOTENCY_KEY_REUSED"


async def test_keys_of_other_fields_principals_and_tenants_are_other_keys(api: Pool) -> None:
    await _done(api, "k1", ONE)

    async with writing(api, WHO, NOON) as unit:
        assert await claim(unit, "closeCommitment", "k1", TWO) is None
    async with writing(api, scope(), NOON) as unit:
        assert await claim(unit, FIELD, "k1", TWO) is None
    async with writing(api, scope(OTHER, principal=WHO.principal_id), NOON) as unit:
        assert await claim(unit, FIELD, "k1", TWO) is None


async def test_a_refused_mutation_frees_its_key(api: Pool) -> None:
    with suppress(LookupError):
        async with writing(api, WHO, NOON) as unit:
            await claim(unit, FIELD, "k1", ONE)
            raise LookupError

    async with writing(api, WHO, NOON) as unit:
        assert await claim(unit, FIELD, "k1", TWO) is None


async def test_ten_concurrent_requests_have_one_effect(api: Pool) -> None:
    async def attempt(number: int) -> Replay | None:
        async with writing(api, WHO, NOON) as unit:
            replay = await claim(unit, FIELD, "k1", ONE)
            if replay is None:
                await asyncio.sleep(0.05)
                await settle(unit, FIELD, "k1", {"number": number})
            return replay

    found = await asyncio.gather(*(attempt(number) for number in range(10)))

    replays = [replay for replay in found if replay is not None]
    assert len(replays) == 9
    assert {replay.outcome["number"] for replay in replays} == {found.index(None)}


async def test_an_expired_key_may_be_used_anew(api: Pool) -> None:
    await _done(api, "k1", ONE)
    later = Now(NOON.instant + idempotency.KEEP)

    async with writing(api, WHO, later) as unit:
        assert await claim(unit, FIELD, "k1", TWO) is None
        await settle(unit, FIELD, "k1", {"id": "new"})

    async with writing(api, WHO, later) as unit:
        replay = await claim(unit, FIELD, "k1", TWO)
    assert replay is not None
    assert replay.outcome == {"id": "new"}


async def test_the_worker_deletes_expired_keys_only(api: Pool, worker: Connection, admin: Connection) -> None:
    await _done(api, "short", ONE)
    async with writing(api, WHO, NOON) as unit:
        await claim(unit, FIELD, "long", ONE, keep=idempotency.KEEP_BATCH)

    gone = await idempotency.expire(worker, TENANT, now=NOON.instant + timedelta(days=8))

    assert gone == 1
    assert await admin.fetchval("select array_agg(key) from idempotency") == ["long"]


async def test_an_outsider_may_claim_settle_and_replay(outside: Pool) -> None:
    under = scope(reader=Reader.OUTSIDE, principal=WHO.principal_id)
    async with writing(outside, under, NOON) as unit:
        await claim(unit, FIELD, "k1", ONE)
        await settle(unit, FIELD, "k1", {"id": "a"})

    async with writing(outside, under, NOON) as unit:
        assert await claim(unit, FIELD, "k1", ONE) == Replay({"id": "a"}, NOON.instant)


@pytest.mark.parametrize("key", ["", "k" * 256, "a\x00b"])
async def test_a_key_of_wrong_length_is_bad_input(api: Pool, key: str) -> None:
    with pytest.raises(BadInput) as refusal:
        async with writing(api, WHO, NOON) as unit:
            await claim(unit, FIELD, key, ONE)

    assert refusal.value.path == ("idempotencyKey",)


async def test_settling_what_was_not_claimed_is_a_fault(api: Pool) -> None:
    with pytest.raises(Faulty):
        async with writing(api, WHO, NOON) as unit:
            await settle(unit, FIELD, "k1", {})


async def _done(api: Pool, key: str, digest: bytes) -> None:
    async with writing(api, WHO, NOON) as unit:
        await claim(unit, FIELD, key, digest)
        await settle(unit, FIELD, key, {"id": "first"})
