"""What a hub needs before it is wired: its keys, and the addresses at which its roles log in.

Apart from `wiring`, so that a command that only looks into the database does not load the graph and its schema.
"""

import time
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import hub.tables  # noqa: F401  # whoever opens a database knows its tables
from hub.kernel.clock import Clock
from hub.kernel.keyring import KeyRing
from hub.kernel.scope import Reader
from hub.settings import Settings
from hub.tenants.keyfile import KeyHolder

__all__ = ["READERS", "dsn_for", "hold_keys", "hold_registry_keys", "keys_path", "load_keys"]

READERS = (Reader.API, Reader.OUTSIDE, Reader.REPORT, Reader.WORKER)


def hold_keys(settings: Settings, clock: Clock) -> KeyHolder:
    """The hub's keys, kept up to date; KeysMissing says how to make them."""
    outside = None if settings.demo else settings.data
    return KeyHolder(keys_path(settings), clock=clock, monotonic=time.monotonic, outside=outside)


def hold_registry_keys(settings: Settings, clock: Clock) -> KeyHolder | None:
    """The registry's key, for the worker alone; None where no file of it is set."""
    path = settings.registry_keys_file
    outside = None if settings.demo else settings.data
    return None if path is None else KeyHolder(path, clock=clock, monotonic=time.monotonic, outside=outside)


def load_keys(settings: Settings, clock: Clock) -> KeyRing:
    """The hub's keys as of now, for a command that ends soon."""
    return hold_keys(settings, clock).ring()


def keys_path(settings: Settings) -> Path:
    """Where the hub's keys lie."""
    return settings.keys_file or Path("keys.json")


def files_path(settings: Settings) -> Path:
    """Where uploaded files lie."""
    return settings.files or settings.data / "files"


def dsn_for(base: str, role: str, database: str, password: str | None = None) -> str:
    """The address of a role's login on a server given by any of its addresses."""
    parts = urlsplit(base)
    host = parts.netloc.rpartition("@")[2]
    user = f"{role}:{quote(password, safe='')}" if password else role
    return urlunsplit((parts.scheme, f"{user}@{host}", f"/{database}", parts.query, ""))
