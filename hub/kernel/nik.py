"""The two sixteen-digit numbers of the civil registry: NIK (a person) and KK number (a family card).

Neither has a check digit: well formed does not mean true. Both print masked, whatever prints them; the
clear digits are reached only by naming `.digits`.

A NIK is `PPKKCC DDMMYY SSSS`: where it was first issued, birth date (day plus 40 for women), serial. What
disagrees with the person's other columns is a warning, never a rejection: real registers hold typing
errors, and the region is that of the first issue, not of the residence.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Self

from hub.kernel.region_code import RegionCode
from hub.kernel.register_codes import Sex

LENGTH = 16
_SHOWN = 4
_FEMALE = 40


class NikWarning(StrEnum):
    """What about a NIK deserves a second look."""

    TEMPORARY = "NIK_TEMPORARY"
    MALFORMED = "NIK_MALFORMED"
    BIRTH_DATE = "NIK_BIRTH_DATE"
    SEX = "NIK_SEX"
    REGION = "NIK_REGION"


def mask(digits: str) -> str:
    """First four digits and twelve dots, whatever the length: more would give the birth date away."""
    return digits[:_SHOWN].ljust(_SHOWN, ".") + "." * (LENGTH - _SHOWN)


def digits_of(text: str) -> str:
    """The ASCII digits of a text; registry exports hide other characters between them."""
    return "".join(char for char in text if "0" <= char <= "9")


@dataclass(frozen=True, slots=True, repr=False)
class _Sixteen:
    """Sixteen digits that print masked."""

    digits: str

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """The number in a text after dropping all that is no digit; None unless sixteen are left."""
        digits = digits_of(text)
        return cls(digits) if len(digits) == LENGTH else None

    def __str__(self) -> str:
        """The masked number."""
        return mask(self.digits)

    def __repr__(self) -> str:
        """The masked number: a repr may be logged."""
        return f"{type(self).__name__}({mask(self.digits)})"


@dataclass(frozen=True, slots=True, repr=False)
class KkNumber(_Sixteen):
    """The number of a family card (nomor kartu keluarga)."""


@dataclass(frozen=True, slots=True, repr=False)
class Nik(_Sixteen):
    """The number of a person (nomor induk kependudukan)."""

    @property
    def temporary(self) -> bool:
        """Whether OpenSID made it up for a person without NIK: no province code starts with 0."""
        return self.digits.startswith("0")

    @property
    def sex(self) -> Sex | None:
        """The sex the day field tells; None where it tells none."""
        if self._day_and_month() is None:
            return None
        return Sex.FEMALE if int(self.digits[6:8]) > _FEMALE else Sex.MALE

    def warnings(
        self, *, birth_date: date | None, sex: Sex | None, kecamatan: RegionCode | None
    ) -> tuple[NikWarning, ...]:
        """All that deserves a second look; an unknown birth date, sex or region is not compared."""
        if self.temporary:
            return (NikWarning.TEMPORARY,)
        if self._day_and_month() is None or self.digits.endswith("0000"):
            return (NikWarning.MALFORMED,)
        found = []
        if birth_date is not None and not self._born_on(birth_date):
            found.append(NikWarning.BIRTH_DATE)
        if sex is not None and sex is not self.sex:
            found.append(NikWarning.SEX)
        if kecamatan is not None and self.digits[:6] != kecamatan.plain[:6]:
            found.append(NikWarning.REGION)
        return tuple(found)

    def _born_on(self, birth_date: date) -> bool:
        return (
            self._day_and_month() == (birth_date.day, birth_date.month)
            and int(self.digits[10:12]) == birth_date.year % 100
        )

    def _day_and_month(self) -> tuple[int, int] | None:
        day, month, year = (int(self.digits[n : n + 2]) for n in (6, 8, 10))
        day -= _FEMALE if day > _FEMALE else 0
        try:
            # The century is not in the number; 2000 is a leap year wherever 1900 + year might be one.
            date(2000 + year, month, day)
        except ValueError:
            return None
        return day, month
