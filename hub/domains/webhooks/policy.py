"""Who may look after webhooks, and which step is open when."""

from collections.abc import Mapping
from types import MappingProxyType
from uuid import UUID

from hub.domains.webhooks.errors import WebhookActive, WebhookNotActive
from hub.domains.webhooks.model import WebhookState
from hub.kernel.errors import Forbidden, HubError
from hub.kernel.scope import Reader, Scope
from hub.kernel.steps import Step, step
from hub.kernel.words import Word
from hub.tenants.permissions import Permission

_S = WebhookState


class WebhookAction(Word):
    """A step of a webhook (langkah)."""

    UPDATE = "UPDATE", "Ubah", "Change it"
    ROTATE = "ROTATE", "Ganti kunci rahasia", "Rotate the secret"
    TEST = "TEST", "Kirim uji coba", "Send a test"
    REPLAY = "REPLAY", "Kirim ulang", "Send again"
    PAUSE = "PAUSE", "Jeda", "Pause"
    RESUME = "RESUME", "Lanjutkan", "Resume"
    DISABLE = "DISABLE", "Nonaktifkan", "Disable"


_ANY = frozenset(_S)
_OPEN: Mapping[WebhookAction, frozenset[WebhookState]] = MappingProxyType(
    {
        WebhookAction.UPDATE: _ANY,
        WebhookAction.ROTATE: _ANY,
        WebhookAction.TEST: frozenset({_S.ACTIVE}),
        WebhookAction.REPLAY: _ANY,
        WebhookAction.PAUSE: frozenset({_S.ACTIVE}),
        WebhookAction.RESUME: frozenset({_S.PAUSED, _S.DISABLED}),
        WebhookAction.DISABLE: frozenset({_S.ACTIVE, _S.PAUSED}),
    }
)


def require(scope: Scope, action: WebhookAction | None = None, state: str = WebhookState.ACTIVE) -> tuple[UUID, UUID]:
    """Principal and grant of who may take a step (None: make an endpoint) in this state; else why not."""
    if scope.reader is not Reader.API or scope.principal_id is None or scope.grant_id is None:
        raise Forbidden
    closed = _closed(action, WebhookState[state], scope.permissions)
    if closed is not None:
        closed.path = () if isinstance(closed, Forbidden) else ("webhookEndpoint",)
        raise closed
    return scope.principal_id, scope.grant_id


def allowed_actions(state: str, permissions: frozenset[str], lang: str) -> list[Step]:
    """Every step, with the reason where it is closed."""
    return [step(each, _closed(each, WebhookState[state], permissions), lang) for each in WebhookAction]


def _closed(action: WebhookAction | None, state: WebhookState, permissions: frozenset[str]) -> HubError | None:
    if Permission.MANAGE_WEBHOOKS not in permissions:
        return Forbidden()
    if action is None or state in _OPEN[action]:
        return None
    return WebhookActive() if action is WebhookAction.RESUME else WebhookNotActive()
