"""Versions of an app's documents: pushed whole or not at all, repeated without effect, ended and put in force again."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import asyncpg
import pytest

from hub.kernel.clock import system_clock
from hub.kernel.errors import HubError
from hub.kernel.scope import TenantRef, Zone
from hub.tenants import administration as admin
from hub.tenants import manifests
from hub.tenants.manifests import (
    MOST_BYTES,
    MOST_DOCUMENTS,
    HashWrong,
    IdMalformed,
    ManifestEmpty,
    ManifestTooLarge,
    NameMalformed,
    NoSuchApp,
    NoSuchVersion,
    Pushed,
    VersionExists,
)
from hub.tenants.model import TenantKind

ONE, TWO = "query One { __typename }", "query Two { __typename }"
COUNTED = ("client_app", "app_manifest", "document_text", "app_document")


@dataclass
class House:
    """A kecamatan and the owner's hand."""

    owner: asyncpg.Connection
    tenant: TenantRef

    async def push(self, app: str, entries: dict[str, str], label: str | None = None) -> Pushed:
        return await manifests.push(self.owner, self.tenant.id, app, entries, label=label)

    async def versions(self, app: str) -> list[tuple[str, int, bool]]:
        """Label, number of documents, whether in force; newest first."""
        found = await manifests.versions(self.owner, self.tenant.id, app=app)
        return [(each.label, each.documents, each.ends_at is None) for each in found]

    async def rows(self) -> list[int]:
        """How many rows there are of everything."""
        async with admin.entered(self.owner, self.tenant.id):
            return [await self.owner.fetchval(f"select count(*) from {name}") for name in COUNTED]

    async def texts(self, app: str) -> dict[str, str]:
        """What is in force; of an id that is there twice, the newest."""
        tenant = await admin.find_tenant(self.owner, self.tenant.code)
        found = await manifests.stored(self.owner, now=system_clock().instant, tenant=tenant, app=app)
        return {each.name: each.text for each in reversed(found)}


@pytest.fixture(scope="module")
async def house(owner_dsn: str) -> AsyncIterator[House]:
    owner = await asyncpg.connect(owner_dsn)
    tenant = await admin.add_tenant(owner, kind=TenantKind.KECAMATAN, code="32.01.28", name="x", zone=Zone.WIB)
    yield House(owner, tenant)
    await owner.close()


async def test_a_push_makes_the_app_and_counts_its_versions(house: House) -> None:
    assert await house.push("counted", {"a": ONE}) == Pushed("1", 1, changed=True)
    assert await house.push("counted", {"a": ONE, "b": TWO}) == Pushed("2", 2, changed=True)
    assert await house.versions("counted") == [("2", 2, True), ("1", 1, True)]


async def test_the_same_push_again_changes_nothing(house: House) -> None:
    await house.push("again", {"a": ONE, "b": TWO})
    await house.push("again", {"a": ONE}, "named")
    before = await house.rows()
    assert await house.push("again", {"a": ONE}) == Pushed("named", 1, changed=False)
    assert await house.push("again", {"a": ONE}, "named") == Pushed("named", 1, changed=False)
    assert await house.push("again", {"b": TWO, "a": ONE}, "1") == Pushed("1", 2, changed=False)
    assert await house.rows() == before


async def test_a_text_is_stored_once(house: House) -> None:
    text = "query Once { __typename }"
    before = await house.rows()
    await house.push("once", {"a": text, "b": text}, "x")
    await house.push("once", {"c": text}, "y")
    await house.push("twice", {"a": text})
    assert [after - was for after, was in zip(await house.rows(), before, strict=True)] == [2, 3, 1, 4]


async def test_a_version_is_never_another_one(house: House) -> None:
    await house.push("fixed", {"a": ONE}, "1.0")
    before = await house.rows()
    with pytest.raises(VersionExists):
        await house.push("fixed", {"a": TWO}, "1.0")
    assert await house.rows() == before


async def test_the_next_number_is_a_free_one(house: House) -> None:
    await house.push("numbers", {"a": ONE}, "2")
    assert (await house.push("numbers", {"a": TWO})).label == "3"


async def test_an_ended_version_is_put_in_force_by_the_same_push(house: House) -> None:
    await house.push("ended", {"a": ONE}, "1.0")
    await manifests.end(house.owner, house.tenant.id, "ended", "1.0", at=system_clock().instant)
    assert await house.versions("ended") == [("1.0", 1, False)]
    assert await house.texts("ended") == {}
    assert await house.push("ended", {"a": ONE}, "1.0") == Pushed("1.0", 1, changed=True)
    assert await house.texts("ended") == {"a": ONE}


async def test_after_an_end_the_same_documents_are_a_new_version(house: House) -> None:
    await house.push("anew", {"a": ONE})
    await manifests.end(house.owner, house.tenant.id, "anew", "1", at=system_clock().instant)
    assert await house.push("anew", {"a": ONE}) == Pushed("2", 1, changed=True)


async def test_rolling_back_ends_what_came_later_and_nothing_else(house: House) -> None:
    for label in ("1", "2", "3", "4"):
        await house.push("back", {"a": f"query V{label} {{ __typename }}"}, label)
    now = system_clock().instant
    await manifests.end(house.owner, house.tenant.id, "back", "4", at=now)
    await manifests.end(house.owner, house.tenant.id, "back", "2", at=now)
    assert await manifests.roll_back(house.owner, house.tenant.id, "back", "2", now=now) == ["3"]
    assert await house.versions("back") == [("4", 1, False), ("3", 1, False), ("2", 1, True), ("1", 1, True)]
    assert await house.texts("back") == {"a": "query V2 { __typename }"}


async def test_two_pushes_at_once_are_one_version(house: House, owner_dsn: str) -> None:
    hands = [await asyncpg.connect(owner_dsn) for _ in range(4)]
    try:
        pushes = [manifests.push(hand, house.tenant.id, "race", {"a": ONE}) for hand in hands]
        done = await asyncio.gather(*pushes)
    finally:
        for hand in hands:
            await hand.close()
    assert sorted(each.changed for each in done) == [False, False, False, True]
    assert await house.versions("race") == [("1", 1, True)]


@pytest.mark.parametrize(
    ("entries", "refusal"),
    [
        ({}, ManifestEmpty),
        ({"a b": ONE}, IdMalformed),
        ({"md5:aa": ONE}, IdMalformed),
        ({"sha256:" + "0" * 64: ONE}, HashWrong),
        ({f"d{number}": ONE for number in range(MOST_DOCUMENTS + 1)}, ManifestTooLarge),
        ({"a": "#" * (MOST_BYTES + 1)}, ManifestTooLarge),
    ],
)
async def test_a_faulty_manifest_stores_nothing(house: House, entries: dict[str, str], refusal: type[HubError]) -> None:
    before = await house.rows()
    with pytest.raises(refusal):
        await house.push("faulty", entries)
    assert await house.rows() == before


async def test_as_many_documents_as_a_version_may_hold_are_stored(house: House) -> None:
    entries = {f"d{number}": f"query D{number} {{ __typename }}" for number in range(MOST_DOCUMENTS)}
    assert await house.push("many", entries) == Pushed("1", MOST_DOCUMENTS, changed=True)
    assert await house.texts("many") == entries


@pytest.mark.parametrize("name", ["", "a b", "-a", "a" * 65, "a\x00", "peta\n", "é"])
async def test_a_name_is_short_and_plain(house: House, name: str) -> None:
    with pytest.raises(NameMalformed):
        await house.push(name, {"a": ONE})
    with pytest.raises(NameMalformed):
        await house.push("plain", {"a": ONE}, name)


async def test_what_is_not_there_is_said(house: House) -> None:
    await house.push("there", {"a": ONE})
    now = system_clock().instant
    with pytest.raises(NoSuchApp):
        await manifests.versions(house.owner, house.tenant.id, app="nowhere")
    with pytest.raises(NoSuchVersion):
        await manifests.end(house.owner, house.tenant.id, "there", "9", at=now)
    with pytest.raises(NoSuchVersion):
        await manifests.roll_back(house.owner, house.tenant.id, "there", "9", now=now)


async def test_an_end_that_has_not_come_is_in_force(house: House) -> None:
    await house.push("soon", {"a": ONE})
    await manifests.end(house.owner, house.tenant.id, "soon", "1", at=system_clock().instant + timedelta(hours=1))
    assert await house.texts("soon") == {"a": ONE}
