"""What a file would change, without changing anything."""

from datetime import date

from hub.integrations.opensid.changes import Changes, FieldChange, Fields, compare, fields_of, row_digest
from hub.integrations.opensid.rows import CitizenRow
from hub.kernel.nik import Nik

ALIVE = {"base_status": "ALIVE", "hamlet": "SATU", "occupation": "FARMER"}


def test_everyone_stands_in_exactly_one_list() -> None:
    existing = dict.fromkeys(("same", "changed", "missing", "moved", "left", "died"), ALIVE)
    incoming: dict[str, Fields] = {
        "new": ALIVE,
        "same": {"base_status": "ALIVE", "occupation": None},
        "changed": {"occupation": "TEACHER", "hamlet": "DUA"},
        "moved": {"base_status": "MOVED"},
        "left": {"base_status": "LEFT"},
        "died": {"base_status": "DEAD", "occupation": "TEACHER"},
    }

    status = ("base_status", "ALIVE")
    assert compare(existing, incoming) == Changes(
        new=("new",),
        changed={
            "changed": (
                FieldChange("occupation", "FARMER", "TEACHER", protected=False),
                FieldChange("hamlet", "SATU", "DUA", protected=True),
            )
        },
        missing=("missing",),
        moved={
            "moved": (FieldChange(*status, "MOVED", protected=True),),
            "left": (FieldChange(*status, "LEFT", protected=True),),
        },
        died={
            "died": (
                FieldChange(*status, "DEAD", protected=True),
                FieldChange("occupation", "FARMER", "TEACHER", protected=False),
            )
        },
        same=("same",),
    )


def test_the_dead_do_not_die_again_nor_do_they_move() -> None:
    dead = {"a": {"base_status": "DEAD"}}

    assert compare(dead, {"a": {"base_status": "DEAD"}}).same == ("a",)
    assert list(compare(dead, {"a": {"base_status": "MOVED"}}).changed) == ["a"]


def test_alive_is_what_an_empty_base_status_means() -> None:
    assert compare({"a": {"base_status": None}}, {"a": {"base_status": "ALIVE"}}).same == ("a",)


def test_equal_rows_have_equal_digests_under_one_key() -> None:
    row = CitizenRow(nik=Nik("6301014507900001"), full_name="Contoh", birth_date=date(1990, 7, 5))
    again = CitizenRow(**fields_of(row))  # type: ignore[arg-type]  # the fields come from a row
    other = CitizenRow(nik=Nik("6301014507900002"), full_name="Contoh", birth_date=date(1990, 7, 5))
    elsewhere = CitizenRow(nik=Nik("6301014507900001"), father_name="Contoh", birth_date=date(1990, 7, 5))

    digest = row_digest(row, key=b"k")

    assert len(digest) == 32
    assert row_digest(again, key=b"k") == digest
    assert digest not in {row_digest(changed, key=b"k") for changed in (other, elsewhere)}
    assert row_digest(row, key=b"l") != digest
