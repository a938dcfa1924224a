"""What a split begins with: codes, kecamatan and villages, once, and what does not fit together is refused."""

import asyncio
from datetime import date
from typing import Any, cast

import asyncpg
import pytest
from typer.testing import CliRunner

from hub.domains.villages.errors import VillageEnded
from hub.entrypoints import cli, new_regions
from hub.entrypoints.new_regions import (
    NothingToResume,
    RegionCodeTaken,
    SplitDiffers,
    SplitIncomplete,
    SplitUnfit,
    VillageNotOfKecamatan,
)
from hub.kernel.clock import system_clock
from hub.kernel.errors import HubError
from hub.store.pools import Connection
from hub.wiring import Hub
from tests.client import Client
from tests.conftest import as_role
from tests.domains.splits.stage import Splitting
from tests.domains.splits.stage import splitting as splitting_of
from tests.relay import Died, Mortal

HAMLET = """mutation ($input: AddSubVillageInput!) { answer: addSubVillage(input: $input)
  { subVillage { id } userErrors { code } } }"""


@pytest.fixture(scope="module")
async def it(hub: Hub, client: Client, database: str, owner_dsn: str) -> Splitting:
    """Of this module only."""
    owner = await asyncpg.connect(owner_dsn)
    try:
        return await splitting_of(hub, client, database, owner, "63.01.10", "63.01.20")
    finally:
        await owner.close()


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"there": "63.01"}, SplitUnfit),
        ({"there": "63.01.10"}, SplitUnfit),
        ({"villages": ""}, SplitIncomplete),
        ({"villages": "63.01.10.2001"}, SplitUnfit),
        ({"villages": "63.01.10.2001=63.01.21.2001"}, SplitUnfit),
        ({"villages": "63.01.11.2001=63.01.20.2001"}, SplitUnfit),
        ({"villages": "63.01.10.2001=63.01.20.1001"}, SplitUnfit),
        ({"villages": "63.01.10.2001=63.01.20.2001,63.01.10.2002=63.01.20.2001"}, SplitUnfit),
        ({"villages": "63.01.10.2001=63.01.20.2001,63.01.10.2001=63.01.20.2002"}, SplitUnfit),
    ],
)
def test_what_does_not_fit_is_refused(it: Splitting, given: dict[str, Any], refusal: type[HubError]) -> None:
    with pytest.raises(refusal):
        it.wish(**given)


async def test_what_the_register_contradicts_is_refused_and_nothing_is_written(
    it: Splitting, owner: asyncpg.Connection
) -> None:
    before = await it.rows("select count(*), max(valid_to) from region")
    for given, refusal in (
        ({"villages": "63.01.10.2009=63.01.20.2001"}, VillageNotOfKecamatan),
        ({"there": "63.01.09", "villages": "63.01.10.2001=63.01.09.2002"}, RegionCodeTaken),
        ({"name": None}, SplitIncomplete),
    ):
        with pytest.raises(refusal):
            await new_regions.check(owner, it.wish(**given))
    with pytest.raises(NothingToResume):
        await new_regions.unfinished(owner, it.office.tenant.code)

    assert await it.rows("select count(*), max(valid_to) from region") == before


async def test_begun_again_after_any_death_it_is_one_split(it: Splitting, owner: asyncpg.Connection) -> None:
    await it.office.do(HAMLET, village=it.office.village(), name="Dusun Satu", deliveryPoint=True)
    deaths = 0
    while True:
        dying = await asyncpg.connect(as_role(it.dsn, "hub_owner"))
        mortal = cast("Connection", Mortal(dying, dies_at=deaths + 1))
        try:
            checked = await new_regions.check(mortal, it.wish())
            await new_regions.prepare(mortal, checked, system_clock())
            break
        except (Died, asyncpg.InterfaceError):
            deaths += 1
        finally:
            if not dying.is_closed():
                await dying.close()

    assert deaths > 20
    assert await it.rows("select code, name from tenant where code = $1", it.into) == [(it.into, "Takisung Utara")]
    there = "from village v join tenant t on t.id = v.tenant_id where t.code = $1"
    assert await it.rows(f"select v.code {there}", it.into) == [(it.new,)]
    hamlets = "select h.name, h.delivery_point from sub_village h join tenant t on t.id = h.tenant_id where t.code = $1"
    assert await it.rows(hamlets, it.into) == [("Dusun Satu", True)]
    assert await it.rows("select count(*) from region_split where to_code = $1", it.into) == [(1,)]

    with pytest.raises(SplitDiffers):
        await new_regions.begun(owner, it.wish(villages="63.01.10.2002=63.01.20.2002"))
    with pytest.raises(VillageEnded):
        await new_regions.check(owner, it.wish(day=date(2026, 7, 1)))
    ((going, pairs),) = await new_regions.unfinished(owner, it.office.tenant.code)
    assert (going.there.code, [each.to_code for each in pairs]) == (it.into, [it.new])


async def test_the_command_looks_first_then_prepares_and_carries_when_the_day_has_come(
    hub: Hub, client: Client, database: str, owner: asyncpg.Connection
) -> None:
    it = await splitting_of(hub, client, database, owner, "63.01.11", "63.01.21")
    await it.family("Wati", "Yanto")
    keys = str(hub.settings.keys_file)
    told = {"HUB_DATABASE_URL": database, "HUB_LANG": "en", "COLUMNS": "300", "HUB_KEYS_FILE": keys}

    async def run(*more: str) -> tuple[int, str]:
        words = ["tenant", "split", it.office.tenant.code, *more]
        result = await asyncio.to_thread(CliRunner().invoke, cli.app, words, env=told)
        return result.exit_code, result.output.strip()

    options = ["--into", it.into, "--villages", f"{it.old}={it.new}", "--name", "Utara", "--decree", "Perda 9/2026"]
    waits = "2 people live in the villages. They are carried over by this command, from {} on."

    assert await run() == (2, "It is not said in full what is split: --into is missing.\n" + SplitIncomplete.hint)
    assert await run(*options, "--from", "2026-06-01", "--dry-run") == (
        0,
        f"Dry run: nothing is written.\nUtara ({it.into}) would be a new kecamatan.\n"
        f"  {it.old} -> {it.new}  Satu\n" + waits.format("2026-06-01"),
    )
    assert await it.rows("select count(*) from tenant where code = $1", it.into) == [(0,)]
    assert await run(*options, "--from", "2999-01-01") == (0, waits.format("2999-01-01"))
    assert await run("--resume") == (0, waits.format("2999-01-01"))
    await owner.execute("update region_split set starts_on = '2026-06-01' where to_code = $1", it.into)
    code, said = await run("--resume")

    lines = [" ".join(line.split()) for line in said.splitlines()]
    assert code == 0
    assert lines[1:] == [
        f"1 families with 2 people went from 63.01.11 to {it.into} as of 2026-06-01.",
        "Stays with the former villages, as history or until somebody makes it anew:",
        "access_grant 1",
        "citizen 2",
        "citizen_sensitive 2",
        "departure 1",
        "departure_person 2",
        "household 1",
        "stay 2",
        f"Grants and keys of villages do not go with them: give them anew in {it.into}.",
    ]
