"""What says something of a person is refused on GET, by what is declared and not by a list of names."""

from typing import Any

import orjson
import pytest

from hub.graph.personal import MARK
from hub.graph.registry import core_of
from hub.schema.build import schema
from tests.client import Client
from tests.world.build import World

PERSONAL: list[tuple[str, dict[str, Any] | None]] = [
    ('{ citizens(first: 1, search: "siti") { nodes { id } } }', None),
    ("query($s: String) { citizens(first: 1, search: $s) { nodes { id } } }", {"s": "siti"}),
    ('query($s: String = "siti") { citizens(first: 1, search: $s) { nodes { id } } }', None),
    ("{ citizens(first: 1, birthYear: 1990) { nodes { id } } }", None),
    ('{ citizens(first: 1, filter: { birthDate: { eq: "1990-01-01" } }) { nodes { id } } }', None),
    ('{ citizens(first: 1, filter: { not: { or: [{ birthDate: { eq: "1990-01-01" } }] } }) { nodes { id } } }', None),
    (
        "query($d: DateCondition) { citizens(first: 1, filter: { birthDate: $d }) { nodes { id } } }",
        {"d": {"eq": "1990-01-01"}},
    ),
    (
        "query($f: CitizenFilter) { citizens(first: 1, filter: $f) { nodes { id } } }",
        {"f": {"and": [{"not": {"birthDate": {"eq": "1990-01-01"}}}]}},
    ),
    (
        "query($f: CitizenFilter = { sex: { eq: FEMALE } }) { citizens(first: 1, filter: $f) { nodes { id } } }",
        None,
    ),
    ('{ villages(first: 1) { nodes { citizens(first: 1, after: "AAAAAAAAAAAAAAAA") { nodes { id } } } } }', None),
    ('query A { __typename } query B { citizens(first: 1, search: "siti") { nodes { id } } }', None),
    ('{ ...F } fragment F on Query { citizens(first: 1, search: "siti") { nodes { id } } }', None),
]
FREE: list[tuple[str, dict[str, Any] | None]] = [
    ("{ citizens(first: 1) { nodes { id } } }", None),
    ("{ citizens(first: 1, search: null) { nodes { id } } }", None),
    (
        "query($f: CitizenFilter) { citizens(first: 1, filter: $f) { nodes { id } } }",
        {"f": {"birthDate": None, "village": None}},
    ),
    ('{ villages(first: 1, filter: { name: { eq: "Takisung 0" } }) { nodes { id } } }', None),
    ('{ village(code: "63.01.01.2004") { name } }', None),
]


def params_of(query: str, variables: dict[str, Any] | None) -> dict[str, str]:
    """A GET's parameters; the operation is named where there are several."""
    found = {"query": query, "variables": orjson.dumps(variables or {}).decode()}
    return {**found, "operationName": "A"} if "query A" in query else found


@pytest.mark.parametrize(("query", "variables"), PERSONAL)
async def test_what_says_something_of_a_person_is_refused_on_get_and_answered_on_post(
    query: str, variables: dict[str, Any] | None, client: Client, world: World
) -> None:
    key = world.takisung.keys["CAMAT"]
    by_get = await client.http.get(
        "/graphql", params=params_of(query, variables), headers={"authorization": f"Bearer {key}"}
    )
    by_post = await client.post(
        {"query": query, "variables": variables, "operationName": "A" if "query A" in query else None}, key=key
    )
    assert (by_get.status_code, by_get.json()["errors"][0]["extensions"]["code"]) == (405, "PERSONAL_BY_GET")
    assert "siti" not in by_get.text
    assert "1990" not in by_get.text
    assert "PERSONAL_BY_GET" not in by_post.text


@pytest.mark.parametrize(("query", "variables"), FREE)
async def test_everything_else_may_be_asked_by_get(
    query: str, variables: dict[str, Any] | None, client: Client, world: World
) -> None:
    headers = {"authorization": f"Bearer {world.takisung.keys['CAMAT']}"}
    response = await client.http.get("/graphql", params=params_of(query, variables), headers=headers)
    assert response.status_code == 200
    assert "errors" not in response.json()


def test_the_marks_follow_the_declarations() -> None:
    core = core_of(schema())
    marked = {
        f"{type_.name}.{name}({word}:)"
        for type_ in core.type_map.values()
        for name, field in getattr(type_, "fields", {}).items()
        for word, argument in getattr(field, "args", {}).items()
        if MARK in argument.extensions
    }
    assert marked == {
        "Query.citizens(search:)",
        "Query.citizens(birthYear:)",
        "Query.feedbackByTrackingCode(code:)",
        "Query.reportIssue(number:)",
        *(
            f"{place}({word}:)"
            for place in (
                "Query.citizens",
                "Query.households",
                "Village.citizens",
                "Village.households",
                "Household.members",
                "Query.storedFiles",
                "Feedback.files",
                "Query.vitalEvents",
                "Village.vitalEvents",
                "Household.events",
                "Household.formerCards",
                "Household.houses",
                "Query.houses",
                "Query.buildingPermits",
                "Village.houses",
                "House.permits",
                "Citizen.events",
                "Citizen.formerNames",
                "Query.importJobs",
                "Query.importBatches",
                "Query.proposedEvents",
                "Village.proposedEvents",
                "ImportBatch.proposedEvents",
                "Village.importBatches",
                "Village.imports",
                "ImportJob.figures",
                "ImportJob.problems",
                "VitalEvent.subjects",
                "VitalEvent.effects",
                "Query.vulnerabilities",
                "Query.pickUpCandidates",
                "Query.elderlyCandidates",
                "Village.vulnerabilities",
                "Household.vulnerabilities",
                "Citizen.vulnerabilities",
                "Query.populationDocuments",
                "Household.documents",
                "Citizen.documents",
                "Citizen.formerNiks",
                "Query.stays",
                "Citizen.stays",
                "Household.stays",
                "Query.departures",
                "Query.arrivals",
                "Departure.people",
                "Arrival.people",
                "Query.twinCases",
                "PartnerOrganization.members",
                "Citizen.memberships",
            )
            for word in ("after", "before")
        ),
    }
