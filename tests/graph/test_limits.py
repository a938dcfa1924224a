"""How deep a document may nest."""

import pytest
from graphql import get_introspection_query, parse

from hub.graph.limits import Limits, TooDeep, check

LIMITS = Limits()


def nested(levels: int, root: str = "a") -> str:
    """A query with this many levels of braces."""
    return "{ " + f"{root} {{ " + "a { " * (levels - 3) + "a { b" + " }" * levels


def test_a_query_of_twelve_levels_passes_and_one_more_is_refused() -> None:
    check(parse(nested(12)), LIMITS)
    with pytest.raises(TooDeep) as refused:
        check(parse(nested(13)), LIMITS)
    assert refused.value.params == {"found": 13, "allowed": 12}


def test_the_introspection_of_usual_tools_passes() -> None:
    check(parse(get_introspection_query(input_value_deprecation=True)), LIMITS)


def test_introspection_has_a_limit_too() -> None:
    check(parse(nested(16, "__schema")), LIMITS)
    with pytest.raises(TooDeep):
        check(parse(nested(17, "__schema")), LIMITS)


def test_a_field_below_the_root_gets_no_more_depth_by_its_name() -> None:
    with pytest.raises(TooDeep):
        check(parse("{ a " + nested(12, "__schema") + " }"), LIMITS)
