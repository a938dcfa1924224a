"""Typed filters over leakproof, indexed columns only; inputs generated from the declarations."""

from collections.abc import Mapping
from enum import Enum
from typing import Any

import strawberry
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    ColumnElement,
    DateTime,
    FromClause,
    Integer,
    Text,
    Uuid,
    and_,
    false,
    not_,
    or_,
    true,
)
from sqlalchemy import Date as Date_
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.enum import StrawberryEnumDefinition
from strawberry.types.field import StrawberryField
from strawberry.utils.str_converters import to_camel_case

from hub.graph.binds import Binds, Given, Leaf
from hub.graph.declare import NODES, Column, NodeType, One
from hub.graph.identity import read_id
from hub.graph.scalars import Date, RegionCode
from hub.kernel.errors import BadInput

MOST = 100
# Types whose comparison operators PostgreSQL marks leakproof: under row-level security only these use an index.
LEAKPROOF = (Integer, BigInteger, Text, Uuid, Date_, DateTime, Boolean)
_NIL = "00000000-0000-0000-0000-000000000000"


class FilterTooLong(BadInput):
    """A filter lists more than 100 values or conditions."""

    code = "FILTER_TOO_LONG"
    hint = "Ask in several requests of at most 100 values each."


_OPERATORS: Mapping[str, str] = {
    "eq": "Equal to this value.",
    "in": "Equal to one of these values, at most 100.",
    "gte": "Not before or below this value.",
    "lte": "Not after or above this value.",
    "startsWith": "Begins with this text, letter for letter.",
}
_BY_TYPE: Mapping[Any, tuple[str, tuple[str, ...]]] = {
    str: ("String", ("eq", "in", "startsWith")),
    int: ("Int", ("eq", "in", "gte", "lte")),
    bool: ("Boolean", ("eq",)),
    Date: ("Date", ("eq", "gte", "lte")),
    RegionCode: ("RegionCode", ("eq", "in")),
    strawberry.ID: ("Id", ("eq", "in")),
}
_made: dict[str, Any] = {}


def filter_input(node: NodeType) -> Any:
    """The input type that filters a type's connections, made once."""
    name = f"{node.name}Filter"
    if name in _made:
        return _made[name]
    fields: dict[str, Any] = {}
    for key in node.filters:
        source = node.fields[to_camel_case(key)]
        annotation = strawberry.ID if isinstance(source, One) else bare(source.annotation)
        fields[key] = (_comparison(annotation), source.description)
    made = _input(name, fields, f"Conditions on {node.name} items; all must hold.")
    _made[name] = made
    definition = made.__strawberry_definition__
    for word, annotation, text in (
        ("and", list[made], "All of these must hold."),  # type: ignore[valid-type]
        ("or", list[made], "At least one of these must hold."),  # type: ignore[valid-type]
        ("not", made, "This must not hold."),
    ):
        definition.fields.append(_field(f"{word}_", word, annotation, text))
    return made


def condition(node: NodeType, rows: FromClause, given: Mapping[str, Any], binds: Binds) -> ColumnElement[bool]:
    """The SQL condition of a filter. Its shape is the filter's; its values are binds."""
    parts: list[ColumnElement[bool]] = []
    for key, value in given.items():
        if value is None:
            continue
        if key == "and":
            parts.append(and_(true(), *(condition(node, rows, each, binds) for each in _few(value))))
        elif key == "or":
            parts.append(or_(false(), *(condition(node, rows, each, binds) for each in _few(value))))
        elif key == "not":
            parts.append(not_(condition(node, rows, value, binds)))
        else:
            parts.extend(_compare(node, rows, key, value, binds))
    return and_(true(), *parts)


def _compare(
    node: NodeType, rows: FromClause, key: str, given: Mapping[str, Any], binds: Binds
) -> list[ColumnElement[bool]]:
    source = node.fields[key]
    if isinstance(source, One):
        target = NODES[bare(source.annotation).__strawberry_definition__.name]
        column = rows.c[source.key]

        def identify(text: Any, request: Given) -> Any:
            return read_id(text, request, target) or _NIL

        return [
            _operate(column, name, value, binds, convert=identify) for name, value in given.items() if value is not None
        ]
    assert isinstance(source, Column)  # noqa: S101  # check.py lets only these be filters
    column = rows.c[source.attribute or source.name]
    return [_operate(column, name, value, binds) for name, value in given.items() if value is not None]


def _operate(
    column: ColumnElement[Any], name: str, given: Any, binds: Binds, convert: Any = None
) -> ColumnElement[bool]:
    def each(value: Any, request: Given) -> Any:
        return convert(value, request) if convert else getattr(value, "value", value)

    match name:
        case "eq":
            return column == binds.value(given, column.type, each)
        case "in":

            def every(values: Any, request: Given) -> list[Any]:
                if len(values) > MOST:
                    raise FilterTooLong
                return [each(value, request) for value in values]

            return column == binds.value(given, ARRAY(_element(column)), every).any_()
        case "gte":
            return column >= binds.value(given, column.type, each)
        case "lte":
            return column <= binds.value(given, column.type, each)
        case _:
            return and_(
                column >= binds.value(given, Text()),
                column < binds.value(given, Text(), lambda text, _request: _after(text)),
            )


def _after(text: str) -> str:
    """The first text that no longer begins with `text`, in code-point order."""
    return text + "\U0010ffff"


def _element(column: ColumnElement[Any]) -> Any:
    return Uuid() if isinstance(column.type, Uuid) else column.type


def _few(given: Any) -> Any:
    found = given.value if isinstance(given, Leaf) else given  # of lists of objects, only an empty one is a leaf
    if len(found) > MOST:
        raise FilterTooLong
    return found


def bare(annotation: Any) -> Any:
    """An annotation without its `| None`."""
    arguments = getattr(annotation, "__args__", ())
    if type(None) in arguments:
        return next(each for each in arguments if each is not type(None))
    return annotation


def _comparison(annotation: Any) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        definition: StrawberryEnumDefinition = annotation.__strawberry_definition__  # type: ignore[attr-defined]
        name: str = definition.name
        operators: tuple[str, ...] = ("eq", "in")
    else:
        name, operators = _BY_TYPE[annotation]
    full = f"{name}Condition"
    if full not in _made:
        fields = {word: (list[annotation] if word == "in" else annotation, _OPERATORS[word]) for word in operators}
        _made[full] = _input(full, fields, f"Conditions on a value of type {name}; all must hold.")
    return _made[full]


def _input(name: str, fields: Mapping[str, tuple[Any, str]], description: str) -> Any:
    made = strawberry.input(type(name, (), {"__annotations__": {}}), name=name, description=description)
    definition = made.__strawberry_definition__  # type: ignore[attr-defined]
    for key, (annotation, text) in fields.items():
        python_name = f"{key}_" if key == "in" else key
        definition.fields.append(_field(python_name, to_camel_case(key), annotation, text))
    return made


def _field(python_name: str, graphql_name: str, annotation: Any, text: str) -> StrawberryField:
    return StrawberryField(
        python_name=python_name,
        graphql_name=graphql_name,
        type_annotation=StrawberryAnnotation(annotation | None),
        description=text,
        default=strawberry.UNSET,
    )
