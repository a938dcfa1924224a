"""What is refused about villages, their hamlets and officials."""

from hub.kernel.errors import BadInput, Conflict, Forbidden


class NotYourVillage(Forbidden):
    """You may change only your own village."""

    code = "NOT_YOUR_VILLAGE"
    hint = "Choose your own village, or ask the kecamatan's office."


class SubVillageExists(Conflict):
    """The village has already a hamlet with this name."""

    code = "SUB_VILLAGE_EXISTS"
    hint = "Change the one that is there, or give another name."


class HeadTermOverlaps(Conflict):
    """The village has another head within this term: from {since} to {until}."""

    code = "HEAD_TERM_OVERLAPS"
    hint = "End the other head's term first with `endOfficial`, or correct the dates."


class TermOutOfOrder(BadInput):
    """The last day in office lies before the first."""

    code = "TERM_OUT_OF_ORDER"
    hint = "Correct `startedOn` or `endedOn`."


class TermEnded(Conflict):
    """This term of office has ended already."""

    code = "TERM_ENDED"
    hint = "Nothing is left to do."


class VillageEnded(Conflict):
    """The code {village} was in force until {until}; the village is {now} now."""

    code = "VILLAGE_ENDED"
    hint = "Use the village as it is now; `region(code:)` tells a former code's successors."


class OnlyBySplit(BadInput):
    """REGION_SPLIT is recorded of whole villages by the operator, not of one thing at a time."""

    code = "ONLY_BY_SPLIT"
    hint = "Choose the reason that really applies; villages go to another kecamatan by `hub tenant split`."
