"""Proposing, verifying and ending vulnerabilities over HTTP, and who is told their details."""

from datetime import date, timedelta
from typing import Any

import asyncpg
import pytest

from hub.kernel.ids import decode
from hub.tenants import administration as admin
from hub.tenants.administration import entered
from hub.tenants.permissions import Role
from tests.schema.citizens.stage import Office
from tests.schema.vulnerabilities.stage import act, done, proposed, refused, tell, verified
from tests.world.build import key_for

TODAY = date.today()  # noqa: DTZ011  # the server's day; nothing here minds one more or less
LONG_AGO = "1950-03-04"


@pytest.fixture
async def person(office: Office) -> Any:
    """A woman of seventy-odd."""
    return await office.citizen(await office.household(), "HEAD", "Aminah", birthDate=LONG_AGO)


async def journal(owner: asyncpg.Connection, office: Office, row: Any) -> list[Any]:
    """The entries about a vulnerability."""
    key = decode(row["id"])
    assert key is not None
    async with entered(owner, office.tenant.id):
        return list(await owner.fetch("select * from journal_entry where object_id = $1 order by id", key.key))


async def test_a_village_proposes_the_office_verifies_and_ends_it(
    office: Office, person: Any, owner: asyncpg.Connection
) -> None:
    made = await proposed(office, person, "ELDERLY", key=office.officer)
    assert (made["status"], made["groupClass"], made["proposedRole"]) == (
        "PROPOSED",
        "SERVICE_PRIORITY",
        "VILLAGE_OFFICER",
    )
    held = await verified(office, made)
    assert (held["status"], held["verifiedRole"], held["version"]) == ("VERIFIED", "CAMAT", 2)
    assert timedelta(364) <= date.fromisoformat(held["verifiedUntil"]) - TODAY <= timedelta(368)

    over = await done(
        office, "endVulnerability", vulnerability=made["id"], expectedVersion=2, on=str(TODAY), reason="Pindah"
    )
    assert (over["status"], over["endReason"], over["until"]) == ("ENDED", "Pindah", str(TODAY))

    entries = await journal(owner, office, made)
    assert [each["kind"] for each in entries] == [
        "VULNERABILITY_PROPOSED",
        "VULNERABILITY_VERIFIED",
        "VULNERABILITY_END_RECORDED",
    ]
    assert "ELDERLY" not in str([dict(each) for each in entries])


async def test_a_family_is_proposed_and_the_journal_has_no_group_of_it(
    office: Office, owner: asyncpg.Connection
) -> None:
    home, _ = await office.family("HEAD")
    made = await done(office, "proposeVulnerability", household=home["id"], group="POOR", since="2026-01-05")
    assert (made["citizen"], made["household"]["id"]) == (None, home["id"])
    (entry,) = await journal(owner, office, made)
    assert (entry["personal"], entry["fields"]) == (None, ["group", "since", "until"])
    assert "POOR" not in str(dict(entry))


async def test_exactly_one_of_person_and_family(office: Office, person: Any) -> None:
    given = {"group": "POOR", "since": "2026-01-05"}
    assert await refused(office, "proposeVulnerability", **given) == ("ONE_OF_NEEDED", ["citizen"])
    both = {"citizen": person["id"], "household": person["household"]["id"], **given}
    assert await refused(office, "proposeVulnerability", **both) == ("ONE_OF_NEEDED", ["citizen"])


@pytest.mark.parametrize("group", ["ETHNIC_MINORITY", "RELIGIOUS_MINORITY", "MINORITY_NO_FORMAL_WORK"])
async def test_minorities_are_not_kept_of_anybody(office: Office, person: Any, group: str) -> None:
    given = {"citizen": person["id"], "group": group, "since": "2026-01-05"}
    assert await refused(office, "proposeVulnerability", **given) == ("MINORITY_NOT_KEPT", ["group"])


@pytest.mark.parametrize(
    ("group", "about"),
    [
        ("ELDERLY", {"birthDate": "1990-05-17"}),
        ("CHILD", {"birthDate": "1990-05-17"}),
        ("TODDLER", {"birthDate": "2016-05-17"}),
        ("INFANT", {"birthDate": "2022-05-17"}),
        ("ORPHAN", {"birthDate": "1990-05-17"}),
        ("PREGNANT", {"sex": "MALE"}),
        ("WIDOW_HEAD", {"maritalStatus": "MARRIED"}),
    ],
)
async def test_what_the_register_contradicts_is_refused(office: Office, group: str, about: dict[str, Any]) -> None:
    who = await office.citizen(await office.household(), "HEAD", "Seseorang", **about)
    given = {"citizen": who["id"], "group": group, "since": "2026-01-05"}
    assert await refused(office, "proposeVulnerability", **given) == ("GROUP_UNFIT", ["group"])


@pytest.mark.parametrize("group", ["ELDERLY", "PREGNANT", "WIDOW_HEAD", "CHILD", "DISABLED"])
async def test_what_is_not_known_speaks_against_nothing(office: Office, group: str) -> None:
    who = await office.citizen(await office.household(), "HEAD", "Tanpa Tanggal")
    assert (await proposed(office, who, group))["group"] == group


async def test_a_family_is_not_pregnant(office: Office) -> None:
    home, _ = await office.family("HEAD")
    given = {"household": home["id"], "group": "PREGNANT", "since": "2026-01-05"}
    assert await refused(office, "proposeVulnerability", **given) == ("GROUP_UNFIT", ["group"])


async def test_once_in_a_group_until_it_ends(office: Office, person: Any) -> None:
    first = await proposed(office, person)
    again = {"citizen": person["id"], "group": "POOR", "since": "2026-01-05"}
    assert await refused(office, "proposeVulnerability", **again) == ("VULNERABILITY_EXISTS", ["group"])
    await done(
        office, "endVulnerability", vulnerability=first["id"], expectedVersion=1, on="2026-02-01", reason="Mampu"
    )
    assert (await proposed(office, person))["status"] == "PROPOSED"
    over = {"vulnerability": first["id"], "expectedVersion": 2}
    assert await refused(office, "verifyVulnerability", **over) == ("VULNERABILITY_ENDED", ["vulnerability"])


async def test_days_that_cannot_be_are_refused(office: Office, person: Any) -> None:
    given: dict[str, Any] = {"citizen": person["id"], "group": "POOR"}
    tomorrow = str(TODAY + timedelta(2))
    found = [
        await refused(office, "proposeVulnerability", **given, since=tomorrow),
        await refused(office, "proposeVulnerability", **given, since="2026-01-05", until="2026-01-04"),
    ]
    made = await proposed(office, person, until="2026-02-01")
    row = {"vulnerability": made["id"], "expectedVersion": 1}
    found += [
        await refused(office, "verifyVulnerability", **row),
        await refused(office, "endVulnerability", **row, on=tomorrow, reason="x"),
        await refused(office, "endVulnerability", **row, on="2026-01-04", reason="x"),
    ]
    assert found == [
        ("DATE_IN_FUTURE", ["since"]),
        ("UNTIL_BEFORE_SINCE", ["until"]),
        ("UNTIL_PAST", ["until"]),
        ("DATE_IN_FUTURE", ["on"]),
        ("UNTIL_BEFORE_SINCE", ["on"]),
    ]
    near = str(TODAY + timedelta(30))
    assert (await verified(office, made, until=near))["verifiedUntil"] == near


async def test_a_village_takes_back_what_it_proposed_and_not_what_was_verified(office: Office, person: Any) -> None:
    mine = await proposed(office, person, key=office.officer)
    row: dict[str, Any] = {"vulnerability": mine["id"], "on": "2026-02-01", "reason": "Keliru"}
    assert (await done(office, "endVulnerability", key=office.officer, **row, expectedVersion=1))["state"] == "ENDED"

    other = await verified(office, await proposed(office, person, "UNABLE_TO_WORK", key=office.officer))
    row = {"vulnerability": other["id"], "on": "2026-02-01", "reason": "Keliru", "expectedVersion": 2}
    assert await refused(office, "endVulnerability", key=office.officer, **row) == (
        "VERIFIED_ALREADY",
        ["vulnerability"],
    )
    verify = {"vulnerability": other["id"], "expectedVersion": 2}
    assert await refused(office, "verifyVulnerability", key=office.officer, **verify) == ("FORBIDDEN", [])


async def test_an_old_version_is_refused_and_a_key_repeated_does_it_once(office: Office, person: Any) -> None:
    made = await proposed(office, person)
    await verified(office, made)
    stale = {"vulnerability": made["id"], "expectedVersion": 1}
    assert await refused(office, "verifyVulnerability", **stale) == ("STALE_VERSION", ["expectedVersion"])

    again = {"vulnerability": made["id"], "expectedVersion": 2, "idempotencyKey": f"v-{made['id'][:30]}"}
    first, second = [(await act(office, "verifyVulnerability", **again))["vulnerability"] for _ in range(2)]
    assert (first["version"], second["version"]) == (3, 3)


async def test_nobody_proposes_in_another_village_or_for_who_is_gone(office: Office) -> None:
    there = await office.citizen(await office.household(village=1), "HEAD", "Jauh")
    given = {"citizen": there["id"], "group": "POOR", "since": "2026-01-05"}
    assert await refused(office, "proposeVulnerability", key=office.officer, **given) == ("NOT_FOUND", ["citizen"])
    assert await refused(office, "proposeVulnerability", key=office.counter, **given) == ("FORBIDDEN", [])


async def test_the_detail_is_told_for_a_purpose_to_who_may_see_it(
    office: Office, person: Any, owner: asyncpg.Connection
) -> None:
    made = await proposed(office, person, "DISABLED", detail="Tuna daksa")
    assert made["hasDetail"] is True

    assert await tell(office, office.camat, made) == {"detail": "Tuna daksa", "userErrors": []}
    assert await tell(office, office.officer, made) == {
        "detail": None,
        "userErrors": [{"code": "FORBIDDEN", "path": []}],
    }
    assert await tell(office, office.camat, made, purpose=" ") == {
        "detail": None,
        "userErrors": [{"code": "TEXT_MISSING", "path": ["purpose"]}],
    }

    entries = await journal(owner, office, made)
    assert [(each["kind"], each["purpose"]) for each in entries[1:]] == [
        ("VULNERABILITY_DETAIL_TOLD", "Alat bantu gerak")
    ]
    async with entered(owner, office.tenant.id):
        stored = await owner.fetchval("select detail_sealed from vulnerability where detail_sealed is not null")
    assert b"Tuna" not in stored


async def test_who_may_not_see_details_does_not_write_them(office: Office, person: Any) -> None:
    given = {"citizen": person["id"], "group": "DISABLED", "since": "2026-01-05", "detail": "Tuna netra"}
    assert await refused(office, "proposeVulnerability", key=office.officer, **given) == (
        "DETAIL_FORBIDDEN",
        ["detail"],
    )


async def test_a_counter_sees_that_somebody_comes_first_and_not_why(
    office: Office, person: Any, owner: asyncpg.Connection
) -> None:
    made = await verified(office, await proposed(office, person))
    query = """query ($id: ID!, $row: ID!) { vulnerability(id: $row) { id } node(id: $row) { id }
      vulnerabilities(first: 1) { totalCount }
      citizen(id: $id) { vulnerable vulnerabilities(first: 1) { totalCount } } }"""
    given = {"id": person["id"], "row": made["id"]}

    found = await office.ask(query, given, key=office.counter)

    assert found == {
        "vulnerability": None,
        "node": None,
        "vulnerabilities": None,
        "citizen": {"vulnerable": True, "vulnerabilities": None},
    }
    machine = await key_for(owner, office.tenant, Role.INTEGRATION)
    assert (await office.ask(query, given, key=machine))["citizen"] == {"vulnerable": None, "vulnerabilities": None}
    head = await key_for(owner, office.tenant, Role.VILLAGE_HEAD, on=admin.On(village_id=office.villages[1].id))
    assert (await office.ask(query, given, key=head))["node"] is None
