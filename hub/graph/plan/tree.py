"""What an operation asks of each object: fields collected as the specification says."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLInputType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    NullValueNode,
    ObjectValueNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_abstract_type,
    is_input_object_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
)

from hub.graph.plan.wire import NotPlannable


@dataclass(frozen=True, slots=True)
class Selection:
    """One response key: its name, the field, and all the nodes merged under it."""

    key: str
    name: str
    nodes: tuple[FieldNode, ...]

    @property
    def sets(self) -> list[SelectionSetNode]:
        """The selection sets below, to be read as one."""
        return [node.selection_set for node in self.nodes if node.selection_set is not None]


@dataclass(slots=True)
class Reader:
    """Reads selections of one operation under given variables."""

    schema: GraphQLSchema
    fragments: Mapping[str, FragmentDefinitionNode]
    variables: Mapping[str, Any]  # for @skip and @include, and, symbolic, for arguments
    strict: bool = False  # raise NotPlannable where null stands for what may not be null: there is an error to tell
    _applies: dict[tuple[str, str], bool] = field(default_factory=dict)

    def collect(self, type_: GraphQLObjectType, sets: list[SelectionSetNode]) -> list[Selection]:
        """The fields selected on an object of this type, merged by response key, in order."""
        found: dict[str, list[FieldNode]] = {}
        seen: set[str] = set()
        for each in sets:
            self._collect(type_, each, found, seen)
        return [Selection(key, nodes[0].name.value, tuple(nodes)) for key, nodes in found.items()]

    def _collect(
        self, type_: GraphQLObjectType, chosen: SelectionSetNode, found: dict[str, list[FieldNode]], seen: set[str]
    ) -> None:
        for each in chosen.selections:
            if not self._included(each):
                continue
            if isinstance(each, FieldNode):
                key = each.alias.value if each.alias else each.name.value
                found.setdefault(key, []).append(each)
            elif isinstance(each, InlineFragmentNode):
                if each.type_condition is None or self._fits(type_, each.type_condition.name.value):
                    self._collect(type_, each.selection_set, found, seen)
            elif isinstance(each, FragmentSpreadNode) and each.name.value not in seen:
                seen.add(each.name.value)
                fragment = self.fragments[each.name.value]
                if self._fits(type_, fragment.type_condition.name.value):
                    self._collect(type_, fragment.selection_set, found, seen)

    def _fits(self, type_: GraphQLObjectType, wanted: str) -> bool:
        if type_.name == wanted:
            return True
        known = self._applies.get((type_.name, wanted))
        if known is None:
            condition = self.schema.type_map.get(wanted)
            known = is_abstract_type(condition) and self.schema.is_sub_type(condition, type_)
            self._applies[type_.name, wanted] = known
        return known

    def _included(self, node: Any) -> bool:
        for directive in node.directives or ():
            name = directive.name.value
            if name in ("skip", "include"):
                value = self._not_null(self.argument(directive.arguments[0].value))
                chosen = bool(getattr(value, "value", value))
                if chosen is (name == "skip"):
                    return False
        return True

    def arguments(self, definition: GraphQLField, node: FieldNode) -> dict[str, Any]:
        """A field's arguments by GraphQL name; variables stand as in `variables`, absent ones not at all."""
        given = {each.name.value: each.value for each in node.arguments or ()}
        found: dict[str, Any] = {}
        for name, argument in definition.args.items():
            value = given.get(name)
            if value is None or (isinstance(value, VariableNode) and value.name.value not in self.variables):
                continue
            found[name] = self.argument(value, argument.type)
        return found

    def argument(self, node: ValueNode, type_: GraphQLInputType | None = None) -> Any:
        """One value: variables looked up, literals coerced by their type (the document has been validated)."""
        if isinstance(node, VariableNode):
            found = self.variables.get(node.name.value)
            return self._not_null(found) if is_non_null_type(type_) else found
        if isinstance(node, NullValueNode):
            return None
        bare: Any = get_nullable_type(type_) if type_ is not None else None
        if is_list_type(bare):
            items = node.values if isinstance(node, ListValueNode) else (node,)
            return [self.argument(item, bare.of_type) for item in items]
        if isinstance(node, ObjectValueNode):
            types = bare.fields if is_input_object_type(bare) else {}
            return {
                each.name.value: self.argument(each.value, types[each.name.value].type)
                for each in node.fields
                if not (isinstance(each.value, VariableNode) and each.value.name.value not in self.variables)
            }
        if is_leaf_type(bare):
            return bare.parse_literal(node)
        return int(node.value) if isinstance(node, IntValueNode) else getattr(node, "value", None)

    def _not_null(self, value: Any) -> Any:
        """The value of a variable that may be null itself, but not where it is used."""
        if value is None and self.strict:
            reason = "null for an argument that may not be null"
            raise NotPlannable(reason)
        return value


def named(type_: Any) -> GraphQLNamedType:
    """The type without its lists and non-nulls."""
    found: GraphQLNamedType = get_named_type(type_)
    return found
