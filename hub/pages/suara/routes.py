"""Where the pages of /suara are."""

from starlette.routing import BaseRoute, Route

from hub.pages.suara import attaching, common, following, queueing, speaking
from hub.pages.visiting import Handler, Room, visited
from hub.wiring import Hub


def routes(hub: Hub) -> list[BaseRoute]:
    """All of them; the one by id comes last."""
    both, by_get, by_post = ["GET", "POST"], ["GET"], ["POST"]
    pages: tuple[tuple[str, Handler, list[str], Room], ...] = (
        (common.HOME, speaking.home, by_get, common.ROOM),
        (common.NEW, speaking.write, both, common.ROOM),
        (common.QUEUE, queueing.told(queueing.who), by_get, queueing.ROOM),
        (common.QUEUE, queueing.told(queueing.take), by_post, queueing.ROOM),
        (common.OFFLINE, queueing.offline, by_get, common.ROOM),
        (common.FOLLOW, following.follow, both, common.ROOM),
        (common.SEND, following.choose, by_get, common.ROOM),
        (f"{common.SEND}/{{code}}", following.send, both, common.ROOM),
    )
    found: list[BaseRoute] = [
        Route(path, visited(hub, handler, room), methods=methods) for path, handler, methods, room in pages
    ]
    found += [Route(common.SCRIPT, common.send_script), Route(common.WORKER, common.send_worker)]
    sent = visited(hub, attaching.attach, streams=True)
    found.append(Route(f"{common.HOME}/{{id}}/{attaching.PLACE}", sent, methods=by_post))
    return [*found, Route(f"{common.HOME}/{{id}}", visited(hub, speaking.one, common.ROOM), methods=both)]
