"""What a plan tells people: each planned operation of the corpus has an outline, and no value stands in it."""

import pytest
from graphql import FragmentDefinitionNode, OperationDefinitionNode, parse
from graphql.execution.values import get_variable_values

from hub.graph.binds import Given
from hub.graph.plan.outline import Line, outline
from hub.graph.plan.planner import NotPlannable, compile_plan
from hub.kernel.scope import Scope
from hub.tenants.permissions import ROLES, STANDINGS, Role
from tests.graph.compiling import ASKERS, CORE, NOW
from tests.parity.test_operations import FILES, read


def told(text: str, role: Role, variables: dict[str, object] | None = None) -> list[Line]:
    """The outline of an operation for a role; NotPlannable where it has no plan."""
    document, tenants = parse(text), ASKERS.get(role, ASKERS[Role.CAMAT])
    operation = next(each for each in document.definitions if isinstance(each, OperationDefinitionNode))
    fragments = {each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)}
    coerced = get_variable_values(CORE, operation.variable_definitions or (), variables or {})
    assert not isinstance(coerced, list)
    scope = Scope(STANDINGS[role].reader, role.value, frozenset(ROLES[role]), tenants)
    given = Given(scope, NOW, coerced.coerced)
    compile_plan(CORE, operation, fragments, given)
    return outline(CORE, operation, fragments, given)


def test_every_plan_of_the_corpus_has_an_outline() -> None:
    number = 0
    for path in (each.values[0] for each in FILES):
        case = read(path)  # type: ignore[arg-type]  # a parameter set holds anything
        for role in ASKERS:
            try:
                lines = told(case.text, role, dict(case.variables[0]))
            except NotPlannable:
                continue
            number += len(lines)
            assert all(str(line) for line in lines), path
    assert number > 1_000


def test_values_come_from_variables_or_the_document_and_are_not_shown() -> None:
    text = """query($t: String) {
      villages(first: 1, filter: {name: {startsWith: $t}, code: {eq: "63.01.01.2004"}}) { totalCount } }"""
    villages, count = told(text, Role.CAMAT, {"t": "Secret"})
    assert villages.where == (
        "village.tenant_id = :hub$tenant",
        "village.name >= :given$t AND village.name < :given$t AND village.code = :literal",
    )
    assert str(count) == "  totalCount: count of the same rows, without a page"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            '{ region(code: "63") { again: children(last: 1, orderBy: NAME) { sum(field: POPULATION) } } }',
            [
                "region: one by code from region",
                "    where region.code = :given",
                "  again (children): last rows by name, code from region as region_2",
                "      where region_2.parent_code = region.code",
                "    sum: sum over the same rows of population",
            ],
        ),
        (
            """{ commitments(first: 1) { nodes {
                 parties(first: 1) { edges { node { party { ... on Village { name } } } } } } } }""",
            [
                "commitments: first rows by planned_on, id from commitment",
                "    where commitment.tenant_id = :hub$tenant",
                "  nodes: the page's rows",
                "    parties: first rows by commitment_id, position, id from commitment_party",
                "        where commitment_party.tenant_id = :hub$tenant",
                "        where commitment_party.commitment_id = commitment.id",
                "      edges: the page's rows with their places",
                "        node: the row",
                "          party: one of several, by the key that is set",
                "            Village: one by village_id from village",
                "                where village.tenant_id = :hub$tenant",
                "                where village.id = commitment_party.village_id",
                "              name: column name",
            ],
        ),
    ],
)
def test_tables_are_told_apart(text: str, expected: list[str]) -> None:
    lines = "\n".join(map(str, told(text, Role.CAMAT))).split("\n")
    assert lines[: len(expected)] == expected
