"""The sixteen-digit numbers: parsed, masked, doubted, never rejected for what they say."""

from datetime import date

import pytest

from hub.kernel.nik import KkNumber, Nik, NikWarning, mask
from hub.kernel.region_code import RegionCode
from hub.kernel.register_codes import Sex

TAKISUNG = RegionCode("63.01.01")


@pytest.mark.parametrize("text", ["6301014507900001", "'63.01.01 450790-0001", "6301\u200b014507900001"])
def test_a_nik_is_the_sixteen_digits_of_a_text(text: str) -> None:
    assert Nik.parse(text) == Nik("6301014507900001")


@pytest.mark.parametrize("text", ["", "0", "630101450790001", "63010145079000011", "٦٣٠١٠١٤٥٠٧٩٠٠٠٠١"])
def test_fewer_or_more_digits_are_no_nik(text: str) -> None:
    assert Nik.parse(text) is None


def test_numbers_print_masked_whatever_prints_them() -> None:
    nik, kk = Nik("6301014507900001"), KkNumber("6301011203140005")

    assert f"{nik} {kk}" == "6301............ 6301............"
    assert repr([nik, kk]) == "[Nik(6301............), KkNumber(6301............)]"
    assert nik.digits == "6301014507900001"
    assert mask("63") == "63.............."


@pytest.mark.parametrize(
    ("digits", "birth_date", "sex", "expected"),
    [
        ("6301014507900001", date(1990, 7, 5), Sex.FEMALE, ()),
        ("6301010507900001", date(1990, 7, 5), Sex.MALE, ()),
        ("6301012902000001", date(2000, 2, 29), Sex.MALE, ()),
        ("6301014507900001", None, None, ()),
        ("6301014507900001", date(1991, 7, 5), Sex.MALE, (NikWarning.BIRTH_DATE, NikWarning.SEX)),
        ("6402014507900001", date(1990, 7, 5), Sex.FEMALE, (NikWarning.REGION,)),
        ("6301013202900001", date(1990, 2, 1), Sex.MALE, (NikWarning.MALFORMED,)),
        ("6301014507900000", date(1990, 7, 5), Sex.FEMALE, (NikWarning.MALFORMED,)),
        ("0630101200900001", date(1990, 7, 5), Sex.FEMALE, (NikWarning.TEMPORARY,)),
    ],
)
def test_disagreement_is_a_warning(
    digits: str, birth_date: date | None, sex: Sex | None, expected: tuple[NikWarning, ...]
) -> None:
    assert Nik(digits).warnings(birth_date=birth_date, sex=sex, kecamatan=TAKISUNG) == expected
