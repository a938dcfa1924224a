"""Inputs of vulnerabilities, parsed once."""

import strawberry

from hub.domains.vulnerabilities.actions import Proposal
from hub.domains.vulnerabilities.model import VulnerableGroup
from hub.graph.enums import exposed
from hub.graph.mutations import Act, command
from hub.graph.scalars import Date
from hub.kernel import written
from hub.schema.given import OneOfNeeded, about, code, present

exposed(VulnerableGroup)


@command
class ProposeVulnerabilityInput:
    """A person or a family for a vulnerable group; exactly one of `citizen` and `household`."""

    citizen: strawberry.ID | None = about("The person.")
    household: strawberry.ID | None = about("The family.")
    group: VulnerableGroup = about("The group (kelompok rentan); those of minorities are refused.")
    since: Date = about("Since when.")
    until: Date | None = about("Until when, where that can be foreseen, such as a birth.")
    detail: str | None = about("Detail, such as the kind of disability; kept encrypted. Needs the right to see such.")


@command
class VerifyVulnerabilityInput:
    """That a person or a family belongs to the group, as seen by the office."""

    vulnerability: strawberry.ID = about("What was proposed, or is to be verified again.")
    expected_version: int = about("Its version as you read it.")
    until: Date | None = about("Another foreseen end; left out, the one proposed stays.")


@command
class EndVulnerabilityInput:
    """A vulnerability that is over, or a proposal that is taken back."""

    vulnerability: strawberry.ID = about("The vulnerability.")
    expected_version: int = about("Its version as you read it.")
    on: Date = about("Its last day.")
    reason: str = about("Why (alasan).")


@strawberry.input(description="Which detail is to be told, and what for.")
class VulnerabilityDetailInput:
    """One vulnerability."""

    vulnerability: strawberry.ID = about("The vulnerability.")
    purpose: str = about("What it is needed for (keperluan); kept in the journal for good.")


def proposal(act: Act, given: ProposeVulnerabilityInput) -> Proposal:
    """Who is proposed for what."""
    citizen = act.maybe_key(given.citizen, "Citizen", "citizen")
    household = act.maybe_key(given.household, "Household", "household")
    if (citizen is None) == (household is None):
        raise OneOfNeeded(path=("citizen",), fields="citizen, household")
    detail = present(given.detail)
    return Proposal(
        citizen=citizen,
        household=household,
        group=VulnerableGroup[code(given.group)],
        since=given.since,
        until=present(given.until),
        detail=None if detail is None else written.paragraph(detail, "detail", most=written.LINE),
    )
