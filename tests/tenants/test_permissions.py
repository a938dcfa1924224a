"""The whole matrix as a literal: a change of rights is seen in review, line by line."""

import pytest

from hub.kernel.scope import Reader
from hub.tenants.permissions import (
    ABOUT,
    HANDS_OUT,
    ROLE_WORDS,
    ROLES,
    STANDINGS,
    Permission,
    Role,
    Target,
    grantable,
    hands_out,
    permissions_of,
    roles_with,
    within,
)

MATRIX = """
01 ANONYMOUS
02 FRONT_END
03 CITIZEN
04 PARTNER_ORG
05 COMPANION
06 VILLAGE_OFFICER
07 VILLAGE_HEAD
08 KEC_COUNTER
09 KEC_SECTION_HEAD
10 KEC_SECRETARY
11 CAMAT
12 DUKCAPIL_OPERATOR
13 AGENCY_OFFICER
14 AGENCY_ANALYST
15 DISTRICT_HEAD
16 PROVINCE_ANALYST
17 INTEGRATION
18 VILLAGE_SYNC
19 PLATFORM_ADMIN

                      01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18 19
READ_PUBLISHED         x  x  x  x  x  x  x  x  x  x  x  x  x  x  x  x  x  .  x
READ_AGGREGATES        .  .  .  .  .  .  .  .  x  x  x  x  .  x  x  x  .  .  .
READ_REGISTER          .  .  .  .  .  x  x  x  x  x  x  .  .  .  .  .  x  .  .
READ_OWN_RECORD        .  .  x  .  .  .  .  .  .  .  .  .  .  .  .  .  .  .  .
SEE_IDENTITY           .  .  x  .  .  x  x  x  x  x  x  .  .  .  .  .  .  .  .
SEE_CONTACTS           .  .  .  .  .  x  x  x  x  x  x  .  .  .  .  .  .  .  .
SEE_SENSITIVE          .  .  .  .  .  .  x  .  x  x  x  .  .  .  .  .  .  .  .
REVEAL_NIK             .  .  .  .  .  .  .  x  x  x  x  .  .  .  .  .  .  .  .
CONFIRM_NIK            .  .  .  .  .  x  x  x  x  x  x  x  .  .  .  .  x  .  .
WRITE_REGISTER         .  .  .  .  .  x  x  .  x  x  x  .  .  .  .  .  x  .  .
RECORD_EVENT           .  .  .  .  .  x  x  .  x  x  x  .  .  .  .  .  x  .  .
RECORD_DOCUMENT        .  .  .  .  .  x  x  x  x  x  x  .  .  .  .  .  x  .  .
READ_VULNERABLE        .  .  .  .  .  x  x  .  x  x  x  .  .  .  .  .  .  .  .
PROPOSE_VULNERABLE     .  .  .  .  .  x  x  .  x  x  x  .  .  .  .  .  .  .  .
VERIFY_VULNERABLE      .  .  .  .  .  .  .  .  x  x  x  .  .  .  .  .  .  .  .
IMPORT_REGISTER        .  .  .  .  .  .  .  .  x  x  x  .  .  .  .  .  x  .  .
PUSH_REGISTER          .  .  .  .  .  .  .  .  .  .  .  .  .  .  .  .  .  x  .
EXPORT_REGISTER        .  .  .  .  .  .  .  .  .  x  x  .  .  .  .  .  .  .  .
DECIDE_TWINS           .  .  .  .  .  .  .  .  .  .  x  x  .  .  .  .  .  .  .
AGREE_ON_DATA          .  .  .  .  .  .  .  .  .  .  x  .  .  .  .  .  .  .  .
READ_OFFICIALS         .  .  .  .  .  x  x  x  x  x  x  .  .  .  .  .  x  .  .
WRITE_OFFICIAL         .  .  .  .  .  .  x  .  x  x  x  .  .  .  .  .  .  .  .
WRITE_PROFILE          .  .  .  .  .  .  .  .  .  x  x  .  .  .  .  .  .  .  .
WRITE_VILLAGE          .  .  .  .  .  x  x  .  x  x  x  .  .  .  .  .  .  .  .
WRITE_PARTNER          .  .  .  .  .  .  .  .  x  x  x  .  .  .  .  .  .  .  .
WRITE_CODE_LIST        .  .  .  .  .  .  .  .  .  x  x  .  .  .  .  .  .  .  .
READ_COMMITMENT        .  .  .  .  .  x  x  x  x  x  x  .  .  .  .  .  x  .  .
READ_OWN_COMMITMENT    .  .  .  x  .  .  .  .  .  .  .  .  .  x  x  .  .  .  .
WRITE_COMMITMENT       .  .  .  .  .  .  x  .  x  x  x  .  .  .  .  .  .  .  .
REPORT_COMMITMENT      .  .  .  x  .  x  x  .  x  x  x  .  .  .  .  .  .  .  .
SIGN_COMMITMENT        .  .  .  x  .  .  x  .  .  .  x  .  .  .  .  .  .  .  .
REVOKE_COMMITMENT      .  .  .  .  .  .  .  .  .  .  x  .  .  .  .  .  .  .  .
SEE_BUDGET             .  .  .  .  .  x  x  .  x  x  x  .  .  .  x  .  .  .  .
WRITE_PLAN             .  .  .  .  .  .  .  .  x  x  x  .  .  .  .  .  .  .  .
REVIEW_PLAN            .  .  .  .  .  .  .  .  .  x  x  .  .  .  .  .  .  .  .
SIGN_PLAN              .  .  .  .  .  .  .  .  .  .  x  .  .  .  .  .  .  .  .
WRITE_ANNOUNCEMENT     .  .  .  .  .  .  .  x  x  x  x  .  .  .  .  .  .  .  .
PUBLISH_ANNOUNCEMENT   .  .  .  .  .  .  .  .  x  x  x  .  .  .  .  .  .  .  .
RELAY_ANNOUNCEMENT     .  .  .  x  .  x  x  x  x  x  x  .  .  .  .  .  .  .  .
ANSWER_SURVEY          x  x  x  x  x  x  x  x  x  x  x  .  .  .  .  .  .  .  .
READ_SURVEY            .  .  .  .  .  .  .  x  x  x  x  .  .  .  .  .  .  .  .
WRITE_SURVEY           .  .  .  .  .  .  .  .  x  x  x  .  .  .  .  .  .  .  .
SUBMIT_FEEDBACK        .  x  .  x  x  x  x  x  x  x  x  .  .  .  .  .  .  .  .
READ_FEEDBACK          .  .  .  .  .  x  x  x  x  x  x  .  .  .  .  .  .  .  .
READ_OWN_FEEDBACK      .  .  .  x  .  .  .  .  .  .  .  .  .  .  .  .  .  .  .
RESPOND_FEEDBACK       .  .  .  .  .  x  x  x  x  x  x  .  .  .  .  .  .  .  .
HANDLE_FEEDBACK        .  .  .  .  .  .  .  x  x  x  x  .  .  .  .  .  .  .  .
SEE_RAISER             .  .  .  .  .  .  .  x  .  x  x  .  .  .  .  .  .  .  .
WRITE_ANSWER_TEMPLATE  .  .  .  .  .  .  .  .  x  x  x  .  .  .  .  .  .  .  .
WRITE_CALENDAR         .  .  .  .  .  .  .  .  .  x  x  .  .  .  .  .  .  .  .
HANDLE_ASSIGNMENT      .  .  .  .  .  .  .  .  .  .  .  .  x  .  .  .  .  .  .
READ_FILE              .  .  .  .  .  x  x  x  x  x  x  .  .  .  .  .  x  .  .
WRITE_FILE             .  .  .  .  .  x  x  x  x  x  x  .  .  .  .  .  x  .  .
READ_REPORTS           .  .  .  .  .  x  x  x  x  x  x  .  .  .  .  .  x  .  .
CONFIRM_REPORTS        .  .  .  .  .  .  .  .  .  x  x  .  .  .  .  .  .  .  .
READ_CHANGES           .  .  .  x  .  x  x  x  x  x  x  .  x  .  .  .  x  .  .
READ_JOURNAL           .  .  .  .  .  .  .  .  .  x  x  .  .  x  .  .  .  .  .
READ_USAGE             .  .  .  .  .  .  .  .  .  x  x  .  .  .  .  .  .  .  x
MANAGE_GRANTS          .  .  .  .  .  .  .  .  .  x  x  .  .  .  .  .  .  .  x
RECOVER_SIGN_IN        .  .  .  .  .  .  .  .  x  x  x  .  .  .  .  .  .  .  .
MANAGE_KEYS            .  .  .  .  .  .  .  .  .  x  x  .  .  x  .  .  .  .  x
MANAGE_WEBHOOKS        .  .  .  .  .  .  .  .  .  x  x  .  x  .  .  .  .  .  .
MANAGE_TENANTS         .  .  .  .  .  .  .  .  .  .  .  .  .  .  .  .  .  .  x
"""

# reader, targets
STANDING = {
    "ANONYMOUS": ("hub_outside", "NONE"),
    "FRONT_END": ("hub_outside", "AGENCY TENANT"),
    "CITIZEN": ("hub_outside", "TENANT"),
    "PARTNER_ORG": ("hub_outside", "ORGANIZATION"),
    "COMPANION": ("hub_outside", "TENANT VILLAGE"),
    "VILLAGE_OFFICER": ("hub_api", "VILLAGE"),
    "VILLAGE_HEAD": ("hub_api", "VILLAGE"),
    "KEC_COUNTER": ("hub_api", "TENANT"),
    "KEC_SECTION_HEAD": ("hub_api", "TENANT"),
    "KEC_SECRETARY": ("hub_api", "TENANT"),
    "CAMAT": ("hub_api", "TENANT"),
    "DUKCAPIL_OPERATOR": ("hub_outside", "AGENCY REGION"),
    "AGENCY_OFFICER": ("hub_api", "AGENCY"),
    "AGENCY_ANALYST": ("hub_outside", "AGENCY REGION"),
    "DISTRICT_HEAD": ("hub_outside", "REGION"),
    "PROVINCE_ANALYST": ("hub_outside", "REGION"),
    "INTEGRATION": ("hub_api", "TENANT VILLAGE"),
    "VILLAGE_SYNC": ("hub_api", "VILLAGE"),
    "PLATFORM_ADMIN": ("hub_outside", "PLATFORM"),
}


def as_table() -> str:
    """The matrix of the code in the shape of the literal above."""
    number = {role: f"{place:02d}" for place, role in enumerate(Role, start=1)}
    width = max(len(permission) for permission in Permission)
    lines = [f"{number[role]} {role}" for role in Role]
    lines += ["", " ".join([" " * width, *number.values()])]
    for permission in Permission:
        marks = [" x" if permission in ROLES[role] else " ." for role in Role]
        lines.append(" ".join([permission.ljust(width), *marks]))
    return "\n" + "\n".join(lines) + "\n"


def test_the_matrix_is_exactly_this() -> None:
    assert as_table() == MATRIX


def test_every_role_reads_as_this_database_role_and_is_granted_on_these_targets() -> None:
    found = {
        role.value: (standing.reader.value, " ".join(sorted(standing.targets))) for role, standing in STANDINGS.items()
    }

    assert found == STANDING


def test_every_role_and_permission_has_english_and_indonesian_words() -> None:
    assert set(ABOUT) == set(Permission)
    assert set(ROLE_WORDS) == set(ROLES) == set(STANDINGS) == set(Role)
    for words in [*ABOUT.values(), *ROLE_WORDS.values()]:
        assert words.en.endswith(".")
        assert "\n" not in words.en
        assert words.id
        assert not words.id.endswith(".")
    labels = [words.id for words in ABOUT.values()]
    assert len(set(labels)) == len(labels)


def test_every_permission_is_held_by_someone() -> None:
    assert [p for p in Permission if not roles_with(p)] == []


def test_only_readers_of_the_kecamatan_may_search_or_change_the_register() -> None:
    register = {
        Permission.READ_REGISTER,
        Permission.WRITE_REGISTER,
        Permission.IMPORT_REGISTER,
        Permission.EXPORT_REGISTER,
        Permission.REVEAL_NIK,
        Permission.SEE_SENSITIVE,
        Permission.SEE_CONTACTS,
    }

    outside = [role for role in Role if STANDINGS[role].reader is not Reader.API]

    assert [role for role in outside if ROLES[role] & register] == []


def test_who_reveals_a_nik_also_reads_the_register() -> None:
    revealing = roles_with(Permission.REVEAL_NIK)

    assert revealing == (
        Role.KEC_COUNTER,
        Role.KEC_SECTION_HEAD,
        Role.KEC_SECRETARY,
        Role.CAMAT,
    )
    assert all(Permission.READ_REGISTER in permissions_of(role) for role in revealing)


def test_grants_fit_their_targets() -> None:
    assert grantable(Role.VILLAGE_HEAD, Target.VILLAGE)
    assert not grantable(Role.VILLAGE_HEAD, Target.TENANT)
    assert not grantable(Role.CAMAT, Target.REGION)
    assert [role for role in Role if grantable(role, Target.NONE)] == [Role.ANONYMOUS]


def test_a_narrowed_grant_never_has_more_than_its_role() -> None:
    wanted = frozenset({Permission.READ_COMMITMENT, Permission.REVEAL_NIK})

    assert within(Role.INTEGRATION, wanted) == {Permission.READ_COMMITMENT}
    assert within(Role.INTEGRATION, None) == ROLES[Role.INTEGRATION]
    assert within(Role.INTEGRATION, frozenset()) == frozenset()


@pytest.mark.parametrize(
    ("giver", "given", "allowed"),
    [
        (Role.CAMAT, Role.KEC_SECRETARY, True),
        (Role.CAMAT, Role.CAMAT, False),
        (Role.KEC_SECRETARY, Role.INTEGRATION, True),
        (Role.KEC_SECRETARY, Role.CAMAT, False),
        (Role.KEC_SECRETARY, Role.PLATFORM_ADMIN, False),
        (Role.PLATFORM_ADMIN, Role.CAMAT, True),
        (Role.PLATFORM_ADMIN, Role.INTEGRATION, False),
        (Role.PLATFORM_ADMIN, Role.VILLAGE_SYNC, False),
        (Role.KEC_SECRETARY, Role.VILLAGE_SYNC, True),
        (Role.AGENCY_ANALYST, Role.FRONT_END, True),
        (Role.AGENCY_ANALYST, Role.INTEGRATION, False),
        (Role.VILLAGE_HEAD, Role.VILLAGE_OFFICER, False),
        (Role.ANONYMOUS, Role.FRONT_END, False),
    ],
)
def test_roles_are_handed_out_downwards_only(giver: Role, given: Role, allowed: bool) -> None:
    assert hands_out(giver, given) is allowed


def test_who_hands_out_roles_may_manage_grants_or_keys() -> None:
    managing = {Permission.MANAGE_GRANTS, Permission.MANAGE_KEYS}

    assert [role for role in HANDS_OUT if not ROLES[role] & managing] == []
