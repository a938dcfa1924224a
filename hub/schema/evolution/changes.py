"""What has changed between two schemas, and how much it weighs on clients.

graphql-core finds most of it and decides what it weighs; here each finding gets its coordinate, and what
graphql-core does not look at is added: deprecations, root types, `@oneOf`, `@specifiedBy`, defaults that made
something optional, new types behind an old interface.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from graphql import (
    BreakingChange,
    DangerousChange,
    GraphQLArgument,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    OperationType,
    is_required_argument,
    is_required_input_field,
    specified_scalar_types,
)
from graphql.utilities.find_schema_changes import SafeChangeType, SchemaChange, find_schema_changes

from hub.schema.evolution.coordinates import items, own_types, parts
from hub.schema.evolution.deprecation import Deprecation, parse, reasons

_ITEM = r"(?P<place>@?\w+(?:\.\w+)?(?:\(\w+:?\))?)"
_FORMS = tuple(  # how graphql-core words a finding, up to the coordinate it is about
    re.compile(form + _ITEM)
    for form in (
        r"Description of (?:input-field |field |enum value |argument )?",
        r"(?:Field|Argument|Enum value|Directive|An? (?:required|optional) (?:argument|field)) ",
        r"\w+ was (?:added to|removed from) union type ",
        r"\w+ added to interfaces implemented by ",
        r"Repeatable flag was (?:added to|removed from) ",
        r"[A-Z_]+ was (?:added to|removed from) (?=@)",
        r"",
    )
)


class Weight(StrEnum):
    """What a change means for a client that was written before it."""

    BREAKING = "breaking"
    DANGEROUS = "dangerous"
    SAFE = "safe"


class Kind(StrEnum):
    """The changes that graphql-core has no name for."""

    DEPRECATED = "DEPRECATED"
    DEPRECATION_CHANGED = "DEPRECATION_CHANGED"
    DEPRECATION_LIFTED = "DEPRECATION_LIFTED"
    REMOVAL_BROUGHT_FORWARD = "REMOVAL_BROUGHT_FORWARD"
    BECAME_REQUIRED = "BECAME_REQUIRED"
    ROOT_CHANGED = "ROOT_CHANGED"
    ONE_OF_CHANGED = "ONE_OF_CHANGED"
    SCALAR_CHANGED = "SCALAR_CHANGED"
    TYPE_ADDED_TO_INTERFACE = "TYPE_ADDED_TO_INTERFACE"


@dataclass(frozen=True, slots=True)
class Change:
    """One change, by the coordinate it is about."""

    weight: Weight
    kind: str
    place: str
    what: str


class Unreadable(Exception):
    """graphql-core words a finding in a way that is not known here: its coordinate cannot be told."""


def changes(old: GraphQLSchema, new: GraphQLSchema) -> list[Change]:
    """All changes, the heaviest first, then by coordinate."""
    found = [*_compared(old, new), *_deprecations(old, new), *_further(old, new)]
    heavier = {each.place for each in found if each.kind is Kind.BECAME_REQUIRED}
    found = [each for each in found if not (each.place in heavier and each.weight is Weight.DANGEROUS)]
    order = list(Weight)
    return sorted(found, key=lambda each: (order.index(each.weight), each.place, each.kind))


def _compared(old: GraphQLSchema, new: GraphQLSchema) -> Iterator[Change]:
    known = items(old).keys() | items(new).keys()
    for each in find_schema_changes(old, new):
        place = _place(each.description)
        if place in specified_scalar_types:  # comes and goes with its use
            continue
        if place not in known:
            raise Unreadable(each.description)
        yield Change(_weight(each), each.type.name, place, _what(each, place))


def _weight(found: SchemaChange) -> Weight:
    if isinstance(found, BreakingChange):
        return Weight.BREAKING
    return Weight.DANGEROUS if isinstance(found, DangerousChange) else Weight.SAFE


def _what(found: SchemaChange, place: str) -> str:
    """graphql-core's sentence, without the whole of a new description."""
    changed = found.type is SafeChangeType.DESCRIPTION_CHANGED
    return f"Description of {place} has changed." if changed else found.description


def _place(description: str) -> str:
    for form in _FORMS:
        if found := form.match(description):
            return re.sub(r"(?<=\w)\)$", ":)", found["place"])
    raise Unreadable(description)


def _deprecations(old: GraphQLSchema, new: GraphQLSchema) -> Iterator[Change]:
    was, now, there = reasons(old), reasons(new), parts(new).keys()
    for place in now.keys() - was.keys():
        yield Change(Weight.SAFE, Kind.DEPRECATED, place, f"{place} is deprecated: {now[place]}")
    for place in (was.keys() - now.keys()) & there:
        yield Change(Weight.SAFE, Kind.DEPRECATION_LIFTED, place, f"{place} is no longer deprecated.")
    for place in was.keys() & now.keys():
        if was[place] != now[place]:
            earlier = _earlier(parse(was[place]), parse(now[place]))
            weight = Weight.DANGEROUS if earlier else Weight.SAFE
            kind = Kind.REMOVAL_BROUGHT_FORWARD if earlier else Kind.DEPRECATION_CHANGED
            yield Change(weight, kind, place, f"{place} is now deprecated with: {now[place]}")


def _earlier(was: Deprecation | None, now: Deprecation | None) -> bool:
    return was is not None and (now is None or now.removal < was.removal)


def _further(old: GraphQLSchema, new: GraphQLSchema) -> Iterator[Change]:
    yield from _roots(old, new)
    yield from _requirements(old, new)
    for type_ in own_types(new):
        was = old.type_map.get(type_.name)
        if isinstance(was, GraphQLInputObjectType) and isinstance(type_, GraphQLInputObjectType):
            yield from _one_of(was, type_)
        if isinstance(was, GraphQLScalarType) and isinstance(type_, GraphQLScalarType):
            yield from _scalar(was, type_)
        if was is None and isinstance(type_, GraphQLObjectType):
            yield from _behind(type_, old)


def _roots(old: GraphQLSchema, new: GraphQLSchema) -> Iterator[Change]:
    for operation in OperationType:
        was, now = old.get_root_type(operation), new.get_root_type(operation)
        if was is None and now is not None:
            what = f"There is a root of {operation.value}s now, {now.name}."
            yield Change(Weight.SAFE, Kind.ROOT_CHANGED, now.name, what)
        elif was is not None and (now is None or now.name != was.name):
            what = f"The root of {operation.value}s was {was.name} and is {now.name if now else 'gone'}."
            yield Change(Weight.BREAKING, Kind.ROOT_CHANGED, was.name, what)


def _requirements(old: GraphQLSchema, new: GraphQLSchema) -> Iterator[Change]:
    """What could be left out thanks to a default, and no longer can."""
    was, now = parts(old), parts(new)
    for place in was.keys() & now.keys():
        before, after = was[place], now[place]
        if _required(after) and not _required(before) and str(_type(before)) == str(_type(after)):
            what = f"{place} must be given now: its default is gone."
            yield Change(Weight.BREAKING, Kind.BECAME_REQUIRED, place, what)


def _required(part: object) -> bool:
    if isinstance(part, GraphQLArgument):
        return is_required_argument(part)
    return isinstance(part, GraphQLInputField) and is_required_input_field(part)


def _type(part: object) -> object:
    return getattr(part, "type", None)  # a value of an enum has none


def _one_of(was: GraphQLInputObjectType, now: GraphQLInputObjectType) -> Iterator[Change]:
    if now.is_one_of and not was.is_one_of:
        what = f"{now.name} takes exactly one of its fields now."
        yield Change(Weight.BREAKING, Kind.ONE_OF_CHANGED, now.name, what)
    if was.is_one_of and not now.is_one_of:
        what = f"{now.name} takes any number of its fields now."
        yield Change(Weight.SAFE, Kind.ONE_OF_CHANGED, now.name, what)


def _scalar(was: GraphQLScalarType, now: GraphQLScalarType) -> Iterator[Change]:
    if was.specified_by_url != now.specified_by_url:
        what = f"{now.name} was specified by {was.specified_by_url} and is by {now.specified_by_url}."
        yield Change(Weight.DANGEROUS, Kind.SCALAR_CHANGED, now.name, what)


def _behind(type_: GraphQLObjectType, old: GraphQLSchema) -> Iterator[Change]:
    for interface in type_.interfaces:
        if isinstance(old.type_map.get(interface.name), GraphQLInterfaceType):
            what = f"{type_.name} is new and may be met where {interface.name} is answered."
            yield Change(Weight.DANGEROUS, Kind.TYPE_ADDED_TO_INTERFACE, interface.name, what)
