"""What can be changed about houses and their permits."""

from hub.domains.houses import actions
from hub.domains.houses.model import HouseEnd, PermitName
from hub.graph.mutations import Act, Answers, mutation
from hub.kernel import written
from hub.schema.given import code
from hub.schema.houses import inputs
from hub.schema.houses.types import BuildingPermit, House
from hub.tenants.permissions import Permission

WRITE = Permission.WRITE_REGISTER


@mutation("Enter a house.", answers={"house": House}, permission=WRITE)
async def register_house(act: Act, given: inputs.RegisterHouseInput) -> Answers:
    """Enter a house."""
    made = await actions.register_house(
        act.unit,
        act.services.keys,
        village=act.key(given.village, "Village", "village"),
        values=inputs.house(act, given),
    )
    return {"house": made.id}


@mutation("Change what is recorded of a house.", answers={"house": House}, permission=WRITE)
async def update_house(act: Act, given: inputs.UpdateHouseInput) -> Answers:
    """Change what was sent."""
    changed = await actions.update_house(
        act.unit,
        act.services.keys,
        house=act.key(given.house, "House", "house"),
        expected=given.expected_version,
        values=inputs.house(act, given),
    )
    return {"house": changed.id}


@mutation("Take a house out of the register.", answers={"house": House}, permission=WRITE)
async def end_house(act: Act, given: inputs.EndHouseInput) -> Answers:
    """End a house."""
    ended = await actions.end_house(
        act.unit,
        house=act.key(given.house, "House", "house"),
        expected=given.expected_version,
        reason=HouseEnd[code(given.reason)],
    )
    return {"house": ended.id}


@mutation("Record a building permit of a house.", answers={"permit": BuildingPermit, "house": House}, permission=WRITE)
async def record_building_permit(act: Act, given: inputs.RecordBuildingPermitInput) -> Answers:
    """Record a permit."""
    made = await actions.record_permit(
        act.unit,
        house=act.key(given.house, "House", "house"),
        number=written.line(given.number, "number", most=inputs.MOST_OF_NUMBER),
        legal_name=PermitName[code(given.legal_name)],
        issued_on=given.issued_on,
    )
    return {"permit": made.id, "house": made.house_id}


@mutation(
    "Take back a building permit that was recorded wrongly.",
    answers={"permit": BuildingPermit, "house": House},
    permission=WRITE,
)
async def take_back_building_permit(act: Act, given: inputs.TakeBackBuildingPermitInput) -> Answers:
    """Take a permit back."""
    taken, house = await actions.take_back_permit(
        act.unit,
        permit=act.key(given.permit, "BuildingPermit", "permit"),
        expected=given.expected_version,
        reason=written.line(given.reason, "reason"),
    )
    return {"permit": taken.id, "house": house.id}
