"""What reports refuse."""

from hub.kernel.errors import BadInput, Conflict, Forbidden, NotFound


class ReportUnknown(NotFound):
    """There is no report with this code in the catalogue."""

    code = "REPORT_UNKNOWN"
    hint = "Choose a code such as R-01 from the query `reports`."


class ReportNotYours(Forbidden):
    """This report speaks of persons, and your role may not read of them."""

    code = "REPORT_NOT_YOURS"
    hint = "The query `reports` names the roles that read it; ask one of them."


class CellUnknown(NotFound):
    """The report has no such cell."""

    code = "REPORT_CELL_UNKNOWN"
    hint = "Take column, village and dimensions from a row of `report`, exactly as they stand there."


class ReportHasNoFigures(NotFound):
    """This report has no figures to take away."""

    code = "REPORT_WITHOUT_FIGURES"
    hint = "Look at the report first: it says what is missing."


class ReportChanging(Conflict):
    """The figures of this report are changing at this moment."""

    code = "REPORT_CHANGING"
    hint = "Try again in some seconds."


class ReportAddressMalformed(BadInput):
    """What stands behind the question mark of this address cannot be read."""

    code = "REPORT_ADDRESS_MALFORMED"
    hint = "Name each of `period` and `region` once at most, such as /reports/R-07.xlsx?period=2026-11&region=63.11."
