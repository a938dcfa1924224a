"""Recording and correcting events in the graph."""

from hub.domains.vital_events import correcting, recording
from hub.domains.vital_events.model import VitalEvent as Row
from hub.domains.vital_events.model import VitalEventType
from hub.graph.mutations import Act, Answers, mutation
from hub.schema.citizens.types import Citizen
from hub.schema.given import code
from hub.schema.vital_events import inputs
from hub.schema.vital_events.types import VitalEvent
from hub.tenants.permissions import Permission

RECORD = Permission.RECORD_EVENT
ANSWERS = {"event": VitalEvent, "citizen": Citizen}


def _answers(event: Row) -> Answers:
    return {"event": event.id, "citizen": event.citizen_id}


@mutation("Record a birth; the child enters the register.", answers=ANSWERS, permission=RECORD)
async def record_birth(act: Act, given: inputs.RecordBirthInput) -> Answers:
    """A birth."""
    birth = inputs.birth(act, given)
    return _answers(await recording.record_birth(act.unit, act.services.keys, inputs.happening(given), birth))


@mutation("Record a death; the person's record ends.", answers=ANSWERS, permission=RECORD)
async def record_death(act: Act, given: inputs.RecordDeathInput) -> Answers:
    """A death."""
    deceased, widowed = inputs.bereaved(act, given), inputs.widowed(act, given)
    return _answers(
        await recording.record_death(act.unit, act.services.keys, inputs.happening(given), deceased, widowed=widowed)
    )


@mutation("Record a marriage, and where the couple lives from now on.", answers=ANSWERS, permission=RECORD)
async def record_marriage(act: Act, given: inputs.RecordMarriageInput) -> Answers:
    """A marriage."""
    spouses, certificate = inputs.couple(act, given), inputs.certificate(given)
    return _answers(
        await recording.record_marriage(
            act.unit, act.services.keys, inputs.happening(given), spouses, certificate=certificate
        )
    )


@mutation("Record a divorce, and where the two live from now on.", answers=ANSWERS, permission=RECORD)
async def record_divorce(act: Act, given: inputs.RecordDivorceInput) -> Answers:
    """A divorce."""
    spouses, certificate = inputs.couple(act, given), inputs.certificate(given)
    return _answers(
        await recording.record_divorce(
            act.unit, act.services.keys, inputs.happening(given), spouses, certificate=certificate
        )
    )


@mutation("Record a change of name; the former name is kept.", answers=ANSWERS, permission=RECORD)
async def record_name_change(act: Act, given: inputs.RecordNameChangeInput) -> Answers:
    """Another name."""
    subject, full_name = inputs.person(act, given), inputs.full_name(given)
    return _answers(
        await recording.record_name_change(
            act.unit, act.services.keys, inputs.happening(given), subject, full_name=full_name
        )
    )


@mutation("Record any other event, with what it changes.", answers=ANSWERS, permission=RECORD)
async def record_other_event(act: Act, given: inputs.RecordOtherEventInput) -> Answers:
    """Any other event."""
    subject, others = inputs.moving(act, given), inputs.others(act, given)
    return _answers(
        await recording.record_other(
            act.unit,
            act.services.keys,
            VitalEventType[code(given.type)],
            inputs.happening(given),
            subject,
            others=others,
            told=inputs.told(given),
        )
    )


@mutation(
    "Take a wrongly recorded event back by a counter-event. What it changed goes back, unless it was changed again.",
    answers={"event": VitalEvent, "corrected": VitalEvent},
    permission=RECORD,
)
async def correct_event(act: Act, given: inputs.CorrectEventInput) -> Answers:
    """A counter-event."""
    key = act.key(given.event, "VitalEvent", "event")
    counter, corrected = await correcting.correct(act.unit, act.services.keys, key, inputs.correction(act, given))
    return {"event": counter.id, "corrected": corrected.id}
