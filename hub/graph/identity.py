"""Global ids in statements: written as text, read back from what a client sent, and looked up by."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, FromClause, Integer, LargeBinary, Text, Uuid, cast, func, literal_column
from sqlalchemy import column as sql_column

from hub.graph.binds import Binds, Given, Leaf, plain
from hub.graph.declare import NODES, NodeType
from hub.kernel import ids
from hub.kernel.errors import BadInput

MOST_IDS = 100


class IdRefused(BadInput):
    """This is not an id of the kind that is wanted here."""

    code = "ID_INVALID"
    hint = "Send an id exactly as the hub gave it, and of the right type."


class TooManyIds(BadInput):
    """At most 100 ids at once."""

    code = "TOO_MANY_IDS"
    hint = "Ask in several requests."


# Written


def base64url(raw: ColumnElement[Any]) -> ColumnElement[str]:
    """Unpadded base64url of a bytea expression, as `hub.kernel.ids` writes it.

    Four replacements: one `translate` of the same characters takes five times as long, and a page has thousands.
    """
    found: ColumnElement[str] = func.encode(raw, literal_column("'base64'"), type_=Text)
    for old, new in (("'='", "''"), ("'+'", "'-'"), ("'/'", "'_'"), ("E'\\n'", "''")):
        found = func.replace(found, literal_column(old), literal_column(new), type_=Text)
    return found


def global_id(node: NodeType, rows: FromClause, binds: Binds) -> ColumnElement[str]:
    """The global id of a row, as text."""
    key = rows.c[node.key]
    raw = func.convert_to(key, literal_column("'UTF8'")) if node.text_key else func.uuid_send(key, type_=LargeBinary)
    if not node.tenant or binds.single:
        return binds.prefix(node.name, tenant=node.tenant).concat(base64url(raw))
    head = literal_column(f"'{node.name}:'", Text).concat(cast(rows.c.tenant_id, Text)).concat(literal_column("'.'"))
    three = literal_column("3", Integer)
    width = (func.length(head, type_=Integer) + literal_column("2", Integer)) // three * three
    filled = func.rpad(head, width, literal_column("'.'"))
    return base64url(func.convert_to(filled, literal_column("'UTF8'"))).concat(base64url(raw))


# Read


def text_keys() -> frozenset[str]:
    """The types whose key is text."""
    return frozenset(name for name, each in NODES.items() if each.text_key)


def read_id(text: Any, request: Given, node: NodeType) -> UUID | str | None:
    """The key behind a global id of this type; None where it is another tenant's, IdRefused where it is none."""
    tenant = request.scope.tenant
    if tenant is not None and node.tenant and not node.text_key and isinstance(text, str):
        known = ids.key_of(text, node.name, tenant.id)
        if known is not None:
            return known
    found = _read(text, request, node)
    return found.key if found else None


def decoded(text: Any) -> tuple[NodeType, ids.GlobalId] | None:
    """A global id with the declared type it speaks of; None where it is no id of any."""
    found = ids.decode(str(text), text_key=text_keys())
    node = NODES.get(found.type_name) if found else None
    return (node, found) if node and found else None


def type_behind(given: Any) -> NodeType | None:
    """The type behind an id that is at hand while a plan is made; it belongs to the plan's key."""
    found = decoded(plain(given))
    return found[0] if found else None


def types_behind(given: Any) -> list[NodeType]:
    """The same for a list of ids, each type once, ordered by name."""
    found = (type_behind(each) for each in (given.value if isinstance(given, Leaf) else given))
    named = {node.name: node for node in found if node is not None}
    return [named[name] for name in sorted(named)]


def types_in(variables: Mapping[str, Any]) -> tuple[Any, ...]:
    """What the plan's key needs of variables: the types behind all texts that are ids, in lists each type once."""
    return tuple(
        tuple(node.name for node in types_behind(value)) if isinstance(value, list) else _name_behind(value)
        for value in variables.values()
        if isinstance(value, str | list)
    )


def _name_behind(text: str) -> str:
    node = type_behind(text)
    return node.name if node else ""


def _read(text: Any, request: Given, node: NodeType) -> ids.GlobalId | None:
    """A global id of this type; None where it is another tenant's."""
    found = ids.decode(str(text), text_key=frozenset({node.name} if node.text_key else ()))
    if found is None or found.type_name != node.name:
        raise IdRefused
    return found if _ours(node, found, request) else None


def _ours(node: NodeType, found: ids.GlobalId, request: Given) -> bool:
    return not node.tenant or found.tenant in {tenant.id for tenant in request.scope.tenants}


# Looked up by


def identified(rows: FromClause, node: NodeType, given: Any, binds: Binds) -> list[ColumnElement[bool]]:
    """The condition that a row is the one of a global id; its tenant counts where a scope has several."""

    def tenant(text: Any, request: Given) -> Any:
        found = _read(text, request, node)
        return found.tenant if found else None

    def key(text: Any, request: Given) -> Any:
        return read_id(text, request, node)

    column = rows.c[node.key]
    found = [column == binds.value(given, column.type, key)]
    if node.tenant and not binds.single:
        found.append(rows.c.tenant_id == binds.value(given, Integer(), tenant))
    return found


def looked_up(rows: FromClause, node: NodeType, by: str, given: Any, binds: Binds) -> list[ColumnElement[bool]]:
    """The condition of a look-up by a unique column; `id` is the global id."""
    if by == "id":
        return identified(rows, node, given, binds)
    return [rows.c[by] == binds.value(given, rows.c[by].type)]


def places_of(given: Any, kinds: list[NodeType], binds: Binds) -> Any:
    """A list of ids as a table: for each place the index of its type in `kinds`, its tenant and its key.

    `key` is the key of types with a uuid, `word` of those with a text; of an id of no known type, of another type or
    of another tenant, everything is null. TooManyIds when the statement runs.
    """
    names = [node.name for node in kinds]

    def read(texts: tuple[str, ...], request: Given) -> list[tuple[Any, ...]]:
        found: list[tuple[Any, ...]] = []
        for text in texts:
            known = decoded(text)
            if known is None or known[0].name not in names or not _ours(*known, request):
                found.append((None, None, None, None))
                continue
            node, id_ = known
            key, word = (None, id_.key) if node.text_key else (id_.key, None)
            found.append((names.index(node.name), id_.tenant, key, word))
        return found

    def part(index: int, type_: Any) -> ColumnElement[Any]:
        def convert(texts: Any, request: Given) -> list[Any]:
            if len(texts) > MOST_IDS:
                raise TooManyIds(path=("ids",))
            return [each[index] for each in request.once(read, tuple(texts), request)]

        return binds.value(given, ARRAY(type_), convert)

    columns: tuple[tuple[str, Any], ...] = (
        ("kind", Integer()),
        ("tenant", Integer()),
        ("key", Uuid()),
        ("word", Text()),
    )
    arrays = [part(index, type_) for index, (_, type_) in enumerate(columns)]
    shaped = [sql_column(name, type_) for name, type_ in columns]
    return func.unnest(*arrays).table_valued(*shaped, with_ordinality="place").render_derived("asked$")
