"""Telling a clear number to one person about one person: asked for with a purpose, journaled before it is told.

The caller's transaction commits the entry before the answer leaves. A record that is not there and one that is not
yours take the same single look at the database and end in the same refusal.
"""

import hmac
from typing import Any
from uuid import UUID

from hub.domains.citizens import events, policy, vault
from hub.domains.citizens.model import Citizen, Household
from hub.journal.record import record
from hub.kernel.errors import Forbidden
from hub.kernel.keyring import KeyRing
from hub.kernel.nik import LENGTH, Nik
from hub.kernel.words import Word
from hub.store.unit import Unit

_NONE = "-" * LENGTH  # compared with where there is no NIK, so that it takes as long


class IdentityNumber(Word):
    """A number that is shown masked."""

    NIK = "NIK", "Nomor NIK", "Number of a person"
    KK = "KK", "Nomor KK", "Number of a family card"


async def reveal_identity(
    unit: Unit, keys: KeyRing, *, citizen: UUID, number: IdentityNumber, purpose: str
) -> str | None:
    """The clear number of a person or of the family; None where there is none."""
    if not policy.may_reveal(unit.scope):
        raise Forbidden
    found = await unit.see(Citizen, citizen, path=("citizenId",))
    digits = await _digits(unit, keys, found, number)
    told = {number.value.lower(): (None, None)}
    await record(unit, events.IdentityRevealed(**_about(found), changes=told, purpose=purpose))
    return digits


async def confirm_nik(unit: Unit, keys: KeyRing, *, citizen: UUID, nik: Nik) -> bool:
    """Whether this is the person's NIK."""
    if not policy.may_confirm(unit.scope):
        raise Forbidden
    found = await unit.see(Citizen, citizen, path=("citizenId",))
    known = vault.open_nik(keys, found)
    matches = hmac.compare_digest(known.digits if known else _NONE, nik.digits)
    await record(unit, events.NikConfirmed(**_about(found), changes={"matches": (None, matches)}))
    return matches


async def _digits(unit: Unit, keys: KeyRing, citizen: Citizen, number: IdentityNumber) -> str | None:
    if number is IdentityNumber.NIK:
        nik = vault.open_nik(keys, citizen)
        return nik.digits if nik else None
    return vault.open_kk(keys, await unit.see(Household, citizen.household_id)).digits


def _about(citizen: Citizen) -> dict[str, Any]:
    return {
        "type_name": "Citizen",
        "object_id": citizen.id,
        "version": citizen.version,
        "village_id": citizen.village_id,
        "subject_id": citizen.id,
    }
