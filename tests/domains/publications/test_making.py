"""What a publication leaves for the next one to start from."""

from dataclasses import replace

from hub.domains.publications.making import Made, Member, make, outcomes_of
from hub.domains.reports.assembling import Given
from hub.domains.reports.protecting import figure_key, whole_place
from tests.domains.reports.test_protecting import KTP, R07, kecamatan

REGION = "63.11"
TOTAL = figure_key(R07, "held", REGION, KTP)
WHOLE = figure_key(R07, "held", whole_place(REGION), KTP)


def made(*given: Given) -> Made:
    """R-07 of these kecamatan, published for the first time."""
    members = [Member(each.tenant.code, each.name, True, {"R-07": each}, 1) for each in given]
    return make(REGION, "Balangan", members, {})


def test_both_totals_are_kept_where_they_were_told_as_one() -> None:
    shown = outcomes_of(made(kecamatan(1, [(70, 10, 100)]), kecamatan(2, [(50, 20, 90)])).shown)
    assert (shown[TOTAL].last, shown[WHOLE].last) == (120, 120)


def test_the_total_without_what_is_partial_is_kept_by_itself() -> None:
    partial = kecamatan(2, [(50, 20, 90)])
    partial = replace(partial, villages={partial.places[0].id: (False, None)})
    shown = outcomes_of(made(kecamatan(1, [(70, 10, 100)]), partial).shown)
    assert (shown[TOTAL].last, shown[WHOLE].last) == (120, 70)


def test_what_is_only_implied_is_kept_too_and_small_figures_as_hidden() -> None:
    implied = ("R-07", "not held or unknown", "63.11.01.2001", *KTP)
    large = outcomes_of(made(kecamatan(1, [(70, 10, 100), (60, 20, 100)])).shown)
    small = outcomes_of(made(kecamatan(1, [(87, 10, 100), (60, 20, 100)])).shown)
    assert [(each[implied].value, each[implied].last) for each in (large, small)] == [(20, 20), (None, None)]
