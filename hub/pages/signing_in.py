"""The pages of signing in: /masuk, the code, the choice of a grant, an invitation, /sesi, /keluar."""

from collections.abc import Mapping, Sequence
from urllib.parse import quote
from uuid import UUID, uuid4

from starlette.responses import Response

from hub.domains.accounts import codes, entering, passphrases, tokens
from hub.domains.accounts.errors import FormMalformed, SessionOver, SignInRefused
from hub.domains.accounts.model import Stage
from hub.kernel.errors import BadInput, HubError, Unauthenticated
from hub.kernel.scope import Reader, TenantRef
from hub.pages import issuers
from hub.pages.frame import frame, label
from hub.pages.visiting import HOME, ROLES, SIGN_IN, Visit, shown
from hub.store.unit import connected
from hub.tenants.gate import TenantUnknown
from hub.tenants.grants import GrantFacts, NoGrant
from hub.tenants.model import TenantStatus
from hub.tenants.permissions import ROLES as RIGHTS
from hub.tenants.permissions import Permission
from hub.tenants.sessions import SessionFacts

CODE, ENROL = "/masuk/kode", "/masuk/pasang"
_OK, _REFUSED = 200, 401
_CODE_LENGTH = 40  # characters of a kecamatan's code
_NOBODYS = 0  # the number of no tenant
_FIRST: Sequence[tuple[Permission, str]] = (  # the page that somebody sees first: the first that they work with
    (Permission.RESPOND_FEEDBACK, "/meja"),
    (Permission.READ_OWN_FEEDBACK, "/suara"),
    (Permission.READ_AGGREGATES, "/laporan"),
)


# By name and passphrase


async def sign_in(visit: Visit) -> Response:
    """The form, and what comes of it. A wrong name and a wrong passphrase are answered alike, after the same work."""
    if visit.request.method != "POST":
        return await _form(visit, visit.request.query_params.get("kecamatan", ""), "")
    code, name = visit.form.get("kecamatan", "").strip()[:_CODE_LENGTH], visit.form.get("nama", "")
    try:
        visit.fresh = await _half_way(visit, code, name, visit.form.get("sandi", ""))
    except SignInRefused as refusal:
        return await _form(visit, code, name, refusal)
    return visit.go(_with_onward(CODE, visit.onward()))


async def _half_way(visit: Visit, code: str, name: str, passphrase: str) -> str:
    given = name.strip().lower()[:_CODE_LENGTH]
    await visit.throttle(code, given)
    tenant = await _tenant(visit, code)
    async with connected(visit.hub.pools.of(Reader.WORKER)) as worker:
        found = await entering.known(worker, tenant.id if tenant else _NOBODYS, given)
    right = await visit.hub.passphrases.right(found.passphrase, passphrase)
    if not right or found.id is None or tenant is None:
        raise SignInRefused
    async with visit.acting(tenant) as unit:
        return await entering.half_way(unit, found.id, agent=visit.agent)


async def _tenant(visit: Visit, code: str) -> TenantRef | None:
    try:
        found, _, status = await visit.hub.gate.tenant(code)
    except TenantUnknown:
        return None
    return found if status is TenantStatus.ACTIVE else None


async def _form(visit: Visit, code: str, name: str, refusal: HubError | None = None) -> Response:
    tenant = await _tenant(visit, code) if code else None
    services = await issuers.offered(visit.hub, tenant) if tenant else []
    error = shown(visit, refusal) if refusal else None
    onward = visit.onward()
    status = refusal.status if refusal else _OK
    return visit.page(
        "sign_in.html", status, code=code, name=name, error=error, onward=onward, services=services, quote=quote
    )


async def show_code(visit: Visit) -> Response:
    """The six digits, after the passphrase."""
    session = await visit.session(Stage.CODE)
    if visit.request.method != "POST":
        return visit.page("code.html", session=session, error=None, onward=visit.onward())
    await visit.throttle(session.tenant.code, session.sign_in_name)
    try:
        async with visit.acting(session.tenant, session) as unit:
            keys = visit.hub.services.keys
            token = await entering.show_code(unit, keys, session, visit.form.get("kode", ""), agent=visit.agent)
    except Unauthenticated as refusal:
        return visit.page(
            "code.html", refusal.status, session=session, error=shown(visit, refusal), onward=visit.onward()
        )
    return await entered(visit, token)


async def come_back(visit: Visit) -> Response:
    """From an issuer: signed in, or refused."""
    token, onward = await issuers.came_back(visit)
    response = await entered(visit, token, onward)
    issuers.forget_way(visit, response)
    return response


async def entered(visit: Visit, token: str, onward: str | None = None) -> Response:
    """Signed in: on to the page that was wanted; where there are several grants, by way of the choice."""
    _forget(visit)
    visit.fresh = visit.token = token
    session = await visit.session()
    usable = session.usable(visit.hub.engine.clock())
    onward = onward or visit.onward()
    if len(usable) != 1:
        return visit.go(_with_onward(ROLES, onward))
    await _choose(visit, session, usable[0])
    return visit.go(_first(usable[0], onward))


# The grant to work under


async def choose_grant(visit: Visit) -> Response:
    """One of several grants; the token changes with it."""
    session = await visit.session()
    usable = session.usable(visit.hub.engine.clock())
    if visit.request.method == "POST":
        wanted = visit.form.get("peran", "")
        chosen = next((grant for grant in usable if str(grant.id) == wanted), None)
        if chosen is None:
            raise NoGrant
        await _choose(visit, session, chosen)
        return visit.go(_first(chosen, visit.onward()))
    grants = [(str(grant.id), role_name(visit, grant), grant.reason) for grant in usable]
    status = _OK if grants else NoGrant.status
    return visit.page("roles.html", status, session=session, grants=grants, onward=visit.onward())


async def _choose(visit: Visit, session: SessionFacts, grant: GrantFacts) -> None:
    async with visit.acting(session.tenant, session) as unit:
        token = await entering.choose(unit, session, grant.id)
    _forget(visit)
    visit.fresh = visit.token = token


def role_name(visit: Visit, grant: GrantFacts) -> str:
    """A grant's role for people."""
    return label(visit, grant.role)


# By invitation


async def invitation(visit: Visit) -> Response:
    """The first step of whoever was invited, or is helped back: a passphrase of their own."""
    token = visit.request.path_params["token"]
    await visit.throttle("", None)
    found = await entering.welcome(visit.hub.pools, token, visit.hub.engine.clock())
    if visit.request.method != "POST":
        return await _invited(visit, found)
    try:
        first, second = visit.form.get("sandi", ""), visit.form.get("sandi_lagi", "")
        passphrase = passphrases.checked(first, second, found.sign_in_name, found.name, found.tenant_name)
    except BadInput as refusal:
        return await _invited(visit, found, refusal)
    hashed = await visit.hub.passphrases.hash(passphrase)
    async with visit.acting(found.tenant) as unit:
        visit.fresh = await entering.begin(unit, visit.hub.services.keys, found, hashed, agent=visit.agent)
    return visit.go(ENROL)


async def _invited(visit: Visit, found: entering.Welcome, refusal: HubError | None = None) -> Response:
    services = await issuers.offered(visit.hub, found.tenant)
    status = refusal.status if refusal else _OK
    error = shown(visit, refusal) if refusal else None
    path = visit.request.url.path
    return visit.page(
        "invitation.html",
        status,
        found=found,
        error=error,
        services=services,
        path=path,
        least=passphrases.LEAST,
    )


async def enrol(visit: Visit) -> Response:
    """The second step: the secret goes into an app, and the app's first code comes back."""
    session = await visit.session(Stage.ENROL)
    error, keys = None, visit.hub.services.keys
    if visit.request.method == "POST":
        await visit.throttle(session.tenant.code, session.sign_in_name)
        try:
            async with visit.acting(session.tenant, session) as unit:
                token = await entering.complete(unit, keys, session, visit.form.get("kode", ""), agent=visit.agent)
            return await entered(visit, token)
        except Unauthenticated as refusal:
            if isinstance(refusal, SessionOver):
                raise
            error = shown(visit, refusal)
    async with visit.acting(session.tenant, session) as unit:
        secret = await entering.secret_of(unit, keys, session.account_id)
    address = codes.address(secret, f"{session.sign_in_name}@{session.tenant.code}")
    return visit.page(
        "enrol.html",
        _REFUSED if error else _OK,
        session=session,
        error=error,
        picture=codes.picture(address),
        address=address,
        secret=" ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
    )


# Sessions


async def sessions(visit: Visit) -> Response:
    """Where I am signed in; any of it can be ended. Who manages grants can sign others out, through the graph."""
    session = await visit.session()
    if visit.request.method == "POST":
        return await _end(visit, session)
    return await _listed(visit, session)


async def _listed(
    visit: Visit, session: SessionFacts, error: Mapping[str, str] | None = None, done: str | None = None
) -> Response:
    ask = await visit.asking(session)
    viewer = (await ask.ask("shell"))["viewer"]
    async with visit.acting(session.tenant, session) as unit:
        rows = await entering.open_sessions(unit, session.account_id)
    return visit.page(
        "sessions.html",
        _OK if error is None else BadInput.status,
        **frame(visit, session, viewer),
        rows=rows,
        error=error,
        done=done,
    )


async def _end(visit: Visit, session: SessionFacts) -> Response:
    which = visit.form.get("akhiri", "")
    try:
        only = None if which == "lain" else UUID(which)
    except ValueError:
        raise FormMalformed from None
    if only == session.id:
        return await sign_out(visit)
    async with visit.acting(session.tenant, session) as unit:
        ended = await entering.end(unit, session, only)
    for digest in ended:
        visit.hub.sessions.forget(digest)
    return visit.go(HOME)


async def end_for(visit: Visit) -> Response:
    """Sign somebody else out, by the mutation that everybody else uses too."""
    session = await visit.session()
    ask = await visit.asking(session)
    given = {"signInName": visit.form.get("nama", ""), "idempotencyKey": visit.form.get("kunci") or str(uuid4())}
    payload = (await ask.ask("end-sessions", {"input": given}))["endSessions"]
    visit.hub.sessions.clear()
    errors = payload["userErrors"]
    if errors:
        first = errors[0]
        error = {"code": first["code"], "sentence": first["message"], "advice": first["hint"]}
        return await _listed(visit, session, error=error)
    return await _listed(visit, session, done=given["signInName"])


async def sign_out(visit: Visit) -> Response:
    """End this session; the cookie goes with it."""
    session = await visit.session()
    async with visit.acting(session.tenant, session) as unit:
        await entering.end(unit, session, session.id)
    _forget(visit)
    visit.fresh = ""
    return visit.go(SIGN_IN)


def _forget(visit: Visit) -> None:
    visit.hub.sessions.forget(tokens.digest_of(visit.token))


def _first(grant: GrantFacts, onward: str) -> str:
    if onward:
        return onward
    return next((page for permission, page in _FIRST if permission in RIGHTS[grant.role]), HOME)


def _with_onward(path: str, onward: str) -> str:
    return f"{path}?lanjut={quote(onward)}" if onward else path
