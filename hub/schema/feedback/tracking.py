"""`feedbackByTrackingCode`: how it stands, for whoever holds the code. Any other text is answered with nothing."""

from collections.abc import Mapping
from datetime import date
from typing import Any, TypeAlias

import orjson
import strawberry
from graphql import GraphQLResolveInfo
from sqlalchemy import Text, func, select

from hub.domains.feedback.model import FeedbackKind, FeedbackState
from hub.graph.context import Context
from hub.graph.declare import answered
from hub.graph.enums import exposed
from hub.graph.scalars import Date, RegionCode
from hub.kernel import tracking_code
from hub.store.base import table
from hub.tenants.model import Tenant

Info: TypeAlias = "GraphQLResolveInfo[Context]"
_TENANT = table(Tenant).c

for _words in (FeedbackKind, FeedbackState):
    exposed(_words)


async def _tracked(_root: object, info: Info, code: str) -> Mapping[str, Any] | None:
    context: Context = info.context
    held = tracking_code.parse(code)
    if held is None:
        return None
    assert context.session is not None  # noqa: S101  # a query has one from the start
    async with context.lock:
        text = await context.session.value(select(func.hub_find_feedback(held.tenant, held.text, type_=Text())))
        if text is None:
            return None
        where = await context.session.row(select(_TENANT.code, _TENANT.name).where(_TENANT.id == held.tenant))
    found = _dated(orjson.loads(text))
    return {
        **found,
        "kecamatan": where and where["code"],
        "office": where and where["name"],
        "answers": [_dated(each) for each in found["answers"]],
    }


def _dated(found: Mapping[str, Any]) -> dict[str, Any]:
    """JSON's days as days."""
    return {
        name: date.fromisoformat(value) if name.endswith("_on") and value is not None else value
        for name, value in found.items()
    }


@strawberry.type(description="An answer, as the raiser reads it.")
class TrackedAnswer:
    """One answer."""

    number: int = strawberry.field(description="Number of the answer, from 1.")
    text: str = strawberry.field(description="What is answered.")
    answered_on: Date = strawberry.field(description="Day of the answer.")


@strawberry.type(description="Feedback, as whoever holds its tracking code may see it; never who raised it.")
class TrackedFeedback:
    """How it stands."""

    kecamatan: RegionCode = strawberry.field(description="Code of the kecamatan that it was sent to.")
    office: str = strawberry.field(description="Name of that kecamatan.")
    kind: FeedbackKind = strawberry.field(description="Kind (jenis).")
    state: FeedbackState = strawberry.field(description="State (keadaan).")
    state_reason: str | None = strawberry.field(description="Why it was rejected, closed or marked as a duplicate.")
    subject: str = strawberry.field(description="Subject (judul).")
    received_on: Date = strawberry.field(description="Day it came in.")
    forward_due_on: Date = strawberry.field(description="Last day for handing it on.")
    forwarded_on: Date | None = strawberry.field(description="Day it was handed on.")
    answer_due_on: Date | None = strawberry.field(description="Last day for a first answer.")
    closes_on: Date | None = strawberry.field(description="Last day for a reply before it closes by itself.")
    closed_on: Date | None = strawberry.field(description="Day it was closed.")
    reopened: int = strawberry.field(description="How often it was reopened; twice at most.")
    agencies: list[str] = strawberry.field(description="Names of the agencies it was handed to.")
    answers: list[TrackedAnswer] = strawberry.field(description="Answers, the first one first.")


BY_TRACKING_CODE = answered(
    "Feedback by the code that its raiser was given, from whichever kecamatan; null for any other text. Each use is "
    "counted.",
    _tracked,
    arguments={"code": (str, "The tracking code (kode pelacakan), with or without its dashes.")},
    meter="tracking",
)
