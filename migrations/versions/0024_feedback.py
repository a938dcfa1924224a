"""Community feedback, and the tenants' own days off. See docs/adr/0027-feedback.md."""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

from hub.store.base import Kind
from hub.store.rls import PARTY, TENANT, protect

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

C_TEXT = sa.Text(collation="C")
SECTORS = [
    "EDUCATION",
    "HEALTH",
    "INFRASTRUCTURE",
    "HOUSING",
    "WATER_SANITATION",
    "SOCIAL",
    "FOOD",
    "ECONOMY",
    "ENVIRONMENT",
    "POPULATION_DOC",
    "LICENSING",
    "SECURITY",
    "VILLAGE_GOVERNMENT",
    "OTHER",
]
STATES = [
    "RECEIVED",
    "TRIAGED",
    "ASSIGNED",
    "IN_PROGRESS",
    "ESCALATED",
    "ANSWERED",
    "CLOSED",
    "REOPENED",
    "DUPLICATE",
    "REJECTED",
]
SERVICES = [
    "EDUCATION",
    "POSYANDU",
    "IMMUNISATION",
    "VITAMIN_A",
    "FOOD_SUPPLY",
    "RICE_AID",
    "HEALTH_CARE",
    "CLEAN_WATER",
    "ELECTRICITY",
    "TRANSPORT",
    "ADMINISTRATION",
    "OTHER",
]

CODE = "(select nullif(current_setting('hub.code', true), ''))"
OWN_VILLAGES = (
    "(select nullif(current_setting('hub.villages', true), '')) is null or villages && "
    "(select nullif(current_setting('hub.villages', true), '')::uuid[])"
)
RAISED = (
    "exists (select from feedback_raiser r where r.tenant_id = feedback.tenant_id and r.id = feedback.id "
    f"and r.organization_id = {PARTY})"
)
CHILDREN = {
    "feedback_raiser": "id",
    "feedback_village": "feedback_id",
    "feedback_file": "feedback_id",
    "feedback_disposition": "feedback_id",
    "feedback_answer": "feedback_id",
    "feedback_publication": "feedback_id",
}
# Whoever holds the code is told how it stands and what was answered; never who raised it.
FIND = """
create function hub_find_feedback(claimed int, held text) returns text
language plpgsql stable security definer
set search_path = public, pg_temp
set hub.tenant = ''
as $body$
declare found text;
begin
    perform set_config('hub.tenant', claimed::text, true);
    select json_build_object(
        'kind', f.kind, 'state', f.state, 'state_reason', f.state_reason, 'subject', f.subject,
        'received_on', f.received_on, 'forward_due_on', f.forward_due_on, 'forwarded_on', f.forwarded_on,
        'answer_due_on', f.answer_due_on, 'closes_on', f.closes_on, 'closed_on', f.closed_on, 'reopened', f.reopened,
        'zone', t.zone,
        'agencies', coalesce((
            select json_agg(distinct a.name) from feedback_disposition d join agency a on a.code = d.agency_code
            where d.tenant_id = f.tenant_id and d.feedback_id = f.id), '[]'::json),
        'answers', coalesce((
            select json_agg(json_build_object('number', s.number, 'text', s.text, 'answered_on', s.answered_on)
                            order by s.number)
            from feedback_answer s where s.tenant_id = f.tenant_id and s.feedback_id = f.id), '[]'::json)
    )::text into found
    from feedback f join tenant t on t.id = f.tenant_id
    where f.tenant_id = claimed and f.tracking_code = held;
    return found;
end $body$
"""


def upgrade() -> None:
    """Apply."""
    _tenant_day_off()
    _feedback()
    _feedback_raiser()
    _feedback_village()
    _feedback_file()
    _feedback_disposition()
    _feedback_answer()
    _feedback_publication()
    for table in ("tenant_day_off", "feedback", *CHILDREN):
        protect(op.execute, table, kind=Kind.TENANT)
    for statement in (*_inside(), *_outside()):
        op.execute(statement)
    op.execute(FIND)
    op.execute("revoke all on function hub_find_feedback(int, text) from public")
    op.execute("grant execute on function hub_find_feedback(int, text) to hub_api, hub_outside")


def _inside() -> Iterator[str]:
    """What the office is told of itself it does not handle; a village sees what names it, and no confidential raiser."""
    yield (
        "create policy office on feedback as restrictive for all to hub_api "
        "using (not about_office) with check (not about_office)"
    )
    yield (
        f"create policy villages on feedback as restrictive for all to hub_api "
        f"using ({OWN_VILLAGES}) with check ({OWN_VILLAGES})"
    )
    for table, column in CHILDREN.items():
        there = f"exists (select from feedback f where f.tenant_id = {table}.tenant_id and f.id = {table}.{column})"
        yield (
            f"create policy feedback on {table} as restrictive for all to hub_api using ({there}) with check ({there})"
        )
    whole = "(select nullif(current_setting('hub.villages', true), '')) is null"
    yield (
        f"create policy confidential on feedback_raiser as restrictive for select to hub_api "
        f"using (not confidential or {whole})"
    )


def _outside() -> Iterator[str]:
    """Outside one raises feedback and, as its raiser, reopens it or says that it is done with."""
    fresh = (
        "state = 'RECEIVED' and reopened = 0 and satisfaction is null and duplicate_of_id is null "
        "and forwarded_on is null and closes_on is null and closed_on is null"
    )
    yield f"create policy raising on feedback as permissive for insert to hub_outside with check ({TENANT} and {fresh})"
    mine = f"{TENANT} and (tracking_code = {CODE} or {RAISED})"
    yield (
        f"create policy raiser on feedback as permissive for update to hub_outside "
        f"using ({mine}) with check ({mine} and state in ('REOPENED', 'CLOSED'))"
    )
    yield "grant insert on feedback, feedback_raiser, feedback_village to hub_outside"
    yield (
        "grant update (state, state_reason, forward_due_on, forwarded_on, answer_due_on, closes_on, closed_on, reopened, "
        "satisfaction, version, updated_at) on feedback to hub_outside"
    )
    # It cannot look at the feedback, whose own policy looks here; the key lets no second raiser in, and ids are random.
    yield (
        f"create policy raising on feedback_raiser as permissive for insert to hub_outside with check ({TENANT} "
        f"and organization_id is not distinct from {PARTY} and village_id is null and citizen_id is null)"
    )
    yield (
        f"create policy raising on feedback_village as permissive for insert to hub_outside with check ({TENANT} "
        f"and exists (select from feedback f where f.tenant_id = feedback_village.tenant_id "
        f"and f.id = feedback_village.feedback_id and f.tracking_code = {CODE}))"
    )


def _quoted(words: list[str]) -> str:
    return ", ".join(f"'{each}'" for each in words)


def _in(column: str, words: list[str]) -> str:
    return f"{column} IN ({_quoted(words)})"


def _among(column: str, words: list[str]) -> str:
    return f"{column} <@ ARRAY[{_quoted(words)}]::text[]"


def _tenant_day_off() -> None:
    op.create_table(
        "tenant_day_off",
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(ended_at is null) = (end_reason is null)", name=op.f("ck_tenant_day_off_ended_for_a_reason")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_tenant_day_off")),
    )
    op.create_index(
        op.f("ix_tenant_day_off_tenant_id_day_id"), "tenant_day_off", ["tenant_id", "day", "id"], unique=False
    )
    op.create_index(
        "uq_tenant_day_off_day",
        "tenant_day_off",
        ["tenant_id", "day"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def _feedback() -> None:
    op.create_table(
        "feedback",
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", C_TEXT, nullable=False),
        sa.Column("submitter_kind", C_TEXT, nullable=False),
        sa.Column("confidential", sa.Boolean(), nullable=False),
        sa.Column("about_office", sa.Boolean(), nullable=False),
        sa.Column("channel", C_TEXT, nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("sector", C_TEXT, nullable=True),
        sa.Column("severity", sa.Integer(), nullable=True),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("affected_services", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("affected_population", sa.Integer(), nullable=True),
        sa.Column("villages", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("commitment_id", sa.Uuid(), nullable=True),
        sa.Column("state", C_TEXT, nullable=False),
        sa.Column("state_reason", sa.Text(), nullable=True),
        sa.Column("captured_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("forward_due_on", sa.Date(), nullable=False),
        sa.Column("forwarded_on", sa.Date(), nullable=True),
        sa.Column("answer_due_on", sa.Date(), nullable=True),
        sa.Column("first_answered_on", sa.Date(), nullable=True),
        sa.Column("closes_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("reopened", sa.Integer(), nullable=False),
        sa.Column("duplicate_of_id", sa.Uuid(), nullable=True),
        sa.Column("satisfaction", sa.Integer(), nullable=True),
        sa.Column("tracking_code", C_TEXT, nullable=False),
        sa.CheckConstraint(
            "(state = 'DUPLICATE') = (duplicate_of_id is not null)", name=op.f("ck_feedback_duplicate_of_something")
        ),
        sa.CheckConstraint(_among("affected_services", SERVICES), name=op.f("ck_feedback_affected_services_known")),
        sa.CheckConstraint(
            "channel IN ('API', 'COUNTER', 'WHATSAPP', 'WEB', 'PHONE', 'LETTER', 'MEETING', 'SOCIAL_MEDIA')",
            name=op.f("ck_feedback_channel_known"),
        ),
        sa.CheckConstraint(
            "kind IN ('ASPIRATION', 'COMPLAINT', 'INFORMATION_REQUEST', 'PRAISE')", name=op.f("ck_feedback_kind_known")
        ),
        sa.CheckConstraint(_in("sector", SECTORS), name=op.f("ck_feedback_sector_known")),
        sa.CheckConstraint(_in("state", STATES), name=op.f("ck_feedback_state_known")),
        sa.CheckConstraint(
            "submitter_kind IN ('PARTNER_ORG', 'VILLAGE', 'CITIZEN', 'ANONYMOUS')",
            name=op.f("ck_feedback_submitter_kind_known"),
        ),
        sa.CheckConstraint("affected_population >= 0", name=op.f("ck_feedback_population_not_negative")),
        sa.CheckConstraint("duplicate_of_id is null or duplicate_of_id <> id", name=op.f("ck_feedback_not_of_itself")),
        sa.CheckConstraint("reopened between 0 and 2", name=op.f("ck_feedback_reopened_twice_at_most")),
        sa.CheckConstraint("satisfaction between 1 and 4", name=op.f("ck_feedback_satisfaction_in_range")),
        sa.CheckConstraint("severity between 1 and 4", name=op.f("ck_feedback_severity_in_range")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "commitment_id"],
            ["commitment.tenant_id", "commitment.id"],
            name=op.f("fk_feedback_tenant_id_commitment_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "duplicate_of_id"],
            ["feedback.tenant_id", "feedback.id"],
            name=op.f("fk_feedback_tenant_id_duplicate_of_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_feedback")),
        sa.UniqueConstraint("tenant_id", "tracking_code", name=op.f("uq_feedback_tenant_id_tracking_code")),
    )
    op.create_index(
        op.f("ix_feedback_tenant_id_answer_due_on_id"), "feedback", ["tenant_id", "answer_due_on", "id"], unique=False
    )
    op.create_index(op.f("ix_feedback_tenant_id_closes_on"), "feedback", ["tenant_id", "closes_on"], unique=False)
    op.create_index(
        op.f("ix_feedback_tenant_id_duplicate_of_id_id"),
        "feedback",
        ["tenant_id", "duplicate_of_id", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_feedback_tenant_id_forward_due_on_id"), "feedback", ["tenant_id", "forward_due_on", "id"], unique=False
    )
    op.create_index(op.f("ix_feedback_tenant_id_kind_id"), "feedback", ["tenant_id", "kind", "id"], unique=False)
    op.create_index(
        op.f("ix_feedback_tenant_id_received_on_id"), "feedback", ["tenant_id", "received_on", "id"], unique=False
    )
    op.create_index(op.f("ix_feedback_tenant_id_sector_id"), "feedback", ["tenant_id", "sector", "id"], unique=False)
    op.create_index(
        op.f("ix_feedback_tenant_id_severity_id"), "feedback", ["tenant_id", "severity", "id"], unique=False
    )
    op.create_index(op.f("ix_feedback_tenant_id_state_id"), "feedback", ["tenant_id", "state", "id"], unique=False)


def _feedback_raiser() -> None:
    op.create_table(
        "feedback_raiser",
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confidential", sa.Boolean(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=True),
        sa.Column("village_id", sa.Uuid(), nullable=True),
        sa.Column("citizen_id", sa.Uuid(), nullable=True),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "num_nonnulls(organization_id, village_id, citizen_id) <= 1", name=op.f("ck_feedback_raiser_arc")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "citizen_id"],
            ["citizen.tenant_id", "citizen.id"],
            name=op.f("fk_feedback_raiser_tenant_id_citizen_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "id"], ["feedback.tenant_id", "feedback.id"], name=op.f("fk_feedback_raiser_tenant_id_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "organization_id"],
            ["partner_organization.tenant_id", "partner_organization.id"],
            name=op.f("fk_feedback_raiser_tenant_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "village_id"],
            ["village.tenant_id", "village.id"],
            name=op.f("fk_feedback_raiser_tenant_id_village_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_feedback_raiser")),
    )
    op.create_index(
        op.f("ix_feedback_raiser_tenant_id_citizen_id_id"),
        "feedback_raiser",
        ["tenant_id", "citizen_id", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_feedback_raiser_tenant_id_organization_id_id"),
        "feedback_raiser",
        ["tenant_id", "organization_id", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_feedback_raiser_tenant_id_village_id_id"),
        "feedback_raiser",
        ["tenant_id", "village_id", "id"],
        unique=False,
    )


def _feedback_village() -> None:
    op.create_table(
        "feedback_village",
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("feedback_id", sa.Uuid(), nullable=False),
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "feedback_id"],
            ["feedback.tenant_id", "feedback.id"],
            name=op.f("fk_feedback_village_tenant_id_feedback_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "village_id"],
            ["village.tenant_id", "village.id"],
            name=op.f("fk_feedback_village_tenant_id_village_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_feedback_village")),
        sa.UniqueConstraint(
            "tenant_id", "feedback_id", "village_id", name=op.f("uq_feedback_village_tenant_id_feedback_id_village_id")
        ),
    )
    op.create_index(
        op.f("ix_feedback_village_tenant_id_village_id_feedback_id"),
        "feedback_village",
        ["tenant_id", "village_id", "feedback_id"],
        unique=False,
    )


def _feedback_file() -> None:
    op.create_table(
        "feedback_file",
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("feedback_id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "feedback_id"],
            ["feedback.tenant_id", "feedback.id"],
            name=op.f("fk_feedback_file_tenant_id_feedback_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "file_id"],
            ["stored_file.tenant_id", "stored_file.id"],
            name=op.f("fk_feedback_file_tenant_id_file_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_feedback_file")),
        sa.UniqueConstraint(
            "tenant_id", "feedback_id", "file_id", name=op.f("uq_feedback_file_tenant_id_feedback_id_file_id")
        ),
    )


def _feedback_disposition() -> None:
    op.create_table(
        "feedback_disposition",
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("feedback_id", sa.Uuid(), nullable=False),
        sa.Column("section", sa.Text(), nullable=True),
        sa.Column("village_id", sa.Uuid(), nullable=True),
        sa.Column("agency_code", C_TEXT, nullable=True),
        sa.Column("instruction", sa.Text(), nullable=True),
        sa.Column("state", C_TEXT, nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("return_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(state = 'RETURNED') = (return_reason is not null)",
            name=op.f("ck_feedback_disposition_returned_for_a_reason"),
        ),
        sa.CheckConstraint(
            "state IN ('SENT', 'ACKNOWLEDGED', 'RETURNED', 'DONE')", name=op.f("ck_feedback_disposition_state_known")
        ),
        sa.CheckConstraint(
            "num_nonnulls(section, village_id, agency_code) = 1", name=op.f("ck_feedback_disposition_arc")
        ),
        sa.ForeignKeyConstraint(["agency_code"], ["agency.code"], name=op.f("fk_feedback_disposition_agency_code")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "feedback_id"],
            ["feedback.tenant_id", "feedback.id"],
            name=op.f("fk_feedback_disposition_tenant_id_feedback_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "village_id"],
            ["village.tenant_id", "village.id"],
            name=op.f("fk_feedback_disposition_tenant_id_village_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_feedback_disposition")),
    )
    op.create_index(
        op.f("ix_feedback_disposition_tenant_id_agency_code_id"),
        "feedback_disposition",
        ["tenant_id", "agency_code", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_feedback_disposition_tenant_id_feedback_id_id"),
        "feedback_disposition",
        ["tenant_id", "feedback_id", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_feedback_disposition_tenant_id_state_id"),
        "feedback_disposition",
        ["tenant_id", "state", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_feedback_disposition_tenant_id_village_id_id"),
        "feedback_disposition",
        ["tenant_id", "village_id", "id"],
        unique=False,
    )


def _feedback_answer() -> None:
    op.create_table(
        "feedback_answer",
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("feedback_id", sa.Uuid(), nullable=False),
        sa.Column("disposition_id", sa.Uuid(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_feedback_answer_number_positive")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "disposition_id"],
            ["feedback_disposition.tenant_id", "feedback_disposition.id"],
            name=op.f("fk_feedback_answer_tenant_id_disposition_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "feedback_id"],
            ["feedback.tenant_id", "feedback.id"],
            name=op.f("fk_feedback_answer_tenant_id_feedback_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_feedback_answer")),
        sa.UniqueConstraint(
            "tenant_id", "feedback_id", "number", name=op.f("uq_feedback_answer_tenant_id_feedback_id_number")
        ),
    )


def _feedback_publication() -> None:
    op.create_table(
        "feedback_publication",
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("feedback_id", sa.Uuid(), nullable=False),
        sa.Column("answer_id", sa.Uuid(), nullable=False),
        sa.Column("kind", C_TEXT, nullable=False),
        sa.Column("sector", C_TEXT, nullable=True),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('ASPIRATION', 'COMPLAINT', 'INFORMATION_REQUEST', 'PRAISE')",
            name=op.f("ck_feedback_publication_kind_known"),
        ),
        sa.CheckConstraint(_in("sector", SECTORS), name=op.f("ck_feedback_publication_sector_known")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "answer_id"],
            ["feedback_answer.tenant_id", "feedback_answer.id"],
            name=op.f("fk_feedback_publication_tenant_id_answer_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "feedback_id"],
            ["feedback.tenant_id", "feedback.id"],
            name=op.f("fk_feedback_publication_tenant_id_feedback_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_feedback_publication")),
        sa.UniqueConstraint("tenant_id", "feedback_id", name=op.f("uq_feedback_publication_tenant_id_feedback_id")),
    )
    op.create_index(
        op.f("ix_feedback_publication_tenant_id_kind_id"),
        "feedback_publication",
        ["tenant_id", "kind", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_feedback_publication_tenant_id_published_on_id"),
        "feedback_publication",
        ["tenant_id", "published_on", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_feedback_publication_tenant_id_sector_id"),
        "feedback_publication",
        ["tenant_id", "sector", "id"],
        unique=False,
    )


def downgrade() -> None:
    """Migrations go forward only: restore a backup instead."""
    raise NotImplementedError
