"""Writing, once for every mutation: parse, right, key, action, journal, payload, commit.

A mutation is an action with an input and the objects it answers with:

    @mutation("Sign for a party.", answers={"party": CommitmentParty}, permission=Permission.SIGN_COMMITMENT)
    async def sign_commitment(act: Act, given: SignCommitmentInput) -> Answers: ...

A disclosure (`@disclosure`) tells plain values instead of changing something. It is carried out at each request (no
key, no replay), may stand once in an operation and is metered.

The action runs in a savepoint. A refusal undoes it, is kept under the idempotency key like a success, and comes back in
`userErrors`; anything else undoes the whole transaction. The payload is read in the same transaction; the executor
commits when the payload is complete.
"""

import dataclasses
import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import Any, TypeAlias, TypeVar
from uuid import UUID

import orjson
import strawberry
from graphql import GraphQLResolveInfo
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.field import StrawberryField
from strawberry.utils.str_converters import to_camel_case

from hub.graph.binds import Given
from hub.graph.context import Context
from hub.graph.declare import NODES
from hub.graph.identity import IdRefused, read_id
from hub.graph.resolving import load_for_payload
from hub.journal import idempotency
from hub.kernel.errors import Forbidden, HubError, NotFound
from hub.kernel.texts import advice, sentence
from hub.store.unit import Unit

Info: TypeAlias = "GraphQLResolveInfo[Context]"
Answers = Mapping[str, Any]  # keys of the objects, and by the names in `tells` what is told beside them
I = TypeVar("I")  # noqa: E741  # an input
Action = Callable[["Act", Any], Awaitable[Answers]]
Disclosure = Callable[["Act", Any], Awaitable[Mapping[str, Any]]]

MUTATIONS: dict[str, "Mutation"] = {}
TOLD = "told$"  # beside the keys of a kept outcome


@dataclass(slots=True)
class Act:
    """What an action works with: the unit of work, and the services it was wired with."""

    unit: Unit
    services: Any

    def key(self, text: str | None, type_name: str, *path: str) -> UUID:
        """The row's key behind a global id of this type in the unit's tenant; NotFound for another tenant's."""
        try:
            found = read_id(text, Given(self.unit.scope, self.unit.now), NODES[type_name])
        except IdRefused as refusal:
            raise IdRefused(path=path) from refusal
        if not isinstance(found, UUID):
            raise NotFound(path=path)
        return found

    def maybe_key(self, text: Any, type_name: str, *path: str) -> UUID | None:
        """The same for an optional id."""
        return None if text is None or text is strawberry.UNSET else self.key(text, type_name, *path)


@dataclass(frozen=True, slots=True)
class Mutation:
    """A declared mutation."""

    name: str
    description: str
    action: Action | Disclosure
    given: type
    answers: Mapping[str, type]
    permission: str
    batch: bool = False
    tells: Mapping[str, tuple[Any, str]] = dataclasses.field(default_factory=dict)  # annotation and description
    meter: str | None = None  # the bucket that each use is taken from
    disclosure: bool = False
    once: frozenset[str] = frozenset()  # what it tells and is kept nowhere: a replay tells null


@dataclass(slots=True)
class Outcome:
    """What a mutation answers: keys of the objects, refusals, whether it was a replay, and what is told."""

    keys: Mapping[str, UUID | None]
    refusals: list[dict[str, Any]]
    replayed: bool
    told: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@strawberry.type(description="Why a change was refused. A refusal changes nothing.")
class UserError:
    """A refusal, as the payload of a mutation shows it."""

    code: str = strawberry.field(description="Stable code; documented in docs/id/kode-kesalahan.md.")
    message: str = strawberry.field(description="What is wrong, in the caller's language.")
    hint: str = strawberry.field(description="What to do about it.")
    path: list[str] = strawberry.field(description="The input field at fault, from the input downwards.")


def mutation(
    description: str,
    *,
    answers: Mapping[str, type],
    permission: str,
    batch: bool = False,
    tells: Mapping[str, tuple[Any, str]] | None = None,
    tells_once: Mapping[str, tuple[Any, str]] | None = None,
    meter: str | None = None,
) -> Callable[[Action], Action]:
    """Declare an action as a mutation of the graph. `batch` keeps its idempotency key for 180 days.

    What it `tells` beside the objects is plain JSON, kept with the outcome and told again by a replay: nothing that a
    right of tomorrow might not cover; secrets it `tells_once`, and a replay tells null. With a `meter` it may stand
    once in an operation and each use is counted.
    """

    def declare(action: Action) -> Action:
        given = action.__annotations__["given"]
        name = to_camel_case(action.__name__)
        MUTATIONS[name] = Mutation(
            name,
            description,
            action,
            given,
            answers,
            permission,
            batch,
            tells={**(tells or {}), **(tells_once or {})},
            meter=meter,
            once=frozenset(tells_once or ()),
        )
        return action

    return declare


def disclosure(
    description: str, *, tells: Mapping[str, tuple[Any, str]], permission: str, meter: str
) -> Callable[[Disclosure], Disclosure]:
    """Declare an action that tells values (by name: annotation, description); null where it was refused.

    It must journal what it tells. `meter` names the bucket of the principal that each use is taken from.
    """

    def declare(action: Disclosure) -> Disclosure:
        given = action.__annotations__["given"]
        name = to_camel_case(action.__name__)
        MUTATIONS[name] = Mutation(
            name, description, action, given, {}, permission, tells=tells, meter=meter, disclosure=True
        )
        return action

    return declare


def command(cls: type[I]) -> type[I]:
    """An input type of a mutation: the class's own fields and the idempotency key."""
    cls.__annotations__ = {**cls.__annotations__, "idempotency_key": str}
    cls.idempotency_key = strawberry.field(  # type: ignore[attr-defined]  # a field of the input
        description="Your own key for this intention, up to 255 characters; repeat it when you repeat the request."
    )
    made: type[I] = strawberry.input(cls, description=" ".join((cls.__doc__ or "").split()))
    return made


def root() -> type:
    """The mutation root, made from all declared mutations."""
    body: dict[str, Any] = {"__annotations__": {}}
    for declared in MUTATIONS.values():
        body["__annotations__"][declared.name] = _payload(declared)
        body[declared.name] = _field(declared)
    made: type = strawberry.type(type("Mutation", (), body), description="Everything that can be changed.")
    return made


def resolver(name: str) -> Callable[..., Any]:
    """The resolver of a mutation field."""
    declared = MUTATIONS[name]

    async def resolve(_root: Any, info: Info, **arguments: Any) -> Outcome:
        return await _perform(info.context, declared, arguments["input"])

    return resolve


def payload_resolver(name: str, target: str | None) -> Callable[..., Any]:
    """The resolver of a field of a payload."""
    if name == "userErrors":
        return lambda outcome, _info: outcome.refusals
    if name == "replayed":
        return lambda outcome, _info: outcome.replayed

    def resolve(outcome: Outcome, info: Info) -> Any:
        if name in outcome.told:
            return outcome.told[name]
        key = outcome.keys.get(name)
        return None if key is None or target is None else load_for_payload(info, NODES[target], key)

    return resolve


async def _perform(context: Context, declared: Mutation, raw: Mapping[str, Any]) -> Outcome:
    lang = context.given.scope.lang
    try:
        if not context.given.scope.may(declared.permission):
            raise Forbidden  # one place turns refusals into payloads
        given = built(declared.given, raw)
        unit = await context.begin()
        if declared.disclosure:
            told = await declared.action(Act(unit, context.services), given)
            return Outcome({}, [], replayed=False, told={to_camel_case(name): found for name, found in told.items()})
        return await _in_unit(Act(unit, context.services), declared, given, raw, lang)
    except HubError as refusal:
        if refusal.status >= HubError.status:
            raise
        context.failed = True
        return Outcome({}, [shown_to_user(refusal, lang)], replayed=False)


async def _in_unit(act: Act, declared: Mutation, given: Any, raw: Mapping[str, Any], lang: str) -> Outcome:
    keep = idempotency.KEEP_BATCH if declared.batch else idempotency.KEEP
    key, digest = given.idempotency_key, _digest(raw)
    replay = await idempotency.claim(act.unit, declared.name, key, digest, keep=keep)
    if replay is not None:
        return _replayed(replay.outcome, lang)
    try:
        async with act.unit.savepoint():
            answers = await declared.action(act, given)
    except HubError as refusal:
        if refusal.status >= HubError.status:
            raise
        kept: idempotency.Outcome = {
            "code": refusal.code,
            "path": list(refusal.path),
            "params": orjson.dumps(refusal.params).decode(),
        }
        await idempotency.settle(act.unit, declared.name, key, kept)
        return Outcome({}, [shown_to_user(refusal, lang)], replayed=False)
    keys = {name: found for name, found in answers.items() if name not in declared.tells}
    told = {name: answers[name] for name in declared.tells}
    kept_keys = {name: str(found) if found else None for name, found in keys.items()}
    if kept_words := {name: found for name, found in told.items() if name not in declared.once}:
        kept_keys[TOLD] = orjson.dumps(kept_words).decode()
    await idempotency.settle(act.unit, declared.name, key, kept_keys)
    return _done(keys, told, replayed=False)


def _replayed(outcome: Mapping[str, Any], lang: str) -> Outcome:
    if "code" in outcome:
        refusal = refusal_of(str(outcome["code"]))(path=tuple(outcome["path"]), **orjson.loads(str(outcome["params"])))
        return Outcome({}, [shown_to_user(refusal, lang)], replayed=True)
    told = orjson.loads(str(outcome.get(TOLD, "{}")))
    keys = {name: UUID(str(found)) if found else None for name, found in outcome.items() if name != TOLD}
    return _done(keys, told, replayed=True)


def _done(keys: Mapping[str, UUID | None], told: Mapping[str, Any], *, replayed: bool) -> Outcome:
    return Outcome(
        {to_camel_case(name): found for name, found in keys.items()},
        [],
        replayed,
        {to_camel_case(name): found for name, found in told.items()},
    )


def refusal_of(code: str) -> type[HubError]:
    """The refusal with this code; HubError itself where it is no more."""
    return next((each for each in all_refusals() if each.code == code), HubError)


def all_refusals() -> list[type[HubError]]:
    """Every refusal of the hub, by code."""
    found, queue = {HubError}, [HubError]
    while queue:
        for each in queue.pop().__subclasses__():
            if each not in found:
                found.add(each)
                queue.append(each)
    return sorted(found, key=lambda each: (each.code, each.__name__))


def shown_to_user(refusal: HubError, lang: str) -> dict[str, Any]:
    """A refusal as a UserError."""
    return {
        "code": refusal.code,
        "message": sentence(refusal, lang),
        "hint": advice(refusal, lang),
        "path": list(refusal.path),
    }


# Inputs


def built(cls: Any, raw: Mapping[str, Any]) -> Any:
    """An input object from graphql-core's coerced values; what was not sent is UNSET."""
    values: dict[str, Any] = {}
    for field in cls.__strawberry_definition__.fields:
        name = field.graphql_name or to_camel_case(field.python_name)
        if name in raw:
            values[field.python_name] = _built(field.type, raw[name])
        elif field.default_value is dataclasses.MISSING:
            values[field.python_name] = strawberry.UNSET
    made = cls.__new__(cls)
    for field in cls.__strawberry_definition__.fields:
        found = values.get(field.python_name, field.default_value)
        object.__setattr__(made, field.python_name, found)
    return made


def _built(type_: Any, value: Any) -> Any:
    inner = getattr(type_, "of_type", None)
    if value is None:
        return None
    if isinstance(value, list):
        while (
            inner is not None and not hasattr(type_, "__strawberry_definition__") and "List" not in type(type_).__name__
        ):
            type_, inner = inner, getattr(inner, "of_type", None)
        return [_built(inner, each) for each in value]
    while inner is not None:
        type_, inner = inner, getattr(inner, "of_type", None)
    if isinstance(value, dict):
        return built(type_, value)
    return value


def sent(given: Any, *names: str) -> dict[str, Any]:
    """The fields of an input that were sent, by name; enums as their text."""
    found = {}
    for name in names:
        value = getattr(given, name)
        if value is not strawberry.UNSET:
            found[name] = _plain(value)
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return str(value.value) if isinstance(value, Enum) else value


def _digest(raw: Mapping[str, Any]) -> bytes:
    body = {name: value for name, value in raw.items() if name != "idempotencyKey"}
    return hashlib.sha256(orjson.dumps(body, default=_json, option=orjson.OPT_SORT_KEYS)).digest()


def _json(value: Any) -> Any:
    if isinstance(value, Decimal | UUID | date | datetime | time):
        return str(value)
    raise TypeError(value)


# The Strawberry side


def _payload(declared: Mutation) -> Any:
    name = declared.name[0].upper() + declared.name[1:] + "Payload"
    body: dict[str, Any] = {"__annotations__": {}}
    for key, target in declared.answers.items():
        body["__annotations__"][key] = target | None
        body[key] = strawberry.field(description="The object after the change; null where it was refused.")
    body["__annotations__"]["user_errors"] = list[UserError]
    body["user_errors"] = strawberry.field(description="Why it was refused; empty where it was done.")
    for key, (annotation, description) in declared.tells.items():
        body["__annotations__"][key] = annotation | None
        body[key] = strawberry.field(description=description)
    if not declared.disclosure:
        body["__annotations__"]["replayed"] = bool
        body["replayed"] = strawberry.field(description="Whether an earlier request with this key had done it.")
    made = type(name, (), body)
    return strawberry.type(made, name=name, description=f"What came of `{declared.name}`.")


def _field(declared: Mutation) -> StrawberryField:
    field = strawberry.field(description=declared.description)
    field.arguments = [
        StrawberryArgument(
            python_name="input",
            graphql_name=None,
            type_annotation=StrawberryAnnotation(declared.given),
            description="What to change.",
        )
    ]
    return field  # type: ignore[no-any-return]  # strawberry.field is typed as what it stands for
