"""A violated constraint becomes the refusal that carries its meaning."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import asyncpg

from hub.kernel.errors import Conflict, HubError

Refusals = Mapping[str, type[HubError]]


@contextmanager
def translating(refusals: Refusals, *, path: tuple[str, ...] = ()) -> Iterator[None]:
    """Turn a violation of a named constraint into its error; an unnamed one is a general conflict."""
    try:
        yield
    except asyncpg.IntegrityConstraintViolationError as violation:
        name = str(violation.constraint_name or "")
        raise refusals.get(name, Conflict)(path=path) from None
