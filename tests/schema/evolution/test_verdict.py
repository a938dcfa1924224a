"""When something may be removed, and what else stands in the way of a schema."""

from datetime import date, timedelta
from typing import TypeAlias

import pytest
from graphql import DocumentNode, GraphQLSchema, build_schema
from strawberry.printer import print_schema

from hub.kernel.clock import system_clock
from hub.kernel.texts import catalogue
from hub.schema.build import schema
from hub.schema.evolution import releases
from hub.schema.evolution.changes import Weight
from hub.schema.evolution.releases import Release
from hub.schema.evolution.verdict import LEAST, Advice, Judged, breaking, judge

REASON = "Use `new` instead. Removal: 2026-07-01."
MARK = f' @deprecated(reason: "{REASON}")'
PLAIN = """
    type Query { new: Int  old: Int%s  find(by: By, first: Int%s): Old  form: Form }
    input By { new: Int  old: Int%s }
    enum Form { NEW OLD%s }
    type Old { part: Part }
    type Part { x: Int }
"""
MARKED = PLAIN % (MARK, MARK.replace("`new`", "`by`"), MARK, MARK.replace("`new`", "`NEW`"))
UNMARKED = PLAIN % ("", "", "", "")
FIRST = date(2026, 1, 1)  # day of the release that deprecates
DUE = date(2026, 7, 1)
Found: TypeAlias = tuple[Weight, Advice | None, dict[str, str | int]]


def history(*texts: str, first: date = FIRST) -> list[Release]:
    """Releases thirty days apart."""
    return [
        Release((0, number, 0), first + timedelta(days=30 * number), build_schema(text))
        for number, text in enumerate(texts)
    ]


def verdict(past: list[Release], new: str, *, today: date = DUE, documents: tuple[str, ...] = ()) -> dict[str, Found]:
    found = judge(past, build_schema(new), against=past[-1], today=today, documents=documents)
    return {each.change.place: (each.change.weight, each.advice, dict(each.params)) for each in found}


REMOVALS = [
    ("Query.old", f"old: Int{MARK}"),
    ("Query.find(first:)", f", first: Int{MARK.replace('`new`', '`by`')}"),
    ("By.old", f"old: Int{MARK} }}\n    enum"),
    ("Form.OLD", f"OLD{MARK.replace('`new`', '`NEW`')}"),
]


def without(text: str, part: str) -> str:
    assert part in text
    return text.replace(part, "}\n    enum" if part.endswith("enum") else "", 1)


@pytest.mark.parametrize(("place", "part"), REMOVALS, ids=[place for place, _ in REMOVALS])
def test_what_was_given_up_in_time_may_go(place: str, part: str) -> None:
    found = verdict(history(MARKED, MARKED), without(MARKED, part))
    assert found == {place: (Weight.DANGEROUS, Advice.GONE, {})}


@pytest.mark.parametrize(("place", "part"), REMOVALS, ids=[place for place, _ in REMOVALS])
def test_what_was_never_deprecated_may_not(place: str, part: str) -> None:
    found = verdict(history(UNMARKED, UNMARKED), without(MARKED, part).replace(MARK, ""))
    assert found[place] == (Weight.BREAKING, Advice.DEPRECATE, {"removal": "2026-12-28"})


@pytest.mark.parametrize(
    ("past", "today", "params"),
    [
        (history(MARKED, MARKED), DUE - timedelta(days=1), {"day": "2026-07-01", "releases": 0}),
        (history(MARKED), DUE, {"day": "2026-07-01", "releases": 1}),
        (history(MARKED, MARKED, first=date(2026, 1, 3)), DUE, {"day": "2026-07-02", "releases": 0}),
        # taken back for a release, the days begin anew
        (history(MARKED, UNMARKED, MARKED, MARKED), DUE, {"day": "2026-08-29", "releases": 0}),
    ],
    ids=["a day before the promised one", "after one release", "after 179 days", "after a gap"],
)
def test_a_removal_waits_for_its_day_and_its_releases(
    past: list[Release], today: date, params: dict[str, str | int]
) -> None:
    found = verdict(past, without(MARKED, REMOVALS[0][1]), today=today)
    assert found == {"Query.old": (Weight.BREAKING, Advice.WAIT, params)}


def test_a_removal_needs_a_reason_in_the_form() -> None:
    vague = MARKED.replace(f"old: Int{MARK}  find", 'old: Int @deprecated(reason: "Old.")  find')
    found = verdict(history(vague, vague), MARKED.replace(f"old: Int{MARK}  find", "find"))
    assert found == {"Query.old": (Weight.BREAKING, Advice.FORM, {"removal": "2026-12-28"})}


@pytest.mark.parametrize(
    ("place", "document"),
    [
        ("Query.old", "{ other: old }"),
        ("Query.find(first:)", "{ find(first: 1) { __typename } }"),
        ("By.old", "query Q($by: By) { find(by: $by) { __typename } }"),
        ("Form.OLD", "query Q($form: Form) { form }"),
    ],
)
def test_what_a_stored_document_needs_stays(place: str, document: str) -> None:
    new = without(MARKED, dict(REMOVALS)[place])
    found = verdict(history(MARKED, MARKED), new, documents=("{ new }", document, document))
    assert found == {place: (Weight.BREAKING, Advice.USED, {"number": 2})}


def test_another_finder_of_uses_may_be_given() -> None:
    def everything(_: GraphQLSchema, __: DocumentNode) -> set[str]:
        return {"Query.old"}

    past = history(MARKED, MARKED)
    new = build_schema(without(MARKED, REMOVALS[0][1]))
    found = judge(past, new, against=past[-1], today=DUE, documents=["{ new }"], uses=everything)
    assert [each.advice for each in found] == [Advice.USED]


WITH_TYPES = UNMARKED.replace("): Old", f"): Old{MARK}")
WITHOUT_TYPES = """
    type Query { new: Int  old: Int  form: Form }
    enum Form { NEW OLD }
"""


def test_types_go_with_the_last_field_that_mentions_them() -> None:
    found = verdict(history(WITH_TYPES, WITH_TYPES), WITHOUT_TYPES)
    gone: Found = (Weight.DANGEROUS, Advice.GONE, {})
    assert found == {"Query.find": gone, "By": gone, "Old": gone, "Part": gone}


def test_types_stay_while_something_that_stays_mentions_them() -> None:
    found = verdict(history(UNMARKED, UNMARKED), WITHOUT_TYPES)
    stays: Found = (Weight.BREAKING, Advice.MENTIONED, {})
    assert {place: found[place] for place in ("By", "Old", "Part")} == {"By": stays, "Old": stays, "Part": stays}


def test_a_type_stays_that_a_stored_document_names() -> None:
    found = verdict(history(WITH_TYPES, WITH_TYPES), WITHOUT_TYPES, documents=("fragment F on Part { x }",))
    assert found["Part"] == (Weight.BREAKING, Advice.USED, {"number": 1})
    assert found["Old"] == (Weight.DANGEROUS, Advice.GONE, {})


@pytest.mark.parametrize(
    ("was", "now", "advice"),
    [
        ("new: Int  old", "new: String  old", Advice.BESIDE),
        ("find(", "find(more: Int!, ", Advice.OPTIONAL),
        ("input By {", "input By { more: Int!", Advice.OPTIONAL),
    ],
)
def test_other_breaking_changes_are_never_in_time(was: str, now: str, advice: Advice) -> None:
    found = judge(
        past := history(MARKED, MARKED), build_schema(MARKED.replace(was, now, 1)), against=past[-1], today=DUE
    )
    assert [each.advice for each in breaking(found)] == [advice]


@pytest.mark.parametrize(
    ("was", "now", "advice"),
    [
        ("NEW OLD", "NEW OLD MORE", Advice.ANNOUNCE),
        ("first: Int", "first: Int, more: Int", Advice.ANNOUNCE),
        ("first: Int = 5", "first: Int = 9", Advice.DEFAULT),
    ],
)
def test_what_is_dangerous_is_announced(was: str, now: str, advice: Advice) -> None:
    old = UNMARKED.replace("first: Int", was) if was.endswith("5") else UNMARKED
    found = verdict(history(old), old.replace(was, now, 1))
    assert [(weight, said) for weight, said, _ in found.values()] == [(Weight.DANGEROUS, advice)]


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("Use `new` instead. Removal: 2026-12-28.", (Weight.SAFE, Advice.ANNOUNCE, {})),
        ("Use `new` instead. Removal: 2026-12-27.", (Weight.DANGEROUS, Advice.EARLY, {"day": "2026-12-28"})),
        ("Use `newer` instead. Removal: 2026-12-28.", (Weight.DANGEROUS, Advice.NAME, {"removal": "2026-12-28"})),
        ("No longer used.", (Weight.DANGEROUS, Advice.NAME, {"removal": "2026-12-28"})),
    ],
)
def test_a_deprecation_must_be_of_use(reason: str, expected: tuple[Weight, Advice, dict[str, str | int]]) -> None:
    new = UNMARKED.replace("old: Int", f'old: Int @deprecated(reason: "{reason}")', 1)
    assert verdict(history(UNMARKED), new) == {"Query.old": expected}


def test_an_older_release_can_be_compared_with() -> None:
    past = history(UNMARKED, MARKED, MARKED)
    found = judge(past, build_schema(without(MARKED, REMOVALS[0][1])), against=past[0], today=DUE + LEAST)
    assert [(each.change.place, each.advice) for each in breaking(found)] == [("Query.old", Advice.DEPRECATE)]


def test_every_advice_has_its_indonesian() -> None:
    assert {each.value for each in Advice} - catalogue().keys() == set()


def present() -> list[Judged]:
    history = releases.load()
    new = build_schema(print_schema(schema()))
    return judge(history, new, against=history[-1], today=system_clock().instant.date())


def test_the_present_schema_may_follow_the_last_release() -> None:
    assert [(each.change.place, each.change.what) for each in breaking(present())] == []
