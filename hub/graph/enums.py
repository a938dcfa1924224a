"""Vocabularies as GraphQL enums: every value described in English with its Indonesian label, listed in `codeLists`."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeAlias, TypeVar

import strawberry

E = TypeVar("E", bound=StrEnum)

Labels: TypeAlias = Callable[[Any], tuple[str, str]]  # of a member: the Indonesian label, the English one

EXPOSED: dict[str, type[StrEnum]] = {}
LABELS: dict[str, Labels] = {}


def own_labels(member: Any) -> tuple[str, str]:
    """The labels that a member of a vocabulary carries itself."""
    return member.label_id, member.label_en


def _told(english: str, indonesian: str) -> str:
    """Both labels, the Indonesian one only where it says something more."""
    return english if indonesian == english or f"({indonesian})" in english else f"{english} ({indonesian})"


def exposed(words: type[E], name: str | None = None, *, labels: Labels = own_labels) -> type[E]:
    """Make an enum part of the graph; again is no harm. `labels` where its members do not carry their own."""
    if EXPOSED.get(name or words.__name__) is words:
        return words
    description = " ".join((words.__doc__ or "").split())
    made = strawberry.enum(words, name=name, description=description)
    definition: Any = made.__strawberry_definition__  # type: ignore[attr-defined]
    for value in definition.values:
        member = words[value.name]
        indonesian, english = labels(member)
        value.value = member.value
        value.description = f"{_told(english.removesuffix('.'), indonesian)}."
    EXPOSED[definition.name], LABELS[definition.name] = words, labels
    return made
