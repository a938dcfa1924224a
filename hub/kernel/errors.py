"""Everything the hub refuses, as one tree.

A class is one refusal: its name says what, `code` is what clients match (it never changes), the docstring
is the English sentence, `hint` says what to do. Both are message ids of the catalogue in `hub/locale`, whose
Indonesian text is the default. Placeholders in braces are filled from the keyword arguments; they never
carry personal data, for a message may be stored and logged.
"""

from typing import ClassVar


class HubError(Exception):
    """Something went wrong in the hub."""

    code: ClassVar[str] = "INTERNAL"
    hint: ClassVar[str] = "Try again; if it keeps happening, report the request id to the operator."
    status: ClassVar[int] = 500

    def __init__(self, *, path: tuple[str, ...] = (), **params: str | int) -> None:
        """`path` names the input field at fault; `params` fill the placeholders of message and hint."""
        super().__init__(type(self).code)
        self.path = path
        self.params = params

    @property
    def message_id(self) -> str:
        """The untranslated sentence."""
        return one_line(type(self).__doc__ or "")


class BadInput(HubError):
    """The input is not valid: {problem}"""

    code = "BAD_INPUT"
    hint = "Correct the named field and send the request again."
    status = 400


class DateInFuture(BadInput):
    """This date lies in the future."""

    code = "DATE_IN_FUTURE"
    hint = "Give the day on which it happened."


class Unauthenticated(HubError):
    """The credential is not valid."""

    code = "UNAUTHENTICATED"
    hint = "Send a valid key or token in the Authorization header, or none at all for public data."
    status = 401


class Forbidden(HubError):
    """Your role may not do this."""

    code = "FORBIDDEN"
    hint = "Ask the kecamatan's administrator for a role that may, or choose another of your grants."
    status = 403


class NotFound(HubError):
    """There is no such record, or it is not yours to see."""

    code = "NOT_FOUND"
    hint = "Check the id; ids are opaque and must be sent exactly as the hub gave them."
    status = 404


class Conflict(HubError):
    """The change contradicts the present state of the record."""

    code = "CONFLICT"
    hint = "Read the record again and decide anew."
    status = 409


class Limited(HubError):
    """The request is larger than the hub accepts: {problem}"""

    code = "LIMIT_EXCEEDED"
    hint = "Ask for less at once: fewer fields, smaller pages, or several requests."
    status = 400


class TryLater(HubError):
    """The hub has no room for this request at the moment."""

    code = "TRY_LATER"
    hint = "Send the request again after the seconds in the header `Retry-After`."
    status = 429

    @property
    def seconds(self) -> int:
        """How long to wait: the header Retry-After."""
        return int(self.params.get("seconds", 1))


class Unavailable(HubError):
    """The hub cannot answer at the moment."""

    code = "UNAVAILABLE"
    hint = "Wait a little and send the same request again; with the same idempotency key nothing is doubled."
    status = 503


class Faulty(HubError):
    """The hub is set up wrongly: {problem}"""

    code = "FAULTY_SETUP"
    hint = "Run `hub doctor` and follow its advice."
    status = 500


def one_line(text: str) -> str:
    """A docstring as one sentence line."""
    return " ".join(text.split())
