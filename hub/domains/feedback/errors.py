"""What is refused about feedback."""

from hub.kernel.errors import BadInput, Conflict, Forbidden, NotFound


class FeedbackStepClosed(Conflict):
    """Feedback that is {state} cannot take this step."""

    code = "FEEDBACK_STEP_CLOSED"
    hint = "Read it again; `allowedActions` lists the steps that are open now."


class OfficeHandlesFeedback(Forbidden):
    """This step is for the kecamatan's office."""

    code = "OFFICE_HANDLES_FEEDBACK"
    hint = "Ask the kecamatan to take it; a village answers what was handed to it."


class OnlyRaiserReopens(Forbidden):
    """Only who raised it may reopen it."""

    code = "ONLY_RAISER_REOPENS"
    hint = "Send the tracking code that the raiser was given."


class ReopenedTooOften(Conflict):
    """It was reopened {most} times already."""

    code = "REOPENED_TOO_OFTEN"
    hint = "Submit new feedback and name the tracking code of this one in its text."


class ReopenTooLate(Conflict):
    """It was closed more than {days} days ago."""

    code = "REOPEN_TOO_LATE"
    hint = "Submit new feedback and name the tracking code of this one in its text."


class AnonymousHasRaiser(BadInput):
    """Anonymous feedback names nobody, yet a raiser or contact was given."""

    code = "ANONYMOUS_HAS_RAISER"
    hint = "Leave the raiser and the contact out, or send it as confidential instead."


class RaiserNotYours(Forbidden):
    """You raise feedback for yourself only."""

    code = "RAISER_NOT_YOURS"
    hint = "Leave `organization`, `village` and `citizen` out: your key or account says who you are."


class OfficeNotByOffice(Forbidden):
    """A complaint about the office is not taken in by the office itself."""

    code = "OFFICE_NOT_BY_OFFICE"
    hint = "Let the raiser send it from the kecamatan's site or app: it goes to the inspectorate, past the office."


class VillageNotYours(Forbidden):
    """Feedback from a village names that village."""

    code = "FEEDBACK_VILLAGE_NOT_YOURS"
    hint = "Add your own village to `villages`, or leave the field out."


class FeedbackIdTaken(Conflict):
    """There is feedback with this id already."""

    code = "FEEDBACK_ID_TAKEN"
    hint = "Make a new UUID for each new item; an item that was sent before need not be sent again."


class ClientIdMalformed(BadInput):
    """A client's own id is a UUID."""

    code = "CLIENT_ID_MALFORMED"
    hint = "Make a random UUID for each item on the device, and send the same one when you repeat."


class PointOutside(BadInput):
    """This point is not in Indonesia, or half of it is missing."""

    code = "FEEDBACK_POINT_OUTSIDE"
    hint = "Give latitude and longitude together, in degrees with a decimal point, or leave both out."


class PublicFeedbackClosed(Forbidden):
    """This kecamatan takes no feedback from visitors at this page."""

    code = "PUBLIC_FEEDBACK_CLOSED"
    hint = "Go to its counter, or ask your village or an organization that works with the kecamatan to send it."


class KecamatanNotHere(NotFound):
    """No kecamatan of the hub has this code."""

    code = "KECAMATAN_NOT_HERE"
    hint = "Check the six digits of the code; the kecamatan's site or your village knows it."


class TrackingCodeUnknown(NotFound):
    """There is no feedback with this tracking code in this kecamatan."""

    code = "TRACKING_CODE_UNKNOWN"
    hint = "Check each character; the letters I, L and O and the digits 0 and 1 do not occur in a code."


class DispositionOver(Conflict):
    """This disposition is {state}; nothing can be done with it any more."""

    code = "DISPOSITION_OVER"
    hint = "Read the feedback again: it may have been answered or handed to somebody else."


class DispositionNotYours(Forbidden):
    """This was not handed to your village."""

    code = "DISPOSITION_NOT_YOURS"
    hint = "Take up only what was handed to your village, while it is open."


class OfficeComplaintStays(Conflict):
    """A complaint about the office is not handed back: nobody below may read it."""

    code = "OFFICE_COMPLAINT_STAYS"
    hint = "Answer it; where it is the matter of somebody else, say so in the answer."


class DuplicateOfItself(BadInput):
    """Feedback is no duplicate of itself."""

    code = "DUPLICATE_OF_ITSELF"
    hint = "Name the earlier feedback that says the same."


class TooManyFiles(BadInput):
    """Feedback holds {most} files at most."""

    code = "FEEDBACK_TOO_MANY_FILES"
    hint = "Send the ones that say most, or several pictures in one PDF."


class FileNotUploadedForIt(BadInput):
    """This file was not uploaded for feedback."""

    code = "FILE_NOT_UPLOADED_FOR_FEEDBACK"
    hint = "Upload it again with `for ZmVlZGJhY2s=` in `Upload-Metadata`, and name the id that comes back."


class OfficeComplaintTakesNoFiles(BadInput):
    """A complaint about the office takes no files: the office keeps the hub's files."""

    code = "OFFICE_COMPLAINT_TAKES_NO_FILES"
    hint = "Say in its text what there is to be seen; the inspectorate asks for it."


class AnswerIsPrivate(Conflict):
    """This answer is for the raiser alone."""

    code = "ANSWER_IS_PRIVATE"
    hint = "Answer again with `public` true and publish that answer."


class NotPublishedFeedback(Conflict):
    """This publication was withdrawn already."""

    code = "PUBLICATION_WITHDRAWN"
    hint = "Nothing is left to do."
