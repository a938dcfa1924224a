"""From the fields of an input to the values of columns: what was sent, parsed once, faults named by field."""

from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from functools import partial
from typing import Any, TypeVar

import strawberry
from strawberry.utils.str_converters import to_camel_case

from hub.kernel.errors import BadInput
from hub.kernel.written import figure

Parse = Callable[..., Any]  # (value, *path) -> value
T = TypeVar("T")


class ValueMissing(BadInput):
    """This field can be changed but not emptied."""

    code = "VALUE_MISSING"
    hint = "Leave the field out to keep its value, or give a new one."


class TooMany(BadInput):
    """At most {most} items are accepted here."""

    code = "TOO_MANY"
    hint = "Send the rest in further requests."


class OneOfNeeded(BadInput):
    """Exactly one of these fields must be given: {fields}."""

    code = "ONE_OF_NEEDED"
    hint = "Give one of the named fields and leave out the others."


def about(description: str) -> Any:
    """A field of an input; one that may be left out has a type that allows null."""
    return strawberry.field(description=description)


def sent(value: Any) -> bool:
    """Whether a field was there at all, be it null."""
    return value is not strawberry.UNSET


def present(value: T | None) -> T | None:
    """The value; None where it was left out."""
    return value if sent(value) else None


def values_of(
    given: Any, parsers: Mapping[str, Parse], *, required: Iterable[str] = (), path: tuple[str, ...] = ()
) -> dict[str, Any]:
    """The columns of an input that were sent. null empties one, or is refused where the column is `required`."""
    found: dict[str, Any] = {}
    for name, parse in parsers.items():
        value, here = getattr(given, name), (*path, to_camel_case(name))
        if not sent(value):
            continue
        if value is None and name in required:
            raise ValueMissing(path=here)
        found[name] = None if value is None else parse(value, *here)
    return found


def as_it_is(value: T, *_path: str) -> T:
    """For what its scalar has checked already."""
    return value


def code(value: Any, *_path: str) -> str:
    """A word of a vocabulary as its column keeps it."""
    return str(value.value) if isinstance(value, Enum) else str(value)


def codes(values: Iterable[Any], *_path: str) -> list[str]:
    """A set of words, each once, in order of first mention."""
    return list(dict.fromkeys(code(each) for each in values))


def between(least: int, most: int) -> Parse:
    """A parser of numbers within bounds."""
    return partial(figure, least=least, most=most)


def each_of(parse: Parse, *, most: int) -> Parse:
    """A parser of lists, at most so long, every item parsed."""

    def parse_all(values: list[Any], *path: str) -> list[Any]:
        if len(values) > most:
            raise TooMany(path=path, most=most)
        return [parse(each, *path, str(index)) for index, each in enumerate(values)]

    return parse_all
