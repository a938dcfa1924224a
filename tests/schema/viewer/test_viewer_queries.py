"""Who is asking."""

from hub.tenants.permissions import ROLES, Permission, Role
from tests.client import Client
from tests.world.build import World

WHO = "{ viewer { role reader permissions villages { name } organization { name } tenants { code name kind } } }"


def permissions(role: Role) -> list[str]:
    """In the order of the enum."""
    return [each.value for each in Permission if each in ROLES[role]]


async def test_an_official_learns_role_rights_and_tenant(client: Client, world: World) -> None:
    found = await client.data(WHO, key=world.takisung.keys["CAMAT"])
    assert found["viewer"] == {
        "role": "CAMAT",
        "reader": "hub_api",
        "permissions": permissions(Role.CAMAT),
        "villages": [],
        "organization": None,
        "tenants": [{"code": "63.01.01", "name": "Takisung", "kind": "KECAMATAN"}],
    }


async def test_a_village_head_learns_the_village(client: Client, world: World) -> None:
    found = await client.data("{ viewer { villages { id name } } }", key=world.takisung.keys["VILLAGE_HEAD"])
    assert found["viewer"] == {"villages": [{"id": world.takisung.id("Village"), "name": "Takisung 0"}]}


async def test_a_partner_organization_learns_for_whom_it_acts(client: Client, world: World) -> None:
    found = await client.data(WHO, key=world.takisung.keys["PARTNER_ORG"])
    assert found["viewer"]["organization"] == {"name": "PKK Takisung"}
    assert found["viewer"]["reader"] == "hub_outside"


async def test_an_agency_sees_every_kecamatan_of_its_region(client: Client, world: World) -> None:
    found = await client.data("{ viewer { tenants { code } } }", key=world.agency_key)
    assert {"63.01.01", "63.11.02"} <= {each["code"] for each in found["viewer"]["tenants"]}


async def test_nobody_in_particular_is_anonymous(client: Client, world: World) -> None:
    query = "{ viewer { role grantId permissions tenants { code } villages { name } grants { id } } }"
    assert await client.data(query) == {
        "viewer": {
            "role": "ANONYMOUS",
            "grantId": None,
            "permissions": ["READ_PUBLISHED", "ANSWER_SURVEY"],
            "tenants": [],
            "villages": [],
            "grants": [],
        }
    }
    named = await client.ask("{ viewer { tenants { code timeZone } } }", hub_tenant="63.01.01")
    assert named["data"]["viewer"] == {"tenants": [{"code": "63.01.01", "timeZone": "Asia/Makassar"}]}


async def test_the_own_grant_is_listed_with_its_reason(client: Client, world: World) -> None:
    query = """{ viewer { grantId grants {
        id role tenant region reason startsOn endsOn actingFor current village { name } organization { name }
    } } }"""
    viewer = (await client.data(query, key=world.takisung.keys["VILLAGE_HEAD"]))["viewer"]
    assert viewer["grants"] == [
        {
            "id": viewer["grantId"],
            "role": "VILLAGE_HEAD",
            "tenant": "63.01.01",
            "region": None,
            "reason": "test",
            "startsOn": "2020-01-01",
            "endsOn": None,
            "actingFor": None,
            "current": True,
            "village": {"name": "Takisung 0"},
            "organization": None,
        }
    ]


async def test_purpose_request_and_language_come_back(client: Client, world: World) -> None:
    response = await client.post(
        {"query": "{ viewer { purpose requestId language hubVersion } }"},
        key=world.takisung.keys["CAMAT"],
        hub_purpose="audit",
        accept_language="en",
    )
    assert response.json()["data"]["viewer"] == {
        "purpose": "audit",
        "requestId": response.headers["x-request-id"],
        "language": "en",
        "hubVersion": "0.1.0",
    }


async def test_limits_are_told(client: Client) -> None:
    found = await client.data("{ viewer { limits { depth pageSize bodyBytes changes idempotencyDays } } }")
    assert found["viewer"]["limits"] == {
        "depth": 12,
        "pageSize": 100,
        "bodyBytes": 262144,
        "changes": 500,
        "idempotencyDays": 7,
    }


async def test_the_same_query_goes_well_beside_others(client: Client, world: World) -> None:
    """All root fields share one connection."""
    query = """{
        a: viewer { tenants { name } villages { name } }
        b: viewer { tenants { name } }
        villages(first: 1) { totalCount }
    }"""
    found = await client.data(query, key=world.takisung.keys["CAMAT"])
    assert found["a"]["tenants"] == found["b"]["tenants"] == [{"name": "Takisung"}]
    assert found["villages"] == {"totalCount": 2}
