"""How often somebody may try, and what happens when many do at once."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from hub.domains.accounts.errors import HashingBusy
from hub.domains.accounts.passphrases import HASHER, NOBODYS, Passphrases
from hub.entrypoints.web import application
from hub.means import READERS
from hub.wiring import Hub, open_hub
from tests.conftest import as_role
from tests.pages.conftest import Stage
from tests.pages.visitor import PASSPHRASE, Visitor

PLACE = ("32.13.22", "Cikaum", ("32.13.22.2001", "32.13.22.2002"))

FEW = {"rate_sign_in": 3, "rate_sign_in_network": 8, "rate_sign_in_network_per_hour": 20}


@pytest.fixture
async def strict(hub: Hub, stage: Stage, database: str) -> AsyncIterator[Stage]:
    """The same with the few tries of a real hub: three under a name from a network, eight from a network."""
    settings = hub.settings.model_copy(update=FEW)
    made = await open_hub(settings, {reader: as_role(database, reader.value) for reader in READERS})
    yield Stage(made, application(made), stage.place, stage.owner)
    await made.close()


async def tries(visitor: Visitor, name: str, count: int) -> list[int]:
    """The answers to so many wrong passphrases."""
    found = []
    for _ in range(count):
        await visitor.see("/masuk")
        await visitor.send("/masuk", kecamatan=PLACE[0], nama=name, sandi="bukan yang benar ini")
        found.append(visitor.here.status_code)
    return found


async def test_after_some_tries_a_name_waits_whether_there_is_one_or_not(stage: Stage, strict: Stage) -> None:
    member = await stage.member("sasaran")
    for name, address in (("sasaran", "10.1.1.1"), ("tidak.ada", "10.1.2.1")):
        visitor = strict.visitor(address)
        assert await tries(visitor, name, 4) == [401, 401, 401, 429]
        assert int(visitor.here.headers["retry-after"]) > 60
    elsewhere = strict.visitor("10.9.9.9")  # an attacker somewhere does not lock the owner out
    elsewhere.secret = member.secret
    await elsewhere.sign_in(stage.place, "sasaran")
    assert elsewhere.here.url.path == "/meja"


async def test_codes_are_counted_with_the_passphrases(stage: Stage, strict: Stage) -> None:
    await stage.member("kode.salah")
    visitor = strict.visitor("10.2.1.1")
    await visitor.see("/masuk")
    await visitor.send("/masuk", kecamatan=PLACE[0], nama="kode.salah", sandi=PASSPHRASE)
    found = []
    for _ in range(3):
        await visitor.see("/masuk/kode")
        await visitor.send("/masuk/kode", kode="000000")
        found.append(visitor.here.status_code)
    assert found == [401, 401, 429]


async def test_a_network_that_tries_many_names_waits(strict: Stage) -> None:
    visitor = strict.visitor("10.3.1.1")
    assert [(await tries(visitor, f"nama.{number}", 1))[0] for number in range(10)] == [401] * 8 + [429] * 2


async def test_a_name_that_nobody_has_takes_as_long(stage: Stage) -> None:
    await stage.member("ada")
    visitor, took = stage.visitor(), dict[str, list[float]]()
    for name in ("ada", "tiada") * 6:
        await visitor.see("/masuk")
        started = time.process_time()  # work, not waiting: other tests run beside this one
        await visitor.send("/masuk", kecamatan=PLACE[0], nama=name, sandi="bukan yang benar ini")
        took.setdefault(name, []).append(time.process_time() - started)
    known, unknown = (sorted(took[name])[3] for name in ("ada", "tiada"))
    assert 0.5 < known / unknown < 2


def test_what_is_compared_for_nobody_costs_the_same() -> None:
    assert NOBODYS.split("$")[:4] == HASHER.hash("x").split("$")[:4]


async def test_hashing_is_bounded_and_says_so() -> None:
    own = Passphrases(threads=1, waiting=2)
    try:
        found = await asyncio.gather(*(own.right(None, "x" * 12) for _ in range(8)), return_exceptions=True)
        assert [each for each in found if not isinstance(each, HashingBusy)] == [False] * 3
        assert sum(isinstance(each, HashingBusy) for each in found) == 5
        assert await own.right(await own.hash("empat kata lucu"), "empat kata lucu") is True
    finally:
        own.close()
