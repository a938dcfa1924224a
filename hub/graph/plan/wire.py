"""The JSON text of a value, written in SQL, to the byte as the resolver path writes it."""

from typing import Any

from graphql import GraphQLEnumType, GraphQLScalarType, is_list_type, is_non_null_type
from sqlalchemy import ColumnElement, Text, cast, func, literal_column


class NotPlannable(Exception):
    """This operation, or this use of a field, is for the resolver path; the text says why."""


def literal(text: str) -> ColumnElement[str]:
    """A constant piece of the answer."""
    return literal_column("'" + text.replace("'", "''") + "'", Text)


NULL = literal("null")


def _quoted(value: ColumnElement[Any]) -> ColumnElement[str]:
    return literal('"').concat(cast(value, Text)).concat(literal('"'))


def _string(value: ColumnElement[Any]) -> ColumnElement[str]:
    return cast(func.to_json(value), Text)


def _bare(value: ColumnElement[Any]) -> ColumnElement[str]:
    return cast(value, Text)


def _moment(value: ColumnElement[Any]) -> ColumnElement[str]:
    utc = func.timezone(literal_column("'UTC'"), value)
    return _quoted(func.to_char(utc, literal('YYYY-MM-DD"T"HH24:MI:SS.US"Z"')))


def _time(value: ColumnElement[Any]) -> ColumnElement[str]:
    return literal('"').concat(func.to_char(value, literal_column("'HH24:MI'"))).concat(literal('"'))


_SCALARS = {
    "ID": _quoted,
    "String": _string,
    "Int": _bare,
    "Boolean": _bare,
    "Date": _quoted,
    "DateTime": _moment,
    "TimeOfDay": _time,
    "Decimal": _quoted,
    "Rupiah": _quoted,
    "RegionCode": _quoted,
    "MaskedNumber": _quoted,
    "Cursor": _quoted,
}


def json_text(value: ColumnElement[Any], type_: Any) -> ColumnElement[str]:
    """The JSON text of a leaf value of a GraphQL type; `null` where it is null and may be."""
    if is_non_null_type(type_):
        return _some(value, type_.of_type)
    return func.coalesce(_some(value, type_), NULL)


def _some(value: ColumnElement[Any], type_: Any) -> ColumnElement[str]:
    if is_list_type(type_):
        return _string(value)  # lists are of texts: names, codes
    if isinstance(type_, GraphQLEnumType):
        return _quoted(value)
    if isinstance(type_, GraphQLScalarType) and type_.name in _SCALARS:
        return _SCALARS[type_.name](value)
    reason = f"no SQL form for {type_}"
    raise NotPlannable(reason)


def joined(parts: list[ColumnElement[str]]) -> ColumnElement[str]:
    """Pieces of text, one after the other."""
    found = parts[0]
    for part in parts[1:]:
        found = found.concat(part)
    return found
