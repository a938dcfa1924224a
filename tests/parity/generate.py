"""Random valid operations over the schema, from a seed: every argument, alias, directive and fragment that it knows.

Names, ids and cursors come from a larder that the caller fills from the rows and from earlier answers, so that filters
and pages hit something. Fields are merged under one response key only with the very same arguments.
"""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    is_leaf_type,
)

from hub.graph.declare import ROOTS, Answered

DEPTH = 5
WIDTH = 5
TEXTS = ("", "S", "Sama", "é", "e\u0301", "O'", '"', "\\", "%_", "村", "😀", "a" * 300, "\t\n", "null", "\x7f\u2028")
SCALARS: Mapping[str, tuple[Any, ...]] = {
    "Int": (0, 1, 2, 30, -1, 2_147_483_647, -2_147_483_648),
    "Boolean": (True, False),
    "Date": ("2018-04-09", "1900-01-01", "2024-02-29", "9999-12-31", "0001-01-01"),
    "DateTime": ("2024-02-29T23:59:59.999999Z", "2018-04-09T07:30:00+08:00"),
    "RegionCode": ("32.01.06", "63.01.01", "32.01.06.2001", "63", "99.99"),
    "Decimal": ("343.00", "-0.5"),
    "Rupiah": ("5000", "0"),
    "TimeOfDay": ("07:30",),
}


@dataclass
class Larder:
    """Values worth asking for."""

    ids: dict[str, list[str]] = field(default_factory=dict)  # by GraphQL type
    texts: list[str] = field(default_factory=list)
    cursors: dict[str, list[str]] = field(default_factory=dict)  # by field, such as Village.citizens


@dataclass
class Operation:
    """What was made."""

    text: str
    variables: dict[str, Any]


@dataclass
class Maker:
    """Makes operations; the same seed and larder make the same ones."""

    schema: GraphQLSchema
    larder: Larder
    random: random.Random
    variables: dict[str, Any] = field(default_factory=dict)
    declared: dict[str, str] = field(default_factory=dict)
    fragments: list[str] = field(default_factory=list)
    wanted: str = ""  # the type whose id is asked for next

    def operation(self) -> Operation:
        """One query with its variables."""
        self.variables, self.declared, self.fragments = {}, {}, []
        assert self.schema.query_type is not None
        body = self._selection(self.schema.query_type, DEPTH, self.random.randint(1, 3))
        head = ", ".join(f"${name}: {type_}" for name, type_ in self.declared.items())
        text = f"query{f'({head})' if head else ''} {body}" + "".join(f" {each}" for each in self.fragments)
        return Operation(text, self.variables)

    # Selections

    def _selection(self, type_: GraphQLNamedType, depth: int, width: int) -> str:
        if isinstance(type_, GraphQLUnionType | GraphQLInterfaceType):
            return self._abstract(type_, depth)
        assert isinstance(type_, GraphQLObjectType)
        names = [name for name, each in type_.fields.items() if depth > 0 or is_leaf_type(get_named_type(each.type))]
        if type_ is self.schema.query_type:
            names = [name for name in names if not isinstance(ROOTS[name], Answered)]  # no plan, nothing to compare
        chosen = [self.random.choice([*names, "__typename"]) for _ in range(width)] if names else ["__typename"]
        parts = [self._field(type_, name, depth) for name in chosen]
        if self._once_in(6):
            parts.append(self.random.choice(parts))  # the same again, to be merged
        if self._once_in(6):
            parts = [self._wrapped(type_, parts)]
        return "{ " + " ".join(parts) + " }"

    def _abstract(self, type_: GraphQLUnionType | GraphQLInterfaceType, depth: int) -> str:
        possible = self.schema.get_possible_types(type_)
        few = self.random.sample(possible, min(len(possible), self.random.randint(1, 3)))
        parts = [f"... on {each.name} {self._selection(each, depth - 1, WIDTH)}" for each in few]
        if self._once_in(2):
            parts.append("__typename")
        if self._once_in(3):
            parts.append("... on Node { id }")
        return "{ " + " ".join(parts) + " }"

    def _wrapped(self, type_: GraphQLObjectType, parts: list[str]) -> str:
        inside = "{ " + " ".join(parts) + " }"
        match self.random.randrange(3):
            case 0:
                return f"... on {type_.name} {inside} __typename"
            case 1:
                return f"...{self._directive()} {inside} __typename"
            case _:
                name = f"F{len(self.fragments)}"
                self.fragments.append(f"fragment {name} on {type_.name} {inside}")
                return f"...{name} ...{name}{self._directive()} __typename"

    def _field(self, parent: GraphQLObjectType, name: str, depth: int) -> str:
        if name == "__typename":
            return "__typename"
        definition = parent.fields[name]
        type_ = get_named_type(definition.type)
        arguments = self._arguments(parent, name, definition)
        alias = f"{self._alias()}: " if arguments or self._once_in(8) or not is_leaf_type(type_) else ""
        below = "" if is_leaf_type(type_) else " " + self._selection(type_, depth - 1, self.random.randint(1, WIDTH))
        return f"{alias}{name}{arguments}{self._directive() if self._once_in(9) else ''}{below}"

    def _alias(self) -> str:
        return f"{self.random.choice(('a', 'rank_', 'p', 't', 'key', 'long' * 20))}{self.random.randrange(10**9)}"

    def _directive(self) -> str:
        word = self.random.choice(("skip", "include"))
        wanted = self.random.choice(("true", "false", None))
        return f" @{word}(if: {wanted or self._variable('Boolean!', self.random.choice((True, False)))})"

    # Arguments

    def _arguments(self, parent: GraphQLObjectType, name: str, definition: GraphQLField) -> str:
        given: dict[str, str] = {}
        self.wanted = get_named_type(definition.type).name
        if "first" in definition.args:
            word = self.random.choice(("first", "last"))
            given[word] = self._int(self.random.choice((1, 2, 3, 5, 100)))
            place = f"{parent.name}.{name}"
            ordered = "orderBy" in definition.args and self._once_in(3)
            if ordered:
                given["orderBy"] = self._input(definition.args["orderBy"].type, 1)
            for cursor in ("after", "before"):
                if self._once_in(30 if ordered else 4) and self.larder.cursors.get(place):
                    given[cursor] = self._of("Cursor", self.random.choice(self.larder.cursors[place]))
        elif set(definition.args) & {"id", "code"}:
            word = self.random.choice(list(definition.args))
            given[word] = self._input(definition.args[word].type, 1)
        for word, argument in definition.args.items():
            wanted = isinstance(argument.type, GraphQLNonNull) or (word == "filter" and self._once_in(2))
            if word not in given and wanted:
                given[word] = self._input(argument.type, 3)
        return f"({', '.join(f'{word}: {value}' for word, value in given.items())})" if given else ""

    def _int(self, number: int) -> str:
        return self._variable("Int", number) if self._once_in(3) else str(number)

    def _of(self, type_name: str, value: Any) -> str:
        return self._variable(type_name, value) if self._once_in(2) else orjson.dumps(value).decode()

    def _input(self, type_: Any, depth: int) -> str:
        """A literal with variables in it, or one variable for the whole."""
        if self._once_in(4):
            return self._variable(str(type_), self._value(type_, depth))
        bare = type_.of_type if isinstance(type_, GraphQLNonNull) else type_
        if bare is type_ and self._once_in(15):
            return "null"
        if isinstance(bare, GraphQLList):
            few = range(self.random.randint(0, 3))
            return f"[{', '.join(self._input(bare.of_type, depth - 1) for _ in few)}]"
        if isinstance(bare, GraphQLInputObjectType):
            chosen = self._chosen(bare, depth)
            return "{" + ", ".join(f"{name}: {self._inside(bare, name, depth, self._input)}" for name in chosen) + "}"
        value = self._value(bare, depth)
        return value if isinstance(bare, GraphQLEnumType) else orjson.dumps(value).decode()

    def _value(self, type_: Any, depth: int) -> Any:  # noqa: PLR0911  # one line for each kind of type
        if isinstance(type_, GraphQLNonNull):
            return self._value(type_.of_type, depth)
        if isinstance(type_, GraphQLList):
            return [self._value(type_.of_type, depth - 1) for _ in range(self.random.randint(0, 3))]
        if isinstance(type_, GraphQLInputObjectType):
            return {name: self._inside(type_, name, depth, self._value) for name in self._chosen(type_, depth)}
        if isinstance(type_, GraphQLEnumType):
            return self.random.choice(list(type_.values))
        if type_.name == "ID":
            return self._id()
        if type_.name == "String":
            return self.random.choice([*self.larder.texts, *TEXTS])
        return self.random.choice(SCALARS[type_.name])

    def _inside(self, type_: GraphQLInputObjectType, name: str, depth: int, make: Callable[[Any, int], Any]) -> Any:
        named = {"organization": "PartnerOrganization"}.get(name, name.capitalize())
        self.wanted = named if named in self.larder.ids else self.wanted
        return make(type_.fields[name].type, depth - 1)

    def _id(self) -> str:
        if self._once_in(30):
            return self.random.choice(("nonsense", "", "Q2l0aXplbjoxLi4u"))
        own = self.larder.ids.get(self.wanted)
        return self.random.choice(own or [each for some in self.larder.ids.values() for each in some])

    def _chosen(self, type_: GraphQLInputObjectType, depth: int) -> list[str]:
        names = [name for name, each in type_.fields.items() if depth > 0 or is_leaf_type(get_named_type(each.type))]
        return self.random.sample(names, min(len(names), self.random.randint(1, 2)))

    def _variable(self, type_: str, value: Any) -> str:
        name = f"v{len(self.declared)}"
        self.declared[name], self.variables[name] = type_, value
        if not type_.endswith("!") and self._once_in(10):
            self.declared[name] += " = null"
            if self._once_in(2):
                del self.variables[name]
        return f"${name}"

    def _once_in(self, times: int) -> bool:
        return self.random.randrange(times) == 0


def cursors_in(found: Any, keep: Callable[[str, str], None], place: str = "Query") -> None:
    """Every cursor of an answer that was asked for with `__typename` and without aliases."""
    if isinstance(found, list):
        for each in found:
            cursors_in(each, keep, place)
    elif isinstance(found, dict):
        here = found.get("__typename", place)
        for name, value in found.items():
            if name in ("cursor", "startCursor", "endCursor") and isinstance(value, str):
                keep(place, value)
            elif name in ("edges", "node", "pageInfo"):
                cursors_in(value, keep, place)
            else:
                cursors_in(value, keep, f"{here}.{name}")
