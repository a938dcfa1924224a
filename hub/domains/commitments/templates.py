"""Commitments that every kecamatan makes alike: the service pledge and the camat's leadership pledge.

The wording is our own, after what the handbook asks of such pledges; a draft made of it can be changed like any other.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from hub.domains.commitments.model import CommitmentType, PartyRole
from hub.kernel.words import Word


class CommitmentTemplate(Word):
    """A commitment that is made from a template."""

    SERVICE_PLEDGE = "SERVICE_PLEDGE", "Maklumat pelayanan", "Service pledge"
    SIGAP_CAKAP = "SIGAP_CAKAP", "Janji camat Sigap Cakap", "Leadership pledge Sigap Cakap"


class Signer(Word):
    """Who signs for the kecamatan's office."""

    CAMAT = "CAMAT", "Camat", "Camat"
    SECRETARY = "SECRETARY", "Sekretaris kecamatan", "Secretary of the kecamatan"


@dataclass(frozen=True, slots=True)
class Template:
    """Type, wording, who signs where nothing else is said, and who supports."""

    type: CommitmentType
    title: str
    object: str
    clauses: tuple[tuple[str, str], ...]  # value and text
    signer: Signer
    supporter: Signer | None = None


TEMPLATES: Mapping[CommitmentTemplate, Template] = MappingProxyType(
    {
        CommitmentTemplate.SERVICE_PLEDGE: Template(
            type=CommitmentType.SERVICE_PLEDGE,
            title="Maklumat pelayanan",
            object="Pelayanan kecamatan kepada masyarakat sesuai standar.",
            clauses=(
                ("", "Kami melayani menurut standar pelayanan yang telah ditetapkan."),
                ("", "Kami menjalankan tugas dan kewajiban kami sebagaimana mestinya."),
                ("", "Kami memperbaiki mutu pelayanan dari waktu ke waktu."),
                ("", "Kami bersedia dikenai sanksi dan/atau memberi ganti rugi bila pelayanan di bawah standar."),
            ),
            signer=Signer.SECRETARY,
        ),
        CommitmentTemplate.SIGAP_CAKAP: Template(
            type=CommitmentType.LEADERSHIP_PLEDGE,
            title="Janji kepemimpinan camat Sigap Cakap",
            object="Kepemimpinan yang peka terhadap warga dan cakap menjalankan wewenangnya.",
            clauses=(
                (
                    "SIGAP 1",
                    "Peka terhadap hak warga, menemukan masalah sejak dini, dan membawa program bagi warga miskin.",
                ),
                (
                    "SIGAP 2",
                    "Mendahulukan pelayanan publik dengan menyelaraskan kerja dan fasilitas perangkat daerah.",
                ),
                ("SIGAP 3", "Melayani dengan prima, adil gender, dan tanpa meninggalkan siapa pun."),
                ("SIGAP 4", "Bertindak atas dasar data yang tepat dan dapat dipercaya."),
                (
                    "CAKAP 1",
                    "Menjalankan wewenang dengan nyata, menyelaraskan sektor, dan meningkatkan kemampuan aparatur.",
                ),
                (
                    "CAKAP 2",
                    "Mengelola keuangan secara hemat, berhasil guna, terbuka, dan bertanggung jawab.",
                ),
                (
                    "CAKAP 3",
                    "Memetakan masalah dan menyelesaikannya dengan terpadu, lestari, dan inovatif menurut SPM dan SOP.",
                ),
                ("CAKAP 4", "Berinovasi dengan data yang sahih."),
            ),
            signer=Signer.CAMAT,
            supporter=Signer.SECRETARY,
        ),
    }
)
POSITIONS: Mapping[Signer, str] = MappingProxyType({each: each.label_id for each in Signer})


def roles(template: Template, signer: Signer | None) -> tuple[tuple[PartyRole, str], ...]:
    """The kecamatan's parts in it with the position of whoever takes each; `signer` overrules the template's."""
    signs = signer or template.signer
    found = [(PartyRole.SIGNATORY, POSITIONS[signs])]
    if template.supporter is not None and template.supporter is not signs:
        found.append((PartyRole.SUPPORTER, POSITIONS[template.supporter]))
    return tuple(found)
