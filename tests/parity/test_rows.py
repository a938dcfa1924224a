"""The rows that both paths are compared over: nulls, ties, empty lists and awkward texts really are in them."""

from typing import Any

import pytest
from sqlalchemy import ARRAY, Text

from hub.graph.declare import NODES, Column, NodeType, One
from tests.world.build import Place, World
from tests.world.rich import LONGEST, ODD

UNIQUE = {  # by the models
    ("Village", "code"),
    ("PartnerOrganization", "name"),
    ("KecamatanProfile", "kecamatan_id", "year"),
    ("CommitmentClause", "commitment_id", "position"),
    ("AnnouncementEdition", "announcement_id", "number"),
    ("SurveyElement", "survey_id", "position"),
    ("ActionPlanItem", "plan_id", "position"),
    ("SubVillage", "village_id", "name"),
    ("ImportFigure", "job_id", "action"),
    ("ImportProblem", "job_id", "position"),
    ("TwinReferralSide", "referral_id", "position"),
    ("FeedbackAnswer", "feedback_id", "number"),
    ("ReportPeriod", "period"),
}
DECLARED = [
    pytest.param(node, id=name)
    for name, node in NODES.items()
    if node.tenant and any(isinstance(each, Column) for each in node.fields.values())
]


def columns_of(node: NodeType) -> list[Any]:
    """The columns that the graph shows of a type."""
    names = {each.attribute or each.name for each in node.fields.values() if isinstance(each, Column)}
    names |= {each.key for each in node.fields.values() if isinstance(each, One)}
    return [column for column in node.table.columns if column.name in names]


@pytest.mark.parametrize("node", DECLARED)
def test_every_nullable_column_is_null_in_one_row_and_set_in_another(node: NodeType, rich: Place, world: World) -> None:
    rows = [*rich.rows.get(node.name, []), *world.takisung.rows.get(node.name, [])]
    assert rows != []
    poor = {
        column.name: [getattr(row, column.name) for row in rows]
        for column in columns_of(node)
        if column.nullable and len({getattr(row, column.name) is None for row in rows}) < 2
    }
    assert poor == {}


@pytest.mark.parametrize("node", DECLARED)
def test_every_order_has_ties_where_its_columns_allow_them(node: NodeType, rich: Place) -> None:
    for columns in node.orders.values():
        rows = rich.rows.get(node.name, [])
        keys = [tuple(getattr(row, name) for name in columns) for row in rows]
        if columns and len(keys) > 2 and (node.name, *columns) not in UNIQUE:
            assert len(set(keys)) < len(keys), (node.name, columns)


def test_texts_are_awkward_somewhere(rich: Place) -> None:
    texts: list[str] = []
    lists: list[Any] = []
    for rows in rich.rows.values():
        for row in rows:
            for column in row.__table__.columns:
                value = getattr(row, column.name)
                if isinstance(column.type, ARRAY):
                    lists.append(value)
                elif isinstance(column.type, Text) and value is not None:
                    texts.append(value)
    assert LONGEST in texts
    assert len(LONGEST) > 10_000
    for piece in (
        "'",
        '"',
        "\\",
        "\n",
        "\r",
        "\t",
        "\x01",
        "\x7f",
        "\u2028",
        "😀",
        "é",
        "e\u0301",
        "村",
        "%",
        "$1",
        "{",
    ):
        assert any(piece in each for each in texts), piece
    assert "" in texts
    assert [] in lists
    assert any(ODD in each for each in lists)
