"""What is told about villages: the figures that are real, and the reach of the network."""

from collections import Counter

from hub.demo.village_facts import village_facts
from hub.demo.villages import HALONG, TAKISUNG


def test_takisung_reaches_twenty_kilometres() -> None:
    distances = [fact.distance_km for fact in village_facts() if fact.code.startswith(TAKISUNG)]

    assert len(distances) == 12
    assert max(distances) == 20.0


def test_seven_heads_of_takisung_came_in_2017() -> None:
    new = [f.name for f in village_facts() if f.code.startswith(TAKISUNG) and f.head_is_new]

    assert new == [
        "Benua Lawas",
        "Tabanio",
        "Kuala Tambangan",
        "Takisung",
        "Benua Tengah",
        "Pagatan Besar",
        "Batilai",
    ]


def test_the_printed_names_of_the_seeds_are_aliases() -> None:
    aliases = {fact.code: fact.aliases for fact in village_facts() if fact.aliases}

    assert aliases["63.01.01.2004"] == ("Taksiang",)
    assert aliases["63.01.01.2001"] == ("Banua Lawas",)


def test_half_of_halong_has_a_weak_network_or_none() -> None:
    found = Counter(f.connectivity for f in village_facts() if f.code.startswith(HALONG))

    assert found == {"GOOD": 11, "WEAK": 8, "NONE": 5}


def test_every_village_has_a_head_a_secretary_and_a_head_per_hamlet() -> None:
    for fact in village_facts():
        positions = Counter(official.position for official in fact.officials)

        assert positions["HEAD"] == positions["SECRETARY"] == 1
        assert positions["HAMLET_HEAD"] == len(fact.hamlets)
        assert fact.officials[0].name == fact.head_name
