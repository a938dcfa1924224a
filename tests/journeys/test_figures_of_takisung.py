"""Takisung's figures of 2018 over HTTP: charters signed and a plan forwarded by the mutations, counted by the worker,
read by each of their readers. What is not known is null, never zero.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from hub.domains.partners.model import PartnerOrganization
from hub.domains.reports.catalogue import REPORTS
from hub.kernel.ids import GlobalId
from hub.tenants import administration as admin
from hub.tenants.permissions import Role
from hub.wiring import Hub
from tests.client import Client
from tests.domains.reports.stage import Stage, opened
from tests.world import make
from tests.world.build import key_for

KNOWN, UNKNOWN = "32.15.22", "32.13.16"
PROFILE: dict[str, Any] = {
    "area_km2": Decimal("343.00"),
    "village_count": 12,
    "kelurahan_count": 0,
    "population": 31_020,
    "household_count": 9_379,
    "house_count": 9_187,
    "houses_with_permit": 127,
    "civil_servant_count": 22,
    "new_village_heads": 7,
}
CODES = ("R-01", "R-02", "R-03", "R-05", "R-26", "R-27")
VILLAGES = ("VILLAGE_OFFICER", "VILLAGE_HEAD")  # of reports they read what is counted for their village
READERS = ("KEC_COUNTER", "KEC_SECTION_HEAD", "KEC_SECRETARY", "CAMAT", "INTEGRATION")
OTHERS = ("PARTNER_ORG",)
REPORT = """query ($code: String!) { report(code: $code) {
  rows { dimensions { name } cells { column numerator denominator value } }
  totals { cells { column value } } totalsWithPartial { cells { column value } }
  tenantsIncluded { code partial } tenantsMissing { code reason } } }"""
PARTNERS = ("Kwaran Pramuka", "KNPI", "Karang Taruna")
PLAN: dict[str, Any] = {
    "title": "Care Mobile",
    "year": 2018,
    "backgroundWhy": "Warga jauh dari kantor.",
    "backgroundWhat": "Layanan keliling.",
    "backgroundHow": "Dengan mobil dan jadwal tetap.",
    "goalsBenefits": "Dokumen sampai ke warga.",
    "items": [
        {
            "activity": "Jemput bola lansia",
            "startsOn": "2018-04-02",
            "endsOn": "2018-06-30",
            "output": "Dokumen kependudukan",
            "responsible": "Kepala Seksi Pelayanan",
            "target": "2",
            "unit": "PERSON",
        }
    ],
}
NOTHING = {"numerator": None, "denominator": None, "value": None}
# Report, dimensions of the row, figure: its parts and its value.
FIGURES = [
    ("R-01", (), "coverage", "127", "9187", "1.38"),
    ("R-02", (), "residentsPerServant", "31020", "22", "1410.00"),
    ("R-03", (), "density", "31020", "343.00", "90.44"),
    ("R-03", (), "personsPerHousehold", "31020", "9379", "3.31"),
    ("R-03", (), "housesPerHousehold", "9187", "9379", "0.98"),
    ("R-03", (), "newVillageHeads", "7", "12", "58.33"),
    ("R-05", ("C1", ""), "planned", "5", "4", "125.00"),
    ("R-05", ("C2", ""), "signed", "8", "9", "88.89"),
    ("R-05", ("C2", "Karang Taruna"), "unsigned", "1", None, "1"),
    ("R-26", ("2018",), "forwarded", "1", "1", "100.00"),
]


@dataclass
class Desk:
    """A kecamatan, and keys of those who read there."""

    client: Client
    stage: Stage
    keys: dict[str, str]
    pkk: PartnerOrganization

    async def do(self, name: str, shape: str, *, kind: str = "", role: str = "CAMAT", **given: Any) -> Any:
        """The payload of a mutation that must succeed."""
        of = kind or f"{name[0].upper()}{name[1:]}Input"
        query = f"mutation ($input: {of}!) {{ {name}(input: $input) {{ {shape} userErrors {{ code path }} }} }}"
        sent = {"input": {"idempotencyKey": str(uuid4()), **given}}
        found = (await self.client.data(query, sent, key=self.keys[role]))[name]
        assert found["userErrors"] == [], found
        return found

    async def report(self, code: str, role: str) -> Any:
        """A report as a role reads it."""
        return (await self.client.data(REPORT, {"code": code}, key=self.keys[role]))["report"]

    def id(self, type_name: str, row: Any) -> str:
        """The global id of a row."""
        return GlobalId(type_name, self.stage.tenant.id, row.id).encode()


async def desk_in(hub: Hub, client: Client, owner: asyncpg.Connection, code: str) -> Desk:
    """A kecamatan with two villages and nothing else."""
    stage = await opened(hub, owner, code)
    pkk = make.partner(stage.tenant, "PKK")
    await stage.add(pkk)
    targets = {
        "VILLAGE_OFFICER": admin.On(village_id=stage.villages[0].id),
        "VILLAGE_HEAD": admin.On(village_id=stage.villages[0].id),
        "PARTNER_ORG": admin.On(organization_id=pkk.id),
    }
    keys = {
        role: await key_for(owner, stage.tenant, Role(role), on=targets.get(role, admin.On()))
        for role in (*VILLAGES, *READERS, *OTHERS)
    }
    return Desk(client, stage, keys, pkk)


@pytest.fixture(scope="module")
async def known(hub: Hub, client: Client, owner_dsn: str) -> AsyncIterator[Desk]:
    """Takisung's profile; five heads sign C1 of four planned, Karang Taruna does not sign C2, the plan is forwarded."""
    owner = await asyncpg.connect(owner_dsn)
    desk = await desk_in(hub, client, owner, KNOWN)
    stage = desk.stage
    more = [make.village(stage.tenant, f"{KNOWN}.200{n}", f"Desa {n}") for n in (3, 4, 5)]
    partners = [desk.pkk, *(make.partner(stage.tenant, name) for name in PARTNERS)]
    await stage.add(make.profile(stage.tenant, stage.office, 2018, **PROFILE), *more, *partners[1:])
    heads = [{"village": desk.id("Village", each)} for each in (*stage.villages, *more)]
    groups = [{"organization": desk.id("PartnerOrganization", each)} for each in partners]
    await signed(desk, "C1", heads, planned=4)
    await signed(desk, "C2", [*heads, *groups], but=1)
    await forwarded(desk)
    for code in CODES:
        await stage.recount(code)
    yield desk
    await owner.close()


async def signed(desk: Desk, title: str, parties: list[Any], *, but: int = 0, planned: int | None = None) -> None:
    """A charter that all parties sign but the last so many."""
    given: dict[str, Any] = {
        "type": "CHARTER",
        "title": title,
        "object": "Pelayanan",
        "plannedOn": "2018-04-12",
        "parties": parties,
    }
    shape = "commitment { id parties(first: 20) { nodes { id } } }"
    made = (await desk.do("createCommitment", shape, **given, plannedParties=planned))["commitment"]
    for step in ("recordAgreement", "requestSignatures"):
        await desk.do(step, "commitment { id }", kind="CommitmentStepInput", id=made["id"])
    chosen = made["parties"]["nodes"][: len(parties) - but]
    for each in chosen:
        who = {"signatoryName": "Pejabat Contoh", "signatoryPosition": "Ketua", "signedOn": "2018-04-17"}
        await desk.do("signCommitment", "party { id }", party=each["id"], **who)


async def forwarded(desk: Desk) -> None:
    """A plan on its whole way to the district."""
    made = await desk.do("createActionPlan", "actionPlan { id }", role="KEC_SECTION_HEAD", **PLAN)
    plan = made["actionPlan"]["id"]
    await desk.do("submitActionPlan", "actionPlan { id }", kind="ActionPlanStepInput", id=plan)
    who = {"signatoryName": "Camat Contoh", "signatoryPosition": "Camat", "place": "Takisung"}
    await desk.do("signActionPlan", "actionPlan { id }", id=plan, **who)
    told = await desk.do("forwardActionPlan", "actionPlan { state }", id=plan, forwardedTo="Bupati Tanah Laut")
    assert told["actionPlan"]["state"] == "FORWARDED"


@pytest.mark.parametrize(("code", "row", "figure", "over", "under", "value"), FIGURES)
async def test_a_figure_is_exact_for_each_of_its_readers(
    known: Desk, code: str, row: tuple[str, ...], figure: str, over: str, under: str | None, value: str
) -> None:
    assert [each.value for each in REPORTS[code].readers] == [*VILLAGES, *READERS]
    for role in READERS:
        found = await known.report(code, role)
        cells = {
            (tuple(part["name"] for part in line["dimensions"]), cell["column"]): cell
            for line in found["rows"]
            for cell in line["cells"]
        }
        told = cells[(row, figure)]
        assert (told["numerator"], told["denominator"], told["value"]) == (over, under, value), role


@pytest.mark.parametrize("code", CODES)
async def test_what_is_the_kecamatans_is_told_to_no_village_and_no_partner(known: Desk, code: str) -> None:
    for role in VILLAGES:
        found = await known.report(code, role)
        assert (found["rows"], found["totals"], found["totalsWithPartial"]) == ([], [], []), role
    for role in OTHERS:
        assert await known.report(code, role) is None


async def test_the_gap_of_c2_names_karang_taruna_to_whoever_asks_for_it(known: Desk) -> None:
    query = """{ commitments(first: 5, orderBy: TITLE) { nodes { title plannedParties parties(first: 20) { totalCount }
      missingSignatures(first: 9) { nodes { party { ... on PartnerOrganization { name } } } } } }
      commitmentGaps(first: 9) { nodes { commitment { title } party { ... on PartnerOrganization { name } } } } }"""
    gap = [{"party": {"name": "Karang Taruna"}}]
    for role in READERS:
        told = await known.client.data(query, key=known.keys[role])
        assert told["commitments"]["nodes"] == [
            {"title": "C1", "plannedParties": 4, "parties": {"totalCount": 5}, "missingSignatures": {"nodes": []}},
            {"title": "C2", "plannedParties": None, "parties": {"totalCount": 9}, "missingSignatures": {"nodes": gap}},
        ], role
        assert told["commitmentGaps"]["nodes"] == [{"commitment": {"title": "C2"}, **gap[0]}], role


async def test_a_kecamatan_that_told_nothing_is_missing_and_nowhere_zero(
    hub: Hub, client: Client, owner: asyncpg.Connection
) -> None:
    desk = await desk_in(hub, client, owner, UNKNOWN)
    before = await desk.report("R-01", "CAMAT")
    assert before["tenantsMissing"] == [{"code": UNKNOWN, "reason": "NOT_COUNTED"}]
    for code in CODES:
        await desk.stage.recount(code)
    for code in sorted({*CODES} - {"R-26"}):
        found = await desk.report(code, "CAMAT")
        assert found["tenantsMissing"] == [{"code": UNKNOWN, "reason": "NO_DATA"}], code
        assert (found["tenantsIncluded"], found["totals"], found["totalsWithPartial"]) == ([], [], []), code
        assert {tuple(cell[part] for part in NOTHING) for row in found["rows"] for cell in row["cells"]} <= {
            (None, None, None)
        }, code
    nobody_forwards = (await desk.report("R-26", "CAMAT"))["totals"]  # of this year the office knows: none of one
    assert nobody_forwards == [{"cells": [{"column": "forwarded", "value": "0.00"}]}]


async def test_a_village_that_told_nothing_is_not_zero_and_its_kecamatan_is_in_no_whole_total(
    hub: Hub, client: Client, owner: asyncpg.Connection
) -> None:
    desk = await desk_in(hub, client, owner, "32.15.24")
    stage = desk.stage
    await stage.add(make.house(stage.tenant, stage.villages[0].id, has_permit=False))
    await stage.recount("R-01")
    found = await desk.report("R-01", "CAMAT")
    none = {"column": "coverage", **NOTHING}
    assert [row["cells"] for row in found["rows"]] == [
        [{"column": "coverage", "numerator": "0", "denominator": "1", "value": "0.00"}],
        [none],
    ]
    assert found["totals"] == []
    assert found["totalsWithPartial"] == [{"cells": [{"column": "coverage", "value": "0.00"}]}]
    assert found["tenantsIncluded"] == [{"code": "32.15.24", "partial": True}]
