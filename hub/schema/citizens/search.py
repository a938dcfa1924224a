"""The counter's search: people by what their names sound like, and by year of birth.

The statement's shape is the same for any number of words. A search becomes ranges of tokens (a whole word is a range
of one token; an unfinished last word begins many). A page walks the tokens of one word in the order of their people and
stops when it is full: each token carries what else its person is called. Which word leads is decided by a bounded
count. All who answer at once, as counts and the resolver path need them, are found by grouping the tokens of all words;
so each way checks the other. See docs/adr/0007-name-search.md.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    CTE,
    BindParameter,
    ColumnElement,
    Date,
    FromClause,
    Integer,
    ScalarSelect,
    Select,
    TableValuedAlias,
    Text,
    all_,
    and_,
    any_,
    func,
    literal_column,
    null,
    select,
    true,
    type_coerce,
    union_all,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by

from hub.domains.citizens.model import CitizenNameToken
from hub.graph.binds import Binds, Given
from hub.graph.declare import Argument, Columns
from hub.kernel.errors import BadInput
from hub.kernel.names import query_tokens
from hub.store.base import table

MOST_CHARACTERS = 100
MOST_WORDS = 8
# An unfinished word leads where it begins at most so many tokens: these are sorted sooner than others are walked.
FEW = 500
FIRST_YEAR, LAST_YEAR = 1850, 2200
_LAST_CHARACTER = "\U0010ffff"
Part = Callable[..., BindParameter[Any]]
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
    """A search as ranges of tokens: `bits[n]` says which word the range from `low[n]` to `high[n]` answers.

    The whole words come first, then the beginnings of the unfinished one.
    """

    words: Sequence[str]
    begun: Sequence[str]

    @property
    def low(self) -> list[str]:
        """Where each range begins."""
        return [*self.words, *self.begun]

    @property
    def high(self) -> list[str]:
        """Where each range ends, the end belonging to it."""
        return [*self.words, *self.begun_high]

    @property
    def typed(self) -> list[int]:
        """How many characters were typed of each: tokens covered as far need not be read."""
        return [len(each) for each in self.low]

    @property
    def bits(self) -> list[int]:
        """The bit of each range's word."""
        last = 1 << len(self.words)
        return [*(1 << position for position in range(len(self.words))), *(last for _ in self.begun)]

    @property
    def all_bits(self) -> int:
        """The bits of all words."""
        return (2 << len(self.words)) - 1

    @property
    def begun_high(self) -> list[str]:
        """Where the ranges of the unfinished word end."""
        return [begun + _LAST_CHARACTER for begun in self.begun]

    @property
    def begun_typed(self) -> list[int]:
        """How many characters were typed of it."""
        return [len(begun) for begun in self.begun]

    @property
    def letter(self) -> str | None:
        """The letter that the unfinished word begins with."""
        return self.begun[0][0] if self.begun else None

    @property
    def other_letter(self) -> str | None:
        """Another letter that it may begin with: a Z alone is heard as J and as S."""
        return next((begun[0] for begun in self.begun if begun[0] != self.letter), None)

    @property
    def holding(self) -> list[str]:
        """Patterns of what is heard of a person who has the whole words."""
        return [f"% {word} %" for word in self.words]

    @property
    def beginning(self) -> list[str]:
        """Patterns of what is heard of a person who has a word begun so, of which one is enough."""
        return [f"% {begun}%" for begun in self.begun]


def ranges_of(text: str) -> Ranges:
    """What a search asks of the tokens; ranges of nothing where it has no words."""
    if len(text) > MOST_CHARACTERS or len(text.split()) > MOST_WORDS:
        raise SearchTooLong(most=MOST_WORDS, characters=MOST_CHARACTERS)
    asked = query_tokens(text)
    return Ranges(words=sorted(asked.words), begun=_widest(asked.prefixes))


def _widest(prefixes: Iterable[str]) -> list[str]:
    """Prefixes without those that another covers: MU covers MUH, and no token is read twice."""
    found: list[str] = []
    for prefix in sorted(prefixes):
        if not found or not prefix.startswith(found[-1]):
            found.append(prefix)
    return found


def named(columns: Columns, binds: Binds, given: Any) -> ColumnElement[bool]:
    """The people whose names answer a search: those who have tokens under every bit."""
    part = _parts(binds, given)
    asked = (
        func.unnest(part("low", Text), part("high", Text), part("typed", Integer), part("bits", Integer))
        .table_valued("low", "high", "typed", "bit")
        .render_derived("asked$")
    )
    token = _TOKENS.alias("token$")
    tenant = token.c.tenant_id == binds.tenant if binds.single else token.c.tenant_id == binds.tenants.any_()
    # One index range for each range asked: OFFSET 0 keeps the planner from turning the loop into a scan of all tokens.
    heard = (
        select(token.c.citizen_id)
        .where(
            tenant,
            token.c.token >= asked.c.low,
            token.c.token <= asked.c.high,
            token.c.covered < asked.c.typed,
        )
        .offset(literal_column("0"))
        .lateral("heard$")
    )
    found = (
        select(heard.c.citizen_id)
        .select_from(asked.join(heard, true()))
        .group_by(heard.c.citizen_id)
        .having(func.bit_or(asked.c.bit, type_=Integer) == part("all_bits", Integer, several=False))
    )
    people: ColumnElement[bool] = columns.id == any_(func.array(found.scalar_subquery()))
    return people


def found_by_name(binds: Binds, given: Any) -> tuple[Select[Any], ...]:
    """The same people, each way from an index of tokens alone; one of them finds all and the others find nothing.

    An unfinished word of few tokens leads, else the rarest whole word, else the first letter of the unfinished one.
    """
    part = _parts(binds, given)
    leader = _leader(part, binds)
    few, word = (select(leader.c[name]).scalar_subquery() for name in ("few", "word"))
    holding, beginning = part("holding", Text), part("beginning", Text)
    letters = (part(name, Text, several=False) for name in ("letter", "other_letter"))

    begun, token = _begun(part), _TOKENS.alias("token$")
    near = select(token).where(_own(token, binds), *_under(token, begun), token.c.heard.like(all_(holding)))
    each = near.offset(literal_column("0")).lateral("heard$")
    gathered = select(each.c.citizen_id.label("id"), each.c.sort_key).select_from(begun.join(each, true())).where(few)

    walked = select(token.c.citizen_id.label("id"), token.c.sort_key).where(
        _own(token, binds), token.c.heard.like(any_(beginning)), ~few
    )
    by_word = walked.where(token.c.token == word, token.c.heard.like(all_(holding)))
    # What another token covers begins with the same letter: one that nothing covers stands for it.
    by_letters = (
        walked.where(token.c.initial == letter, token.c.covered == literal_column("0"), word.is_(None))
        for letter in letters
    )
    return gathered, by_word, *by_letters


def _leader(part: Part, binds: Binds) -> CTE:
    """One row: the rarest whole word, and whether the unfinished one leads in its place (`few`).

    Counting stops above FEW: among words more frequent any will do, for its walk is short where the others are frequent
    too, and otherwise reads no more than its own tokens.
    """
    token, begun = _TOKENS.alias("token$"), _begun(part)
    words = func.unnest(part("words", Text)).table_valued("word").render_derived("words$")

    def counted(each: TableValuedAlias, *where: ColumnElement[bool]) -> ScalarSelect[Any]:
        read = select(true().label("one")).select_from(token).where(_own(token, binds), *where).correlate(each)
        few = read.limit(literal_column(str(FEW + 1), Integer)).subquery("read$")
        return select(func.count()).select_from(few).scalar_subquery()

    numbers = union_all(
        select(words.c.word, counted(words, token.c.token == words.c.word).label("number")),
        select(null(), counted(begun, *_under(token, begun))).select_from(begun),
    ).subquery("numbers$")
    whole = numbers.c.word.is_not(None)
    ranked = aggregate_order_by(numbers.c.word, numbers.c.number, numbers.c.word)
    rarest = func.array_agg(ranked, type_=ARRAY(Text)).filter(whole)
    least = func.min(numbers.c.number).filter(whole)
    begins = func.coalesce(func.sum(numbers.c.number).filter(~whole), literal_column("0"))
    few = begins <= func.least(least, literal_column(str(FEW)))  # of nothing and a number, the number
    return select(type_coerce(rarest, ARRAY(Text))[1].label("word"), few.label("few")).cte()


def _begun(part: Part) -> TableValuedAlias:
    """The ranges of the unfinished word."""
    columns = part("begun", Text), part("begun_high", Text), part("begun_typed", Integer)
    return func.unnest(*columns).table_valued("low", "high", "typed").render_derived("begun$")


def _own(token: FromClause, binds: Binds) -> ColumnElement[bool]:
    own: ColumnElement[bool] = token.c.tenant_id == binds.tenant
    return own


def _under(token: FromClause, begun: TableValuedAlias) -> tuple[ColumnElement[bool], ...]:
    """The tokens of a range, without those that another of the same person covers."""
    return token.c.token >= begun.c.low, token.c.token <= begun.c.high, token.c.covered < begun.c.typed


def _parts(binds: Binds, given: Any) -> Part:
    """Binds of what a search is made into, by the names of `Ranges`; one bind however often it is spoken of."""

    @cache
    def part(name: str, type_: type[Text] | type[Integer], *, several: bool = True) -> BindParameter[Any]:
        read: Callable[[Any, Given], Any] = lambda text, request: getattr(request.once(ranges_of, text), name)  # noqa: E731
        return binds.value(given, ARRAY(type_) if several else type_(), read)

    return part


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
