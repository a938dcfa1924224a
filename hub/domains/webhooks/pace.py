"""When a message is tried again, and when it is given up."""

import random
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

# After the first failure, the second, …: three days and some hours in all.
PAUSES = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
LONGEST = timedelta(hours=24)
DIGITS = 9  # of a number of seconds; longer ones are years
SPREAD = 0.1  # so that receivers that failed together are not asked together


def after(attempts: int, asked: timedelta | None = None) -> timedelta | None:
    """The pause after so many failed tries; None where the message is given up.

    `asked` is what the receiver asked for (`Retry-After`): no earlier, and no later than a day.
    """
    if attempts > len(PAUSES):
        return None
    pause = PAUSES[attempts - 1] * (1 + random.uniform(-SPREAD, SPREAD))  # noqa: S311  # no secret hangs on it
    return pause if asked is None else max(pause, min(asked, LONGEST))


def retry_after(header: str | None, now: datetime) -> timedelta | None:
    """What `Retry-After` says, in seconds or as a date; None where it says nothing that can be read."""
    if header is None:
        return None
    text = header.strip()
    if text.isdecimal():
        return min(timedelta(seconds=int(text[:DIGITS])), LONGEST)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(moment - now, timedelta(0))
