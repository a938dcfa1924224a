"""What can be changed about links."""

from hub.domains.links import actions
from hub.graph.mutations import Act, Answers, mutation
from hub.kernel.written import paragraph
from hub.schema.given import present
from hub.schema.links import inputs
from hub.schema.links.types import Link
from hub.tenants.permissions import Permission


@mutation(
    "Link what fulfils or proves a commitment or an item of a plan. Who may: those who may attach evidence to it.",
    answers={"link": Link},
    permission=Permission.REPORT_COMMITMENT,
)
async def add_link(act: Act, given: inputs.AddLinkInput) -> Answers:
    """Linked."""
    near, far = inputs.ends(act, given)
    note = present(given.note)
    made = await actions.add(act.unit, near=near, far=far, note=None if note is None else paragraph(note, "note"))
    return {"link": made.id}


@mutation("Take a link back.", answers={"link": Link}, permission=Permission.REPORT_COMMITMENT)
async def remove_link(act: Act, given: inputs.RemoveLinkInput) -> Answers:
    """Taken back."""
    key, reason = act.key(given.id, "Link", "id"), paragraph(given.reason, "reason")
    made = await actions.remove(act.unit, key, reason=reason, expected=present(given.expected_version))
    return {"link": made.id}
