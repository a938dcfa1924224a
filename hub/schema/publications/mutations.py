"""What can be done with periods in the graph."""

from hub.domains.publications import actions
from hub.graph.mutations import Act, Answers, mutation
from hub.schema.publications import inputs
from hub.schema.publications.types import ReportPeriod
from hub.tenants.permissions import Permission


@mutation(
    "Confirm a month: the figures of all reports as they are counted now are frozen and published outside, small "
    "groups suppressed. Confirmed again after a publication, they make a revision that says what changed.",
    answers={"report_period": ReportPeriod},
    permission=Permission.CONFIRM_REPORTS,
)
async def confirm_report_period(act: Act, given: inputs.ConfirmReportPeriodInput) -> Answers:
    """Confirm."""
    key = act.key(given.report_period, "ReportPeriod", "reportPeriod")
    confirmed = await actions.confirm(act.unit, key, expected=given.expected_version)
    return {"report_period": confirmed.id}
