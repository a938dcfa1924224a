"""Telling a clear number to one person about one person: asked for with a purpose, journaled before it is told.

The caller's transaction commits the entry before the answer leaves. A record that is not there and one that is not
yours take the same single look at the database and end in the same refusal; a wrong number and none at all take the
same statements, and a seal is opened either way. What is told and what is missed is counted (`alarms`).
"""

import hmac
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from hub.domains.citizens import alarms, events, numbers, policy, vault
from hub.domains.citizens.alarms import Watch
from hub.domains.citizens.model import Citizen, Household
from hub.journal.idempotency import NOBODY
from hub.journal.record import record
from hub.kernel.errors import Forbidden
from hub.kernel.keyring import KeyRing
from hub.kernel.nik import LENGTH, Nik
from hub.kernel.words import Word
from hub.store.unit import Unit

MOST_FOUND = 20
_NONE = "-" * LENGTH  # compared with where there is no NIK, so that it takes as long


class IdentityNumber(Word):
    """A number that is shown masked."""

    NIK = "NIK", "Nomor NIK", "Number of a person"
    KK = "KK", "Nomor KK", "Number of a family card"


async def reveal_identity(
    unit: Unit, keys: KeyRing, watch: Watch, *, citizen: UUID, number: IdentityNumber, purpose: str
) -> str | None:
    """The clear number of a person or of the family; None where there is none."""
    if not policy.may_reveal(unit.scope):
        raise Forbidden
    found = await unit.see(Citizen, citizen, path=("citizenId",))
    digits = await _digits(unit, keys, found, number)
    told = {number.value.lower(): (None, None)}
    await record(unit, events.IdentityRevealed(**_about(found), changes=told, purpose=purpose))
    await alarms.count(unit, watch, revealed=1)
    return digits


async def confirm_nik(unit: Unit, keys: KeyRing, watch: Watch, *, citizen: UUID, nik: Nik) -> bool:
    """Whether this is the person's NIK."""
    if not policy.may_confirm(unit.scope):
        raise Forbidden
    found = await unit.see(Citizen, citizen, path=("citizenId",))
    matches = hmac.compare_digest(_digits_or_none(keys, found), nik.digits)
    await record(unit, events.NikConfirmed(**_about(found), changes={"matches": (None, matches)}))
    await alarms.count(unit, watch, asked=1, missed=not matches)
    return matches


async def find_by_nik(unit: Unit, keys: KeyRing, watch: Watch, *, nik: Nik) -> Sequence[UUID]:
    """The people who have this NIK, or had it: of each village one, seldom more."""
    if not policy.may_confirm(unit.scope):
        raise Forbidden
    found = await numbers.with_nik(unit, keys, nik, most=MOST_FOUND)
    told = {"found": (None, len(found))}
    if found:
        await record(unit, events.NikSearched(**_about(found[0]), changes=told))
    else:
        await record(unit, events.NikSearched(type_name="Citizen", object_id=NOBODY, changes=told))
    await alarms.count(unit, watch, asked=1, missed=not found)
    return [each.id for each in found]


async def _digits(unit: Unit, keys: KeyRing, citizen: Citizen, number: IdentityNumber) -> str | None:
    if number is IdentityNumber.NIK:
        nik = vault.open_nik(keys, citizen)
        return nik.digits if nik else None
    return vault.open_kk(keys, await unit.see(Household, citizen.household_id)).digits


def _digits_or_none(keys: KeyRing, citizen: Citizen) -> str:
    """The digits; where there is no NIK as many others, after as much work: a seal is made and opened."""
    known = vault.open_nik(keys, citizen)
    if known is not None:
        return known.digits
    place: dict[str, Any] = {"tenant": citizen.tenant_id, "table": "citizen", "column": "nik", "row": citizen.id}
    return keys.open(keys.seal(_NONE.encode(), **place), **place).decode()


def _about(citizen: Citizen) -> dict[str, Any]:
    return {
        "type_name": "Citizen",
        "object_id": citizen.id,
        "version": citizen.version,
        "village_id": citizen.village_id,
        "subject_id": citizen.id,
    }
