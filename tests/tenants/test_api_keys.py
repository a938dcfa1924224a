"""API keys: the text, the refusals, and how long a cached answer lives."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID

import pytest

from hub.kernel.errors import HubError
from hub.tenants import api_keys
from hub.tenants.api_keys import (
    KeyCache,
    KeyExpired,
    KeyFromBrowser,
    KeyMalformed,
    KeyRecord,
    KeyRevoked,
    KeyUnknown,
    OriginNotAllowed,
    ParsedKey,
    TenantSuspended,
)
from hub.tenants.model import KeyKind, TenantStatus

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
SITE = "https://takisung.example.id"


def a_record(kind: KeyKind = KeyKind.PUBLIC) -> KeyRecord:
    return KeyRecord(
        id=UUID(int=1),
        tenant_id=7,
        grant_id=UUID(int=2),
        kind=kind,
        sha256=bytes(32),
        origins=frozenset({SITE}),
        expires_at=NOW + timedelta(days=1),
        revoked_at=None,
        tenant_status=TenantStatus.ACTIVE,
    )


def a_key(kind: KeyKind = KeyKind.PUBLIC) -> ParsedKey:
    parsed = api_keys.parse(api_keys.mint(kind, 7)[0])
    assert parsed is not None
    return parsed


class Desk:
    """A look-up that counts how often it is asked."""

    def __init__(self, record: KeyRecord | None) -> None:
        self.record = record
        self.asked = 0

    async def look_up(self, key: ParsedKey) -> KeyRecord | None:  # noqa: ARG002 - a port's shape
        self.asked += 1
        return self.record


class Watch:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


@pytest.mark.parametrize(("kind", "head"), [(KeyKind.PUBLIC, "pub"), (KeyKind.SECRET, "sec"), (KeyKind.REPORT, "rep")])
def test_a_minted_key_parses_to_its_kind_tenant_and_hash(kind: KeyKind, head: str) -> None:
    text, digest = api_keys.mint(kind, 6301)

    parsed = api_keys.parse(text)

    secret = text.split("_")[3]
    assert text == f"hub_{head}_6301_{secret}"
    assert len(secret) == 49
    assert digest == sha256(text.encode()).digest()
    assert parsed == ParsedKey(kind, 6301, digest, f"hub_{head}_6301_{secret[:4]}…")
    assert api_keys.looks_like(text)


def test_two_minted_keys_differ() -> None:
    assert api_keys.mint(KeyKind.PUBLIC, 7) != api_keys.mint(KeyKind.PUBLIC, 7)


@pytest.mark.parametrize("tenant", [0, -1, 1_000_000_000])
def test_no_key_is_minted_for_an_impossible_tenant(tenant: int) -> None:
    with pytest.raises(ValueError, match=str(tenant)):
        api_keys.mint(KeyKind.PUBLIC, tenant)


def test_every_single_typing_error_is_refused_without_a_look_up() -> None:
    text, _ = api_keys.mint(KeyKind.SECRET, 42)

    for position, old in enumerate(text):
        for new in "0aZ_":
            if new != old:
                assert api_keys.parse(text[:position] + new + text[position + 1 :]) is None
        assert api_keys.parse(text[:position] + text[position + 1 :]) is None


def test_neighbouring_letters_swapped_are_refused() -> None:
    text, _ = api_keys.mint(KeyKind.SECRET, 42)

    for i in range(len(text) - 1):
        if text[i] != text[i + 1]:
            assert api_keys.parse(text[:i] + text[i + 1] + text[i] + text[i + 2 :]) is None


@pytest.mark.parametrize("text", ["", "hub_", "hub_pub_7_", "x" * 100_000, "hub_pub_٧_" + "0" * 49])
def test_what_is_no_key_is_none(text: str) -> None:
    assert api_keys.parse(text) is None


def test_a_key_with_space_or_newline_around_it_is_none() -> None:
    text, _ = api_keys.mint(KeyKind.PUBLIC, 7)

    assert [api_keys.parse(f" {text}"), api_keys.parse(f"{text}\n")] == [None, None]


def test_a_tenant_with_leading_zero_is_none() -> None:
    head = "hub_pub_07_" + "a" * 43

    assert api_keys.parse(head + api_keys._checksum(head)) is None


def test_printing_a_parsed_key_shows_neither_key_nor_hash() -> None:
    text, digest = api_keys.mint(KeyKind.SECRET, 7)

    printed = repr(api_keys.parse(text))

    assert text not in printed
    assert repr(digest) not in printed


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("https://Takisung.Example.id/", SITE),
        (" https://takisung.example.id:443 ", SITE),
        ("http://localhost:8000", "http://localhost:8000"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("takisung.example.id", None),
        ("https://*.example.id", None),
        ("*", None),
        ("null", None),
        ("https://takisung.example.id/page", None),
        ("https://user@takisung.example.id", None),
        ("https://takisung.example.id:port", None),
        ("javascript://takisung.example.id", None),
        ("https://[", None),
        ("", None),
    ],
)
def test_allowed_origins_are_written_as_browsers_send_them(text: str, origin: str | None) -> None:
    assert api_keys.origin_of(text) == origin


def test_a_good_key_passes() -> None:
    public, secret = a_record(), a_record(KeyKind.SECRET)

    assert api_keys.check(public, origin=SITE, now=NOW) is public
    assert api_keys.check(public, origin=None, now=NOW) is public
    assert api_keys.check(secret, origin=None, now=NOW) is secret


@pytest.mark.parametrize(
    ("record", "origin", "refusal", "code", "status"),
    [
        (None, None, KeyUnknown, "KEY_UNKNOWN", 401),
        (a_record(KeyKind.SECRET), SITE, KeyFromBrowser, "KEY_FROM_BROWSER", 403),
        (a_record(KeyKind.REPORT), SITE, KeyFromBrowser, "KEY_FROM_BROWSER", 403),
        (a_record(KeyKind.SECRET), "null", KeyFromBrowser, "KEY_FROM_BROWSER", 403),
        (replace(a_record(), expires_at=NOW), SITE, KeyExpired, "KEY_EXPIRED", 401),
        (replace(a_record(), revoked_at=NOW), SITE, KeyRevoked, "KEY_REVOKED", 401),
        (
            replace(a_record(), tenant_status=TenantStatus.SUSPENDED),
            SITE,
            TenantSuspended,
            "TENANT_SUSPENDED",
            403,
        ),
        (a_record(), "https://elsewhere.example", OriginNotAllowed, "ORIGIN_NOT_ALLOWED", 403),
        (a_record(), "http://takisung.example.id", OriginNotAllowed, "ORIGIN_NOT_ALLOWED", 403),
        (a_record(), "null", OriginNotAllowed, "ORIGIN_NOT_ALLOWED", 403),
        (
            replace(a_record(), origins=frozenset()),
            SITE,
            OriginNotAllowed,
            "ORIGIN_NOT_ALLOWED",
            403,
        ),
    ],
)
def test_each_refusal_has_its_own_code(
    record: KeyRecord | None, origin: str | None, refusal: type[HubError], code: str, status: int
) -> None:
    with pytest.raises(refusal) as caught:
        api_keys.check(record, origin=origin, now=NOW)

    assert (caught.value.code, caught.value.status) == (code, status)


def test_malformed_and_unknown_read_the_same() -> None:
    malformed, unknown = KeyMalformed(), KeyUnknown()

    assert (malformed.code, unknown.code) == ("KEY_MALFORMED", "KEY_UNKNOWN")
    assert malformed.message_id == unknown.message_id
    assert (malformed.hint, malformed.status) == (unknown.hint, unknown.status)


def test_a_revocation_in_the_future_does_not_refuse_yet() -> None:
    record = replace(a_record(), revoked_at=NOW + timedelta(seconds=1))

    assert api_keys.check(record, origin=SITE, now=NOW) is record


@pytest.mark.parametrize("record", [a_record(), None])
async def test_an_answer_is_kept_for_ten_seconds(record: KeyRecord | None) -> None:
    watch, desk, key = Watch(), Desk(record), a_key()
    cache = KeyCache(watch)

    for passed in (0.0, 5.0, 4.9):
        watch.seconds += passed
        assert await cache.find(key, desk.look_up) is record
    assert desk.asked == 1
    watch.seconds += 0.2

    assert await cache.find(key, desk.look_up) is record
    assert desk.asked == 2


async def test_nobody_can_configure_a_longer_life() -> None:
    watch, desk, key = Watch(), Desk(a_record()), a_key()
    cache = KeyCache(watch, seconds=3600)
    await cache.find(key, desk.look_up)
    watch.seconds += 10

    await cache.find(key, desk.look_up)

    assert desk.asked == 2


async def test_a_key_that_appears_or_vanishes_is_seen_after_its_time() -> None:
    watch, desk, key = Watch(), Desk(None), a_key()
    cache = KeyCache(watch)

    answers = []
    for record in (None, a_record(), None):
        desk.record = record
        answers.append(await cache.find(key, desk.look_up))
        watch.seconds += 10

    assert answers == [None, a_record(), None]


async def test_guessing_does_not_push_out_the_keys_in_use() -> None:
    known, nobody, key = Desk(a_record()), Desk(None), a_key()
    cache = KeyCache(Watch(), limit=3)
    await cache.find(key, known.look_up)

    for _ in range(10):
        await cache.find(a_key(), nobody.look_up)
    await cache.find(key, known.look_up)

    assert known.asked == 1
    assert len(cache._absent) == 3


async def test_the_oldest_key_goes_when_the_cache_is_full() -> None:
    desk, keys = Desk(a_record()), [a_key() for _ in range(3)]
    cache = KeyCache(Watch(), limit=2)
    for key in keys:
        await cache.find(key, desk.look_up)

    await cache.find(keys[2], desk.look_up)
    await cache.find(keys[0], desk.look_up)

    assert desk.asked == 4


async def test_a_forgotten_key_is_looked_up_anew() -> None:
    desk, key = Desk(a_record()), a_key()
    cache = KeyCache(Watch())

    await cache.find(key, desk.look_up)
    cache.forget(key.sha256)
    await cache.find(key, desk.look_up)
    cache.clear()
    await cache.find(key, desk.look_up)

    assert desk.asked == 3
