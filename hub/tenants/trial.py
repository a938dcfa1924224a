"""A scope for trying things at the command line: that of a grant which nobody has."""

from collections.abc import Sequence
from uuid import UUID

from hub.kernel.errors import BadInput
from hub.kernel.scope import Scope, TenantRef, Zone
from hub.tenants.grants import AT_THE_AGENCY, MOST_TENANTS, OVERSEERS
from hub.tenants.model import Tenant, TenantKind
from hub.tenants.permissions import ROLES, STANDINGS, Role, Target

_WIDE = frozenset({Target.REGION, Target.PLATFORM})


class OneKecamatan(BadInput):
    """{role} reads one kecamatan; {given} names {found}."""

    code = "ONE_KECAMATAN"
    hint = "Name one with --tenant, by its whole code; `hub tenant list` shows them."


def reach(tenants: Sequence[Tenant], role: Role, code: str | None) -> tuple[TenantRef, ...]:
    """The kecamatan that a grant of this role would read: of a code, or of a region's code for who reads several.

    A Disdukcapil and an agency's officer read in their agency's own tenant.
    """
    wanted = code or ""
    if role in AT_THE_AGENCY:
        agencies = [each for each in tenants if each.kind == TenantKind.AGENCY and wanted in ("", each.code)]
        return tuple(TenantRef(each.id, each.code, Zone(each.zone)) for each in agencies[:1])
    found = [
        TenantRef(each.id, each.code, Zone(each.zone))
        for each in tenants
        if each.kind == TenantKind.KECAMATAN and (not wanted or each.code == wanted or _inside(each.code, wanted, role))
    ]
    if STANDINGS[role].targets & _WIDE:
        return tuple(found[:MOST_TENANTS])
    if len(found) != 1:
        raise OneKecamatan(role=role.value, given=code or "-", found=len(found))
    return tuple(found)


def _inside(code: str, region: str, role: Role) -> bool:
    return bool(STANDINGS[role].targets & _WIDE) and code.startswith(f"{region}.")


def scope(
    role: Role, tenants: tuple[TenantRef, ...], *, village: UUID | None, organization: UUID | None, lang: str
) -> Scope:
    """The scope of a grant of this role, on one village or one organization where the role is given on such."""
    targets = STANDINGS[role].targets
    return Scope(
        STANDINGS[role].reader,
        role.value,
        frozenset(ROLES[role]),
        tenants,
        villages=(village,) if village and Target.VILLAGE in targets else (),
        party=organization if Target.ORGANIZATION in targets else None,
        region=tenants[0].code.partition("/")[0] if role is Role.DUKCAPIL_OPERATOR and tenants else None,
        oversees=tenants[0].code.rpartition(".")[0] if role in OVERSEERS and tenants else None,
        request_id="hub plan",
        lang=lang,
    )
