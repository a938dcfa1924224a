"""People who may try the demo's pages: each gets an invitation, anew at every start until it is accepted."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from hub.demo.keys import REASON
from hub.demo.load import DUKCAPIL, PARTNER
from hub.demo.villages import TAKISUNG
from hub.domains.accounts import inviting
from hub.domains.accounts.errors import AlreadyJoined, NobodySignsInSo
from hub.domains.partners.model import PartnerOrganization
from hub.kernel.clock import Clock
from hub.store import sql
from hub.store.base import table
from hub.store.pools import Connection
from hub.store.unit import Unit
from hub.tenants import administration as admin
from hub.tenants.administration import On
from hub.tenants.model import Tenant, TenantKind
from hub.tenants.permissions import Permission, Role


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody invented, with the page that is theirs."""

    tenant: str
    sign_in_name: str
    name: str
    role: Role
    page: str
    organization: str | None = None
    region: str | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A guest and the way in: by an invitation, or by signing in where they have accepted it."""

    guest: Guest
    path: str
    joined: bool


GUESTS = (
    Guest(TAKISUNG, "sekcam", "Sekretaris Takisung (demo)", Role.KEC_SECRETARY, "/meja"),
    Guest(TAKISUNG, "pkk", "Anggota PKK Takisung (demo)", Role.PARTNER_ORG, "/suara", organization=PARTNER),
    Guest(DUKCAPIL, "analis", "Analis Disdukcapil (demo)", Role.AGENCY_ANALYST, "/laporan", region="63.11"),
)


async def invite(owner: Connection, clock: Clock, *, lang: str) -> Sequence[Asked]:
    """All of them, each with the way in."""
    return [await _one(owner, clock, each, lang) for each in GUESTS]


async def _one(owner: Connection, clock: Clock, guest: Guest, lang: str) -> Asked:
    tenant = await admin.find_tenant(owner, guest.tenant)
    scope = admin.operator(tenant, lang=lang, command="demo", also=(Permission.MANAGE_GRANTS,), purpose=REASON)
    async with admin.entered(owner, tenant.id):
        unit = Unit(owner, scope, clock())
        try:
            made = await inviting.renew(unit, guest.sign_in_name)
        except AlreadyJoined:
            return Asked(guest, f"/masuk?kecamatan={guest.tenant}&lanjut={guest.page}", joined=True)
        except NobodySignsInSo:
            made = await inviting.invite(
                unit,
                name=guest.name,
                sign_in_name=guest.sign_in_name,
                role=guest.role,
                reason=REASON,
                on=On(organization_id=await _organization(owner, tenant, guest), region_code=guest.region),
                kind=TenantKind(tenant.kind),
            )
    return Asked(guest, f"/undangan/{made.token}", joined=False)


async def _organization(owner: Connection, tenant: Tenant, guest: Guest) -> UUID | None:
    if guest.organization is None:
        return None
    own = table(PartnerOrganization).c
    found = await sql.fetch(owner, select(own.id).where(own.tenant_id == tenant.id, own.name == guest.organization))
    key: UUID = found[0]["id"]
    return key
