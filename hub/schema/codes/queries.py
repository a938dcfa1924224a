"""`codeLists`: every vocabulary of the graph with its labels, so that no front end types them again."""

import re
from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from typing import Any

import strawberry

from hub.graph.declare import answered, queries
from hub.graph.enums import EXPOSED, LABELS
from hub.kernel.errors import BadInput, one_line
from hub.kernel.register_codes import CODE_LISTS
from hub.schema.codes.titles import TITLES


class CodeListUnknown(BadInput):
    """There is no code list of this name."""

    code = "CODE_LIST_UNKNOWN"
    hint = "Leave `names` out to get all lists; a list has the name of its enum in the schema."


@strawberry.type(description="One value of a code list (nilai kode).")
class CodeValue:
    """A value with its labels."""

    name: str = strawberry.field(description="Name: the enum's value; what is sent and stored, and never changes.")
    label_id: str = strawberry.field(description="Label in Bahasa Indonesia.")
    label_en: str = strawberry.field(description="Label in English.")
    number: int | None = strawberry.field(description="Number in OpenSID's files, where the list is from there.")


@strawberry.type(description="A vocabulary of the graph (daftar kode): an enum with labels for people.")
class CodeList:
    """A vocabulary as data."""

    name: str = strawberry.field(description="Name of the enum in the schema.")
    title_id: str = strawberry.field(description="Title in Bahasa Indonesia.")
    title_en: str = strawberry.field(description="Title in English.")
    description: str = strawberry.field(description="What it says.")
    values: list[CodeValue] = strawberry.field(description="Its values, in their own order.")


@lru_cache(maxsize=1)
def lists() -> Mapping[str, CodeList]:
    """All lists by name; call it when the schema is built, not before."""
    return {name: _list(name, EXPOSED[name]) for name in sorted(EXPOSED)}


def titles(name: str) -> tuple[str, str]:
    """The list's titles, Indonesian and English; where none is written, what its description has in brackets."""
    registered = {each.enum.__name__: (each.title_id, each.title_en) for each in CODE_LISTS.values()}
    known = registered.get(name) or TITLES.get(name)
    if known is not None:
        return known
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).capitalize()
    bracketed = re.search(r"\(([^)]+)\)", EXPOSED[name].__doc__ or "")
    return (bracketed[1].capitalize() if bracketed else words), words


def _list(name: str, words: type[StrEnum]) -> CodeList:
    indonesian, english = titles(name)
    return CodeList(
        name=name,
        title_id=indonesian,
        title_en=english,
        description=one_line(words.__doc__ or ""),
        values=[_value(name, member) for member in words],
    )


def _value(name: str, member: Any) -> CodeValue:
    indonesian, english = LABELS[name](member)
    return CodeValue(name=member.name, label_id=indonesian, label_en=english, number=getattr(member, "number", None))


def _code_lists(_root: object, _info: object, names: list[str] | None = None) -> list[CodeList]:
    known = lists()
    if names is None:
        return list(known.values())
    if not known.keys() >= set(names):
        raise CodeListUnknown(path=("names",))
    return [known[name] for name in names]


@queries
class CodeQueries:
    """Root fields."""

    code_lists: list[CodeList] = answered(
        "Vocabularies with their labels in two languages; they change only with the hub's version, so keep them.",
        _code_lists,
        arguments={"names": (list[str] | None, "Only these, by the names of their enums; without it all of them.")},
    )
