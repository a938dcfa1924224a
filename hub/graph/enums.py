"""Vocabularies as GraphQL enums: every value described in English with its Indonesian label, listed in `codeLists`."""

from enum import StrEnum
from typing import Any, TypeVar

import strawberry

E = TypeVar("E", bound=StrEnum)

EXPOSED: dict[str, type[StrEnum]] = {}


def exposed(words: type[E], name: str | None = None) -> type[E]:
    """Make an enum of labelled words part of the graph; again is no harm."""
    if EXPOSED.get(name or words.__name__) is words:
        return words
    description = " ".join((words.__doc__ or "").split())
    made = strawberry.enum(words, name=name, description=description)
    definition: Any = made.__strawberry_definition__  # type: ignore[attr-defined]
    for value in definition.values:
        member: Any = words[value.name]
        value.value = member.value
        value.description = f"{member.label_en} ({member.label_id})."
    EXPOSED[definition.name] = words
    return made
