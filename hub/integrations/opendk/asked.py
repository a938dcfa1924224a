"""What the small requests of OpenSID hold: the list of deleted people, the village's identity, a login."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import orjson

from hub.integrations.opendk.errors import OtherVillage, PushMalformed
from hub.kernel.region_code import RegionCode

_FIELDS = 50
_LONG, _SHORT = 255, 50
_DIGITS = 18


class FieldsWrong(Exception):
    """Fields of a form that cannot be taken, each with its texts: OpenSID lists them."""

    def __init__(self, **fields: str) -> None:
        """The first text is the message."""
        super().__init__(next(iter(fields.values())))
        self.fields = {name: [text] for name, text in fields.items()}

    @property
    def body(self) -> dict[str, Any]:
        """As OpenSID reads it."""
        return {"status": "danger", "message": str(self), "errors": self.fields}


@dataclass(frozen=True, slots=True)
class Identity:
    """What a village tells of itself."""

    term: str
    website: str | None


def removals_of(raw: bytes, village: RegionCode) -> int:
    """How many people the village's list of deleted ones names; PushMalformed, or OtherVillage for another's.

    Never FieldsWrong: OpenSID puts `errors` into a text here, and an object stops its page.
    """
    found = _json(raw)
    listed = found.get("hapus_penduduk")
    if not isinstance(listed, list):
        raise PushMalformed(problem="hapus_penduduk is no list")
    ids: set[int] = set()
    for number, each in enumerate(listed, start=1):
        if not isinstance(each, dict) or not isinstance(each.get("desa_id"), str):
            raise PushMalformed(problem="an entry of hapus_penduduk has no desa_id")
        if RegionCode.parse(each["desa_id"]) != village:
            raise OtherVillage(row=number)
        ids.add(_number(each.get("id_pend_desa")))
    return len(ids)


def identity_of(raw: bytes, village: RegionCode) -> Identity:
    """The village's identity; FieldsWrong says which field is not taken."""
    found = _form(raw)
    code = found.get("kode_desa", "").strip()
    if not code:
        raise FieldsWrong(kode_desa="Isian kode desa wajib diisi.")
    if RegionCode.parse(code) != village:
        raise FieldsWrong(kode_desa=_INVALID)
    term, website = found.get("sebutan_desa", "").strip(), found.get("website", "").strip()
    if not term or len(term) > _SHORT or not term.isprintable():
        raise FieldsWrong(sebutan_desa="Isian sebutan desa wajib diisi, paling banyak 50 huruf.")
    if website and not _is_address(website):
        raise FieldsWrong(website="Isian website harus berupa alamat https:// atau http:// yang benar.")
    return Identity(term, website or None)


def password_of(raw: bytes) -> str:
    """The password of a login, which is the village's key; the name beside it may be anything."""
    found = _json(raw)
    email, password = found.get("email"), found.get("password")
    if not isinstance(email, str) or not email.strip():
        raise FieldsWrong(email="Isian email wajib diisi.")
    if not isinstance(password, str) or not password.strip():
        raise FieldsWrong(password="Isian password wajib diisi.")  # noqa: S106  # a sentence
    return password.strip()


_INVALID = "Kode desa bukan milik token ini. Periksa kode desa di Identitas Desa, atau minta token yang benar."


def _json(raw: bytes) -> Mapping[str, Any]:
    try:
        found = orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise PushMalformed(problem="it is not JSON") from None
    if not isinstance(found, dict):
        raise PushMalformed(problem="it is not an object")
    return found


def _form(raw: bytes) -> Mapping[str, str]:
    try:
        return dict(parse_qsl(raw.decode(), keep_blank_values=True, errors="strict", max_num_fields=_FIELDS))
    except ValueError:  # a UnicodeError is one
        raise PushMalformed(problem="it is not a form") from None


def _number(value: object) -> int:
    text = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    if not (text.isascii() and text.isdecimal() and len(text) <= _DIGITS):
        raise PushMalformed(problem="an id_pend_desa is no number")
    return int(text)


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    plain = len(text) <= _LONG and text.isprintable() and not any(char in text for char in " \"'<>\\")
    return plain and parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
