"""What the register refuses, by name. No message carries a number or a name of a person."""

from hub.kernel.errors import BadInput, Conflict, Forbidden


class NikExists(Conflict):
    """A living record of this village has this NIK already."""

    code = "NIK_EXISTS"
    hint = "Search for the person by name before registering; correct the NIK where it was mistyped."


class NikAssigned(Conflict):
    """This person has a NIK already."""

    code = "NIK_ASSIGNED"
    hint = "Where it is wrong, put it right with `correctNik`, saying why."


class NikNotAssigned(Conflict):
    """This person has no NIK yet that could be corrected."""

    code = "NIK_NOT_ASSIGNED"
    hint = "Give the person their NIK with `assignNik`."


class NikTemporary(BadInput):
    """This is a temporary number, not a NIK of the civil registry."""

    code = "NIK_IS_TEMPORARY"
    hint = "Wait for the number that the registry gives; no NIK begins with 0."


class SameNik(Conflict):
    """The person has this NIK already."""

    code = "SAME_NIK"
    hint = "Choose another number, or leave things as they are."


class KkExists(Conflict):
    """A household of this village has this family card number already."""

    code = "KK_EXISTS"
    hint = "Register the person into that household, or correct the number."


class HeadExists(Conflict):
    """This household has a living head already."""

    code = "HEAD_EXISTS"
    hint = "Choose another relation, or make this person the head with `setHouseholdHead`."


class HeadNeeded(Conflict):
    """This household would be left without a head."""

    code = "HEAD_NEEDED"
    hint = "Register the head first; where the head leaves or dies, name a new one among the members as `newHead`."


class HeadChange(Conflict):
    """The head of a household is not changed this way."""

    code = "HEAD_CHANGE"
    hint = "Use `setHouseholdHead`, which names the new head and what the former becomes."


class NotAMember(Conflict):
    """This person is not a living member of that household."""

    code = "NOT_A_MEMBER"
    hint = "Choose one of the household's `members`, or move the person there first with `changeHousehold`."


class NobodyMoves(BadInput):
    """Nobody is named who goes to the new family card."""

    code = "NOBODY_MOVES"
    hint = "Name those who go in `members`, one of them as HEAD."


class MemberTwice(BadInput):
    """This person is named twice."""

    code = "MEMBER_TWICE"
    hint = "Name each member once."


class MemberUnnamed(Conflict):
    """A member of this household is not named."""

    code = "MEMBER_UNNAMED"
    hint = "Read its `members` again and name every one of them with the relation to the other household's head."


class SameCard(BadInput):
    """This family card has this number already."""

    code = "SAME_CARD"
    hint = "Check the number on the new card, or leave things as they are."


class IntoItself(BadInput):
    """A household does not merge with itself."""

    code = "INTO_ITSELF"
    hint = "Name the other household as `into`."


class SameHousehold(Conflict):
    """The person lives in this household already."""

    code = "SAME_HOUSEHOLD"
    hint = "Choose another household, or leave things as they are."


class OtherVillage(Conflict):
    """That household is in another village."""

    code = "OTHER_VILLAGE"
    hint = "End the record here as moved; the other village registers the person anew."


class CitizenEnded(Conflict):
    """This person's record has ended."""

    code = "CITIZEN_ENDED"
    hint = "An ended record is kept as it was; register the person anew if they came back."


class CitizenLives(Conflict):
    """This person's record has not ended."""

    code = "CITIZEN_LIVES"
    hint = "Read the record again; somebody may have restored it before you."


class HouseholdEnded(Conflict):
    """This household has ended."""

    code = "HOUSEHOLD_ENDED"
    hint = "Register a new household, or choose one that exists."


class MembersMoved(Conflict):
    """Somebody else is changing this household at this moment."""

    code = "MEMBERS_MOVED"
    hint = "Read the household again and decide anew."


class NotAnEnd(BadInput):
    """This standing does not end a record."""

    code = "NOT_AN_END"
    hint = "Choose DEAD, MOVED, MISSING, LEFT or INVALID."


class BirthDateImplausible(BadInput):
    """Nobody who lives was born this long ago."""

    code = "BIRTH_DATE_IMPLAUSIBLE"
    hint = "Correct the year; leave the birth date out where it is not known."


class NameCharacters(BadInput):
    """A name has letters, blanks, dots, commas, apostrophes and hyphens only, and at least one letter."""

    code = "NAME_CHARACTERS"
    hint = "Remove digits and other signs from the named field."


class CoordinateRefused(BadInput):
    """This is no place on earth."""

    code = "COORDINATE"
    hint = "Write degrees with a decimal point: latitude from -90 to 90, longitude from -180 to 180."


class NothingToChange(BadInput):
    """The request names nothing to change."""

    code = "NOTHING_TO_CHANGE"
    hint = "Send at least one field with its new value."


class SensitiveForbidden(Forbidden):
    """Your role may not record specific personal data."""

    code = "SENSITIVE_FORBIDDEN"
    hint = "Leave `sensitive` out, or ask someone who may see such data."
