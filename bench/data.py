"""The measured register: 200 kecamatan of 20 villages with 2,500 people each, the same rows on every machine.

Made once by the owner through the tables' own ways and kept in a data folder; a second run only starts the server.
Names and numbers are drawn; nobody in here exists.
"""

import hashlib
import itertools
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any, TypeAlias
from uuid import UUID

import asyncpg
import orjson

from bench import civic
from bench.civic import Row
from hub.domains.citizens.model import Citizen, CitizenNameToken, Household
from hub.domains.commitments.model import Commitment, CommitmentParty
from hub.domains.houses.model import BuildingPermit, House
from hub.domains.kecamatan.model import Kecamatan
from hub.domains.regions import loader
from hub.domains.villages.model import Village
from hub.kernel import names
from hub.kernel.clock import system_clock
from hub.kernel.scope import TenantRef, Zone
from hub.means import dsn_for
from hub.store import migrate
from hub.store.bulk import insert_many
from hub.store.unit import Unit
from hub.tenants import administration as admin
from hub.tenants import keyfile
from hub.tenants.model import KeyKind, PrincipalKind, Tenant, TenantKind
from hub.tenants.permissions import Role

DATABASE = "bench"
VERSION = 3  # of the rows below; a folder of another version is refused
EIGHT, VILLAGES, COMMITMENTS_A_ROUND, ROUNDS = 8, 20, 10, 5
_KECAMATAN_CODE = len("63.01.01")
Office: TypeAlias = tuple[str, str, list[tuple[str, str]]]  # code, name, villages
Regency: TypeAlias = tuple[str, list[Office]]
BEGAN = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
TODAY = date(2026, 1, 2)


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_FIRST = _words(
    "Ahmad Aminah Arif Asih Bambang Budi Citra Dewi Dian Eka Endang Fajar Fitri Galih Gita Hadi Hasan Hendra "
    "Ika Indah Irfan Joko Kartika Lestari Lina Made Maya Mega Muhammad Nur Nurul Putri Rahmat Ratna Rizki Sari "
    "Siti Sri Taufik Wahyu"
)
_LAST = _words(
    "Abdullah Anggraini Arifin Astuti Fadilah Firmansyah Gunawan Halim Handayani Hartono Hidayat Ismail "
    "Kurniawan Kusuma Lubis Maharani Mahendra Maulana Nasution Nugroho Permata Pratama Purnama Puspita Rahman "
    "Ramadhan Safitri Salim Santoso Saputra Setiawan Siregar Subekti Sulaiman Suryani Susanto Utami Wibowo "
    "Wijaya Yusuf"
)
_MIDDLE = ("", "", "", *_words("Adi Agus Ayu Bayu Dwi Eko Hana Ilham Laras Nia Oka Rani Tri Umar Vina Yoga Zaki"))
_OCCUPATIONS = ("FARMER", "HOMEMAKER", "STUDENT", "TRADER", "CIVIL_SERVANT", "PRIVATE_EMPLOYEE", "FISHER", None)


@dataclass(frozen=True, slots=True)
class Register:
    """What the operations need of the filled database."""

    version: int
    tenants: int
    people: int
    camats: list[tuple[int, str]]  # (tenant, key of its camat)
    agencies: list[tuple[list[int], str]]  # (its tenants, key of its analyst)


@dataclass(frozen=True, slots=True)
class Size:
    """How many kecamatan, and how many people in each."""

    tenants: int = 200
    people: int = 2_500


async def prepare(base: str, folder: Path, size: Size) -> Register:
    """Fill the database of a server (a superuser's address) unless that is done; what is in it."""
    kept = folder / f"register-{size.tenants}x{size.people}.json"
    if kept.exists():
        found = orjson.loads(kept.read_bytes())
        if found["version"] != VERSION:
            raise SystemExit(f"The rows in {folder} are of an older bench: remove the folder, then run again.")
        await migrate.upgrade(dsn_for(base, "hub_owner", DATABASE))
        return Register(**found)
    keyfile.create(folder / "keys.json", now=system_clock().instant)
    await migrate.prepare_server(base, DATABASE)
    owner_dsn = dsn_for(base, "hub_owner", DATABASE)
    await migrate.upgrade(owner_dsn)
    owner = await asyncpg.connect(owner_dsn)
    try:
        await loader.load(owner)
        register = await _fill(owner, size)
    finally:
        await owner.close()
    await _settle(base)
    kept.write_bytes(orjson.dumps(asdict(register), option=orjson.OPT_INDENT_2))
    return register


async def _fill(owner: Any, size: Size) -> Register:
    camats: list[tuple[int, str]] = []
    agencies: list[tuple[list[int], str]] = []
    began = time.monotonic()
    for regency, kecamatan in await _regencies(owner, size.tenants):
        reach = []
        for code, name, villages in kecamatan:
            tenant = await admin.add_tenant(owner, kind=TenantKind.KECAMATAN, code=code, name=name, zone=Zone.WITA)
            async with admin.entered(owner, tenant.id):
                await _people(owner, tenant, name, villages, size.people)
            camats.append((tenant.id, await _key(owner, tenant, Role.CAMAT)))
            reach.append(tenant.id)
        if regency:
            agency = await admin.add_tenant(
                owner, kind=TenantKind.AGENCY, code=f"{regency}/DINAS", name=f"Dinas {regency}", zone=Zone.WITA
            )
            agencies.append((reach, await _key(owner, agency, Role.AGENCY_ANALYST, region=regency)))
        print(f"{len(camats)} kecamatan, {time.monotonic() - began:.0f} s", flush=True)
    return Register(VERSION, len(camats), size.people * len(camats), camats, agencies)


async def _regencies(owner: Any, number: int) -> list[Regency]:
    """Kecamatan of at least twenty villages: by eights of one regency, then the rest of them under no regency."""
    rows = await owner.fetch(
        "select code, name from region where valid_to is null and length(code) in (8, 13) order by code"
    )
    names_of = {row["code"]: row["name"] for row in rows}
    villages: dict[str, list[tuple[str, str]]] = {}
    for row in rows:
        if len(row["code"]) > _KECAMATAN_CODE:
            villages.setdefault(row["code"][:_KECAMATAN_CODE], []).append((row["code"], row["name"]))
    large = [(code, names_of[code], found[:VILLAGES]) for code, found in villages.items() if len(found) >= VILLAGES]
    eights: list[Regency] = []
    rest: list[Office] = []
    for regency, each in itertools.groupby(large, key=lambda kecamatan: kecamatan[0][:5]):
        chosen = list(each)
        whole = len(chosen) >= EIGHT and len(eights) < number // EIGHT
        eights += [(regency, chosen[:EIGHT])] if whole else []
        rest += [] if whole else chosen
    return [*eights, ("", rest[: number - EIGHT * len(eights)])]


async def _key(owner: Any, tenant: TenantRef | Tenant, role: Role, *, region: str | None = None) -> str:
    principal = await admin.add_principal(owner, tenant.id, kind=PrincipalKind.MACHINE, name=role.value)
    kind = TenantKind.AGENCY if region else TenantKind.KECAMATAN
    grant = await admin.add_grant(
        owner, tenant, principal, role, starts_on=TODAY, reason="bench", on=admin.On(region_code=region), kind=kind
    )
    return await admin.create_key(owner, tenant.id, grant, KeyKind.SECRET, label="bench")


class _Ids:
    """Rising ids of a tenant that are the same in every run, in the form of UUIDv7."""

    def __init__(self, tenant: int) -> None:
        self.numbers = itertools.count(tenant << 40)

    def __call__(self) -> UUID:
        number = next(self.numbers)
        return UUID(int=(0x019B7C << 104) | (7 << 76) | (2 << 62) | number)


async def _people(owner: Any, tenant: TenantRef, name: str, codes: list[tuple[str, str]], people: int) -> None:
    """All rows of a kecamatan, table by table."""
    rng, new_id = Random(tenant.code), _Ids(tenant.id)  # noqa: S311  # rows to measure with
    common: Row = {"tenant_id": tenant.id, "version": 1, "created_at": BEGAN, "updated_at": BEGAN}
    office: Row = {"code": tenant.code, "name": name, "slug": tenant.code, "time_zone": tenant.zone.value}
    villages: list[Row] = [
        {
            "id": new_id(),
            "code": code,
            "name": village,
            "kind": "DESA",
            "aliases": [],
            "terrain": [],
            "connectivity": rng.choice(("GOOD", "WEAK", "NONE", None)),
        }
        for code, village in codes
    ]
    citizens = [each for village in villages for each in _citizens(rng, new_id, village["id"], people // VILLAGES)]
    homes = {each["household_id"]: each["village_id"] for each in citizens}
    heads = {each["household_id"]: each["id"] for each in citizens if each["family_relation"] == "HEAD"}
    households = [_household(home, where, heads[home]) for home, where in homes.items()]
    commitments, parties = _commitments(rng, new_id, [each["id"] for each in villages])
    houses = [_house(rng, new_id(), home) for home in households]
    permits = [_permit(new_id(), number, house) for number, house in enumerate(houses) if house["has_permit"]]
    scope = admin.operator(await admin.find_tenant(owner, tenant.code), lang="en", command="bench")
    unit = Unit(owner, scope, system_clock())
    kecamatan = Kecamatan(**common, **office, id=new_id())
    await unit.add(kecamatan)
    await unit.add_all([Village(**common, **each) for each in villages])  # lists are beyond `insert_many`
    await unit.add_all([Commitment(**common, **each) for each in commitments])
    for model, rows in (
        (Household, households),
        (Citizen, citizens),
        (CommitmentParty, parties),
        (House, houses),
        (BuildingPermit, permits),
    ):
        await insert_many(unit, model, [common | row for row in rows])
    await insert_many(unit, CitizenNameToken, [row | {"tenant_id": tenant.id} for row in _tokens(citizens)])
    places, promises = ([each["id"] for each in rows] for rows in (villages, commitments))
    await civic.fill(civic.Office(unit, rng, new_id, common, kecamatan.id, places, promises))


def _citizens(rng: Random, new_id: _Ids, village: UUID, people: int) -> Iterator[Row]:
    left = 0
    for _ in range(people):
        if not left:
            home, left, relation = new_id(), rng.randint(2, 5), "HEAD"
        name = " ".join(part for part in (rng.choice(_FIRST), rng.choice(_MIDDLE), rng.choice(_LAST)) if part)
        key = new_id()
        yield {
            "id": key,
            "village_id": village,
            "household_id": home,
            "nik_sealed": rng.randbytes(45),
            "nik_bidx": hashlib.sha256(key.bytes).digest(),
            "nik_prefix": "6301",
            "nik_status": "WELL_FORMED",
            "full_name": name,
            "sort_key": _sort_key(name),
            "sex": rng.choice(("MALE", "FEMALE")),
            "birth_place": "Pelaihari",
            "birth_date": TODAY - timedelta(days=rng.randint(0, 30_000)),
            "education": rng.choice(("UPPER_SECONDARY", "LOWER_SECONDARY", "PRIMARY")),
            "occupation": rng.choice(_OCCUPATIONS),
            "marital_status": rng.choice(("SINGLE", "MARRIED")),
            "family_relation": relation,
            "father_name": "Hartono",
            "mother_name": "Suryani",
            "ektp_status": "KTP_EL",
            "base_status": "ALIVE",
            "source": "OPENSID",
        }
        left, relation = left - 1, "CHILD"


def _household(home: UUID, village: UUID, head: UUID) -> Row:
    digest = hashlib.sha256(home.bytes).digest()
    sealed = {"kk_sealed": digest + digest[:13], "kk_bidx": digest, "kk_prefix": "6301"}
    return {"id": home, "village_id": village, "head_id": head, "hamlet": "SATU", "rw": "001", "rt": "001", **sealed}


def _house(rng: Random, key: UUID, home: Row) -> Row:
    return {
        "id": key,
        "village_id": home["village_id"],
        "household_id": home["id"],
        "owner_id": home["head_id"],
        "address": f"Jl. Contoh No. {rng.randint(1, 400)}",
        "condition": rng.choice(("GOOD", "GOOD", "GOOD", "POOR", None)),
        "has_clean_water": rng.choice((True, True, False, None)),
        "has_sanitation": rng.choice((True, True, False, None)),
        "has_permit": rng.randint(1, 4) == 1,
    }


def _permit(key: UUID, number: int, house: Row) -> Row:
    return {
        "id": key,
        "house_id": house["id"],
        "village_id": house["village_id"],
        "number": f"{number + 1:05d}",
        "legal_name": "PBG" if number % 3 else "IMB",
        "issued_on": TODAY - timedelta(days=number % 2_000),
    }


def _commitments(rng: Random, new_id: _Ids, villages: list[UUID]) -> tuple[list[Row], list[Row]]:
    """Five for each village, each of two villages; parties stand in the order of the commitments' days."""
    commitments: list[Row] = []
    parties: list[Row] = []
    for number in range(ROUNDS * COMMITMENTS_A_ROUND):
        turn, pair = divmod(number, COMMITMENTS_A_ROUND)
        if not pair:
            order = rng.sample(villages, len(villages))
        commitments.append(
            {
                "id": new_id(),
                "type": "INTERVILLAGE",
                "title": f"Kerja sama antardesa {number + 1:02d}",
                "object": "Pengelolaan irigasi dan jalan usaha tani bersama",
                "state": rng.choice(("AGREED", "SIGNED", "DISPLAYED")),
                "published": turn < ROUNDS - 1,
                "planned_on": TODAY + timedelta(days=number),
                "target_percent": 100,
                "organizations": [],
            }
        )
        parties += [
            {
                "id": new_id(),
                "commitment_id": commitments[-1]["id"],
                "position": position,
                "village_id": village,
                "role": "SIGNATORY",
                "signatory_name": rng.choice(_FIRST),
            }
            for position, village in enumerate(order[2 * pair : 2 * pair + 2])
        ]
    return commitments, parties


def _tokens(citizens: list[Row]) -> Iterator[Row]:
    for each in citizens:
        for token in _name_tokens(each["full_name"]):
            yield {
                "token": token.token,
                "citizen_id": each["id"],
                "village_id": each["village_id"],
                "sort_key": each["sort_key"],
                "initial": token.initial,
                "covered": token.covered,
                "heard": token.heard,
            }


_sort_key = lru_cache(maxsize=None)(names.sort_key)
_name_tokens = lru_cache(maxsize=None)(names.name_tokens)


async def _settle(base: str) -> None:
    """Statistics and visibility as after a quiet night, so that no housekeeping runs into the figures."""
    connection = await asyncpg.connect(dsn_for(base, base.partition("//")[2].partition("@")[0], DATABASE))
    try:
        await connection.execute("vacuum (freeze, analyze)")
        await connection.execute("checkpoint")
    finally:
        await connection.close()
