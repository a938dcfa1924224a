"""What is refused about days off."""

from hub.kernel.errors import Conflict


class DayOffExists(Conflict):
    """This day is a day off already."""

    code = "DAY_OFF_EXISTS"
    hint = "Nothing is left to do; end the recorded day off first where its name is wrong."


class DayOffEnded(Conflict):
    """This day off was taken back already."""

    code = "DAY_OFF_ENDED"
    hint = "Nothing is left to do."
