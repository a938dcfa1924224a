"""Our reading of selections is graphql-core's own."""

import random

from graphql import FragmentDefinitionNode, OperationDefinitionNode, build_schema, parse, validate
from graphql.execution import execute
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.graph.plan.tree import Reader

SCHEMA = build_schema(
    """interface Node { id: Int } union Any = A | B
    type A implements Node { id: Int a: Int b: B any: Any node: Node } type B implements Node { id: Int a: Int b: B }
    type Query { id: Int a: Int b: B any: Any node: Node x: A }"""
)
TYPES = ("A", "B", "Node", "Any")


def selection(rng: random.Random, depth: int) -> str:
    parts = []
    for _ in range(rng.randint(1, 4)):
        directive = rng.choice(("", "", " @skip(if: true)", " @include(if: $t)", " @skip(if: $t)", " @include(if: $f)"))
        match rng.randrange(6 if depth else 3):
            case 0:
                parts.append(f"a{directive}")
            case 1:
                parts.append(f"k{rng.randrange(2)}: __typename{directive}")
            case 2:
                parts.append(f"...F{rng.randrange(3)}{directive}")
            case 3:
                parts.append(f"b{directive} {{ a ...F0 }}")
            case 4:
                parts.append(f"... on {rng.choice(TYPES)}{directive} {selection(rng, depth - 1)}")
            case _:
                parts.append(f"...{directive} {selection(rng, depth - 1)}")
    return "{ " + " ".join(parts) + " }"


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 10**9))
def test_the_same_keys_in_the_same_order_as_graphql_core(seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311  # repeatable on purpose
    types = [rng.choice(("A", "Node")) for _ in range(3)]
    fragments = " ".join(
        f"fragment F{number} on {type_} {{ id z{number}: id {'...F' + str(number + 1) if number < 2 else ''} }}"
        for number, type_ in enumerate(types)
    )
    text = f"query($t: Boolean!, $f: Boolean!) {{ x {selection(rng, 3)} }} {fragments}"
    document = parse(text)
    if any("conflict" in each.message for each in validate(SCHEMA, document)):
        return
    operation = next(each for each in document.definitions if isinstance(each, OperationDefinitionNode))
    named = {each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)}
    variables = {"t": True, "f": False}

    answer = execute(SCHEMA, document, {"x": {"b": {}}}, variable_values=variables)

    reader = Reader(SCHEMA, named, variables)
    [root] = reader.collect(SCHEMA.type_map["Query"], [operation.selection_set])  # type: ignore[arg-type]  # it is one
    ours = [each.key for each in reader.collect(SCHEMA.type_map["A"], root.sets)]  # type: ignore[arg-type]  # it is one
    assert list(answer.data["x"] or {}) == ours  # type: ignore[union-attr,index]  # executed synchronously
