"""Inputs of reports."""

from hub.domains.reports.model import ReportForm
from hub.graph.enums import exposed
from hub.graph.mutations import command
from hub.schema.given import about

exposed(ReportForm)


@command
class IssueReportInput:
    """A report that is taken away on paper or as a file."""

    code: str = about("Code of the report, such as R-01.")
    form: ReportForm = about("In which form it is taken.")
