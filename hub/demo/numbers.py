"""NIK and KK numbers that are well-formed and yet can belong to nobody.

A NIK starts with the province, regency and district where it was first issued. Here the regency is
always 99: `63.99`, `32.99`, `33.99`, `35.99`. Regency numbers from 71 on are cities, given one
after the other within a province; the highest ever given in Indonesia is 79 (14.7x to 73.7x; every
edition of the codes from 2018 to 2025, and the list in force, agree), and Kalimantan Selatan has
two cities, Jawa Barat nine. So no office has ever been able to issue a number with such a prefix,
whereas the province, the date (women: day + 40), and the serial are real in form: every parser that
does not look the regency up accepts them. KK numbers bear the same prefixes.

`tests/demo/test_numbers.py` holds the prefixes against every region code known to the hub.

A temporary NIK in OpenSID's manner (0, village code, five digits) identifies a row in one village's
book, never a person; its serials here start at 99901.
"""

from collections import Counter
from datetime import date

from hub.demo.villages import HALONG, LEUWILIANG, TAKISUNG, VillagePlan

HOME_PREFIXES = {TAKISUNG: "639901", HALONG: "639902", LEUWILIANG: "329914"}
ELSEWHERE_PREFIXES = ("639903", "639971", "329971", "339904", "359908")
PREFIXES = (*HOME_PREFIXES.values(), *ELSEWHERE_PREFIXES)

_SERIALS_PER_VILLAGE = 150
_FIRST_TEMPORARY = 99_901


class Numbers:
    """Gives numbers to one village's people; villages never give the same number."""

    def __init__(self, village: VillagePlan) -> None:
        self._village = village
        self._base = 1 + village.number * _SERIALS_PER_VILLAGE
        self._used: Counter[str] = Counter()
        self._temporary = _FIRST_TEMPORARY

    def nik(self, born: date, *, female: bool, prefix: str) -> str:
        """The next free NIK of this birth date."""
        day = born.day + 40 if female else born.day
        return self._next(f"{prefix}{day:02d}{born:%m%y}")

    def kk(self, issued: date) -> str:
        """The next free family card number of this day of issue."""
        prefix = HOME_PREFIXES[self._village.kecamatan]
        return self._next(f"{prefix}{issued:%d%m%y}", card=True)

    def temporary(self) -> str:
        """The next temporary NIK."""
        serial, self._temporary = self._temporary, self._temporary + 1
        return f"0{self._village.code.replace('.', '')}{serial:05d}"

    def _next(self, head: str, *, card: bool = False) -> str:
        key = f"{'kk' if card else 'nik'}{head}"
        serial = self._base + self._used[key]
        self._used[key] += 1
        if self._used[key] > _SERIALS_PER_VILLAGE:
            raise ValueError(f"village {self._village.code} has no serial left for {head}")
        return f"{head}{serial:04d}"
