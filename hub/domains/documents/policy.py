"""Which step a document may take, and who may take it: one table, read by the actions and by `allowedActions`."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from hub.domains.documents.errors import DocumentStep
from hub.domains.documents.model import PopulationDocumentStatus
from hub.kernel.errors import Forbidden, HubError
from hub.kernel.scope import Reader, Scope
from hub.kernel.steps import Step, step
from hub.kernel.words import Word
from hub.tenants.permissions import Permission

RECORD = Permission.RECORD_DOCUMENT


class PopulationDocumentAction(Word):
    """A step a document can take."""

    RESTORE = "RESTORE", "Nyatakan berlaku lagi", "Say that it holds again"
    REPORT_LOST = "REPORT_LOST", "Catat hilang", "Say that it is lost"
    REPORT_DAMAGED = "REPORT_DAMAGED", "Catat rusak", "Say that it is damaged"
    REVOKE = "REVOKE", "Cabut", "Revoke"
    TAKE_BACK = "TAKE_BACK", "Tarik catatan yang salah", "Take back what was recorded wrongly"


@dataclass(frozen=True, slots=True)
class Rule:
    """From which statuses a step starts, and to which it leads; None: the record ends."""

    start: frozenset[PopulationDocumentStatus]
    to: PopulationDocumentStatus | None


_S, _A = PopulationDocumentStatus, PopulationDocumentAction
# What was revoked stays so: a new document is issued.
RULES: Mapping[PopulationDocumentAction, Rule] = MappingProxyType(
    {
        _A.RESTORE: Rule(frozenset({_S.LOST, _S.DAMAGED, _S.REPLACED}), _S.ACTIVE),
        _A.REPORT_LOST: Rule(frozenset({_S.ACTIVE, _S.DAMAGED}), _S.LOST),
        _A.REPORT_DAMAGED: Rule(frozenset({_S.ACTIVE}), _S.DAMAGED),
        _A.REVOKE: Rule(frozenset({_S.ACTIVE, _S.LOST, _S.DAMAGED}), _S.REVOKED),
        _A.TAKE_BACK: Rule(frozenset(_S), None),
    }
)
_BY_STATUS = {rule.to: action for action, rule in RULES.items() if rule.to is not None}


def refuse_strangers(scope: Scope) -> None:
    """Refuse whoever may not record documents."""
    if not scope.may(RECORD) or scope.reader is not Reader.API:
        raise Forbidden


def require(status: PopulationDocumentStatus, to: PopulationDocumentStatus) -> None:
    """Refuse a step that no rule has. REPLACED is none: it comes with the newer document."""
    action = _BY_STATUS.get(to)
    if action is None or status not in RULES[action].start:
        raise DocumentStep(path=("status",), status=status.value)


def allowed_actions(status: str, permissions: frozenset[str], lang: str) -> list[Step]:
    """Every step in order, with the reason where it is closed."""
    now = PopulationDocumentStatus[status]
    return [step(action, _closed(action, now, permissions), lang) for action in PopulationDocumentAction]


def _closed(
    action: PopulationDocumentAction, status: PopulationDocumentStatus, permissions: frozenset[str]
) -> HubError | None:
    if RECORD not in permissions:
        return Forbidden()
    return None if status in RULES[action].start else DocumentStep(status=status.value)
