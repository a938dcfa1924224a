"""Custom scalars: strict in what they take, one exact form in what they give.

The forms here and those that `hub.graph.plan.wire` writes in SQL are the same text; the parity suite says so.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal as PythonDecimal
from decimal import InvalidOperation
from typing import Any, NewType

import strawberry
from strawberry.types.scalar import ScalarDefinition

Date = NewType("Date", date)
DateTime = NewType("DateTime", datetime)
TimeOfDay = NewType("TimeOfDay", time)
Decimal = NewType("Decimal", PythonDecimal)
Rupiah = NewType("Rupiah", int)
RegionCode = NewType("RegionCode", str)
Nik = NewType("Nik", str)
KkNumber = NewType("KkNumber", str)
MaskedNumber = NewType("MaskedNumber", str)
Cursor = NewType("Cursor", str)

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,6})?([Zz]|[+-]\d{2}:\d{2})", re.ASCII)
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)
_DECIMAL = re.compile(r"-?\d{1,15}(\.\d{1,6})?", re.ASCII)
_RUPIAH = re.compile(r"\d{1,15}", re.ASCII)
_REGION = re.compile(r"\d{2}(\.\d{2}(\.\d{2}(\.[123]\d{3})?)?)?", re.ASCII)
_SIXTEEN = re.compile(r"\d{16}", re.ASCII)
_CURSOR = re.compile(r"[A-Za-z0-9_-]{14,8000}", re.ASCII)  # up to the longest name that an index takes


def _text(value: object, pattern: re.Pattern[str], wanted: str) -> str:
    if not isinstance(value, str) or pattern.fullmatch(value) is None:
        raise ValueError(wanted)
    return value


def parse_date(value: object) -> date:
    """`2018-04-17`; impossible dates are refused."""
    wanted = "A date is written YYYY-MM-DD and must exist in the calendar."
    try:
        return date.fromisoformat(_text(value, _DATE, wanted))
    except ValueError:
        raise ValueError(wanted) from None


def parse_moment(value: object) -> datetime:
    """RFC 3339 with an offset."""
    wanted = "A moment is written as RFC 3339 with an offset, such as 2018-04-17T08:00:00+08:00."
    try:
        return datetime.fromisoformat(_text(value, _MOMENT, wanted).upper())
    except ValueError:
        raise ValueError(wanted) from None


def write_moment(value: datetime) -> str:
    """UTC, always with microseconds."""
    return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def parse_time(value: object) -> time:
    """`07:30`."""
    return time.fromisoformat(_text(value, _TIME, "A time of day is written HH:MM."))


def parse_decimal(value: object) -> PythonDecimal:
    """A decimal as text, so that nothing is lost in a float."""
    wanted = 'A decimal is written as text with a point, such as "343.00".'
    try:
        return PythonDecimal(_text(value, _DECIMAL, wanted))
    except InvalidOperation:
        raise ValueError(wanted) from None


def parse_rupiah(value: object) -> int:
    """Whole rupiah as text."""
    return int(_text(value, _RUPIAH, 'An amount is written as text in whole rupiah, such as "5000".'))


def parse_region_code(value: object) -> str:
    """Dotted code of the Ministry of Home Affairs."""
    return _text(value, _REGION, "A region code is written with dots, such as 63.01.01.2004.")


def parse_nik(value: object) -> str:
    """Sixteen digits."""
    return _text(value, _SIXTEEN, "A NIK has exactly 16 digits.")


def parse_kk(value: object) -> str:
    """Sixteen digits."""
    return _text(value, _SIXTEEN, "A family card number has exactly 16 digits.")


def parse_cursor(value: object) -> str:
    """Opaque; taken apart where it is used."""
    return _text(value, _CURSOR, "This is not a cursor. Send one exactly as the hub gave it.")


def _refuse(_value: object) -> Any:
    wanted = "This type is never an input."
    raise ValueError(wanted)


def _scalar(
    name: str,
    description: str,
    parse: Callable[[Any], Any],
    serialize: Callable[[Any], Any],
    specified_by: str | None = None,
) -> ScalarDefinition:
    return strawberry.scalar(
        name=name,
        description=description,
        parse_value=parse,
        serialize=serialize,
        specified_by_url=specified_by,
    )


SCALARS: dict[object, ScalarDefinition] = {
    Date: _scalar(
        "Date",
        "A calendar date (tanggal), YYYY-MM-DD.",
        parse_date,
        lambda value: value.isoformat(),
        "https://www.rfc-editor.org/rfc/rfc3339",
    ),
    DateTime: _scalar(
        "DateTime",
        "A moment (waktu), RFC 3339; answers are in UTC with microseconds.",
        parse_moment,
        write_moment,
        "https://www.rfc-editor.org/rfc/rfc3339",
    ),
    TimeOfDay: _scalar(
        "TimeOfDay",
        "A time of day (jam), HH:MM, in the kecamatan's own zone.",
        parse_time,
        lambda value: f"{value:%H:%M}",
    ),
    Decimal: _scalar("Decimal", "A decimal number as text, so that nothing is lost.", parse_decimal, str),
    Rupiah: _scalar("Rupiah", "An amount of money in whole rupiah, as text.", parse_rupiah, str),
    RegionCode: _scalar(
        "RegionCode",
        "Code of a region (kode wilayah), dotted, from province to village.",
        parse_region_code,
        str,
    ),
    Nik: _scalar("Nik", "Population number (NIK), 16 digits; only ever an input.", parse_nik, str),
    KkNumber: _scalar("KkNumber", "Family card number (nomor KK), 16 digits; only ever an input.", parse_kk, str),
    MaskedNumber: _scalar(
        "MaskedNumber",
        "A NIK or family card number of which only the first four digits are shown.",
        _refuse,
        str,
    ),
    Cursor: _scalar("Cursor", "Place in a connection; opaque.", parse_cursor, str),
}
