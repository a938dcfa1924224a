"""Documents: parsed, validated and measured once, kept in a bounded cache by their text."""

import sys
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    Visitor,
    parse,
    specified_rules,
    validate,
    visit,
)
from graphql.validation.rules import overlapping_fields_can_be_merged

from hub.graph.cost import Price, price
from hub.graph.limits import Limits, OnceOnly, TooManyRepeats, TooManyTokens, check
from hub.graph.problems import QueryMalformed
from hub.graph.variables import Signature, signature
from hub.kernel.errors import BadInput, HubError

_TOO_MANY_TOKENS = "Syntax Error: Document contains more than"  # graphql-core has no other sign of it


class OperationNotFound(BadInput):
    """The document has no such operation, or several and none was named."""

    code = "OPERATION_NOT_FOUND"
    hint = "Send `operationName` with the name of one operation in the document."


@dataclass(slots=True)
class Document:
    """A document as far as it came: its operations, or why it is refused."""

    text: str
    ast: DocumentNode | None = None
    operations: dict[str, OperationDefinitionNode] = field(default_factory=dict)
    fragments: Mapping[str, FragmentDefinitionNode] = field(default_factory=dict)
    invalid: list[GraphQLError] = field(default_factory=list)
    refusal: HubError | None = None  # to be told, not raised: it outlives the request, and would hold on to each
    looks_up_nodes: bool = False
    personal: bool | None = None  # whether it gives a personal argument; None: nobody asked yet
    prices: dict[str, Price] = field(default_factory=dict)  # by the names of the operations
    signatures: dict[str, Signature | None] = field(default_factory=dict)  # the same
    bytes: int = 0  # as estimated

    def operation(self, name: str | None) -> OperationDefinitionNode:
        """The operation of this name, or the only one."""
        if name:
            found = self.operations.get(name)
        else:
            found = next(iter(self.operations.values())) if len(self.operations) == 1 else None
        if found is None:
            raise OperationNotFound(path=("operationName",))
        return found


# Whether repeated fields can be merged is compared in pairs, and graphql-core's own bound allows seconds of that.
overlapping_fields_can_be_merged.MAX_COMPLEXITY_BUDGET = 20_000
_GIVEN_UP = "Validation aborted."


@dataclass(slots=True)
class Documents:
    """The bounded cache: at most so many documents, and so many bytes as they are estimated."""

    schema: GraphQLSchema
    limits: Limits
    introspection: bool = True
    most: int = 1_000
    most_bytes: int = 64 * 1024 * 1024
    kept: OrderedDict[str, Document] = field(default_factory=OrderedDict)
    bytes: int = 0

    def read(self, text: str) -> Document:
        """The document of a text; also a refused one is kept, so that repeating it costs nothing."""
        known = self.kept.get(text)
        if known is not None:
            self.kept.move_to_end(text)
            return known
        made = self._make(text)
        self.kept[text] = made
        made.bytes = estimate(made)
        self.bytes += made.bytes
        while len(self.kept) > self.most or self.bytes > self.most_bytes:
            _, dropped = self.kept.popitem(last=False)
            self.bytes -= dropped.bytes
        return made

    def _make(self, text: str) -> Document:
        made = Document(text)
        try:
            made.ast = parse(text, max_tokens=self.limits.tokens)
        except GraphQLSyntaxError as error:
            if error.message.startswith(_TOO_MANY_TOKENS):
                made.refusal = TooManyTokens(allowed=self.limits.tokens)
            else:
                made.invalid = [error]
            return made
        except RecursionError:
            made.refusal = QueryMalformed(problem="nested too deeply")
            return made
        rules, depths = list(specified_rules), dict[str, int]()
        if not self.introspection:
            rules.append(NoSchemaIntrospectionCustomRule)
        try:
            made.invalid = validate(self.schema, made.ast, rules, max_errors=5, hide_suggestions=True)
            if any(error.message == _GIVEN_UP for error in made.invalid):
                raise TooManyRepeats
            if not made.invalid:
                depths = check(made.ast, self.limits)
        except HubError as refusal:
            made.refusal = refusal.with_traceback(None)
        except RecursionError:
            made.refusal = QueryMalformed(problem="nested too deeply")
        made.operations = {
            each.name.value if each.name else "": each
            for each in made.ast.definitions
            if isinstance(each, OperationDefinitionNode)
        }
        made.fragments = {
            each.name.value: each for each in made.ast.definitions if isinstance(each, FragmentDefinitionNode)
        }
        self._price(made, depths)
        made.signatures = {name: signature(each) for name, each in made.operations.items()}
        finder = _NodeFinder()
        visit(made.ast, finder)
        made.looks_up_nodes = finder.found
        return made

    def _price(self, made: Document, depths: Mapping[str, int]) -> None:
        """The price of every operation of a document that is well, by its depth."""
        for name, depth in depths.items():
            found = price(self.schema, made.operations[name], made.fragments, depth=depth, limits=self.limits)
            if len(found.once) > 1:
                made.refusal = OnceOnly(found=len(found.once), field=found.once[0])
            made.prices[name] = found


def estimate(document: Document) -> int:
    """The bytes that a document holds: what was measured for a token with its node, and the text with its comments."""
    tokens, token = 0, document.ast.loc.start_token if document.ast and document.ast.loc else None
    while token is not None:
        tokens, token = tokens + 1, token.next
    return _BYTES_OF_ANY + tokens * _BYTES_OF_A_TOKEN + _COPIES * sys.getsizeof(document.text)


# Measured with graphql-core 3.3: 280 to 770 bytes for each token of an operation.
_BYTES_OF_ANY, _BYTES_OF_A_TOKEN, _COPIES = 2_000, 600, 3


class _NodeFinder(Visitor):
    """Whether a document has a field `node(id:)` or `nodes(ids:)`."""

    def __init__(self) -> None:
        super().__init__()
        self.found = False

    def enter_field(self, node: FieldNode, *_rest: Any) -> None:
        """Note it."""
        if node.name.value in ("node", "nodes") and node.arguments:  # those of a connection have none
            self.found = True
