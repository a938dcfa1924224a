"""/meja/{id}: one feedback whole, what became of it, and what may be done with it now.

Which step is open is said by the graph (`allowedActions`); a form is a mutation's input, and what is refused comes back
beside its fields with what was typed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from starlette.responses import Response

from hub.domains.answer_templates import places
from hub.domains.feedback.policy import FeedbackAction
from hub.kernel.errors import NotFound
from hub.kernel.texts import say
from hub.pages.desk import DESK, Desk, at_desk, carried_out, in_address, names, told
from hub.pages.forms import NOTHING, Tried, file_asked, given, tried, version
from hub.pages.meja.queue import SECTIONS
from hub.pages.visiting import Visit
from hub.pages.words import WORDS, until, word
from hub.schema.given import OneOfNeeded
from hub.tenants.permissions import Permission

Form = Mapping[str, str]
SHOWN = 700  # characters of an instruction; the graph has the rest


@dataclass(frozen=True, slots=True)
class Deed:
    """A form of the page: the operation it sends, the input it makes, and where an input's fields stand in it."""

    operation: str
    input: Callable[[str, Form], dict[str, Any]]
    fields: Mapping[str, str]
    action: FeedbackAction | None = None


def _triage(key: str, form: Form) -> dict[str, Any]:
    severity = form.get("tingkat", "")
    services = [each for each in WORDS["service"].__members__ if form.get(f"layanan_{each}")]
    made: dict[str, Any] = {"feedback": key, **version(form), **given(form, kind="jenis", sector="bidang")}
    if severity.isascii() and severity.isdigit():
        made["severity"] = int(severity[:1])
    if form.get("desa"):
        made["villages"] = [form["desa"]]
    return made | {"affectedServices": services}


def _assign(key: str, form: Form) -> dict[str, Any]:
    return {"feedback": key, **version(form), **given(form, section="seksi", village="desa", instruction="isi")}


def _escalate(key: str, form: Form) -> dict[str, Any]:
    found = given(form, agency="dinas", instruction="isi")
    return {"feedback": key, "agency": "", **version(form), **found}


def _answer(key: str, form: Form) -> dict[str, Any]:
    public = form.get("publik") == "1"
    return {"feedback": key, **version(form), "text": form.get("jawaban", ""), "public": public}


def _close(key: str, form: Form) -> dict[str, Any]:
    return {"feedback": key, **version(form), **given(form, reason="alasan")}


def _reject(key: str, form: Form) -> dict[str, Any]:
    return {"feedback": key, **version(form), "reason": form.get("alasan", "")}


def _duplicate(key: str, form: Form) -> dict[str, Any]:
    return _reject(key, form) | {"duplicateOf": form.get("asal", "")}


def _publish(_key: str, form: Form) -> dict[str, Any]:
    return {"answer": form.get("tanggapan", ""), "summary": form.get("ringkasan", "")}


def _acknowledge(_key: str, form: Form) -> dict[str, Any]:
    return {"disposition": form.get("disposisi", ""), **version(form)}


def _return(key: str, form: Form) -> dict[str, Any]:
    return _acknowledge(key, form) | {"reason": form.get("alasan", "")}


_A = FeedbackAction
_TO = {"section": "seksi", "village": "desa", "instruction": "isi"}
DEEDS: Mapping[str, Deed] = {
    "jawab": Deed("meja-answer", _answer, {"text": "jawaban", "public": "publik"}, _A.ANSWER),
    "telaah": Deed(
        "meja-triage",
        _triage,
        {"kind": "jenis", "sector": "bidang", "severity": "tingkat", "villages": "desa"},
        _A.TRIAGE,
    ),
    "disposisi": Deed("meja-assign", _assign, _TO, _A.ASSIGN),
    "teruskan": Deed("meja-escalate", _escalate, {"agency": "dinas", "instruction": "isi"}, _A.ESCALATE),
    "tutup": Deed("meja-close", _close, {"reason": "alasan"}, _A.CLOSE),
    "tolak": Deed("meja-reject", _reject, {"reason": "alasan"}, _A.REJECT),
    "ganda": Deed("meja-duplicate", _duplicate, {"duplicateOf": "asal", "reason": "alasan"}, _A.MARK_DUPLICATE),
    "publikasi": Deed("meja-publish", _publish, {"answer": "tanggapan", "summary": "ringkasan"}, _A.PUBLISH_ANSWER),
    "terima": Deed("meja-acknowledge", _acknowledge, {}),
    "kembalikan": Deed("meja-return", _return, {"reason": "alasan"}),
}


async def item(visit: Visit) -> Response:
    """One feedback."""
    desk = await at_desk(visit)
    done = visit.request.query_params.get("selesai", "")
    return await _shown(desk, _key(visit), done=done if done in DEEDS else "")


async def take(visit: Visit) -> Response:
    """A step; refused, the page comes back with what was typed."""
    desk, key, name = await at_desk(visit), _key(visit), visit.request.path_params["langkah"]
    if name == "templat":
        return await _filled(desk, key)
    if name == "kontak":
        return await _contact(desk, key)
    if name == "berkas":
        payload = await told(desk, "meja-file", file_asked(visit.form))
        if errors := payload["userErrors"]:
            return await _shown(desk, key, tried(name, visit.form, errors, {"purpose": "keperluan"}))
        return visit.go(payload["url"])
    if name not in DEEDS:
        raise NotFound
    deed = DEEDS[name]
    payload = await carried_out(desk, deed.operation, deed.input(key, visit.form))
    if errors := payload["userErrors"]:
        said = [_said(visit.lang, each) for each in errors]
        return await _shown(desk, key, tried(name, visit.form, said, deed.fields))
    return visit.go(f"{DESK}/{key}?selesai={name}")


def _said(lang: str, error: Mapping[str, Any]) -> Mapping[str, Any]:
    """In the page's words where the graph's speak of fields that nobody sees here."""
    if error["code"] != OneOfNeeded.code:
        return error
    return {**error, "message": say("Fill in one of the two: section or village.", lang), "hint": ""}


async def _filled(desk: Desk, key: str) -> Response:
    """The answer's form again, with a template's text behind what stands there already."""
    form = desk.visit.form
    feedback = await _asked(desk, key)
    chosen = form.get("templat", "")
    known = names(chosen, "AnswerTemplate")
    found = await desk.ask.ask("meja-template", {"id": chosen}) if known else {"answerTemplate": None}
    text = form.get("jawaban", "").rstrip()
    if found["answerTemplate"] is not None:
        more = places.filled(found["answerTemplate"]["body"], _values(desk, feedback["feedback"]))
        text = f"{text}\n\n{more}" if text else more
    return _page(desk, feedback, Tried("jawab", {**form, "jawaban": text}), status=200)


async def _contact(desk: Desk, key: str) -> Response:
    """How the raiser can be reached, shown this once."""
    form = desk.visit.form
    payload = await told(desk, "meja-contact", {"feedback": key, "purpose": form.get("keperluan", "")})
    if errors := payload["userErrors"]:
        return await _shown(desk, key, tried("kontak", form, errors, {"purpose": "keperluan"}))
    return await _shown(desk, key, contact=payload)


async def _shown(desk: Desk, key: str, refused: Tried = NOTHING, **more: object) -> Response:
    data = await _asked(desk, key)
    return _page(desk, data, refused, status=refused.status if refused.form else 200, **more)


async def _asked(desk: Desk, key: str) -> dict[str, Any]:
    data = await desk.ask.ask("meja-item", {"id": key})
    if data["feedback"] is None:
        raise NotFound
    return data


def _page(desk: Desk, data: dict[str, Any], refused: Tried, *, status: int, **more: object) -> Response:
    found = data["feedback"]
    steps = {each["action"]: each for each in found["allowedActions"]}
    named = {name: steps[deed.action.value] for name, deed in DEEDS.items() if deed.action is not None}
    own = {each["id"] for each in data["viewer"]["villages"]}
    named_state = f"“{word(desk.visit.lang, 'state', found['state'])}”"
    values: dict[str, object] = {"done": "", "contact": None, **more}
    return desk.page(
        "meja_item.html",
        data,
        status,
        tried=refused,
        steps={name: each for name, each in named.items() if each["disabledReason"] is None},
        closed=[
            (each["label"], each["disabledReason"].replace(found["state"], named_state))
            for each in steps.values()
            if each["disabledReason"] is not None
        ],
        until=until(desk.visit.lang, found["dueOn"], desk.today, overdue=found["overdue"]),
        history=_history(found),
        hands=_in_hand(found, own, may=desk.ask.entry.scope.may(Permission.RESPOND_FEEDBACK)),
        offered=_offered(data),
        attached=[(each["id"], each["name"]) for each in found["files"]["nodes"] if not each["endedAt"]],
        places=[(each["id"], each["name"]) for each in data["villages"]["nodes"]],
        takers=[(each["code"], each["name"]) for each in data["agencies"]["nodes"] if each["endedOn"] is None],
        chosen=desk.visit.form.get("templat", ""),
        sections=SECTIONS,
        **values,
    )


def _history(found: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """What happened, in order: as the record tells it, in days."""
    told_: list[dict[str, Any]] = [{"on": found["receivedOn"], "what": "received"}]
    for each in found["dispositions"]["nodes"]:
        told_.append({"on": each["sentOn"], "what": "sent", "of": each, "text": (each["instruction"] or "")[:SHOWN]})
        for name, what in (("acknowledgedAt", "acknowledged"), ("returnedAt", "returned")):
            if each[name]:
                told_.append({"on": each[name][:10], "what": what, "of": each, "text": each["returnReason"] or ""})
    told_ += [
        {"on": each["answeredOn"], "what": "answered", "of": each, "text": each["text"]}
        for each in found["answers"]["nodes"]
    ]
    if found["closedOn"]:
        told_.append({"on": found["closedOn"], "what": "closed"})
    return sorted(told_, key=lambda each: str(each["on"]))


def _in_hand(found: Mapping[str, Any], own: set[str], *, may: bool) -> list[Mapping[str, Any]]:
    """Dispositions that the officer may take up or hand back."""
    open_ = [each for each in found["dispositions"]["nodes"] if each["state"] in ("SENT", "ACKNOWLEDGED")]
    return [each for each in open_ if not own or (each["village"] or {}).get("id") in own] if may else []


def _offered(data: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Templates that are meant for such feedback."""
    found = data["feedback"]
    fitting = [
        each
        for each in (data["answerTemplates"] or {"nodes": []})["nodes"]
        if each["kind"] in (None, found["kind"]) and each["sector"] in (None, found["sector"])
    ]
    return [(each["id"], each["title"]) for each in fitting]


def _values(desk: Desk, found: Mapping[str, Any]) -> dict[str, str]:
    """What the places of a template are filled with."""
    return {
        "judul": found["subject"],
        "nama_desa": ", ".join(each["name"] for each in found["villages"]["nodes"]),
        "bidang": word("id", "sector", found["sector"]),
        "tanggal_masuk": _written(date.fromisoformat(found["receivedOn"])),
        "hari_ini": _written(desk.today),
        "kecamatan": desk.session.tenant_name,
    }


def _written(found: date) -> str:
    return f"{found:%d-%m-%Y}"


def _key(visit: Visit) -> str:
    return in_address(visit, "laporan", "Feedback")
