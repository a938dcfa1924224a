"""Population documents (dokumen kependudukan): which were issued, to whom, and whether they still hold.

A row belongs to a person or to a family. A KTP-el and a KIA bear the NIK and a KK the family card's number, which the
register keeps sealed: such a row has no number of its own. See docs/adr/0038-population-documents.md.
"""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Text, text
from sqlmodel import Field

from hub.kernel.words import Word
from hub.store.base import (
    C_TEXT,
    MOMENT,
    Kind,
    Retention,
    TenantRow,
    belongs,
    describe,
    exactly_one,
    one_of,
    tenant_index,
)


class PopulationDocumentType(Word):
    """Type of a population document (jenis dokumen kependudukan)."""

    KTP_EL = "KTP_EL", "KTP elektronik", "Electronic identity card"
    TEMP_KTP_LETTER = "TEMP_KTP_LETTER", "Surat keterangan pengganti KTP sementara", "Letter in place of a KTP"
    KK = "KK", "Kartu keluarga", "Family card"
    KIA = "KIA", "Kartu identitas anak", "Identity card of a child"
    BIRTH_CERT = "BIRTH_CERT", "Akta kelahiran", "Birth certificate"
    DEATH_CERT = "DEATH_CERT", "Akta kematian", "Death certificate"
    MARRIAGE_CERT = "MARRIAGE_CERT", "Akta perkawinan", "Marriage certificate"
    DIVORCE_CERT = "DIVORCE_CERT", "Akta perceraian", "Divorce certificate"
    ADOPTION_CERT = "ADOPTION_CERT", "Akta pengangkatan anak", "Certificate of adoption"
    ACKNOWLEDGEMENT_CERT = "ACKNOWLEDGEMENT_CERT", "Akta pengakuan anak", "Certificate of acknowledgement"
    LEGITIMATION_CERT = "LEGITIMATION_CERT", "Akta pengesahan anak", "Certificate of legitimation"
    MOVE_LETTER = "MOVE_LETTER", "Surat keterangan pindah", "Letter of moving"
    RESIDENCE_LETTER = "RESIDENCE_LETTER", "Surat keterangan kependudukan", "Letter of residence"
    OTHER = "OTHER", "Dokumen lain", "Another document"


class PopulationDocumentStatus(Word):
    """Whether a document still holds (status dokumen)."""

    ACTIVE = "ACTIVE", "Berlaku", "In force"
    REPLACED = "REPLACED", "Diganti", "Another took its place"
    LOST = "LOST", "Hilang", "Lost"
    DAMAGED = "DAMAGED", "Rusak", "Damaged"
    REVOKED = "REVOKED", "Dicabut", "Revoked"


_T = PopulationDocumentType
NUMBERED_BY_REGISTER = frozenset({_T.KTP_EL, _T.KIA, _T.KK})
OF_FAMILIES = frozenset({_T.KK, _T.MOVE_LETTER, _T.RESIDENCE_LETTER, _T.OTHER})
OF_PERSONS = frozenset(_T) - {_T.KK}
# Somebody who married twice has two certificates, and letters are written as often as they are needed.
HELD_BESIDE = frozenset({_T.MARRIAGE_CERT, _T.DIVORCE_CERT, _T.RESIDENCE_LETTER, _T.OTHER})
NOT_SELF_PRINTED = frozenset({_T.KTP_EL, _T.KIA})


def among(words: Iterable[Word]) -> str:
    """Codes as SQL lists them."""
    return ", ".join(sorted(f"'{each.value}'" for each in words))


_ONE_IN_FORCE = f"status = 'ACTIVE' AND ended_at IS NULL AND type NOT IN ({among(HELD_BESIDE)})"


class PopulationDocument(TenantRow, table=True):
    """A document that was issued to a person or a family. `ended_at`: it was recorded wrongly, or went elsewhere."""

    __tablename__ = "population_document"
    __table_args__ = (
        belongs("village_id", "village"),
        belongs("citizen_id", "citizen"),
        belongs("household_id", "household"),
        belongs("file_id", "stored_file"),
        exactly_one("citizen_id", "household_id"),
        one_of("type", PopulationDocumentType),
        one_of("status", PopulationDocumentStatus),
        CheckConstraint(
            f"citizen_id is not null and type in ({among(OF_PERSONS)})"
            f" or household_id is not null and type in ({among(OF_FAMILIES)})",
            name="type_fits",
        ),
        CheckConstraint(f"number is null or type not in ({among(NUMBERED_BY_REGISTER)})", name="number_apart"),
        CheckConstraint(
            "(status in ('LOST', 'DAMAGED', 'REVOKED')) = (status_reason is not null)", name="status_has_reason"
        ),
        CheckConstraint("(ended_at is null) = (end_reason is null)", name="end_has_reason"),
        *(
            Index(
                f"uq_population_document_of_{whose}",
                "tenant_id",
                f"{whose}_id",
                "type",
                unique=True,
                postgresql_where=text(f"{_ONE_IN_FORCE} AND {whose}_id IS NOT NULL"),
            )
            for whose in ("citizen", "household")
        ),
        tenant_index("village_id", "id"),
        tenant_index("citizen_id", "id"),
        tenant_index("household_id", "id"),
        tenant_index("type", "id"),
        tenant_index("status", "id"),
        tenant_index("issued_on", "id"),
    )

    village_id: UUID
    citizen_id: UUID | None = None
    household_id: UUID | None = None
    type: str = Field(sa_type=C_TEXT)
    number: str | None = Field(default=None, sa_type=Text)
    issued_on: date
    issued_by: str | None = Field(default=None, sa_type=Text)
    signed_electronically: bool | None = None  # what nobody has looked at is null, never false
    file_id: UUID | None = None
    status: str = Field(default=PopulationDocumentStatus.ACTIVE.value, sa_type=C_TEXT)
    status_reason: str | None = Field(default=None, sa_type=Text)
    ended_at: datetime | None = Field(default=None, sa_type=MOMENT)
    end_reason: str | None = Field(default=None, sa_type=Text)


describe(
    PopulationDocument,
    Kind.PERSON,
    Retention.REGISTER,
    subject="citizen_id",
    about=("household_id<citizen.household_id",),
)
