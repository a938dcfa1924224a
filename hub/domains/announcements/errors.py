"""What is refused about announcements."""

from hub.kernel.errors import BadInput, Conflict, Forbidden


class AnnouncementStep(Conflict):
    """An announcement that is {state} cannot take this step."""

    code = "ANNOUNCEMENT_STEP"
    hint = "Read the announcement again; `allowedActions` lists the steps that are open now."


class NothingCorrected(BadInput):
    """A correction changes the title or the text."""

    code = "NOTHING_CORRECTED"
    hint = "Give a new `title` or a new `body`."


class ExpiryPast(BadInput):
    """An announcement cannot end before it is published."""

    code = "EXPIRY_PAST"
    hint = "Give a later moment, or none where it holds until it is withdrawn."


class NotYourRelay(Forbidden):
    """You may say this only for the village or organization you stand for."""

    code = "NOT_YOUR_RELAY"
    hint = "Leave `village` and `organization` out to speak for your own, or ask the kecamatan to record it."


class RelayForWhom(BadInput):
    """It must be said who passed the announcement on: {fields}."""

    code = "RELAY_FOR_WHOM"
    hint = "Give exactly one of the named fields."
