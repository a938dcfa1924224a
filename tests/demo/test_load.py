"""Loading the demo into a database of its own."""

from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from stat import S_IMODE
from typing import Any

import asyncpg
import pytest

from hub.demo import guests, keys, load, months
from hub.demo.keys import DemoKey
from hub.demo.villages import TAKISUNG
from hub.domains.commitments.model import Commitment, CommitmentClause, CommitmentParty
from hub.domains.kecamatan.model import Kecamatan, KecamatanProfile, ServiceHours
from hub.domains.partners.model import PartnerOrganization
from hub.domains.plans.model import ActionPlan, ActionPlanItem, PlanItemStakeholder
from hub.domains.villages.model import SubVillage, Village, VillageOfficial
from hub.journal import sealer
from hub.journal.verify import verify
from hub.kernel.clock import system_clock
from hub.kernel.scope import Reader
from hub.means import READERS
from hub.settings import Settings
from hub.store.base import table
from hub.store.pools import Connection
from hub.store.unit import connected
from hub.tenants import administration as admin
from hub.tenants import keyfile
from hub.wiring import Hub, open_hub
from tests import cluster
from tests.client import client_of
from tests.conftest import as_role, prepare

DEMO_ROWS = (
    Kecamatan,
    KecamatanProfile,
    ServiceHours,
    Village,
    SubVillage,
    VillageOfficial,
    PartnerOrganization,
    Commitment,
    CommitmentParty,
    ActionPlan,
    ActionPlanItem,
    PlanItemStakeholder,
    CommitmentClause,
)
PEOPLE = "select count(*)::int from citizen"
MARKED = {"regions", "places 63.01.01", "places 63.11.02", "places 32.01.14"}


@pytest.fixture(scope="module")
async def empty() -> str:
    """A migrated database of this module's own, as the superuser's address."""
    address = await cluster.database_for("demo", prepare)
    connection = await asyncpg.connect(address)
    await connection.execute("alter database hub_demo owner to hub_owner")  # as `prepare_server` makes it
    await connection.close()
    return address


@pytest.fixture(scope="module")
async def demo_hub(empty: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Hub]:
    """A hub over it."""
    file = tmp_path_factory.mktemp("demo") / "keys.json"
    keyfile.create(file, now=system_clock().instant)
    made = await open_hub(
        Settings(keys_file=file, data=file.parent, demo=True),
        {reader: as_role(empty, reader.value) for reader in READERS},
    )
    yield made
    await made.close()


@pytest.fixture
async def demo_owner(empty: str) -> AsyncIterator[Connection]:
    connection = await asyncpg.connect(as_role(empty, "hub_owner"))
    yield connection
    await connection.close()


@pytest.fixture
async def made(demo_hub: Hub, demo_owner: Connection) -> list[DemoKey]:
    """The loaded demo, without people."""
    return await loaded(demo_hub, demo_owner)


async def loaded(hub: Hub, owner: Connection, steps: list[str] | None = None, **more: Any) -> list[DemoKey]:
    def progress(step: str, done: int, total: int) -> None:
        if steps is not None:
            steps.append(f"{step} {done}/{total}")

    return await load.load(
        owner, hub, hub.settings.data, ring=hub.services.keys, clock=system_clock, progress=progress, **more
    )


async def ask(hub: Hub, query: str, key: str) -> Any:
    async with client_of(hub) as client:
        return await client.data(query, key=key)


def key_of(made: list[DemoKey], audience: str, tenant: str = "63.01.01") -> str:
    return next(each.key for each in made if (each.audience, each.tenant) == (audience, tenant))


async def test_all_regions_of_indonesia_are_there(demo_owner: Connection, made: list[DemoKey]) -> None:
    assert made
    assert await demo_owner.fetchval("select count(*) from region where valid_to is null") == 91_599
    assert await demo_owner.fetchval("select count(*) from region where valid_to is not null") == 620


async def test_every_audience_has_a_key_and_the_file_keeps_them_for_its_owner_alone(
    demo_hub: Hub, made: list[DemoKey]
) -> None:
    file = demo_hub.settings.data / "demo-keys.json"

    assert (keys.read(file.parent), S_IMODE(file.stat().st_mode)) == (made, 0o600)
    assert list(dict.fromkeys(each.audience for each in made)) == ["officer", "front-end", "partner", "dinas", "agency"]


async def test_the_figures_of_takisung_are_those_of_its_profile(demo_hub: Hub, made: list[DemoKey]) -> None:
    found = await ask(
        demo_hub,
        '{ kecamatan(code: "63.01.01") { profiles(first: 2) { nodes { year population density } } }'
        " villages(first: 1) { totalCount } }",
        key_of(made, "front-end"),
    )
    assert found == {
        "kecamatan": {"profiles": {"nodes": [{"year": 2018, "population": 31_020, "density": "90.44"}]}},
        "villages": {"totalCount": 12},
    }


async def test_the_dinas_of_the_province_sees_who_has_not_signed(demo_hub: Hub, made: list[DemoKey]) -> None:
    found = await ask(
        demo_hub,
        "{ commitments(first: 5, orderBy: PLANNED_ON) { nodes { type plannedParties parties(first: 1) { totalCount }"
        " missingSignatures(first: 5) { nodes { party { ... on PartnerOrganization { name } } } } } } }",
        key_of(made, "dinas", "63/PMD"),
    )

    def promise(kind: str, planned: int | None, parties: int, missing: list[str]) -> dict[str, Any]:
        nodes = [{"party": {"name": name}} for name in missing]
        count = {"totalCount": parties}
        return {"type": kind, "plannedParties": planned, "parties": count, "missingSignatures": {"nodes": nodes}}

    assert found["commitments"]["nodes"] == [
        promise("SERVICE_PLEDGE", 1, 1, []),
        promise("VILLAGE_HEAD_COMMITMENT", 4, 5, []),
        promise("PARTNER_COMMITMENT", None, 9, ["Karang Taruna Kecamatan Takisung"]),
    ]


async def test_disdukcapil_balangan_sees_the_kecamatan_of_its_regency(demo_hub: Hub, made: list[DemoKey]) -> None:
    found = await ask(demo_hub, "{ kecamatans(first: 5) { nodes { name } } }", key_of(made, "dinas", "63.11/DUKCAPIL"))
    assert found == {"kecamatans": {"nodes": [{"name": "Halong"}]}}


async def test_a_month_is_published_of_halong_and_the_other_seven_are_missing(
    demo_hub: Hub, made: list[DemoKey]
) -> None:
    for _ in range(2):  # a second start makes nothing
        await months.publish(demo_hub, made, system_clock)
    found = await ask(
        demo_hub,
        '{ publications { revision regionName } districtReport(code: "R-01") { rows { regionCode }'
        " tenantsIncluded { code } tenantsMissing { code reason } } }",
        key_of(made, "dinas", "63.11/DUKCAPIL"),
    )
    assert found["publications"] == [{"revision": 1, "regionName": "Kabupaten Balangan"}]
    report = found["districtReport"]
    assert {each["code"] for each in report["tenantsIncluded"]} <= {"63.11.02"}
    assert len(report["tenantsIncluded"]) + len(report["tenantsMissing"]) == 8


async def test_the_feed_of_a_kecamatan_tells_all_its_rows_and_the_chain_is_sound(
    demo_hub: Hub, demo_owner: Connection, made: list[DemoKey]
) -> None:
    tenant = (await admin.find_tenant(demo_owner, "63.01.01")).id
    async with connected(demo_hub.pools.of(Reader.WORKER)) as worker:
        while await sealer.seal(worker, tenant, now=system_clock().instant):
            pass
        verdict = await verify(worker, tenant)

    found = await ask(
        demo_hub,
        "{ changes(first: 500) { more entries { effect type } } villages(first: 1) { totalCount }"
        " commitments(first: 1) { totalCount } partnerOrganizations(first: 1) { totalCount } }",
        key_of(made, "officer"),
    )

    entries = found["changes"]["entries"]
    told = {model.__name__ for model in DEMO_ROWS}
    counted = Counter(each["type"] for each in entries if each["type"] in told and each["effect"] == "CREATED")
    stored: Counter[str] = Counter()
    async with admin.entered(demo_owner, tenant):
        for model in DEMO_ROWS:
            count = await demo_owner.fetchval(f"select count(*) from {table(model).name} where tenant_id = $1", tenant)
            stored[model.__name__] = count
    assert (verdict.sound, {each["effect"] for each in entries}) == (
        True,
        {"CREATED", "CHANGED"},
    )  # what was drafted is published
    assert counted == stored
    assert counted["Village"] == found["villages"]["totalCount"] == 12
    assert counted["Commitment"] == found["commitments"]["totalCount"] == 3
    assert counted["PartnerOrganization"] == found["partnerOrganizations"]["totalCount"]


async def test_a_second_start_keeps_keys_and_data(demo_hub: Hub, demo_owner: Connection, made: list[DemoKey]) -> None:
    steps: list[str] = []

    again = await loaded(demo_hub, demo_owner, steps)

    assert again == made
    assert (await load.noted(demo_owner)) == MARKED
    assert load.REGIONS not in {step.split()[0] for step in steps}
    assert await demo_owner.fetchval("select count(*) from tenant where demo") == 6


async def test_each_start_invites_whoever_has_not_come_yet_anew_and_never_twice(
    demo_owner: Connection, made: list[DemoKey]
) -> None:
    assert made
    first, second = [await guests.invite(demo_owner, system_clock, lang="id") for _ in range(2)]
    accounts = "select count(*)::int from sign_in_account where name = any ($1)"
    found = []
    for code in (TAKISUNG, load.DUKCAPIL):
        tenant = await admin.find_tenant(demo_owner, code)
        async with admin.entered(demo_owner, tenant.id):
            found.append(await demo_owner.fetchval(accounts, [each.sign_in_name for each in guests.GUESTS]))

    assert [each.joined for each in (*first, *second)] == [False] * 6
    assert len({each.path for each in (*first, *second)}) == 6
    assert found == [2, 1]


async def test_a_lost_key_file_is_made_anew_with_working_keys(
    demo_hub: Hub, demo_owner: Connection, made: list[DemoKey]
) -> None:
    (demo_hub.settings.data / "demo-keys.json").unlink()

    again = await loaded(demo_hub, demo_owner)

    assert [each.place for each in again] == [each.place for each in made]
    assert not {each.key for each in again} & {each.key for each in made}
    assert [await keys.works(demo_hub.gate, each.key) for each in again] == [True] * len(again)


async def test_a_cut_import_goes_on_with_the_next_village(
    demo_hub: Hub, demo_owner: Connection, made: list[DemoKey]
) -> None:
    assert made
    taken: list[Path] = []

    async def until_the_third(*_: object, **__: object) -> None:
        taken.append(Path())
        if len(taken) == 3:
            raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await loaded(demo_hub, demo_owner, import_village=until_the_third)

    assert (await load.noted(demo_owner)) - MARKED == {"63.01.01.2001", "63.01.01.2002"}
    assert list(demo_hub.settings.data.glob("workbooks-*")) == []
