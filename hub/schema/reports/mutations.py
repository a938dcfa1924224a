"""Taking a report away."""

from hub.domains.reports import issuing
from hub.domains.reports.model import ReportForm
from hub.graph.mutations import Act, Answers, mutation
from hub.schema.given import code
from hub.schema.reports import inputs
from hub.tenants.permissions import Permission


@mutation(
    "Number a report that is taken away, so that whoever is shown it can verify it by `reportIssue`. Journaled; the "
    "same figures in the same form keep their number for the day.",
    answers={},
    permission=Permission.READ_REPORTS,
    tells={
        "number": (str, "Number for verification; null where it was refused."),
        "revision": (int, "Revision of its figures; null where it was refused."),
        "sha256": (str, "SHA-256 of its figures; null where it was refused."),
    },
)
async def issue_report(act: Act, given: inputs.IssueReportInput) -> Answers:
    """Issue it as it stands."""
    report = await issuing.standing(act.unit, given.code)
    made = await issuing.issue(act.unit, report, ReportForm[code(given.form)])
    return {"number": made.number, "revision": made.revision, "sha256": made.sha256}
