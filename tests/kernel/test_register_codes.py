"""The code lists: complete, stable, found by number and by any of their spellings."""

import pytest

from hub.kernel.register_codes import CODE_LISTS, BaseStatus, FamilyRelation, Occupation, Sex, by_label, by_number, fold

SIZES = {
    "sex": 2,
    "religion": 7,
    "education": 10,
    "schooling": 18,
    "occupation": 89,
    "marital_status": 4,
    "family_relation": 11,
    "citizenship": 3,
    "blood_type": 13,
    "disability": 7,
    "contraception": 8,
    "pregnant": 2,
    "ektp_status": 2,
    "ktp_recording_status": 8,
    "base_status": 6,
    "health_insurance": 5,
    "chronic_illness": 14,
    "population_event": 6,
    "move_scope": 4,
    "household_role": 2,
    "residency_status": 2,
    "family_welfare": 5,
    "ktp_status": 8,
    "literacy": 6,
    "village_document": 3,
}


def test_the_lists_are_complete() -> None:
    assert {name: len(entry.codes) for name, entry in CODE_LISTS.items()} == SIZES
    assert sum(SIZES.values()) == 245


def test_names_and_numbers_do_not_change() -> None:
    assert list(Sex) == ["MALE", "FEMALE"]
    assert list(BaseStatus) == ["ALIVE", "DEAD", "MOVED", "MISSING", "LEFT", "INVALID"]
    assert [status.number for status in BaseStatus] == [1, 2, 3, 4, 6, 9]
    assert list(FamilyRelation)[:4] == ["HEAD", "HUSBAND", "WIFE", "CHILD"]
    assert (Occupation.FARMER.number, Occupation.FARMER.label_id) == (9, "Petani/pekebun")


def test_every_value_is_found_by_its_number_and_each_of_its_labels() -> None:
    for name, entry in CODE_LISTS.items():
        for member, code in zip(entry.enum, entry.codes, strict=True):
            assert (member.name, member.value, str(member)) == (code.name, code.name, code.name)
            assert by_number(name, code.number) == code
            for spelling in (code.name, code.opensid_label, code.label_id, code.label_en):
                assert by_label(name, spelling) == code, (name, spelling)


def test_labels_of_one_list_do_not_collide() -> None:
    for entry in CODE_LISTS.values():
        assert len({fold(code.opensid_label) for code in entry.codes}) == len(entry.codes)
        assert len({code.number for code in entry.codes}) == len(entry.codes)
        assert len({code.label_id for code in entry.codes}) == len(entry.codes)


@pytest.mark.parametrize(
    ("field", "text", "name"),
    [
        ("sex", "lk", "MALE"),
        ("sex", " Pr ", "FEMALE"),
        ("education", "slta/sederajat", "UPPER_SECONDARY"),
        ("education", "DIPLOMA IV/ STRATA I", "BACHELOR"),
        ("education", "STRATA II", "MASTER"),
        ("education", "Strata-II", "MASTER"),
        ("schooling", "SEDANG  S-1/SEDERAJAT", "IN_BACHELOR"),
        ("marital_status", "CM", "WIDOWED"),
        ("base_status", "pindah luar negeri", "MOVED"),
        ("blood_type", "Tdk Th", "UNKNOWN"),
    ],
)
def test_the_spellings_villages_write_are_known(field: str, text: str, name: str) -> None:
    code = by_label(field, text)

    assert code is not None
    assert code.name == name


def test_what_is_in_no_list_is_none() -> None:
    assert by_number("base_status", 5) is None
    assert by_label("sex", "X") is None
