"""What docs/webhooks.md tells receivers is true: its example verifies, its table of pauses is the code's."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from hub.domains.webhooks import desk, pace, signing
from hub.settings import Settings

PAGE = (Path(__file__).parents[2] / "docs/webhooks.md").read_text(encoding="utf-8")


def example() -> Any:
    """The function of the page."""
    found: dict[str, Any] = {}
    block = re.search(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert block is not None
    exec(block[1], found)  # noqa: S102  # our own page
    return found["verified"]


def test_the_example_takes_what_was_signed_and_nothing_else() -> None:
    verified, secret, now, body = example(), signing.new_secret(), datetime.now(UTC), b'{"type":"webhook.test"}'
    sent = dict(signing.headers([signing.new_secret(), secret], "msg_1", now, body))
    assert verified(secret, sent, body) is True
    assert verified(signing.new_secret(), sent, body) is False
    assert verified(secret, sent, body + b" ") is False
    assert verified(secret, {**sent, "webhook-id": "msg_2"}, body) is False
    old = dict(signing.headers([secret], "msg_1", now - timedelta(minutes=6), body))
    assert verified(secret, old, body) is False


def test_the_pauses_and_days_are_those_of_the_code() -> None:
    units = {"s": "seconds", "min": "minutes", "h": "hours"}
    line = re.search(r"Tries come after (.*?), each spread", PAGE, re.DOTALL)
    assert line is not None
    told = [timedelta(**{units[unit]: int(number)}) for number, unit in re.findall(r"(\d+) (s|min|h)\b", line[1])]
    assert tuple(told) == pace.PAUSES
    kept = re.search(r"for (\d+) days \(`HUB_WEBHOOK_DAYS`\), what was given up for (\d+)", PAGE)
    assert kept is not None
    assert (int(kept[1]), timedelta(days=int(kept[2]))) == (Settings().webhook_days, desk.KEEP_DEAD)
    assert f"`HUB_WEBHOOK_CALLS` ({Settings().webhook_calls})" in PAGE
