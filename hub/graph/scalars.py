"""Custom scalars: strict in what they take, one exact form in what they give. A refusal never repeats the value.

The forms here and those that `hub.graph.plan.wire` writes in SQL are the same text; the parity suite says so.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal as PythonDecimal
from typing import Any, NewType

import strawberry
from strawberry.types.scalar import ScalarDefinition

from hub.kernel.errors import BadInput

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


class ScalarRefused(BadInput, ValueError):
    """This value does not have the form that is wanted here."""

    code = "VALUE_MALFORMED"
    hint = "Compare the value with the description of its type in the schema."


class DateInvalid(ScalarRefused):
    """A date is written YYYY-MM-DD and must exist in the calendar."""

    code = "DATE_INVALID"
    hint = "Send the date as text such as 2018-04-17; where it is not known, leave it out."


class MomentInvalid(ScalarRefused):
    """A moment is written as RFC 3339 with an offset from UTC."""

    code = "DATE_TIME_INVALID"
    hint = "Send text such as 2018-04-17T08:00:00+08:00."


class TimeInvalid(ScalarRefused):
    """A time of day is written HH:MM, from 00:00 to 23:59."""

    code = "TIME_INVALID"
    hint = "Send text such as 07:30."


class DecimalInvalid(ScalarRefused):
    """A decimal is written as text with a point."""

    code = "DECIMAL_INVALID"
    hint = 'Send text such as "343.00": at most 15 digits before the point and 6 behind it, no commas.'


class RupiahInvalid(ScalarRefused):
    """An amount of money is written as text in whole rupiah."""

    code = "RUPIAH_INVALID"
    hint = 'Send text such as "5000": digits only, without Rp, points or commas.'


class RegionCodeInvalid(ScalarRefused):
    """A region code is written with dots, from two digits for a province to four parts for a village."""

    code = "REGION_CODE_INVALID"
    hint = "Send a code such as 63.01.01 (kecamatan) or 63.01.01.2004 (village)."


class NikLength(ScalarRefused):
    """A NIK has exactly 16 digits."""

    code = "NIK_LENGTH"
    hint = "Send all 16 digits as text, without spaces or dots; where the NIK is not known, leave it out."


class KkLength(ScalarRefused):
    """A family card number has exactly 16 digits."""

    code = "KK_LENGTH"
    hint = "Send all 16 digits as text, without spaces or dots."


class CursorMalformed(ScalarRefused):
    """This text is not a cursor."""

    code = "CURSOR_MALFORMED"
    hint = "Send a cursor exactly as the hub gave it, or none to start from the beginning."


class NeverAnInput(ScalarRefused):
    """A masked number is never an input."""

    code = "NEVER_AN_INPUT"
    hint = "Leave this value out; the mutations that take a number take the whole number."


def _text(value: object, pattern: re.Pattern[str], refusal: type[ScalarRefused]) -> str:
    if not isinstance(value, str) or pattern.fullmatch(value) is None:
        raise refusal
    return value


def parse_date(value: object) -> date:
    """`2018-04-17`; impossible dates are refused."""
    text = _text(value, _DATE, DateInvalid)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise DateInvalid from None


def parse_moment(value: object) -> datetime:
    """RFC 3339 with an offset."""
    text = _text(value, _MOMENT, MomentInvalid)
    try:
        return datetime.fromisoformat(text.upper())
    except ValueError:
        raise MomentInvalid from None


def write_moment(value: datetime) -> str:
    """UTC, always with microseconds."""
    return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def parse_time(value: object) -> time:
    """`07:30`."""
    return time.fromisoformat(_text(value, _TIME, TimeInvalid))


def parse_decimal(value: object) -> PythonDecimal:
    """A decimal as text, so that nothing is lost in a float."""
    return PythonDecimal(_text(value, _DECIMAL, DecimalInvalid))


def parse_rupiah(value: object) -> int:
    """Whole rupiah as text."""
    return int(_text(value, _RUPIAH, RupiahInvalid))


def parse_region_code(value: object) -> str:
    """Dotted code of the Ministry of Home Affairs."""
    return _text(value, _REGION, RegionCodeInvalid)


def parse_nik(value: object) -> str:
    """Sixteen digits."""
    return _text(value, _SIXTEEN, NikLength)


def parse_kk(value: object) -> str:
    """Sixteen digits."""
    return _text(value, _SIXTEEN, KkLength)


def parse_cursor(value: object) -> str:
    """Opaque; taken apart where it is used."""
    return _text(value, _CURSOR, CursorMalformed)


def _refuse(_value: object) -> Any:
    raise NeverAnInput


def _scalar(
    name: str,
    description: str,
    parse: Callable[[Any], Any],
    serialize: Callable[[Any], Any],
    specified_by: str | None = None,
    *,
    personal: bool = False,
) -> ScalarDefinition:
    if personal:
        PERSONAL.add(name)
    return strawberry.scalar(
        name=name,
        description=description,
        parse_value=parse,
        serialize=serialize,
        specified_by_url=specified_by,
    )


PERSONAL: set[str] = set()  # names of scalars that always say something of a person; refused on GET
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
    Nik: _scalar("Nik", "Population number (NIK), 16 digits; only ever an input.", parse_nik, str, personal=True),
    KkNumber: _scalar(
        "KkNumber", "Family card number (nomor KK), 16 digits; only ever an input.", parse_kk, str, personal=True
    ),
    MaskedNumber: _scalar(
        "MaskedNumber",
        "A NIK or family card number of which only the first four digits are shown.",
        _refuse,
        str,
    ),
    Cursor: _scalar("Cursor", "Place in a connection; opaque.", parse_cursor, str),
}
