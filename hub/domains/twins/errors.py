"""What is refused about twin cases."""

from hub.kernel.errors import BadInput, Conflict


class TwinCaseDecided(Conflict):
    """This case is {state}; nothing more is decided about it."""

    code = "TWIN_CASE_DECIDED"
    hint = "Read the case again; `task` says what is left to do here."


class SideNeeded(BadInput):
    """It is not said which side is meant, or a side is named where both are."""

    code = "TWIN_SIDE"
    hint = "SAME_PERSON needs the side where the person lives on, TYPING_ERROR that of the mistake; TWO_PEOPLE none."
