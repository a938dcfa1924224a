"""Announcements with those who pass them on; satisfaction surveys. See docs/adr/0029."""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

from hub.store import rls
from hub.store.base import Kind
from hub.store.rls import protect

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

ELEMENTS = (
    "'REQUIREMENTS', 'PROCEDURE', 'TIME', 'COST', 'PRODUCT', 'COMPETENCE', 'BEHAVIOUR', 'COMPLAINT_HANDLING', "
    "'FACILITIES', 'OFFICER_CLARITY', 'OFFICER_DISCIPLINE', 'OFFICER_RESPONSIBILITY', 'OFFICER_ABILITY', 'SPEED', "
    "'FAIRNESS', 'POLITENESS', 'COST_REASONABLENESS', 'COST_CERTAINTY', 'SCHEDULE_CERTAINTY', 'SURROUNDINGS', "
    "'SECURITY'"
)
CHANNELS = "'WEBSITE', 'INSTAGRAM', 'FACEBOOK', 'PRINT', 'WHATSAPP', 'MASS_MEDIA'"
RECORDS = "record_kind IN ('COMMITMENT', 'BUILDING_PERMIT')"
UNNARROWED = "(select nullif(current_setting('hub.villages', true), '')) is null"
WITH_SURVEY = "exists (select from survey s where s.tenant_id = {0}.tenant_id and s.id = {0}.survey_id{1})"
WITH_ANNOUNCEMENT = (
    "exists (select from announcement a where a.tenant_id = {0}.tenant_id and a.id = {0}.announcement_id{1})"
)

# A code is used up by whoever holds it, and nobody outside may read which codes there are. It runs as the owner, whom
# the forced policy still keeps inside `hub.tenant`; it tells the kind of record, '' for none, null where no unused
# code is that.
USING = """
create function hub_use_invitation(of_survey uuid, digest bytea) returns text
language sql volatile security definer
set search_path = public, pg_temp
as $body$
    update survey_invitation i set used = true
    where i.tenant_id = (select nullif(current_setting('hub.tenant', true), '')::int)
      and i.survey_id = of_survey and i.code_sha256 = digest and not i.used
    returning coalesce(i.record_kind, '')
$body$
"""


def upgrade() -> None:
    """Apply."""
    _announcement()
    _edition()
    _relay()
    _survey()
    _element()
    _invitation()
    _response()
    for statement in privileges():
        op.execute(statement)


def _announcement() -> None:
    name = "announcement"
    op.create_table(
        name,
        *_row(),
        _text("title"),
        sa.Column("body", sa.Text(), nullable=False),
        _text("audience"),
        sa.Column("channels", sa.ARRAY(sa.Text()), nullable=False),
        _text("state"),
        sa.Column("edition", sa.Integer(), nullable=False),
        *(sa.Column(each, sa.DateTime(timezone=True), nullable=True) for each in ("published_at", "expires_at")),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_reason", sa.Text(), nullable=True),
        _check(name, "audience_known", "audience IN ('PUBLIC', 'VILLAGES', 'PARTNERS', 'STAFF')"),
        _check(name, "state_known", "state IN ('DRAFT', 'PUBLISHED', 'WITHDRAWN')"),
        _check(name, "channels_known", f"channels <@ ARRAY[{CHANNELS}]::text[]"),
        _check(name, "published_is_dated", "state <> 'PUBLISHED' or published_at is not null"),
        _check(name, "edition_is_published", "(published_at is null) = (edition = 0)"),
        _check(name, "withdrawn_for_a_reason", "(state = 'WITHDRAWN') = (withdrawn_reason is not null)"),
        _check(name, "expiry", "expires_at is null or published_at is null or expires_at > published_at"),
        _key(name),
    )
    for column in ("audience", "state", "title"):
        _index(name, column, "id")
    protect(op.execute, name, kind=Kind.TENANT)


def _edition() -> None:
    name = "announcement_edition"
    op.create_table(
        name,
        *_row(),
        sa.Column("announcement_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        *(sa.Column(each, sa.Text(), nullable=False) for each in ("title", "body")),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        _check(name, "number_from_one", "number >= 1"),
        _belongs(name, "announcement_id", "announcement"),
        _key(name),
        sa.UniqueConstraint("tenant_id", "announcement_id", "number", name="uq_announcement_edition_once"),
    )
    protect(op.execute, name, kind=Kind.TENANT)


def _relay() -> None:
    name = "announcement_relay"
    op.create_table(
        name,
        *_row(),
        sa.Column("announcement_id", sa.Uuid(), nullable=False),
        *(sa.Column(each, sa.Uuid(), nullable=True) for each in ("village_id", "organization_id")),
        sa.Column("relayed_on", sa.Date(), nullable=True),
        _text("means", nullable=True),
        sa.Column("reached", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        _check(name, "arc", "num_nonnulls(village_id, organization_id) = 1"),
        _check(
            name,
            "means_known",
            "means IN ('MEETING', 'NOTICE_BOARD', 'LOUDSPEAKER', 'MESSAGES', 'HOME_VISIT', 'OTHER')",
        ),
        _check(name, "relayed_whole", "(relayed_on is null) = (means is null)"),
        _check(name, "reached_not_negative", "reached >= 0"),
        _belongs(name, "announcement_id", "announcement"),
        _belongs(name, "village_id", "village"),
        _belongs(name, "organization_id", "partner_organization"),
        _key(name),
        sa.UniqueConstraint(
            "tenant_id",
            "announcement_id",
            "village_id",
            "organization_id",
            name="uq_announcement_relay_once",
            postgresql_nulls_not_distinct=True,
        ),
    )
    for column in ("announcement_id", "village_id", "organization_id"):
        _index(name, column, "id")
    protect(op.execute, name, kind=Kind.TENANT, village="village_id")


def _survey() -> None:
    name = "survey"
    op.create_table(
        name,
        *_row(),
        _text("template"),
        _text("title"),
        sa.Column("service", sa.Text(), nullable=False),
        _text("channel", nullable=True),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("by_invitation", sa.Boolean(), nullable=False),
        _text("state"),
        *(sa.Column(each, sa.DateTime(timezone=True), nullable=True) for each in ("closed_at", "published_at")),
        sa.Column("told_respondents", sa.Integer(), nullable=True),
        sa.Column("told_totals", sa.ARRAY(sa.Integer()), nullable=True),
        _check(name, "template_known", "template IN ('SKM_9_2017', 'IKM_14_2004')"),
        _check(name, "state_known", "state IN ('OPEN', 'CLOSED', 'PUBLISHED')"),
        _check(name, "channel_known", "channel IN ('COUNTER', 'WHATSAPP', 'WEB', 'EMAIL')"),
        _check(name, "period", "from_on <= until_on"),
        _check(name, "old_is_closed", "template = 'SKM_9_2017' or state <> 'OPEN'"),
        _check(name, "closed_is_dated", "(state = 'OPEN') = (closed_at is null)"),
        _check(name, "published_is_dated", "(state = 'PUBLISHED') = (published_at is not null)"),
        _check(name, "told_of_many", "told_totals is null or state = 'PUBLISHED' and told_respondents >= 5"),
        _check(
            name,
            "told_of_none_or_many",
            "told_respondents is null or told_respondents = 0 or told_respondents >= 5",
        ),
        _key(name),
    )
    for column in ("state", "template", "title", "from_on"):
        _index(name, column, "id")
    protect(op.execute, name, kind=Kind.TENANT)


def _element() -> None:
    name = "survey_element"
    op.create_table(
        name,
        *_row(),
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        _text("element"),
        _check(name, "element_known", f"element IN ({ELEMENTS})"),
        _check(name, "position_in_scores", "position between 1 and 14"),
        _belongs(name, "survey_id", "survey"),
        _key(name),
        sa.UniqueConstraint("tenant_id", "survey_id", "position", name="uq_survey_element_place"),
    )
    protect(op.execute, name, kind=Kind.TENANT)


def _invitation() -> None:
    name = "survey_invitation"
    op.create_table(
        name,
        *_row(),
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("code_sha256", sa.LargeBinary(), nullable=False),
        _text("record_kind", nullable=True),
        sa.Column("record_id", sa.Uuid(), nullable=True),
        sa.Column("used", sa.Boolean(), nullable=False),
        _check(name, "record_kind_known", RECORDS),
        _check(name, "record_whole", "(record_kind is null) = (record_id is null)"),
        _belongs(name, "survey_id", "survey"),
        _key(name),
        sa.UniqueConstraint("tenant_id", "survey_id", "code_sha256", name="uq_survey_invitation_code"),
        sa.UniqueConstraint("tenant_id", "survey_id", "record_id", name="uq_survey_invitation_record"),
    )
    protect(op.execute, name, kind=Kind.TENANT)


def _response() -> None:
    name = "survey_response"
    bands = "'UNDER_18', 'FROM_18_TO_30', 'FROM_31_TO_45', 'FROM_46_TO_60', 'OVER_60'"
    schools = "'PRIMARY', 'JUNIOR_SECONDARY', 'SENIOR_SECONDARY', 'DIPLOMA', 'BACHELOR', 'POSTGRADUATE'"
    op.create_table(
        name,
        *_row(),
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("scores", sa.ARRAY(sa.Integer()), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        *(_text(each, nullable=True) for each in ("age_band", "sex", "education", "record_kind")),
        sa.Column("answered_on", sa.Date(), nullable=False),
        _check(
            name,
            "scores_whole",
            "cardinality(scores) in (9, 14) and 1 <= all (scores) and 4 >= all (scores) "
            "and array_position(scores, null) is null",
        ),
        _check(name, "age_band_known", f"age_band IN ({bands})"),
        _check(name, "sex_known", "sex IN ('MALE', 'FEMALE')"),
        _check(name, "education_known", f"education IN ({schools})"),
        _check(name, "record_kind_known", RECORDS),
        _belongs(name, "survey_id", "survey"),
        _key(name),
    )
    for column in ("survey_id", "answered_on"):
        _index(name, column, "id")
    protect(op.execute, name, kind=Kind.TENANT)


def privileges() -> Iterator[str]:
    """What officials of villages read, and what those outside may write."""
    # Officials of a village read what is for everybody or for villages, from its publication on.
    yield (
        "create policy audience on announcement as restrictive for select to hub_api "
        f"using ({UNNARROWED} or published_at is not null and audience in ('PUBLIC', 'VILLAGES'))"
    )
    with_it = WITH_ANNOUNCEMENT.format("announcement_edition", "")
    yield (
        "create policy audience on announcement_edition as restrictive for select to hub_api "
        f"using ({UNNARROWED} or {with_it})"
    )
    # An organization says for itself that it passed on what it can read.
    own = f"{rls.TENANT} and organization_id = {rls.PARTY}"
    published = WITH_ANNOUNCEMENT.format("announcement_relay", " and a.state = 'PUBLISHED'")
    yield (
        "create policy relaying on announcement_relay as permissive for insert to hub_outside "
        f"with check ({own} and {published})"
    )
    yield (
        "create policy changing on announcement_relay as permissive for update to hub_outside "
        f"using ({own}) with check ({own} and {published})"
    )
    yield "grant insert on announcement_relay to hub_outside"
    yield "grant update (relayed_on, means, reached, note, version, updated_at) on announcement_relay to hub_outside"

    # A survey is the office's: a village sees what everybody sees, and no answers.
    yield (
        "create policy office on survey as restrictive for select to hub_api "
        f"using ({UNNARROWED} or state in ('OPEN', 'PUBLISHED'))"
    )
    yield (
        "create policy office on survey_element as restrictive for select to hub_api "
        f"using ({UNNARROWED} or {WITH_SURVEY.format('survey_element', '')})"
    )
    for table in ("survey_response", "survey_invitation"):
        yield f"create policy office on {table} as restrictive for select to hub_api using ({UNNARROWED})"
    # Whoever can read an open survey may answer; nobody outside reads an answer.
    opened = WITH_SURVEY.format("survey_response", " and s.state = 'OPEN'")
    yield (
        "create policy answering on survey_response as permissive for insert to hub_outside "
        f"with check ({rls.TENANT} and {opened})"
    )
    yield "grant insert on survey_response to hub_outside"
    yield USING
    yield "revoke all on function hub_use_invitation(uuid, bytea) from public"
    yield "grant execute on function hub_use_invitation(uuid, bytea) to hub_api, hub_outside"


def _row() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
    )


def _key(table: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{table}"))


def _text(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Text(collation="C"), nullable=nullable)


def _check(table: str, name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))


def _belongs(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", column], [f"{to}.tenant_id", f"{to}.id"], name=op.f(f"fk_{table}_tenant_id_{column}")
    )


def _index(table: str, *columns: str) -> None:
    op.create_index(op.f(f"ix_{table}_tenant_id_{'_'.join(columns)}"), table, ["tenant_id", *columns])


def downgrade() -> None:
    """Migrations go forward only: restore a backup instead."""
    raise NotImplementedError
