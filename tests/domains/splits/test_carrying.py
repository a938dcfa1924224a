"""Villages go to another kecamatan with everybody who lives there: nobody is lost, doubled or torn from a family."""

import asyncio
from typing import Any, cast

import asyncpg

from hub.domains.splits import carrying
from hub.kernel.clock import system_clock
from hub.store.pools import Connection
from hub.wiring import Hub
from tests.client import Client
from tests.domains.splits.stage import (
    DAY,
    DOCUMENT,
    END_HOUSE,
    HOUSE,
    MOVE,
    PERMIT,
    PROPOSE,
    REOPEN,
    VERIFY,
    a_nik,
    a_phrase,
    splitting,
)
from tests.relay import Died, Mortal, worker_of
from tests.schema.citizens.stage import CITIZEN, END, REGISTER_HOUSEHOLD, Office

PEOPLE = "{ citizens(first: 9) { nodes { id fullName } } }"
THEIRS = """{ houses(first: 5) { nodes { owner { fullName } permits(first: 2) { nodes { number legalName } } } }
  populationDocuments(first: 5, orderBy: ISSUED_ON) { nodes { type number citizen { fullName } household { id } } }
  vulnerabilities(first: 5) { nodes { id group status citizen { fullName } } } }"""
WAITING = """select full_name from citizen join departure_person p using (tenant_id)
  where p.citizen_id = citizen.id and tenant_id = $1 and arrived_id is null order by 1"""
MEMBERS = f"""{{ households(first: 20) {{ nodes {{ kkNumber address rt rw endReason head {{ fullName }}
  members(first: 9, orderBy: NAME) {{ nodes {{ {CITIZEN} }} }} }} }} }}"""
STAYS = """select tenant_id, full_name, family_relation, from_on, until_on, beginning, end_reason from stay
  where tenant_id = any ($1) and state = 'HELD' and (end_reason is not null or until_on is null) and village_id in (
    select id from village where code = any ($2)) order by 1, 2"""
LIVING = """select full_name, c.tenant_id from citizen c
  join village v on (v.tenant_id, v.id) = (c.tenant_id, c.village_id)
  where c.ended_at is null and v.code = any($1) order by 1, 2"""


async def test_a_village_goes_with_whole_families_under_the_same_numbers(
    hub: Hub, client: Client, database: str, owner: asyncpg.Connection
) -> None:
    it = await splitting(hub, client, database, owner, "63.01.01", "63.01.12")
    home = await it.family("Aminah", "Budi", "Citra")
    stays, _ = await it.office.family("HEAD", village=1)
    before = await it.population(it.office, "2026-05-31")

    assert await it.carried() == []

    there = await it.there()
    (found,) = (await there.ask(MEMBERS))["households"]["nodes"]
    members = {each["fullName"]: each for each in found["members"]["nodes"]}
    assert (found["kkNumber"], found["address"], found["rt"], found["rw"], found["head"], found["endReason"]) == (
        home["kkNumber"], "Jalan Pantai 1", "02", "01", {"fullName": "Aminah"}, None,
    )  # fmt: skip
    assert {name: (each["familyRelation"], each["baseStatus"]) for name, each in members.items()} == {
        "Aminah": ("HEAD", "ALIVE"),
        "Budi": ("WIFE", "ALIVE"),
        "Citra": ("CHILD", "ALIVE"),
    }
    assert all(each["nik"].startswith("6301") for each in members.values())
    ended = await it.office.read_household(home)
    assert (ended["endReason"], (await it.office.read_household(stays))["endReason"]) == ("REGION_SPLIT", None)
    gone = await it.rows(
        "select full_name, base_status, end_reason, ended_on from citizen where tenant_id = $1 and ended_at is not null"
        " order by full_name",
        it.office.tenant.id,
    )
    assert gone == [(name, "MOVED", "REGION_SPLIT", DAY) for name in ("Aminah", "Budi", "Citra")]
    assert before == await it.population(it.office, "2026-05-31") == {it.old: 3, it.old[:-1] + "2": 1}
    assert await it.population(it.office, "2026-06-01") == {it.old: 0, it.old[:-1] + "2": 1}
    assert await it.population(there, "2026-05-31") == {it.new: 0}
    assert await it.population(there, "2026-06-01") == {it.new: 3}
    here, family = it.office.tenant.id, (("Aminah", "HEAD"), ("Budi", "WIFE"), ("Citra", "CHILD"))
    lived = [row for row in await it.rows(STAYS, [here, there.tenant.id], [it.old, it.new]) if row[0] != here]
    left = await it.rows(STAYS, [here], [it.old])
    assert [(*row[1:3], *row[5:]) for row in left] == [(*one, "RECORDED", "REGION_SPLIT") for one in family]
    assert lived == [(there.tenant.id, *one, DAY, None, "EVENT", None) for one in family]


async def done(office: Office, query: str, **given: Any) -> Any:
    """The object of a mutation that must succeed."""
    answer = await office.do(query, **given)
    assert answer["userErrors"] == []
    return next(value for name, value in answer.items() if name not in ("userErrors", "replayed"))


async def test_what_is_theirs_goes_with_them(
    hub: Hub, client: Client, database: str, owner: asyncpg.Connection
) -> None:
    it = await splitting(hub, client, database, owner, "63.01.02", "63.01.13")
    home = await it.family("Dewi", "Eko")
    neighbour = await it.office.citizen(await it.office.household(village=1), "HEAD", "Fitri")
    (dewi,) = [each for each in (await it.office.ask(PEOPLE))["citizens"]["nodes"] if each["fullName"] == "Dewi"]
    houses = [
        await done(
            it.office, HOUSE, village=it.office.village(), household=home["id"], owner=who["id"], condition="GOOD"
        )
        for who in (dewi, neighbour)
    ]
    await done(it.office, PERMIT, house=houses[0]["id"], number="9/IMB", legalName="IMB", issuedOn="2019-01-02")
    proposed = await done(
        it.office, PROPOSE, citizen=dewi["id"], group="DISABLED", since="2026-01-02", detail="Alat bantu dengar"
    )
    await done(it.office, VERIFY, vulnerability=proposed["id"], expectedVersion=proposed["version"])
    paper = {"type": "BIRTH_CERT", "number": "AL.9", "issuedOn": "2020-01-02"}
    await done(it.office, DOCUMENT, citizen=dewi["id"], **paper)
    await done(it.office, DOCUMENT, household=home["id"], type="KK", issuedOn="2021-01-02")
    await done(it.office, DOCUMENT, citizen=neighbour["id"], **paper)

    await it.carried()

    there = await it.there()
    found = await there.ask(THEIRS)
    papers = found["populationDocuments"]["nodes"]
    assert [(each["type"], each["number"], (each["citizen"] or {}).get("fullName")) for each in papers] == [
        ("BIRTH_CERT", "AL.9", "Dewi"),
        ("KK", None, None),
    ]
    assert await it.rows(
        "select end_reason, count(*) from population_document where tenant_id = $1 group by 1 order by 1",
        it.office.tenant.id,
    ) == [("Pemekaran wilayah", 2), (None, 1)]
    assert sorted((each["owner"] or {}).get("fullName", "-") for each in found["houses"]["nodes"]) == ["-", "Dewi"]
    assert [each["permits"]["nodes"] for each in found["houses"]["nodes"] if each["owner"]] == [
        [{"number": "9/IMB", "legalName": "IMB"}]
    ]
    (vulnerable,) = found["vulnerabilities"]["nodes"]
    assert (vulnerable["group"], vulnerable["status"], vulnerable["citizen"]["fullName"]) == (
        "DISABLED",
        "VERIFIED",
        "Dewi",
    )
    told = a_phrase("vulnerabilityDetail", "VulnerabilityDetailInput", "detail")
    asked = {"input": {"vulnerability": vulnerable["id"], "purpose": "Diperiksa"}}
    assert (await there.ask(told, asked))["answer"]["detail"] == "Alat bantu dengar"
    assert await it.rows(
        "select end_reason, count(*) from house where tenant_id = $1 group by 1", it.office.tenant.id
    ) == [("REGION_SPLIT", 2)]
    assert await it.rows("select state, end_reason from vulnerability where tenant_id = $1", it.office.tenant.id) == [
        ("ENDED", "Pemekaran wilayah")
    ]


async def test_the_codes_know_each_other(hub: Hub, client: Client, database: str, owner: asyncpg.Connection) -> None:
    it = await splitting(hub, client, database, owner, "63.01.09", "63.01.14")
    await it.prepared()

    query = """query ($old: RegionCode!, $new: RegionCode!, $into: RegionCode!) {
      old: region(code: $old) { validTo successors(first: 2) { nodes { code name } } }
      new: region(code: $new) { name validFrom validTo predecessorCode parent { code } }
      into: region(code: $into) { name level validFrom predecessorCode children(first: 3) { nodes { code } } } }"""
    found = await it.office.ask(query, {"old": it.old, "new": it.new, "into": it.into})
    name = found["new"]["name"]
    assert found == {
        "old": {"validTo": "2026-05-31", "successors": {"nodes": [{"code": it.new, "name": name}]}},
        "new": {
            "name": name, "validFrom": "2026-06-01", "validTo": None,
            "predecessorCode": it.old, "parent": {"code": it.into},
        },
        "into": {
            "name": "Takisung Utara", "level": "KECAMATAN", "validFrom": "2026-06-01",
            "predecessorCode": it.office.tenant.code, "children": {"nodes": [{"code": it.new}]},
        },
    }  # fmt: skip


async def test_nobody_is_registered_any_more_where_a_code_has_ended(
    hub: Hub, client: Client, database: str, owner: asyncpg.Connection
) -> None:
    it = await splitting(hub, client, database, owner, "63.01.04", "63.01.15")
    abroad: dict[str, Any] = {"to": {"kind": "ABROAD", "place": "Malaysia"}, "departedOn": "2026-01-02"}
    gone = await done(it.office, MOVE, household=(await it.family("Fajar"))["id"], reason="WORK", **abroad)
    home = await it.family("Gita")
    house = await done(it.office, HOUSE, village=it.office.village())
    by_hand = [
        await it.office.do(MOVE, household=home["id"], reason="REGION_SPLIT", **abroad),
        await it.office.do(END_HOUSE, house=house["id"], expectedVersion=1, reason="REGION_SPLIT"),
    ]
    await it.carried()

    refused = [
        await it.office.do(REGISTER_HOUSEHOLD, village=it.office.village(), kkNumber="6399010101990077"),
        await it.office.do(REOPEN, departure=gone["id"], expectedVersion=1),
    ]

    assert [each["userErrors"] for each in by_hand] == [[{"code": "ONLY_BY_SPLIT", "path": ["reason"]}]] * 2
    assert [each["userErrors"] for each in refused] == [
        [{"code": "VILLAGE_ENDED", "path": ["village"]}],
        [{"code": "VILLAGE_ENDED", "path": ["household"]}],
    ]


async def test_killed_before_any_statement_nobody_is_lost_or_doubled(
    hub: Hub, client: Client, database: str, owner: asyncpg.Connection
) -> None:
    it = await splitting(hub, client, database, owner, "63.01.05", "63.01.16")
    people = {"Hana", "Iwan", "Joko"}
    for names in (("Hana", "Iwan"), ("Joko",)):
        await it.family(*names)
    await done(it.office, HOUSE, village=it.office.village())
    await it.office.household()  # a card without people
    going, pairs = await it.prepared()
    worker = worker_of(hub, database, going.here.id, going.there.id)

    deaths, dies_at, stood = 0, 1, -1
    admin = await asyncpg.connect(database)
    while True:
        stands = await admin.fetchval("select count(*) from journal_entry")
        # Each step from its beginning, but for the first look, which is the same for all of them.
        dies_at, stood = (dies_at + 1 if stands == stood else 1 if stood < 0 else 3), stands
        async with worker.connected() as connection:
            mortal = cast("Connection", Mortal(connection, dies_at=dies_at))
            try:
                await carrying.carry(mortal, going, pairs, hub.services.keys, clock=system_clock, batch=2)
                break
            except (Died, asyncpg.InterfaceError):
                deaths += 1
        living = [row[0] for row in await admin.fetch(LIVING, [it.old, it.new])]
        assert len(living) == len(set(living)), living
        assert people - set(living) <= {row[0] for row in await admin.fetch(WAITING, going.here.id)}
    await admin.close()

    assert deaths > 60, deaths
    assert await it.rows(LIVING, [it.old, it.new]) == [(name, going.there.id) for name in sorted(people)]
    assert await it.rows(
        "select end_reason, count(*) from household where tenant_id = $1 group by 1 order by 1", going.here.id
    ) == [("EMPTY", 1), ("REGION_SPLIT", 2)]
    assert await it.rows(
        "select tenant_id, ended_at is null from house where tenant_id = any($1) order by 1",
        [going.here.id, going.there.id],
    ) == [(going.here.id, False), (going.there.id, True)]
    assert await it.rows(
        "select count(*) from journal_entry where tenant_id = $1 and kind = 'VILLAGE_SPLIT_OFF'", going.here.id
    ) == [(1,)]
    assert await it.rows("select finished_at is null from region_split where to_code = $1", it.into) == [(False,)]


async def test_the_registry_follows_and_the_worker_of_moves_has_nothing_to_do(
    hub: Hub, client: Client, database: str, owner: asyncpg.Connection
) -> None:
    it = await splitting(hub, client, database, owner, "63.01.06", "63.01.17")
    await it.family("Mira", "Nani")
    there = (await it.prepared())[0].there
    worker = worker_of(hub, database, it.office.tenant.id, there.id)
    await it.carried()

    await worker.catch_up()

    both = [it.office.tenant.id, there.id]
    homes = "select home_tenant, living, count(*) from person_home where home_tenant = any($1) group by 1, 2 order by 1"
    assert await it.rows(homes, both) == [(both[0], False, 2), (both[1], True, 2)]
    assert await it.rows("select * from errand where home_tenant = any($1)", both) == []
    assert await it.rows("select * from twin_case where tenant_id = any($1)", both) == []
    pairs = "select departure_id, citizen_id, arrived_id from departure_person where tenant_id = $1 order by 2"
    others = "select arrival_id, departed_id, citizen_id from arrival_person where tenant_id = $1 order by 2"
    assert await it.rows(pairs, it.office.tenant.id) == await it.rows(others, there.id)


async def test_a_family_whose_number_is_taken_holds_nobody_up_and_comes_later(
    hub: Hub, client: Client, database: str, owner: asyncpg.Connection
) -> None:
    it = await splitting(hub, client, database, owner, "63.01.07", "63.01.18")
    taken = a_nik()
    await it.office.citizen(await it.office.household(), "HEAD", "Olga", nik=taken)
    await it.family("Putri", "Rudi")
    there = await it.there()
    quick = await there.citizen(await there.household(), "HEAD", "Olga", nik=taken)

    clashing = await it.carried()
    waiting = await it.rows(WAITING, it.office.tenant.id)
    others = await it.rows(LIVING, [it.new])
    await there.do(END, citizen=quick["id"], expectedVersion=1, status="INVALID", on="2026-06-02")
    again = await it.carried()

    assert (len(clashing), waiting, again) == (1, [("Olga",)], [])
    assert [name for name, _ in others] == ["Olga", "Putri", "Rudi"]
    assert [name for name, _ in await it.rows(LIVING, [it.new, it.old])] == ["Olga", "Putri", "Rudi"]


async def test_who_came_or_was_born_since_the_day_counts_from_then_on(
    hub: Hub, client: Client, database: str, owner: asyncpg.Connection
) -> None:
    it = await splitting(hub, client, database, owner, "63.01.08", "63.01.19")
    home = await it.family("Sari")
    await it.office.citizen(home, "CHILD", "Tono", birthDate="2026-06-20")
    await it.office.citizen(home, "CHILD", "Umar", birthDate="2020-06-20")

    await it.carried()

    there = await it.there()
    days = ("2026-05-31", "2026-06-01", "2026-06-20")
    assert [(await it.population(it.office, day))[it.old] for day in days] == [2, 0, 0]
    assert [(await it.population(there, day))[it.new] for day in days] == [0, 2, 3]


async def test_two_at_once_carry_everybody_once(
    hub: Hub, client: Client, database: str, owner: asyncpg.Connection
) -> None:
    it = await splitting(hub, client, database, owner, "32.15.07", "32.15.31")
    names = [f"Warga {each}" for each in "ABCDEF"]
    for name in names:
        await it.family(name)
    await it.prepared()

    await asyncio.gather(it.carried(batch=1), it.carried(batch=2))

    assert [name for name, _ in await it.rows(LIVING, [it.old, it.new])] == names
    assert await it.rows(LIVING, [it.old]) == []
    ends = "select end_reason, count(*) from household where tenant_id = $1 group by 1"
    assert await it.rows(ends, it.office.tenant.id) == [("REGION_SPLIT", 6)]
