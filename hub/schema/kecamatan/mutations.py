"""What can be changed about the kecamatan's office."""

from hub.domains.kecamatan import actions, agreements
from hub.domains.kecamatan.model import ServiceChannel
from hub.graph.mutations import Act, Answers, mutation
from hub.kernel.written import line
from hub.schema.given import code, codes, present
from hub.schema.kecamatan import inputs
from hub.schema.kecamatan.types import DataUseAgreement, Kecamatan, KecamatanProfile, ServiceHours
from hub.tenants.permissions import Permission


@mutation(
    "Change where the kecamatan's office is found on the web.",
    answers={"kecamatan": Kecamatan},
    permission=Permission.WRITE_PROFILE,
)
async def update_kecamatan(act: Act, given: inputs.UpdateKecamatanInput) -> Answers:
    """New addresses."""
    key = act.key(given.id, "Kecamatan", "id")
    made = await actions.update(act.unit, key, expected=given.expected_version, values=inputs.web(given))
    return {"kecamatan": made.id}


@mutation(
    "Set the kecamatan's figures of a year.",
    answers={"profile": KecamatanProfile},
    permission=Permission.WRITE_PROFILE,
)
async def upsert_kecamatan_profile(act: Act, given: inputs.UpsertKecamatanProfileInput) -> Answers:
    """New figures."""
    made = await actions.set_profile(
        act.unit,
        act.key(given.kecamatan, "Kecamatan", "kecamatan"),
        year=given.year,
        values=inputs.figures(given),
        expected=present(given.expected_version),
    )
    return {"profile": made.id}


@mutation(
    "Set when a channel is served.",
    answers={"service_hours": ServiceHours},
    permission=Permission.WRITE_PROFILE,
)
async def set_service_hours(act: Act, given: inputs.SetServiceHoursInput) -> Answers:
    """New hours."""
    made = await actions.set_hours(
        act.unit,
        act.key(given.kecamatan, "Kecamatan", "kecamatan"),
        channel=ServiceChannel[code(given.channel)],
        weekdays=codes(given.weekdays),
        opens_at=given.opens_at,
        closes_at=given.closes_at,
        expected=present(given.expected_version),
    )
    return {"service_hours": made.id}


@mutation(
    "Say that a channel is served no more: its hours stay, on no day of the week.",
    answers={"service_hours": ServiceHours},
    permission=Permission.WRITE_PROFILE,
)
async def remove_service_hours(act: Act, given: inputs.RemoveServiceHoursInput) -> Answers:
    """No more hours."""
    key = act.key(given.id, "ServiceHours", "id")
    made = await actions.remove_hours(act.unit, key, expected=present(given.expected_version))
    return {"service_hours": made.id}


@mutation(
    "Record an agreement on the use of population data: while one holds, exports carry the columns of SIAK.",
    answers={"agreement": DataUseAgreement},
    permission=Permission.AGREE_ON_DATA,
)
async def record_data_use_agreement(act: Act, given: inputs.RecordDataUseAgreementInput) -> Answers:
    """One more agreement."""
    made = await agreements.record_agreement(
        act.unit,
        number=line(given.number, "number"),
        purpose=line(given.purpose, "purpose"),
        starts_on=given.starts_on,
        expires_on=given.expires_on,
    )
    return {"agreement": made.id}


@mutation(
    "End an agreement on the use of population data before its last day.",
    answers={"agreement": DataUseAgreement},
    permission=Permission.AGREE_ON_DATA,
)
async def end_data_use_agreement(act: Act, given: inputs.EndDataUseAgreementInput) -> Answers:
    """It holds no more."""
    ended = await agreements.end_agreement(
        act.unit,
        act.key(given.id, "DataUseAgreement", "id"),
        expected=given.expected_version,
        reason=line(given.reason, "reason"),
    )
    return {"agreement": ended.id}
