"""Which parts people have in an event that has no mutation of its own, and what it may change: one table."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from hub.domains.vital_events.model import SubjectPart, VitalEventType

HOUSEHOLD_PLACE = ("address", "hamlet", "rw", "rt")
PLACING = ("household", "family_relation")


@dataclass(frozen=True, slots=True)
class Kind:
    """The part of the person the event is about, those of others, the fields it may change and those it must."""

    main: SubjectPart
    others: frozenset[SubjectPart] = frozenset()
    fields: frozenset[str] = frozenset()
    needed: tuple[str, ...] = ()
    foreign: bool = False  # only about foreign citizens


_T, _P = VitalEventType, SubjectPart
ARRIVALS = (_T.MOVE_IN_PERMANENT.value, _T.LIMITED_STAY.value)
BEGINNINGS = frozenset((_T.BIRTH.value, *ARRIVALS))  # nobody was here before
_PARENTS = frozenset({_P.MOTHER, _P.FATHER})
_TOGETHER = frozenset({_P.SUBJECT})

KINDS: Mapping[VitalEventType, Kind] = MappingProxyType(
    {
        _T.STILLBIRTH: Kind(_P.MOTHER, frozenset({_P.FATHER})),
        _T.ADOPTION: Kind(_P.CHILD, _PARENTS, frozenset({"father_name", "mother_name", *PLACING})),
        _T.CHILD_ACKNOWLEDGEMENT: Kind(_P.CHILD, _PARENTS, frozenset({"father_name", *PLACING})),
        _T.CHILD_LEGITIMATION: Kind(_P.CHILD, _PARENTS, frozenset({"father_name", "mother_name", *PLACING})),
        _T.CITIZENSHIP_CHANGE: Kind(
            _P.SUBJECT, frozenset(), frozenset({"citizenship", "kitas_number"}), ("citizenship",)
        ),
        _T.OTHER_VITAL: Kind(_P.SUBJECT, _TOGETHER),
        _T.ADDRESS_CHANGE: Kind(_P.SUBJECT, _TOGETHER, frozenset({"current_address", *HOUSEHOLD_PLACE, *PLACING})),
        _T.MOVE_IN_PERMANENT: Kind(_P.SUBJECT, _TOGETHER, frozenset({"current_address"})),
        _T.LIMITED_STAY: Kind(
            _P.SUBJECT, _TOGETHER, frozenset({"citizenship", "kitas_number", "current_address"}), ("kitas_number",)
        ),
        _T.FOREIGN_LIMITED_TO_PERMANENT: Kind(
            _P.SUBJECT, frozenset(), frozenset({"kitas_number"}), ("kitas_number",), foreign=True
        ),
    }
)
