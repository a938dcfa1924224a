"""What can be changed about partner organizations."""

from hub.domains.partners import actions
from hub.domains.partners.model import PartnerLevel
from hub.graph.mutations import Act, Answers, mutation
from hub.schema.given import code
from hub.schema.partners import inputs
from hub.schema.partners.types import PartnerOrganization
from hub.tenants.permissions import Permission


@mutation(
    "Register a partner organization.",
    answers={"partner_organization": PartnerOrganization},
    permission=Permission.WRITE_PARTNER,
)
async def register_partner_organization(act: Act, given: inputs.RegisterPartnerOrganizationInput) -> Answers:
    """A new organization."""
    values = inputs.particulars(given)
    made = await actions.register(
        act.unit,
        act.services.keys,
        level=PartnerLevel[code(given.level)],
        village=act.maybe_key(given.village, "Village", "village"),
        phone=values.pop("phone", None),
        values=values,
    )
    return {"partner_organization": made.id}


@mutation(
    "Change a partner organization.",
    answers={"partner_organization": PartnerOrganization},
    permission=Permission.WRITE_PARTNER,
)
async def update_partner_organization(act: Act, given: inputs.UpdatePartnerOrganizationInput) -> Answers:
    """New particulars."""
    made = await actions.update(
        act.unit,
        act.services.keys,
        act.key(given.id, "PartnerOrganization", "id"),
        expected=given.expected_version,
        values=inputs.particulars(given),
    )
    return {"partner_organization": made.id}
