"""How somebody can be reached who raised feedback: sealed, and opened one at a time."""

from hub.domains.feedback.model import FeedbackRaiser
from hub.kernel.keyring import KeyRing

_TABLE = "feedback_raiser"


def seal_contact(keys: KeyRing, raiser: FeedbackRaiser, *, name: str | None, phone: str | None) -> None:
    """Put a name and a telephone number (E.164) on a raiser's row."""
    for column, value in (("name", name), ("phone", phone)):
        if value is not None:
            sealed = keys.seal(value.encode(), tenant=raiser.tenant_id, table=_TABLE, column=column, row=raiser.id)
            setattr(raiser, f"{column}_sealed", sealed)


def open_contact(keys: KeyRing, raiser: FeedbackRaiser) -> tuple[str | None, str | None]:
    """The clear name and number. The caller has asked for the right and journals it."""
    return _opened(keys, raiser, "name"), _opened(keys, raiser, "phone")


def _opened(keys: KeyRing, raiser: FeedbackRaiser, column: str) -> str | None:
    sealed = getattr(raiser, f"{column}_sealed")
    if sealed is None:
        return None
    return keys.open(sealed, tenant=raiser.tenant_id, table=_TABLE, column=column, row=raiser.id).decode()
