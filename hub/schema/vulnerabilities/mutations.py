"""What can be done about vulnerabilities in the graph."""

from collections.abc import Mapping
from typing import Any

from hub.domains.vulnerabilities import actions
from hub.graph.mutations import Act, Answers, disclosure, mutation
from hub.kernel import written
from hub.schema.given import present
from hub.schema.vulnerabilities import inputs
from hub.schema.vulnerabilities.types import Vulnerability
from hub.tenants.permissions import Permission

ANSWERS = {"vulnerability": Vulnerability}


@mutation(
    "Propose a person or a family for a vulnerable group.", answers=ANSWERS, permission=Permission.PROPOSE_VULNERABLE
)
async def propose_vulnerability(act: Act, given: inputs.ProposeVulnerabilityInput) -> Answers:
    """Propose."""
    made = await actions.propose(act.unit, act.services.keys, inputs.proposal(act, given))
    return {"vulnerability": made.id}


@mutation(
    "Verify what was proposed, or verify it again: it holds for a year, or until its foreseen end.",
    answers=ANSWERS,
    permission=Permission.VERIFY_VULNERABLE,
)
async def verify_vulnerability(act: Act, given: inputs.VerifyVulnerabilityInput) -> Answers:
    """Verify."""
    key = act.key(given.vulnerability, "Vulnerability", "vulnerability")
    verified = await actions.verify(
        act.unit, act.services.keys, key, expected=given.expected_version, until=present(given.until)
    )
    return {"vulnerability": verified.id}


@mutation(
    "End a vulnerability; what was verified is ended by the office.",
    answers=ANSWERS,
    permission=Permission.PROPOSE_VULNERABLE,
)
async def end_vulnerability(act: Act, given: inputs.EndVulnerabilityInput) -> Answers:
    """End."""
    ended = await actions.end(
        act.unit,
        act.services.keys,
        act.key(given.vulnerability, "Vulnerability", "vulnerability"),
        expected=given.expected_version,
        on=given.on,
        reason=written.line(given.reason, "reason"),
    )
    return {"vulnerability": ended.id}


@disclosure(
    "Tell the detail of one vulnerability, for a purpose. Journaled before it is told; once in a request, and counted.",
    tells={"detail": (str, "The detail; null where there is none, or where it was refused.")},
    permission=Permission.SEE_SENSITIVE,
    meter="sensitive",
)
async def vulnerability_detail(act: Act, given: inputs.VulnerabilityDetailInput) -> Mapping[str, Any]:
    """Tell it."""
    told = await actions.tell_detail(
        act.unit,
        act.services.keys,
        act.key(given.vulnerability, "Vulnerability", "vulnerability"),
        purpose=written.line(given.purpose, "purpose"),
    )
    return {"detail": told}
