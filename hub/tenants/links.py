"""Links that carry their right in the text: the scope of whoever asked for one, as it is today."""

import hashlib
import re

import orjson

from hub.kernel.clock import Clock
from hub.kernel.errors import Unauthenticated
from hub.kernel.scope import Reader, Scope
from hub.store.pools import Pools
from hub.store.unit import available
from hub.tenants.grants import read_grant
from hub.tenants.model import TenantStatus

_TOKEN = re.compile(r"([1-9][0-9]{0,8})\.[A-Za-z0-9_-]{43}", re.ASCII)
_FIND = "select hub_find_file_link($1, $2)"


async def scope_of(pools: Pools, clock: Clock, token: str, *, request_id: str, lang: str) -> Scope | None:
    """The scope of a link's grant; None where there is no such link, or its grant or tenant is over."""
    parsed = _TOKEN.fullmatch(token)
    if parsed is None:
        return None
    digest = hashlib.sha256(token.encode()).digest()
    with available():
        text = await pools.of(Reader.OUTSIDE).fetchval(_FIND, int(parsed[1]), digest)
    if text is None:
        return None
    grant = read_grant(orjson.loads(text)["grant"])
    try:
        grant.check(clock())
    except Unauthenticated:
        return None
    if grant.tenant_status is not TenantStatus.ACTIVE:
        return None
    return grant.scope(request_id=request_id, lang=lang)
