"""What of the schema a document uses: the ground on which something may be removed from it, or not."""

from collections.abc import Iterator
from typing import Any

from graphql import (
    ArgumentNode,
    DirectiveNode,
    DocumentNode,
    EnumValueNode,
    FieldNode,
    GraphQLEnumType,
    GraphQLError,
    GraphQLInputObjectType,
    GraphQLNamedType,
    GraphQLSchema,
    NamedTypeNode,
    ObjectFieldNode,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    get_named_type,
    resolve_schema_coordinate,
    visit,
)

from hub.kernel.errors import NotFound


class CoordinateUnknown(NotFound):
    """The schema has nothing named {given}."""

    code = "COORDINATE_UNKNOWN"
    hint = "Write Type, Type.field, Type.field(argument:), Input.field, Enum.VALUE or @directive, as in the schema."


def uses(schema: GraphQLSchema, document: DocumentNode) -> frozenset[str]:
    """The schema coordinates of a valid document: types, fields, arguments, input fields, enum values, directives.

    What a variable carries is not known before a request, so a variable uses all that its type takes. Values that come
    out are not listed: whoever asks for a field of an enum takes whatever there is.
    """
    info = TypeInfo(schema)
    finder = _Finder(schema, info)
    visit(document, TypeInfoVisitor(info, finder))
    return frozenset(finder.found)


def touches(coordinate: str, used: frozenset[str]) -> bool:
    """Whether one of the coordinates is this one or lies below it: a field below its type, an argument below both."""
    below = (f"{coordinate}.", f"{coordinate}(")
    return any(each == coordinate or each.startswith(below) for each in used)


def check_coordinate(schema: GraphQLSchema, coordinate: str) -> None:
    """CoordinateUnknown unless the schema has it."""
    try:
        found = resolve_schema_coordinate(schema, coordinate)
    except (GraphQLError, ValueError, TypeError):
        found = None
    if found is None:
        raise CoordinateUnknown(given=coordinate[:200])


class _Finder(Visitor):
    """Collects coordinates; `info` says where in the schema the visit stands."""

    def __init__(self, schema: GraphQLSchema, info: TypeInfo) -> None:
        super().__init__()
        self.schema, self.info = schema, info
        self.found: set[str] = set()
        self.field = ""  # whose arguments come next
        self.taken: set[str] = set()  # input types of variables that are listed already

    def enter_field(self, node: FieldNode, *_rest: Any) -> None:
        """A field of the type that the selection stands in, and the type it gives."""
        parent, type_ = self.info.get_parent_type(), self.info.get_type()
        self.field = node.name.value
        if parent is None:
            return
        self.found.add(parent.name)
        if not node.name.value.startswith("__"):
            self.found.add(f"{parent.name}.{node.name.value}")
        if type_ is not None:
            self.found.add(get_named_type(type_).name)

    def enter_directive(self, node: DirectiveNode, *_rest: Any) -> None:
        """A directive."""
        self.found.add(f"@{node.name.value}")

    def enter_argument(self, node: ArgumentNode, *_rest: Any) -> None:
        """An argument of a directive or of a field."""
        directive, parent, field = self.info.get_directive(), self.info.get_parent_type(), self.field
        if directive is not None:
            self.found.add(f"@{directive.name}({node.name.value}:)")
        elif parent is not None and field:
            self.found.add(f"{parent.name}.{field}({node.name.value}:)")

    def enter_object_field(self, node: ObjectFieldNode, *_rest: Any) -> None:
        """A field of an input that is written in the document."""
        parent = self.info.get_parent_input_type()
        named = get_named_type(parent) if parent is not None else None
        if named is not None:
            self.found |= {named.name, f"{named.name}.{node.name.value}"}

    def enter_enum_value(self, node: EnumValueNode, *_rest: Any) -> None:
        """A value of an enum that is written in the document."""
        type_ = self.info.get_input_type()
        if type_ is not None:
            name = get_named_type(type_).name
            self.found |= {name, f"{name}.{node.value}"}

    def enter_named_type(self, node: NamedTypeNode, *_rest: Any) -> None:
        """The type of a fragment's condition or of a variable."""
        self.found.add(node.name.value)

    def enter_variable_definition(self, *_node: Any) -> None:
        """Everything that a variable may carry."""
        type_ = self.info.get_input_type()
        if type_ is not None:
            self.found.update(self._all_of(get_named_type(type_)))

    def _all_of(self, type_: GraphQLNamedType) -> Iterator[str]:
        if type_.name in self.taken:
            return
        self.taken.add(type_.name)
        yield type_.name
        if isinstance(type_, GraphQLEnumType):
            yield from (f"{type_.name}.{value}" for value in type_.values)
        elif isinstance(type_, GraphQLInputObjectType):
            for name, field in type_.fields.items():
                yield f"{type_.name}.{name}"
                yield from self._all_of(get_named_type(field.type))
