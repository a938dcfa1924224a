"""Sums over a connection: the columns that a type lets be added up, the same expression on both paths."""

from sqlalchemy import ColumnElement, FromClause, Text, cast, func
from strawberry.utils.str_converters import to_camel_case

from hub.graph.binds import Binds
from hub.graph.declare import Column, NodeType
from hub.graph.selecting import withheld


def figure(node: NodeType, word: str) -> Column:
    """The declared column behind a word of the type's figures."""
    source = node.fields[to_camel_case(word)]
    assert isinstance(source, Column)  # noqa: S101  # check.py lets only these be sums
    return source


def figure_withheld(node: NodeType, word: str, binds: Binds) -> bool:
    """Whether the grant gets no sum of this column, as it gets no value of it."""
    return withheld(node, figure(node, word), binds)


def total_of(node: NodeType, word: str, rows: FromClause) -> ColumnElement[str]:
    """The sum as decimal text, null where no row has a value; a sum outgrows its column's own type without harm."""
    source = figure(node, word)
    return cast(func.sum(rows.c[source.attribute or source.name]), Text)
