"""What every type, field and argument of the graph keeps to."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    is_introspection_type,
    is_required_argument,
    is_required_input_field,
    is_specified_directive,
    is_specified_scalar_type,
)

from hub.graph.mutations import MUTATIONS
from hub.graph.registry import core_of
from hub.kernel import ids
from hub.schema.build import schema
from hub.schema.evolution import deprecation
from tests.client import Client
from tests.world.build import World

CORE: GraphQLSchema = core_of(schema())
MEASURES = {"countBy", "sum"}
PAGING = ["first", "last", "after", "before"]
CAPITALS = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*")
CAMEL = re.compile(r"[a-z][A-Za-z0-9]*")
FORM = r"opaque|text|digits|dotted|HH:MM|YYYY-MM-DD|RFC 3339"
PASCAL = re.compile(r"[A-Z][A-Za-z0-9]*")


def types() -> list[Any]:
    """The types of ours."""
    return [each for each in CORE.type_map.values() if not is_introspection_type(each) and not _given(each)]


def _given(type_: Any) -> bool:
    return is_specified_scalar_type(type_)


def parts() -> Iterator[tuple[str, Any]]:
    """Everything below a type: fields, arguments, input fields, values, by its schema coordinate."""
    for type_ in types():
        if isinstance(type_, GraphQLEnumType):
            yield from ((f"{type_.name}.{name}", value) for name, value in type_.values.items())
        for name, field in getattr(type_, "fields", {}).items():
            yield f"{type_.name}.{name}", field
            for argument, given in getattr(field, "args", {}).items():
                yield f"{type_.name}.{name}({argument}:)", given


def connections() -> Iterator[tuple[str, Any]]:
    """Every field that returns a connection."""
    for type_ in types():
        if isinstance(type_, GraphQLObjectType):
            for name, field in type_.fields.items():
                if get_named_type(field.type).name.endswith("Connection"):
                    yield f"{type_.name}.{name}", field


def test_every_type_says_what_it_is() -> None:
    assert [each.name for each in types() if not each.description or each.description == each.name] == []


def test_every_field_argument_and_value_says_what_it_is() -> None:
    assert [place for place, part in parts() if not (part.description or "").strip()] == []


def test_a_description_is_a_sentence() -> None:
    """It starts with a capital or a code and ends with a full stop."""
    odd = [place for place, part in parts() if not re.fullmatch(r"[A-Z0-9`].*[.)]", part.description, re.DOTALL)]
    assert odd == []


def test_names_have_their_case() -> None:
    wrong = [each.name for each in types() if not PASCAL.fullmatch(each.name)]
    for place, _ in parts():
        owner, _, name = place.partition(".")
        field, _, argument = name.partition("(")
        form = CAPITALS if isinstance(CORE.type_map[owner], GraphQLEnumType) else CAMEL
        if not form.fullmatch(field) or (argument and not CAMEL.fullmatch(argument.removesuffix(":)"))):
            wrong.append(place)
    assert wrong == []


def test_no_type_is_unused() -> None:
    assert CORE.query_type is not None
    used: set[str] = set()
    _reach(CORE.query_type, used)
    if CORE.mutation_type is not None:
        _reach(CORE.mutation_type, used)
    assert {each.name for each in types()} - used == set()


def test_what_is_deprecated_says_what_to_use_instead_and_until_when() -> None:
    """In the house form, with a replacement that is there."""
    assert list(deprecation.faults(CORE)) == []


def test_directives_of_ours_and_their_arguments_say_what_they_are() -> None:
    own = [each for each in CORE.directives if not is_specified_directive(each)]
    assert [each.name for each in own if not (each.description or "").strip()] == []
    silent = [(each.name, name) for each in own for name, given in each.args.items() if not given.description]
    assert silent == []


def test_connections_edges_inputs_and_payloads_are_called_so() -> None:
    """And nothing else is."""
    ends: dict[str, type] = {
        "Connection": GraphQLObjectType,
        "Edge": GraphQLObjectType,
        "Payload": GraphQLObjectType,
        "Input": GraphQLInputObjectType,
        "Filter": GraphQLInputObjectType,
        "Condition": GraphQLInputObjectType,
        "Order": GraphQLEnumType,
    }
    wrong = [
        each.name
        for each in types()
        for end, kind in ends.items()
        if each.name.endswith(end) and not isinstance(each, kind)
    ]
    assert wrong == []
    returned = {get_named_type(field.type).name for _, field in connections()}
    assert {each.name for each in types() if each.name.endswith("Connection")} == returned


def test_what_must_be_given_is_not_deprecated() -> None:
    """It could not be left out."""
    required = [
        place
        for place, part in parts()
        if (isinstance(part, GraphQLArgument) and is_required_argument(part))
        or (isinstance(part, GraphQLInputField) and is_required_input_field(part))
    ]
    assert "Query.node(id:)" in required
    assert [place for place in required if place in deprecation.reasons(CORE)] == []


def test_a_scalar_says_how_it_is_written_or_that_it_is_opaque() -> None:
    told = {each.name: each.description or "" for each in types() if isinstance(each, GraphQLScalarType)}
    assert [name for name, text in told.items() if not re.search(FORM, text)] == []


@pytest.mark.parametrize("place", [place for place, _ in connections()])
def test_a_connection_has_relays_arguments(place: str) -> None:
    field = dict(connections())[place]
    assert [name for name in field.args if name in PAGING] == PAGING
    assert str(field.args["first"].type) == str(field.args["last"].type) == "Int"
    assert str(field.args["after"].type) == str(field.args["before"].type) == "Cursor"
    for name in ("first", "last"):
        assert "1 to 100" in field.args[name].description


def test_connections_and_edges_have_relays_shape() -> None:
    for name in {get_named_type(field.type).name for _, field in connections()}:
        item = name.removesuffix("Connection")
        connection, edge = CORE.type_map[name], CORE.type_map[f"{item}Edge"]
        assert isinstance(connection, GraphQLObjectType)
        assert isinstance(edge, GraphQLObjectType)
        found = {field: str(each.type) for field, each in connection.fields.items() if field not in MEASURES}
        assert found == {
            "edges": f"[{item}Edge!]!",
            "nodes": f"[{item}!]!",
            "pageInfo": "PageInfo!",
            "totalCount": "Int!",
        }
        assert {field: str(each.type) for field, each in edge.fields.items()} == {
            "cursor": "Cursor!",
            "node": f"{item}!",
        }


def test_page_info_is_relays() -> None:
    info = CORE.type_map["PageInfo"]
    assert isinstance(info, GraphQLObjectType)
    assert {name: str(field.type) for name, field in info.fields.items()} == {
        "hasNextPage": "Boolean!",
        "hasPreviousPage": "Boolean!",
        "startCursor": "Cursor",
        "endCursor": "Cursor",
    }


def test_node_is_the_one_interface_and_its_types_have_an_opaque_id() -> None:
    interface = CORE.type_map["Node"]
    assert isinstance(interface, GraphQLInterfaceType)
    for type_ in CORE.get_possible_types(interface):
        assert str(type_.fields["id"].type) == "ID!"
        assert type_.fields["id"].description == "Global id; opaque."


async def test_an_id_shows_no_serial_number(client: Client, world: World) -> None:
    found = await client.data("{ villages(first: 2) { nodes { id } } }", key=world.takisung.keys["CAMAT"])
    decoded = [ids.decode(each["id"]) for each in found["villages"]["nodes"]]
    assert [each.type_name for each in decoded if each] == ["Village", "Village"]
    assert [each.key.version for each in decoded if each and not isinstance(each.key, str)] == [7, 7]


def test_mutations_take_one_input_and_answer_one_payload() -> None:
    if CORE.mutation_type is None:
        pytest.skip("no mutations yet")
    for name, field in CORE.mutation_type.fields.items():
        payload = name[0].upper() + name[1:] + "Payload"
        assert (list(field.args), str(field.type)) == (["input"], f"{payload}!")
        given = get_named_type(field.args["input"].type)
        assert isinstance(given, GraphQLInputObjectType)
        if MUTATIONS[name].disclosure:  # it is told anew each time
            assert "idempotencyKey" not in given.fields
        else:
            assert str(given.fields["idempotencyKey"].type) == "String!"
        answer = get_named_type(field.type)
        assert isinstance(answer, GraphQLObjectType)
        assert str(answer.fields["userErrors"].type) == "[UserError!]!"


def test_a_list_of_rows_is_a_connection() -> None:
    """But for those that are short by nature."""
    plain = {
        place
        for place, part in parts()
        if str(getattr(part, "type", "")).startswith("[") and "(" not in place and _row(part) and not _of_page(place)
    }
    assert plain == {"Query.nodes", "Viewer.villages"}


def _row(field: Any) -> bool:
    type_ = get_named_type(field.type)
    node = CORE.type_map["Node"]
    return type_ is node or node in getattr(type_, "interfaces", ())


def _of_page(place: str) -> bool:
    return place.partition(".")[0].endswith("Connection")


def _reach(type_: Any, used: set[str]) -> None:
    named = get_named_type(type_)
    if named.name in used:
        return
    used.add(named.name)
    for field in getattr(named, "fields", {}).values():
        _reach(field.type, used)
        for argument in getattr(field, "args", {}).values():
            _reach(argument.type, used)
    below = named.types if isinstance(named, GraphQLUnionType) else getattr(named, "interfaces", ())
    if isinstance(named, GraphQLInterfaceType):
        below = CORE.get_possible_types(named)
    for each in below:
        _reach(each, used)
