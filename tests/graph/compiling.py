"""Prints a digest of the statements of the whole parity corpus; run in several processes by test_plans.py."""

import hashlib
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from graphql import FragmentDefinitionNode, OperationDefinitionNode, parse
from graphql.execution.values import get_variable_values

from hub.graph.binds import Given
from hub.graph.plan.planner import NotPlannable, compile_plan
from hub.graph.registry import core_of
from hub.kernel.clock import Now
from hub.kernel.scope import Scope, TenantRef, Zone
from hub.schema.build import schema
from hub.tenants.permissions import ROLES, STANDINGS, Role
from tests.parity.test_operations import FOLDER, read

CORE = core_of(schema())
NOW = Now(datetime(2026, 11, 21, tzinfo=UTC))
TENANTS = (TenantRef(1, "63.01.01", Zone.WITA), TenantRef(2, "32.01.06", Zone.WIB))
ASKERS = {Role.CAMAT: TENANTS[:1], Role.PARTNER_ORG: TENANTS[:1], Role.AGENCY_ANALYST: TENANTS}


def compiled(text: str, variables: Any, scope: Scope) -> str:
    """Everything of a plan that a database or a client sees."""
    document = parse(text)
    operation = next(each for each in document.definitions if isinstance(each, OperationDefinitionNode))
    fragments = {each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)}
    coerced: Any = get_variable_values(CORE, operation.variable_definitions or (), variables)
    try:
        plan = compile_plan(CORE, operation, fragments, Given(scope, NOW, coerced.coerced))
    except NotPlannable as reason:
        return str(reason)
    return repr((plan.text, plan.statement.names, plan.withheld))


def corpus() -> Iterator[str]:
    """The plans of every operation for a few askers."""
    for path in sorted(FOLDER.rglob("*.graphql")):
        case = read(path)
        for role, tenants in ASKERS.items():
            scope = Scope(STANDINGS[role].reader, role.value, frozenset(ROLES[role]), tenants)
            yield compiled(case.text, case.variables[0], scope)


def digest() -> str:
    """How many statements there are, and a digest of them all."""
    made = "\n".join(corpus())
    return f"{made.count('select case when')} {hashlib.sha256(made.encode()).hexdigest()}"


if __name__ == "__main__":
    sys.stdout.write(digest())
