"""/meja/undang: invite a person to work here, give them another address for it, or take it back.

The address is shown once.
"""

from starlette.responses import Response

from hub.pages.desk import DESK, Desk, at_desk, carried_out, told
from hub.pages.forms import NOTHING, Tried, given, tried
from hub.pages.frame import label
from hub.pages.visiting import Visit
from hub.tenants.permissions import HANDS_OUT, STANDINGS, Permission, Role, Target

PAGE = f"{DESK}/undang"
_FIELDS = {
    "name": "nama",
    "signInName": "masuk",
    "role": "peran",
    "reason": "dasar",
    "village": "desa",
    "organization": "mitra",
    "endsOn": "sampai",
}
_MACHINES = frozenset({Role.FRONT_END, Role.INTEGRATION, Role.VILLAGE_SYNC})


async def form(visit: Visit) -> Response:
    """The two forms."""
    return await _shown(await _desk(visit), NOTHING)


async def invite(visit: Visit) -> Response:
    """Invite; the answer is the page itself, for what it tells is told once."""
    desk = await _desk(visit)
    role = visit.form.get("peran", "")
    needed = {"name": "", "signInName": "", "reason": "", "role": role if role in Role.__members__ else "CITIZEN"}
    values = needed | given(visit.form, **{name: field for name, field in _FIELDS.items() if name != "role"})
    payload = await told(desk, "meja-invite", values)
    if errors := payload["userErrors"]:
        return await _shown(desk, tried("undang", visit.form, errors, _FIELDS))
    return await _shown(desk, NOTHING, address=payload["url"], until=payload["expiresAt"])


async def renew(visit: Visit) -> Response:
    """Another address for somebody who has not joined yet."""
    desk = await _desk(visit)
    payload = await told(desk, "meja-renew", {"signInName": visit.form.get("masuk", "")})
    if errors := payload["userErrors"]:
        return await _shown(desk, tried("ganti", visit.form, errors, _FIELDS))
    return await _shown(desk, NOTHING, address=payload["url"], until=payload["expiresAt"])


async def revoke(visit: Visit) -> Response:
    """Take an invitation back, and to the list again."""
    desk = await _desk(visit)
    payload = await carried_out(desk, "meja-revoke", {"signInName": visit.form.get("masuk", "")})
    if errors := payload["userErrors"]:
        return await _shown(desk, tried("tarik", visit.form, errors, {}))
    return visit.go(PAGE)


async def _desk(visit: Visit) -> Desk:
    return await at_desk(visit, needs=Permission.MANAGE_GRANTS)


async def _shown(desk: Desk, refused: Tried, **told_once: str) -> Response:
    data = await desk.ask.ask("meja-people")
    mine, invited = Role(data["viewer"]["role"]), data["signInInvitations"]
    roles = [role for role in Role if role in HANDS_OUT.get(mine, ()) and role not in _MACHINES]
    inside = {Target.TENANT, Target.VILLAGE, Target.ORGANIZATION}
    visit = desk.visit
    address = told_once.get("address")
    here = f"{visit.request.url.scheme}://{visit.request.headers.get('host', '')}"
    return desk.page(
        "meja_people.html",
        data,
        refused.status if refused.form else 200,
        tried=refused,
        roles=[(role.value, label(visit, role)) for role in roles if STANDINGS[role].targets & inside],
        places=[(each["id"], each["name"]) for each in data["villages"]["nodes"]],
        partners=[(each["id"], each["name"]) for each in data["partnerOrganizations"]["nodes"]],
        invited=[{**each, "role": label(visit, Role(each["role"])) if each["role"] else ""} for each in invited],
        address=f"{here}{address}" if address else None,
        until=told_once.get("until"),
    )
