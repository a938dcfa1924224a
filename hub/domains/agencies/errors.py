"""Refusals about agencies."""

from hub.kernel.errors import BadInput, NotFound


class AgencyUnknown(NotFound):
    """There is no agency with the code {given}."""

    code = "AGENCY_UNKNOWN"
    hint = "Look the code up with the query `agencies`, or with `hub agency list`."


class AgencyNotHere(BadInput):
    """This agency does not serve this kecamatan, or is no more."""

    code = "AGENCY_NOT_HERE"
    hint = "Choose one of the kecamatan's district or province from `agencies`."


class AgencyCodeMalformed(BadInput):
    """{given} is not the code of an agency of this region."""

    code = "AGENCY_CODE_MALFORMED"
    hint = "Write the region's code, a slash and a short name of letters and digits, such as 63.11/DUKCAPIL."


class AgencyRegionUnknown(NotFound):
    """There is no region with the code {given}."""

    code = "AGENCY_REGION_UNKNOWN"
    hint = "Look the code up with the query `regions`."
