"""What can be changed about partner organizations."""

from hub.domains.partners import actions, members
from hub.domains.partners.model import PartnerLevel
from hub.graph.mutations import Act, Answers, mutation
from hub.kernel.written import line, paragraph
from hub.schema.given import code, present
from hub.schema.partners import inputs
from hub.schema.partners.types import PartnerMember, PartnerOrganization
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


@mutation(
    "End an organization that no longer works with the kecamatan; what it signed stays.",
    answers={"partner_organization": PartnerOrganization},
    permission=Permission.WRITE_PARTNER,
)
async def end_partner_organization(act: Act, given: inputs.EndPartnerOrganizationInput) -> Answers:
    """No more."""
    made = await actions.end(
        act.unit,
        act.services.keys,
        act.key(given.id, "PartnerOrganization", "id"),
        reason=paragraph(given.reason, "reason"),
        on=present(given.ended_on),
        expected=present(given.expected_version),
    )
    return {"partner_organization": made.id}


@mutation(
    "Enter a resident as a member of an organization.",
    answers={"member": PartnerMember},
    permission=Permission.WRITE_PARTNER,
)
async def add_partner_member(act: Act, given: inputs.AddPartnerMemberInput) -> Answers:
    """One more member."""
    function = present(given.function)
    made = await members.add(
        act.unit,
        act.services.keys,
        organization=act.key(given.organization, "PartnerOrganization", "organization"),
        citizen=act.key(given.citizen, "Citizen", "citizen"),
        function=None if function is None else line(function, "function"),
        since=present(given.since),
    )
    return {"member": made.id}


@mutation("End a membership.", answers={"member": PartnerMember}, permission=Permission.WRITE_PARTNER)
async def end_partner_membership(act: Act, given: inputs.EndPartnerMembershipInput) -> Answers:
    """One member less."""
    key = act.key(given.id, "PartnerMember", "id")
    made = await members.end(
        act.unit, act.services.keys, key, until=present(given.until), expected=present(given.expected_version)
    )
    return {"member": made.id}
