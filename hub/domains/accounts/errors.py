"""What is refused about signing in. Wrong names and wrong passphrases are one refusal: a difference would tell."""

from hub.kernel.errors import BadInput, Conflict, Forbidden, NotFound, TryLater, Unauthenticated


class SignInRefused(Unauthenticated):
    """Name, passphrase or code is not right."""

    code = "SIGN_IN_REFUSED"
    hint = "Write all of them again; whoever has lost one asks two officials of the office to reset the account."


class CodeRefused(Unauthenticated):
    """This code is not right, or was used already."""

    code = "SIGN_IN_CODE_REFUSED"
    hint = "Wait for the next code of your app and check that your telephone's clock is right."


class SessionOver(Unauthenticated):
    """You are not signed in, or not any more."""

    code = "SESSION_OVER"
    hint = "Sign in again."


class InvitationOver(NotFound):
    """This invitation is not valid, or not any more."""

    code = "INVITATION_OVER"
    hint = "An invitation holds seven days and for one account. Ask whoever invited you for a new one."


class PassphraseTooShort(BadInput):
    """A passphrase has at least {least} characters."""

    code = "PASSPHRASE_TOO_SHORT"
    hint = "Take four or five words that have nothing to do with one another."


class PassphraseTooLong(BadInput):
    """A passphrase has at most {most} characters."""

    code = "PASSPHRASE_TOO_LONG"
    hint = "Take four or five words that have nothing to do with one another."


class PassphraseCommon(BadInput):
    """This passphrase is too easy to guess."""

    code = "PASSPHRASE_COMMON"
    hint = "Take four or five words that have nothing to do with one another, and not your name or your office."


class PassphrasesDiffer(BadInput):
    """The two passphrases are not the same."""

    code = "PASSPHRASES_DIFFER"
    hint = "Write it twice, the same each time."


class SignInNameMalformed(BadInput):
    """A name for signing in has 3 to 40 letters, digits, dots, hyphens or underscores."""

    code = "SIGN_IN_NAME_MALFORMED"
    hint = "Write it in small letters, such as siti.aminah."


class SignInNameTaken(Conflict):
    """Somebody else here already signs in under this name."""

    code = "SIGN_IN_NAME_TAKEN"
    hint = "Choose another name; for a lost invitation use `renewInvitation`."


class NobodySignsInSo(NotFound):
    """Nobody here signs in under this name."""

    code = "NOBODY_SIGNS_IN_SO"
    hint = "Write the name as it was given at the invitation."


class AlreadyJoined(Conflict):
    """This person has already accepted the invitation."""

    code = "ALREADY_JOINED"
    hint = "Whoever has lost passphrase or telephone needs a reset, which two officials approve."


class NotYetJoined(Conflict):
    """This person has not accepted the invitation yet."""

    code = "NOT_YET_JOINED"
    hint = "Renew the invitation instead: `renewInvitation`."


class RoleNotGivable(Forbidden):
    """You cannot give this role to a person."""

    code = "ROLE_NOT_GIVABLE"
    hint = "Ask somebody whose office gives it; machines get keys, not invitations."


class NoResetAsked(NotFound):
    """Nobody has asked for a reset of this account, or not within three days."""

    code = "NO_RESET_ASKED"
    hint = "Ask for it first: `askSignInReset`; then somebody else approves."


class ResetByTheSame(Forbidden):
    """A reset takes two people, neither of whom is the one it is for."""

    code = "RESET_BY_THE_SAME"
    hint = "Ask another official; one of the two must be the camat or the secretary."


class HashingBusy(TryLater):
    """Too many people are signing in at this moment."""

    code = "SIGN_IN_BUSY"
    hint = "Wait a few seconds and try again."
    status = 503


class FormForged(Forbidden):
    """This form did not come from a page of this hub."""

    code = "FORM_FORGED"
    hint = "Open the page again and send the form once more; the browser must keep cookies."


class FormMalformed(BadInput):
    """This form could not be read."""

    code = "FORM_MALFORMED"
    hint = "Open the page again and send the form once more."


class IssuerRefused(Unauthenticated):
    """The sign-in service has not let you in, or the hub cannot tell who you are there."""

    code = "ISSUER_REFUSED"
    hint = "Begin again; if that does not help, ask the operator whether the service knows this hub."


class ReportKeyUnknown(NotFound):
    """There is no such key of yours."""

    code = "REPORT_KEY_UNKNOWN"
    hint = "The query `reportKeys` lists those that you may end."


class ReportKeysTooMany(Conflict):
    """You have {most} keys for reports already."""

    code = "REPORT_KEYS_TOO_MANY"
    hint = "End one that no sheet uses any more."


class ReportKeyDayUnfit(BadInput):
    """A key for reports lasts from today for a year at most."""

    code = "REPORT_KEY_DAY_UNFIT"
    hint = "Name a last day from today on and within a year, or none."
