"""Numbers of persons in rows: sealed for their place, found by blind index, shown as four digits."""

from datetime import UTC, date, datetime

import pytest

from hub.domains.citizens import vault
from hub.domains.citizens.model import Citizen, Household
from hub.kernel import keyring
from hub.kernel.ids import new_id
from hub.kernel.keyring import KeyRing, Purpose, Undecipherable
from hub.kernel.nik import KkNumber, Nik

NOW = datetime(2026, 11, 21, tzinfo=UTC)
BORN = date(1990, 5, 17)
HIS = Nik("6399011705900001")
HERS = Nik("6399015705900002")


@pytest.fixture
def keys() -> KeyRing:
    """A ring of one version."""
    return keyring.fresh(now=NOW)


def person() -> Citizen:
    """A row without numbers."""
    return Citizen(
        tenant_id=7,
        village_id=new_id(),
        household_id=new_id(),
        full_name="Drs. H. Muhammad Nur Aini, S.Pd.",
        sort_key="",
        nik_status="",
        sex="MALE",
        family_relation="HEAD",
        base_status="ALIVE",
    )


def test_a_sealed_nik_opens_again_and_shows_four_digits(keys: KeyRing) -> None:
    citizen = person()

    vault.seal_nik(keys, citizen, HIS, birth_date=BORN, sex="MALE")

    assert vault.open_nik(keys, citizen) == HIS
    assert (citizen.nik_prefix, citizen.nik_status) == ("6399", "WELL_FORMED")
    assert HIS.digits.encode() not in (citizen.nik_sealed or HIS.digits.encode())


@pytest.mark.parametrize(
    ("nik", "born", "sex", "status"),
    [
        (HIS, BORN, "MALE", "WELL_FORMED"),
        (HIS, None, "MALE", "WELL_FORMED"),
        (HERS, BORN, "FEMALE", "WELL_FORMED"),
        (HIS, date(1990, 5, 18), "MALE", "WARNING"),
        (HIS, BORN, "FEMALE", "WARNING"),
        (Nik("6399011713900001"), BORN, "MALE", "WARNING"),
        (Nik("0399011705900001"), BORN, "MALE", "TEMPORARY"),
        (Nik("0" * 16), BORN, "MALE", "UNKNOWN"),
        (None, BORN, "MALE", "UNKNOWN"),
    ],
)
def test_what_is_known_of_a_nik(keys: KeyRing, nik: Nik | None, born: date | None, sex: str, status: str) -> None:
    citizen = person()

    vault.seal_nik(keys, citizen, nik, birth_date=born, sex=sex)

    assert citizen.nik_status == status


def test_no_nik_empties_all_columns(keys: KeyRing) -> None:
    citizen = person()
    vault.seal_nik(keys, citizen, HIS, birth_date=BORN, sex="MALE")

    vault.seal_nik(keys, citizen, None, birth_date=BORN, sex="MALE")

    assert (citizen.nik_sealed, citizen.nik_bidx, citizen.nik_prefix) == (None, None, None)
    assert vault.open_nik(keys, citizen) is None


def test_a_sealed_number_does_not_open_in_another_row_or_column(keys: KeyRing) -> None:
    citizen, other = person(), person()
    vault.seal_nik(keys, citizen, HIS, birth_date=BORN, sex="MALE")

    other.nik_sealed, citizen.father_nik_sealed = citizen.nik_sealed, citizen.nik_sealed

    with pytest.raises(Undecipherable):
        vault.open_nik(keys, other)
    with pytest.raises(Undecipherable):
        vault.open_father_nik(keys, citizen)


def test_parents_and_phone_open_again(keys: KeyRing) -> None:
    citizen = person()

    vault.seal_parents(keys, citizen, father=HIS, mother=HERS)
    vault.seal_phone(keys, citizen, "+6281200000001")

    assert (vault.open_father_nik(keys, citizen), vault.open_mother_nik(keys, citizen)) == (HIS, HERS)
    assert (citizen.father_nik_prefix, citizen.mother_nik_prefix) == ("6399", "6399")
    assert vault.open_phone(keys, citizen) == "+6281200000001"
    assert citizen.phone_bidx == vault.phone_blinds(keys, "+6281200000001", tenant=7)[0]


def test_a_family_card_number_is_found_by_its_blind_index(keys: KeyRing) -> None:
    home = Household(tenant_id=7, village_id=new_id(), kk_sealed=b"", kk_bidx=b"", kk_prefix="")
    number = KkNumber("6399010101000001")

    vault.seal_kk(keys, home, number)

    assert vault.open_kk(keys, home) == number
    assert (home.kk_prefix, home.kk_bidx) == ("6399", vault.blinds_of(keys, number, tenant=7)[0])


def test_equal_digits_of_a_nik_and_a_card_have_different_indexes(keys: KeyRing) -> None:
    assert vault.blinds_of(keys, HIS, tenant=7) != vault.blinds_of(keys, KkNumber(HIS.digits), tenant=7)


def test_a_row_of_an_older_key_is_still_found(keys: KeyRing) -> None:
    citizen = person()
    vault.seal_nik(keys, citizen, HIS, birth_date=BORN, sex="MALE")

    newer = keys.rotated(Purpose.INDEX, now=NOW)

    blinds = vault.blinds_of(newer, HIS, tenant=7)
    assert len(blinds) == 2
    assert blinds[1] == citizen.nik_bidx


def test_tokens_of_a_name_carry_the_rows_place() -> None:
    citizen = person()

    tokens = vault.name_tokens(citizen)

    assert [row.token for row in tokens] == ["AINI", "MUHAMAD", "MUHAMADNUR", "NUR", "NURAINI"]
    assert [row.initial for row in tokens] == ["A", "M", "M", "N", "N"]
    assert [row.covered for row in tokens] == [0, 0, 7, 0, 3]
    assert {row.heard for row in tokens} == {" AINI MUHAMAD MUHAMADNUR NUR NURAINI "}
    assert {(row.tenant_id, row.citizen_id, row.village_id, row.sort_key) for row in tokens} == {
        (7, citizen.id, citizen.village_id, citizen.sort_key)
    }
