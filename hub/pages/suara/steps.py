"""What a raiser does with feedback that was answered: open it again, or say that it is done with."""

import hmac
from typing import Any
from uuid import uuid4

from hub.pages.asking import Ask
from hub.pages.suara import common
from hub.pages.visiting import Visit

OPEN_AGAIN = "buka"
_LEVELS = ("1", "2", "3", "4")


async def step(visit: Visit, ask: Ask, which: dict[str, str]) -> dict[str, str] | None:
    """Take the step that the form names; why it was refused, if it was. `which` names the feedback."""
    form = visit.form
    given: dict[str, Any] = {**which, "idempotencyKey": own_key(visit)}
    if form.get("langkah") == OPEN_AGAIN:
        given["reason"] = form.get("alasan", "")
        return common.refusal_of((await ask.ask("suara-reopen", {"input": given}))["reopenFeedback"])
    if (level := form.get("puas")) in _LEVELS:
        given["satisfaction"] = int(level)
    return common.refusal_of((await ask.ask("suara-close", {"input": given}))["closeFeedback"])


def own_key(visit: Visit) -> str:
    """The form's key. Nobody's keys share one space: with the cookie in it, no other browser asks for this outcome."""
    said = visit.form.get("kunci") or str(uuid4())
    return hmac.new(visit.token.encode(), said.encode(), "sha256").hexdigest()
