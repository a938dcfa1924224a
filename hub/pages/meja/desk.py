"""What the pages of the desk share: who sits at it, words and days for people, how a refusal comes back to a form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from markupsafe import Markup
from starlette.responses import Response

from hub.domains.accounts.model import InvitationState
from hub.domains.feedback.model import (
    AffectedService,
    DispositionState,
    FeedbackChannel,
    FeedbackKind,
    FeedbackSector,
    FeedbackState,
    SubmitterKind,
)
from hub.domains.imports.model import ImportState, RowAction
from hub.kernel import ids
from hub.kernel.errors import Forbidden, NotFound
from hub.kernel.texts import say
from hub.kernel.words import Word
from hub.pages.asking import Ask
from hub.pages.frame import frame
from hub.pages.visiting import Visit
from hub.tenants.permissions import Permission
from hub.tenants.sessions import SessionFacts

DESK = "/meja"
CONFLICT, REFUSED = 409, 422
CONFLICTS = frozenset({"STALE_VERSION", "FEEDBACK_STEP_CLOSED", "DISPOSITION_OVER"})
WORDS: Mapping[str, type[Word]] = {
    "service": AffectedService,
    "disposition": DispositionState,
    "channel": FeedbackChannel,
    "kind": FeedbackKind,
    "sector": FeedbackSector,
    "state": FeedbackState,
    "submitter": SubmitterKind,
    "import": ImportState,
    "invitation": InvitationState,
    "row": RowAction,
}


@dataclass(frozen=True, slots=True)
class Tried:
    """A form that was refused: which, what stood in it, and what is wrong, by field and of the whole."""

    form: str
    values: Mapping[str, str]
    faults: Mapping[str, str] = field(default_factory=dict)
    general: Sequence[Mapping[str, str]] = ()
    conflict: bool = False

    @property
    def status(self) -> int:
        """The page's status."""
        return CONFLICT if self.conflict else REFUSED

    def fault(self, form: str, name: str) -> str:
        """What is wrong with a field of a form; nothing: an empty text."""
        return self.faults.get(name, "") if form == self.form else ""

    def first(self, form: str, name: str) -> bool:
        """Whether the field is where the focus belongs."""
        return form == self.form and next(iter(self.faults), None) == name

    def value(self, form: str, name: str, otherwise: object = "") -> str:
        """What was written into a field, else what stands there at first."""
        if form == self.form:
            return self.values.get(name, "")
        return "" if otherwise is None else str(otherwise)


NOTHING = Tried("", {})


@dataclass(slots=True)
class Desk:
    """A visit of somebody who works with feedback, and their way to the graph."""

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


def form_key(form: Mapping[str, str]) -> str:
    """The key that the form carries; one of its own for a form that has lost it."""
    try:
        return str(UUID(form.get("kunci", "")))
    except ValueError:
        return str(uuid4())


def tried(
    form: str, values: Mapping[str, str], errors: Sequence[Mapping[str, Any]], fields: Mapping[str, str]
) -> Tried:
    """What a form is told: an error beside its field where the field is known, else above the form."""
    faults: dict[str, str] = {}
    general: list[Mapping[str, str]] = []
    for each in errors:
        name = next((fields[step] for step in each["path"] if step in fields), None)
        if name is not None and name not in faults:
            faults[name] = f"{each['message']} {each['hint']}".strip()
        else:
            general.append({"sentence": each["message"], "advice": each["hint"]})
    conflict = any(each["code"] in CONFLICTS for each in errors)
    return Tried(form, values, faults, () if conflict else general, conflict)


def given(form: Mapping[str, str], **names: str) -> dict[str, str]:
    """Fields of an input from those of a form, without what was left empty."""
    return {field: form[name].strip() for field, name in names.items() if form.get(name, "").strip()}


def file_asked(form: Mapping[str, str]) -> dict[str, str]:
    """Which file is to be opened, and what for."""
    return {"file": form.get("berkas", ""), "purpose": form.get("keperluan", "")}


def version(form: Mapping[str, str], name: str = "versi") -> dict[str, int]:
    """The version that the form was made of."""
    found = form.get(name, "")
    return {"expectedVersion": int(found)} if found.isascii() and found.isdigit() and len(found) < 10 else {}  # noqa: PLR2004  # fits an Int


def word(lang: str, vocabulary: str, code: str | None) -> str:
    """A code of a vocabulary for people."""
    return "" if code is None else dict(words(lang, vocabulary)).get(code, code)


def words(lang: str, vocabulary: str) -> list[tuple[str, str]]:
    """The codes of a vocabulary with their labels."""
    found = WORDS[vocabulary]
    return [(each.value, each.label_en if lang == "en" else each.label_id) for each in found]


def known(vocabulary: str, code: str | None) -> str | None:
    """The code, where there is such a one."""
    return code if code in WORDS[vocabulary].__members__ else None


def day(text: str | None) -> Markup:
    """A day for people."""
    if text is None:
        return Markup("")
    found = date.fromisoformat(text)
    return Markup('<time datetime="{}">{}</time>').format(text, f"{found:%d-%m-%Y}")


def until(lang: str, due: str, today: date, *, overdue: bool) -> str:
    """How long there is, in words: colour alone would not be read by everybody."""
    days = (date.fromisoformat(due) - today).days
    if overdue:
        return say("Overdue by {days} days", lang, days=-days)
    return say("Due today", lang) if days == 0 else say("{days} days left", lang, days=days)
