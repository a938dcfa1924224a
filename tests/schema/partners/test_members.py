"""Members of organizations and the end of an organization, over HTTP."""

import pytest

from hub.wiring import Hub
from tests.acting import Acting, acting_in, key_of
from tests.client import Client

SHAPE = "member { id function since until citizen { id } organization { id } }"


@pytest.fixture(scope="module")
async def acting(hub: Hub, client: Client, owner_dsn: str) -> Acting:
    """A kecamatan to write in."""
    return await acting_in(hub, client, owner_dsn, "32.14.14", "Anggota", ("32.14.14.2001", "32.14.14.2002"))


async def registered(acting: Acting, name: str) -> str:
    """An organization without members."""
    given = {"name": name, "kind": "YOUTH_GROUP", "level": "KECAMATAN"}
    made = await acting.done("registerPartnerOrganization", given, "partnerOrganization { id }")
    return str(made["partnerOrganization"]["id"])


async def test_a_resident_is_a_member_once_until_it_ends(acting: Acting) -> None:
    organization, citizen = await registered(acting, "Karang Taruna"), acting.place.id("Citizen")
    given = {"organization": organization, "citizen": citizen, "function": "Ketua", "since": "2018-05-11"}
    made = (await acting.done("addPartnerMember", given, SHAPE))["member"]
    member = made.pop("id")
    assert made == {
        "function": "Ketua",
        "since": "2018-05-11",
        "until": None,
        "citizen": {"id": citizen},
        "organization": {"id": organization},
    }
    assert await acting.refused("addPartnerMember", given) == ("MEMBER_EXISTS", ["citizen"])
    early = {"id": member, "until": "2018-05-10"}
    assert await acting.refused("endPartnerMembership", early) == ("MEMBERSHIP_OUT_OF_ORDER", ["until"])
    await acting.done("endPartnerMembership", {"id": member, "until": "2020-01-02"}, SHAPE)
    assert await acting.refused("endPartnerMembership", {"id": member}) == ("MEMBERSHIP_OVER", [])
    await acting.done("addPartnerMember", given, SHAPE)
    (added, ended) = await acting.rows("journal_entry", object_id=key_of(member))
    assert (added["kind"], ended["kind"]) == ("MEMBER_ADDED", "MEMBERSHIP_ENDED")
    assert "Ketua" not in str(dict(added))


async def test_a_village_sees_its_own_members_and_outside_none_is_seen(acting: Acting) -> None:
    organization = await registered(acting, "Kelompok tani")
    for village in acting.place.villages:
        number = next(n for n, each in enumerate(acting.place.rows["Citizen"]) if each.village_id == village.id)
        await acting.done(
            "addPartnerMember", {"organization": organization, "citizen": acting.place.id("Citizen", number)}
        )
    query = "query($id: ID!) { partnerOrganization(id: $id) { members(first: 9) { totalCount } } }"
    for role, count in (("CAMAT", {"totalCount": 2}), ("VILLAGE_HEAD", {"totalCount": 1}), ("FRONT_END", None)):
        found = await acting.client.data(query, {"id": organization}, key=acting.place.keys[role])
        assert found["partnerOrganization"]["members"] == count


async def test_an_organization_that_ended_takes_nobody_in(acting: Acting) -> None:
    organization = await registered(acting, "Sanggar")
    ended = await acting.done(
        "endPartnerOrganization",
        {"id": organization, "reason": "Bubar", "endedOn": "2024-01-02"},
        "partnerOrganization { endedOn endReason }",
    )
    assert ended["partnerOrganization"] == {"endedOn": "2024-01-02", "endReason": "Bubar"}
    given = {"organization": organization, "citizen": acting.place.id("Citizen")}
    assert await acting.refused("addPartnerMember", given) == ("ORGANIZATION_ENDED", ["organization"])
    again = {"id": organization, "reason": "Lagi"}
    assert await acting.refused("endPartnerOrganization", again) == ("ORGANIZATION_ENDED", ["id"])
    query = "query($id: ID!) { partnerOrganization(id: $id) { endedOn endReason } }"
    seen = await acting.client.data(query, {"id": organization}, key=acting.place.keys["FRONT_END"])
    assert seen["partnerOrganization"] == {"endedOn": "2024-01-02", "endReason": None}
