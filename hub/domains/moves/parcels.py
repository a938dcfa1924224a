"""What is told of a person to the kecamatan they come to. Specific personal data stays: each office asks for its own.

It exists as plain text in the worker's memory only: opened with the keys of one tenant, sealed with those of the other.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import orjson

from hub.domains.citizens import vault
from hub.domains.citizens.model import Citizen
from hub.domains.citizens.people import Person
from hub.domains.moves.model import ArrivalPerson
from hub.kernel.keyring import KeyRing
from hub.kernel.nik import KkNumber, Nik
from hub.store.base import table

# Everything but what is of the place that is left: address, coordinates, tag.
TOLD = (
    "full_name",
    "sex",
    "birth_place",
    "birth_date",
    "education",
    "schooling",
    "occupation",
    "marital_status",
    "citizenship",
    "father_name",
    "mother_name",
    "birth_certificate",
    "passport_number",
    "passport_expires_on",
    "kitas_number",
    "marriage_certificate",
    "married_on",
    "divorce_certificate",
    "divorced_on",
    "ektp_status",
    "ktp_recording_status",
    "health_insurance",
    "insurance_number",
)
_DATES = tuple(name for name in TOLD if table(Citizen).c[name].type.python_type is date)


@dataclass(frozen=True, slots=True)
class Mover:
    """Somebody on the way, as they were registered."""

    departed_id: UUID
    family_relation: str
    columns: dict[str, Any]
    numbers: dict[str, str]  # digits and telephone in the clear


@dataclass(frozen=True, slots=True)
class Parcel:
    """All of a move that crosses."""

    movers: tuple[Mover, ...]
    kk: str | None


def mover(keys: KeyRing, citizen: Citizen, relation: str) -> Mover:
    """A person with their numbers opened."""
    numbers = {
        "nik": vault.open_nik(keys, citizen),
        "father_nik": vault.open_father_nik(keys, citizen),
        "mother_nik": vault.open_mother_nik(keys, citizen),
    }
    known = {name: nik.digits for name, nik in numbers.items() if nik is not None}
    phone = vault.open_phone(keys, citizen)
    if phone is not None:
        known["phone"] = phone
    columns = {name: value for name in TOLD if (value := getattr(citizen, name)) is not None}
    return Mover(citizen.id, relation, columns, known)


def seal(keys: KeyRing, given: Mover, *, tenant: int, row: UUID) -> bytes:
    """For exactly this row of this tenant."""
    plain = orjson.dumps({"columns": given.columns, "numbers": given.numbers})
    return keys.seal(plain, tenant=tenant, table="arrival_person", column="told", row=row)


def opened(keys: KeyRing, row: ArrivalPerson, relation: str) -> tuple[Person, Nik | None]:
    """The person to register, and the NIK."""
    assert row.told_sealed is not None  # noqa: S101  # it goes when the arrival is answered
    raw = keys.open(row.told_sealed, tenant=row.tenant_id, table="arrival_person", column="told", row=row.id)
    found = orjson.loads(raw)
    columns = {name: date.fromisoformat(value) if name in _DATES else value for name, value in found["columns"].items()}
    numbers: dict[str, Any] = {name: Nik(found["numbers"][name]) for name in _PARENTS if name in found["numbers"]}
    if "phone" in found["numbers"]:
        numbers["phone"] = found["numbers"]["phone"]
    nik = found["numbers"].get("nik")
    return Person(columns={**columns, "family_relation": relation}, numbers=numbers), None if nik is None else Nik(nik)


_PARENTS = ("father_nik", "mother_nik")


def seal_kk(keys: KeyRing, kk: str, *, tenant: int, arrival: UUID) -> bytes:
    """The family card number of a family that comes as a whole."""
    return keys.seal(kk.encode(), tenant=tenant, table="arrival", column="kk", row=arrival)


def open_kk(keys: KeyRing, sealed: bytes, *, tenant: int, arrival: UUID) -> KkNumber:
    """And in the clear again."""
    return KkNumber(keys.open(sealed, tenant=tenant, table="arrival", column="kk", row=arrival).decode())
