"""How scalars are sent."""

from datetime import date, datetime, time


def iso(value: date | datetime) -> str:
    """A day or a moment; a moment must have a zone."""
    return value.isoformat()


def minutes(value: time) -> str:
    """A time of day, HH:MM."""
    return value.strftime("%H:%M")
