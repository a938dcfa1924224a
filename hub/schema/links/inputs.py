"""Inputs of links."""

from collections.abc import Mapping
from typing import Any

import strawberry

from hub.domains.links.actions import End
from hub.graph.mutations import Act, command
from hub.schema.given import OneOfNeeded, about, present

_NEAR = {"commitment": ("commitment_id", "Commitment"), "plan_item": ("item_id", "ActionPlanItem")}
_FAR = {
    "permit": ("permit_id", "BuildingPermit"),
    "event": ("event_id", "VitalEvent"),
    "file": ("file_id", "StoredFile"),
    "to_commitment": ("to_commitment_id", "Commitment"),
    "to_plan_item": ("to_item_id", "ActionPlanItem"),
}
_WORDS = {"plan_item": "planItem", "to_commitment": "toCommitment", "to_plan_item": "toPlanItem"}


@command
class AddLinkInput:
    """From one of `commitment` and `planItem` to one of the others. FULFILLED_BY, or EVIDENCED_BY for a file."""

    commitment: strawberry.ID | None = about("The commitment that is fulfilled or proven.")
    plan_item: strawberry.ID | None = about("The item of a plan that is fulfilled or proven.")
    permit: strawberry.ID | None = about("A building permit.")
    event: strawberry.ID | None = about("A vital event.")
    file: strawberry.ID | None = about("A stored file.")
    to_commitment: strawberry.ID | None = about("Another commitment.")
    to_plan_item: strawberry.ID | None = about("Another item of a plan.")
    note: str | None = about("What is to be said of it.")


@command
class RemoveLinkInput:
    """A link to take back."""

    id: strawberry.ID = about("The link.")
    reason: str = about("Why.")
    expected_version: int | None = about("Its version as you read it.")


def ends(act: Act, given: AddLinkInput) -> tuple[End, End]:
    """The two ends. Every id is read before they are counted."""
    near, far = _read(act, given, _NEAR), _read(act, given, _FAR)
    return _one(near, _NEAR), _one(far, _FAR)


def _read(act: Act, given: AddLinkInput, arcs: Mapping[str, tuple[str, str]]) -> list[End]:
    found: list[End] = []
    for name, (arc, type_name) in arcs.items():
        value: Any = present(getattr(given, name))
        if value is not None:
            path = (_WORDS.get(name, name),)
            found.append(End(arc=arc, key=act.key(value, type_name, *path), path=path))
    return found


def _one(found: list[End], arcs: Mapping[str, tuple[str, str]]) -> End:
    if len(found) != 1:
        raise OneOfNeeded(fields=", ".join(_WORDS.get(name, name) for name in arcs))
    return found[0]
