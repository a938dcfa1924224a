"""How a deprecation is written: ``Use `x` instead. Removal: 2027-06-01.``"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from graphql import GraphQLSchema

from hub.schema.evolution.coordinates import items, owner, parts

_FORM = re.compile(r"Use `(?P<instead>[^`]+)` instead\. Removal: (?P<on>\d{4}-\d{2}-\d{2})\.")


@dataclass(frozen=True, slots=True)
class Deprecation:
    """What to use instead, and the first day on which the old may be gone."""

    instead: str
    removal: date


def parse(reason: str) -> Deprecation | None:
    """None where the reason is not in the house form."""
    found = _FORM.fullmatch(reason)
    if found is None:
        return None
    try:
        return Deprecation(found["instead"], date.fromisoformat(found["on"]))
    except ValueError:
        return None


def reasons(schema: GraphQLSchema) -> dict[str, str]:
    """The reason of everything deprecated, by its coordinate."""
    return {
        place: part.deprecation_reason for place, part in parts(schema).items() if part.deprecation_reason is not None
    }


def faults(schema: GraphQLSchema) -> Iterator[tuple[str, str]]:
    """Deprecations that nobody can act upon, with what is wrong."""
    known = items(schema)
    for place, reason in reasons(schema).items():
        said = parse(reason)
        if said is None:
            yield place, "The reason is not in the form: Use `x` instead. Removal: 2027-06-01."
        elif not {said.instead, f"{owner(place)}.{said.instead}", _sibling(place, said.instead)} & known.keys():
            yield place, f"There is no `{said.instead}` to use instead."


def _sibling(place: str, name: str) -> str:
    """An argument's replacement may be another argument of the same field."""
    field, bracket, _ = place.partition("(")
    return f"{field}({name}:)" if bracket else ""
