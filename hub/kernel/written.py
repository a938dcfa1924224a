"""What people write in a form: one line, a paragraph, a web address, a telephone number. Parsed once, at the edge."""

import re
import unicodedata
from decimal import Decimal
from typing import TypeVar
from urllib.parse import urlsplit

import phonenumbers

from hub.kernel.errors import BadInput

Number = TypeVar("Number", int, Decimal)
LINE = 200
PARAGRAPH = 4_000
ADDRESS = 500
COUNTRY = "ID"

_SPACE = re.compile(r"\s+")
_KEPT = "\n\t"


class TextMissing(BadInput):
    """This field must not be empty."""

    code = "TEXT_MISSING"
    hint = "Write something in the named field, or leave it out where it is optional."


class TextTooLong(BadInput):
    """This text has {length} characters; at most {most} are accepted here."""

    code = "TEXT_TOO_LONG"
    hint = "Shorten the named field."


class TextUnreadable(BadInput):
    """This text has characters that cannot be shown."""

    code = "TEXT_UNREADABLE"
    hint = "Remove control characters from the named field; text copied from another program may hold some."


class AddressInvalid(BadInput):
    """This is not a web address."""

    code = "ADDRESS_INVALID"
    hint = "Write the whole address, beginning with https:// or http://."


class PhoneInvalid(BadInput):
    """This is not a telephone number."""

    code = "PHONE_INVALID"
    hint = "Write it as 0812... or with its country code as +62812..."


class FigureOutOfRange(BadInput):
    """This figure must be between {least} and {most}."""

    code = "FIGURE_OUT_OF_RANGE"
    hint = "Correct the named field; mind the decimal point and the unit."


def line(text: str, *path: str, most: int = LINE) -> str:
    """One line: white space folded, never empty."""
    return _checked(_SPACE.sub(" ", text).strip(), path, most)


def paragraph(text: str, *path: str, most: int = PARAGRAPH) -> str:
    """Some lines, never empty."""
    return _checked(text.replace("\r\n", "\n").strip(), path, most)


def address(text: str, *path: str) -> str:
    """A web address with scheme and host."""
    found = line(text, *path, most=ADDRESS)
    try:
        parts = urlsplit(found)
        hosted = bool(parts.hostname)
    except ValueError:
        raise AddressInvalid(path=path) from None
    if parts.scheme not in ("https", "http") or not hosted or " " in found or parts.username is not None:
        raise AddressInvalid(path=path)
    return found


def phone(text: str, *path: str) -> str:
    """A telephone number in E.164; without a country code it is Indonesian."""
    try:
        found = phonenumbers.parse(text, COUNTRY)
    except phonenumbers.NumberParseException:
        raise PhoneInvalid(path=path) from None
    if not phonenumbers.is_valid_number(found):
        raise PhoneInvalid(path=path)
    return phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.E164)


def figure(value: Number, *path: str, least: int = 0, most: int = 2_000_000_000) -> Number:
    """A number within its bounds."""
    if not least <= value <= most:
        raise FigureOutOfRange(path=path, least=least, most=most)
    return value


def _checked(text: str, path: tuple[str, ...], most: int) -> str:
    if not text:
        raise TextMissing(path=path)
    if len(text) > most:
        raise TextTooLong(path=path, length=len(text), most=most)
    if any(unicodedata.category(each) in ("Cc", "Cs") and each not in _KEPT for each in text):
        raise TextUnreadable(path=path)
    return text
