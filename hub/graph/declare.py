"""One declaration per field: where it comes from, once, where the field is.

A GraphQL type is a class under `@node`; each attribute is an annotation (the GraphQL type) and a source (`column`,
`computed`, `one`, `many`, `arc`). Both ways of reading, the resolver path and the plans, are made from these
declarations; nobody writes a loader or a tenant filter. A later noun adds an edge to an earlier type with `@extend`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import strawberry
from sqlalchemy import ColumnElement, Select, Table
from sqlalchemy.orm.attributes import QueryableAttribute
from sqlmodel import SQLModel
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.utils.str_converters import to_camel_case

from hub.graph.scalars import Cursor, Decimal
from hub.store.base import table

if TYPE_CHECKING:
    from hub.graph.binds import Binds

SOURCE = "hub.source"
T = TypeVar("T")

Columns = Any  # the `.c` of an aliased table; SQLAlchemy types it as an open collection
Expression = Callable[[Columns, "Binds"], ColumnElement[Any]]
Derive = Callable[[str, "Binds"], Sequence[Mapping[str, Any]]]  # a word under a grant -> plain objects
Predicate = Callable[[Columns, "Binds"], ColumnElement[bool]]


class DataClass(StrEnum):
    """Class of data under the law on personal data protection."""

    PUBLIC = "PUBLIC"
    GENERAL = "GENERAL"  # general personal data
    SPECIFIC = "SPECIFIC"  # specific personal data: health, children, finance, belief


@dataclass(kw_only=True)
class Source:
    """Where a field comes from; see the subclasses."""

    description: str
    guard: str | None = None
    data: DataClass = DataClass.PUBLIC
    once: bool = False  # reveals or confirms something: at most one such field in an operation, whatever its aliases
    name: str = ""  # the field's Python name, set by @node
    annotation: Any = None  # the field's GraphQL type as annotated, set by @node


@dataclass(kw_only=True)
class Column(Source):
    """A column of the type's own table."""

    attribute: str | None = None


@dataclass(kw_only=True)
class Computed(Source):
    """A SQL expression over the type's own columns."""

    expression: Expression


@dataclass(kw_only=True)
class Derived(Source):
    """A list of plain objects that follows from a word of the row and from the caller's grant and language.

    The expression gives a word of a closed vocabulary, so that a plan can hold the answer for each of them.
    """

    expression: Expression
    words: type[StrEnum]
    derive: Derive


@dataclass(kw_only=True)
class Identity(Source):
    """The global id."""


@dataclass(kw_only=True)
class One(Source):
    """A to-one edge by a key column of the type's own table."""

    key: str


@dataclass(kw_only=True)
class Arc(Source):
    """An exclusive arc: several key columns of which exactly one is set, each to another type."""

    targets: Mapping[str, str]  # column -> GraphQL type


@dataclass(frozen=True)
class Through:
    """A link table between a parent and the children of a many-to-many edge."""

    table: Table
    parent: str
    child: str


@dataclass(kw_only=True)
class Many(Source):
    """A to-many edge: a connection over the children that point here by `key`, or `through` a link table."""

    key: str = ""
    through: Through | None = None
    order: str | None = None
    where: Predicate | None = None


@dataclass(kw_only=True)
class Argument:
    """An extra argument of a root connection, and the condition it puts on the rows.

    `candidates`, where there is one, selects the same rows' columns `carried` without the type's own table: a page
    ordered by these columns looks only at the rows it shows. Several selects may share the work, each reading its part
    in the page's order where an index has it, and a row may come more than once. For scopes of one tenant.
    """

    type: Any
    description: str
    condition: Callable[[Columns, "Binds", Any], ColumnElement[bool]]
    personal: bool = False  # says something of a person; refused on GET
    price: int = 0  # points that its use adds
    candidates: Callable[["Binds", Any], Sequence[Select[Any]]] | None = None
    carried: tuple[str, ...] = ()


@dataclass(kw_only=True)
class Roots(Source):
    """A root connection over all rows of a type within the scope."""

    order: str | None = None
    where: Predicate | None = None
    arguments: Mapping[str, Argument] = field(default_factory=dict)


@dataclass(kw_only=True)
class RootOne(Source):
    """A root field that finds one row by one of its unique columns (`id` is the global id)."""

    by: Mapping[str, Any]  # column -> annotation of the argument


@dataclass(kw_only=True)
class RootNode(Source):
    """`node(id:)`."""


@dataclass(kw_only=True)
class RootNodes(Source):
    """`nodes(ids:)`."""


@dataclass(kw_only=True)
class Answered(Source):
    """A field that a function answers from graphql-core's info and the arguments; on the resolver path only.

    The function reads through the context and nowhere else; `arguments` are annotations and descriptions by name. With
    a `meter` it may stand once in an operation, and each use is taken from that bucket.
    """

    answer: Callable[..., Any]
    meter: str | None = None
    arguments: Mapping[str, tuple[Any, str]] = field(default_factory=dict)


@dataclass(kw_only=True)
class Part(Source):
    """A field of a connection, an edge or a page-info; the connection's reader fills it."""

    part: str


@dataclass
class NodeType:
    """A declared type: what the registry keeps of it."""

    name: str
    cls: type
    table: Table
    fields: dict[str, Source]  # by GraphQL name
    filters: tuple[str, ...]
    orders: Mapping[str, tuple[str, ...]]
    groups: tuple[str, ...]
    sums: tuple[str, ...]
    visible: Predicate | None
    tenant: bool  # its rows belong to tenants
    key: str  # the column of its global id: "id", or a text key of a reference table
    group_enum: Any = None
    figure_enum: Any = None
    order_enum: Any = None

    @property
    def text_key(self) -> bool:
        """Whether the key is text rather than a uuid."""
        return self.key != "id"


NODES: dict[str, NodeType] = {}
CONNECTIONS: dict[str, NodeType] = {}  # by the name of the connection type
ROOTS: dict[str, Source] = {}  # by GraphQL name


# Sources, as they stand in a class


def column(
    description: str,
    attribute: Any = None,
    *,
    guard: str | None = None,
    data: DataClass = DataClass.PUBLIC,
) -> Any:
    """A column: of the same name, or the model's attribute given."""
    return Column(description=description, attribute=_name(attribute), guard=guard, data=data)


def computed(
    description: str, expression: Expression, *, guard: str | None = None, data: DataClass = DataClass.PUBLIC
) -> Any:
    """A SQL expression of the row's columns and the request's binds, the same on both paths."""
    return Computed(description=description, expression=expression, guard=guard, data=data)


def derived(description: str, expression: Expression, words: type[StrEnum], derive: Derive) -> Any:
    """A list of plain objects that follows from an expression of closed vocabulary and from the caller's grant."""
    return Derived(description=description, expression=expression, words=words, derive=derive)


def one(description: str, key: Any, *, guard: str | None = None) -> Any:
    """A to-one edge by a key column of this type's model."""
    return One(description=description, key=_required(key), guard=guard)


def arc(description: str, targets: Mapping[Any, str], *, guard: str | None = None) -> Any:
    """An exclusive arc; annotate the field with the union of the target types."""
    return Arc(description=description, targets={_required(key): name for key, name in targets.items()}, guard=guard)


def many(
    description: str,
    key: Any = None,
    *,
    through: tuple[Any, Any] | None = None,
    order: str | None = None,
    where: Predicate | None = None,
    guard: str | None = None,
) -> Any:
    """A to-many edge by a key column of the child's model, or `through=(Link.parent_id, Link.child_id)`.

    `order` names one of the child's orders as the default; `where` narrows the children for good.
    """
    link = None
    if through is not None:
        parent, child = through
        link = Through(table(parent.class_), _required(parent), _required(child))
    return Many(description=description, key=_name(key) or "", through=link, order=order, where=where, guard=guard)


def roots(
    description: str,
    *,
    order: str | None = None,
    where: Predicate | None = None,
    arguments: Mapping[str, Argument] | None = None,
    guard: str | None = None,
) -> Any:
    """A root connection."""
    return Roots(description=description, order=order, where=where, arguments=arguments or {}, guard=guard)


def root_one(description: str, by: Mapping[str, Any], *, guard: str | None = None) -> Any:
    """A root look-up by exactly one of the arguments in `by`."""
    return RootOne(description=description, by=by, guard=guard)


def root_node(description: str) -> Any:
    """`node(id:)`."""
    return RootNode(description=description)


def root_nodes(description: str) -> Any:
    """`nodes(ids:)`."""
    return RootNodes(description=description)


def answered(
    description: str,
    answer: Callable[..., Any],
    *,
    arguments: Mapping[str, tuple[Any, str]] | None = None,
    guard: str | None = None,
    meter: str | None = None,
) -> Any:
    """A root field that `answer(root, info, **arguments)` answers; guarded, it must be nullable."""
    return Answered(description=description, answer=answer, arguments=arguments or {}, guard=guard, meter=meter)


def answered_part(description: str, answer: Callable[..., Any]) -> Any:
    """A field of a plain Strawberry type that `answer(parent, info)` answers."""
    return strawberry.field(
        description=description, metadata={SOURCE: Answered(description=description, answer=answer)}
    )


# Types


def node(
    model: type[SQLModel],
    *,
    name: str | None = None,
    visible: Predicate | None = None,
    filters: tuple[str, ...] = (),
    orders: Mapping[str, tuple[str, ...]] | None = None,
    groups: tuple[str, ...] = (),
    sums: tuple[str, ...] = (),
    key: str = "id",
) -> Callable[[type[T]], type[T]]:
    """Declare a GraphQL type over a model.

    `filters` and `orders` may name only columns that an index led by the tenant serves; `groups` are the columns of
    `countBy` and `sums` those of `sum`. Orders end with the id as tie-breaker by themselves. The first order is the
    default.
    """

    def declare(cls: type[T]) -> type[T]:
        type_name = name or cls.__name__
        sources = _sources(cls)
        own = table(model)
        cls.__annotations__["id"] = strawberry.ID
        sources = {"id": Identity(description="Global id; opaque.", name="id"), **sources}
        made = _strawberry_type(cls, type_name, sources, interfaces=(Node,))
        declared = NodeType(
            name=type_name,
            cls=made,
            table=own,
            fields={to_camel_case(key): source for key, source in sources.items()},
            filters=filters,
            orders=orders or {"ID": ()},
            groups=groups,
            sums=sums,
            visible=visible,
            tenant="tenant_id" in own.columns,
            key=key,
        )
        _definition(made).is_type_of = lambda value, _info: getattr(value, "node", None) is declared
        NODES[type_name] = declared
        found: type[T] = made
        return found

    return declare


def extend(target: type) -> Callable[[type], type]:
    """Add fields to an earlier noun's type: the later noun owns both ends of an edge."""

    def declare(cls: type) -> type:
        definition = _definition(target)
        declared = NODES[definition.name]
        sources = _sources(cls)
        extra = _strawberry_type(cls, f"{definition.name}{cls.__name__}", sources)
        definition.fields.extend(_definition(extra).fields)
        for key, source in sources.items():
            declared.fields[to_camel_case(key)] = source
        return cls

    return declare


def queries(cls: type) -> type:
    """Declare root fields of the query type; `hub.schema.root` joins these classes."""
    sources = _sources(cls)
    for key, source in sources.items():
        ROOTS[to_camel_case(key)] = source
    found: type = _strawberry_type(cls, cls.__name__, sources)
    return found


@strawberry.interface(description="Anything with a global id.")
class Node:
    """Relay's interface."""

    id: strawberry.ID = strawberry.field(description="Global id; opaque.")


@strawberry.type(description="Where a page stands in its connection.")
class PageInfo:
    """Relay's page info."""

    has_next_page: bool = strawberry.field(
        description="Whether more follows.", metadata={SOURCE: Part(description="", part="hasNextPage")}
    )
    has_previous_page: bool = strawberry.field(
        description="Whether something stands before; exact when paging backward, else whether `after` was given.",
        metadata={SOURCE: Part(description="", part="hasPreviousPage")},
    )
    start_cursor: Cursor | None = strawberry.field(
        description="Cursor of the first item.", metadata={SOURCE: Part(description="", part="startCursor")}
    )
    end_cursor: Cursor | None = strawberry.field(
        description="Cursor of the last item.", metadata={SOURCE: Part(description="", part="endCursor")}
    )


@strawberry.type(description="How many rows have one value of a column.")
class GroupCount:
    """A line of `countBy`."""

    key: str | None = strawberry.field(
        description="The value; null where it is not known.",
        metadata={SOURCE: Part(description="", part="key")},
    )
    count: int = strawberry.field(description="Number of rows.", metadata={SOURCE: Part(description="", part="count")})


if TYPE_CHECKING:

    class Connection(Generic[T]):
        """A page over the rows of a type."""

else:

    class Connection:
        """`Connection[Village]` is the GraphQL type `VillageConnection`, made once."""

        _made: dict[str, type] = {}  # noqa: RUF012  # a cache, not a field

        def __class_getitem__(cls, item: type) -> type:
            """The connection type of a node type."""
            name = _definition(item).name
            if name not in cls._made:
                cls._made[name] = _connection_type(item, NODES[name])
            return cls._made[name]


def _list_of(item: Any) -> Any:
    return list[item]


def _connection_type(item: type, declared: NodeType) -> Any:
    name = declared.name
    edge = type(
        f"{name}Edge",
        (),
        {
            "__annotations__": {"cursor": Cursor, "node": item},
            "cursor": Part(description="Place of this item; send it as `after` or `before`.", part="cursor"),
            "node": Part(description="The item.", part="node"),
        },
    )
    edge_type = _strawberry_type(edge, f"{name}Edge", _sources(edge), description=f"A place in a {name} connection.")
    body: dict[str, Any] = {
        "__annotations__": {
            "edges": _list_of(edge_type),
            "nodes": _list_of(item),
            "page_info": PageInfo,
            "total_count": int,
        },
        "edges": Part(description="Items with their cursors.", part="edges"),
        "nodes": Part(description="Items alone.", part="nodes"),
        "page_info": Part(description="Where this page stands.", part="pageInfo"),
        "total_count": Part(
            description="Number of all items that the filter lets through; costs a count.", part="totalCount"
        ),
    }
    if declared.groups:
        body["__annotations__"]["count_by"] = list[GroupCount]
        body["count_by"] = Part(description="Number of items by the values of a column.", part="countBy")
    if declared.sums:
        body["__annotations__"]["sum"] = Decimal | None
        body["sum"] = Part(
            description="Sum of a column over all items that the filter lets through; null where none has a value.",
            part="sum",
        )
    made = type(f"{name}Connection", (), body)
    connection = _strawberry_type(made, f"{name}Connection", _sources(made), description=f"A page of {name} items.")
    if declared.groups:
        told = {each: declared.fields[to_camel_case(each)].description for each in declared.groups}
        declared.group_enum = _enum(f"{name}Group", told, f"Columns by which {name} items can be counted.")
        _set_arguments(connection, "count_by", [_argument("field", declared.group_enum, "The column to count by.")])
    if declared.sums:
        told = {each: declared.fields[to_camel_case(each)].description for each in declared.sums}
        declared.figure_enum = _enum(f"{name}Figure", told, f"Columns of {name} items that can be added up.")
        _set_arguments(connection, "sum", [_argument("field", declared.figure_enum, "The column to add up.")])
    CONNECTIONS[f"{name}Connection"] = declared
    return connection


# The Strawberry side


def _sources(cls: type) -> dict[str, Source]:
    found = {}
    for key in list(cls.__annotations__):
        value = cls.__dict__.get(key)
        if isinstance(value, Source):
            value.name, value.annotation = key, cls.__annotations__[key]
            found[key] = value
    return found


def _strawberry_type(
    cls: type,
    name: str,
    sources: Mapping[str, Source],
    *,
    interfaces: tuple[type, ...] = (),
    description: str | None = None,
) -> Any:
    body: dict[str, Any] = {"__annotations__": dict(cls.__annotations__), "__module__": cls.__module__}
    for key, source in sources.items():
        body[key] = strawberry.field(description=source.description, metadata={SOURCE: source})
    bare = type(cls.__name__, interfaces, body)
    made: Any = strawberry.type(bare, name=name, description=description or " ".join((cls.__doc__ or name).split()))
    return made


def order_enum(declared: NodeType) -> Any:
    """The enum of a type's orders, made once."""
    if declared.order_enum is None:
        told = {name: _order_told(columns) for name, columns in declared.orders.items()}
        declared.order_enum = _enum(f"{declared.name}Order", told, f"Orders of {declared.name} items.")
    return declared.order_enum


def _order_told(columns: tuple[str, ...]) -> str:
    told = ("name" if each == "sort_key" else to_camel_case(each).removesuffix("Id") for each in columns)
    words = " and ".join(told)
    return f"By {words}, then by id." if words else "By id, that is in the order of making."


def _enum(name: str, told: Mapping[str, str], description: str) -> Any:
    """An enum of words with their descriptions."""
    members = {word.upper(): word for word in told}
    words = StrEnum(name, members)  # type: ignore[misc]  # the functional form
    made: Any = strawberry.enum(words, description=description)
    for value in made.__strawberry_definition__.values:
        value.description = told[value.value]
    return made


def _argument(name: str, annotation: Any, description: str, default: Any = strawberry.UNSET) -> StrawberryArgument:
    return StrawberryArgument(
        python_name=name,
        graphql_name=None,
        type_annotation=StrawberryAnnotation(annotation),
        description=description,
        default=default,
    )


def _set_arguments(cls: type, python_name: str, arguments: list[StrawberryArgument]) -> None:
    for found in _definition(cls).fields:
        if found.python_name == python_name:
            found.arguments = arguments


def _definition(cls: type) -> StrawberryObjectDefinition:
    found: StrawberryObjectDefinition = cls.__strawberry_definition__  # type: ignore[attr-defined]
    return found


def _name(attribute: Any) -> str | None:
    if attribute is None or isinstance(attribute, str):
        return attribute
    if isinstance(attribute, QueryableAttribute):
        return str(attribute.key)
    raise TypeError(attribute)


def _required(attribute: Any) -> str:
    found = _name(attribute)
    if found is None:
        raise TypeError(attribute)
    return found
