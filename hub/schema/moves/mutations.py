"""Moving people between kecamatan in the graph."""

from hub.domains.moves import arriving, departing
from hub.graph.mutations import Act, Answers, mutation
from hub.kernel import written
from hub.schema.given import present
from hub.schema.moves import inputs
from hub.schema.moves.types import Arrival, Departure
from hub.tenants.permissions import Permission

RECORD = Permission.RECORD_EVENT
DEPARTURE, ARRIVAL = {"departure": Departure}, {"arrival": Arrival}


@mutation(
    "Send people off (pindah): their records here end. A kecamatan of the hub is told, and accepts or rejects them.",
    answers=DEPARTURE,
    permission=RECORD,
)
async def start_move(act: Act, given: inputs.StartMoveInput) -> Answers:
    """Off they go."""
    made = await departing.start(act.unit, act.services.keys, inputs.start(act, given))
    return {"departure": made.id}


@mutation(
    "Call people back before the other kecamatan accepts them; becomes CANCELLED, or ACCEPTED where it was quicker.",
    answers=DEPARTURE,
    permission=RECORD,
)
async def cancel_move(act: Act, given: inputs.CancelMoveInput) -> Answers:
    """Called back."""
    key = act.key(given.departure, "Departure", "departure")
    changed = await departing.cancel(act.unit, key, expected=given.expected_version)
    return {"departure": changed.id}


@mutation(
    "Register people again whom the other kecamatan did not take: same records, same family.",
    answers=DEPARTURE,
    permission=RECORD,
)
async def reopen_move(act: Act, given: inputs.ReopenMoveInput) -> Answers:
    """Back again."""
    key = act.key(given.departure, "Departure", "departure")
    changed = await departing.reopen(
        act.unit, act.services.keys, key, expected=given.expected_version, head_as=inputs.relation(given)
    )
    return {"departure": changed.id}


@mutation(
    "Take people in (pindah datang): new records under the same NIK, and an event MOVE_IN_PERMANENT.",
    answers=ARRIVAL,
    permission=RECORD,
)
async def accept_move(act: Act, given: inputs.AcceptMoveInput) -> Answers:
    """Welcome."""
    changed = await arriving.accept(
        act.unit,
        act.services.keys,
        act.key(given.arrival, "Arrival", "arrival"),
        inputs.home(act, given),
        expected=given.expected_version,
        arrived_on=present(given.arrived_on),
    )
    return {"arrival": changed.id}


@mutation("Do not take people in; the kecamatan they come from hears why.", answers=ARRIVAL, permission=RECORD)
async def reject_move(act: Act, given: inputs.RejectMoveInput) -> Answers:
    """Not here."""
    key = act.key(given.arrival, "Arrival", "arrival")
    reason = written.paragraph(given.reason, "reason")
    changed = await arriving.reject(act.unit, key, expected=given.expected_version, reason=reason)
    return {"arrival": changed.id}
