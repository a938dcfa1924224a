"""The counter's search: people by what their names sound like, and by year of birth.

The statement's shape is the same for any number of words. A search becomes ranges of tokens with a bit each (a whole
word is a range of one token; an unfinished last word begins many); a person answers who has tokens under every bit.
The candidates are collected and ordered first, from the index of tokens alone, and a page looks only at the people it
shows: this stays fast for names that every tenth person has, and under generic plans. See docs/adr/0007-name-search.md.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Date, Integer, Select, Text, and_, any_, func, literal_column, select, true

from hub.domains.citizens.model import CitizenNameToken
from hub.graph.binds import Binds, Given
from hub.graph.declare import Argument, Columns
from hub.kernel.errors import BadInput
from hub.kernel.names import query_tokens
from hub.store.base import table

MOST_CHARACTERS = 100
MOST_WORDS = 8
FIRST_YEAR, LAST_YEAR = 1850, 2200
_LAST_CHARACTER = "\U0010ffff"
_TOKENS = table(CitizenNameToken)


class SearchTooLong(BadInput):
    """A name search takes at most {most} words and {characters} characters."""

    code = "SEARCH_TOO_LONG"
    hint = "Search by two or three words of the name; add the year of birth to find fewer people."


class BirthYearRefused(BadInput):
    """A year of birth lies between {first} and {last}."""

    code = "BIRTH_YEAR"
    hint = "Write the year with four digits, such as 1990."


@dataclass(frozen=True, slots=True)
class Ranges:
    """A search as ranges of tokens: `bits[n]` says which word the range from `low[n]` to `high[n]` answers."""

    low: Sequence[str]
    high: Sequence[str]
    typed: Sequence[int]  # how many characters were typed of each: tokens covered as far need not be read
    bits: Sequence[int]
    all_bits: int


def ranges_of(text: str) -> Ranges:
    """What a search asks of the tokens; ranges of nothing where it has no words."""
    if len(text) > MOST_CHARACTERS or len(text.split()) > MOST_WORDS:
        raise SearchTooLong(most=MOST_WORDS, characters=MOST_CHARACTERS)
    asked = query_tokens(text)
    words, begun = sorted(asked.words), _widest(asked.prefixes)
    last = 1 << len(words)
    return Ranges(
        low=[*words, *begun],
        high=[*words, *(prefix + _LAST_CHARACTER for prefix in begun)],
        typed=[len(each) for each in (*words, *begun)],
        bits=[*(1 << position for position in range(len(words))), *(last for _ in begun)],
        all_bits=2 * last - 1,
    )


def _widest(prefixes: Iterable[str]) -> list[str]:
    """Prefixes without those that another covers: MU covers MUH, and no token is read twice."""
    found: list[str] = []
    for prefix in sorted(prefixes):
        if not found or not prefix.startswith(found[-1]):
            found.append(prefix)
    return found


def named(columns: Columns, binds: Binds, given: Any) -> ColumnElement[bool]:
    """The people whose names answer a search."""
    found = found_by_name(binds, given).subquery("found$")
    people: ColumnElement[bool] = columns.id == any_(func.array(select(found.c.id).scalar_subquery()))
    return people


def found_by_name(binds: Binds, given: Any) -> Select[Any]:
    """The same people's ids with the keys they are sorted by, from the index of tokens alone."""

    def part(name: str, type_: Any) -> ColumnElement[Any]:
        read: Callable[[Any, Given], Any] = lambda text, request: getattr(request.once(ranges_of, text), name)  # noqa: E731
        return binds.value(given, type_, read)

    asked = (
        func.unnest(
            part("low", ARRAY(Text)),
            part("high", ARRAY(Text)),
            part("typed", ARRAY(Integer)),
            part("bits", ARRAY(Integer)),
        )
        .table_valued("low", "high", "typed", "bit")
        .render_derived("asked$")
    )
    token = _TOKENS.alias("token$")
    tenant = token.c.tenant_id == binds.tenant if binds.single else token.c.tenant_id == binds.tenants.any_()
    # One index range for each range asked: OFFSET 0 keeps the planner from turning the loop into a scan of all tokens.
    heard = (
        select(token.c.citizen_id, token.c.sort_key)
        .where(
            tenant,
            token.c.token >= asked.c.low,
            token.c.token <= asked.c.high,
            token.c.covered < asked.c.typed,
        )
        .offset(literal_column("0"))
        .lateral("heard$")
    )
    return (
        select(heard.c.citizen_id.label("id"), heard.c.sort_key)
        .select_from(asked.join(heard, true()))
        .group_by(heard.c.sort_key, heard.c.citizen_id)
        .having(func.bit_or(asked.c.bit, type_=Integer) == part("all_bits", Integer()))
    )


def born_in(columns: Columns, binds: Binds, given: Any) -> ColumnElement[bool]:
    """The people born in a year."""
    first = binds.value(given, Date(), lambda year, _request: date(_year(year), 1, 1))
    last = binds.value(given, Date(), lambda year, _request: date(_year(year), 12, 31))
    born: ColumnElement[bool] = and_(columns.birth_date >= first, columns.birth_date <= last)
    return born


def _year(given: int) -> int:
    if not FIRST_YEAR <= given <= LAST_YEAR:
        raise BirthYearRefused(first=FIRST_YEAR, last=LAST_YEAR)
    return given


ARGUMENTS = {
    "search": Argument(
        type=str,
        description=(
            "Name as heard: any order of words, old and new spellings, titles or none; the last word may be unfinished."
        ),
        condition=named,
        personal=True,
        price=10,
        candidates=found_by_name,
        carried=("id", "sort_key"),
    ),
    "birthYear": Argument(type=int, description="Year of birth (tahun lahir).", condition=born_in, personal=True),
}
