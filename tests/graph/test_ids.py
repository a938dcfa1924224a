"""Global ids and cursors: the text that SQL makes is the text that Python reads."""

from itertools import product
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import column, select, values
from sqlalchemy.types import Date, Integer, Text, Time, Uuid

from hub.graph.binds import Binds, Given
from hub.graph.declare import NODES
from hub.graph.identity import global_id, read_id
from hub.graph.selecting import CursorRefused, Ordering, ordering
from hub.kernel import ids
from hub.kernel.clock import system_clock
from hub.kernel.scope import Reader, Scope, TenantRef, Zone
from hub.schema.build import schema
from hub.store import sql

TENANTS = (1, 9, 10, 99, 100, 12_345, 999_999_999)
KEYS = (UUID(int=0), UUID(int=2**128 - 1), ids.new_id(), UUID("fbfbefbe-fbef-bebf-befb-efbefbefbefb"))


@pytest.fixture(scope="module", autouse=True)
def declared() -> None:
    """The types."""
    schema()


def scope(*tenants: int) -> Scope:
    return Scope(Reader.API, "CAMAT", frozenset(), tuple(TenantRef(each, "63.01.01", Zone.WITA) for each in tenants))


@pytest.mark.parametrize("single", [True, False])
async def test_an_id_made_in_sql_is_the_id_made_in_python(owner: asyncpg.Connection, single: bool) -> None:
    for name in ("Village", "Citizen", "CommitmentParty", "KecamatanProfile", "ServiceHours"):
        node = NODES[name]
        for tenant, key in product(TENANTS, KEYS):
            asker = scope(tenant) if single else scope(tenant, 7)
            binds = Binds.under(asker)
            rows = values(column("tenant_id", Integer), column("id", Uuid), name="t1").data([(tenant, key)])
            statement = sql.prepare(select(global_id(node, rows, binds)))

            made = await owner.fetchval(
                statement.text, *statement.arguments(binds.values(Given(asker, system_clock())))
            )

            assert made == ids.GlobalId(name, tenant, key).encode()
            assert read_id(made, Given(asker, system_clock()), node) == key


@given(
    st.text(min_size=1, max_size=40), st.integers(0, 999_999_999), st.uuids(), st.sampled_from(["Village", "A", "Zz"])
)
def test_an_id_reads_back_and_nothing_else_does(text: str, tenant: int, key: UUID, name: str) -> None:
    made = ids.GlobalId(name, tenant, key).encode()
    assert ids.decode(made) == ids.GlobalId(name, tenant, key)
    assert ids.decode(made + "A") is None
    assert ids.decode(made[:-1]) is None
    assert ids.decode(text) is None or ids.decode(text) == ids.decode(ids.decode(text).encode())  # type: ignore[union-attr]


@given(
    key=st.uuids(),
    tenant=st.integers(0, 999_999_999),
    at=st.integers(0, 80),
    other=st.sampled_from([*"AQgwxZ09-_+/=. é", ""]),
    name=st.sampled_from(["Citizen", "Village", "PartnerOrganization"]),
)
def test_the_short_reading_says_what_the_long_one_says(key: UUID, tenant: int, at: int, other: str, name: str) -> None:
    made = ids.GlobalId(name, tenant, key).encode()
    assert ids.key_of(made, name, tenant) == key
    assert ids.key_of(made, "Household", tenant) is None
    assert ids.key_of(made, name, tenant + 1) is None
    changed = made[:at] + other + made[at + 1 :]
    found = ids.decode(changed)
    whole = found.key if found and (found.type_name, found.tenant) == (name, tenant) else None
    assert ids.key_of(changed, name, tenant) == whole


def test_an_id_of_another_tenant_leads_nowhere() -> None:
    made = ids.GlobalId("Village", 2, KEYS[2]).encode()
    assert read_id(made, Given(scope(1), system_clock()), NODES["Village"]) is None


async def _cursor(owner: asyncpg.Connection, order: Ordering, row: dict[str, Any], types: dict[str, Any]) -> str:
    rows = values(*(column(name, type_) for name, type_ in types.items()), name="t1").data([tuple(row.values())])
    statement = sql.prepare(select(order.cursor(rows)))
    found: str = await owner.fetchval(statement.text, *statement.arguments())
    return found


TEXTS = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=60)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TEXTS, st.uuids(), st.integers(1, 2**31 - 1))
async def test_a_cursor_made_in_sql_reads_back_in_python(
    owner: asyncpg.Connection, text: str, key: UUID, tenant: int
) -> None:
    order = Ordering(("name",), "id", tenant=True, tag=b"sixsix")
    made = await _cursor(
        owner,
        order,
        {"tenant_id": tenant, "id": key, "name": text},
        {"tenant_id": Integer(), "id": Uuid(), "name": Text()},
    )

    assert order.read(made, Given(scope(tenant), system_clock()), [Text(), Uuid()]) == (text, key)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.uuids(), st.uuids(), st.integers(-(2**31), 2**31 - 1), st.dates(), st.times(), TEXTS)
async def test_a_cursor_of_several_columns_keeps_each_with_its_type(  # one column of each type
    owner: asyncpg.Connection, parent: UUID, key: UUID, number: int, day: Any, hour: Any, text: str
) -> None:
    names = {"parent": Uuid(), "number": Integer(), "day": Date(), "hour": Time(), "text": Text()}
    order = Ordering(tuple(names), "id", tenant=True, tag=b"sixsix")
    row = {"tenant_id": 1, "id": key, "parent": parent, "number": number, "day": day, "hour": hour, "text": text}
    made = await _cursor(owner, order, row, {"tenant_id": Integer(), "id": Uuid(), **names})

    found = order.read(made, Given(scope(1), system_clock()), [*names.values(), Uuid()])

    assert found == (parent, number, day, hour, text, key)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TEXTS, st.from_regex(r"\A\d\d(\.\d\d){0,2}\Z"))
async def test_a_cursor_of_a_reference_type_keeps_its_text_key(owner: asyncpg.Connection, text: str, code: str) -> None:
    for columns in (("name",), ()):
        order = Ordering(columns, "code", tenant=False, tag=b"sixsix")
        made = await _cursor(owner, order, {"code": code, "name": text}, {"code": Text(), "name": Text()})

        found = order.read(made, Given(scope(), system_clock()), [Text(), Text()][: len(columns) + 1])

        assert found == (*([text] if columns else []), code)


def _forged(order: Ordering, tail: bytes, tenant: int = 1) -> str:
    return ids.base64url(order.tag + tenant.to_bytes(4, "big") + tail)


@pytest.mark.parametrize(
    ("type_", "tail"),
    [
        (Text(), b"\x00"),
        (Text(), b"\xff\xfe"),
        (Integer(), b"99999999999999999999"),
        (Integer(), b"x"),
        (Date(), b"2018-02-30"),
        (Time(), b"25:00"),
        (Uuid(), b"nothing"),
    ],
)
def test_a_forged_cursor_is_refused_before_it_reaches_the_database(type_: Any, tail: bytes) -> None:
    order = Ordering(("name",), "id", tenant=True, tag=b"sixsix")
    with pytest.raises(CursorRefused):
        order.read(_forged(order, KEYS[2].bytes + tail), Given(scope(1), system_clock()), [type_, Uuid()])


def test_a_cursor_of_another_list_or_tenant_is_refused() -> None:
    node = NODES["Village"]
    here = ordering(node, "Query.villages", None, None)
    types = [Text(), Uuid()]
    good = _forged(here, KEYS[2].bytes + b"Sama")
    assert here.read(good, Given(scope(1), system_clock()), types) == ("Sama", KEYS[2])

    others = [
        (ordering(node, "Region.villages", None, None), scope(1)),
        (ordering(node, "Query.villages", "CODE", None), scope(1)),
        (here, scope(2)),
    ]
    for order, asker in others:
        with pytest.raises(CursorRefused):
            order.read(good, Given(asker, system_clock()), types)
