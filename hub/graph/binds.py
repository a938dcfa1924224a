"""Values on their way into a statement.

A statement is made once and run with many values, so nothing of a request is written into it: what a client sent
becomes a numbered bind with a getter, what the scope and the clock say becomes a named bind (`hub$…`; the dollar cannot
occur in a GraphQL name). The resolver path runs the same statements with the same binds.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import Any, TypeVar

from sqlalchemy import ARRAY, BindParameter, ColumnElement, Date, Integer, Text, bindparam, case
from sqlalchemy.types import TypeEngine

from hub.graph.problems import TextRefused
from hub.kernel import ids
from hub.kernel.clock import Now
from hub.kernel.scope import Reader, Scope, Zone
from hub.store.base import MOMENT
from hub.store.unit import Settings, settings_of

Convert = Callable[[Any, "Given"], Any]
INTEGERS = ARRAY(Integer)
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Leaf:
    """A scalar inside a variable's value: where it stands, and what it is in the request at hand."""

    path: tuple[str | int, ...]
    value: Any

    def read(self, variables: Mapping[str, Any]) -> Any:
        """The value in another request's variables."""
        found: Any = variables
        for step in self.path:
            found = found[step]
        return found


@dataclass(slots=True)
class Given:
    """What a request brings to a statement: its variables, its scope, its now."""

    scope: Scope
    now: Now
    variables: Mapping[str, Any] = field(default_factory=dict)
    known: dict[Any, Any] = field(default_factory=dict)  # what `once` made
    entered: Settings | None = None

    def once(self, make: Callable[..., Made], *arguments: Any) -> Made:
        """What a function makes of a client's value, made once however many binds are parts of it."""
        place = (make, *(each for each in arguments if each is not self))
        if place not in self.known:
            self.known[place] = make(*arguments)
        found: Made = self.known[place]
        return found

    @property
    def settings(self) -> Settings:
        """What entering the scope puts into force."""
        if self.entered is None:
            self.entered = settings_of(self.scope)
        return self.entered


def _tenant(given: Given, _rest: str) -> int | None:
    return given.scope.tenant.id if given.scope.tenant else None


def _tenants(given: Given, _rest: str) -> list[int]:
    return [tenant.id for tenant in given.scope.tenants]


def _in_zone(given: Given, rest: str) -> list[int]:
    return [tenant.id for tenant in given.scope.tenants if tenant.zone.name == rest]


def _today(given: Given, rest: str) -> date | None:
    if rest:
        return given.now.today(Zone[rest])
    return given.now.today(given.scope.tenant.zone) if given.scope.tenant else None


def _prefix(given: Given, rest: str) -> str:
    return ids.prefix(rest, given.scope.tenant.id if given.scope.tenant else 0)


_NAMED: Mapping[str, Callable[[Given, str], Any]] = {
    "tenant": _tenant,
    "tenants": _tenants,
    "zone": _in_zone,
    "today": _today,
    "now": lambda given, _rest: given.now.instant,
    "prefix": _prefix,
    "reference": lambda _given, rest: ids.prefix(rest, 0),
    "party": lambda given, _rest: given.scope.party,
    "villages": lambda given, _rest: list(given.scope.villages),
}


@dataclass(slots=True)
class Binds:
    """The binds of one statement under construction, and what of the scope its shape depends on."""

    reader: Reader
    permissions: frozenset[str]
    single: bool  # exactly one tenant
    lang: str = "id"
    narrowed: bool = False  # to villages or to a party: the caller does not act for the whole tenant
    getters: dict[str, Callable[[Given], Any]] = field(default_factory=dict)

    @classmethod
    def under(cls, scope: Scope) -> "Binds":
        """Binds for a statement under a scope."""
        narrowed = bool(scope.villages) or scope.party is not None
        return cls(scope.reader, scope.permissions, single=scope.tenant is not None, lang=scope.lang, narrowed=narrowed)

    def may(self, permission: str | None) -> bool:
        """Whether the grant carries a permission (None: nothing is needed)."""
        return permission is None or permission in self.permissions

    def value(self, given: Any, type_: TypeEngine[Any], convert: Convert | None = None) -> BindParameter[Any]:
        """A client's value: a leaf of a variable or a literal. `convert` may refuse it when the statement runs."""
        name = f"a{len(self.getters)}"
        self.getters[name] = _getter(given, convert)
        return bindparam(name, None, type_=type_)

    def named(self, name: str, type_: TypeEngine[Any]) -> BindParameter[Any]:
        """A value of the scope or the clock."""
        full = f"hub${name}"
        kind, _, rest = name.partition("$")
        read = _NAMED[kind]
        self.getters[full] = lambda given: read(given, rest)
        return bindparam(full, None, type_=type_)

    @property
    def tenant(self) -> BindParameter[int]:
        """The one tenant."""
        return self.named("tenant", Integer())

    @property
    def tenants(self) -> BindParameter[Any]:
        """All tenants of the scope."""
        return self.named("tenants", INTEGERS)

    @property
    def now(self) -> BindParameter[Any]:
        """The request's instant; SQL never calls now()."""
        return self.named("now", MOMENT)

    def today(self, tenant_id: ColumnElement[int]) -> ColumnElement[date]:
        """The calendar date where a row's tenant lies."""
        if self.single:
            return self.named("today", Date())
        return case(
            (tenant_id == self.named("zone$WITA", INTEGERS).any_(), self.named("today$WITA", Date())),
            (tenant_id == self.named("zone$WIT", INTEGERS).any_(), self.named("today$WIT", Date())),
            else_=self.named("today$WIB", Date()),
        )

    def prefix(self, type_name: str, *, tenant: bool) -> BindParameter[str]:
        """The constant head of this type's global ids in the one tenant, or of a reference type's."""
        return self.named(f"{'prefix' if tenant else 'reference'}${type_name}", Text())

    def values(self, given: Given) -> dict[str, Any]:
        """The values of all binds for one request. Raises what a conversion refuses."""
        return {name: getter(given) for name, getter in self.getters.items()}


def _getter(given: Any, convert: Convert | None) -> Callable[[Given], Any]:
    given = _emptied(given)  # a plan outlives the request it was made for

    def read(request: Given) -> Any:
        found = resolved(given, request.variables)
        return _storable(found if convert is None else convert(found, request))

    return read


def _storable(value: Any) -> Any:
    """TextRefused where a text holds U+0000: in the database it would break the transaction of all other fields too."""
    if isinstance(value, str):
        refused = "\x00" in value
    else:
        refused = isinstance(value, list) and any(isinstance(each, str) and "\x00" in each for each in value)
    if refused:
        raise TextRefused
    return value


def _emptied(given: Any) -> Any:
    """The same without what the leaves are in the request at hand."""
    if isinstance(given, Leaf):
        return Leaf(given.path, None)
    if isinstance(given, list):
        return [_emptied(each) for each in given]
    return given


def resolved(given: Any, variables: Mapping[str, Any]) -> Any:
    """A client's value with every leaf in it read from the variables at hand."""
    if isinstance(given, Leaf):
        return given.read(variables)
    if isinstance(given, list):
        return [resolved(each, variables) for each in given]
    return given


def symbolic(value: Any, path: tuple[str | int, ...] = ()) -> Any:
    """Coerced variables with their scalars replaced by leaves; objects keep their form, which shapes a statement."""
    if isinstance(value, dict):
        return {key: symbolic(each, (*path, key)) for key, each in value.items()}
    if isinstance(value, list) and any(isinstance(each, dict) for each in value):
        return [symbolic(each, (*path, index)) for index, each in enumerate(value)]
    return None if value is None else Leaf(path, value)


def shape(value: Any) -> Any:
    """What of a variable's value decides a statement's shape: presence, enums and booleans, never other scalars."""
    if isinstance(value, dict):
        return tuple((key, shape(each)) for key, each in value.items())
    if isinstance(value, list):
        return tuple(shape(each) for each in value) if any(isinstance(each, dict) for each in value) else "*"
    if value is None or isinstance(value, bool | Enum):
        return value
    return "*"


def plain(given: Any) -> Any:
    """The present value of something that may be a leaf; only for what `shape` keeps."""
    found = given.value if isinstance(given, Leaf) else given
    return getattr(found, "value", found)
