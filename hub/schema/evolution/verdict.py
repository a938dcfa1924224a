"""Whether a schema may follow the released ones.

A breaking change stands in the way, unless it is the removal of something that was given up in time: deprecated in the
house form, at least 180 days and two releases ago, its promised day come, and no stored document in need of it.
A type may go with the last part that mentions it.
"""

from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from itertools import takewhile
from typing import TypeAlias

from graphql import BreakingChangeType, DocumentNode, GraphQLSchema, parse

from hub.graph.uses import uses
from hub.schema.evolution import deprecation
from hub.schema.evolution.changes import Change, Kind, Weight, changes
from hub.schema.evolution.coordinates import mentions, owner
from hub.schema.evolution.deprecation import faults, reasons
from hub.schema.evolution.releases import Release

Uses: TypeAlias = Callable[[GraphQLSchema, DocumentNode], AbstractSet[str]]  # the coordinates that a document needs

LEAST = timedelta(days=180)
LEAST_RELEASES = 2  # from the one that deprecated it to the one without it
_REMOVALS = {
    BreakingChangeType.FIELD_REMOVED.name,
    BreakingChangeType.ARG_REMOVED.name,
    BreakingChangeType.VALUE_REMOVED_FROM_ENUM.name,
    BreakingChangeType.DIRECTIVE_ARG_REMOVED.name,
}
_TYPE = BreakingChangeType.TYPE_REMOVED.name


class Advice(StrEnum):
    """What to do about a change."""

    DEPRECATE = "Put it back and deprecate it: Use `x` instead. Removal: {removal}."
    FORM = "Put it back; its deprecation was not in the form: Use `x` instead. Removal: {removal}."
    WAIT = "Put it back; it may go from {day} on, after {releases} more releases."
    USED = "Put it back; stored documents still need it: {number}."
    MENTIONED = "Put it back; it may go when nothing mentions it any more."
    BESIDE = "Leave the old as it is and add the new beside it, under a name of its own."
    OPTIONAL = "Make it optional, or give it a default."
    GONE = "It was given up in time. Name it in the changelog."
    ANNOUNCE = "Announce it; clients must bear what they do not know."
    DEFAULT = "Announce it; whoever left it out gets another answer."
    EARLY = "Promise a later day: it may go from {day} on."
    NAME = "Correct the reason: Use `x` instead. Removal: {removal}."


_DEPRECATIONS = {Kind.DEPRECATED, Kind.DEPRECATION_CHANGED, Kind.REMOVAL_BROUGHT_FORWARD}
_OTHERWISE = {
    BreakingChangeType.REQUIRED_ARG_ADDED.name: Advice.OPTIONAL,
    BreakingChangeType.REQUIRED_INPUT_FIELD_ADDED.name: Advice.OPTIONAL,
    BreakingChangeType.REQUIRED_DIRECTIVE_ARG_ADDED.name: Advice.OPTIONAL,
    Kind.BECAME_REQUIRED: Advice.OPTIONAL,
    "ARG_DEFAULT_VALUE_CHANGE": Advice.DEFAULT,
    "INPUT_FIELD_DEFAULT_VALUE_CHANGE": Advice.DEFAULT,
}


@dataclass(frozen=True, slots=True)
class Judged:
    """A change with what to do about it; the parameters fill the advice."""

    change: Change
    advice: Advice | None = None
    params: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Bench:
    """Everything that a verdict is drawn from."""

    against: Release
    history: list[Release]
    today: date
    new: GraphQLSchema
    needed: Mapping[str, int]  # coordinate -> number of stored documents that need it

    @property
    def removal(self) -> str:
        """The earliest day that a deprecation of today can promise."""
        return (self.today + LEAST).isoformat()

    def deprecating(self, place: str) -> list[Release]:
        """The releases without a gap before now in which it was deprecated, the oldest first."""
        upto = [each for each in self.history if each.version <= self.against.version]
        return [*takewhile(lambda each: place in reasons(each.schema), reversed(upto))][::-1]


def judge(
    history: list[Release],
    new: GraphQLSchema,
    *,
    against: Release,
    today: date,
    documents: Iterable[str] = (),
    uses: Uses = uses,
) -> list[Judged]:
    """Every change since `against`, judged; `documents` are the texts of the stored ones.

    GraphQLSyntaxError where one of them is no GraphQL.
    """
    needed: dict[str, int] = {}
    for text in documents:
        for place in uses(against.schema, parse(text)):
            needed[place] = needed.get(place, 0) + 1
    bench = Bench(against, history, today, new, needed)
    found = changes(against.schema, new)
    removals = {each.place: _removal(bench, each) for each in found if each.kind in _REMOVALS}
    going = _going(found, against.schema, {place for place, judged in removals.items() if judged.advice is Advice.GONE})
    return [removals[each.place] if each.kind in _REMOVALS else _judged(bench, each, going) for each in found]


def breaking(judged: Iterable[Judged]) -> list[Judged]:
    """Those that stand in the way."""
    return [each for each in judged if each.change.weight is Weight.BREAKING]


def _judged(bench: Bench, change: Change, going: set[str]) -> Judged:
    if change.kind == _TYPE:
        return _type(bench, change, going)
    if change.kind in _DEPRECATIONS:
        return _deprecation(bench, change)
    if change.weight is Weight.BREAKING:
        return Judged(change, _OTHERWISE.get(change.kind, Advice.BESIDE))
    if change.weight is Weight.DANGEROUS:
        return Judged(change, _OTHERWISE.get(change.kind, Advice.ANNOUNCE))
    return Judged(change)


def _removal(bench: Bench, change: Change) -> Judged:
    reason = reasons(bench.against.schema).get(change.place)
    if reason is None:
        return Judged(change, Advice.DEPRECATE, {"removal": bench.removal})
    promise = deprecation.parse(reason)
    if promise is None:
        return Judged(change, Advice.FORM, {"removal": bench.removal})
    carried = bench.deprecating(change.place)
    day = max(carried[0].on + LEAST, promise.removal)
    if bench.today < day or len(carried) < LEAST_RELEASES:
        missing = max(0, LEAST_RELEASES - len(carried))
        return Judged(change, Advice.WAIT, {"day": day.isoformat(), "releases": missing})
    return _unless_needed(bench, change)


def _type(bench: Bench, change: Change, going: set[str]) -> Judged:
    return _unless_needed(bench, change) if change.place in going else Judged(change, Advice.MENTIONED)


def _unless_needed(bench: Bench, change: Change) -> Judged:
    if number := bench.needed.get(change.place):
        return Judged(change, Advice.USED, {"number": number})
    return Judged(replace(change, weight=Weight.DANGEROUS), Advice.GONE)


def _going(found: Iterable[Change], old: GraphQLSchema, gone: set[str]) -> set[str]:
    """The removed types that only things mention which go too."""
    mentioned = mentions(old)
    going = {each.place for each in found if each.kind == _TYPE}
    while True:
        kept = {name for name in going if any(not _goes(place, gone, going) for place in mentioned.get(name, ()))}
        if not kept:
            return going
        going -= kept


def _goes(place: str, gone: set[str], going: set[str]) -> bool:
    field = place.partition("(")[0]
    return place in gone or field in gone or owner(place) in going


def _deprecation(bench: Bench, change: Change) -> Judged:
    """Whether somebody can act upon it: its form, its replacement, its day."""
    heavier = replace(change, weight=Weight.DANGEROUS)
    promise = deprecation.parse(reasons(bench.new)[change.place])
    if promise is None or change.place in dict(faults(bench.new)):
        return Judged(heavier, Advice.NAME, {"removal": bench.removal})
    carried = bench.deprecating(change.place)
    day = (carried[0].on if carried else bench.today) + LEAST
    if promise.removal < day:
        return Judged(heavier, Advice.EARLY, {"day": day.isoformat()})
    return Judged(change, Advice.ANNOUNCE)
