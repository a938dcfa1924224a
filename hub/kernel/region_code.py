"""Codes of the administrative regions (kode wilayah Kemendagri), from province to village."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

_DOTTED = re.compile(r"[1-9]\d(\.\d{2}(\.\d{2}(\.[123]\d{3})?)?)?", re.ASCII)
_PLAIN = re.compile(r"[1-9]\d(\d{2}(\d{2}([123]\d{3})?)?)?", re.ASCII)
_FIRST_CITY = 71


class RegionLevel(StrEnum):
    """The four levels of the code."""

    PROVINCE = "PROVINCE"
    REGENCY = "REGENCY"
    KECAMATAN = "KECAMATAN"
    VILLAGE = "VILLAGE"


class RegionKind(StrEnum):
    """What a code says about the region beyond its level."""

    PROVINCE = "PROVINCE"
    REGENCY = "REGENCY"  # kabupaten
    CITY = "CITY"  # kota
    KECAMATAN = "KECAMATAN"
    URBAN_VILLAGE = "URBAN_VILLAGE"  # kelurahan
    VILLAGE = "VILLAGE"  # desa
    ADAT_VILLAGE = "ADAT_VILLAGE"  # desa adat


_LEVELS = tuple(RegionLevel)
_VILLAGE_KINDS = {
    "1": RegionKind.URBAN_VILLAGE,
    "2": RegionKind.VILLAGE,
    "3": RegionKind.ADAT_VILLAGE,
}


@dataclass(frozen=True, slots=True, order=True)
class RegionCode:
    """A well-formed code in its dotted form; whether such a region exists is not known here."""

    dotted: str

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """The code in `63.01.01.2009` or `6301012009`; None where the text is neither."""
        text = text.strip()
        if _DOTTED.fullmatch(text):
            return cls(text)
        if _PLAIN.fullmatch(text):
            parts = (text[:2], text[2:4], text[4:6], text[6:])
            return cls(".".join(part for part in parts if part))
        return None

    def __str__(self) -> str:
        """The dotted form."""
        return self.dotted

    @property
    def plain(self) -> str:
        """The form without dots."""
        return self.dotted.replace(".", "")

    @property
    def level(self) -> RegionLevel:
        """Province, regency, kecamatan or village."""
        return _LEVELS[self.dotted.count(".")]

    @property
    def kind(self) -> RegionKind:
        """The level, told apart where the code does: regency or city, desa or kelurahan."""
        parts = self.dotted.split(".")
        match self.level:
            case RegionLevel.VILLAGE:
                return _VILLAGE_KINDS[parts[3][0]]
            case RegionLevel.REGENCY if int(parts[1]) >= _FIRST_CITY:
                return RegionKind.CITY
            case level:
                return RegionKind(level.value)

    @property
    def parent(self) -> "RegionCode | None":
        """The region one level up; None for a province."""
        head, dot, _ = self.dotted.rpartition(".")
        return RegionCode(head) if dot else None

    @property
    def lineage(self) -> "tuple[RegionCode, ...]":
        """From the province down to this region, both included."""
        parts = self.dotted.split(".")
        return tuple(RegionCode(".".join(parts[: n + 1])) for n in range(len(parts)))

    def within(self, other: "RegionCode") -> bool:
        """Whether this region is the other one or lies in it."""
        return self.dotted == other.dotted or self.dotted.startswith(f"{other.dotted}.")
