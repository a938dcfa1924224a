"""The life of a person's NIK: given, put right, and what it was before.

A number that a person loses is remembered, sealed, with its blind index: files and papers still name them by it. It
says who is meant only together with the name, for a wrong number may well be somebody else's right one.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import LargeBinary, select, union_all

from hub.domains.citizens import errors, events, vault
from hub.domains.citizens.finding import among, person_for, refuse_strangers
from hub.domains.citizens.model import Citizen, FormerNik, NikStatus
from hub.domains.citizens.telling import about, times
from hub.journal.record import Changes, record
from hub.kernel.keyring import KeyRing
from hub.kernel.nik import Nik
from hub.store.base import table
from hub.store.constraints import translating
from hub.store.unit import Unit

CONSTRAINTS = {"uq_citizen_nik": errors.NikExists}
_CITIZENS, _FORMER = table(Citizen), table(FormerNik)
_HIDDEN = "............"


async def assign_nik(unit: Unit, keys: KeyRing, *, citizen: UUID, expected: int, nik: Nik) -> Citizen:
    """Give a NIK to a person who has none, or a temporary one. One that disagrees with birth date or sex is kept."""
    refuse_strangers(unit)
    if not _real(nik):
        raise errors.NikTemporary(path=("nik",))
    found = await person_for(unit, citizen, "citizen")
    if not _provisional(found):
        raise errors.NikAssigned(path=("citizen",))

    changed = await _put(unit, keys, found, nik, expected=expected, reason=None)

    await record(unit, events.CitizenNikAssigned(**about(changed), personal=_told(found, changed)), keys)
    return changed


async def correct_nik(
    unit: Unit, keys: KeyRing, *, citizen: UUID, expected: int, nik: Nik | None, reason: str | None
) -> Citizen:
    """Put another NIK in place of a wrong one, or none where it turned out not to be known."""
    refuse_strangers(unit)
    if nik is not None and not _real(nik):
        raise errors.NikTemporary(path=("nik",))
    found = await person_for(unit, citizen, "citizen")
    if _provisional(found):
        raise errors.NikNotAssigned(path=("citizen",))
    if nik is not None and vault.open_nik(keys, found) == nik:
        raise errors.SameNik(path=("nik",))

    changed = await _put(unit, keys, found, nik, expected=expected, reason=reason)

    told: Changes = _told(found, changed)
    if reason is not None:
        told = {**told, "reason": (None, reason)}
    await record(unit, events.CitizenNikCorrected(**about(changed), personal=told), keys)
    return changed


async def refuse_older_nik(
    unit: Unit, village: UUID, nik: Nik | None, keys: KeyRing, *, but: UUID | None = None
) -> None:
    """NikExists where somebody of the village has the NIK under an older key, which no constraint sees."""
    older = vault.blinds_of(keys, nik, tenant=unit.tenant.id)[1:] if nik is not None else ()
    if not older:
        return
    own = _CITIZENS.c
    same = select(own.id).where(
        own.tenant_id == unit.tenant.id,
        own.nik_bidx == among(older, LargeBinary()),
        own.village_id == village,
        own.ended_at.is_(None),
    )
    if await unit.value(same.where(own.id != but) if but else same) is not None:
        raise errors.NikExists(path=("nik",))


async def with_nik(unit: Unit, keys: KeyRing, nik: Nik, *, most: int) -> Sequence[Citizen]:
    """The people who have this NIK now, before those who had it; living ones only. One statement, found or not."""
    blinds = among(vault.blinds_of(keys, nik, tenant=unit.tenant.id), LargeBinary())
    own, was = _CITIZENS.c, _FORMER.c
    has = select(own.id).where(own.tenant_id == unit.tenant.id, own.nik_bidx == blinds)
    had = select(was.citizen_id).where(was.tenant_id == unit.tenant.id, was.nik_bidx == blinds)
    statement = (
        select(_CITIZENS)
        .where(own.tenant_id == unit.tenant.id, own.ended_at.is_(None), own.id.in_(union_all(has, had)))
        .order_by((own.nik_bidx == blinds).desc().nulls_last(), own.id)
        .limit(most)
    )
    return await unit.all(statement, Citizen)


def former(citizen: Citizen, keys: KeyRing, *, reason: str | None) -> FormerNik | None:
    """The row that remembers the number which a person is about to lose; None where there is none."""
    nik = vault.open_nik(keys, citizen)
    if nik is None:
        return None
    made = FormerNik(
        tenant_id=citizen.tenant_id,
        citizen_id=citizen.id,
        village_id=citizen.village_id,
        nik_sealed=b"",
        nik_bidx=keys.blind(nik.digits, tenant=citizen.tenant_id, kind="nik"),
        nik_prefix=nik.digits[: vault.PREFIX],
        nik_status=citizen.nik_status,
        reason=reason,
    )
    made.nik_sealed = keys.seal(
        nik.digits.encode(), tenant=citizen.tenant_id, table="former_nik", column="nik", row=made.id
    )
    return made


async def _put(
    unit: Unit, keys: KeyRing, found: Citizen, nik: Nik | None, *, expected: int, reason: str | None
) -> Citizen:
    await refuse_older_nik(unit, found.village_id, nik, keys, but=found.id)
    columns = vault.nik_columns(
        keys, nik, tenant=found.tenant_id, citizen=found.id, birth_date=found.birth_date, sex=found.sex
    )
    with translating(CONSTRAINTS, path=("nik",)):
        changed = await unit.change(found, expected=expected, **columns)
    lost = former(found, keys, reason=reason)
    if lost is not None:
        await unit.add(lost.model_copy(update=times(unit)))
    return changed


def _real(nik: Nik) -> bool:
    return not nik.temporary


def _provisional(citizen: Citizen) -> bool:
    return citizen.nik_status in (NikStatus.UNKNOWN, NikStatus.TEMPORARY)


def _told(before: Citizen, after: Citizen) -> Changes:
    return {"nik": (_shown(before), _shown(after)), "nik_status": (before.nik_status, after.nik_status)}


def _shown(citizen: Citizen) -> str | None:
    return None if citizen.nik_prefix is None else citizen.nik_prefix + _HIDDEN
