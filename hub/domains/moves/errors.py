"""What is refused about moves. No message carries a number or a name of a person."""

from hub.kernel.errors import BadInput, Conflict


class MoveNotOpen(Conflict):
    """This move is {state}; it cannot take this step."""

    code = "MOVE_NOT_OPEN"
    hint = "Read it again; `allowedActions` lists the steps that are open now."


class ArrivalExpired(Conflict):
    """This arrival was not answered in time."""

    code = "ARRIVAL_EXPIRED"
    hint = "Ask the kecamatan of departure to send the people again."


class MoversNeeded(BadInput):
    """Nobody is named who moves."""

    code = "MOVERS_NEEDED"
    hint = "Name people of one household, each once, or a household in which somebody lives."


class DestinationUnfit(BadInput):
    """This is no place to send people to."""

    code = "DESTINATION_UNFIT"
    hint = "Name a kecamatan that works with the hub, and a village of it; for all others OUTSIDE with the place."


class BeforeDeparture(BadInput):
    """The day of arrival is before the day of departure."""

    code = "BEFORE_DEPARTURE"
    hint = "Give the day on which the people really came; leave it out where that is today."


class HomeNeeded(BadInput):
    """It is not said where the people will live."""

    code = "HOME_NEEDED"
    hint = "Name a household, or a village and the number of the new family card."
