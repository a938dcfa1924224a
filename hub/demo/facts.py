"""Profiles, partners and commitments of the demo kecamatan.

Figures and dates of Takisung are those of its Care Mobile programme of 2018, of Halong and
Leuwiliang those their innovation papers state; what these do not say stays None: the hub shows
"no data", never zero. Texts are our own wording. People who sign are named by office only.
"""

from dataclasses import dataclass
from datetime import date, time

from hub.demo.villages import HALONG, LEUWILIANG, TAKISUNG

_WORKING_DAYS = (1, 2, 3, 4, 5)  # ISO weekdays
_ALL_TOPOGRAPHY = ("LOWLAND", "COAST", "MOUNTAIN", "HILL", "VALLEY", "RIVER_BASIN")


@dataclass(frozen=True, slots=True)
class Text:
    """The same words in both languages."""

    id: str
    en: str


@dataclass(frozen=True, slots=True)
class ServiceHours:
    """When a channel answers, in the kecamatan's own time zone."""

    channel: str
    weekdays: tuple[int, ...]
    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class KecamatanProfile:
    """One kecamatan in one year. None means that no source tells."""

    code: str
    slug: str
    name: str
    timezone: str
    year: int
    village_count: int
    kelurahan_count: int
    topography: tuple[str, ...]
    area_km2: float | None = None
    population: int | None = None
    household_count: int | None = None
    house_count: int | None = None
    houses_with_permit: int | None = None
    civil_servant_count: int | None = None
    new_village_heads: int | None = None
    farthest_village_km: float | None = None
    motorcycles: int | None = None
    cars: int | None = None
    website: str | None = None
    service_hours: tuple[ServiceHours, ...] = ()
    note: Text | None = None


@dataclass(frozen=True, slots=True)
class Partner:
    """A partner organization at kecamatan level."""

    key: str
    kecamatan: str
    kind: str
    name: str
    unit_name: str | None
    is_information_partner: bool


@dataclass(frozen=True, slots=True)
class Party:
    """One side of a commitment: a village code, a partner's key, or a kecamatan code.

    `signed_on` is None where the party never signed.
    """

    kind: str
    ref: str
    role: str
    position: Text
    signed_on: date | None


@dataclass(frozen=True, slots=True)
class Commitment:
    """A commitment as it was planned and as it came about."""

    key: str
    kecamatan: str
    type: str
    title: Text
    object: Text
    planned_from: date
    planned_until: date
    signed_on: date | None
    place: Text
    status: str
    planned_signatories: int | None
    clauses: tuple[Text, ...]
    parties: tuple[Party, ...]
    displayed_on: date | None = None
    note: Text | None = None


@dataclass(frozen=True, slots=True)
class PlanItem:
    """A line of an action plan: village codes and partners' keys take part, offices answer for it by position."""

    activity: Text
    starts_on: date
    ends_on: date
    output: Text
    responsible: Text
    target: int
    unit: str
    villages: tuple[str, ...] = ()
    partners: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ActionPlan:
    """An action plan that the camat signed and the kecamatan forwarded."""

    kecamatan: str
    year: int
    title: Text
    why: Text
    what: Text
    how: Text
    aims: Text
    signed_on: date
    forwarded_on: date
    forwarded_to: str
    items: tuple[PlanItem, ...]


def action_plans() -> tuple[ActionPlan, ...]:
    """The plan behind the commitments of Takisung: papers and permits brought to the villages."""
    return (_plan(),)


def kecamatan_profiles() -> tuple[KecamatanProfile, ...]:
    """The three kecamatan of the demo."""
    return (_TAKISUNG, _HALONG, _LEUWILIANG)


def partners() -> tuple[Partner, ...]:
    """PKK, Kwaran Pramuka, KNPI and Karang Taruna of Takisung; the last never signed."""
    return _PARTNERS


def commitments() -> tuple[Commitment, ...]:
    """M1 the service pledge, C1 of five village heads, C2 with partner organizations."""
    return (_pledge(), _of_village_heads(), _with_partners())


_TAKISUNG = KecamatanProfile(
    code=TAKISUNG,
    slug="takisung",
    name="Takisung",
    timezone="Asia/Makassar",
    year=2018,
    village_count=12,
    kelurahan_count=0,
    topography=_ALL_TOPOGRAPHY,
    area_km2=343.00,
    population=31_020,
    household_count=9_379,
    house_count=9_187,
    houses_with_permit=127,
    civil_servant_count=22,
    new_village_heads=7,
    farthest_village_km=20.0,
    motorcycles=4,
    cars=1,
    note=Text(
        id="Abstrak berbahasa Inggris dari sumbernya menyebut 9.979 keluarga; yang berlaku 9.379.",
        en="The English abstract of the source says 9,979 households; 9,379 is the figure in use.",
    ),
)
_HALONG = KecamatanProfile(
    code=HALONG,
    slug="halong",
    name="Halong",
    timezone="Asia/Makassar",
    year=2022,
    village_count=24,
    kelurahan_count=0,
    topography=("MOUNTAIN",),
    note=Text(
        id="Tim pelaksana dan tim jejaring PAK SOTARSA ditetapkan dengan SK Camat tahun 2022.",
        en="The PAK SOTARSA team and its network were set up by decree of the camat in 2022.",
    ),
)
_LEUWILIANG = KecamatanProfile(
    code=LEUWILIANG,
    slug="leuwiliang",
    name="Leuwiliang",
    timezone="Asia/Jakarta",
    year=2022,
    village_count=11,
    kelurahan_count=0,
    topography=(),
    website="https://kecamatanleuwiliang.bogorkab.go.id/",
    service_hours=(ServiceHours(channel="WHATSAPP", weekdays=_WORKING_DAYS, opens=time(7, 30), closes=time(15, 0)),),
)

_PARTNERS = (
    Partner("pkk", TAKISUNG, "PKK", "PKK Kecamatan Takisung", None, is_information_partner=True),
    Partner(
        "pramuka", TAKISUNG, "PRAMUKA", "Kwaran Pramuka Kecamatan Takisung", "Kwaran",
        is_information_partner=True,
    ),
    Partner("knpi", TAKISUNG, "KNPI", "KNPI Kecamatan Takisung", None, is_information_partner=True),
    Partner(
        "karang-taruna", TAKISUNG, "KARANG_TARUNA", "Karang Taruna Kecamatan Takisung", None,
        is_information_partner=False,
    ),
)  # fmt: skip

# Taksiang (Takisung), Sumber Makmur, Gunung Makmur, Banua Lawas (Benua Lawas), Batilai
_SIGNING_VILLAGES = (
    "63.01.01.2004", "63.01.01.2012", "63.01.01.2005", "63.01.01.2001", "63.01.01.2009",
)  # fmt: skip
_OFFICE = Text(id="Kantor Kecamatan Takisung", en="Office of Kecamatan Takisung")
_VILLAGE_HEAD = Text(id="Kepala Desa", en="Village head")
_CHAIR = Text(id="Ketua", en="Chair")
_SECRETARY = Text(id="Sekretaris Kecamatan", en="Secretary of the kecamatan")
_PLEDGE_SIGNED = date(2018, 4, 6)
_VILLAGE_HEADS_SIGNED = date(2018, 4, 17)
_PARTNERS_SIGNED = date(2018, 5, 11)


def _pledge() -> Commitment:
    return Commitment(
        key="M1",
        kecamatan=TAKISUNG,
        type="SERVICE_PLEDGE",
        title=Text(id="Maklumat Pelayanan Kecamatan Takisung", en="Service pledge of Takisung"),
        object=Text(
            id="Pelayanan kecamatan kepada masyarakat sesuai standar.",
            en="Service of the kecamatan to the public, up to standard.",
        ),
        planned_from=date(2018, 4, 2),
        planned_until=date(2018, 4, 6),
        signed_on=_PLEDGE_SIGNED,
        place=_OFFICE,
        status="SIGNED",
        planned_signatories=1,
        clauses=(
            Text(
                id="Kami melayani menurut standar pelayanan yang sudah ditetapkan.",
                en="We serve according to the service standard that has been set.",
            ),
            Text(
                id="Kami menjalankan tugas dan kewajiban kami sebagaimana mestinya.",
                en="We carry out our duties as they are laid upon us.",
            ),
            Text(
                id="Kami memperbaiki pelayanan terus-menerus.",
                en="We keep improving our service.",
            ),
            Text(
                id="Kami bersedia dikenai sanksi dan/atau memberi ganti rugi bila pelayanan tidak memenuhi standar.",
                en="We accept sanctions and/or give compensation when service falls below the standard.",
            ),
        ),
        parties=(Party("KECAMATAN", TAKISUNG, "SIGNATORY", _SECRETARY, _PLEDGE_SIGNED),),
        note=Text(
            id="Ditandatangani sekretaris kecamatan, bukan camat. Sumber menyebut minggunya "
            "(2-6 April 2018); tanggal di sini hari terakhir minggu itu.",
            en="Signed by the secretary, not the camat. The source gives the week (2-6 April "
            "2018); the date here is the last day of that week.",
        ),
    )


def _of_village_heads() -> Commitment:
    return Commitment(
        key="C1",
        kecamatan=TAKISUNG,
        type="VILLAGE_HEAD_COMMITMENT",
        title=Text(
            id="Komitmen kepala desa mendukung penertiban IMB dan dokumen kependudukan",
            en="Commitment of village heads to support building permits and population papers",
        ),
        object=Text(
            id="Mendorong warga mengurus izin bangunan dan dokumen kependudukan.",
            en="Move citizens to obtain building permits and population papers.",
        ),
        planned_from=date(2018, 4, 9),
        planned_until=date(2018, 4, 13),
        signed_on=_VILLAGE_HEADS_SIGNED,
        place=_OFFICE,
        status="SIGNED",
        planned_signatories=4,
        clauses=(
            Text(
                id="Kepala desa mengajak warganya mengurus IMB.",
                en="The village heads urge their citizens to apply for building permits.",
            ),
            Text(
                id="Kepala desa mengajak warganya melengkapi dokumen kependudukan.",
                en="The village heads urge their citizens to complete their population papers.",
            ),
        ),
        parties=tuple(
            Party("VILLAGE_GOVERNMENT", code, "SIGNATORY", _VILLAGE_HEAD, _VILLAGE_HEADS_SIGNED)
            for code in _SIGNING_VILLAGES
        ),
        note=Text(
            id="Rencana empat kepala desa, terlaksana lima (125 persen). Dijadwalkan 9-13 April, "
            "ditandatangani 17 April 2018.",
            en="Four village heads were planned, five signed (125 per cent). Scheduled for 9-13 "
            "April, signed on 17 April 2018.",
        ),
    )


def _with_partners() -> Commitment:
    signed = tuple(
        Party("VILLAGE_GOVERNMENT", code, "SIGNATORY", _VILLAGE_HEAD, _PARTNERS_SIGNED) for code in _SIGNING_VILLAGES
    ) + tuple(Party("PARTNER_ORG", key, "SIGNATORY", _CHAIR, _PARTNERS_SIGNED) for key in ("pkk", "pramuka", "knpi"))
    return Commitment(
        key="C2",
        kecamatan=TAKISUNG,
        type="PARTNER_COMMITMENT",
        title=Text(
            id="Piagam komitmen mitra informasi pelayanan kecamatan",
            en="Charter of information partners for the kecamatan's services",
        ),
        object=Text(
            id="Menyebarkan informasi pelayanan kecamatan sampai ke warga.",
            en="Carry information on the kecamatan's services to the citizens.",
        ),
        planned_from=date(2018, 5, 7),
        planned_until=date(2018, 5, 11),
        signed_on=_PARTNERS_SIGNED,
        place=_OFFICE,
        status="PARTIALLY_SIGNED",
        planned_signatories=None,
        clauses=(
            Text(
                id="Para pihak menyampaikan informasi pelayanan kepada warga dan anggotanya.",
                en="The parties pass on information on services to citizens and members.",
            ),
            Text(
                id="Para pihak menyampaikan kebutuhan dan keluhan warga kepada kecamatan.",
                en="The parties bring the citizens' needs and complaints to the kecamatan.",
            ),
        ),
        parties=(*signed, Party("PARTNER_ORG", "karang-taruna", "SIGNATORY", _CHAIR, None)),
        note=Text(
            id="Delapan pihak menandatangani; Karang Taruna diundang dan tidak menandatangani. "
            "Sumber menyebut minggu II Mei 2018; tanggal di sini hari terakhir minggu itu.",
            en="Eight parties signed; Karang Taruna was invited and did not sign. The source gives "
            "the second week of May 2018; the date here is its last day.",
        ),
    )


def _plan() -> ActionPlan:
    return ActionPlan(
        kecamatan=TAKISUNG,
        year=2018,
        title=Text(id="Pelayanan keliling Kecamatan Takisung", en="Mobile service of Takisung"),
        why=Text(
            id="Lansia dan penyandang disabilitas sulit mencapai kantor, dan baru 127 dari 9.187 rumah berizin.",
            en="The old and the disabled hardly reach the office, and only 127 of 9,187 houses have a permit.",
        ),
        what=Text(
            id="Petugas kecamatan mendatangi desa untuk layanan dokumen dan penyuluhan IMB.",
            en="Officers go to the villages for papers and for guidance on building permits.",
        ),
        how=Text(
            id="Jadwal kunjungan disepakati dengan kepala desa dan disebarkan mitra informasi.",
            en="Visits are agreed with the village heads and made known by the information partners.",
        ),
        aims=Text(
            id="Warga yang paling sulit mencapai kantor terlayani, dan rumah berizin bertambah.",
            en="Those who can hardly reach the office are served, and more houses have a permit.",
        ),
        signed_on=date(2018, 4, 6),
        forwarded_on=date(2018, 4, 9),
        forwarded_to="Bupati Tanah Laut",
        items=(
            PlanItem(
                activity=Text(
                    id="Jemput bola dokumen bagi lansia dan penyandang disabilitas",
                    en="Pick-up service for the old and the disabled",
                ),
                starts_on=date(2018, 4, 16),
                ends_on=date(2018, 6, 29),
                output=Text(id="Dokumen kependudukan diterima warga", en="Population papers in people's hands"),
                responsible=Text(id="Kepala Seksi Pelayanan", en="Head of the service section"),
                target=2,
                unit="PERSON",
                villages=_SIGNING_VILLAGES,
                partners=("pkk",),
            ),
            PlanItem(
                activity=Text(id="Penyuluhan dan pengurusan IMB di desa", en="Building permits brought to villages"),
                starts_on=date(2018, 4, 16),
                ends_on=date(2018, 6, 29),
                output=Text(id="Izin bangunan terbit", en="Building permits issued"),
                responsible=Text(id="Kepala Seksi Pemerintahan", en="Head of the government section"),
                target=4,
                unit="HOUSE",
                villages=_SIGNING_VILLAGES,
                partners=("knpi",),
            ),
        ),
    )
