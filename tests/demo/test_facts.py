"""Profiles and commitments: the figures and dates the programme papers give."""

from datetime import date, time

from hub.demo.facts import ServiceHours, commitments, kecamatan_profiles, partners
from hub.demo.villages import villages


def test_takisung_has_its_figures_of_2018() -> None:
    takisung = kecamatan_profiles()[0]

    assert (takisung.year, takisung.area_km2, takisung.village_count) == (2018, 343.00, 12)
    assert (takisung.population, takisung.household_count) == (31_020, 9_379)
    assert (takisung.house_count, takisung.houses_with_permit) == (9_187, 127)
    assert (takisung.civil_servant_count, takisung.new_village_heads) == (22, 7)
    assert (takisung.farthest_village_km, takisung.motorcycles, takisung.cars) == (20.0, 4, 1)
    assert len(takisung.topography) == 6


def test_leuwiliang_answers_on_whatsapp_in_office_hours() -> None:
    leuwiliang = kecamatan_profiles()[2]

    assert leuwiliang.timezone == "Asia/Jakarta"
    assert leuwiliang.service_hours == (ServiceHours("WHATSAPP", (1, 2, 3, 4, 5), time(7, 30), time(15, 0)),)


def test_what_no_source_tells_stays_unknown() -> None:
    assert [profile.population for profile in kecamatan_profiles()] == [31_020, None, None]


def test_five_village_heads_signed_where_four_were_planned() -> None:
    heads = commitments()[1]

    assert (heads.key, heads.signed_on, heads.planned_signatories) == ("C1", date(2018, 4, 17), 4)
    assert [villages()[party.ref].name for party in heads.parties] == [
        "Takisung",
        "Sumber Makmur",
        "Gunung Makmur",
        "Benua Lawas",
        "Batilai",
    ]


def test_karang_taruna_is_the_one_that_never_signed() -> None:
    charter = commitments()[2]

    assert [party.ref for party in charter.parties if party.signed_on is None] == ["karang-taruna"]
    assert sum(party.signed_on is not None for party in charter.parties) == 8
    assert {partner.key for partner in partners()} == {"pkk", "pramuka", "knpi", "karang-taruna"}


def test_the_service_pledge_is_signed_by_the_secretary() -> None:
    [party] = commitments()[0].parties

    assert party.position.en == "Secretary of the kecamatan"
    assert len(commitments()[0].clauses) == 4
