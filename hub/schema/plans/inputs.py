"""Inputs of action plans."""

from collections.abc import Sequence
from decimal import Decimal as PythonDecimal
from typing import Any

import strawberry

from hub.domains.commitments.model import EvidenceKind
from hub.domains.plans.actions import NewItem, NewStakeholder, Signature
from hub.domains.plans.items import Reached
from hub.domains.plans.model import PlanReviewKind, TargetUnit
from hub.graph.enums import exposed
from hub.graph.mutations import Act, command
from hub.graph.scalars import Date, Decimal
from hub.kernel.written import figure, line, paragraph
from hub.schema.given import OneOfNeeded, Parse, TooMany, about, as_it_is, between, code, present, sent, values_of

MOST_ITEMS = 100
MOST_STAKEHOLDERS = 50
YEARS = (2000, 2100)
_CENT = PythonDecimal("0.01")
_MOST = 999_999_999
_ARCS = {
    "village": ("village_id", "Village"),
    "organization": ("organization_id", "PartnerOrganization"),
    "citizen": ("citizen_id", "Citizen"),
}
_STAKEHOLDER = (*_ARCS, "agency_code", "name")

for _words in (EvidenceKind, PlanReviewKind, TargetUnit):
    exposed(_words)


@strawberry.input(description="A stakeholder: give exactly one of these.")
class StakeholderInput:
    """Who takes part."""

    village: strawberry.ID | None = about("Id of a village of this kecamatan.")
    organization: strawberry.ID | None = about("Id of a partner organization.")
    agency_code: str | None = about("Code of an agency in the directory, such as 63.11/DUKCAPIL.")
    citizen: strawberry.ID | None = about("Id of a person.")
    name: str | None = about("Name of a group or institution that is not known here.")


@strawberry.input(description="An item of the plan's table.")
class PlanItemInput:
    """One item."""

    activity: str = about("Activity (kegiatan).")
    starts_on: Date = about("First day (waktu mulai).")
    ends_on: Date = about("Last day (waktu selesai).")
    output: str = about("Output.")
    responsible: str = about("Position of the official who answers for it (penanggung jawab).")
    resource_needed: str | None = about("What it needs (sumber daya).")
    resource_source: str | None = about("Where that comes from (sumber).")
    expected_result: str | None = about("Desired result (hasil yang diharapkan).")
    target: Decimal | None = about("Target; with `unit`.")
    unit: TargetUnit | None = about("Unit in which it is counted (satuan).")
    stakeholders: list[StakeholderInput] | None = about("Who takes part (stakeholders terkait/terlibat).")


@command
class CreateActionPlanInput:
    """A draft of an action plan; the form may be completed later."""

    title: str = about("Name of the innovative activity (nama kegiatan inovatif).")
    year: int = about("Year it is made for (tahun).")
    background_why: str | None = about("Part A: why the plan is made.")
    background_what: str | None = about("Part A: what the activity is.")
    background_how: str | None = about("Part A: how it comes about.")
    goals_benefits: str | None = about("Part B: aims and benefits (tujuan dan manfaat).")
    items: list[PlanItemInput] | None = about("Part C: items, in their order.")


@command
class UpdateActionPlanInput:
    """What to change of a draft; what is left out stays, null empties."""

    id: strawberry.ID = about("The plan.")
    expected_version: int = about("Its version as you read it.")
    title: str | None = about("Name of the innovative activity (nama kegiatan inovatif).")
    year: int | None = about("Year it is made for (tahun).")
    background_why: str | None = about("Part A: why the plan is made.")
    background_what: str | None = about("Part A: what the activity is.")
    background_how: str | None = about("Part A: how it comes about.")
    goals_benefits: str | None = about("Part B: aims and benefits (tujuan dan manfaat).")


@command
class AddPlanItemInput:
    """An item for a draft."""

    plan: strawberry.ID = about("The plan.")
    item: PlanItemInput = about("The item.")


@command
class UpdatePlanItemInput:
    """What to change of an item of a draft; what is left out stays, null empties."""

    id: strawberry.ID = about("The item.")
    expected_version: int = about("Its version as you read it.")
    activity: str | None = about("Activity (kegiatan).")
    starts_on: Date | None = about("First day (waktu mulai).")
    ends_on: Date | None = about("Last day (waktu selesai).")
    output: str | None = about("Output.")
    responsible: str | None = about("Position of the official who answers for it (penanggung jawab).")
    resource_needed: str | None = about("What it needs (sumber daya).")
    resource_source: str | None = about("Where that comes from (sumber).")
    expected_result: str | None = about("Desired result (hasil yang diharapkan).")
    target: Decimal | None = about("Target; with `unit`.")
    unit: TargetUnit | None = about("Unit in which it is counted (satuan).")


@command
class AddPlanStakeholderInput:
    """A stakeholder for an item of a draft."""

    item: strawberry.ID = about("The item.")
    stakeholder: StakeholderInput = about("Who takes part.")


@command
class RemovePlanStakeholderInput:
    """A stakeholder to take out of a draft."""

    stakeholder: strawberry.ID = about("The stakeholder, by the id of its PlanItemStakeholder.")


@command
class ActionPlanStepInput:
    """A step of a plan that needs nothing but the plan."""

    id: strawberry.ID = about("The plan.")
    expected_version: int | None = about("Its version as you read it.")


@command
class ReturnActionPlanInput:
    """A comment with which a plan goes back to its author."""

    id: strawberry.ID = about("The plan.")
    note: str = about("What is to be changed (catatan telaah).")
    expected_version: int | None = about("Its version as you read it.")


@command
class SignActionPlanInput:
    """The camat's signature."""

    id: strawberry.ID = about("The plan.")
    signatory_name: str = about("Name of the camat as it stands on the paper.")
    signatory_position: str = about("Position (jabatan) as it stands on the paper.")
    place: str = about("Place of the signature.")
    signed_on: Date | None = about("Day of the signature; today where left out.")
    expected_version: int | None = about("Its version as you read it.")


@command
class ForwardActionPlanInput:
    """That a signed plan went to the district."""

    id: strawberry.ID = about("The plan.")
    forwarded_to: str = about("To whom, such as Bupati Tanah Laut.")
    forwarded_on: Date | None = about("Day; today where left out.")
    agency: str | None = about(
        "Code of the agency that takes it in for the district, such as 63.01/BAPPEDA; it becomes an assignment there."
    )
    expected_version: int | None = about("Its version as you read it.")


@command
class RecordPlanReceiptInput:
    """The district's receipt of a forwarded plan."""

    id: strawberry.ID = about("The plan.")
    receipt_number: str = about("Number of the receipt.")
    received_on: Date | None = about("Day; today where left out.")
    note: str | None = about("What the district remarked.")
    expected_version: int | None = about("Its version as you read it.")


@command
class ReviewActionPlanInput:
    """A review that follows a plan up (tindak lanjut)."""

    plan: strawberry.ID = about("The plan.")
    kind: PlanReviewKind = about("Kind (jenis).")
    note: str = about("What was found (catatan).")
    new_target: str | None = about("What is aimed at from now on; needed with NEW_TARGET.")
    reviewed_on: Date | None = about("Day; today where left out.")


@command
class EndActionPlanInput:
    """Why a plan is revised or cancelled."""

    id: strawberry.ID = about("The plan.")
    reason: str = about("Why.")
    expected_version: int | None = about("Its version as you read it.")


@command
class CloneActionPlanInput:
    """A plan to copy for another year."""

    id: strawberry.ID = about("The plan.")
    year: int = about("The year of the copy.")


@command
class PlanItemStepInput:
    """A step of an item that needs nothing but the item."""

    id: strawberry.ID = about("The item.")
    expected_version: int | None = about("Its version as you read it.")


@command
class ReportPlanItemInput:
    """What was reached of an item. A figure is given in the unit of its target."""

    id: strawberry.ID = about("The item.")
    actual: Decimal | None = about("What was reached (realisasi).")
    unit: TargetUnit | None = about("Unit in which it was counted; it must be that of the target.")
    progress_percent: int | None = about("How far it is, in percent.")
    actual_output: str | None = about("What came out of it.")
    actual_on: Date | None = about("Day; today where left out.")
    expected_version: int | None = about("Its version as you read it.")


@command
class AddPlanItemEvidenceInput:
    """Where evidence of an item can be found; stored files are linked by `addLink`."""

    item: strawberry.ID = about("The item.")
    kind: EvidenceKind = about("Kind (jenis).")
    description: str = about("What it shows.")
    url: str | None = about("Web address where it can be found.")
    captured_on: Date | None = about("Day it was made.")


@command
class ReportPlanProblemInput:
    """A problem of an item (masalah)."""

    item: strawberry.ID = about("The item.")
    problem: str = about("The problem.")
    raised_on: Date | None = about("Day; today where left out.")


@command
class SolvePlanProblemInput:
    """The solution of a problem (penyelesaian)."""

    problem: strawberry.ID = about("The problem, by the id of its PlanItemProblem.")
    solution: str = about("How it was solved.")
    solved_on: Date | None = about("Day; today where left out.")
    expected_version: int | None = about("Version of the problem as you read it.")


@command
class CancelPlanItemInput:
    """Why an item will not be done."""

    id: strawberry.ID = about("The item.")
    reason: str = about("Why.")
    expected_version: int | None = about("Its version as you read it.")


def form(given: CreateActionPlanInput | UpdateActionPlanInput) -> dict[str, Any]:
    """The columns of a plan that were sent."""
    return values_of(given, _FORM, required=("title", "year"))


def items(act: Act, given: Sequence[PlanItemInput] | None) -> list[NewItem]:
    """All items of a new plan."""
    found = _few(given, MOST_ITEMS, "items")
    return [item(act, each, "items", str(index)) for index, each in enumerate(found)]


def item(act: Act, given: PlanItemInput, *path: str) -> NewItem:
    """An item to add."""
    found = _few(given.stakeholders, MOST_STAKEHOLDERS, *path, "stakeholders")
    stakeholders = [stakeholder(act, each, *path, "stakeholders", str(index)) for index, each in enumerate(found)]
    values = values_of(given, _ITEM, required=_ITEM_NEEDS, path=path)
    return NewItem(values=values, stakeholders=stakeholders, path=path)


def item_values(given: UpdatePlanItemInput) -> dict[str, Any]:
    """The columns of an item that were sent."""
    return values_of(given, _ITEM, required=_ITEM_NEEDS)


def stakeholder(act: Act, given: StakeholderInput, *path: str) -> NewStakeholder:
    """Who takes part; the key belongs to this tenant, and whether it is there the database says."""
    named = {name: value for name in _STAKEHOLDER if (value := present(getattr(given, name))) is not None}
    if len(named) != 1:
        raise OneOfNeeded(path=path, fields="village, organization, agencyCode, citizen, name")
    ((name, value),) = named.items()
    if name in _ARCS:
        arc, type_name = _ARCS[name]
        return NewStakeholder(arc=arc, key=act.key(value, type_name, *path, name), path=(*path, name))
    here = (*path, "agencyCode" if name == "agency_code" else name)
    return NewStakeholder(arc=name, key=line(value, *here), path=here)


def signature(given: SignActionPlanInput) -> Signature:
    """How the camat signed."""
    return Signature(
        name=line(given.signatory_name, "signatoryName"),
        position=line(given.signatory_position, "signatoryPosition"),
        place=line(given.place, "place"),
        signed_on=present(given.signed_on),
    )


def reached(given: ReportPlanItemInput) -> Reached:
    """What was reached."""
    actual, unit, progress = present(given.actual), present(given.unit), present(given.progress_percent)
    output = present(given.actual_output)
    return Reached(
        actual=None if actual is None else _amount(actual, "actual"),
        unit=None if unit is None else TargetUnit[code(unit)],
        progress=None if progress is None else figure(progress, "progressPercent", most=100),
        output=None if output is None else paragraph(output, "actualOutput"),
        on=present(given.actual_on),
    )


def year(given: int) -> int:
    """A year of our time."""
    return int(between(*YEARS)(given, "year"))


def _few(given: Any, most: int, *path: str) -> Sequence[Any]:
    found: Sequence[Any] = given if sent(given) and given is not None else ()
    if len(found) > most:
        raise TooMany(path=path, most=most)
    return found


def _amount(value: PythonDecimal, *path: str) -> PythonDecimal:
    return figure(value, *path, most=_MOST).quantize(_CENT)


def _target(value: PythonDecimal, *path: str) -> PythonDecimal:
    return figure(value, *path, least=1, most=_MOST).quantize(_CENT)


_FORM: dict[str, Parse] = {
    "title": line,
    "year": between(*YEARS),
    "background_why": paragraph,
    "background_what": paragraph,
    "background_how": paragraph,
    "goals_benefits": paragraph,
}
_ITEM: dict[str, Parse] = {
    "activity": paragraph,
    "starts_on": as_it_is,
    "ends_on": as_it_is,
    "output": paragraph,
    "responsible": line,
    "resource_needed": paragraph,
    "resource_source": paragraph,
    "expected_result": paragraph,
    "target": _target,
    "unit": code,
}
_ITEM_NEEDS = ("activity", "starts_on", "ends_on", "output", "responsible")
