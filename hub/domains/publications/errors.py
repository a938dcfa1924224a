"""What is refused about periods and publications, by name."""

from hub.kernel.errors import BadInput, Conflict, Faulty, NotFound


class PeriodOver(Conflict):
    """A later period is confirmed already, so this one is as it was published."""

    code = "REPORT_PERIOD_OVER"
    hint = "Correct the register; the figures of the next period will show it."


class PeriodNotCounted(Conflict):
    """The reports of this kecamatan have not been counted yet."""

    code = "REPORT_PERIOD_NOT_COUNTED"
    hint = "Wait a minute and confirm again; the worker counts them by itself."


class PeriodMalformed(BadInput):
    """This is not a period: {given}"""

    code = "REPORT_PERIOD_MALFORMED"
    hint = "Write year and month, such as 2026-11."


class PublicationUnknown(NotFound):
    """Nothing has been published of this region and period within your scope."""

    code = "PUBLICATION_UNKNOWN"
    hint = "The query `publications` lists what there is."


class RegionNeeded(BadInput):
    """Your scope has several districts; a report is published for each of them."""

    code = "REPORT_REGION_NEEDED"
    hint = "Name the district in `region`, such as 63.11."


class KecamatanOutside(NotFound):
    """This kecamatan is not in the published region."""

    code = "REPORT_KECAMATAN_OUTSIDE"
    hint = "Choose among `tenantsIncluded` and `tenantsMissing` of the report."


class NothingConfirmed(Faulty):
    """No kecamatan of this region has confirmed this period."""

    code = "NOTHING_CONFIRMED"
    hint = "The camat or the secretary confirms it: `confirmReportPeriod`."


class LaterPublished(Faulty):
    """A later period of this region is published already."""

    code = "LATER_PERIOD_PUBLISHED"
    hint = "Corrections of an older period appear in the figures of the next one."
