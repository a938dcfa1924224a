"""What is refused about commitments."""

from hub.kernel.errors import BadInput, Conflict, Forbidden


class InvalidTransition(Conflict):
    """A commitment that is {state} cannot take this step; from there it can become: {allowed}."""

    code = "INVALID_TRANSITION"
    hint = "Read the commitment again; `allowedActions` lists the steps that are open now."


class ValidityEnded(Conflict):
    """This commitment has expired: its last day in force has passed."""

    code = "VALIDITY_ENDED"
    hint = "Make a new commitment, or revoke this one."


class NotYetInForce(Conflict):
    """This commitment comes into force on {since}; it cannot be fulfilled or broken before."""

    code = "NOT_YET_IN_FORCE"
    hint = "Wait for its first day in force."


class AlreadySigned(Conflict):
    """This party has already signed."""

    code = "ALREADY_SIGNED"
    hint = "Nothing is left to do for this party."


class AlreadyDeclined(Conflict):
    """This party has already declined."""

    code = "ALREADY_DECLINED"
    hint = "The party may still sign; nothing else is left to do."


class AlreadyPublished(Conflict):
    """This commitment is already published."""

    code = "ALREADY_PUBLISHED"
    hint = "Nothing is left to do."


class NotPublished(Conflict):
    """This commitment is not published."""

    code = "NOT_PUBLISHED"
    hint = "Nothing is left to do."


class NotYourParty(Forbidden):
    """You may sign or decline only for the village or organization you stand for."""

    code = "NOT_YOUR_PARTY"
    hint = "Choose your own village or organization among the parties, or ask the camat to record a signature on paper."


class NotYourCommitment(Forbidden):
    """Your village is not a party to this commitment."""

    code = "NOT_YOUR_COMMITMENT"
    hint = "Make your village a party first, or ask the kecamatan's office."


class OfficeDecides(Forbidden):
    """Only the kecamatan's own office decides this, no party for itself."""

    code = "OFFICE_DECIDES"
    hint = "Ask the kecamatan's office; you may attach evidence for it."


class SignatoryNeeded(BadInput):
    """Name and position of the person who signed are missing."""

    code = "SIGNATORY_NEEDED"
    hint = "Give `signatoryName` and `signatoryPosition` as they stand on the paper."


class NoSignatory(Conflict):
    """No party of this commitment is to sign it."""

    code = "NO_SIGNATORY"
    hint = "Add at least one party with the role SIGNATORY."


class EvidenceNeeded(BadInput):
    """This step needs evidence."""

    code = "EVIDENCE_NEEDED"
    hint = "Attach at least one document, photo or list, such as a photo of the displayed text."


class PartyExists(Conflict):
    """This party already takes part in the commitment."""

    code = "PARTY_EXISTS"
    hint = "Each village, organization, agency or person is a party once in each role."


class ClauseNumberTaken(Conflict):
    """There is already a clause with this number."""

    code = "CLAUSE_NUMBER_TAKEN"
    hint = "Leave the number out to add the clause at the end."


class ClauseNumberOutOfRange(BadInput):
    """Clauses are numbered from 1 to {most}."""

    code = "CLAUSE_NUMBER_OUT_OF_RANGE"
    hint = "Leave the number out to add the clause at the end."


class TooManyParts(BadInput):
    """At most {most} parties, clauses or pieces of evidence can be given at once."""

    code = "TOO_MANY_PARTS"
    hint = "Create the commitment with some of them and add the others one by one."


class ValidityOutOfOrder(BadInput):
    """The last day in force lies before the first."""

    code = "VALIDITY_OUT_OF_ORDER"
    hint = "Correct `validFrom` or `validUntil`."


class PlanOutOfOrder(BadInput):
    """The last day planned for signing lies before the first."""

    code = "PLAN_OUT_OF_ORDER"
    hint = "Correct `plannedOn` or `plannedUntil`."


class TargetOutOfRange(BadInput):
    """A target is between 0 and 100 percent."""

    code = "TARGET_OUT_OF_RANGE"
    hint = "Correct `targetPercent`."


class CountOutOfRange(BadInput):
    """A number of parties is between 1 and {most}."""

    code = "COUNT_OUT_OF_RANGE"
    hint = "Correct `plannedParties`."
