"""Headers in which a client says what it would take, each with a weight: Accept, Accept-Encoding."""

import re

_WEIGHT = re.compile(rb"q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)", re.IGNORECASE)
MOST = 50  # what a header lists beyond this is not read


def wishes(header: bytes) -> dict[bytes, float]:
    """`gzip;q=0.5, *` as {gzip: 0.5, *: 1.0}; a weight that is none counts as 0. Other parameters are left out."""
    found: dict[bytes, float] = {}
    for part in header.lower().split(b",", MOST)[:MOST]:
        word, *parameters = (each.strip() for each in part.split(b";"))
        if word:
            found[word] = max(found.get(word, 0.0), _weight(parameters))
    return found


def _weight(parameters: list[bytes]) -> float:
    for each in parameters:
        if each.startswith(b"q="):
            read = _WEIGHT.fullmatch(each)
            return float(read[1]) if read else 0.0
    return 1.0
