"""A faulty declaration refuses to start, and every fault is named at once."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
FAULTY = '''
from sqlalchemy import Numeric, Text
from sqlmodel import Field

from hub.graph.check import FaultyDeclaration
from hub.graph.declare import column, node, queries, roots, one, Connection
from hub.schema.build import schema
from hub.schema.villages.types import Village
from hub.store.base import TenantRow, C_TEXT
from hub.graph import registry
from uuid import UUID
import strawberry


class Scratch(TenantRow, table=True):
    __tablename__ = "scratch"
    maybe: str | None = Field(default=None, sa_type=C_TEXT)
    amount: float = Field(sa_type=Numeric(8, 2))
    plain: str = Field(sa_type=C_TEXT)
    village_id: UUID | None = None


@node(
    Scratch,
    filters=("amount", "plain"),
    orders={"MAYBE": ("maybe",), "AMOUNT": ("amount",)},
    groups=("village", "plain"),
    sums=("plain",),
)
class Scratched:
    """A type full of faults."""

    maybe: str = column("Nullable column, non-null type.")
    plain: str = column("Guarded, non-null.", guard="SOMETHING")
    amount: int = column("Amount.")
    village: Village = one("Nullable key, non-null type.", Scratch.village_id)


@queries
class Query:
    """Root."""

    scratches: Connection[Scratched] = roots("All.")


try:
    registry.build(strawberry.type(Query), None, [Scratched])
except FaultyDeclaration as refusal:
    for fault in refusal.params["problem"].split("; "):
        if "Scratched" in fault:
            print(fault)
'''
FAULTS = [
    "Scratched.maybe is a nullable column",
    "Scratched.plain is guarded and must be nullable",
    "Scratched.village hangs on a nullable key",
    "Scratched filters by amount, whose comparison is not leakproof",
    "Scratched filters by plain without an index that begins with it",
    "Scratched orders by MAYBE without an index that begins with it",
    "Scratched orders by MAYBE, which may be null",
    "Scratched orders by AMOUNT without an index that begins with it",
    "Scratched orders by AMOUNT, whose values no cursor can carry",
    "Scratched counts by village, which is no column",
    "Scratched counts by plain, which not everybody may read",
    "Scratched adds up plain, which is no column of numbers",
]


def test_every_fault_is_named_at_once() -> None:
    done = subprocess.run(  # noqa: S603  # a program of this test, apart so that its types stay out of ours
        [sys.executable, "-c", FAULTY], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert done.stdout.splitlines() == FAULTS, done.stderr
