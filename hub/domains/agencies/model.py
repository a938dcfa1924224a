"""Agencies (OPD, dinas, badan, instansi vertikal): the directory of who serves a district, the same for every tenant.

An agency that works with the hub has a tenant of its own under the same code; the directory also names those that
have none, so that plans can name them and commitments be made with them.
"""

from datetime import date

from sqlalchemy import ARRAY, Index, Text
from sqlmodel import Field, SQLModel

from hub.kernel.words import Word
from hub.store.base import C_TEXT, Kind, Retention, all_columns, describe, one_of, some_of


class AgencyKind(Word):
    """Kind of agency."""

    DINAS = "DINAS", "Dinas", "Agency for an affair (dinas)"
    BADAN = "BADAN", "Badan", "Board (badan)"
    BUREAU = "BUREAU", "Bagian atau biro", "Bureau of the secretariat"
    INSPECTORATE = "INSPECTORATE", "Inspektorat", "Inspectorate"
    VERTICAL = "VERTICAL", "Instansi vertikal", "National office in the region"
    FACILITY_OPERATOR = "FACILITY_OPERATOR", "Pengelola fasilitas", "Operator of a facility"


class Affair(Word):
    """Affair of government (urusan pemerintahan konkuren, UU 23/2014 art. 12), or what supports one."""

    EDUCATION = "EDUCATION", "Pendidikan", "Education"
    HEALTH = "HEALTH", "Kesehatan", "Health"
    PUBLIC_WORKS_SPATIAL = "PUBLIC_WORKS_SPATIAL", "Pekerjaan umum dan penataan ruang", "Public works and spatial plan"
    HOUSING_SETTLEMENT = "HOUSING_SETTLEMENT", "Perumahan rakyat dan kawasan permukiman", "Housing and settlements"
    PEACE_ORDER_LINMAS = (
        "PEACE_ORDER_LINMAS",
        "Ketenteraman, ketertiban umum, dan pelindungan masyarakat",
        "Peace, public order and protection of the public",
    )
    SOCIAL = "SOCIAL", "Sosial", "Social affairs"
    LABOUR = "LABOUR", "Tenaga kerja", "Labour"
    WOMEN_CHILDREN = (
        "WOMEN_CHILDREN",
        "Pemberdayaan perempuan dan pelindungan anak",
        "Empowerment of women and protection of children",
    )
    FOOD = "FOOD", "Pangan", "Food"
    LAND = "LAND", "Pertanahan", "Land"
    ENVIRONMENT = "ENVIRONMENT", "Lingkungan hidup", "Environment"
    POPULATION_DOC = (
        "POPULATION_DOC",
        "Administrasi kependudukan dan pencatatan sipil",
        "Population administration and civil registration",
    )
    VILLAGES = "VILLAGES", "Pemberdayaan masyarakat dan desa", "Villages and their communities"
    FAMILY_PLANNING = "FAMILY_PLANNING", "Pengendalian penduduk dan keluarga berencana", "Family planning"
    TRANSPORT = "TRANSPORT", "Perhubungan", "Transport"
    COMMUNICATION = "COMMUNICATION", "Komunikasi dan informatika", "Communication and informatics"
    COOPERATIVES = "COOPERATIVES", "Koperasi, usaha kecil, dan menengah", "Cooperatives and small enterprises"
    LICENSING = "LICENSING", "Penanaman modal dan perizinan", "Investment and licences"
    YOUTH_SPORT = "YOUTH_SPORT", "Kepemudaan dan olahraga", "Youth and sport"
    STATISTICS = "STATISTICS", "Statistik", "Statistics"
    CODES = "CODES", "Persandian", "Information security"
    CULTURE = "CULTURE", "Kebudayaan", "Culture"
    LIBRARIES = "LIBRARIES", "Perpustakaan", "Libraries"
    ARCHIVES = "ARCHIVES", "Kearsipan", "Archives"
    FISHERIES = "FISHERIES", "Kelautan dan perikanan", "Sea and fisheries"
    TOURISM = "TOURISM", "Pariwisata", "Tourism"
    AGRICULTURE = "AGRICULTURE", "Pertanian", "Agriculture"
    FORESTRY = "FORESTRY", "Kehutanan", "Forestry"
    ENERGY_MINING = "ENERGY_MINING", "Energi dan sumber daya mineral", "Energy and minerals"
    TRADE = "TRADE", "Perdagangan", "Trade"
    INDUSTRY = "INDUSTRY", "Perindustrian", "Industry"
    TRANSMIGRATION = "TRANSMIGRATION", "Transmigrasi", "Transmigration"
    PLANNING = "PLANNING", "Perencanaan pembangunan", "Development planning"
    SUPERVISION = "SUPERVISION", "Pengawasan internal", "Internal supervision"
    ORGANIZATION = "ORGANIZATION", "Organisasi dan tata laksana", "Organization and procedure"
    OTHER = "OTHER", "Lainnya", "Other"


class Agency(SQLModel, table=True):
    """An agency of a region."""

    __tablename__ = "agency"
    __table_args__ = (
        one_of("kind", AgencyKind),
        some_of("affairs", Affair),
        Index(None, "region_code", "code"),
        Index(None, "kind", "code"),
        Index(None, "name", "code"),
    )

    code: str = Field(primary_key=True, sa_type=C_TEXT)
    name: str = Field(sa_type=C_TEXT)
    kind: str = Field(sa_type=C_TEXT)
    region_code: str = Field(sa_type=C_TEXT, foreign_key="region.code")
    affairs: list[str] = Field(default_factory=list, sa_type=ARRAY(Text))
    ended_on: date | None = None


describe(Agency, Kind.REFERENCE, Retention.REFERENCE, outside=all_columns(Agency))
