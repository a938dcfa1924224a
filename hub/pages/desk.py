"""The desk of an official: who sits at it, their way to the graph, and the pages that are laid on it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import uuid4

from starlette.responses import Response

from hub.kernel import ids
from hub.kernel.errors import Forbidden, NotFound
from hub.pages.asking import Ask
from hub.pages.forms import form_key
from hub.pages.frame import frame
from hub.pages.visiting import Visit
from hub.pages.words import day, word, words
from hub.tenants.permissions import Permission
from hub.tenants.sessions import SessionFacts

DESK = "/meja"


@dataclass(slots=True)
class Desk:
    """An official's visit."""

    visit: Visit
    session: SessionFacts
    ask: Ask

    @property
    def today(self) -> date:
        """The day where the office is."""
        return self.visit.hub.engine.clock().today(self.session.tenant.zone)

    def page(self, template: str, data: Mapping[str, Any], status: int = 200, **values: object) -> Response:
        """A page over what the graph has told; `viewer` must be among it."""
        return self.visit.page(
            template,
            status,
            **frame(self.visit, self.session, data["viewer"]),
            word=partial(word, self.visit.lang),
            words=partial(words, self.visit.lang),
            day=day,
            when=datetime.fromisoformat,
            key=lambda: str(uuid4()),  # one for each form
            **{name: value for name, value in data.items() if name != "viewer"},
            **values,
        )


async def at_desk(visit: Visit, *, needs: Permission = Permission.READ_FEEDBACK) -> Desk:
    """The desk of whoever is signed in; Forbidden without the right."""
    session = await visit.session()
    ask = await visit.asking(session)
    if not ask.entry.scope.may(needs):
        raise Forbidden
    return Desk(visit, session, ask)


async def carried_out(desk: Desk, operation: str, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a mutation answers. The form's own key goes with it: a form that is sent twice acts once."""
    return await told(desk, operation, {**given, "idempotencyKey": form_key(desk.visit.form)})


async def told(desk: Desk, operation: str, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a disclosure answers; it has no key."""
    answered: Mapping[str, Any] = (await desk.ask.ask(operation, {"input": given}))["done"]
    return answered


def in_address(visit: Visit, name: str, type_name: str) -> str:
    """The global id in the page's address; NotFound where it is none of this type."""
    text: str = visit.request.path_params[name]
    if not names(text, type_name):
        raise NotFound
    return text


def names(text: str, type_name: str) -> bool:
    """Whether a text is a global id of this type."""
    found = ids.decode(text)
    return found is not None and found.type_name == type_name
