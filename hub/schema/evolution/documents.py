"""What an operation needs of a schema, as coordinates."""

from collections.abc import Callable
from typing import TypeAlias

from graphql import (
    ArgumentNode,
    DirectiveNode,
    EnumValueNode,
    FieldNode,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLNamedType,
    GraphQLSchema,
    NamedTypeNode,
    ObjectFieldNode,
    TypeInfo,
    TypeInfoVisitor,
    VariableDefinitionNode,
    Visitor,
    get_named_type,
    parse,
    type_from_ast,
    visit,
)

Uses: TypeAlias = Callable[[GraphQLSchema, str], set[str]]  # (schema, text of a document) -> coordinates


def uses(schema: GraphQLSchema, document: str) -> set[str]:
    """Every coordinate that the document names, and all that its variables may carry.

    What a client puts into a variable cannot be seen in the text: all fields and values below its type count.
    GraphQLSyntaxError where the text is none.
    """
    info = TypeInfo(schema)
    found = _Finder(schema, info)
    visit(parse(document), TypeInfoVisitor(info, found))
    return found.places


class _Finder(Visitor):
    """Collects coordinates on the way through a document."""

    def __init__(self, schema: GraphQLSchema, info: TypeInfo) -> None:
        super().__init__()
        self.schema, self.info = schema, info
        self.places: set[str] = set()
        self.opened: set[str] = set()  # input types whose fields are all taken already
        self.field = ""  # arguments are met right after their field

    def enter_field(self, node: FieldNode, *_: object) -> None:
        parent = self.info.get_parent_type()
        self.field = f"{parent.name}.{node.name.value}" if parent else node.name.value
        self.places.add(self.field)

    def enter_argument(self, node: ArgumentNode, *_: object) -> None:
        directive = self.info.get_directive()
        self.places.add(f"{f'@{directive.name}' if directive else self.field}({node.name.value}:)")

    def enter_directive(self, node: DirectiveNode, *_: object) -> None:
        self.places.add(f"@{node.name.value}")

    def enter_object_field(self, node: ObjectFieldNode, *_: object) -> None:
        if outer := self.info.get_parent_input_type():
            self.places.add(f"{get_named_type(outer).name}.{node.name.value}")

    def enter_enum_value(self, node: EnumValueNode, *_: object) -> None:
        if type_ := self.info.get_input_type():
            self.places.add(f"{get_named_type(type_).name}.{node.value}")

    def enter_named_type(self, node: NamedTypeNode, *_: object) -> None:
        self.places.add(node.name.value)

    def enter_variable_definition(self, node: VariableDefinitionNode, *_: object) -> None:
        if type_ := type_from_ast(self.schema, node.type):
            self._take_all(get_named_type(type_))

    def _take_all(self, type_: GraphQLNamedType) -> None:
        self.places.add(type_.name)
        if isinstance(type_, GraphQLEnumType):
            self.places.update(f"{type_.name}.{name}" for name in type_.values)
        if isinstance(type_, GraphQLInputObjectType) and type_.name not in self.opened:
            self.opened.add(type_.name)
            for name, field in type_.fields.items():
                self.places.add(f"{type_.name}.{name}")
                self._take_all(get_named_type(field.type))
