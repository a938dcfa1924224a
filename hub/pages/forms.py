"""What a form of the pages says and is told: its fields as an input's, its key, and how a refusal comes back to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

CONFLICT, REFUSED = 409, 422
CONFLICTS = frozenset({"STALE_VERSION", "FEEDBACK_STEP_CLOSED", "DISPOSITION_OVER"})


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
