"""Answering an operation: by its plan where it has one, else on the resolver path; the same bytes either way."""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import orjson
import structlog
from graphql import ExecutionResult, GraphQLError, GraphQLSchema, OperationDefinitionNode, OperationType
from graphql.execution import execute
from graphql.execution.executor import Executor

from hub.graph.binds import Binds, Given
from hub.graph.context import Context
from hub.graph.cost import Cost, Price, refuse_dear
from hub.graph.documents import Document, Documents
from hub.graph.identity import types_in
from hub.graph.personal import PersonalByGet, in_document, in_variables
from hub.graph.plan.planner import NotPlannable, Plans
from hub.graph.plan.tree import Reader
from hub.graph.problems import (
    QueryInvalid,
    StatementTimeout,
    TextRefused,
    VariablesInvalid,
    located,
    shown,
)
from hub.graph.variables import coerced
from hub.graph.withholding import withheld_fields
from hub.kernel.clock import Clock
from hub.kernel.errors import BadInput, HubError, Limited, TryLater
from hub.kernel.scope import Reader as ReaderClass
from hub.kernel.scope import Scope
from hub.store.pools import Pools
from hub.store.turns import Turns
from hub.store.unit import answer, reading, writing
from hub.tenants.buckets import Buckets, Client, meter_of
from hub.tenants.grants import GrantFacts

log = structlog.get_logger()

INVALID = "invalid"  # the request reached GraphQL, but was refused before execution


class MutationByGet(BadInput):
    """A change cannot be made by GET."""

    code = "MUTATION_BY_GET"
    hint = "Send mutations by POST."
    status = 405


class SubscriptionsAbsent(BadInput):
    """Subscriptions are not served here yet."""

    code = "SUBSCRIPTIONS_ABSENT"
    hint = "Poll `changes(after:)` instead."


@dataclass(slots=True)
class Question:
    """What a client asks, taken apart but not judged."""

    query: str
    operation_name: str | None = None
    variables: Mapping[str, Any] = field(default_factory=dict)
    by_get: bool = False
    grants: tuple[GrantFacts, ...] = ()
    document_id: str | None = None  # asked instead of `query`, which is empty until its text is found
    client: Client | None = None  # whose points are spent


@dataclass(slots=True)
class Answer:
    """The answer's bytes; `executed` is False where the request itself was refused before execution."""

    body: bytes
    executed: bool
    path: str  # "plan", "resolvers", "invalid" or "refused"; for metrics and logs
    status: int = 200
    faultless: bool = True  # no errors beside the data
    retry_after: int | None = None


@dataclass(slots=True)
class Engine:
    """Answers questions under scopes."""

    schema: GraphQLSchema
    pools: Pools
    documents: Documents
    plans: Plans
    clock: Clock
    services: Any = None
    planning: bool = True
    committed: Callable[[], object] = lambda: None  # told after every mutation: wakes the sealer
    fallbacks: Counter[str] = field(default_factory=Counter)
    buckets: Buckets | None = None  # without them nobody's points are counted
    turns: Mapping[ReaderClass, Turns] = field(default_factory=dict)
    refused: Counter[str] = field(default_factory=Counter)  # by the code of the limit
    finishing: set["asyncio.Task[Answer]"] = field(default_factory=set)  # changes under way

    def caches(self) -> dict[str, tuple[int, int]]:
        """How many documents and plans are kept, and their bytes as estimated; for metrics."""
        return {
            "documents": (len(self.documents.kept), self.documents.bytes),
            "plans": (len(self.plans.kept), self.plans.bytes),
        }

    async def answer(self, question: Question, scope: Scope) -> Answer:
        """The answer to a question; never raises but for cancellation."""
        try:
            if self.buckets is not None and question.client is not None:
                self.buckets.refuse_empty(question.client)
            return await self._answer(self.documents.read(question.query), question, scope)
        except _NotAsked as refused:
            return refused.answer
        except HubError as refusal:
            return self._refuse(refusal, scope)
        except asyncpg.QueryCanceledError:
            return self._refuse(StatementTimeout(), scope)
        except Exception:
            log.exception("unexpected", request_id=scope.request_id)
            return self._refuse(HubError(), scope)

    def note(self, refusal: HubError) -> None:
        """Count a refusal by a limit."""
        if isinstance(refusal, Limited | TryLater):
            self.refused[refusal.code] += 1

    async def finish(self) -> None:
        """Let the changes end whose clients have gone."""
        await asyncio.gather(*self.finishing, return_exceptions=True)

    def _refuse(self, refusal: HubError, scope: Scope) -> Answer:
        self.note(refusal)
        wait = refusal.seconds if isinstance(refusal, TryLater) else None
        return _refused([shown(refusal, scope.lang, scope.request_id)], refusal.status, wait)

    async def _answer(self, document: Document, question: Question, scope: Scope) -> Answer:
        try:
            asked = self._asked(document, question, scope)
        except (HubError, _NotAsked):
            await self._spend(question.client, 1)  # reading it was work too
            raise
        await self._spend(question.client, asked.cost.points)
        await self._spend_meters(question, scope, asked.price)
        if asked.operation.operation is OperationType.MUTATION:
            return await self._to_the_end(self._in_turn(asked))
        return await self._in_turn(asked)

    def _asked(self, document: Document, question: Question, scope: Scope) -> "_Asked":
        """What is asked, when it may be asked."""
        if document.refusal is not None:
            raise _NotAsked(self._refuse(document.refusal, scope))
        if document.invalid:
            entries = [located(each, scope.lang, scope.request_id, QueryInvalid) for each in document.invalid]
            raise _NotAsked(_refused(entries, QueryInvalid.status))
        operation = document.operation(question.operation_name)
        self._check_kind(document, operation, question)
        name = operation.name.value if operation.name else ""
        found = coerced(self.schema, operation, document.signatures[name], question.variables)
        if isinstance(found, list):
            entries = [located(each, scope.lang, scope.request_id, VariablesInvalid) for each in found]
            raise _NotAsked(_refused(entries, VariablesInvalid.status))
        given = Given(scope, self.clock(), found)
        price = document.prices[name]
        cost = price.read(given.variables)
        refuse_dear(cost, self.documents.limits)
        return _Asked(document, operation, question, given, price, cost)

    async def _spend(self, client: Client | None, points: int) -> None:
        if self.buckets is None or client is None or self.buckets.spend(client, points):
            return
        await self.buckets.draw(client, points)

    async def _spend_meters(self, question: Question, scope: Scope, price: Price) -> None:
        if self.buckets is None or question.client is None:
            return
        for name in price.meters:
            await self.buckets.draw(meter_of(scope, name, self.buckets.rates, question.client), 1)

    async def _in_turn(self, asked: "_Asked") -> Answer:
        """Run it when the tenant's turn comes."""
        scope = asked.given.scope
        turns = self.turns.get(scope.reader)
        if turns is None:
            return await self._run(asked)
        tenant = scope.tenant.id if scope.tenant else scope.grant_id
        if not turns.enter(tenant):
            await turns.wait(tenant)
        try:
            return await self._run(asked)
        finally:
            turns.leave(tenant)

    async def _to_the_end(self, change: Coroutine[Any, Any, Answer]) -> Answer:
        """A change that has begun is carried out, also when the client goes away: its key tells what came of it."""
        task = asyncio.get_running_loop().create_task(change)
        self.finishing.add(task)
        task.add_done_callback(self._finished)
        return await asyncio.shield(task)

    def _finished(self, task: "asyncio.Task[Answer]") -> None:
        self.finishing.discard(task)
        if not task.cancelled():
            task.exception()  # told to whoever waits; nobody may

    async def _run(self, asked: "_Asked") -> Answer:
        if self.planning and asked.operation.operation is OperationType.QUERY:
            planned = await self._by_plan(asked)
            if planned is not None:
                return planned
        return await self._by_resolvers(asked)

    def _check_kind(self, document: Document, operation: OperationDefinitionNode, question: Question) -> None:
        if operation.operation is OperationType.SUBSCRIPTION:
            raise SubscriptionsAbsent
        if question.by_get and operation.operation is not OperationType.QUERY:
            raise MutationByGet
        if question.by_get and self._personal(document, operation, question):
            raise PersonalByGet

    def _personal(self, document: Document, operation: OperationDefinitionNode, question: Question) -> bool:
        assert document.ast is not None  # noqa: S101  # refused above otherwise
        if document.personal is None:
            document.personal = in_document(self.schema, document.ast)
        return document.personal or in_variables(self.schema, operation, question.variables)

    async def _by_plan(self, asked: "_Asked") -> Answer | None:
        """The planned answer; None where there is no plan or a value needs the resolver path's error."""
        document, operation, given = asked.document, asked.operation, asked.given
        try:
            id_types = types_in(given.variables) if document.looks_up_nodes else ()
            plan = self.plans.find(document.text, operation, document.fragments, given, id_types)
            arguments = plan.arguments(given)
        except NotPlannable as reason:
            self.fallbacks[str(reason)] += 1
            return None
        except HubError as refusal:
            self.fallbacks[f"refused value: {refusal.code}"] += 1
            return None
        try:
            data = await answer(self.pools.of(given.scope.reader), plan.text, arguments)
        except asyncpg.DataError as error:  # the resolver path says at which field
            self.fallbacks[f"refused by the database: {error.sqlstate}"] += 1
            return None
        extensions = asked.cost.member
        if plan.withheld:
            extensions += b',"withheld":' + orjson.dumps(plan.withheld)
        body = b"".join((b'{"data":', data, b',"extensions":{', extensions, b"}}"))  # the data are copied once
        return Answer(body, executed=True, path="plan")

    async def _by_resolvers(self, asked: "_Asked") -> Answer:
        document, operation, question, given = asked.document, asked.operation, asked.question, asked.given
        assert document.ast is not None  # noqa: S101  # refused above otherwise
        context = Context(
            given, None, self.schema, self.documents.limits, grants=question.grants, services=self.services
        )
        hidden: tuple[str, ...] = ()
        pool = self.pools.of(given.scope.reader)
        if operation.operation is OperationType.QUERY:
            binds = Binds.under(given.scope)
            reader = Reader(self.schema, document.fragments, given.variables)
            hidden = withheld_fields(self.schema, reader, binds, [operation.selection_set])
            async with reading(pool, given.scope, given.now) as context.session:
                result = await self._execute(document, question, context)
                await context.end()
        else:
            context.open_unit = lambda: writing(pool, given.scope, given.now)
            result = await self._execute(document, question, context)
            self.committed()
        body = _encoded(result, asked.cost, hidden, given.scope)
        return Answer(body, executed=True, path="resolvers", faultless=not result.errors)

    async def _execute(self, document: Document, question: Question, context: Context) -> ExecutionResult:
        assert document.ast is not None  # noqa: S101  # refused above otherwise
        result = execute(
            self.schema,
            document.ast,
            context_value=context,
            variable_values=dict(question.variables),
            operation_name=question.operation_name,
            executor_class=TransactionalExecutor,
            hide_suggestions=True,
        )
        return result if isinstance(result, ExecutionResult) else await result


class TransactionalExecutor(Executor[Any]):
    """Ends the transaction of each root mutation field when its payload is complete."""

    def execute_field(self, parent_type: Any, source: Any, details: Any, path: Any, position: Any) -> Any:
        """As graphql-core does, and settle after a root mutation field."""
        result = super().execute_field(parent_type, source, details, path, position)
        if parent_type is self.schema.mutation_type and path.prev is None:
            return self._settled(result)
        return result

    async def _settled(self, result: Any) -> Any:
        context: Context = self.context_value
        try:
            value = await result if self.is_awaitable(result) else result
        except BaseException as error:
            await asyncio.shield(context.settle(error))
            raise
        await context.settle()
        return value


@dataclass(slots=True)
class _Asked:
    """What is carried out."""

    document: Document
    operation: OperationDefinitionNode
    question: Question
    given: Given
    price: Price
    cost: Cost


class _NotAsked(Exception):  # a signal, not a refusal of ours: the answer is made already
    """The request does not fit the schema."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.answer = answer


def _refused(entries: list[dict[str, Any]], status: int, retry_after: int | None = None) -> Answer:
    body = orjson.dumps({"errors": entries})
    return Answer(body, executed=False, path=INVALID, status=status, retry_after=retry_after)


def _encoded(result: ExecutionResult, cost: Cost, hidden: tuple[str, ...], scope: Scope) -> bytes:
    body: dict[str, Any] = {}
    if result.errors:
        late = any(isinstance(each.original_error, asyncpg.QueryCanceledError) for each in result.errors)
        errors = [_timed(each, late=late) for each in result.errors]
        body["errors"] = [located(each, scope.lang, scope.request_id, BadInput) for each in errors]
    body["data"] = result.data
    body["extensions"] = {"cost": cost.shown, "withheld": hidden} if hidden else {"cost": cost.shown}
    return orjson.dumps(body)


def _timed(error: GraphQLError, *, late: bool) -> GraphQLError:
    """A cancelled statement is a limit of ours and a text with NUL the client's, not faults.

    After a statement that was cut for time (`late`) the others of its transaction fail too, for the same reason.
    """
    match error.original_error:
        case asyncpg.QueryCanceledError():
            refusal: HubError = StatementTimeout()
        case asyncpg.InFailedSQLTransactionError() if late:
            refusal = StatementTimeout()
        case asyncpg.CharacterNotInRepertoireError():
            refusal = TextRefused()
        case _:
            return error
    return GraphQLError(error.message, error.nodes, path=error.path, original_error=refusal)
