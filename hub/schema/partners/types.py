"""Partner organizations in the graph."""

from typing import Any

import strawberry
from sqlalchemy import ColumnElement, false, true

from hub.domains.partners.model import PartnerKind, PartnerLevel
from hub.domains.partners.model import PartnerMember as MemberModel
from hub.domains.partners.model import PartnerOrganization as Model
from hub.graph.binds import Binds
from hub.graph.declare import Connection, DataClass, column, extend, many, node, one, queries, root_one, roots
from hub.graph.enums import exposed
from hub.graph.scalars import Date
from hub.schema.citizens.types import Citizen
from hub.schema.villages.types import Village
from hub.tenants.permissions import Permission

REGISTER = Permission.READ_REGISTER

for _words in (
    PartnerKind,
    PartnerLevel,
):
    exposed(_words)


def _visible(_c: Any, binds: Binds) -> ColumnElement[bool]:
    """For those only who read the register."""
    return true() if binds.may(REGISTER) else false()


@node(
    Model,
    filters=("name", "kind", "village"),
    orders={"NAME": ("name",)},
    groups=("kind", "level", "information_partner"),
)
class PartnerOrganization:
    """An organization that works with the kecamatan (organisasi mitra)."""

    version: int = column("Version, for `expectedVersion` of updates.")
    name: str = column("Name (nama).")
    kind: PartnerKind = column("Kind (jenis).")
    level: PartnerLevel = column("Level (tingkat).")
    unit_name: str | None = column("Name of the unit, such as Kwaran.")
    contact_name: str | None = column(
        "Contact person (narahubung).", guard=Permission.SEE_CONTACTS, data=DataClass.GENERAL
    )
    information_partner: bool = column("Whether it relays information (mitra informasi).")
    ended_on: Date | None = column("Last day, where it no longer works with the kecamatan.")
    end_reason: str | None = column("Why it ended.", guard=Permission.SEE_CONTACTS, data=DataClass.GENERAL)
    village: Village | None = one("The village of a village-level organization.", Model.village_id)


@node(MemberModel, visible=_visible)
class PartnerMember:
    """A resident who is a member of an organization (anggota)."""

    version: int = column("Version, for `expectedVersion`.")
    function: str | None = column("Function held there (jabatan).", data=DataClass.GENERAL)
    since: Date = column("First day.", data=DataClass.GENERAL)
    until: Date | None = column("Last day; null while it lasts.", data=DataClass.GENERAL)
    citizen: Citizen = one("The person.", MemberModel.citizen_id)
    organization: PartnerOrganization = one("The organization.", MemberModel.organization_id)


@extend(PartnerOrganization)
class OrganizationMembers:
    """Who belongs to an organization."""

    members: Connection[PartnerMember] | None = many(
        "Residents who are members, within the villages that the caller sees.",
        MemberModel.organization_id,
        guard=REGISTER,
        where=lambda c, _b: c.until.is_(None),
    )


@extend(Citizen)
class CitizenMemberships:
    """What a person belongs to."""

    memberships: Connection[PartnerMember] | None = many(
        "Organizations of which the person is a member.", MemberModel.citizen_id, guard=REGISTER
    )


@extend(Village)
class VillagePartners:
    """Organizations of a village."""

    partners: Connection[PartnerOrganization] = many("Village-level organizations.", Model.village_id)


@queries
class PartnerQueries:
    """Root fields."""

    partner_organizations: Connection[PartnerOrganization] | None = roots("Partner organizations in your scope.")
    partner_organization: PartnerOrganization | None = root_one("A partner organization by id.", {"id": strawberry.ID})
