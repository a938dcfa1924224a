"""What the recording of events refuses, by name. No message carries a number or a name of a person."""

from hub.kernel.errors import BadInput, Conflict


class ReportedBefore(BadInput):
    """The report is dated before the event."""

    code = "REPORTED_BEFORE"
    hint = "Give the day on which it was reported; leave it out where that is today."


class BeforeBirth(BadInput):
    """A person who takes part was not yet born on that day."""

    code = "BEFORE_BIRTH"
    hint = "Correct the day of the event, or first the birth date in the register."


class AfterDeath(BadInput):
    """The mother had died before that day."""

    code = "AFTER_DEATH"
    hint = "Correct the day of birth, or the recorded death."


class PartUnfit(BadInput):
    """This person cannot have this part in the event."""

    code = "PART_UNFIT"
    hint = "A mother is a woman and a father a man in the register; each person takes part once, in a part of the type."


class HouseholdNeeded(BadInput):
    """It is not said into which household the child is born."""

    code = "HOUSEHOLD_NEEDED"
    hint = "Name the mother, or the household where she is not in this register or no longer lives."


class OwnMutation(BadInput):
    """This type of event has a mutation of its own."""

    code = "OWN_MUTATION"
    hint = "Use `recordBirth`, `recordDeath`, `recordMarriage`, `recordDivorce` or `recordNameChange`."


class FieldUnfit(BadInput):
    """This type of event does not change this field."""

    code = "FIELD_UNFIT"
    hint = "Leave the named field out; what is not part of the event is changed with `updateCitizen`."


class FieldNeeded(BadInput):
    """This type of event needs this field."""

    code = "FIELD_NEEDED"
    hint = "Give the named field its new value."


class RelationNeeded(BadInput):
    """Household and relation to its head go together."""

    code = "RELATION_NEEDED"
    hint = "Who goes to another household needs a `familyRelation` there."


class AlreadyMarried(Conflict):
    """This woman is married in the register."""

    code = "ALREADY_MARRIED"
    hint = "Record the divorce or the husband's death first, or correct her marital status."


class NotMarried(Conflict):
    """This person is not married in the register."""

    code = "NOT_MARRIED"
    hint = "Correct the marital status first, or choose the right person."


class NotForeign(Conflict):
    """This person is not a foreign citizen in the register."""

    code = "NOT_FOREIGN"
    hint = "Correct the citizenship first, or choose the right person."


class DeathExists(Conflict):
    """This person's death is recorded already."""

    code = "DEATH_EXISTS"
    hint = "A person dies once; correct the recorded death if it was wrong."


class EventNotInForce(Conflict):
    """This event was corrected already, or is itself a correction."""

    code = "EVENT_NOT_IN_FORCE"
    hint = "Record the event anew as it really was."


class ChangedSince(Conflict):
    """What this event changed has been changed again since."""

    code = "CHANGED_SINCE"
    hint = "Correct the later event first; what was changed by hand, change back by hand."
