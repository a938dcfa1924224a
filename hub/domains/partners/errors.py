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
