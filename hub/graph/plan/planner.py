"""Plans: kept per document, operation, shape of variables and shape of scope; run in one statement."""

import sys
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from graphql import FragmentDefinitionNode, GraphQLSchema, OperationDefinitionNode

from hub.graph.binds import Binds, Given, shape, symbolic
from hub.graph.plan.compiler import Compiler
from hub.graph.plan.tree import Reader
from hub.graph.plan.wire import NotPlannable
from hub.graph.withholding import withheld_fields
from hub.store import sql
from hub.store.unit import entering

__all__ = ["NotPlannable", "Plan", "Plans"]


@dataclass(frozen=True, slots=True)
class Plan:
    """A compiled operation."""

    statement: sql.Statement  # entering and body as one; the names are those of the body's arguments
    readers: tuple[Callable[[Given], Any], ...]  # of the body's arguments, in their order
    checks: tuple[
        Callable[[Given], Any], ...
    ]  # of values that may be refused, but are no arguments: of a page not read
    withheld: tuple[str, ...]

    @property
    def text(self) -> str:
        """The statement's text."""
        return self.statement.text

    def arguments(self, given: Given) -> sql.Arguments:
        """The positional arguments: the body's, then the scope's settings. Raises what a conversion refuses."""
        for check in self.checks:
            check(given)
        return (*[read(given) for read in self.readers], *[value for _, value in given.settings])


@dataclass(frozen=True, slots=True)
class Kept:
    """A plan in the cache, or the reason why there is none, with its bytes as estimated.

    A reason is a text: an exception would keep the request at hand, and grow each time it is raised.
    """

    plan: Plan | str
    bytes: int


@dataclass(slots=True)
class Plans:
    """The cache of plans, with the reasons why some operations have none; bounded by number and by estimated bytes."""

    schema: GraphQLSchema
    most: int = 2_000
    most_bytes: int = 64 * 1024 * 1024
    kept: OrderedDict[Any, Kept] = field(default_factory=OrderedDict)
    bytes: int = 0

    def find(
        self,
        document: str,
        operation: OperationDefinitionNode,
        fragments: Mapping[str, FragmentDefinitionNode],
        given: Given,
        id_types: tuple[Any, ...] = (),
    ) -> Plan:
        """The plan of an operation for this shape of scope and variables; NotPlannable where it has none.

        `id_types` are the types behind the ids given to `node` and `nodes`, where the document uses them.
        """
        name = operation.name.value if operation.name else ""
        key = (document, name, shape(given.variables), scope_shape(given), id_types)
        known = self.kept.get(key)
        if known is None:
            known = self._keep(key, self._make(operation, fragments, given))
        else:
            self.kept.move_to_end(key)
        if isinstance(known.plan, str):
            raise NotPlannable(known.plan)
        return known.plan

    def _keep(self, key: Any, made: Plan | str) -> Kept:
        kept = Kept(made, estimate(key, made))
        self.kept[key] = kept
        self.bytes += kept.bytes
        while len(self.kept) > self.most or self.bytes > self.most_bytes:
            _, dropped = self.kept.popitem(last=False)
            self.bytes -= dropped.bytes
        return kept

    def _make(
        self, operation: OperationDefinitionNode, fragments: Mapping[str, FragmentDefinitionNode], given: Given
    ) -> Plan | str:
        try:
            return compile_plan(self.schema, operation, fragments, given)
        except NotPlannable as reason:
            return str(reason)


def compile_plan(
    schema: GraphQLSchema,
    operation: OperationDefinitionNode,
    fragments: Mapping[str, FragmentDefinitionNode],
    given: Given,
) -> Plan:
    """Compile an operation; NotPlannable says why it cannot be."""
    scope = given.scope
    binds = Binds.under(scope)
    reader = Reader(schema, fragments, symbolic(dict(given.variables)), strict=True)
    compiler = Compiler(schema, reader, binds)
    assert schema.query_type is not None  # noqa: S101  # every schema of ours has one
    body = compiler.operation(schema.query_type, [operation.selection_set])
    statement = sql.prepare(body)
    text = entering(scope, statement.text, first=len(statement.names) + 1)
    hidden = withheld_fields(schema, reader, binds, [operation.selection_set])
    readers = tuple(_reader(statement, name, binds) for name in statement.names)
    checks = tuple(read for name, read in binds.getters.items() if name not in statement.names)
    return Plan(replace(statement, text=text), readers, checks, hidden)


def _reader(statement: sql.Statement, name: str, binds: Binds) -> Callable[[Given], Any]:
    """What reads an argument from a request, as the driver takes it."""
    read = binds.getters.get(name)
    if read is None:
        constant = statement.constants[name]
        read = lambda _given: constant  # noqa: E731  # as those of binds
    convert = statement.converters.get(name)
    return read if convert is None else _converted(read, convert)


def _converted(read: Callable[[Given], Any], convert: Callable[[Any], Any]) -> Callable[[Given], Any]:
    def converted(given: Given) -> Any:
        found = read(given)
        return None if found is None else convert(found)

    return converted


def estimate(key: Any, made: Plan | str) -> int:
    """The bytes that a plan holds: its key with the document's text, its statement, its arguments' names and getters.

    The document's text may be the document cache's own, but outlives it here.
    """
    document, *shapes = key
    found = _BYTES_OF_ANY + sys.getsizeof(document) + _BYTES_OF_A_SHAPE * len(repr(shapes))
    if isinstance(made, str):
        return found + sys.getsizeof(made)
    names = sum(map(len, made.statement.names))
    return found + sys.getsizeof(made.text) + names + _BYTES_OF_AN_ARGUMENT * (len(made.readers) + len(made.checks))


_BYTES_OF_ANY, _BYTES_OF_A_SHAPE, _BYTES_OF_AN_ARGUMENT = 2_000, 4, 1_000


def scope_shape(given: Given) -> Any:
    """What of a request's scope decides a statement's text."""
    scope = given.scope
    single = scope.tenant is not None
    return (scope.reader, single, scope.permissions, tuple([name for name, _ in given.settings]), scope.lang)
