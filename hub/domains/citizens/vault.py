"""The numbers of persons on their way into rows: sealed, blinded, masked.

A number lies in three columns: `…_sealed` (ciphertext that opens in this row only), `…_bidx` (what equality is asked
of, per tenant and key version) and `…_prefix` (the four digits that the mask shows). They are written together or not
at all. The functions ending in `_columns` give the values for an update; those beginning with `seal_` put them on a
new row.
"""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from hub.domains.citizens.model import Citizen, CitizenNameToken, FormerCard, Household, NikStatus
from hub.kernel import names
from hub.kernel.keyring import KeyRing
from hub.kernel.nik import KkNumber, Nik, NikWarning
from hub.kernel.register_codes import Sex

PREFIX = 4
Columns = Mapping[str, bytes | str | None]


# New rows


def seal_nik(keys: KeyRing, citizen: Citizen, nik: Nik | None, *, birth_date: date | None, sex: str | None) -> None:
    """Put a NIK on a person's row, with what is known of it; None says that there is none yet."""
    columns = nik_columns(keys, nik, tenant=citizen.tenant_id, citizen=citizen.id, birth_date=birth_date, sex=sex)
    _put(citizen, columns)


def seal_parents(keys: KeyRing, citizen: Citizen, *, father: Nik | None, mother: Nik | None) -> None:
    """Put the parents' NIKs on a person's row."""
    _put(citizen, father_columns(keys, father, tenant=citizen.tenant_id, citizen=citizen.id))
    _put(citizen, mother_columns(keys, mother, tenant=citizen.tenant_id, citizen=citizen.id))


def seal_phone(keys: KeyRing, citizen: Citizen, phone: str | None) -> None:
    """Put a telephone number (E.164) on a person's row."""
    _put(citizen, phone_columns(keys, phone, tenant=citizen.tenant_id, citizen=citizen.id))


def seal_kk(keys: KeyRing, household: Household, kk: KkNumber) -> None:
    """Put a family card number on a household's row."""
    _put(household, kk_columns(keys, kk, tenant=household.tenant_id, household=household.id))


def seal_former_kk(keys: KeyRing, former: FormerCard, kk: KkNumber) -> None:
    """Put the number that a card had before on its own row."""
    _put(former, kk_columns(keys, kk, tenant=former.tenant_id, household=former.id, table="former_card"))


def name_tokens(citizen: Citizen) -> list[CitizenNameToken]:
    """The rows by which the counter's search finds this person."""
    return [
        CitizenNameToken(
            tenant_id=citizen.tenant_id,
            token=each.token,
            citizen_id=citizen.id,
            village_id=citizen.village_id,
            sort_key=citizen.sort_key,
            initial=each.initial,
            covered=each.covered,
            heard=each.heard,
        )
        for each in names.name_tokens(citizen.full_name)
    ]


# Values of columns


def nik_columns(
    keys: KeyRing, nik: Nik | None, *, tenant: int, citizen: UUID, birth_date: date | None, sex: str | None
) -> Columns:
    """The four columns of a NIK. Sixteen zeros say that there is none."""
    known = nik if nik is not None and nik.digits.strip("0") else None
    status = nik_status(known, birth_date=birth_date, sex=sex)
    if known is None:
        return {"nik_sealed": None, "nik_bidx": None, "nik_prefix": None, "nik_status": status.value}
    return {
        "nik_sealed": keys.seal(known.digits.encode(), tenant=tenant, table="citizen", column="nik", row=citizen),
        "nik_bidx": keys.blind(known.digits, tenant=tenant, kind="nik"),
        "nik_prefix": known.digits[:PREFIX],
        "nik_status": status.value,
    }


def father_columns(keys: KeyRing, nik: Nik | None, *, tenant: int, citizen: UUID) -> Columns:
    """The columns of the father's NIK; nobody is looked up by it."""
    return _parent_columns(keys, nik, "father_nik", tenant=tenant, citizen=citizen)


def mother_columns(keys: KeyRing, nik: Nik | None, *, tenant: int, citizen: UUID) -> Columns:
    """The columns of the mother's NIK; nobody is looked up by it."""
    return _parent_columns(keys, nik, "mother_nik", tenant=tenant, citizen=citizen)


def phone_columns(keys: KeyRing, phone: str | None, *, tenant: int, citizen: UUID) -> Columns:
    """The columns of a telephone number in E.164: no digits of it stand in the clear."""
    if phone is None:
        return {"phone_sealed": None, "phone_bidx": None}
    return {
        "phone_sealed": keys.seal(phone.encode(), tenant=tenant, table="citizen", column="phone", row=citizen),
        "phone_bidx": keys.blind(phone, tenant=tenant, kind="phone"),
    }


def kk_columns(keys: KeyRing, kk: KkNumber, *, tenant: int, household: UUID, table: str = "household") -> Columns:
    """The columns of a family card number."""
    return {
        "kk_sealed": keys.seal(kk.digits.encode(), tenant=tenant, table=table, column="kk", row=household),
        "kk_bidx": keys.blind(kk.digits, tenant=tenant, kind="kk"),
        "kk_prefix": kk.digits[:PREFIX],
    }


def nik_status(nik: Nik | None, *, birth_date: date | None, sex: str | None) -> NikStatus:
    """What is known of a NIK beside these columns. The region of its first issue says nothing about the residence."""
    if nik is None:
        return NikStatus.UNKNOWN
    warnings = nik.warnings(birth_date=birth_date, sex=None if sex is None else Sex(sex), kecamatan=None)
    if NikWarning.TEMPORARY in warnings:
        return NikStatus.TEMPORARY
    return NikStatus.WARNING if warnings else NikStatus.WELL_FORMED


# Looking up and opening


def blinds_of(keys: KeyRing, number: Nik | KkNumber, *, tenant: int) -> tuple[bytes, ...]:
    """What to look a number up by: one value per live key version, the current one first."""
    return keys.blinds(number.digits, tenant=tenant, kind="nik" if isinstance(number, Nik) else "kk")


def phone_blinds(keys: KeyRing, phone: str, *, tenant: int) -> tuple[bytes, ...]:
    """The same for a telephone number in E.164."""
    return keys.blinds(phone, tenant=tenant, kind="phone")


def open_nik(keys: KeyRing, citizen: Citizen) -> Nik | None:
    """The clear NIK of a row. The caller has asked for the right and journals it."""
    return _opened(keys, citizen, "nik", citizen.nik_sealed)


def open_father_nik(keys: KeyRing, citizen: Citizen) -> Nik | None:
    """The clear NIK of the father."""
    return _opened(keys, citizen, "father_nik", citizen.father_nik_sealed)


def open_mother_nik(keys: KeyRing, citizen: Citizen) -> Nik | None:
    """The clear NIK of the mother."""
    return _opened(keys, citizen, "mother_nik", citizen.mother_nik_sealed)


def open_phone(keys: KeyRing, citizen: Citizen) -> str | None:
    """The clear telephone number."""
    if citizen.phone_sealed is None:
        return None
    return keys.open(
        citizen.phone_sealed, tenant=citizen.tenant_id, table="citizen", column="phone", row=citizen.id
    ).decode()


def open_kk(keys: KeyRing, household: Household) -> KkNumber:
    """The clear family card number."""
    plain = keys.open(household.kk_sealed, tenant=household.tenant_id, table="household", column="kk", row=household.id)
    return KkNumber(plain.decode())


# Small helpers


def _parent_columns(keys: KeyRing, nik: Nik | None, column: str, *, tenant: int, citizen: UUID) -> Columns:
    if nik is None or not nik.digits.strip("0"):
        return {f"{column}_sealed": None, f"{column}_prefix": None}
    return {
        f"{column}_sealed": keys.seal(nik.digits.encode(), tenant=tenant, table="citizen", column=column, row=citizen),
        f"{column}_prefix": nik.digits[:PREFIX],
    }


def _opened(keys: KeyRing, citizen: Citizen, column: str, sealed: bytes | None) -> Nik | None:
    if sealed is None:
        return None
    plain = keys.open(sealed, tenant=citizen.tenant_id, table="citizen", column=column, row=citizen.id)
    return Nik(plain.decode())


def _put(row: Citizen | FormerCard | Household, columns: Columns) -> None:
    for name, value in columns.items():
        setattr(row, name, value)
