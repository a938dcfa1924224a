"""The places of a template: what may stand there in braces. Filled for one feedback, then edited by a person.

The tracking code has no place: who holds it acts as the raiser, and an answer may be published.
"""

import re
from collections.abc import Mapping

from hub.domains.answer_templates.errors import PlaceUnknown

PLACES = ("judul", "nama_desa", "bidang", "tanggal_masuk", "hari_ini", "kecamatan")
_PLACE = re.compile(r"\{([^{}]*)\}")


def checked(text: str, *path: str) -> str:
    """The text, where every brace belongs to a known place; PlaceUnknown."""
    rest = _PLACE.sub(lambda found: "" if found[1] in PLACES else found[0], text)
    if "{" in rest or "}" in rest:
        found = _PLACE.search(rest)
        raise PlaceUnknown(path=path, place=found[0] if found else "{ }", places=named())
    return text


def named() -> str:
    """The places as they are written."""
    return ", ".join(f"{{{each}}}" for each in PLACES)


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with its places filled; one without a value becomes dots, to be seen and mended."""
    return _PLACE.sub(lambda found: values.get(found[1]) or "…", text)
