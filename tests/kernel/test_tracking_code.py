"""Tracking codes: what typing makes of them, and what it never gets past the check character."""

import pytest

from hub.kernel import tracking_code
from hub.kernel.tracking_code import ALPHABET, TrackingCode, fresh, parse

TENANTS = (0, 1, 7, 30, 31, 12_345, 31**6 - 1)


@pytest.mark.parametrize("tenant", TENANTS)
def test_a_code_tells_its_tenant_and_reads_as_it_was_written(tenant: int) -> None:
    code = fresh(tenant)

    assert code.tenant == tenant
    assert parse(code.text) == code


@pytest.mark.parametrize(
    "spell", [str.lower, lambda text: text.replace("-", ""), lambda text: f" {text} ".replace("-", " ")]
)
def test_case_and_dashes_do_not_matter(spell: object) -> None:
    code = fresh(7)

    assert callable(spell)
    assert parse(spell(code.text)) == code


@pytest.mark.parametrize("tenant", TENANTS)
def test_every_single_wrong_character_is_caught(tenant: int) -> None:
    plain = fresh(tenant).text.replace("-", "")
    wrong = [
        plain[:at] + other + plain[at + 1 :] for at in range(len(plain)) for other in ALPHABET if other != plain[at]
    ]

    assert [each for each in wrong if parse(each) is not None] == []
    assert len(wrong) == len(plain) * 30


@pytest.mark.parametrize("tenant", TENANTS)
def test_every_two_neighbours_exchanged_are_caught(tenant: int) -> None:
    for _ in range(20):
        plain = fresh(tenant).text.replace("-", "")
        exchanged = [
            plain[:at] + plain[at + 1] + plain[at] + plain[at + 2 :]
            for at in range(len(plain) - 1)
            if plain[at] != plain[at + 1]
        ]
        assert [each for each in exchanged if parse(each) is not None] == []


def test_no_two_characters_look_alike() -> None:
    assert len(ALPHABET) == len(set(ALPHABET)) == 31
    assert set("01ILO") & set(ALPHABET) == set()


def test_two_codes_differ() -> None:
    assert len({fresh(3).text for _ in range(1_000)}) == 1_000


@pytest.mark.parametrize(
    "text", ["", "-", "3-ABCDE", "0-ABCDE-FGHJK2", "３-ABCDE-FGHJK2", "2" * 200, "3-ABCDE-FGHJKM\x00"]
)
def test_what_is_no_code_is_none(text: str) -> None:
    assert parse(text) is None


def test_a_tenant_with_idle_digits_before_it_is_no_code() -> None:
    drawn = "22" + "ABCDEFGHJK"
    text = drawn + tracking_code._check(drawn)  # a code whose check is right and whose tenant is 02

    assert parse(text) is None
    assert parse(text[1:]) == TrackingCode(0, f"2-ABCDE-FGHJK{text[-1]}")
