"""Announcements (pengumuman), what was published of them before, and who passed them on."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Text, UniqueConstraint
from sqlmodel import Field

from hub.kernel.words import Word
from hub.store.base import (
    C_TEXT,
    MOMENT,
    Kind,
    Retention,
    TenantRow,
    all_columns,
    belongs,
    describe,
    exactly_one,
    one_of,
    some_of,
    tenant_index,
    updating,
)
from hub.store.rls import PARTY


class Audience(Word):
    """For whom an announcement is."""

    PUBLIC = "PUBLIC", "Umum", "Everybody"
    VILLAGES = "VILLAGES", "Pemerintah desa", "Village governments"
    PARTNERS = "PARTNERS", "Organisasi mitra", "Partner organizations"
    STAFF = "STAFF", "Pegawai kecamatan", "The kecamatan's own staff"


class AnnouncementChannel(Word):
    """Where an announcement is also published."""

    WEBSITE = "WEBSITE", "Laman web", "Web site"
    INSTAGRAM = "INSTAGRAM", "Instagram", "Instagram"
    FACEBOOK = "FACEBOOK", "Facebook", "Facebook"
    PRINT = "PRINT", "Media cetak", "Print"
    WHATSAPP = "WHATSAPP", "WhatsApp", "WhatsApp"
    MASS_MEDIA = "MASS_MEDIA", "Media massa", "Mass media"


class AnnouncementState(Word):
    """State of an announcement as acts have made it."""

    DRAFT = "DRAFT", "Rancangan", "Draft"
    PUBLISHED = "PUBLISHED", "Terbit", "Published"
    WITHDRAWN = "WITHDRAWN", "Ditarik", "Withdrawn"


class AnnouncementStatus(Word):
    """Status of an announcement now: its state, or that its time is over."""

    DRAFT = "DRAFT", "Rancangan", "Draft"
    PUBLISHED = "PUBLISHED", "Terbit", "Published"
    EXPIRED = "EXPIRED", "Lewat waktu", "Expired"
    WITHDRAWN = "WITHDRAWN", "Ditarik", "Withdrawn"


class RelayMeans(Word):
    """How an announcement was passed on to residents."""

    MEETING = "MEETING", "Pertemuan", "A meeting"
    NOTICE_BOARD = "NOTICE_BOARD", "Papan pengumuman", "Notice board"
    LOUDSPEAKER = "LOUDSPEAKER", "Pengeras suara", "Loudspeaker"
    MESSAGES = "MESSAGES", "Grup pesan", "Message groups"
    HOME_VISIT = "HOME_VISIT", "Kunjungan rumah", "Home visits"
    OTHER = "OTHER", "Lainnya", "Otherwise"


class Announcement(TenantRow, table=True):
    """Something the office says. Seen outside from its publication on, also when it was withdrawn."""

    __tablename__ = "announcement"
    __table_args__ = (
        one_of("audience", Audience),
        one_of("state", AnnouncementState),
        some_of("channels", AnnouncementChannel),
        CheckConstraint("state <> 'PUBLISHED' or published_at is not null", name="published_is_dated"),
        CheckConstraint("(published_at is null) = (edition = 0)", name="edition_is_published"),
        CheckConstraint("(state = 'WITHDRAWN') = (withdrawn_reason is not null)", name="withdrawn_for_a_reason"),
        CheckConstraint("expires_at is null or published_at is null or expires_at > published_at", name="expiry"),
        tenant_index("audience", "id"),
        tenant_index("state", "id"),
        tenant_index("title", "id"),
    )

    title: str = Field(sa_type=C_TEXT)
    body: str = Field(sa_type=Text)
    audience: str = Field(sa_type=C_TEXT)
    channels: list[str] = Field(default_factory=list, sa_type=ARRAY(Text))
    state: str = Field(default=AnnouncementState.DRAFT.value, sa_type=C_TEXT)
    edition: int = Field(default=0)
    published_at: datetime | None = Field(default=None, sa_type=MOMENT)
    expires_at: datetime | None = Field(default=None, sa_type=MOMENT)
    withdrawn_at: datetime | None = Field(default=None, sa_type=MOMENT)
    withdrawn_reason: str | None = Field(default=None, sa_type=Text)


class AnnouncementEdition(TenantRow, table=True):
    """A text as it was published; never changed."""

    __tablename__ = "announcement_edition"
    __table_args__ = (
        belongs("announcement_id", "announcement"),
        CheckConstraint("number >= 1", name="number_from_one"),
        UniqueConstraint("tenant_id", "announcement_id", "number", name="uq_announcement_edition_once"),
    )

    announcement_id: UUID
    number: int
    title: str = Field(sa_type=Text)
    body: str = Field(sa_type=Text)
    note: str | None = Field(default=None, sa_type=Text)
    published_at: datetime = Field(sa_type=MOMENT)


class AnnouncementRelay(TenantRow, table=True):
    """That a village or an organization is asked to pass an announcement on, and that it did (`relayed_on`)."""

    __tablename__ = "announcement_relay"
    __table_args__ = (
        belongs("announcement_id", "announcement"),
        belongs("village_id", "village"),
        belongs("organization_id", "partner_organization"),
        exactly_one("village_id", "organization_id"),
        CheckConstraint(
            "means IN ('MEETING', 'NOTICE_BOARD', 'LOUDSPEAKER', 'MESSAGES', 'HOME_VISIT', 'OTHER')", name="means_known"
        ),
        CheckConstraint("(relayed_on is null) = (means is null)", name="relayed_whole"),
        CheckConstraint("reached >= 0", name="reached_not_negative"),
        UniqueConstraint(
            "tenant_id",
            "announcement_id",
            "village_id",
            "organization_id",
            name="uq_announcement_relay_once",
            postgresql_nulls_not_distinct=True,
        ),
        tenant_index("announcement_id", "id"),
        tenant_index("village_id", "id"),
        tenant_index("organization_id", "id"),
    )

    announcement_id: UUID
    village_id: UUID | None = None
    organization_id: UUID | None = None
    relayed_on: date | None = None
    means: str | None = Field(default=None, sa_type=C_TEXT)
    reached: int | None = None
    note: str | None = Field(default=None, sa_type=Text)


# Who reads what outside: everybody what is for everybody, organizations of the tenant what is for them.
_PARTNER = f"exists (select from partner_organization o where o.tenant_id = announcement.tenant_id and o.id = {PARTY})"
_WITH_ANNOUNCEMENT = (
    "exists (select from announcement a where a.tenant_id = {0}.tenant_id and a.id = {0}.announcement_id)"
)

describe(
    Announcement,
    Kind.TENANT,
    Retention.ARCHIVE,
    outside=all_columns(Announcement),
    published=f"published_at is not null and (audience = 'PUBLIC' or audience = 'PARTNERS' and {_PARTNER})",
)
describe(
    AnnouncementEdition,
    Kind.TENANT,
    Retention.ARCHIVE,
    outside=all_columns(AnnouncementEdition),
    published=_WITH_ANNOUNCEMENT.format("announcement_edition"),
)
describe(
    AnnouncementRelay,
    Kind.TENANT,
    Retention.ARCHIVE,
    outside=all_columns(AnnouncementRelay),
    published=f"organization_id = {PARTY}",
    rights={
        "hub_outside": ("INSERT", *updating("relayed_on", "means", "reached", "note", "version", "updated_at")),
    },
)
