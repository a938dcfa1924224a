"""What is refused about the kecamatan's office."""

from hub.kernel.errors import BadInput, Conflict


class YearOutOfRange(BadInput):
    """A profile is of a year from 1945 to 2200."""

    code = "YEAR_OUT_OF_RANGE"
    hint = "Correct `year`."


class AreaNotPositive(BadInput):
    """An area is larger than zero."""

    code = "AREA_NOT_POSITIVE"
    hint = "Give `areaKm2` in square kilometres, or leave it out."


class PermitsExceedHouses(BadInput):
    """There are more houses with a permit than houses."""

    code = "PERMITS_EXCEED_HOUSES"
    hint = "Correct `housesWithPermit` or `houseCount`."


class HoursOutOfOrder(BadInput):
    """The channel closes before it opens."""

    code = "HOURS_OUT_OF_ORDER"
    hint = "Correct `opensAt` or `closesAt`; hours past midnight are not kept."


class WeekdayNeeded(BadInput):
    """Service hours need at least one day."""

    code = "WEEKDAY_NEEDED"
    hint = "Give at least one weekday, or use `removeServiceHours`."


class AgreementOutOfOrder(BadInput):
    """The agreement ends before it begins."""

    code = "AGREEMENT_OUT_OF_ORDER"
    hint = "Correct `startsOn` or `expiresOn`."


class AgreementExpired(BadInput):
    """The agreement has expired already."""

    code = "AGREEMENT_EXPIRED"
    hint = "Record the agreement that is in force, with its last day."


class AgreementExists(Conflict):
    """An agreement of this number is recorded already."""

    code = "AGREEMENT_EXISTS"
    hint = "Read it in `dataUseAgreements`. Where its terms have changed, record it under the number of the addendum."


class AgreementEnded(Conflict):
    """This agreement has been ended already."""

    code = "AGREEMENT_ENDED"
    hint = "Record a new one where data may be passed on again."
