"""Changes of the register in the graph."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import strawberry

from hub.domains.citizens import cards, disclosing, households, numbers, people
from hub.domains.citizens.disclosing import IdentityNumber
from hub.domains.citizens.model import CardChange
from hub.graph.mutations import Act, Answers, disclosure, mutation
from hub.journal.idempotency import NOBODY
from hub.kernel import written
from hub.kernel.errors import NotFound
from hub.kernel.ids import GlobalId
from hub.kernel.nik import KkNumber, Nik
from hub.kernel.register_codes import BaseStatus, FamilyRelation
from hub.schema.citizens import inputs
from hub.schema.citizens.types import Citizen, Household
from hub.schema.given import code
from hub.tenants.permissions import Permission

WRITE = Permission.WRITE_REGISTER


@mutation("Enter a family; its head is registered into it next.", answers={"household": Household}, permission=WRITE)
async def register_household(act: Act, given: inputs.RegisterHouseholdInput) -> Answers:
    """Enter a family."""
    made = await households.register_household(
        act.unit,
        act.services.keys,
        village=act.key(given.village, "Village", "village"),
        kk=KkNumber(given.kk_number),
        place=inputs.place(given),
    )
    return {"household": made.id}


@mutation("Correct a family's address.", answers={"household": Household}, permission=WRITE)
async def update_household(act: Act, given: inputs.UpdateHouseholdInput) -> Answers:
    """Correct an address."""
    changed = await households.update_household(
        act.unit,
        act.services.keys,
        household=act.key(given.household, "Household", "household"),
        expected=given.expected_version,
        place=inputs.place(given),
    )
    return {"household": changed.id}


@mutation("Make a member the head of the family.", answers={"household": Household}, permission=WRITE)
async def set_household_head(act: Act, given: inputs.SetHouseholdHeadInput) -> Answers:
    """Name another head."""
    changed = await households.set_household_head(
        act.unit,
        act.services.keys,
        household=act.key(given.household, "Household", "household"),
        citizen=act.key(given.citizen, "Citizen", "citizen"),
        former=FamilyRelation(code(given.former_head_relation)),
        expected=given.expected_version,
    )
    return {"household": changed.id}


@mutation(
    "Give members of a family a card of their own. An emptied card ends.",
    answers={"household": Household, "former": Household},
    permission=WRITE,
)
async def split_household(act: Act, given: inputs.SplitHouseholdInput) -> Answers:
    """Split a card."""
    made, former = await cards.split_household(
        act.unit,
        act.services.keys,
        household=act.key(given.household, "Household", "household"),
        expected=given.expected_version,
        kk=KkNumber(given.kk_number),
        moving=inputs.moving(act, given),
        new_head=act.maybe_key(given.new_head, "Citizen", "newHead"),
        place=inputs.place(given),
    )
    return {"household": made.id, "former": former.id}


@mutation(
    "Bring all members of a family into another of the village; their card ends.",
    answers={"household": Household, "former": Household},
    permission=WRITE,
)
async def merge_households(act: Act, given: inputs.MergeHouseholdsInput) -> Answers:
    """Make two cards one."""
    target, former = await cards.merge_households(
        act.unit,
        act.services.keys,
        household=act.key(given.household, "Household", "household"),
        into=act.key(given.into, "Household", "into"),
        expected=given.expected_version,
        moving=inputs.moving(act, given),
    )
    return {"household": target.id, "former": former.id}


@mutation(
    "Put another number on a family card; the former one stays known.",
    answers={"household": Household},
    permission=WRITE,
)
async def replace_household_card(act: Act, given: inputs.ReplaceHouseholdCardInput) -> Answers:
    """Replace a number."""
    changed = await cards.replace_household_card(
        act.unit,
        act.services.keys,
        household=act.key(given.household, "Household", "household"),
        expected=given.expected_version,
        kk=KkNumber(given.kk_number),
        reason=CardChange[code(given.reason)],
    )
    return {"household": changed.id}


@mutation("Enter a person into a family.", answers={"citizen": Citizen}, permission=WRITE)
async def register_citizen(act: Act, given: inputs.RegisterCitizenInput) -> Answers:
    """Enter a person."""
    made = await people.register_citizen(
        act.unit,
        act.services.keys,
        household=act.key(given.household, "Household", "household"),
        nik=inputs.maybe_number(given.nik),
        person=inputs.person(given),
    )
    return {"citizen": made.id}


@mutation("Change what is recorded of a person.", answers={"citizen": Citizen}, permission=WRITE)
async def update_citizen(act: Act, given: inputs.UpdateCitizenInput) -> Answers:
    """Change what was sent."""
    changed = await people.update_citizen(
        act.unit,
        act.services.keys,
        citizen=act.key(given.citizen, "Citizen", "citizen"),
        expected=given.expected_version,
        person=inputs.person(given),
    )
    return {"citizen": changed.id}


@mutation("Give a NIK to a person who has a temporary one or none.", answers={"citizen": Citizen}, permission=WRITE)
async def assign_nik(act: Act, given: inputs.AssignNikInput) -> Answers:
    """Give a NIK."""
    changed = await numbers.assign_nik(
        act.unit,
        act.services.keys,
        citizen=act.key(given.citizen, "Citizen", "citizen"),
        expected=given.expected_version,
        nik=Nik(given.nik),
    )
    return {"citizen": changed.id}


@mutation(
    "Put the right NIK in place of a wrong one, or none; the former one is remembered.",
    answers={"citizen": Citizen},
    permission=WRITE,
)
async def correct_nik(act: Act, given: inputs.CorrectNikInput) -> Answers:
    """Correct a NIK."""
    changed = await numbers.correct_nik(
        act.unit,
        act.services.keys,
        citizen=act.key(given.citizen, "Citizen", "citizen"),
        expected=given.expected_version,
        nik=inputs.maybe_number(given.nik),
        reason=inputs.maybe_reason(given.reason),
    )
    return {"citizen": changed.id}


@mutation(
    "Move a person to another family of the same village.",
    answers={"citizen": Citizen, "household": Household},
    permission=WRITE,
)
async def change_household(act: Act, given: inputs.ChangeHouseholdInput) -> Answers:
    """Move a person within the village."""
    person, home = await people.change_household(
        act.unit,
        act.services.keys,
        citizen=act.key(given.citizen, "Citizen", "citizen"),
        household=act.key(given.household, "Household", "household"),
        relation=FamilyRelation(code(given.family_relation)),
        new_head=act.maybe_key(given.new_head, "Citizen", "newHead"),
        expected=given.expected_version,
    )
    return {"citizen": person.id, "household": home.id}


@mutation(
    "End a person's record: death, move away, missing, left, not valid.",
    answers={"citizen": Citizen, "household": Household},
    permission=WRITE,
)
async def end_citizen(act: Act, given: inputs.EndCitizenInput) -> Answers:
    """End a record."""
    person, home = await people.end_citizen(
        act.unit,
        act.services.keys,
        citizen=act.key(given.citizen, "Citizen", "citizen"),
        status=BaseStatus(code(given.status)),
        on=given.on,
        new_head=act.maybe_key(given.new_head, "Citizen", "newHead"),
        expected=given.expected_version,
    )
    return {"citizen": person.id, "household": home.id}


@disclosure(
    "Tell the clear number of one person, for a purpose. Journaled before it is told; once in a request, and counted.",
    tells={"number": (str, "The sixteen digits; null where there is none, or where it was refused.")},
    permission=Permission.REVEAL_NIK,
    meter="identity",
)
async def reveal_identity(act: Act, given: inputs.RevealIdentityInput) -> Mapping[str, Any]:
    """Tell a number."""
    number = await disclosing.reveal_identity(
        act.unit,
        act.services.keys,
        act.services.watch,
        citizen=_person(act, given.citizen_id),
        number=IdentityNumber[code(given.field)],
        purpose=written.line(given.purpose, "purpose"),
    )
    return {"number": number}


@disclosure(
    "Say whether a NIK is that of a person. Journaled before it is said; once in a request, and counted.",
    tells={"matches": (bool, "Whether it is; null where it was refused.")},
    permission=Permission.CONFIRM_NIK,
    meter="identity",
)
async def confirm_nik(act: Act, given: inputs.ConfirmNikInput) -> Mapping[str, Any]:
    """Say yes or no."""
    matches = await disclosing.confirm_nik(
        act.unit,
        act.services.keys,
        act.services.watch,
        citizen=_person(act, given.citizen_id),
        nik=Nik(given.digits),
    )
    return {"matches": matches}


@disclosure(
    "Find the people who have a NIK, or had it before it was corrected, within your scope. Journaled before it is "
    "told; once in a request, and counted.",
    tells={"citizen_ids": (list[strawberry.ID], "Who has it, then who had it; null where it was refused.")},
    permission=Permission.CONFIRM_NIK,
    meter="identity",
)
async def find_by_nik(act: Act, given: inputs.FindByNikInput) -> Mapping[str, Any]:
    """Find by a number."""
    found = await disclosing.find_by_nik(act.unit, act.services.keys, act.services.watch, nik=Nik(given.nik))
    return {"citizen_ids": [GlobalId("Citizen", act.unit.tenant.id, each).encode() for each in found]}


def _person(act: Act, citizen_id: str) -> UUID:
    """The person's key; for another tenant's id one that is nobody's, so that it is looked for all the same."""
    try:
        return act.key(citizen_id, "Citizen", "citizenId")
    except NotFound:
        return NOBODY
