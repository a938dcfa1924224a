"""Arguments that say something of a person: never in an address, which servers, proxies and browsers write down.

Personal is what is declared so: a scalar (`hub.graph.scalars.PERSONAL`), an argument (`Argument(personal=True)`), a
filter by a column whose data class is not public, the cursors of lists of persons, for a cursor carries a name, and
what a counted look-up is given, such as a tracking code: whoever reads it could use it.
"""

from collections.abc import Mapping
from typing import Any

from graphql import (
    ArgumentNode,
    DocumentNode,
    GraphQLArgument,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLObjectType,
    GraphQLSchema,
    NullValueNode,
    ObjectFieldNode,
    OperationDefinitionNode,
    TypeInfo,
    TypeInfoVisitor,
    VariableDefinitionNode,
    Visitor,
    get_named_type,
    get_nullable_type,
    type_from_ast,
    visit,
)

from hub.graph.declare import CONNECTIONS, NODES, ROOTS, Answered, DataClass, Roots
from hub.graph.scalars import PERSONAL
from hub.kernel.errors import BadInput
from hub.store.base import MANIFEST, Kind

MARK = "hub.personal"
_CURSORS = ("after", "before")


class PersonalByGet(BadInput):
    """What says something of a person cannot be asked by GET, whose address others write down."""

    code = "PERSONAL_BY_GET"
    hint = "Send the same operation by POST."
    status = 405


def mark(schema: GraphQLSchema) -> None:
    """Mark the personal arguments of a finished schema by the declarations."""
    for type_ in schema.type_map.values():
        if isinstance(type_, GraphQLObjectType):
            for name, field in type_.fields.items():
                _mark_arguments(name if type_ is schema.query_type else "", get_named_type(field.type).name, field.args)
    for node in NODES.values():
        filters = schema.type_map.get(f"{node.name}Filter")
        if isinstance(filters, GraphQLInputObjectType):
            for name, given in filters.fields.items():
                if name in node.fields and node.fields[name].data is not DataClass.PUBLIC:
                    given.extensions[MARK] = True


def _mark_arguments(root: str, answers: str, arguments: Mapping[str, GraphQLArgument]) -> None:
    source, node = ROOTS.get(root), CONNECTIONS.get(answers)
    declared = source.arguments if isinstance(source, Roots) else {}
    entry = MANIFEST.get(node.table.name) if node else None
    for name, argument in arguments.items():
        persons = name in _CURSORS and entry is not None and entry.kind is Kind.PERSON
        held = isinstance(source, Answered) and source.meter is not None
        if persons or held or (name in declared and declared[name].personal):
            argument.extensions[MARK] = True


def in_document(schema: GraphQLSchema, document: DocumentNode) -> bool:
    """Whether the text gives a personal argument, be it by a variable. The document must be valid."""
    types = TypeInfo(schema)
    finder = _Finder(schema, types)
    visit(document, TypeInfoVisitor(types, finder))
    return finder.found


def in_variables(schema: GraphQLSchema, operation: OperationDefinitionNode, given: Mapping[str, Any]) -> bool:
    """Whether the value of a variable is personal by its type, or holds something that is."""
    return any(
        _holds(type_from_ast(schema, each.type), given.get(each.variable.name.value))
        for each in operation.variable_definitions or ()
    )


def _holds(type_: Any, value: Any) -> bool:
    if value is None:
        return False
    bare = get_nullable_type(type_)
    if isinstance(bare, GraphQLList):
        return any(_holds(bare.of_type, each) for each in (value if isinstance(value, list) else [value]))
    if isinstance(bare, GraphQLInputObjectType) and isinstance(value, dict):
        known = ((bare.fields[name], each) for name, each in value.items() if name in bare.fields)
        return any(each is not None and (_marked(field) or _holds(field.type, each)) for field, each in known)
    return get_named_type(bare).name in PERSONAL


def _marked(given: GraphQLArgument | GraphQLInputField | None) -> bool:
    return given is not None and (MARK in given.extensions or get_named_type(given.type).name in PERSONAL)


class _Finder(Visitor):
    """Looks at every argument, field of an input and default of a variable."""

    def __init__(self, schema: GraphQLSchema, types: TypeInfo) -> None:
        super().__init__()
        self.schema, self.types, self.found = schema, types, False

    def enter_argument(self, node: ArgumentNode, *_rest: Any) -> None:
        """`search: "…"`."""
        self._note(_marked(self.types.get_argument()), node.value)

    def enter_object_field(self, node: ObjectFieldNode, *_rest: Any) -> None:
        """`birthDate: {…}` in a filter."""
        parent = get_named_type(self.types.get_parent_input_type())
        if isinstance(parent, GraphQLInputObjectType):
            self._note(_marked(parent.fields.get(node.name.value)), node.value)

    def enter_variable_definition(self, node: VariableDefinitionNode, *_rest: Any) -> None:
        """`$nik: Nik = "…"`."""
        named = get_named_type(type_from_ast(self.schema, node.type))
        self._note(named is not None and named.name in PERSONAL, node.default_value)

    def _note(self, personal: bool, value: object) -> None:
        if personal and value is not None and not isinstance(value, NullValueNode):
            self.found = True
