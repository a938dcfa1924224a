"""Limits of a document, checked once when it is first seen. docs/limits.md and the refusals name them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

from hub.kernel.errors import Limited


@dataclass(frozen=True, slots=True)
class Limits:
    """The numbers."""

    body_bytes: int = 256 * 1024
    tokens: int = 5_000
    depth: int = 12
    introspection_depth: int = 16  # the usual introspection of tools nests 15 levels; its own rule stops cycles
    aliases: int = 50
    root_fields: int = 20
    fields: int = 10_000  # after fragments are spread
    nodes: int = 100_000  # objects that an answer may hold at most, by the page sizes asked
    cost: int = 5_000  # points; see hub.graph.cost
    variables: int = 100
    variable_values: int = 10_000  # everything inside the variables counted
    json_depth: int = 20  # levels of a request's body, its own object included


class TooDeep(Limited):
    """The query is nested {found} levels deep; {allowed} are allowed."""

    code = "TOO_DEEP"
    hint = "Flatten the query, or ask in two steps with the ids of the first answer."


class TooManyAliases(Limited):
    """The query has {found} aliases; {allowed} are allowed."""

    code = "TOO_MANY_ALIASES"
    hint = "Ask in several requests."


class TooManyRootFields(Limited):
    """The query has {found} root fields; {allowed} are allowed."""

    code = "TOO_MANY_ROOT_FIELDS"
    hint = "Ask in several requests."


class TooManyTokens(Limited):
    """The query has more than {allowed} tokens."""

    code = "TOO_MANY_TOKENS"
    hint = "Shorten the query, or ask in several requests."


class TooManyFields(Limited):
    """With its fragments spread, the query asks for more than {allowed} fields."""

    code = "TOO_MANY_FIELDS"
    hint = "Ask for fewer fields, or in several requests."


class TooManyNodes(Limited):
    """The query asks for up to {found} nodes; {allowed} are allowed."""

    code = "TOO_MANY_NODES"
    hint = "Nested pages multiply: make the inner `first` smaller, or ask for the inner pages in requests of their own."


class TooCostly(Limited):
    """The query costs {found} points; {allowed} are allowed."""

    code = "TOO_COSTLY"
    hint = "Ask for smaller pages, fewer counts or fewer levels; docs/limits.md has the prices."


class OnceOnly(Limited):
    """The query asks {found} times for what may be asked once in a request: `{field}`."""

    code = "ONCE_ONLY"
    hint = "Send a request for each person or file; aliases do not make it more."


class TooManyVariables(Limited):
    """The request has {found} variables; {allowed} are allowed."""

    code = "TOO_MANY_VARIABLES"
    hint = "Put values that belong together into one variable with an input type."


class VariablesTooLarge(Limited):
    """The variables hold more than {allowed} values."""

    code = "VARIABLES_TOO_LARGE"
    hint = "Send the values in several requests."


class JsonTooDeep(Limited):
    """The request is nested deeper than {allowed} levels."""

    code = "JSON_TOO_DEEP"
    hint = "Flatten the variables; filters rarely need more than three levels."


class TooManyRepeats(Limited):
    """The query repeats the same fields too often."""

    code = "TOO_MANY_REPEATS"
    hint = "Name each field once in a selection, and spread each fragment once."


class BodyTooLarge(Limited):
    """The request body is larger than {allowed} bytes."""

    code = "BODY_TOO_LARGE"
    hint = "Shorten the query or send large values in several requests."
    status = 413


_CONTAINERS = (dict, list)  # as JSON is read
_WALKS = 2  # the root's fields are counted, then everything is walked


def check(document: DocumentNode, limits: Limits) -> dict[str, int]:
    """Raise the first limit a document breaks, else the depth of each operation by name.

    Its fragments must be free of cycles: validate first.
    """
    fragments = {each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)}
    depths = {}
    for operation in document.definitions:
        if isinstance(operation, OperationDefinitionNode):
            measure = _Measure(fragments, limits)
            measure.operation(operation)
            depths[operation.name.value if operation.name else ""] = measure.deepest
    return depths


def check_parameters(given: Mapping[str, Any], limits: Limits) -> None:
    """Raise where a request's parameters are nested too deeply, or its variables are too many or too large."""
    variables = given.get("variables")
    if isinstance(variables, dict):
        if len(variables) > limits.variables:
            raise TooManyVariables(found=len(variables), allowed=limits.variables)
        if _inside(variables, limits, level=2) > limits.variable_values:
            raise VariablesTooLarge(allowed=limits.variable_values)
    for name, value in given.items():
        if name != "variables" and isinstance(value, dict | list):
            _inside(value, limits, level=2)


def _inside(value: Any, limits: Limits, *, level: int) -> int:
    """The number of values inside a JSON value, which stands at `level`; JsonTooDeep where it goes down too far."""
    number, layer = 0, [value] if isinstance(value, dict | list) else []
    while layer:
        if level > limits.json_depth:
            raise JsonTooDeep(allowed=limits.json_depth)
        level += 1
        inner = [item for each in layer for item in (each.values() if isinstance(each, dict) else each)]
        number += len(inner)
        layer = [item for item in inner if type(item) in _CONTAINERS]
    return number


class _Measure:
    """Counts one operation with its fragments spread."""

    def __init__(self, fragments: dict[str, FragmentDefinitionNode], limits: Limits) -> None:
        self.fragments, self.limits = fragments, limits
        self.aliases = self.fields = self.steps = self.deepest = 0

    def operation(self, operation: OperationDefinitionNode) -> None:
        roots = sum(1 for _ in self._fields(operation.selection_set))
        if roots > self.limits.root_fields:
            raise TooManyRootFields(found=roots, allowed=self.limits.root_fields)
        self._walk(operation.selection_set, 1, self.limits.depth)
        if self.aliases > self.limits.aliases:
            raise TooManyAliases(found=self.aliases, allowed=self.limits.aliases)

    def _walk(self, chosen: SelectionSetNode, depth: int, allowed: int) -> None:
        if depth > allowed:
            raise TooDeep(found=depth, allowed=allowed)
        self.deepest = max(self.deepest, depth)
        for each in self._fields(chosen):
            self.fields += 1
            if self.fields > self.limits.fields:
                raise TooManyFields(allowed=self.limits.fields)
            if each.alias is not None:
                self.aliases += 1
            if each.selection_set is not None:
                schema = depth == 1 and each.name.value in ("__schema", "__type")
                self._walk(each.selection_set, depth + 1, self.limits.introspection_depth if schema else allowed)

    def _fields(self, chosen: SelectionSetNode) -> Iterator[FieldNode]:
        for each in chosen.selections:
            self.steps += 1  # fragments of fragments multiply before any field is met
            if self.steps > _WALKS * self.limits.fields:
                raise TooManyFields(allowed=self.limits.fields)
            if isinstance(each, FieldNode):
                yield each
            elif isinstance(each, InlineFragmentNode):
                yield from self._fields(each.selection_set)
            elif isinstance(each, FragmentSpreadNode):
                yield from self._fields(self.fragments[each.name.value].selection_set)
