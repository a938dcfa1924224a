"""An import that is asked for as a dry run: compared like any other, written by nobody's leave but a person's."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from hub.kernel.ids import GlobalId
from hub.wiring import Hub
from tests.client import client_of
from tests.entrypoints.test_import_jobs import PROPOSED, Office, family, figures
from tests.entrypoints.test_uploads import key_of
from tests.integrations.opensid.conftest import MakeBook, MakePerson, book, person
from tests.world import make
from tests.world.build import place

assert book  # the fixtures
assert person
CODE = "32.01.30"


@pytest.fixture(scope="module")
async def office(hub: Hub, owner_dsn: str) -> AsyncIterator[Office]:
    """The office."""
    owner = await asyncpg.connect(owner_dsn)
    made = await place(hub, owner, CODE, "Majalaya", (f"{CODE}.2001", f"{CODE}.2002"))
    async with client_of(hub) as client:
        yield Office(hub, client.http, made, owner)
    await owner.close()


async def test_a_dry_run_of_a_first_file_writes_nothing_before_it_is_confirmed(
    office: Office, person: MakePerson, book: MakeBook
) -> None:
    made = make.village(office.place.tenant, f"{CODE}.2003", "Desa Baru")
    async with make.unit(office.hub, office.place.tenant) as unit:
        await unit.add(made)
    village = GlobalId("Village", office.place.tenant.id, made.id).encode()
    asked = await office.begun(village, family(person), book, dry=True)
    tried = await office.settled(asked)
    assert (tried["state"], tried["rows"], figures(tried)) == ("WAITING", 3, {"NEW": (3, 0, 3)})
    count = "select count(*) from citizen where village_id = $1"
    assert (await office.rows(count, key_of(village)))[0]["count"] == 0
    assert (await office.ask(PROPOSED, {"id": asked["id"]}))["importJob"]["batch"]["proposedEvents"]["nodes"] == []

    assert (await office.confirm(tried, "NEW"))["userErrors"] == []
    done = await office.settled(asked)

    assert (done["state"], figures(done)) == ("DONE", {"NEW": (3, 3, 0)})
    assert (await office.rows(count, key_of(village)))[0]["count"] == 3
