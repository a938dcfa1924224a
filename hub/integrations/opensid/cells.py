"""One cell at a time: from what a sheet holds to what the register stores, or a Fault."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation

from hub.integrations.opensid.problems import ProblemCode
from hub.integrations.opensid.workbook import Broken, CellValue
from hub.kernel.nik import LENGTH, KkNumber, Nik, digits_of
from hub.kernel.register_codes import CODE_LISTS, CodeList, by_label, by_number

Reader = Callable[[CellValue, str], object]

# Zero-width and direction marks, soft hyphen, byte order mark, control characters: seen by nobody, kept by exports.
_HIDDEN = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff]"
)
_APOSTROPHES = str.maketrans("\u2018\u2019\u02bc\u02bb`\u00b4", "''''''")
_DAY_FIRST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?: .*|)", re.ASCII)
_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[ T].*|)", re.ASCII)
_NO_DATE = frozenset(("0", "0000-00-00", "00-00-0000", "00/00/0000", "0000-00-00 00:00:00"))
_WHOLE = re.compile(r"(\d{1,6})(?:[.,]0+)?", re.ASCII)
_SCIENTIFIC = re.compile(r"\d[.,]?\d*E\+?\d+", re.ASCII | re.IGNORECASE)
_DECIMAL = re.compile(r"[-+]?\d{1,3}(?:[.,]\d+)?", re.ASCII)
_SHORT_LIST = 13
_TEXT = 255
_RT_RW = 3

_BROKEN = {
    Broken.NO_RESULT: ProblemCode.FORMULA_WITHOUT_RESULT,
    Broken.ERROR: ProblemCode.CELL_ERROR,
    Broken.MERGED: ProblemCode.CELL_MERGED,
    Broken.NO_DATE: ProblemCode.DATE_IMPOSSIBLE,
}


class Fault(Exception):
    """Why a cell cannot be read."""

    def __init__(self, code: ProblemCode, **params: str | int) -> None:
        """The code, and what its sentence needs."""
        super().__init__(code)
        self.code = code
        self.params = tuple((key, str(value)) for key, value in params.items())


def clean(value: CellValue) -> str:
    """A cell as people see it: hidden characters, a leading apostrophe and doubled blanks gone."""
    if isinstance(value, str):
        if not (value.isascii() and value.isprintable()):
            value = _HIDDEN.sub("", value).translate(_APOSTROPHES)
        return " ".join(value.split()).lstrip("'").lstrip()
    if value is None or isinstance(value, Broken):
        return ""
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def check_readable(value: CellValue) -> None:
    """Raise the Fault of a cell that shows something but holds no value."""
    if isinstance(value, Broken):
        raise Fault(_BROKEN[value])


def read_nik(value: CellValue, text: str) -> Nik | None:
    """Sixteen digits; None for `0`, which means that nobody knows the number."""
    digits = _sixteen(value, text, rounded=ProblemCode.NIK_ROUNDED, length=ProblemCode.NIK_LENGTH, zero=True)
    return Nik(digits) if digits else None


def read_kk(value: CellValue, text: str) -> KkNumber:
    """Sixteen digits, always."""
    return KkNumber(_sixteen(value, text, rounded=ProblemCode.KK_ROUNDED, length=ProblemCode.KK_LENGTH, zero=False))


def read_date(value: CellValue, text: str) -> date | None:
    """A date of the sheet, or a text with the day first or the year first; None for a database's zero date."""
    if isinstance(value, date):
        return value
    if text in _NO_DATE:
        return None
    # A bare number may be a year, a serial or a slip: 1985 would silently become a day in 1905.
    if not isinstance(value, str):
        raise Fault(ProblemCode.DATE_FORM)
    if match := _DAY_FIRST.fullmatch(text):
        day, month, year = match.groups()
    elif match := _YEAR_FIRST.fullmatch(text):
        year, month, day = match.groups()
    else:
        raise Fault(ProblemCode.DATE_FORM)
    try:
        return date(int(year), int(month), int(day))
    except ValueError as impossible:
        raise Fault(ProblemCode.DATE_IMPOSSIBLE) from impossible


def read_text(_: CellValue, text: str) -> str:
    """Free text."""
    return _within(text, most=_TEXT)


def read_name(_: CellValue, text: str) -> str:
    """A full name: letters, blank, dot, comma, quote, hyphen."""
    if odd := odd_characters(text):
        raise Fault(ProblemCode.NAME_CHARACTERS, characters=odd)
    return _within(text, most=100)


def odd_characters(name: str) -> str:
    """Those characters of a name that no name has, each once."""
    return " ".join(dict.fromkeys(char for char in name if not (char.isalpha() or char in " .,'-")))


def read_hamlet(_: CellValue, text: str) -> str:
    """OpenSID's spelling of a hamlet: capitals, without the word DUSUN in front."""
    return _within(text.upper().replace("_", " ").removeprefix("DUSUN ").strip(), most=100)


def read_rt_rw(_: CellValue, text: str) -> str:
    """RT or RW as written: `002`, or `-` where the village has none."""
    return _within(text, most=_RT_RW)


def read_tag(_: CellValue, text: str) -> str:
    """The number of a card's radio tag."""
    return _within(text, least=10, most=17)


def read_degrees(bound: int) -> Reader:
    """A reader of decimal degrees between minus and plus `bound`."""

    def read(_: CellValue, text: str) -> Decimal:
        _within(text, least=2, most=24)
        try:
            degrees = Decimal(text.replace(",", ".")) if _DECIMAL.fullmatch(text) else None
        except InvalidOperation:
            degrees = None
        if degrees is None or abs(degrees) > bound:
            raise Fault(ProblemCode.COORDINATE)
        return degrees

    return read


def read_code(field: str) -> Reader:
    """A reader of one code list: the number, OpenSID's label, ours, or an alias; gives the NAME."""
    known: dict[CellValue, str] = {}

    def read(value: CellValue, text: str) -> str:
        name = known.get(text)
        if name is None:
            name = known[text] = _code(CODE_LISTS[field], value, text)
        return name

    return read


def _code(codes: CodeList, value: CellValue, text: str) -> str:
    whole = None if isinstance(value, bool) else _WHOLE.fullmatch(text)
    code = by_number(codes.field, int(whole[1])) if whole else by_label(codes.field, text)
    if code is None:
        raise Fault(ProblemCode.CODE_UNKNOWN, allowed=_allowed(codes))
    return code.name


def _allowed(codes: CodeList) -> str:
    if len(codes.codes) <= _SHORT_LIST:
        return ", ".join(f"{code.number} {code.opensid_label}" for code in codes.codes)
    return f"1–{codes.codes[-1].number} (sheet Kode Data)"


def _sixteen(value: CellValue, text: str, *, rounded: ProblemCode, length: ProblemCode, zero: bool) -> str:
    digits = digits_of(text)
    if zero and digits and not digits.strip("0"):
        return ""
    # Excel keeps fifteen digits of a number; only as text does the sixteenth survive.
    typed_as_number = not isinstance(value, str) and len(digits) >= LENGTH and digits.endswith("0")
    if typed_as_number or _SCIENTIFIC.fullmatch(text):
        raise Fault(rounded)
    if len(digits) != LENGTH:
        raise Fault(length, digits=len(digits))
    return digits


def _within(text: str, *, most: int, least: int = 1) -> str:
    if not least <= len(text) <= most:
        raise Fault(ProblemCode.TEXT_LENGTH, length=len(text), least=least, most=most)
    return text
