"""What somebody wrote in a form, as an item of feedback; the same for one form and for what a telephone kept."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from hub.domains.feedback.errors import PointOutside
from hub.domains.feedback.model import AffectedService, FeedbackChannel, FeedbackKind, FeedbackSector
from hub.kernel.errors import BadInput
from hub.kernel.words import Word
from hub.kernel.written import FigureOutOfRange, TextMissing

Fields = Mapping[str, str]
VILLAGE, SERVICE = "desa:", "layanan:"
MOST_PEOPLE = 10_000_000
_POINT = re.compile(r"\s*(-?\d{1,3}(?:\.\d{1,15})?)\s*[,; ]\s*(-?\d{1,3}(?:\.\d{1,15})?)\s*", re.ASCII)
_PLACES = 5
_YES = "ya"


def item_of(form: Fields) -> dict[str, Any]:
    """A `FeedbackItemInput`; BadInput where the form has what no such item can have. The rest the graph judges."""
    found: dict[str, Any] = {
        "kind": _one_of(FeedbackKind, form.get("jenis", "")),
        "subject": form.get("judul", ""),
        "body": form.get("isi", ""),
        "channel": FeedbackChannel.WEB.value,
        "villages": [name.removeprefix(VILLAGE) for name in form if name.startswith(VILLAGE)],
        "affectedServices": [
            _one_of(AffectedService, name.removeprefix(SERVICE)) for name in form if name.startswith(SERVICE)
        ],
        "anonymous": form.get("anonim") == _YES,
        "confidential": form.get("rahasia") == _YES,
        "aboutOffice": form.get("kantor") == _YES,
    }
    if sector := form.get("bidang"):
        found["sector"] = _one_of(FeedbackSector, sector)
    if place := form.get("tempat", "").strip():
        found["place"] = place
    if people := form.get("jiwa", "").strip():
        found["affectedPopulation"] = _people(people)
    if point := form.get("titik", "").strip():
        found["latitude"], found["longitude"] = _point(point)
    if contact := {name: text for name, key in (("name", "nama"), ("phone", "telepon")) if (text := _line(form, key))}:
        found["contact"] = contact
    return found


def choices(words: type[Word], lang: str) -> Sequence[tuple[str, str]]:
    """The words of a vocabulary with their labels."""
    return [(each.value, label(each, lang)) for each in words]


def label(word: Word, lang: str) -> str:
    """What people call it."""
    return word.label_en if lang == "en" else word.label_id


def _line(form: Fields, name: str) -> str:
    return form.get(name, "").strip()


def _one_of(words: type[Word], text: str) -> str:
    if not text:
        raise TextMissing
    if text not in words.__members__:
        raise BadInput(problem="one of the choices is none of those offered")
    return text


def _people(text: str) -> int:
    plain = text.replace(".", "")
    if not plain.isascii() or not plain.isdigit() or len(plain) > len(str(MOST_PEOPLE)):
        raise FigureOutOfRange(least=0, most=MOST_PEOPLE)
    return int(plain)


def _point(text: str) -> tuple[str, str]:
    """Latitude and longitude as a map shows them: `-3.87, 114.62`."""
    found = _POINT.fullmatch(text)
    if found is None:
        raise PointOutside
    return _short(found[1]), _short(found[2])


def _short(degrees: str) -> str:
    """To about a metre: what a telephone says beyond that it does not know."""
    whole, point, rest = degrees.partition(".")
    return f"{whole}{point}{rest[:_PLACES]}"
