"""Tracking codes: what somebody without an account holds of what they sent in.

A code is `tenant-xxxxx-xxxxxx`: the tenant's number, ten random characters and a check character, in an alphabet in
which no two characters look or sound alike. Its 31 characters are a prime number of them, so the check character
catches every single wrong character and every two neighbours exchanged, the tenant's among them. The tenant in it only
says where to look.
"""

import re
import secrets
from dataclasses import dataclass

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
RANDOM = 10
MOST_TENANT = 6  # characters; more than any tenant's number needs

_BASE = len(ALPHABET)
_VALUE = {character: value for value, character in enumerate(ALPHABET)}
_IGNORED = re.compile(r"[\s\-.]+")
_HALF = RANDOM // 2


@dataclass(frozen=True, slots=True)
class TrackingCode:
    """A code whose check character is right. `text` is how it is kept and shown."""

    tenant: int
    text: str


def fresh(tenant: int) -> TrackingCode:
    """A new code of a tenant: about 49 random bits."""
    drawn = "".join(secrets.choice(ALPHABET) for _ in range(RANDOM))
    head = _number(tenant)
    return TrackingCode(tenant, _written(head, drawn + _check(head + drawn)))


def parse(text: str) -> TrackingCode | None:
    """A code as somebody typed it, in either case, with or without its dashes; None for what is not one."""
    if len(text) > 3 * (RANDOM + MOST_TENANT):
        return None
    plain = _IGNORED.sub("", text).upper()
    head, rest = plain[: -RANDOM - 1], plain[-RANDOM - 1 :]
    if not 1 <= len(head) <= MOST_TENANT or any(each not in _VALUE for each in plain):
        return None
    if _sum(plain) != 0:
        return None
    tenant = 0
    for each in head:
        tenant = tenant * _BASE + _VALUE[each]
    return TrackingCode(tenant, _written(head, rest)) if _number(tenant) == head else None


def _written(head: str, rest: str) -> str:
    return f"{head}-{rest[:_HALF]}-{rest[_HALF:]}"


def _number(tenant: int) -> str:
    found = ""
    while tenant:
        tenant, digit = divmod(tenant, _BASE)
        found = ALPHABET[digit] + found
    return found or ALPHABET[0]


def _check(plain: str) -> str:
    """The character that brings the weighted sum to nothing; its own weight is one."""
    return ALPHABET[-_sum(plain + ALPHABET[0]) % _BASE]


def _sum(plain: str) -> int:
    """Weighted by place from the right. Weights differ and none is a multiple of the base."""
    return sum(place * _VALUE[each] for place, each in enumerate(reversed(plain), start=1)) % _BASE
