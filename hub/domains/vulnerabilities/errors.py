"""What is refused about vulnerabilities, by name. No message carries a group or a name of a person."""

from hub.kernel.errors import BadInput, Conflict, Forbidden


class MinorityNotKept(BadInput):
    """Membership of an ethnic or religious minority is not kept of a person or a family."""

    code = "MINORITY_NOT_KEPT"
    hint = "Choose the group for which help is due, such as POOR or OTHER_EXCLUDED; leave the minority out."


class GroupUnfit(BadInput):
    """This group does not fit what the register says of the person or the family."""

    code = "GROUP_UNFIT"
    hint = (
        "Correct age, sex or standing in the register first, or choose another group. "
        "Age, pregnancy, disability and the like are a person's, not a family's."
    )


class VulnerabilityExists(Conflict):
    """This person or family is in this group already."""

    code = "VULNERABILITY_EXISTS"
    hint = "Verify what was proposed, or end it before it is proposed anew."


class VulnerabilityEnded(Conflict):
    """This vulnerability has ended."""

    code = "VULNERABILITY_ENDED"
    hint = "Propose it anew where it has come back."


class VerifiedAlready(Forbidden):
    """What the office has verified is ended by the office."""

    code = "VERIFIED_ALREADY"
    hint = "Ask the kecamatan to end it; you may take back what is only proposed."


class UntilBeforeSince(BadInput):
    """The end lies before the beginning."""

    code = "UNTIL_BEFORE_SINCE"
    hint = "Correct one of the two days."


class UntilPast(BadInput):
    """The end that was foreseen has passed."""

    code = "UNTIL_PAST"
    hint = "Give a later `until`, or end it."


class DetailForbidden(Forbidden):
    """Your role may not record specific personal data."""

    code = "DETAIL_FORBIDDEN"
    hint = "Leave `detail` out, or ask someone who may see such data."
