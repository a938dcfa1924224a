"""Deciding twin cases in the graph."""

import strawberry

from hub.domains.twins import deciding, ruling
from hub.domains.twins.model import TwinDecision, TwinSide
from hub.graph.mutations import Act, Answers, command, mutation
from hub.graph.scalars import RegionCode
from hub.kernel.written import paragraph
from hub.schema.given import about, code, present
from hub.schema.twins.types import TwinCase, TwinReferral
from hub.tenants.permissions import Permission


@command
class DecideTwinCaseInput:
    """What two records with one NIK are. It takes effect once the other kecamatan says the same."""

    twin_case: strawberry.ID = about("The case.")
    expected_version: int = about("Its version as you read it.")
    decision: TwinDecision = about("What they are (keputusan).")
    side: TwinSide | None = about(
        "SAME_PERSON: where the person lives on. TYPING_ERROR: where the NIK was mistyped. TWO_PEOPLE: left out."
    )


@mutation(
    "Say what two records with one NIK are; decided when both offices say the same.",
    answers={"twin_case": TwinCase},
    permission=Permission.DECIDE_TWINS,
)
async def decide_twin_case(act: Act, given: DecideTwinCaseInput) -> Answers:
    """A camat's word."""
    side = present(given.side)
    changed = await deciding.propose(
        act.unit,
        act.key(given.twin_case, "TwinCase", "twinCase"),
        expected=given.expected_version,
        decision=TwinDecision[code(given.decision)],
        side=None if side is None else TwinSide[code(side)],
    )
    return {"twin_case": changed.id}


@command
class DecideTwinReferralInput:
    """What two records with one NIK are. It takes effect in both kecamatan within seconds."""

    twin_referral: strawberry.ID = about("The referral.")
    expected_version: int = about("Its version as you read it.")
    decision: TwinDecision = about("What they are (putusan).")
    kecamatan: RegionCode | None = about(
        "Code of one side. SAME_PERSON: where the person lives on. TYPING_ERROR: where the NIK was mistyped. "
        "TWO_PEOPLE: left out."
    )
    reason: str = about("Why (alasan); both kecamatan read it.")


@mutation(
    "Rule what two records with one NIK are, as the Disdukcapil over both kecamatan.",
    answers={"twin_referral": TwinReferral},
    permission=Permission.DECIDE_TWINS,
)
async def decide_twin_referral(act: Act, given: DecideTwinReferralInput) -> Answers:
    """A Disdukcapil's word."""
    changed = await ruling.rule(
        act.unit,
        act.key(given.twin_referral, "TwinReferral", "twinReferral"),
        expected=given.expected_version,
        decision=TwinDecision[code(given.decision)],
        kecamatan=present(given.kecamatan),
        reason=paragraph(given.reason, "reason"),
    )
    return {"twin_referral": changed.id}
