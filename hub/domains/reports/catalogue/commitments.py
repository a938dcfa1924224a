"""Commitments: what was signed, of what was to be, and by whom not."""

from typing import Any

from sqlalchemy import Select, Text, and_, cast, func, literal, select
from sqlalchemy.sql.elements import ColumnElement

from hub.domains.commitments.model import Commitment, CommitmentParty, CommitmentState, PartyRole
from hub.domains.kecamatan.model import Kecamatan
from hub.domains.partners.model import PartnerOrganization
from hub.domains.reports.catalogue import sources
from hub.domains.reports.definition import (
    IN_PERCENT,
    PERCENT,
    Definition,
    Dimension,
    Figure,
    Frame,
    ReportDisclosure,
    Tally,
    Term,
    Variable,
    Words,
)
from hub.domains.reports.model import ReportOrigin
from hub.domains.villages.model import Village
from hub.store.base import table

_COMMITMENTS, _PARTIES = table(Commitment), table(CommitmentParty)
_VILLAGES, _PARTNERS, _OFFICES = table(Village), table(PartnerOrganization), table(Kecamatan)
_SOURCE = Words("Komitmen yang dicatat di hub", "Commitments recorded in the hub")
_UNIT = Words("pihak", "parties")


def _parties(name: Words, definition: Words) -> Variable:
    return Variable(
        name=name, concept=Words("Pihak komitmen", "Parties"), definition=definition, unit=_UNIT, source=_SOURCE
    )


_SIGNED = _parties(
    Words("Pihak yang menandatangani", "Parties that signed"),
    Words("Penanda tangan yang sudah menandatangani", "Signatories that have signed"),
)
_REQUIRED = _parties(
    Words("Pihak yang harus menandatangani", "Parties required"),
    Words("Semua pihak dengan peran penanda tangan", "All parties in the role of a signatory"),
)
_PLANNED = _parties(
    Words("Pihak yang direncanakan", "Parties planned"),
    Words("Jumlah penanda tangan dalam rencana", "Number of signatories that was planned"),
)
_UNSIGNED = _parties(
    Words("Pihak yang belum menandatangani", "Parties that have not signed"),
    Words("Penanda tangan tanpa tanda tangan: kesenjangan", "Signatories without a signature: the gap"),
)


def _counted(frame: Frame) -> Select[Any]:
    """A line for each commitment that has gone out."""
    own, part = _COMMITMENTS.c, _PARTIES.c
    signed = func.count(part.id).filter(part.signed_at.is_not(None))
    return (
        select(
            cast(own.id, Text).label("dimension_1"),
            own.title.label("label_1"),
            signed.label("n_signed"),
            func.count(part.id).label("d_signed"),
            signed.label("n_planned"),
            own.planned_parties.label("d_planned"),
        )
        .select_from(
            _COMMITMENTS.outerjoin(
                _PARTIES,
                (part.tenant_id == frame.tenant)
                & (part.commitment_id == own.id)
                & (part.role == PartyRole.SIGNATORY.value),
            )
        )
        .where(own.tenant_id == frame.tenant, _gone_out())
        .group_by(own.id, own.title, own.planned_parties)
    )


def _missing(frame: Frame) -> Select[Any]:
    """A line for each signature that is missing. A person who is a party is not named."""
    own, part = _COMMITMENTS.c, _PARTIES.c

    def joined(to: Any, key: Any) -> Any:
        return (to.c.tenant_id == frame.tenant) & (to.c.id == key)

    name = func.coalesce(_VILLAGES.c.name, _PARTNERS.c.name, _OFFICES.c.name)
    return (
        select(
            cast(own.id, Text).label("dimension_1"),
            own.title.label("label_1"),
            cast(part.id, Text).label("dimension_2"),
            name.label("label_2"),
            literal(1).label("n_unsigned"),
        )
        .select_from(
            _COMMITMENTS.join(_PARTIES, (part.tenant_id == frame.tenant) & (part.commitment_id == own.id))
            .outerjoin(_VILLAGES, joined(_VILLAGES, part.village_id))
            .outerjoin(_PARTNERS, joined(_PARTNERS, part.organization_id))
            .outerjoin(_OFFICES, joined(_OFFICES, part.kecamatan_id))
        )
        .where(
            own.tenant_id == frame.tenant,
            _gone_out(),
            part.role == PartyRole.SIGNATORY.value,
            part.signed_at.is_(None),
        )
    )


def _gone_out() -> ColumnElement[bool]:
    """Not before it goes out to the parties, and not once it is over."""
    state = _COMMITMENTS.c.state
    return and_(state != CommitmentState.DRAFT.value, state != CommitmentState.REVOKED.value)


REPORTS = (
    Definition(
        code="R-05",
        title=Words("Komitmen dan kesenjangannya", "Commitments and their gap"),
        formula=Words(
            "pihak yang menandatangani ÷ pihak yang harus menandatangani × 100; daftar yang belum",
            "parties that signed ÷ parties required × 100; the list of those that have not",
        ),
        terms=(
            Term(
                Words("Kesenjangan", "Gap"),
                Words("Penanda tangan yang belum menandatangani", "Signatories that have not signed"),
                "Care Mobile",
            ),
        ),
        figures=(
            Figure(
                key="signed",
                title=Words("Ditandatangani", "Signed"),
                definition=Words(
                    "Bagian penanda tangan yang sudah menandatangani", "Part of the signatories that signed"
                ),
                interpretation=Words("100 berarti lengkap", "100 means that nobody is missing"),
                unit=IN_PERCENT,
                numerator=_SIGNED,
                denominator=_REQUIRED,
                factor=PERCENT,
                below=sources.ALL,
            ),
            Figure(
                key="planned",
                title=Words("Terhadap rencana", "Against the plan"),
                definition=Words(
                    "Yang menandatangani terhadap yang direncanakan", "Those that signed, of those planned"
                ),
                interpretation=Words("Di atas 100 berarti melampaui rencana", "Over 100 means more than planned"),
                unit=IN_PERCENT,
                numerator=_SIGNED,
                denominator=_PLANNED,
                factor=PERCENT,
            ),
            Figure(
                key="unsigned",
                title=Words("Belum menandatangani", "Not signed"),
                definition=Words("Pihak yang tanda tangannya belum ada", "A party whose signature is missing"),
                interpretation=Words("Pihak yang perlu dihubungi", "A party to be asked"),
                unit=_UNIT,
                numerator=_UNSIGNED,
            ),
        ),
        disclosure=ReportDisclosure.ACTS,
        basis="Care Mobile",
        dimensions=(
            Dimension("commitment", Words("Komitmen", "Commitment"), kept=False),
            Dimension("party", Words("Pihak yang belum menandatangani", "Party that has not signed"), kept=False),
        ),
        tallies=(Tally(_counted, ReportOrigin.ACTS), Tally(_missing, ReportOrigin.ACTS)),
        marks=frozenset({"Commitment", "CommitmentParty", "PartnerOrganization", "Village", "Kecamatan"}),
    ),
)
