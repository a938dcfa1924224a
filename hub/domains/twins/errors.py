"""What is refused about twin cases."""

from hub.kernel.errors import BadInput, Conflict


class TwinCaseDecided(Conflict):
    """This case is {state}; nothing more is decided about it."""

    code = "TWIN_CASE_DECIDED"
    hint = "Read the case again; `task` says what is left to do here."


class TwinCaseReferred(Conflict):
    """This case waits for the Disdukcapil that decides for both kecamatan."""

    code = "TWIN_CASE_REFERRED"
    hint = "`referredCode` names the agency; the case comes back to you if nobody there may decide any more."


class ReferralClosed(Conflict):
    """This referral is {state}; nothing more is decided about it."""

    code = "TWIN_REFERRAL_CLOSED"
    hint = "Read it again; LATE means that the case was settled before the ruling reached it."


class NotASide(BadInput):
    """This kecamatan is neither of the two."""

    code = "TWIN_NOT_A_SIDE"
    hint = "Give the code of one of the two sides of the referral."


class SideNeeded(BadInput):
    """It is not said which side is meant, or a side is named where both are."""

    code = "TWIN_SIDE"
    hint = "SAME_PERSON needs the side where the person lives on, TYPING_ERROR that of the mistake; TWO_PEOPLE none."
