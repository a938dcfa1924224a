"""A row judged: what the register would store, or why it cannot.

Judging knows no database. Who is already registered comes in as `known`; whether the register's own row disagrees is
the business of `changes`.
"""

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from hub.integrations.opensid.cells import Fault, check_readable, clean, odd_characters
from hub.integrations.opensid.columns import BY_FIELD, Column, Header
from hub.integrations.opensid.problems import Problem, ProblemCode, masked
from hub.integrations.opensid.workbook import Row
from hub.kernel.nik import KkNumber, Nik
from hub.kernel.region_code import RegionCode
from hub.kernel.register_codes import BaseStatus, FamilyRelation, Sex

END_MARK = "###"
_MARK_COLUMN = 1
EMPTY = frozenset(("", "-"))
DASH_KEPT = frozenset(("hamlet", "rt", "rw"))  # OpenSID's own word for "this village has none"
_PAST = ("birth_date", "married_on", "divorced_on")
# OpenSID does not ask for the sex; the register counts by it and will not guess it from a doubtful NIK.
REQUIRED_OF_NEW = ("full_name", "kk_number", "family_relation", "hamlet", "rw", "rt", "sex")
_OLDEST = 120
_FIRST_YEAR = 1850  # the register keeps no earlier birth date
_INDONESIA = {"latitude": (Decimal("-11.5"), Decimal("6.5")), "longitude": (Decimal(94), Decimal("141.5"))}


@dataclass(frozen=True, slots=True, repr=False)
class CitizenRow:
    """One citizen as the register's fields; None: the file says nothing. Codes are the NAMEs of their enum."""

    nik: Nik | None = None
    full_name: str | None = None
    kk_number: KkNumber | None = None
    sex: str | None = None
    birth_place: str | None = None
    birth_date: date | None = None
    religion: str | None = None
    education: str | None = None
    schooling: str | None = None
    occupation: str | None = None
    marital_status: str | None = None
    family_relation: str | None = None
    citizenship: str | None = None
    father_nik: Nik | None = None
    father_name: str | None = None
    mother_nik: Nik | None = None
    mother_name: str | None = None
    blood_type: str | None = None
    birth_certificate: str | None = None
    passport_number: str | None = None
    passport_expires_on: date | None = None
    kitas_number: str | None = None
    marriage_certificate: str | None = None
    married_on: date | None = None
    divorce_certificate: str | None = None
    divorced_on: date | None = None
    disability: str | None = None
    contraception: str | None = None
    pregnant: str | None = None
    ektp_status: str | None = None
    ktp_recording_status: str | None = None
    current_address: str | None = None
    base_status: str | None = None
    ethnicity: str | None = None
    tag_id_card: str | None = None
    health_insurance: str | None = None
    insurance_number: str | None = None
    latitude: Decimal | None = None
    longitude: Decimal | None = None
    address: str | None = None
    hamlet: str | None = None
    rw: str | None = None
    rt: str | None = None

    def __repr__(self) -> str:
        """Nothing but the masked NIK: a repr may be logged."""
        return f"CitizenRow({self.nik})"


@dataclass(frozen=True, slots=True)
class JudgedRow:
    """One row with its Excel number; `values` is None exactly where there are problems.

    `nik` is the row's number even then, where it could be read: a refused row still names its person.
    """

    row_number: int
    values: CitizenRow | None
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    nik: Nik | None = field(default=None, repr=False, compare=False)


def judge(
    rows: Iterable[Row], header: Header, *, village: RegionCode, today: date, known: Container[str] = frozenset()
) -> Iterator[JudgedRow]:
    """Every data row up to the end mark, judged in order; empty rows are passed over.

    `known` answers whether a NIK (sixteen clear digits) is already registered in this village: a new citizen needs
    more columns than a known one.
    """
    context = _Context(village=village, today=today, known=known)
    for row in rows:
        if row.number <= header.row_number:
            continue
        if clean(row.cells.get(_MARK_COLUMN)) == END_MARK:
            return
        values, problems = _read(row, header)
        if values or problems:
            yield _judged(row.number, values, problems, header, context)


@dataclass(slots=True)
class _Context:
    """What judging one row needs to know of the others and of the world."""

    village: RegionCode
    today: date
    known: Container[str]
    niks: dict[str, int] = field(default_factory=dict)
    persons: dict[tuple[object, ...], int] = field(default_factory=dict)
    heads: dict[str, int] = field(default_factory=dict)


def _read(row: Row, header: Header) -> tuple[dict[str, Any], list[Problem]]:  # Any: fields of mixed types
    """The row's filled cells by field, and the cells that cannot be read."""
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for index, column in header.columns.items():
        value = row.cells.get(index)
        if value is None:
            continue
        text = clean(value)
        try:
            check_readable(value)
            if text not in EMPTY or (text == "-" and column.field in DASH_KEPT):
                values[column.field] = column.read(value, text)
        except Fault as fault:
            problems.append(_problem(fault, column, text))
    merged = [problem for problem in problems if problem.code is ProblemCode.CELL_MERGED]
    return values, [problem for problem in problems if problem not in merged[1:]]


def _problem(fault: Fault, column: Column, text: str) -> Problem:
    return Problem(fault.code, column.name, masked(text, keep=column.shown), fault.params)


def _judged(
    number: int, values: dict[str, Any], problems: list[Problem], header: Header, context: _Context
) -> JudgedRow:
    if values.get("sex") == Sex.MALE:
        values.pop("pregnant", None)
    faulty = {problem.column for problem in problems}
    problems += _missing(values, faulty, context.known)
    problems += _impossible_dates(values, context.today)
    problems += _duplicates(number, values, context)
    problems += _second_heads(number, values, context)
    order = {column.name: position for position, column in enumerate(header.columns.values())}
    problems.sort(key=lambda problem: order.get(problem.column, len(order)))
    warnings = (*_nik_doubts(values, context.village), *_other_doubts(values, context))
    citizen = None if problems else CitizenRow(**values)
    return JudgedRow(number, citizen, tuple(problems), warnings, values.get("nik"))


def _missing(values: dict[str, Any], faulty: set[str], known: Container[str]) -> Iterator[Problem]:
    if "nik" not in values:
        if "nik" not in faulty:
            yield Problem(ProblemCode.NIK_EMPTY, "nik")
        return
    nik = values["nik"]
    if nik is not None and nik.digits in known:
        return
    for name in REQUIRED_OF_NEW:
        column = BY_FIELD[name].name
        if values.get(name) is None and column not in faulty:
            yield Problem(ProblemCode.REQUIRED_FOR_NEW, column)


def _impossible_dates(values: dict[str, Any], today: date) -> Iterator[Problem]:
    for name in _PAST:
        found = values.get(name)
        if found is not None and found > today:
            yield Problem(ProblemCode.DATE_FUTURE, BY_FIELD[name].name, found.isoformat())
    born = values.get("birth_date")
    if born is not None and born.year < _FIRST_YEAR:
        year = (("year", str(_FIRST_YEAR)),)
        yield Problem(ProblemCode.BIRTH_DATE_TOO_OLD, BY_FIELD["birth_date"].name, born.isoformat(), year)


def _duplicates(number: int, values: dict[str, Any], context: _Context) -> Iterator[Problem]:
    """A NIK, or a person without one, that an earlier row has; the earlier row stands."""
    if "nik" not in values:
        return
    nik = values["nik"]
    if nik is not None:
        earlier, code = context.niks.setdefault(nik.digits, number), ProblemCode.NIK_DUPLICATE
    else:
        person = tuple(values.get(name) for name in ("full_name", "birth_place", "birth_date"))
        if None in person:
            return
        earlier, code = context.persons.setdefault(person, number), ProblemCode.PERSON_DUPLICATE
    if earlier != number:
        yield Problem(code, "nik", str(nik) if nik else "0", (("row", str(earlier)),))


def _second_heads(number: int, values: dict[str, Any], context: _Context) -> Iterator[Problem]:
    """A living head of a family that has one in an earlier row: the register knows one head per family."""
    kk = values.get("kk_number")
    if kk is not None and _alive(values) and values.get("family_relation") == FamilyRelation.HEAD:
        earlier = context.heads.setdefault(kk.digits, number)
        if earlier != number:
            yield Problem(ProblemCode.SECOND_HEAD, "kk_level", "", (("row", str(earlier)),))


def _alive(values: dict[str, Any]) -> bool:
    return bool(values.get("base_status", BaseStatus.ALIVE) == BaseStatus.ALIVE)


def _nik_doubts(values: dict[str, Any], village: RegionCode) -> Iterator[Problem]:
    if "nik" not in values:
        return
    nik = values["nik"]
    if nik is None:
        yield Problem(ProblemCode.NIK_UNKNOWN, "nik", "0")
        return
    sex = Sex(values["sex"]) if "sex" in values else None
    for doubt in nik.warnings(birth_date=values.get("birth_date"), sex=sex, kecamatan=village.parent):
        yield Problem(ProblemCode(doubt.value), "nik", str(nik))


def _other_doubts(values: dict[str, Any], context: _Context) -> Iterator[Problem]:
    born = values.get("birth_date")
    if _alive(values) and born is not None and context.today.year - born.year > _OLDEST:
        years = (("years", str(_OLDEST)),)
        yield Problem(ProblemCode.BIRTH_DATE_IMPLAUSIBLE, "tanggallahir", born.isoformat(), years)
    for name in ("father_name", "mother_name"):
        if odd := odd_characters(values.get(name) or ""):
            column = BY_FIELD[name]
            shown = masked(values[name], keep=column.shown)
            yield Problem(ProblemCode.PARENT_NAME_CHARACTERS, column.name, shown, (("characters", odd),))
    for name, (least, most) in _INDONESIA.items():
        degrees = values.get(name)
        if degrees is not None and not least <= degrees <= most:
            yield Problem(ProblemCode.COORDINATE_OUTSIDE, BY_FIELD[name].name, str(degrees))
