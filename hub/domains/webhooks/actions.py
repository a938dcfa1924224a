"""What a tenant's own people do with webhooks: check, change, record. Sending is the worker's."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update

from hub.domains.webhooks import errors, events, policy, signing
from hub.domains.webhooks.model import DeliveryState, WebhookDelivery, WebhookEndpoint, WebhookState, WebhookStop
from hub.domains.webhooks.policy import WebhookAction
from hub.journal import epoch
from hub.journal.model import ChainHead, Effect
from hub.journal.record import Event, record
from hub.kernel.ids import new_id
from hub.kernel.keyring import KeyRing
from hub.store.base import table
from hub.store.unit import Unit

MOST = 20
PATH = ("webhookEndpoint",)

_ENDPOINT, _DELIVERY, _HEAD = table(WebhookEndpoint), table(WebhookDelivery), table(ChainHead)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Where to tell of what. Empty types or effects: all of them."""

    url: str
    description: str | None
    types: list[str]
    effects: list[str]


async def create(unit: Unit, keys: KeyRing, wanted: Wanted) -> tuple[WebhookEndpoint, str]:
    """A new endpoint, and its secret, which nobody is told again. It hears of what is sealed from now on."""
    principal, grant = policy.require(unit.scope)
    await _room(unit)
    key, secret = new_id(), signing.new_secret()
    row = WebhookEndpoint(
        tenant_id=unit.tenant.id,
        id=key,
        url=wanted.url,
        description=wanted.description,
        types=wanted.types,
        effects=wanted.effects,
        secret_sealed=keys.seal(secret.encode(), tenant=unit.tenant.id, table=_ENDPOINT.name, column="secret", row=key),
        principal_id=principal,
        grant_id=grant,
        seq=await _head(unit),
        released_epoch=await epoch.read(unit.connection),
        created_at=unit.now.instant,
        updated_at=unit.now.instant,
    )
    await unit.add(row)
    await record(unit, events.WebhookCreated(**events.about(row), effect=Effect.CREATED))
    return row, secret


async def edit(unit: Unit, key: UUID, *, expected: int, values: dict[str, Any]) -> WebhookEndpoint:
    """Change address, description, types or effects. What waits is sent to the new address."""
    before = await _found(unit, key, WebhookAction.UPDATE)
    after = await unit.change(before, expected=expected, **values)
    await record(unit, events.WebhookChanged(**events.about(after, before)))
    return after


async def rotate(
    unit: Unit, keys: KeyRing, key: UUID, *, expected: int, overlap: timedelta
) -> tuple[WebhookEndpoint, str]:
    """A new secret; for `overlap` the former one signs too, unless that is nothing."""
    before = await _found(unit, key, WebhookAction.ROTATE)
    place: dict[str, Any] = {"tenant": unit.tenant.id, "table": _ENDPOINT.name, "row": key}
    secret, former = signing.new_secret(), keys.open(before.secret_sealed, column="secret", **place)
    values: dict[str, Any] = {"former_secret_sealed": None, "former_until": None}
    if overlap:
        values = {
            "former_secret_sealed": keys.seal(former, column="former_secret", **place),
            "former_until": unit.now.instant + overlap,
        }
    sealed = keys.seal(secret.encode(), column="secret", **place)
    after = await unit.change(before, expected=expected, secret_sealed=sealed, **values)
    await record(unit, events.WebhookSecretRotated(**events.about(after, before)))
    return after, secret


async def pause(unit: Unit, key: UUID, *, expected: int) -> WebhookEndpoint:
    """Tell it nothing until it is resumed; changes wait in the feed."""
    before = await _found(unit, key, WebhookAction.PAUSE)
    return await stop(unit, before, WebhookState.PAUSED, WebhookStop.OWNER, expected=expected)


async def disable(unit: Unit, key: UUID, *, expected: int) -> WebhookEndpoint:
    """It is no longer needed."""
    before = await _found(unit, key, WebhookAction.DISABLE)
    return await stop(unit, before, WebhookState.DISABLED, WebhookStop.OWNER, expected=expected)


async def resume(unit: Unit, key: UUID, *, expected: int) -> WebhookEndpoint:
    """Go on where it stopped, under the grant of whoever resumes it."""
    before = await _found(unit, key, WebhookAction.RESUME)
    principal, grant = policy.require(unit.scope)
    if before.state == WebhookState.DISABLED:
        await _room(unit)
    after = await unit.change(
        before,
        expected=expected,
        state=WebhookState.ACTIVE.value,
        stopped_for=None,
        principal_id=principal,
        grant_id=grant,
        failing_since=None,
        slow=False,
        due_at=unit.now.instant,
    )
    await unit.rows(_waiting(unit, key).values(next_at=unit.now.instant))
    await record(unit, events.WebhookResumed(**events.about(after, before)))
    return after


async def replay(unit: Unit, key: UUID, *, since: int | None) -> WebhookEndpoint:
    """Send again what was given up, or everything from a place of the feed on. The messages keep their ids."""
    return await send_again(unit, await _found(unit, key, WebhookAction.REPLAY), since=since)


async def send_again(unit: Unit, before: WebhookEndpoint, *, since: int | None) -> WebhookEndpoint:
    """The same for whoever was let in already; the row must be locked."""
    values: dict[str, Any] = {"due_at": unit.now.instant}
    if since is not None:
        if not 1 <= since <= before.seq:
            raise errors.WebhookPlaceAhead(seq=before.seq, path=("since",))
        values["seq"] = since - 1
    else:
        dead = (_DELIVERY.c.endpoint_id == before.id) & (_DELIVERY.c.state == DeliveryState.DEAD.value)
        await unit.rows(
            update(_DELIVERY)
            .where(_DELIVERY.c.tenant_id == unit.tenant.id, dead, _DELIVERY.c.seq.is_not(None))
            .values(state=DeliveryState.WAITING.value, attempts=0, next_at=unit.now.instant, settled_at=None)
        )
    after = await unit.change(before, **values)
    await record(unit, events.WebhookReplayed(**events.about(after, before, since=(None, since))))
    return after


async def test(unit: Unit, key: UUID) -> WebhookDelivery:
    """A message about nothing, tried once."""
    endpoint = await _found(unit, key, WebhookAction.TEST)
    row = WebhookDelivery(
        tenant_id=unit.tenant.id,
        endpoint_id=key,
        message_id=f"msg_{new_id().hex}",
        happened_at=unit.now.instant,
        next_at=unit.now.instant,
        created_at=unit.now.instant,
        updated_at=unit.now.instant,
    )
    await unit.add(row)
    await unit.rows(
        update(_ENDPOINT)
        .where(_ENDPOINT.c.tenant_id == unit.tenant.id, _ENDPOINT.c.id == endpoint.id)
        .values(due_at=unit.now.instant)
    )
    return row


async def stop(
    unit: Unit, before: WebhookEndpoint, state: WebhookState, why: WebhookStop, *, expected: int | None = None
) -> WebhookEndpoint:
    """Send nothing more, for a reason that its owner finds in the journal."""
    after = await unit.change(before, expected=expected, state=state.value, stopped_for=why.value, due_at=None)
    kind: type[Event] = events.WebhookPaused if state is WebhookState.PAUSED else events.WebhookDisabled
    await record(unit, kind(**events.about(after, before)))
    return after


def _waiting(unit: Unit, key: UUID) -> Any:
    return update(_DELIVERY).where(
        _DELIVERY.c.tenant_id == unit.tenant.id,
        _DELIVERY.c.endpoint_id == key,
        _DELIVERY.c.state == DeliveryState.WAITING.value,
    )


async def _found(unit: Unit, key: UUID, action: WebhookAction) -> WebhookEndpoint:
    policy.require(unit.scope)
    found = await unit.find(WebhookEndpoint, key, path=PATH)
    policy.require(unit.scope, action, found.state)
    return found


async def _room(unit: Unit) -> None:
    used = await unit.value(
        select(func.count())
        .select_from(_ENDPOINT)
        .where(_ENDPOINT.c.tenant_id == unit.tenant.id, _ENDPOINT.c.state != WebhookState.DISABLED.value)
    )
    if used >= MOST:
        raise errors.WebhooksTooMany(most=MOST)


async def _head(unit: Unit) -> int:
    return int(await unit.value(select(_HEAD.c.seq).where(_HEAD.c.tenant_id == unit.tenant.id)) or 0)
