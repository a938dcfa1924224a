"""Closed vocabularies: an enum whose members carry their labels in Indonesian and English."""

from enum import StrEnum
from typing import Self


class Word(StrEnum):
    """A member of a vocabulary; its text is its NAME, which never changes."""

    _value_: str
    label_id: str
    label_en: str

    def __new__(cls, name: str, label_id: str, label_en: str) -> Self:
        """Keep the labels on the member itself."""
        member = str.__new__(cls, name)
        member._value_ = name
        member.label_id, member.label_en = label_id, label_en
        return member
