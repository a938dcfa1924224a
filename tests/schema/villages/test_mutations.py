"""Villages, hamlets and officials over HTTP: what may be changed, and every refusal by name."""

from typing import Any
from uuid import uuid4

import pytest

from hub.kernel.ids import GlobalId
from hub.wiring import Hub
from tests.acting import Acting, acting_in, key_of
from tests.client import Client
from tests.world.build import World


@pytest.fixture(scope="module")
async def acting(hub: Hub, client: Client, owner_dsn: str) -> Acting:
    """A kecamatan to write in."""
    return await acting_in(hub, client, owner_dsn, "63.01.04", "Kurau", ("63.01.04.2001", "63.01.04.2002"))


async def version_of(acting: Acting, global_id: str, table: str) -> int:
    """Its present version."""
    (row,) = await acting.rows(table, id=key_of(global_id))
    return int(row["version"])


async def test_a_village_tells_its_own_particulars(acting: Acting) -> None:
    village = acting.place.id("Village")
    given = {
        "id": village,
        "expectedVersion": 1,
        "connectivity": "WEAK",
        "terrain": ["COAST", "HILL", "COAST"],
        "distanceKm": "20.25",
        "travelHours": "1.5",
        "aliases": [" Taksiang  lama "],
    }
    shape = "village { connectivity terrain distanceKm travelHours aliases version }"
    made = await acting.done("updateVillage", given, shape, role="VILLAGE_OFFICER")
    assert made["village"] == {
        "connectivity": "WEAK",
        "terrain": ["COAST", "HILL"],
        "distanceKm": "20.25",
        "travelHours": "1.50",
        "aliases": ["Taksiang lama"],
        "version": 2,
    }
    made = await acting.done(
        "updateVillage", {"id": village, "expectedVersion": 2, "connectivity": None}, shape, role="VILLAGE_HEAD"
    )
    assert made["village"]["connectivity"] is None
    assert made["village"]["distanceKm"] == "20.25"
    (entry, _) = await acting.rows("journal_entry", object_id=key_of(village))
    assert (entry["kind"], entry["village_id"], entry["published"]) == ("VILLAGE_UPDATED", key_of(village), True)


@pytest.mark.parametrize(
    ("more", "code", "path"),
    [
        ({"distanceKm": "-1"}, "FIGURE_OUT_OF_RANGE", ["distanceKm"]),
        ({"travelHours": "1000"}, "FIGURE_OUT_OF_RANGE", ["travelHours"]),
        ({"aliases": ["a"] * 21}, "TOO_MANY", ["aliases"]),
        ({"aliases": ["a", " "]}, "TEXT_MISSING", ["aliases", "1"]),
        ({"terrain": None}, "VALUE_MISSING", ["terrain"]),
        ({"expectedVersion": 99}, "STALE_VERSION", ["expectedVersion"]),
    ],
)
async def test_a_faulty_change_is_refused(acting: Acting, more: dict[str, Any], code: str, path: list[str]) -> None:
    given = {"id": acting.place.id("Village", 1), "expectedVersion": 1, **more}
    assert await acting.refused("updateVillage", given) == (code, path)


async def test_a_village_changes_no_other(acting: Acting) -> None:
    other, hamlet = acting.place.id("Village", 1), acting.place.id("SubVillage", 2)
    official = acting.place.id("VillageOfficial", 2)
    for name, given, path in (
        ("updateVillage", {"id": other, "expectedVersion": 1}, ["id"]),
        ("addSubVillage", {"village": other, "name": "Dusun"}, ["village"]),
        ("updateSubVillage", {"id": hamlet, "expectedVersion": 1, "name": "Dusun"}, ["id"]),
        (
            "appointOfficial",
            {"village": other, "name": "Kades", "position": "SECRETARY", "startedOn": "2020-01-01"},
            ["village"],
        ),
        ("endOfficial", {"id": official}, ["id"]),
    ):
        assert await acting.refused(name, given, role="VILLAGE_HEAD") == ("NOT_YOUR_VILLAGE", path)


async def test_roles_without_the_right_are_refused(acting: Acting) -> None:
    village = acting.place.id("Village")
    changing = {"id": village, "expectedVersion": 1, "connectivity": "GOOD"}
    assert await acting.refused("updateVillage", changing, role="KEC_COUNTER") == ("FORBIDDEN", [])
    assert await acting.refused("updateVillage", changing, role="PARTNER_ORG") == ("FORBIDDEN", [])
    appointing = {"village": village, "name": "A", "position": "HEAD", "startedOn": "2020-01-01"}
    assert await acting.refused("appointOfficial", appointing, role="VILLAGE_OFFICER") == ("FORBIDDEN", [])


async def test_foreign_villages_and_those_that_never_were_answer_alike(acting: Acting, world: World) -> None:
    unknown = GlobalId("Village", acting.place.tenant.id, uuid4()).encode()
    for village in (unknown, world.halong.id("Village")):
        assert await acting.refused("updateVillage", {"id": village, "expectedVersion": 1}) == ("NOT_FOUND", ["id"])
        answer = await acting.refused("addSubVillage", {"village": village, "name": "Dusun"})
        assert answer == ("NOT_FOUND", ["village"])


async def test_a_hamlet_is_added_and_changed(acting: Acting) -> None:
    village = acting.place.id("Village")
    made = await acting.done(
        "addSubVillage",
        {"village": village, "name": "Muara", "deliveryPoint": True},
        "subVillage { id name deliveryPoint village { id } }",
        role="VILLAGE_OFFICER",
    )
    hamlet = made["subVillage"].pop("id")
    assert made["subVillage"] == {"name": "Muara", "deliveryPoint": True, "village": {"id": village}}
    made = await acting.done(
        "updateSubVillage",
        {"id": hamlet, "expectedVersion": 1, "deliveryPoint": False},
        "subVillage { name deliveryPoint version }",
    )
    assert made["subVillage"] == {"name": "Muara", "deliveryPoint": False, "version": 2}
    assert await acting.told(hamlet) == ["SUB_VILLAGE_ADDED", "SUB_VILLAGE_UPDATED"]


async def test_a_hamlet_twice_is_refused(acting: Acting) -> None:
    adding = {"village": acting.place.id("Village"), "name": "Dusun 1"}
    assert await acting.refused("addSubVillage", adding) == ("SUB_VILLAGE_EXISTS", ["name"])
    changing = {"id": acting.place.id("SubVillage", 1), "expectedVersion": 1, "name": "Dusun 1"}
    assert await acting.refused("updateSubVillage", changing) == ("SUB_VILLAGE_EXISTS", ["name"])


async def test_an_official_is_appointed_and_the_phone_is_sealed(acting: Acting, hub: Hub) -> None:
    given = {
        "village": acting.place.id("Village"),
        "position": "SECRETARY",
        "name": "Siti Aminah",
        "phone": "0812-3456-7890",
        "startedOn": "2021-02-01",
    }
    shape = "official { id name position startedOn inOffice }"
    made = await acting.done("appointOfficial", given, shape, role="VILLAGE_HEAD")
    official = made["official"].pop("id")
    assert made["official"] == {
        "name": "Siti Aminah",
        "position": "SECRETARY",
        "startedOn": "2021-02-01",
        "inOffice": True,
    }
    (row,) = await acting.rows("village_official", id=key_of(official))
    opened = hub.services.keys.open(
        row["phone_sealed"], tenant=acting.place.tenant.id, table="village_official", column="phone", row=row["id"]
    )
    assert opened == b"+6281234567890"
    (entry,) = await acting.rows("journal_entry", object_id=key_of(official))
    assert "Siti" not in str(dict(entry))
    assert entry["subject_id"] == key_of(official)
    assert entry["personal"] is not None


async def test_a_village_has_one_head_at_a_time(acting: Acting) -> None:
    village, secretary = acting.place.id("Village", 1), "SECRETARY"
    sitting = acting.place.id("VillageOfficial", 2)  # a head without dates: always and for ever
    term = {"village": village, "position": "HEAD", "name": "Kades baru", "startedOn": "2024-01-02"}
    assert await acting.refused("appointOfficial", term) == ("HEAD_TERM_OVERLAPS", ["startedOn"])
    ended = await acting.done("endOfficial", {"id": sitting, "endedOn": "2024-01-01"}, "official { endedOn inOffice }")
    assert ended["official"] == {"endedOn": "2024-01-01", "inOffice": False}

    for days in ({"startedOn": "2024-01-01"}, {"startedOn": "2020-01-01", "endedOn": "2020-12-31"}):
        assert await acting.refused("appointOfficial", {**term, **days}) == ("HEAD_TERM_OVERLAPS", ["startedOn"])
    await acting.done("appointOfficial", {**term, "endedOn": "2029-12-31"})
    await acting.done("appointOfficial", {**term, "startedOn": "2030-01-01"})
    await acting.done("appointOfficial", {**term, "position": secretary})
    assert await acting.refused("endOfficial", {"id": sitting}) == ("TERM_ENDED", ["id"])


@pytest.mark.parametrize(
    ("more", "code", "path"),
    [
        ({"phone": "12"}, "PHONE_INVALID", ["phone"]),
        ({"name": ""}, "TEXT_MISSING", ["name"]),
        ({"endedOn": "2019-12-31"}, "TERM_OUT_OF_ORDER", ["endedOn"]),
    ],
)
async def test_a_faulty_term_is_refused(acting: Acting, more: dict[str, Any], code: str, path: list[str]) -> None:
    given = {"village": acting.place.id("Village"), "position": "AFFAIRS_HEAD", "name": "A", "startedOn": "2020-01-01"}
    assert await acting.refused("appointOfficial", {**given, **more}) == (code, path)


async def test_a_term_does_not_end_before_it_began(acting: Acting) -> None:
    given = {"village": acting.place.id("Village"), "position": "BPD_MEMBER", "name": "A", "startedOn": "2020-01-01"}
    made = await acting.done("appointOfficial", given, "official { id }")
    ending = {"id": made["official"]["id"], "endedOn": "2019-12-31"}
    assert await acting.refused("endOfficial", ending) == ("TERM_OUT_OF_ORDER", ["endedOn"])
    stale = {"id": made["official"]["id"], "expectedVersion": 7}
    assert await acting.refused("endOfficial", stale) == ("STALE_VERSION", ["expectedVersion"])


async def test_a_repeated_request_adds_nothing(acting: Acting) -> None:
    given = {"village": acting.place.id("Village"), "name": "Ulang", "idempotencyKey": str(uuid4())}
    first = await acting.payload("addSubVillage", given, "subVillage { id }")
    before = await acting.everything()
    assert await acting.payload("addSubVillage", given, "subVillage { id }") == {**first, "replayed": True}
    assert await acting.everything() == before
    other = await acting.refused("addSubVillage", {**given, "name": "Lain"})
    assert other == ("IDEMPOTENCY_KEY_REUSED", ["idempotencyKey"])
