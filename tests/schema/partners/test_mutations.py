"""Partner organizations over HTTP."""

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
    return await acting_in(hub, client, owner_dsn, "63.01.05", "Bati Bati", ("63.01.05.2001", "63.01.05.2002"))


async def test_an_organization_is_registered_and_its_contact_kept(acting: Acting, hub: Hub) -> None:
    given = {
        "name": "Kwaran  Pramuka",
        "kind": "PRAMUKA",
        "level": "KECAMATAN",
        "unitName": "Kwaran",
        "contactName": "Ahmad",
        "phone": "081234567890",
        "informationPartner": True,
    }
    shape = "partnerOrganization { id name kind level unitName contactName informationPartner village { name } }"
    made = (await acting.done("registerPartnerOrganization", given, shape))["partnerOrganization"]
    organization = made.pop("id")
    assert made == {
        "name": "Kwaran Pramuka",
        "kind": "PRAMUKA",
        "level": "KECAMATAN",
        "unitName": "Kwaran",
        "contactName": "Ahmad",
        "informationPartner": True,
        "village": None,
    }
    (row,) = await acting.rows("partner_organization", id=key_of(organization))
    place = {"tenant": acting.place.tenant.id, "table": "partner_organization", "column": "phone", "row": row["id"]}
    assert hub.services.keys.open(row["phone_sealed"], **place) == b"+6281234567890"
    (entry,) = await acting.rows("journal_entry", object_id=key_of(organization))
    assert "Ahmad" not in str(dict(entry))
    assert (entry["kind"], list(entry["parties"])) == ("PARTNER_REGISTERED", [row["id"]])


async def test_an_organization_of_a_village_has_that_village(acting: Acting) -> None:
    village = acting.place.id("Village")
    given = {"name": "Karang Taruna Satu", "kind": "KARANG_TARUNA", "level": "VILLAGE", "village": village}
    made = await acting.done(
        "registerPartnerOrganization", given, "partnerOrganization { village { id } informationPartner }"
    )
    assert made["partnerOrganization"] == {"village": {"id": village}, "informationPartner": False}


@pytest.mark.parametrize(
    ("more", "code", "path"),
    [
        ({"level": "VILLAGE"}, "LEVEL_AND_VILLAGE_DISAGREE", ["village"]),
        ({"name": "PKK Bati Bati"}, "ORGANIZATION_EXISTS", ["name"]),
        ({"name": ""}, "TEXT_MISSING", ["name"]),
        ({"phone": "nomor"}, "PHONE_INVALID", ["phone"]),
    ],
)
async def test_a_faulty_organization_is_refused(
    acting: Acting, more: dict[str, Any], code: str, path: list[str]
) -> None:
    given = {"name": "Bank", "kind": "BANK", "level": "KECAMATAN", **more}
    assert await acting.refused("registerPartnerOrganization", given) == (code, path)


async def test_a_kecamatan_level_organization_has_no_village(acting: Acting) -> None:
    given = {"name": "Bank", "kind": "BANK", "level": "KECAMATAN", "village": acting.place.id("Village")}
    answer = await acting.refused("registerPartnerOrganization", given)
    assert answer == ("LEVEL_AND_VILLAGE_DISAGREE", ["village"])


async def test_foreign_villages_and_those_that_never_were_answer_alike(acting: Acting, world: World) -> None:
    unknown = GlobalId("Village", acting.place.tenant.id, uuid4()).encode()
    for village in (unknown, world.halong.id("Village")):
        given = {"name": "LKD", "kind": "LKD", "level": "VILLAGE", "village": village}
        assert await acting.refused("registerPartnerOrganization", given) == ("NOT_FOUND", ["village"])


async def test_an_organization_is_changed_and_its_contact_forgotten(acting: Acting) -> None:
    given = {
        "name": "KUB Nelayan",
        "kind": "FISHER_GROUP",
        "level": "KECAMATAN",
        "contactName": "A",
        "phone": "081234567890",
    }
    shape = "partnerOrganization { id name kind contactName version }"
    made = (await acting.done("registerPartnerOrganization", given, shape))["partnerOrganization"]
    changing = {"id": made["id"], "expectedVersion": 1, "name": "KUB Bahari", "contactName": None, "phone": None}
    changed = (await acting.done("updatePartnerOrganization", changing, shape))["partnerOrganization"]
    assert changed == {**made, "name": "KUB Bahari", "contactName": None, "version": 2}
    (row,) = await acting.rows("partner_organization", id=key_of(made["id"]))
    assert row["phone_sealed"] is None
    assert await acting.refused("updatePartnerOrganization", changing) == ("STALE_VERSION", ["expectedVersion"])
    taken = {**changing, "expectedVersion": 2, "name": "PKK Bati Bati"}
    assert await acting.refused("updatePartnerOrganization", taken) == ("ORGANIZATION_EXISTS", ["name"])
    emptied = {**changing, "expectedVersion": 2, "kind": None}
    assert await acting.refused("updatePartnerOrganization", emptied) == ("VALUE_MISSING", ["kind"])


@pytest.mark.parametrize("role", ["VILLAGE_HEAD", "KEC_COUNTER", "PARTNER_ORG", "INTEGRATION"])
async def test_roles_without_the_right_are_refused(acting: Acting, role: str) -> None:
    given = {"name": "Bank", "kind": "BANK", "level": "KECAMATAN"}
    assert await acting.refused("registerPartnerOrganization", given, role=role) == ("FORBIDDEN", [])
