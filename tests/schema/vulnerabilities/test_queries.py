"""Lists of the vulnerable, and who of them lacks an identity card. The rows are put there as they are long after."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import asyncpg
import pytest
from sqlmodel import SQLModel

from hub.domains.citizens.model import Citizen, Household
from hub.kernel.clock import system_clock
from hub.wiring import Hub
from tests.client import Client
from tests.schema.citizens.stage import Office, open_office
from tests.world import make

TODAY = date.today()  # noqa: DTZ011  # years lie between what is compared
LASTING = make.verified(TODAY - timedelta(9), TODAY + timedelta(300))
LAPSED = make.verified(TODAY - timedelta(400), TODAY - timedelta(35))
OLD, YOUNG, GROWN = TODAY - timedelta(365 * 70), TODAY - timedelta(365 * 10), TODAY - timedelta(365 * 30)
COUNTS = """query ($village: ID) { vulnerableWithoutKtp(village: $village) {
  village { name } withKtp withoutKtp ktpUnknown ageUnknown proposedWithoutKtp elderlyNotProposed
  groups { group withKtp withoutKtp ktpUnknown ageUnknown proposedWithoutKtp } } }"""
NAMES = "nodes { fullName } totalCount"


@pytest.fixture(scope="module")
async def village(hub: Hub, client: Client, owner_dsn: str) -> Office:
    """A kecamatan whose people are these."""
    owner = await asyncpg.connect(owner_dsn)
    try:
        office = await open_office(hub, client, owner, "32.15.28")
    finally:
        await owner.close()
    async with make.unit(hub, office.tenant) as unit:
        for row in people(hub, office):
            await unit.add(row)
    return office


def people(hub: Hub, office: Office) -> Sequence[SQLModel]:
    """The first village has everybody, the second one poor family of a married girl and a boy."""
    tenant, (first, second) = office.tenant, office.villages
    home, poor = make.household(hub, tenant, first.id), make.household(hub, tenant, second.id)
    rows: list[SQLModel] = [home, poor]

    def person(
        name: str, where: Household = home, *, marks: Sequence[tuple[str, dict[str, Any]]] = (), **more: Any
    ) -> None:
        made = make.citizen(hub, tenant, where, name, **{"birth_date": GROWN, "sex": "FEMALE", **more})
        rows.extend(made)
        who = made[0]
        assert isinstance(who, Citizen)
        rows.extend(make.vulnerability(who, group, **state) for group, state in marks)

    without: dict[str, Any] = {"ektp_status": "NOT_YET"}
    person("Tanpa", marks=[("POOR", LASTING), ("DISABLED", LAPSED)], **without)
    person("Punya", marks=[("POOR", LASTING)], ektp_status="KTP_EL", ktp_recording_status="RECORDED")
    person("Diserahkan", marks=[("POOR", LASTING)], ktp_recording_status="CARD_ISSUED")
    person("Baru Direkam", marks=[("POOR", LASTING)], ktp_recording_status="RECORDED")
    person("Tak Tahu", marks=[("POOR", LASTING)])
    person("Tanpa Umur", marks=[("POOR", LASTING)], birth_date=None, **without)
    person("Janda Tanpa Umur", marks=[("POOR", LASTING)], birth_date=None, marital_status="WIDOWED", **without)
    person("Anak", marks=[("CHILD", LASTING)], birth_date=YOUNG, **without)
    person("Usulan", marks=[("DISABLED", {})], **without)
    person("Sudah Berakhir", marks=[("POOR", {"state": "ENDED", "end_reason": "Mampu"})], **without)
    gone: dict[str, Any] = {"ended_at": system_clock().instant, "end_reason": "DIED"}
    person("Meninggal", marks=[("POOR", LASTING)], birth_date=OLD, **without, **gone)
    person("Lansia Diusulkan", marks=[("ELDERLY", {})], birth_date=OLD, ektp_status="KTP_EL")
    person("Lansia", birth_date=OLD, ektp_status="KTP_EL")
    person("Istri Muda", poor, birth_date=TODAY - timedelta(365 * 16), marital_status="MARRIED", **without)
    person("Adik", poor, birth_date=YOUNG, **without)
    rows.append(make.vulnerability(poor, "POOR", **LASTING))
    return rows


def line(**figures: int) -> dict[str, int]:
    """Figures, zero where they are not told."""
    names = ("withKtp", "withoutKtp", "ktpUnknown", "ageUnknown", "proposedWithoutKtp")
    return dict.fromkeys(names, 0) | figures


async def test_people_count_once_in_their_village_and_in_each_group(village: Office) -> None:
    found = (await village.ask(COUNTS))["vulnerableWithoutKtp"]

    first = line(withKtp=2, withoutKtp=3, ktpUnknown=1, ageUnknown=1, proposedWithoutKtp=1)
    assert found == [
        {
            "village": {"name": "Satu"},
            **first,
            "elderlyNotProposed": 1,
            "groups": [
                {"group": "CHILD", **line()},
                {"group": "DISABLED", **line(withoutKtp=1, proposedWithoutKtp=1)},
                {"group": "ELDERLY", **line()},
                {"group": "POOR", **line(withKtp=2, withoutKtp=3, ktpUnknown=1, ageUnknown=1)},
            ],
        },
        {
            "village": {"name": "Dua"},
            **line(withoutKtp=1),
            "elderlyNotProposed": 0,
            "groups": [{"group": "POOR", **line(withoutKtp=1)}],
        },
    ]


async def test_one_village_is_asked_for_and_an_officer_sees_their_own(village: Office) -> None:
    given = {"village": village.village(1)}
    one = (await village.ask(COUNTS, given))["vulnerableWithoutKtp"]
    own = (await village.ask(COUNTS, key=village.officer))["vulnerableWithoutKtp"]
    other = (await village.ask(COUNTS, given, key=village.officer))["vulnerableWithoutKtp"]

    assert [each["village"]["name"] for each in one] == ["Dua"]
    assert [each["village"]["name"] for each in own] == ["Satu"]
    assert [each["withoutKtp"] for each in other] in ([], [0])
    assert (await village.ask(COUNTS, key=village.counter))["vulnerableWithoutKtp"] is None


async def test_the_lists_have_whom_the_counts_count(village: Office) -> None:
    query = f"""{{ pick: pickUpCandidates(first: 20, orderBy: NAME) {{ {NAMES} }}
      old: elderlyCandidates(first: 20) {{ {NAMES} }} }}"""
    found = await village.ask(query)
    assert [each["fullName"] for each in found["pick"]["nodes"]] == [
        "Baru Direkam",
        "Istri Muda",
        "Janda Tanpa Umur",
        "Tanpa",
    ]
    assert found["old"] == {"nodes": [{"fullName": "Lansia"}], "totalCount": 1}


async def test_a_state_as_of_today_is_asked_for(village: Office) -> None:
    query = """query ($status: [VulnerabilityStatus!]) { vulnerabilities(first: 50, status: $status) {
      totalCount nodes { status } } }"""
    seen = {}
    for status in ("PROPOSED", "VERIFIED", "EXPIRED", "ENDED"):
        found = (await village.ask(query, {"status": [status]}))["vulnerabilities"]
        assert {each["status"] for each in found["nodes"]} == {status}
        seen[status] = found["totalCount"]
    assert seen == {"PROPOSED": 2, "VERIFIED": 9, "EXPIRED": 1, "ENDED": 1}
    every = (await village.ask(query, {"status": ["EXPIRED", "VERIFIED"]}))["vulnerabilities"]["totalCount"]
    assert (every, (await village.ask(query))["vulnerabilities"]["totalCount"]) == (10, 13)


async def test_filters_by_village_class_group_and_state(village: Office) -> None:
    query = """query ($village: ID!) { vulnerabilities(first: 50, filter: {
        village: { eq: $village }, groupClass: { eq: SOCIAL_EXCLUSION }, group: { in: [DISABLED, POOR] },
        state: { in: [VERIFIED, PROPOSED] } }) { totalCount countBy(field: STATE) { key count } } }"""
    found = (await village.ask(query, {"village": village.village(0)}))["vulnerabilities"]
    assert found == {
        "totalCount": 2,
        "countBy": [{"key": "PROPOSED", "count": 1}, {"key": "VERIFIED", "count": 1}],
    }


async def test_person_family_and_village_lead_to_their_rows(village: Office) -> None:
    query = """{ villages(first: 9, orderBy: CODE) { nodes { vulnerabilities(first: 9) { totalCount }
      households(first: 9) { nodes { vulnerabilities(first: 9) { nodes { group } } } } } }
      citizens(first: 3, search: "Istri") { nodes { vulnerable vulnerabilities(first: 9) { totalCount } } } }"""
    found = await village.ask(query)
    assert [each["vulnerabilities"]["totalCount"] for each in found["villages"]["nodes"]] == [12, 1]
    assert found["villages"]["nodes"][1]["households"]["nodes"] == [{"vulnerabilities": {"nodes": [{"group": "POOR"}]}}]
    assert found["citizens"]["nodes"] == [{"vulnerable": True, "vulnerabilities": {"totalCount": 0}}]
