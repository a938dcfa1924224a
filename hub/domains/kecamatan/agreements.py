"""Agreements on the use of population data: without one in force, nothing that comes from SIAK leaves the hub.

Permendagri 102/2019: individual data of Dukcapil are used by agreement alone, for its purpose, and are not passed on.
"""

from datetime import date
from uuid import UUID

from hub.domains.kecamatan.errors import AgreementEnded, AgreementExists, AgreementExpired, AgreementOutOfOrder
from hub.domains.kecamatan.events import DataUseAgreementEnded, DataUseAgreementRecorded
from hub.domains.kecamatan.model import DataUseAgreement
from hub.journal.model import Effect
from hub.journal.record import record
from hub.journal.telling import told
from hub.kernel.scope import TenantRef
from hub.store import sql
from hub.store.base import table
from hub.store.constraints import translating
from hub.store.unit import Session, Unit

_OWN = table(DataUseAgreement)
CONSTRAINTS = {
    "uq_data_use_agreement_tenant_id_number": AgreementExists,
    "ck_data_use_agreement_term_in_order": AgreementOutOfOrder,
}


async def record_agreement(
    unit: Unit, *, number: str, purpose: str, starts_on: date, expires_on: date
) -> DataUseAgreement:
    """One more agreement; data from SIAK may go out from its first to its last day."""
    if expires_on < unit.now.today(unit.tenant.zone):
        raise AgreementExpired(path=("expiresOn",))
    if starts_on > expires_on:
        raise AgreementOutOfOrder(path=("startsOn",))
    made = DataUseAgreement(
        tenant_id=unit.tenant.id, number=number, purpose=purpose, starts_on=starts_on, expires_on=expires_on
    )
    with translating(CONSTRAINTS, path=("number",)):
        await unit.add(made)
    await record(unit, _said(DataUseAgreementRecorded, made, None, Effect.CREATED))
    return made


async def end_agreement(unit: Unit, key: UUID, *, expected: int | None, reason: str) -> DataUseAgreement:
    """From now on it does not hold."""
    before = await unit.find(DataUseAgreement, key, path=("id",))
    if before.ended_at is not None:
        raise AgreementEnded(path=("id",))
    after = await unit.change(before, expected=expected, ended_at=unit.now.instant, end_reason=reason)
    await record(unit, _said(DataUseAgreementEnded, after, before, Effect.ENDED))
    return after


async def in_force(session: Session, tenant: TenantRef) -> sql.Row | None:
    """The agreement that holds today in the tenant's own time, of several the one that holds longest."""
    today = session.now.today(tenant.zone)
    return await session.row(
        _OWN.select()
        .where(
            _OWN.c.tenant_id == tenant.id,
            _OWN.c.ended_at.is_(None),
            _OWN.c.starts_on <= today,
            _OWN.c.expires_on >= today,
        )
        .order_by(_OWN.c.expires_on.desc(), _OWN.c.id)
        .limit(1)
    )


def _said(
    kind: type[DataUseAgreementRecorded] | type[DataUseAgreementEnded],
    after: DataUseAgreement,
    before: DataUseAgreement | None,
    effect: Effect,
) -> DataUseAgreementRecorded | DataUseAgreementEnded:
    return kind(
        type_name="DataUseAgreement",
        object_id=after.id,
        version=after.version,
        effect=effect,
        changes=told(after, before),
    )
