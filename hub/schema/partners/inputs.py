"""Inputs of partner organizations."""

from typing import Any

import strawberry

from hub.domains.partners.model import PartnerKind, PartnerLevel
from hub.graph.enums import exposed
from hub.graph.mutations import command
from hub.graph.scalars import Date
from hub.kernel.written import line, phone
from hub.schema.given import Parse, about, as_it_is, code, values_of

for _words in (PartnerKind, PartnerLevel):
    exposed(_words)


@command
class RegisterPartnerOrganizationInput:
    """A new partner organization (organisasi mitra)."""

    name: str = about("Name (nama).")
    kind: PartnerKind = about("Kind (jenis).")
    level: PartnerLevel = about("Level (tingkat).")
    village: strawberry.ID | None = about("The village of a village-level organization.")
    unit_name: str | None = about("Name of the unit, such as Kwaran.")
    contact_name: str | None = about("Contact person (narahubung).")
    phone: str | None = about("Telephone number; kept encrypted.")
    information_partner: bool | None = about("Whether it relays information (mitra informasi).")


@command
class UpdatePartnerOrganizationInput:
    """What to change of a partner organization; what is left out stays, null empties."""

    id: strawberry.ID = about("The organization.")
    expected_version: int = about("Its version as you read it.")
    name: str | None = about("Name (nama).")
    kind: PartnerKind | None = about("Kind (jenis).")
    unit_name: str | None = about("Name of the unit, such as Kwaran.")
    contact_name: str | None = about("Contact person (narahubung).")
    phone: str | None = about("Telephone number; kept encrypted.")
    information_partner: bool | None = about("Whether it relays information (mitra informasi).")


@command
class EndPartnerOrganizationInput:
    """Why an organization no longer works with the kecamatan."""

    id: strawberry.ID = about("The organization.")
    reason: str = about("Why.")
    ended_on: Date | None = about("Last day; today where left out.")
    expected_version: int | None = about("Its version as you read it.")


@command
class AddPartnerMemberInput:
    """A resident who is a member of an organization."""

    organization: strawberry.ID = about("The organization.")
    citizen: strawberry.ID = about("The person.")
    function: str | None = about("Function held there (jabatan), such as Ketua.")
    since: Date | None = about("First day; today where left out.")


@command
class EndPartnerMembershipInput:
    """A membership that is over."""

    id: strawberry.ID = about("The membership, by the id of its PartnerMember.")
    until: Date | None = about("Last day; today where left out.")
    expected_version: int | None = about("Its version as you read it.")


def particulars(given: RegisterPartnerOrganizationInput | UpdatePartnerOrganizationInput) -> dict[str, Any]:
    """What was sent, by column; `phone` is not yet sealed."""
    return values_of(given, _PARTICULARS, required=("name", "kind", "information_partner"))


_PARTICULARS: dict[str, Parse] = {
    "name": line,
    "kind": code,
    "unit_name": line,
    "contact_name": line,
    "phone": phone,
    "information_partner": as_it_is,
}
