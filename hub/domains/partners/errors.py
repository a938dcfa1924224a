"""What is refused about partner organizations."""

from hub.kernel.errors import BadInput, Conflict


class OrganizationExists(Conflict):
    """There is already an organization with this name."""

    code = "ORGANIZATION_EXISTS"
    hint = "Search for it; add the village's name where two organizations share one."


class LevelAndVillageDisagree(BadInput):
    """An organization of village level has a village, one of kecamatan level has none."""

    code = "LEVEL_AND_VILLAGE_DISAGREE"
    hint = "Give `village` with the level VILLAGE and only with it."


class OrganizationEnded(Conflict):
    """This organization is no more."""

    code = "ORGANIZATION_ENDED"
    hint = "Choose an organization that works with the kecamatan, or register a new one."


class MemberExists(Conflict):
    """This person is already a member of the organization."""

    code = "MEMBER_EXISTS"
    hint = "End the membership first where the function has changed."


class MembershipOver(Conflict):
    """This membership is over already."""

    code = "MEMBERSHIP_OVER"
    hint = "Nothing is left to do."


class MembershipOutOfOrder(BadInput):
    """The end of this membership lies before its beginning."""

    code = "MEMBERSHIP_OUT_OF_ORDER"
    hint = "Correct `until`."
