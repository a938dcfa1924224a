"""What can be changed about villages."""

from hub.domains.villages import actions
from hub.domains.villages.model import VillagePosition
from hub.graph.mutations import Act, Answers, mutation
from hub.kernel.written import line, phone
from hub.schema.given import code, present
from hub.schema.villages import inputs
from hub.schema.villages.types import SubVillage, Village, VillageOfficial
from hub.tenants.permissions import Permission


@mutation("Change a village's particulars.", answers={"village": Village}, permission=Permission.WRITE_VILLAGE)
async def update_village(act: Act, given: inputs.UpdateVillageInput) -> Answers:
    """New particulars."""
    key = act.key(given.id, "Village", "id")
    made = await actions.update(act.unit, key, expected=given.expected_version, values=inputs.village(given))
    return {"village": made.id}


@mutation("Add a hamlet to a village.", answers={"sub_village": SubVillage}, permission=Permission.WRITE_VILLAGE)
async def add_sub_village(act: Act, given: inputs.AddSubVillageInput) -> Answers:
    """One more hamlet."""
    made = await actions.add_sub_village(
        act.unit,
        act.key(given.village, "Village", "village"),
        name=line(given.name, "name"),
        delivery_point=present(given.delivery_point) or False,
    )
    return {"sub_village": made.id}


@mutation("Change a hamlet.", answers={"sub_village": SubVillage}, permission=Permission.WRITE_VILLAGE)
async def update_sub_village(act: Act, given: inputs.UpdateSubVillageInput) -> Answers:
    """A changed hamlet."""
    key = act.key(given.id, "SubVillage", "id")
    made = await actions.update_sub_village(act.unit, key, expected=given.expected_version, values=inputs.hamlet(given))
    return {"sub_village": made.id}


@mutation(
    "Appoint a village official. A village has one head at a time.",
    answers={"official": VillageOfficial},
    permission=Permission.WRITE_OFFICIAL,
)
async def appoint_official(act: Act, given: inputs.AppointOfficialInput) -> Answers:
    """A new term."""
    number = present(given.phone)
    made = await actions.appoint(
        act.unit,
        act.services.keys,
        act.key(given.village, "Village", "village"),
        position=VillagePosition[code(given.position)],
        name=line(given.name, "name"),
        started_on=given.started_on,
        ended_on=present(given.ended_on),
        phone=None if number is None else phone(number, "phone"),
    )
    return {"official": made.id}


@mutation(
    "End a village official's term.",
    answers={"official": VillageOfficial},
    permission=Permission.WRITE_OFFICIAL,
)
async def end_official(act: Act, given: inputs.EndOfficialInput) -> Answers:
    """The end of a term."""
    made = await actions.end(
        act.unit,
        act.key(given.id, "VillageOfficial", "id"),
        ended_on=present(given.ended_on),
        expected=present(given.expected_version),
    )
    return {"official": made.id}
