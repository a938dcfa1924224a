"""The schema, built once per process."""

from functools import lru_cache

import strawberry

from hub.graph import mutations
from hub.graph.declare import NODES
from hub.graph.registry import build
from hub.schema.root import Query


@lru_cache(maxsize=1)
def schema() -> strawberry.Schema:
    """The finished schema; FaultyDeclaration where a declaration is wrong."""
    return build(Query, mutations.root(), [node.cls for node in NODES.values()])
