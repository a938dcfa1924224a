"""What the register of houses refuses, by name."""

from hub.kernel.errors import BadInput, Conflict


class HouseEnded(Conflict):
    """This house is no longer in the register."""

    code = "HOUSE_ENDED"
    hint = "Choose a house that exists, or register the new one."


class PermitExists(Conflict):
    """A permit with this number is recorded in this village already."""

    code = "PERMIT_EXISTS"
    hint = "Look at the house it belongs to; take it back there first if it was recorded for the wrong house."


class PermitTakenBack(Conflict):
    """This permit was taken back already."""

    code = "PERMIT_TAKEN_BACK"
    hint = "Record the permit anew as it really is."


class PlaceIncomplete(BadInput):
    """Latitude and longitude go together."""

    code = "PLACE_INCOMPLETE"
    hint = "Give both, or leave out both; null for both forgets the place."
