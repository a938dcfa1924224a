"""Scopes for trying things: what a grant of the role would read, never more."""

from uuid import UUID

import pytest

from hub.kernel.scope import Zone
from hub.tenants import trial
from hub.tenants.model import Tenant, TenantKind
from hub.tenants.permissions import ROLES, STANDINGS, Role

VILLAGE, ORGANIZATION = UUID(int=1), UUID(int=2)


def tenant(number: int, code: str, kind: TenantKind = TenantKind.KECAMATAN) -> Tenant:
    return Tenant(id=number, kind=kind.value, code=code, name=code, zone=Zone.WITA.value)


TENANTS = [
    tenant(1, "63.01.01"),
    tenant(2, "63.01.02"),
    tenant(3, "63.11.02"),
    tenant(4, "63.11/DUKCAPIL", TenantKind.AGENCY),
]


@pytest.mark.parametrize(
    ("role", "code", "expected"),
    [
        (Role.CAMAT, "63.01.01", ["63.01.01"]),
        (Role.DISTRICT_HEAD, "63.01", ["63.01.01", "63.01.02"]),
        (Role.AGENCY_ANALYST, "63", ["63.01.01", "63.01.02", "63.11.02"]),
        (Role.PROVINCE_ANALYST, None, ["63.01.01", "63.01.02", "63.11.02"]),
        (Role.DISTRICT_HEAD, "6", []),
        (Role.DUKCAPIL_OPERATOR, "63.11/DUKCAPIL", ["63.11/DUKCAPIL"]),
        (Role.DUKCAPIL_OPERATOR, "63.11.02", []),
    ],
)
def test_a_role_reaches_its_kecamatan(role: Role, code: str | None, expected: list[str]) -> None:
    assert [each.code for each in trial.reach(TENANTS, role, code)] == expected


@pytest.mark.parametrize("code", [None, "63.01", "63.11/DUKCAPIL", "99.99.99"])
def test_who_reads_one_kecamatan_names_one(code: str | None) -> None:
    with pytest.raises(trial.OneKecamatan):
        trial.reach(TENANTS, Role.VILLAGE_HEAD, code)


def test_no_more_than_a_grant_reads() -> None:
    many = [tenant(number, f"63.01.{number}") for number in range(10, 90)]
    assert len(trial.reach(many, Role.DISTRICT_HEAD, "63")) == 64


@pytest.mark.parametrize("role", Role)
def test_a_scope_has_the_roles_own_reader_rights_and_target(role: Role) -> None:
    found = trial.scope(role, (), village=VILLAGE, organization=ORGANIZATION, lang="en")
    assert (found.reader, found.permissions) == (STANDINGS[role].reader, ROLES[role])
    on_villages = {Role.VILLAGE_HEAD, Role.VILLAGE_OFFICER, Role.COMPANION, Role.INTEGRATION, Role.VILLAGE_SYNC}
    assert found.villages == ((VILLAGE,) if role in on_villages else ())
    assert found.party == (ORGANIZATION if role is Role.PARTNER_ORG else None)
    assert found.region is None


def test_a_disdukcapil_decides_for_the_region_of_its_agency() -> None:
    tenants = trial.reach(TENANTS, Role.DUKCAPIL_OPERATOR, None)
    found = trial.scope(Role.DUKCAPIL_OPERATOR, tenants, village=None, organization=None, lang="en")
    assert (found.tenants, found.region) == (tenants, "63.11")
