"""Files (berkas): what was uploaded, uploads under way, and links that open a file once.

A file that comes for feedback (`for_feedback`) is its uploader's alone until it is attached. From then on it has a
number for a name and nobody who uploaded it; `feedback_id` says whose it is, for row security (docs/adr/0039).

The content lies outside the database, encrypted under a key of its own that is sealed in `content_key_sealed`, so that
rotating the hub's keys touches rows and no file. `digest` is a keyed hash of the content, of no use outside its tenant
and village; it is also the content's name on the disk. See docs/adr/0015-files.md.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, LargeBinary, Text
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
    one_of,
    tenant_index,
    updating,
)
from hub.store.rls import PARTY

TOKEN_BYTES = 32


class FileKind(Word):
    """Kind of a file, as its content shows it."""

    PDF = "PDF", "Dokumen PDF", "PDF document"
    JPEG = "JPEG", "Foto JPEG", "JPEG picture"
    PNG = "PNG", "Gambar PNG", "PNG picture"
    WEBP = "WEBP", "Gambar WebP", "WebP picture"
    XLSX = "XLSX", "Buku kerja Excel", "Excel workbook"
    DOCX = "DOCX", "Dokumen Word", "Word document"
    CSV = "CSV", "Tabel CSV", "CSV table"
    TEXT = "TEXT", "Teks polos", "Plain text"


class FileState(Word):
    """How far the content of a file was examined."""

    SCANNED_CLEAN = "SCANNED_CLEAN", "Dibuat ulang oleh hub, bersih", "Made anew by the hub, clean"
    UNSCANNED = "UNSCANNED", "Belum dipindai", "Not scanned"
    REFUSED = "REFUSED", "Ditolak", "Refused"


class StoredFile(TenantRow, table=True):
    """A file that was uploaded. One that was refused has no content, only the code that says why."""

    __tablename__ = "stored_file"
    __table_args__ = (
        belongs("village_id", "village"),
        belongs("organization_id", "partner_organization"),
        belongs("feedback_id", "feedback"),
        one_of("state", FileState),
        one_of("kind", FileKind),
        CheckConstraint("(state = 'REFUSED') = (refusal is not null)", name="refused_for_a_reason"),
        CheckConstraint("state = 'REFUSED' or kind is not null", name="kept_has_kind"),
        CheckConstraint("(ended_at is null) = (end_reason is null)", name="ended_for_a_reason"),
        CheckConstraint("principal_id is not null or feedback_id is not null", name="somebodys_or_attached"),
        CheckConstraint(
            "feedback_id is null or num_nonnulls(village_id, organization_id, principal_id) = 0",
            name="attached_nobodys",
        ),
        CheckConstraint("(principal_id is null) = (grant_id is null)", name="uploader_whole"),
        CheckConstraint("for_feedback or (organization_id is null and feedback_id is null)", name="meant_for_feedback"),
        tenant_index("village_id", "id"),
        tenant_index("feedback_id", "id"),
        tenant_index("digest"),
    )

    village_id: UUID | None = None  # of the village office that uploaded it; null: the kecamatan's
    for_feedback: bool = False
    organization_id: UUID | None = None  # that uploaded it, until it is attached
    feedback_id: UUID | None = None
    name: str = Field(sa_type=Text)
    kind: str | None = Field(default=None, sa_type=C_TEXT)
    state: str = Field(sa_type=C_TEXT)
    refusal: str | None = Field(default=None, sa_type=C_TEXT)
    size: int
    digest: bytes | None = Field(default=None, sa_type=LargeBinary)
    content_key_sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    principal_id: UUID | None = None
    grant_id: UUID | None = None
    ended_at: datetime | None = Field(default=None, sa_type=MOMENT)
    end_reason: str | None = Field(default=None, sa_type=Text)


class Upload(TenantRow, table=True):
    """A file that is on its way. `received` bytes of `length` are safe on the disk."""

    __tablename__ = "upload"
    __table_args__ = (
        belongs("village_id", "village"),
        belongs("organization_id", "partner_organization"),
        belongs("file_id", "stored_file"),
        CheckConstraint("received between 0 and length", name="received_within"),
        CheckConstraint("file_id is null or received = length", name="whole_before_file"),
        tenant_index("principal_id", "id"),
        tenant_index("expires_at"),
    )

    village_id: UUID | None = None
    for_feedback: bool = False
    organization_id: UUID | None = None
    principal_id: UUID
    grant_id: UUID
    name: str = Field(sa_type=Text)
    workbook: bool = False
    length: int
    received: int = 0
    content_key_sealed: bytes = Field(sa_type=LargeBinary)
    expires_at: datetime = Field(sa_type=MOMENT)
    file_id: UUID | None = None


class FileLink(TenantRow, table=True):
    """A link that opens one file once, for the grant that asked for it. Only a hash of its token is kept."""

    __tablename__ = "file_link"
    __table_args__ = (
        belongs("village_id", "village"),
        belongs("file_id", "stored_file"),
        CheckConstraint(f"octet_length(token_hash) = {TOKEN_BYTES}", name="whole_hash"),
        tenant_index("token_hash"),
        tenant_index("expires_at"),
    )

    village_id: UUID | None = None
    file_id: UUID
    token_hash: bytes = Field(sa_type=LargeBinary)
    principal_id: UUID
    grant_id: UUID
    purpose: str = Field(sa_type=Text)
    expires_at: datetime = Field(sa_type=MOMENT)
    used_at: datetime | None = Field(default=None, sa_type=MOMENT)


_SWEPT = {"hub_worker": ("SELECT", "INSERT", "UPDATE", "DELETE")}
# An organization reads what it uploaded itself, and what is attached to feedback that it sees.
_OWN = f"organization_id = {PARTY}"
_ATTACHED = (
    f"{PARTY} is not null and feedback_id is not null and exists (select from feedback f "
    "where f.tenant_id = stored_file.tenant_id and f.id = stored_file.feedback_id)"
)
_TAKEN = ("name", "village_id", "organization_id", "feedback_id", "principal_id", "grant_id", "version", "updated_at")
_GROWN = ("name", "length", "received", "expires_at", "file_id", "version", "updated_at")
_SECRET = ("name", "digest", "content_key_sealed", "end_reason")

# A file says who uploaded it. Nothing says whom its content is about: that only a reader of it knows.
describe(
    StoredFile,
    Kind.PERSON,
    Retention.ARCHIVE,
    subject="principal_id",
    about=("feedback_id<feedback_raiser.id",),
    outside=tuple(name for name in all_columns(StoredFile) if name not in _SECRET),
    published=f"{_OWN} or ({_ATTACHED})",
    rights={"hub_outside": ("INSERT", *updating(*_TAKEN))},
)
describe(
    Upload,
    Kind.PERSON,
    Retention.TRANSIENT,
    subject="principal_id",
    outside=all_columns(Upload),
    published=_OWN,
    rights={**_SWEPT, "hub_outside": ("INSERT", *updating(*_GROWN))},
)
describe(FileLink, Kind.PERSON, Retention.TRANSIENT, subject="principal_id", rights=_SWEPT)
