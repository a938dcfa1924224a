"""What the documents say is true of the code."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from graphql import GraphQLEnumType, parse, validate

from hub.domains.accounts import entering, inviting, passphrases, report_keys
from hub.domains.feedback import attaching
from hub.domains.files import judging, naming, uploading
from hub.domains.files.actions import LINK_LIVES
from hub.domains.imports import batches
from hub.domains.webhooks import actions as webhooks
from hub.domains.webhooks import desk, spreading
from hub.entrypoints import tus
from hub.entrypoints.asking import PURPOSE
from hub.graph import cost
from hub.graph.filters import MOST as MOST_VALUES
from hub.graph.identity import MOST_IDS
from hub.graph.limits import Limits
from hub.graph.registry import core_of
from hub.graph.selecting import PAGE
from hub.integrations.opensid.archive import DEFAULT_LIMITS
from hub.integrations.webhooks import CALL_SECONDS
from hub.journal import idempotency
from hub.journal.model import KEY_LENGTH
from hub.pages import visiting
from hub.pages.suara import common as speaking
from hub.pages.suara import queueing
from hub.schema.build import schema
from hub.schema.changes.queries import MOST as MOST_CHANGES
from hub.schema.citizens.search import ARGUMENTS
from hub.schema.imports.inputs import MOST as MOST_PROPOSED
from hub.settings import Settings
from hub.tenants import api_keys, manifests, sessions, tokens, trusted
from hub.tenants.grants import MOST_TENANTS
from tools import error_page

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
CORE = core_of(schema())
BLOCK = re.compile(r"^```graphql\n(.*?)^```", re.DOTALL | re.MULTILINE)
CELLS = re.compile(r"^\|(.+)\|(.+)\|(.+)\|$", re.MULTILINE)
NAME = re.compile(r"`([A-Za-z]\w*)`", re.ASCII)


def blocks() -> Iterator[tuple[str, str]]:
    """Every GraphQL block of every page, with where it stands."""
    for page in PAGES:
        for found in BLOCK.finditer(page.read_text(encoding="utf-8")):
            line = page.read_text(encoding="utf-8").count("\n", 0, found.start()) + 1
            yield f"{page.relative_to(ROOT)}:{line}", found[1]


@pytest.mark.parametrize(("place", "block"), list(blocks()), ids=[place for place, _ in blocks()])
def test_an_operation_in_a_document_fits_the_schema(place: str, block: str) -> None:
    assert [error.message for error in validate(CORE, parse(block))] == [], place


def test_the_first_hour_has_its_operations() -> None:
    assert len([place for place, _ in blocks() if place.startswith("docs/id/jam-pertama.md")]) == 11


def test_the_page_of_error_codes_is_the_one_that_the_code_makes() -> None:
    """Otherwise run `python -m tools.error_page`."""
    assert error_page.PAGE.read_text(encoding="utf-8") == error_page.page()


def test_the_page_of_limits_has_the_numbers_of_the_code() -> None:
    limits = Limits()
    assert numbers(ROOT / "docs/limits.md") == [
        limits.body_bytes,
        limits.tokens,
        limits.depth,
        limits.introspection_depth,
        limits.root_fields,
        limits.aliases,
        limits.fields,
        1,
        limits.json_depth,
        limits.variables,
        limits.variable_values,
        limits.nodes,
        limits.cost,
        PURPOSE,
        PAGE,
        MOST_IDS,
        MOST_VALUES,
        MOST_CHANGES,
        MOST_TENANTS,
        Settings.model_fields["statement_timeout_ms"].default,
        KEY_LENGTH,
        idempotency.KEEP.days,
        idempotency.KEEP_BATCH.days,
        DEFAULT_LIMITS.file_bytes // 1024**2,
        DEFAULT_LIMITS.rows,
        batches.UNDOABLE.days,
        MOST_PROPOSED,
        Settings.model_fields["file_megabytes"].default,
        Settings.model_fields["workbook_megabytes"].default,
        Settings.model_fields["tenant_file_megabytes"].default,
        uploading.MOST_OPEN,
        uploading.KEEP // timedelta(hours=1),
        tus.METADATA_BYTES,
        naming.MOST,
        attaching.MOST,
        uploading.KEEP // timedelta(hours=1),
        judging.MOST_MEGAPIXELS,
        judging.MOST_PARTS,
        judging.MOST_UNPACKED // 1024**2,
        LINK_LIVES // timedelta(minutes=1),
        passphrases.LEAST,
        passphrases.MOST,
        Settings.model_fields["rate_sign_in"].default,
        Settings.model_fields["rate_sign_in_network"].default,
        passphrases.THREADS + passphrases.WAITING,
        entering.CODE_LIVES // timedelta(minutes=1),
        inviting.INVITATION_LIVES.days,
        inviting.ASKED_LIVES.days,
        sessions.IDLE // timedelta(hours=1),
        sessions.WHOLE.days,
        visiting.FORM_BYTES,
        speaking.ROOM.bytes,
        queueing.ROOM.bytes,
        queueing.MOST_ITEMS,
        report_keys.MOST,
        report_keys.LONGEST.days,
        Settings.model_fields["rate_report_keys"].default,
        webhooks.MOST,
        spreading.BACKLOG,
        int(CALL_SECONDS),
        desk.KEEP_DEAD.days,
        manifests.MOST_DOCUMENTS,
        manifests.MOST_BYTES // 1024**2,
        trusted.MOST_ID,
    ]


def test_the_page_of_limits_has_the_seconds_of_the_code() -> None:
    text = (ROOT / "docs/limits.md").read_text(encoding="utf-8").partition("## Time")[2]
    seconds = re.findall(r"^\|[^|]+\| (\d+) \|$", text, re.MULTILINE)
    assert [int(each) for each in seconds] == [api_keys.KEPT_SECONDS, tokens.LEEWAY_SECONDS]


def test_the_page_of_limits_has_the_prices_and_buckets_of_the_code() -> None:
    text, settings = (ROOT / "docs/limits.md").read_text(encoding="utf-8"), Settings()
    prices = dict(re.findall(r"^\| ([^|]+) \| (\d+)(?:, besides[^|]*)? \|$", text, re.MULTILINE))
    points = {what: int(found) * cost.NODES_PER_POINT for what, found in prices.items()}
    assert points.items() >= {
        ("20 nodes", cost.NODES_PER_POINT),
        ("`totalCount`", cost.COUNT),
        ("`countBy`", cost.GROUPS),
        ("`citizens(search:)`", ARGUMENTS["search"].price * cost.NODES_PER_POINT),
        ("a mutation", cost.MUTATION),
        ("the schema (`__schema`)", cost.INTROSPECTION),
    }
    buckets = re.findall(r"^\|[^|]+\| ([\d,]+) \| (\d+) \| `HUB", text, re.MULTILINE)
    assert [(int(held.replace(",", "")), int(refilled)) for held, refilled in buckets] == [
        (settings.rate_client, settings.rate_client_per_second),
        (settings.rate_public, settings.rate_public_per_second),
        (settings.rate_anonymous, settings.rate_anonymous_per_second),
    ]
    assert f"{settings.rate_identity} in a row, {settings.rate_identity_per_hour:.0f} an\nhour" in text
    assert (
        f"Up to {settings.tenant_queue} further operations wait up to {settings.tenant_wait_seconds:.0f} seconds"
        in text
    )


def test_the_codes_named_in_the_page_of_limits_exist() -> None:
    named = set(re.findall(r"`([A-Z_]{4,})`", (ROOT / "docs/limits.md").read_text(encoding="utf-8")))
    assert {each for each in named if not each.startswith("HUB_")} <= {each.code for each in error_page.every_refusal()}


def test_the_names_in_the_glossary_exist_in_the_graph() -> None:
    text = (ROOT / "docs/GLOSSARY.md").read_text(encoding="utf-8")
    named = {name for _, _, cell in CELLS.findall(text) for name in NAME.findall(cell)}
    assert named - _names() == set()


def numbers(page: Path) -> list[int]:
    """The second column of the tables with three."""
    text = re.sub(r"## Over time.*?(?=\n## )", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)  # looked at above
    cells = (cell.strip().replace(",", "") for _, cell, _ in CELLS.findall(text))
    return [int(each) for each in cells if each.isdigit()]


def _names() -> set[str]:
    """Types, fields and values of the graph."""
    found = set(CORE.type_map)
    for type_ in CORE.type_map.values():
        found.update(getattr(type_, "fields", {}))
        if isinstance(type_, GraphQLEnumType):
            found.update(type_.values)
    return found
