"""Plans: kept per document, operation, shape of variables and shape of scope; run in one statement."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import FragmentDefinitionNode, GraphQLSchema, OperationDefinitionNode

from hub.graph.binds import Binds, Given, shape, symbolic
from hub.graph.plan.compiler import Compiler
from hub.graph.plan.tree import Reader
from hub.graph.plan.wire import NotPlannable
from hub.graph.withholding import withheld_fields
from hub.kernel.scope import Scope
from hub.store import sql
from hub.store.unit import entering, settings_of

__all__ = ["NotPlannable", "Plan", "Plans"]


@dataclass(frozen=True, slots=True)
class Plan:
    """A compiled operation."""

    text: str  # entering and body as one statement
    statement: sql.Statement
    binds: Binds
    withheld: tuple[str, ...]

    def arguments(self, given: Given) -> sql.Arguments:
        """The positional arguments: the body's, then the scope's settings. Raises what a conversion refuses."""
        settings = tuple(value for _, value in settings_of(given.scope))
        return self.statement.arguments(self.binds.values(given)) + settings


@dataclass(slots=True)
class Plans:
    """The bounded cache of plans, with the reasons why some operations have none."""

    schema: GraphQLSchema
    limit: int = 2_000
    kept: OrderedDict[Any, Plan | NotPlannable] = field(default_factory=OrderedDict)

    def find(
        self,
        document: str,
        operation: OperationDefinitionNode,
        fragments: Mapping[str, FragmentDefinitionNode],
        given: Given,
        id_types: tuple[str, ...] = (),
    ) -> Plan:
        """The plan of an operation for this shape of scope and variables; NotPlannable where it has none.

        `id_types` are the types behind the ids given to `node`, where the document uses it.
        """
        name = operation.name.value if operation.name else ""
        key = (document, name, shape(dict(given.variables)), scope_shape(given.scope), id_types)
        known = self.kept.get(key)
        if known is None:
            known = self._make(operation, fragments, given)
            self.kept[key] = known
            if len(self.kept) > self.limit:
                self.kept.popitem(last=False)
        else:
            self.kept.move_to_end(key)
        if isinstance(known, NotPlannable):
            raise known
        return known

    def _make(
        self, operation: OperationDefinitionNode, fragments: Mapping[str, FragmentDefinitionNode], given: Given
    ) -> Plan | NotPlannable:
        try:
            return compile_plan(self.schema, operation, fragments, given)
        except NotPlannable as reason:
            return reason


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
    return Plan(text, statement, binds, hidden)


def scope_shape(scope: Scope) -> Any:
    """What of a scope decides a statement's text."""
    settings = tuple(name for name, _ in settings_of(scope))
    return (scope.reader, scope.permissions, settings, scope.lang)
