"""Region codes, from text to family tree."""

import pytest

from hub.kernel.region_code import RegionCode, RegionKind, RegionLevel


@pytest.mark.parametrize(
    ("text", "dotted", "level", "kind"),
    [
        ("63", "63", RegionLevel.PROVINCE, RegionKind.PROVINCE),
        ("6301", "63.01", RegionLevel.REGENCY, RegionKind.REGENCY),
        ("63.71", "63.71", RegionLevel.REGENCY, RegionKind.CITY),
        ("630101", "63.01.01", RegionLevel.KECAMATAN, RegionKind.KECAMATAN),
        (" 6301012009 ", "63.01.01.2009", RegionLevel.VILLAGE, RegionKind.VILLAGE),
        ("63.01.03.1001", "63.01.03.1001", RegionLevel.VILLAGE, RegionKind.URBAN_VILLAGE),
        ("91.05.01.3001", "91.05.01.3001", RegionLevel.VILLAGE, RegionKind.ADAT_VILLAGE),
    ],
)
def test_both_spellings_are_read(text: str, dotted: str, level: RegionLevel, kind: RegionKind) -> None:
    code = RegionCode.parse(text)

    assert code is not None
    assert (str(code), code.level, code.kind) == (dotted, level, kind)


@pytest.mark.parametrize("text", ["", "6", "630", "63.1", "63.01.01.4001", "63.01.012009", "03.01", "63.01.", "６３"])
def test_what_is_no_code_is_none(text: str) -> None:
    assert RegionCode.parse(text) is None


def test_a_village_knows_its_forebears() -> None:
    village = RegionCode("63.01.01.2009")

    assert [str(code) for code in village.lineage] == ["63", "63.01", "63.01.01", "63.01.01.2009"]
    assert village.parent == RegionCode("63.01.01")
    assert RegionCode("63").parent is None
    assert village.plain == "6301012009"


def test_a_code_lies_within_its_forebears_and_itself_only() -> None:
    kecamatan = RegionCode("63.01.01")

    assert kecamatan.within(RegionCode("63"))
    assert kecamatan.within(kecamatan)
    assert not RegionCode("63.01.011").within(kecamatan)
    assert not RegionCode("63").within(kecamatan)
