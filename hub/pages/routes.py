"""Where the pages are."""

from starlette.routing import BaseRoute, Route

from hub.pages import issuers, shell, signing_in
from hub.pages.laporan import district, keys, own, papers
from hub.pages.meja import routes as meja
from hub.pages.suara import routes as suara
from hub.pages.visiting import HOME, ROLES, SIGN_IN, visited
from hub.wiring import Hub


def routes(hub: Hub) -> list[BaseRoute]:
    """All pages over a wired hub."""
    both, by_get, by_post = ["GET", "POST"], ["GET"], ["POST"]
    pages = (
        (SIGN_IN, signing_in.sign_in, both),
        (signing_in.CODE, signing_in.show_code, both),
        (signing_in.ENROL, signing_in.enrol, both),
        (ROLES, signing_in.choose_grant, both),
        (issuers.BACK, signing_in.come_back, by_get),
        ("/masuk/penyedia/{issuer:uuid}", issuers.go_there, by_get),
        ("/undangan/{token}", signing_in.invitation, both),
        ("/undangan/{token}/penyedia/{issuer:uuid}", issuers.go_there, by_get),
        (HOME, signing_in.sessions, both),
        ("/sesi/pengguna", signing_in.end_for, by_post),
        ("/keluar", signing_in.sign_out, by_post),
        *district.ROUTES,
        *papers.ROUTES,
        *keys.ROUTES,
        *own.ROUTES,
    )
    found: list[BaseRoute] = [Route(path, visited(hub, handler), methods=methods) for path, handler, methods in pages]
    return [*found, *meja.routes(hub), *suara.routes(hub), Route(shell.STYLE, shell.send_style, methods=by_get)]
