"""The rules of stays, for one person: what is told holds from a day on, and what held at no day's end is replaced."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from hub.domains.citizens import staying
from hub.domains.citizens.model import Citizen, Stay

HOME, OTHER = UUID(int=1), UUID(int=2)
JANUARY, MARCH, MAY, JULY = (date(2026, month, 1) for month in (1, 3, 5, 7))
Line = tuple[str, date, date | None, str, str, str | None]


def person(home: UUID = HOME, **more: Any) -> Citizen:
    """Somebody who lives in a household."""
    values: dict[str, Any] = {"full_name": "Siti", "sort_key": "siti", "sex": "FEMALE", "nik_status": "UNKNOWN", **more}
    values = {"family_relation": "CHILD", "base_status": "ALIVE", **values}
    return Citizen(tenant_id=1, id=UUID(int=9), village_id=UUID(int=8), household_id=home, **values)


def stay(of: Citizen, since: date, until: date | None = None, **more: Any) -> Stay:
    """What the register knows."""
    kept = {name: getattr(of, name) for name in staying.KEPT}
    values = {"beginning": "RECORDED", "state": "HELD", **kept, **more}
    return Stay(tenant_id=1, citizen_id=of.id, from_on=since, until_on=until, **values)


def gone(reason: str = "DIED", on: date | None = MAY, **more: Any) -> Citizen:
    """Somebody whose record ended in July, of something that happened earlier."""
    return person(ended_at=datetime(2026, 7, 1, tzinfo=UTC), ended_on=on, end_reason=reason, **more)


def after(known: list[Stay], told: staying.Stays) -> list[Line]:
    """All stays that are then known, those that hold first, in the order of their days."""
    merged = {each.id: each for each in (*known, *told)}
    lines = [
        (
            "home" if each.household_id == HOME else "other",
            each.from_on,
            each.until_on,
            each.state,
            each.beginning,
            each.end_reason,
        )
        for each in merged.values()
    ]
    return sorted(lines, key=lambda line: (line[3], line[1], line[2] or date.max))


def test_who_goes_to_another_household_leaves_the_first_on_that_day() -> None:
    known = [stay(person(), JANUARY)]

    assert after(known, staying.followed(person(OTHER), known, MAY)) == [
        ("home", JANUARY, MAY, "HELD", "RECORDED", None),
        ("other", MAY, None, "HELD", "RECORDED", None),
    ]


def test_where_nothing_of_it_changed_nothing_is_written() -> None:
    known = [stay(person(), JANUARY)]
    assert staying.followed(person(occupation="FARMER"), known, MAY) == []


def test_what_was_told_and_changed_on_one_day_held_on_none() -> None:
    known = [stay(person(), JANUARY, MAY), stay(person(OTHER), MAY)]

    assert after(known, staying.followed(person(OTHER, family_relation="WIFE"), known, MAY)) == [
        ("home", JANUARY, MAY, "HELD", "RECORDED", None),
        ("other", MAY, None, "HELD", "RECORDED", None),
        ("other", MAY, None, "REPLACED", "RECORDED", None),
    ]


def test_who_goes_back_on_the_same_day_never_went() -> None:
    known = [stay(person(), JANUARY, MAY), stay(person(OTHER), MAY)]

    assert after(known, staying.followed(person(), known, MAY)) == [
        ("home", JANUARY, None, "HELD", "RECORDED", None),
        ("other", MAY, None, "REPLACED", "RECORDED", None),
    ]


def test_an_event_dates_what_was_told_later_but_not_past_what_was_known_before() -> None:
    known = [stay(person(), JANUARY, JULY), stay(person(OTHER), JULY)]

    assert after(known, staying.dated_back(known, MARCH)) == [
        ("home", JANUARY, MARCH, "HELD", "RECORDED", None),
        ("other", MARCH, None, "HELD", "EVENT", None),
    ]
    assert after(known, staying.dated_back(known, date(2020, 1, 1))) == [
        ("other", JANUARY, None, "HELD", "EVENT", None),
        ("home", JANUARY, JULY, "REPLACED", "RECORDED", None),
    ]


def test_an_event_of_the_day_it_is_told_only_says_so() -> None:
    known = [stay(person(), JANUARY, JULY), stay(person(OTHER), JULY)]
    assert after(known, staying.dated_back(known, JULY))[1] == ("other", JULY, None, "HELD", "EVENT", None)


def test_an_event_taken_back_was_never() -> None:
    known = [
        stay(person(), JANUARY, MARCH),
        stay(person(OTHER), MARCH, MAY, beginning="EVENT"),
        stay(person(OTHER, full_name="Sitti"), MAY, JULY),
        stay(person(), JULY),
    ]

    assert after(known, staying.taken_back(known, MARCH)) == [
        ("home", JANUARY, None, "HELD", "RECORDED", None),
        ("other", MARCH, MAY, "REPLACED", "EVENT", None),
        ("other", MAY, JULY, "REPLACED", "RECORDED", None),
        ("home", JULY, None, "REPLACED", "RECORDED", None),
    ]


def test_what_differs_from_what_was_before_the_event_begins_on_its_day() -> None:
    known = [
        stay(person(), JANUARY, MARCH),
        stay(person(OTHER), MARCH, JULY),
        stay(person(family_relation="WIFE"), JULY),
    ]

    assert after(known, staying.taken_back(known, MARCH)) == [
        ("home", JANUARY, MARCH, "HELD", "RECORDED", None),
        ("home", MARCH, None, "HELD", "RECORDED", None),
        ("other", MARCH, JULY, "REPLACED", "RECORDED", None),
    ]


def test_who_died_stayed_until_the_day_of_the_death_and_goes_on_when_that_was_a_mistake() -> None:
    known = [stay(person(), JANUARY)]
    ended = list(staying.followed(gone(), known, JULY))

    assert after(known, ended) == [("home", JANUARY, MAY, "HELD", "RECORDED", "DIED")]
    assert staying.followed(gone(), ended, JULY) == []
    assert after(ended, staying.followed(person(), ended, JULY)) == [("home", JANUARY, None, "HELD", "RECORDED", None)]


def test_who_returns_as_somebody_else_was_that_since_the_day_of_the_end() -> None:
    ended = [stay(person(), JANUARY, MAY, end_reason="MOVED")]

    assert after(ended, staying.followed(person(family_relation="HEAD"), ended, JULY)) == [
        ("home", JANUARY, MAY, "HELD", "RECORDED", None),
        ("home", MAY, None, "HELD", "RECORDED", None),
    ]


def test_who_had_died_before_the_register_knew_them_stayed_on_no_day() -> None:
    known = [stay(person(), JULY)]
    assert after(known, staying.followed(gone(), known, JULY)) == [("home", JULY, JULY, "HELD", "RECORDED", "DIED")]


def test_an_import_that_names_no_day_ends_a_stay_on_its_own() -> None:
    known = [stay(person(), JANUARY)]
    assert after(known, staying.followed(gone("LEFT", on=None), known, JULY))[0][2] == JULY


def test_an_invalid_record_stayed_nowhere_and_everywhere_again_when_it_is_valid() -> None:
    known = [stay(person(), JANUARY, MAY), stay(person(OTHER), MAY)]
    invalid = list(staying.followed(gone("INVALID"), known, JULY))

    assert [line[3] for line in after(known, invalid)] == ["INVALID", "INVALID"]
    assert after(invalid, staying.followed(person(family_relation="HEAD"), invalid, JULY)) == [
        ("home", JANUARY, MAY, "HELD", "RECORDED", None),
        ("other", MAY, JULY, "HELD", "RECORDED", None),
        ("home", JULY, None, "HELD", "RECORDED", None),
    ]


def test_who_was_born_or_arrived_on_a_day_was_not_here_before() -> None:
    registered = [stay(person(), JULY)]
    assert after(registered, staying.begun(registered, MARCH)) == [("home", MARCH, None, "HELD", "EVENT", None)]

    known = [stay(person(), JANUARY, MARCH), stay(person(OTHER), MARCH)]
    assert after(known, staying.begun(known, MAY)) == [
        ("other", MAY, None, "HELD", "EVENT", None),
        ("home", JANUARY, MARCH, "REPLACED", "RECORDED", None),
    ]


def test_an_arrival_taken_back_leaves_the_day_of_registration() -> None:
    known = [stay(person(), MARCH, beginning="EVENT")]

    assert after(known, staying.unbegun(known, MARCH, JULY)) == [("home", JULY, None, "HELD", "RECORDED", None)]
    assert staying.unbegun(known, MAY, JULY) == []
    closed = [stay(person(), MARCH, MAY, beginning="EVENT")]
    assert after(closed, staying.unbegun(closed, MARCH, JULY)) == [("home", MAY, MAY, "HELD", "RECORDED", None)]


def test_who_is_not_known_yet_stays_from_today() -> None:
    assert after([], staying.followed(person(), [], JULY)) == [("home", JULY, None, "HELD", "RECORDED", None)]
    assert staying.followed(gone(), [], JULY) == []
