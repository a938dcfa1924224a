"""Where the pages of the desk are."""

from starlette.routing import BaseRoute, Route

from hub.pages.desk import DESK
from hub.pages.meja import importing, item, people, queue, templates
from hub.pages.visiting import visited
from hub.wiring import Hub


def routes(hub: Hub) -> list[BaseRoute]:
    """All of them; the named ones stand before those of one feedback."""
    by_get, by_post = ["GET"], ["POST"]
    pages = (
        (DESK, queue.queue, by_get),
        (templates.PAGE, templates.listed, by_get),
        (templates.PAGE, templates.write, by_post),
        (f"{templates.PAGE}/akhiri", templates.end, by_post),
        (people.PAGE, people.form, by_get),
        (people.PAGE, people.invite, by_post),
        (f"{people.PAGE}/ganti", people.renew, by_post),
        (f"{people.PAGE}/tarik", people.revoke, by_post),
        (importing.PAGE, importing.begin, by_get),
        (f"{importing.PAGE}/{{impor}}", importing.one, by_get),
        (f"{importing.PAGE}/{{impor}}/tulis", importing.confirm, by_post),
        (f"{importing.PAGE}/{{impor}}/batal", importing.undo, by_post),
        (f"{importing.PAGE}/{{impor}}/berkas", importing.fetch, by_post),
        (f"{DESK}/{{laporan}}", item.item, by_get),
        (f"{DESK}/{{laporan}}/{{langkah}}", item.take, by_post),
    )
    sent = Route(importing.PAGE, visited(hub, importing.begin, streams=True), methods=by_post)
    return [sent, *(Route(path, visited(hub, handler), methods=methods) for path, handler, methods in pages)]
