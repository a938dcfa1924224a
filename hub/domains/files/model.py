"""Files (berkas): what was uploaded, uploads under way, and links that open a file once.

The content lies outside the database, encrypted under a key of its own that is sealed in `content_key_sealed`, so that
rotating the hub's keys touches rows and no file. `digest` is a keyed hash of the content, of no use outside its tenant
and village; it is also the content's name on the disk. See docs/adr/0015-files.md.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, LargeBinary, Text
from sqlmodel import Field

from hub.kernel.words import Word
from hub.store.base import C_TEXT, MOMENT, Kind, Retention, TenantRow, belongs, describe, one_of, tenant_index

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
        one_of("state", FileState),
        one_of("kind", FileKind),
        CheckConstraint("(state = 'REFUSED') = (refusal is not null)", name="refused_for_a_reason"),
        CheckConstraint("state = 'REFUSED' or kind is not null", name="kept_has_kind"),
        CheckConstraint("(ended_at is null) = (end_reason is null)", name="ended_for_a_reason"),
        tenant_index("village_id", "id"),
        tenant_index("digest"),
    )

    village_id: UUID | None = None  # of the village office that uploaded it; null: the kecamatan's
    name: str = Field(sa_type=Text)
    kind: str | None = Field(default=None, sa_type=C_TEXT)
    state: str = Field(sa_type=C_TEXT)
    refusal: str | None = Field(default=None, sa_type=C_TEXT)
    size: int
    digest: bytes | None = Field(default=None, sa_type=LargeBinary)
    content_key_sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    principal_id: UUID
    grant_id: UUID
    ended_at: datetime | None = Field(default=None, sa_type=MOMENT)
    end_reason: str | None = Field(default=None, sa_type=Text)


class Upload(TenantRow, table=True):
    """A file that is on its way. `received` bytes of `length` are safe on the disk."""

    __tablename__ = "upload"
    __table_args__ = (
        belongs("village_id", "village"),
        belongs("file_id", "stored_file"),
        CheckConstraint("received between 0 and length", name="received_within"),
        CheckConstraint("file_id is null or received = length", name="whole_before_file"),
        tenant_index("principal_id", "id"),
        tenant_index("expires_at"),
    )

    village_id: UUID | None = None
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

# A file says who uploaded it. Nothing says whom its content is about: that only a reader of it knows.
describe(StoredFile, Kind.PERSON, Retention.ARCHIVE, subject="principal_id")
describe(Upload, Kind.PERSON, Retention.TRANSIENT, subject="principal_id", rights=_SWEPT)
describe(FileLink, Kind.PERSON, Retention.TRANSIENT, subject="principal_id", rights=_SWEPT)
