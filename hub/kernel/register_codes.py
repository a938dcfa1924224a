"""The code lists of the population register, one enum per list.

Numbers and printed labels are OpenSID's, because villages exchange files in them; the hub itself
stores and shows the member's NAME, which never changes. Where OpenSID's own programs print a wrong
label for a number (its enum of education names 9 and 10 like 8), the list follows the import template.

Labels are compared without case and without spaces: `SLTA / SEDERAJAT` is `slta/sederajat`.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Self


def by_number(name: str, number: int) -> "Code | None":
    """The code with OpenSID's number in a register field's list; KeyError for an unknown field."""
    return CODE_LISTS[name].numbers.get(number)


def by_label(name: str, text: str) -> "Code | None":
    """The code by any of its labels, aliases or its NAME; KeyError for an unknown field."""
    return CODE_LISTS[name].labels.get(fold(text))


def fold(label: str) -> str:
    """What two spellings of one label have in common: case and spaces do not count."""
    return "".join(label.split()).casefold()


class RegisterCode(StrEnum):
    """One value of a code list; its text is its NAME."""

    _value_: str
    number: int
    opensid_label: str
    label_id: str
    label_en: str

    def __new__(cls, name: str, number: int = 0, opensid: str = "", label_id: str = "", label_en: str = "") -> Self:
        """Keep the labels on the member itself; with the name alone, `Sex("MALE")`, Python looks the member up."""
        member = str.__new__(cls, name)
        member._value_ = name
        member.number, member.opensid_label = number, opensid
        member.label_id, member.label_en = label_id, label_en
        return member


class Sex(RegisterCode):
    """Sex as recorded on the family card (jenis kelamin)."""

    MALE = "MALE", 1, "LAKI-LAKI", "Laki-laki", "Male"
    FEMALE = "FEMALE", 2, "PEREMPUAN", "Perempuan", "Female"


class Religion(RegisterCode):
    """Religion or belief as recorded on the family card (agama)."""

    ISLAM = "ISLAM", 1, "ISLAM", "Islam", "Islam"
    PROTESTANT = "PROTESTANT", 2, "KRISTEN", "Kristen", "Protestant Christianity"
    CATHOLIC = "CATHOLIC", 3, "KATHOLIK", "Katolik", "Catholicism"
    HINDU = "HINDU", 4, "HINDU", "Hindu", "Hinduism"
    BUDDHIST = "BUDDHIST", 5, "BUDHA", "Buddha", "Buddhism"
    CONFUCIAN = "CONFUCIAN", 6, "KHONGHUCU", "Khonghucu", "Confucianism"
    BELIEF_OR_OTHER = (
        "BELIEF_OR_OTHER",
        7,
        "Kepercayaan Terhadap Tuhan YME / Lainnya",
        "Kepercayaan terhadap Tuhan YME / lainnya",
        "Belief in the One God, or another religion",
    )


class Education(RegisterCode):
    """Highest education completed, as on the family card (pendidikan dalam KK)."""

    NOT_YET_IN_SCHOOL = (
        "NOT_YET_IN_SCHOOL",
        1,
        "TIDAK / BELUM SEKOLAH",
        "Tidak/belum sekolah",
        "No schooling, or not yet",
    )
    PRIMARY_UNFINISHED = (
        "PRIMARY_UNFINISHED",
        2,
        "BELUM TAMAT SD/SEDERAJAT",
        "Belum tamat SD/sederajat",
        "Primary school not finished",
    )
    PRIMARY = "PRIMARY", 3, "TAMAT SD / SEDERAJAT", "Tamat SD/sederajat", "Primary school"
    LOWER_SECONDARY = (
        "LOWER_SECONDARY",
        4,
        "SLTP/SEDERAJAT",
        "SLTP/sederajat",
        "Lower secondary school",
    )
    UPPER_SECONDARY = (
        "UPPER_SECONDARY",
        5,
        "SLTA / SEDERAJAT",
        "SLTA/sederajat",
        "Upper secondary school",
    )
    DIPLOMA_1_OR_2 = (
        "DIPLOMA_1_OR_2",
        6,
        "DIPLOMA I / II",
        "Diploma I/II",
        "One- or two-year diploma",
    )
    DIPLOMA_3 = (
        "DIPLOMA_3",
        7,
        "AKADEMI/ DIPLOMA III/S. MUDA",
        "Akademi/Diploma III/sarjana muda",
        "Academy or three-year diploma",
    )
    BACHELOR = (
        "BACHELOR",
        8,
        "DIPLOMA IV/ STRATA I",
        "Diploma IV/Strata I",
        "Four-year diploma or bachelor's degree",
    )
    MASTER = "MASTER", 9, "STRATA II", "Strata II", "Master's degree"
    DOCTORATE = "DOCTORATE", 10, "STRATA III", "Strata III", "Doctorate"


class Schooling(RegisterCode):
    """Schooling under way at present (pendidikan sedang ditempuh)."""

    NOT_YET_IN_KINDERGARTEN = (
        "NOT_YET_IN_KINDERGARTEN",
        1,
        "BELUM MASUK TK/KELOMPOK BERMAIN",
        "Belum masuk TK/kelompok bermain",
        "Not yet in kindergarten or playgroup",
    )
    IN_KINDERGARTEN = (
        "IN_KINDERGARTEN",
        2,
        "SEDANG TK/KELOMPOK BERMAIN",
        "Sedang TK/kelompok bermain",
        "In kindergarten or playgroup",
    )
    NEVER_ATTENDED = (
        "NEVER_ATTENDED",
        3,
        "TIDAK PERNAH SEKOLAH",
        "Tidak pernah sekolah",
        "Never attended school",
    )
    IN_PRIMARY = "IN_PRIMARY", 4, "SEDANG SD/SEDERAJAT", "Sedang SD/sederajat", "In primary school"
    LEFT_PRIMARY = (
        "LEFT_PRIMARY",
        5,
        "TIDAK TAMAT SD/SEDERAJAT",
        "Tidak tamat SD/sederajat",
        "Left primary school unfinished",
    )
    IN_LOWER_SECONDARY = (
        "IN_LOWER_SECONDARY",
        6,
        "SEDANG SLTP/SEDERAJAT",
        "Sedang SLTP/sederajat",
        "In lower secondary school",
    )
    IN_UPPER_SECONDARY = (
        "IN_UPPER_SECONDARY",
        7,
        "SEDANG SLTA/SEDERAJAT",
        "Sedang SLTA/sederajat",
        "In upper secondary school",
    )
    IN_DIPLOMA_1 = (
        "IN_DIPLOMA_1",
        8,
        "SEDANG D-1/SEDERAJAT",
        "Sedang D-1/sederajat",
        "In a one-year diploma",
    )
    IN_DIPLOMA_2 = (
        "IN_DIPLOMA_2",
        9,
        "SEDANG D-2/SEDERAJAT",
        "Sedang D-2/sederajat",
        "In a two-year diploma",
    )
    IN_DIPLOMA_3 = (
        "IN_DIPLOMA_3",
        10,
        "SEDANG D-3/SEDERAJAT",
        "Sedang D-3/sederajat",
        "In a three-year diploma",
    )
    IN_BACHELOR = (
        "IN_BACHELOR",
        11,
        "SEDANG S-1/SEDERAJAT",
        "Sedang S-1/sederajat",
        "In a bachelor's programme",
    )
    IN_MASTER = (
        "IN_MASTER",
        12,
        "SEDANG S-2/SEDERAJAT",
        "Sedang S-2/sederajat",
        "In a master's programme",
    )
    IN_DOCTORATE = (
        "IN_DOCTORATE",
        13,
        "SEDANG S-3/SEDERAJAT",
        "Sedang S-3/sederajat",
        "In a doctoral programme",
    )
    IN_SPECIAL_SCHOOL_A = (
        "IN_SPECIAL_SCHOOL_A",
        14,
        "SEDANG SLB A/SEDERAJAT",
        "Sedang SLB A/sederajat",
        "In special school A (visual impairment)",
    )
    IN_SPECIAL_SCHOOL_B = (
        "IN_SPECIAL_SCHOOL_B",
        15,
        "SEDANG SLB B/SEDERAJAT",
        "Sedang SLB B/sederajat",
        "In special school B (hearing impairment)",
    )
    IN_SPECIAL_SCHOOL_C = (
        "IN_SPECIAL_SCHOOL_C",
        16,
        "SEDANG SLB C/SEDERAJAT",
        "Sedang SLB C/sederajat",
        "In special school C (intellectual disability)",
    )
    ILLITERATE = (
        "ILLITERATE",
        17,
        "TIDAK DAPAT MEMBACA DAN MENULIS HURUF LATIN/ARAB",
        "Tidak dapat membaca dan menulis huruf Latin/Arab",
        "Cannot read or write Latin or Arabic script",
    )
    NOT_IN_SCHOOL = (
        "NOT_IN_SCHOOL",
        18,
        "TIDAK SEDANG SEKOLAH",
        "Tidak sedang sekolah",
        "Not in school at present",
    )


class Occupation(RegisterCode):
    """Occupation as on the family card, the 89 codes of the civil registry (pekerjaan)."""

    NOT_WORKING = (
        "NOT_WORKING",
        1,
        "BELUM/TIDAK BEKERJA",
        "Belum/tidak bekerja",
        "Not working, or not yet",
    )
    HOMEMAKER = "HOMEMAKER", 2, "MENGURUS RUMAH TANGGA", "Mengurus rumah tangga", "Homemaker"
    STUDENT = "STUDENT", 3, "PELAJAR/MAHASISWA", "Pelajar/mahasiswa", "Pupil or student"
    RETIRED = "RETIRED", 4, "PENSIUNAN", "Pensiunan", "Retired"
    CIVIL_SERVANT = (
        "CIVIL_SERVANT",
        5,
        "PEGAWAI NEGERI SIPIL (PNS)",
        "Pegawai negeri sipil (PNS)",
        "Civil servant",
    )
    ARMED_FORCES = (
        "ARMED_FORCES",
        6,
        "TENTARA NASIONAL INDONESIA (TNI)",
        "Tentara Nasional Indonesia (TNI)",
        "Member of the armed forces",
    )
    POLICE = "POLICE", 7, "KEPOLISIAN RI (POLRI)", "Kepolisian RI (Polri)", "Police officer"
    COMMERCE = "COMMERCE", 8, "PERDAGANGAN", "Perdagangan", "Commerce"
    FARMER = "FARMER", 9, "PETANI/PEKEBUN", "Petani/pekebun", "Farmer or planter"
    LIVESTOCK_FARMER = "LIVESTOCK_FARMER", 10, "PETERNAK", "Peternak", "Livestock farmer"
    FISHER = "FISHER", 11, "NELAYAN/PERIKANAN", "Nelayan/perikanan", "Fisher or fish farmer"
    INDUSTRY = "INDUSTRY", 12, "INDUSTRI", "Industri", "Industry"
    CONSTRUCTION = "CONSTRUCTION", 13, "KONSTRUKSI", "Konstruksi", "Construction"
    TRANSPORT = "TRANSPORT", 14, "TRANSPORTASI", "Transportasi", "Transport"
    PRIVATE_EMPLOYEE = (
        "PRIVATE_EMPLOYEE",
        15,
        "KARYAWAN SWASTA",
        "Karyawan swasta",
        "Private-sector employee",
    )
    STATE_ENTERPRISE_EMPLOYEE = (
        "STATE_ENTERPRISE_EMPLOYEE",
        16,
        "KARYAWAN BUMN",
        "Karyawan BUMN",
        "Employee of a state enterprise",
    )
    REGIONAL_ENTERPRISE_EMPLOYEE = (
        "REGIONAL_ENTERPRISE_EMPLOYEE",
        17,
        "KARYAWAN BUMD",
        "Karyawan BUMD",
        "Employee of a regional enterprise",
    )
    CONTRACT_EMPLOYEE = (
        "CONTRACT_EMPLOYEE",
        18,
        "KARYAWAN HONORER",
        "Karyawan honorer",
        "Contract (honorary) employee",
    )
    DAY_LABOURER = (
        "DAY_LABOURER",
        19,
        "BURUH HARIAN LEPAS",
        "Buruh harian lepas",
        "Casual day labourer",
    )
    FARM_LABOURER = (
        "FARM_LABOURER",
        20,
        "BURUH TANI/PERKEBUNAN",
        "Buruh tani/perkebunan",
        "Farm or plantation labourer",
    )
    FISHERY_LABOURER = (
        "FISHERY_LABOURER",
        21,
        "BURUH NELAYAN/PERIKANAN",
        "Buruh nelayan/perikanan",
        "Fishery labourer",
    )
    LIVESTOCK_LABOURER = (
        "LIVESTOCK_LABOURER",
        22,
        "BURUH PETERNAKAN",
        "Buruh peternakan",
        "Livestock labourer",
    )
    DOMESTIC_WORKER = (
        "DOMESTIC_WORKER",
        23,
        "PEMBANTU RUMAH TANGGA",
        "Pembantu rumah tangga",
        "Domestic worker",
    )
    BARBER = "BARBER", 24, "TUKANG CUKUR", "Tukang cukur", "Barber"
    ELECTRICIAN = "ELECTRICIAN", 25, "TUKANG LISTRIK", "Tukang listrik", "Electrician"
    MASON = "MASON", 26, "TUKANG BATU", "Tukang batu", "Mason"
    CARPENTER = "CARPENTER", 27, "TUKANG KAYU", "Tukang kayu", "Carpenter"
    COBBLER = "COBBLER", 28, "TUKANG SOL SEPATU", "Tukang sol sepatu", "Cobbler"
    WELDER_OR_SMITH = (
        "WELDER_OR_SMITH",
        29,
        "TUKANG LAS/PANDAI BESI",
        "Tukang las/pandai besi",
        "Welder or blacksmith",
    )
    TAILOR = "TAILOR", 30, "TUKANG JAHIT", "Tukang jahit", "Tailor"
    DENTURE_MAKER = "DENTURE_MAKER", 31, "TUKANG GIGI", "Tukang gigi", "Denture maker"
    MAKE_UP_ARTIST = "MAKE_UP_ARTIST", 32, "PENATA RIAS", "Penata rias", "Make-up artist"
    FASHION_STYLIST = "FASHION_STYLIST", 33, "PENATA BUSANA", "Penata busana", "Fashion stylist"
    HAIRDRESSER = "HAIRDRESSER", 34, "PENATA RAMBUT", "Penata rambut", "Hairdresser"
    MECHANIC = "MECHANIC", 35, "MEKANIK", "Mekanik", "Mechanic"
    ARTIST = "ARTIST", 36, "SENIMAN", "Seniman", "Artist"
    TRADITIONAL_HEALER = "TRADITIONAL_HEALER", 37, "TABIB", "Tabib", "Traditional healer"
    TRADITIONAL_MIDWIFE = (
        "TRADITIONAL_MIDWIFE",
        38,
        "PARAJI",
        "Paraji",
        "Traditional birth attendant",
    )
    FASHION_DESIGNER = (
        "FASHION_DESIGNER",
        39,
        "PERANCANG BUSANA",
        "Perancang busana",
        "Fashion designer",
    )
    TRANSLATOR = "TRANSLATOR", 40, "PENTERJEMAH", "Penterjemah", "Translator"
    IMAM = "IMAM", 41, "IMAM MASJID", "Imam masjid", "Imam of a mosque"
    PROTESTANT_MINISTER = "PROTESTANT_MINISTER", 42, "PENDETA", "Pendeta", "Protestant minister"
    CATHOLIC_PRIEST = "CATHOLIC_PRIEST", 43, "PASTOR", "Pastor", "Catholic priest"
    JOURNALIST = "JOURNALIST", 44, "WARTAWAN", "Wartawan", "Journalist"
    ISLAMIC_PREACHER = (
        "ISLAMIC_PREACHER",
        45,
        "USTADZ/MUBALIGH",
        "Ustadz/mubalig",
        "Islamic teacher or preacher",
    )
    COOK = "COOK", 46, "JURU MASAK", "Juru masak", "Cook"
    EVENT_PROMOTER = "EVENT_PROMOTER", 47, "PROMOTOR ACARA", "Promotor acara", "Event promoter"
    DPR_MEMBER = (
        "DPR_MEMBER",
        48,
        "ANGGOTA DPR-RI",
        "Anggota DPR RI",
        "Member of the national parliament",
    )
    DPD_MEMBER = (
        "DPD_MEMBER",
        49,
        "ANGGOTA DPD",
        "Anggota DPD",
        "Member of the Regional Representative Council",
    )
    BPK_MEMBER = "BPK_MEMBER", 50, "ANGGOTA BPK", "Anggota BPK", "Member of the Audit Board"
    PRESIDENT = "PRESIDENT", 51, "PRESIDEN", "Presiden", "President"
    VICE_PRESIDENT = "VICE_PRESIDENT", 52, "WAKIL PRESIDEN", "Wakil presiden", "Vice President"
    CONSTITUTIONAL_COURT_MEMBER = (
        "CONSTITUTIONAL_COURT_MEMBER",
        53,
        "ANGGOTA MAHKAMAH KONSTITUSI",
        "Anggota Mahkamah Konstitusi",
        "Member of the Constitutional Court",
    )
    CABINET_MEMBER = (
        "CABINET_MEMBER",
        54,
        "ANGGOTA KABINET KEMENTERIAN",
        "Anggota kabinet kementerian",
        "Member of the cabinet",
    )
    AMBASSADOR = "AMBASSADOR", 55, "DUTA BESAR", "Duta besar", "Ambassador"
    GOVERNOR = "GOVERNOR", 56, "GUBERNUR", "Gubernur", "Governor"
    VICE_GOVERNOR = "VICE_GOVERNOR", 57, "WAKIL GUBERNUR", "Wakil gubernur", "Vice Governor"
    REGENT = "REGENT", 58, "BUPATI", "Bupati", "Regent"
    VICE_REGENT = "VICE_REGENT", 59, "WAKIL BUPATI", "Wakil bupati", "Vice Regent"
    MAYOR = "MAYOR", 60, "WALIKOTA", "Wali kota", "Mayor"
    VICE_MAYOR = "VICE_MAYOR", 61, "WAKIL WALIKOTA", "Wakil wali kota", "Vice Mayor"
    PROVINCIAL_COUNCIL_MEMBER = (
        "PROVINCIAL_COUNCIL_MEMBER",
        62,
        "ANGGOTA DPRD PROVINSI",
        "Anggota DPRD provinsi",
        "Member of a provincial council",
    )
    DISTRICT_COUNCIL_MEMBER = (
        "DISTRICT_COUNCIL_MEMBER",
        63,
        "ANGGOTA DPRD KABUPATEN/KOTA",
        "Anggota DPRD kabupaten/kota",
        "Member of a regency or city council",
    )
    LECTURER = "LECTURER", 64, "DOSEN", "Dosen", "Lecturer"
    TEACHER = "TEACHER", 65, "GURU", "Guru", "Teacher"
    PILOT = "PILOT", 66, "PILOT", "Pilot", "Pilot"
    LAWYER = "LAWYER", 67, "PENGACARA", "Pengacara", "Lawyer"
    NOTARY = "NOTARY", 68, "NOTARIS", "Notaris", "Notary"
    ARCHITECT = "ARCHITECT", 69, "ARSITEK", "Arsitek", "Architect"
    ACCOUNTANT = "ACCOUNTANT", 70, "AKUNTAN", "Akuntan", "Accountant"
    CONSULTANT = "CONSULTANT", 71, "KONSULTAN", "Konsultan", "Consultant"
    DOCTOR = "DOCTOR", 72, "DOKTER", "Dokter", "Doctor"
    MIDWIFE = "MIDWIFE", 73, "BIDAN", "Bidan", "Midwife"
    NURSE = "NURSE", 74, "PERAWAT", "Perawat", "Nurse"
    PHARMACIST = "PHARMACIST", 75, "APOTEKER", "Apoteker", "Pharmacist"
    PSYCHIATRIST_OR_PSYCHOLOGIST = (
        "PSYCHIATRIST_OR_PSYCHOLOGIST",
        76,
        "PSIKIATER/PSIKOLOG",
        "Psikiater/psikolog",
        "Psychiatrist or psychologist",
    )
    TELEVISION_PRESENTER = (
        "TELEVISION_PRESENTER",
        77,
        "PENYIAR TELEVISI",
        "Penyiar televisi",
        "Television presenter",
    )
    RADIO_PRESENTER = "RADIO_PRESENTER", 78, "PENYIAR RADIO", "Penyiar radio", "Radio presenter"
    SEAFARER = "SEAFARER", 79, "PELAUT", "Pelaut", "Seafarer"
    RESEARCHER = "RESEARCHER", 80, "PENELITI", "Peneliti", "Researcher"
    DRIVER = "DRIVER", 81, "SOPIR", "Sopir", "Driver"
    BROKER = "BROKER", 82, "PIALANG", "Pialang", "Broker"
    CLAIRVOYANT = "CLAIRVOYANT", 83, "PARANORMAL", "Paranormal", "Clairvoyant"
    TRADER = "TRADER", 84, "PEDAGANG", "Pedagang", "Trader"
    VILLAGE_OFFICIAL = (
        "VILLAGE_OFFICIAL",
        85,
        "PERANGKAT DESA",
        "Perangkat desa",
        "Village official",
    )
    VILLAGE_HEAD = "VILLAGE_HEAD", 86, "KEPALA DESA", "Kepala desa", "Village head"
    NUN = "NUN", 87, "BIARAWATI", "Biarawati", "Nun"
    SELF_EMPLOYED = "SELF_EMPLOYED", 88, "WIRASWASTA", "Wiraswasta", "Self-employed"
    OTHER = "OTHER", 89, "LAINNYA", "Lainnya", "Other"


class MaritalStatus(RegisterCode):
    """Marital status as on the family card (status perkawinan)."""

    SINGLE = "SINGLE", 1, "BELUM KAWIN", "Belum kawin", "Never married"
    MARRIED = "MARRIED", 2, "KAWIN", "Kawin", "Married"
    DIVORCED = "DIVORCED", 3, "CERAI HIDUP", "Cerai hidup", "Divorced"
    WIDOWED = "WIDOWED", 4, "CERAI MATI", "Cerai mati", "Widowed"


class FamilyRelation(RegisterCode):
    """Relation to the head of the family on the card (SHDK)."""

    HEAD = "HEAD", 1, "KEPALA KELUARGA", "Kepala keluarga", "Head of family"
    HUSBAND = "HUSBAND", 2, "SUAMI", "Suami", "Husband"
    WIFE = "WIFE", 3, "ISTRI", "Istri", "Wife"
    CHILD = "CHILD", 4, "ANAK", "Anak", "Child"
    CHILD_IN_LAW = "CHILD_IN_LAW", 5, "MENANTU", "Menantu", "Son- or daughter-in-law"
    GRANDCHILD = "GRANDCHILD", 6, "CUCU", "Cucu", "Grandchild"
    PARENT = "PARENT", 7, "ORANGTUA", "Orang tua", "Parent"
    PARENT_IN_LAW = "PARENT_IN_LAW", 8, "MERTUA", "Mertua", "Parent-in-law"
    OTHER_RELATIVE = "OTHER_RELATIVE", 9, "FAMILI LAIN", "Famili lain", "Other relative"
    DOMESTIC_HELP = "DOMESTIC_HELP", 10, "PEMBANTU", "Pembantu", "Domestic help"
    OTHER = "OTHER", 11, "LAINNYA", "Lainnya", "Other"


class Citizenship(RegisterCode):
    """Citizenship (kewarganegaraan)."""

    INDONESIAN = "INDONESIAN", 1, "WNI", "WNI", "Indonesian citizen"
    FOREIGN = "FOREIGN", 2, "WNA", "WNA", "Foreign citizen"
    DUAL = "DUAL", 3, "DUA KEWARGANEGARAAN", "Dua kewarganegaraan", "Dual citizenship"


class BloodType(RegisterCode):
    """Blood type (golongan darah)."""

    A = "A", 1, "A", "A", "A"
    B = "B", 2, "B", "B", "B"
    AB = "AB", 3, "AB", "AB", "AB"
    O = "O", 4, "O", "O", "O"  # noqa: E741  (the blood type)
    A_POSITIVE = "A_POSITIVE", 5, "A+", "A+", "A positive"
    A_NEGATIVE = "A_NEGATIVE", 6, "A-", "A-", "A negative"
    B_POSITIVE = "B_POSITIVE", 7, "B+", "B+", "B positive"
    B_NEGATIVE = "B_NEGATIVE", 8, "B-", "B-", "B negative"
    AB_POSITIVE = "AB_POSITIVE", 9, "AB+", "AB+", "AB positive"
    AB_NEGATIVE = "AB_NEGATIVE", 10, "AB-", "AB-", "AB negative"
    O_POSITIVE = "O_POSITIVE", 11, "O+", "O+", "O positive"
    O_NEGATIVE = "O_NEGATIVE", 12, "O-", "O-", "O negative"
    UNKNOWN = "UNKNOWN", 13, "TIDAK TAHU", "Tidak tahu", "Not known"


class Disability(RegisterCode):
    """Kind of disability (penyandang disabilitas)."""

    PHYSICAL = "PHYSICAL", 1, "CACAT FISIK", "Disabilitas fisik", "Physical disability"
    BLIND = "BLIND", 2, "CACAT NETRA/BUTA", "Disabilitas netra", "Blind or visually impaired"
    DEAF_OR_MUTE = (
        "DEAF_OR_MUTE",
        3,
        "CACAT RUNGU/WICARA",
        "Disabilitas rungu/wicara",
        "Deaf or speech-impaired",
    )
    MENTAL = "MENTAL", 4, "CACAT MENTAL/JIWA", "Disabilitas mental/jiwa", "Mental disability"
    PHYSICAL_AND_MENTAL = (
        "PHYSICAL_AND_MENTAL",
        5,
        "CACAT FISIK DAN MENTAL",
        "Disabilitas fisik dan mental",
        "Physical and mental disability",
    )
    OTHER = "OTHER", 6, "CACAT LAINNYA", "Disabilitas lainnya", "Other disability"
    NONE = "NONE", 7, "TIDAK CACAT", "Tidak ada", "No disability"


class Contraception(RegisterCode):
    """Means of family planning in use (akseptor KB)."""

    PILL = "PILL", 1, "Pil", "Pil", "Pill"
    IUD = "IUD", 2, "IUD", "IUD", "Intrauterine device"
    INJECTION = "INJECTION", 3, "Suntik", "Suntik", "Injection"
    CONDOM = "CONDOM", 4, "Kondom", "Kondom", "Condom"
    IMPLANT = "IMPLANT", 5, "Susuk KB", "Susuk KB", "Implant"
    FEMALE_STERILISATION = (
        "FEMALE_STERILISATION",
        6,
        "Sterilisasi Wanita",
        "Sterilisasi wanita",
        "Female sterilisation",
    )
    MALE_STERILISATION = (
        "MALE_STERILISATION",
        7,
        "Sterilisasi Pria",
        "Sterilisasi pria",
        "Male sterilisation",
    )
    OTHER = "OTHER", 99, "Lainnya", "Lainnya", "Other"


class Pregnancy(RegisterCode):
    """Whether a woman is pregnant (hamil)."""

    PREGNANT = "PREGNANT", 1, "HAMIL", "Hamil", "Pregnant"
    NOT_PREGNANT = "NOT_PREGNANT", 2, "TIDAK HAMIL", "Tidak hamil", "Not pregnant"


class EktpStatus(RegisterCode):
    """Whether the person holds an electronic identity card (KTP-el)."""

    NOT_YET = "NOT_YET", 1, "BELUM", "Belum", "Not yet"
    KTP_EL = "KTP_EL", 2, "KTP-EL", "KTP-el", "Holds a KTP-el"


class KtpRecordingStatus(RegisterCode):
    """How far the recording of the electronic identity card has come (status perekaman)."""

    NOT_REQUIRED_YET = "NOT_REQUIRED_YET", 1, "BELUM WAJIB", "Belum wajib", "Not yet required"
    NOT_RECORDED = "NOT_RECORDED", 2, "BELUM REKAM", "Belum rekam", "Not recorded yet"
    RECORDED = "RECORDED", 3, "SUDAH REKAM", "Sudah rekam", "Recorded"
    CARD_PRINTED = "CARD_PRINTED", 4, "CARD PRINTED", "Kartu tercetak", "Card printed"
    PRINT_READY = "PRINT_READY", 5, "PRINT READY RECORD", "Siap cetak", "Print-ready record"
    CARD_SHIPPED = "CARD_SHIPPED", 6, "CARD SHIPPED", "Kartu dikirim", "Card shipped"
    SENT_FOR_PRINTING = (
        "SENT_FOR_PRINTING",
        7,
        "SENT FOR CARD PRINTING",
        "Dikirim untuk dicetak",
        "Sent for card printing",
    )
    CARD_ISSUED = "CARD_ISSUED", 8, "CARD ISSUED", "Kartu diserahkan", "Card issued"


class BaseStatus(RegisterCode):
    """Whether the person still lives in the village, and if not, why (status dasar)."""

    ALIVE = "ALIVE", 1, "HIDUP", "Hidup", "Alive"
    DEAD = "DEAD", 2, "MATI", "Mati", "Dead"
    MOVED = "MOVED", 3, "PINDAH", "Pindah", "Moved away"
    MISSING = "MISSING", 4, "HILANG", "Hilang", "Missing"
    LEFT = "LEFT", 6, "PERGI", "Pergi", "Left"
    INVALID = "INVALID", 9, "TIDAK VALID", "Tidak valid", "Not a valid record"


class HealthInsurance(RegisterCode):
    """Health insurance (asuransi kesehatan)."""

    NONE = "NONE", 1, "TIDAK/BELUM PUNYA", "Tidak/belum punya", "None, or not yet"
    BPJS_SUBSIDISED = (
        "BPJS_SUBSIDISED",
        2,
        "BPJS PENERIMA BANTUAN IURAN",
        "BPJS penerima bantuan iuran",
        "BPJS with subsidised contributions",
    )
    BPJS_CONTRIBUTING = (
        "BPJS_CONTRIBUTING",
        3,
        "BPJS NON PENERIMA BANTUAN IURAN",
        "BPJS non-penerima bantuan iuran",
        "BPJS without subsidy",
    )
    BPJS_REGIONAL_AID = (
        "BPJS_REGIONAL_AID",
        4,
        "BPJS BANTUAN DAERAH",
        "BPJS bantuan daerah",
        "BPJS paid by the regional government",
    )
    OTHER = "OTHER", 99, "ASURANSI LAINNYA", "Asuransi lainnya", "Other insurance"


class ChronicIllness(RegisterCode):
    """Chronic illness; specific personal data (sakit menahun)."""

    HEART = "HEART", 1, "JANTUNG", "Jantung", "Heart disease"
    LIVER = "LIVER", 2, "LEVER", "Lever", "Liver disease"
    LUNG = "LUNG", 3, "PARU-PARU", "Paru-paru", "Lung disease"
    CANCER = "CANCER", 4, "KANKER", "Kanker", "Cancer"
    STROKE = "STROKE", 5, "STROKE", "Stroke", "Stroke"
    DIABETES = "DIABETES", 6, "DIABETES MELITUS", "Diabetes melitus", "Diabetes mellitus"
    KIDNEY = "KIDNEY", 7, "GINJAL", "Ginjal", "Kidney disease"
    MALARIA = "MALARIA", 8, "MALARIA", "Malaria", "Malaria"
    LEPROSY = "LEPROSY", 9, "LEPRA/KUSTA", "Lepra/kusta", "Leprosy"
    HIV_AIDS = "HIV_AIDS", 10, "HIV/AIDS", "HIV/AIDS", "HIV/AIDS"
    MENTAL_ILLNESS = (
        "MENTAL_ILLNESS",
        11,
        "GILA/STRESS",
        "Gangguan jiwa/stres",
        "Mental illness or stress",
    )
    TUBERCULOSIS = "TUBERCULOSIS", 12, "TBC", "TBC", "Tuberculosis"
    ASTHMA = "ASTHMA", 13, "ASTHMA", "Asma", "Asthma"
    NONE = "NONE", 14, "TIDAK ADA/TIDAK SAKIT", "Tidak ada/tidak sakit", "None"


class PopulationEvent(RegisterCode):
    """Event that changed the village register (peristiwa penduduk)."""

    BORN = "BORN", 1, "Lahir", "Lahir", "Born"
    DIED = "DIED", 2, "Mati", "Mati", "Died"
    MOVED_OUT = "MOVED_OUT", 3, "Pindah Keluar", "Pindah keluar", "Moved out"
    WENT_MISSING = "WENT_MISSING", 4, "Hilang", "Hilang", "Went missing"
    MOVED_IN = "MOVED_IN", 5, "Pindah Masuk", "Pindah masuk", "Moved in"
    LEFT = "LEFT", 6, "Pergi", "Pergi", "Left"


class MoveScope(RegisterCode):
    """How far a person moved (jenis kepindahan)."""

    OUT_OF_VILLAGE = (
        "OUT_OF_VILLAGE",
        1,
        "Pindah keluar Desa/Kelurahan",
        "Keluar desa/kelurahan",
        "Out of the village",
    )
    OUT_OF_KECAMATAN = (
        "OUT_OF_KECAMATAN",
        2,
        "Pindah keluar Kecamatan",
        "Keluar kecamatan",
        "Out of the kecamatan",
    )
    OUT_OF_REGENCY = (
        "OUT_OF_REGENCY",
        3,
        "Pindah keluar Kabupaten/Kota",
        "Keluar kabupaten/kota",
        "Out of the regency or city",
    )
    OUT_OF_PROVINCE = (
        "OUT_OF_PROVINCE",
        4,
        "Pindah keluar Provinsi",
        "Keluar provinsi",
        "Out of the province",
    )


class HouseholdRole(RegisterCode):
    """Role in a household, which may hold several families (hubungan rumah tangga)."""

    HEAD = "HEAD", 1, "Kepala Rumah Tangga", "Kepala rumah tangga", "Head of household"
    MEMBER = "MEMBER", 2, "Anggota", "Anggota", "Member"


class ResidencyStatus(RegisterCode):
    """Whether the person lives in the village for good (status penduduk)."""

    PERMANENT = "PERMANENT", 1, "TETAP", "Tetap", "Permanent"
    TEMPORARY = "TEMPORARY", 2, "TIDAK TETAP", "Tidak tetap", "Temporary"


class FamilyWelfare(RegisterCode):
    """Stage of family welfare (keluarga sejahtera)."""

    PRE_WELFARE = (
        "PRE_WELFARE",
        1,
        "Keluarga Pra Sejahtera",
        "Keluarga prasejahtera",
        "Pre-welfare family",
    )
    WELFARE_1 = "WELFARE_1", 2, "Keluarga Sejahtera I", "Keluarga sejahtera I", "Welfare family I"
    WELFARE_2 = (
        "WELFARE_2",
        3,
        "Keluarga Sejahtera II",
        "Keluarga sejahtera II",
        "Welfare family II",
    )
    WELFARE_3 = (
        "WELFARE_3",
        4,
        "Keluarga Sejahtera III",
        "Keluarga sejahtera III",
        "Welfare family III",
    )
    WELFARE_3_PLUS = (
        "WELFARE_3_PLUS",
        5,
        "Keluarga Sejahtera III Plus",
        "Keluarga sejahtera III plus",
        "Welfare family III plus",
    )


class KtpStatus(RegisterCode):
    """Status of the identity card, in the numbering of OpenSID's own table (status KTP)."""

    NOT_RECORDED = "NOT_RECORDED", 1, "BELUM REKAM", "Belum rekam", "Not recorded yet"
    RECORDED = "RECORDED", 2, "SUDAH REKAM", "Sudah rekam", "Recorded"
    CARD_PRINTED = "CARD_PRINTED", 3, "CARD PRINTED", "Kartu tercetak", "Card printed"
    PRINT_READY = "PRINT_READY", 4, "PRINT READY RECORD", "Siap cetak", "Print-ready record"
    CARD_SHIPPED = "CARD_SHIPPED", 5, "CARD SHIPPED", "Kartu dikirim", "Card shipped"
    SENT_FOR_PRINTING = (
        "SENT_FOR_PRINTING",
        6,
        "SENT FOR CARD PRINTING",
        "Dikirim untuk dicetak",
        "Sent for card printing",
    )
    CARD_ISSUED = "CARD_ISSUED", 7, "CARD ISSUED", "Kartu diserahkan", "Card issued"
    NOT_REQUIRED_YET = "NOT_REQUIRED_YET", 8, "BELUM WAJIB", "Belum wajib", "Not yet required"


class Literacy(RegisterCode):
    """Languages and scripts a person reads and writes (bahasa)."""

    LATIN = "LATIN", 1, "Latin", "Latin", "Latin script"
    REGIONAL = "REGIONAL", 2, "Daerah", "Daerah", "Regional script"
    ARABIC = "ARABIC", 3, "Arab", "Arab", "Arabic script"
    ARABIC_AND_LATIN = (
        "ARABIC_AND_LATIN",
        4,
        "Arab dan Latin",
        "Arab dan Latin",
        "Arabic and Latin script",
    )
    ARABIC_AND_REGIONAL = (
        "ARABIC_AND_REGIONAL",
        5,
        "Arab dan Daerah",
        "Arab dan daerah",
        "Arabic and regional script",
    )
    ARABIC_LATIN_AND_REGIONAL = (
        "ARABIC_LATIN_AND_REGIONAL",
        6,
        "Arab, Latin dan Daerah",
        "Arab, Latin, dan daerah",
        "Arabic, Latin and regional script",
    )


class VillageDocument(RegisterCode):
    """Kind of document a village publishes (jenis dokumen)."""

    PUBLIC_INFORMATION = (
        "PUBLIC_INFORMATION",
        1,
        "Informasi Publik",
        "Informasi publik",
        "Public information",
    )
    VILLAGE_HEAD_DECREE = (
        "VILLAGE_HEAD_DECREE",
        2,
        "SK Kades",
        "SK kepala desa",
        "Decree of the village head",
    )
    VILLAGE_REGULATION = "VILLAGE_REGULATION", 3, "Perdes", "Peraturan desa", "Village regulation"


# Spellings that OpenSID's import accepts besides its own labels, and a few that villages write.
_ALIASES: Mapping[type[RegisterCode], Mapping[str, RegisterCode]] = {
    Sex: {
        "L": Sex.MALE,
        "LK": Sex.MALE,
        "LAKI LAKI": Sex.MALE,
        "P": Sex.FEMALE,
        "PR": Sex.FEMALE,
        "PRIA": Sex.MALE,
        "WANITA": Sex.FEMALE,
    },
    Religion: {
        "KRISTEN PROTESTAN": Religion.PROTESTANT,
        "KRISTEN KATOLIK": Religion.CATHOLIC,
        "BUDHA": Religion.BUDDHIST,
        "KONGHUCU": Religion.CONFUCIAN,
    },
    Education: {
        "Tidak/Blm Sekolah": Education.NOT_YET_IN_SCHOOL,
        "Tidak Tamat SD/Sederajat": Education.PRIMARY_UNFINISHED,
        "Akademi/Diploma III/Sarjana Muda": Education.DIPLOMA_3,
        "Strata-I": Education.BACHELOR,
        "Strata-II": Education.MASTER,
        "Strata-III": Education.DOCTORATE,
    },
    MaritalStatus: {
        "BK": MaritalStatus.SINGLE,
        "K": MaritalStatus.MARRIED,
        "CH": MaritalStatus.DIVORCED,
        "CM": MaritalStatus.WIDOWED,
    },
    BaseStatus: {
        "PINDAH DALAM NEGERI": BaseStatus.MOVED,
        "PINDAH LUAR NEGERI": BaseStatus.MOVED,
    },
    BloodType: {"Tdk Th": BloodType.UNKNOWN},
}


@dataclass(frozen=True, slots=True)
class Code:
    """One value of a list, as `codeLists` shows it."""

    name: str
    number: int
    label_id: str
    label_en: str
    opensid_label: str


@dataclass(frozen=True, slots=True)
class CodeList:
    """One list: the register's field, OpenSID's field, the enum, and how to find a value."""

    field: str
    opensid_field: str
    enum: type[RegisterCode]
    title_id: str
    title_en: str
    codes: tuple[Code, ...] = dataclasses.field(init=False, repr=False)
    numbers: Mapping[int, Code] = dataclasses.field(init=False, repr=False)
    labels: Mapping[str, Code] = dataclasses.field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Index the enum once."""
        codes = {member.name: _code(member) for member in self.enum}
        labels = {fold(alias): codes[m.name] for alias, m in _ALIASES.get(self.enum, {}).items()}
        for spelling in ("name", "label_en", "label_id", "opensid_label"):
            labels.update({fold(getattr(code, spelling)): code for code in codes.values()})
        object.__setattr__(self, "codes", tuple(codes.values()))
        object.__setattr__(self, "numbers", MappingProxyType({c.number: c for c in codes.values()}))
        object.__setattr__(self, "labels", MappingProxyType(labels))

    @property
    def description(self) -> str:
        """What the list says, in one English sentence with the Indonesian term."""
        return self.enum.__doc__ or ""


def _code(member: RegisterCode) -> Code:
    return Code(member.name, member.number, member.label_id, member.label_en, member.opensid_label)


CODE_LISTS: Mapping[str, CodeList] = MappingProxyType(
    {
        entry.field: entry
        for entry in (
            CodeList("sex", "sex", Sex, "Jenis kelamin", "Sex"),
            CodeList("religion", "agama_id", Religion, "Agama", "Religion"),
            CodeList(
                "education",
                "pendidikan_kk_id",
                Education,
                "Pendidikan dalam KK",
                "Highest education",
            ),
            CodeList(
                "schooling",
                "pendidikan_sedang_id",
                Schooling,
                "Pendidikan sedang ditempuh",
                "Present schooling",
            ),
            CodeList("occupation", "pekerjaan_id", Occupation, "Pekerjaan", "Occupation"),
            CodeList(
                "marital_status",
                "status_kawin",
                MaritalStatus,
                "Status perkawinan",
                "Marital status",
            ),
            CodeList(
                "family_relation",
                "kk_level",
                FamilyRelation,
                "Hubungan dalam keluarga",
                "Relation to the head of family",
            ),
            CodeList("citizenship", "warganegara_id", Citizenship, "Kewarganegaraan", "Citizenship"),
            CodeList("blood_type", "golongan_darah_id", BloodType, "Golongan darah", "Blood type"),
            CodeList("disability", "cacat_id", Disability, "Penyandang disabilitas", "Disability"),
            CodeList("contraception", "cara_kb_id", Contraception, "Akseptor KB", "Contraception"),
            CodeList("pregnant", "hamil", Pregnancy, "Status kehamilan", "Pregnancy"),
            CodeList("ektp_status", "ktp_el", EktpStatus, "KTP elektronik", "Electronic identity card"),
            CodeList(
                "ktp_recording_status",
                "status_rekam",
                KtpRecordingStatus,
                "Status perekaman KTP",
                "Identity card recording",
            ),
            CodeList("base_status", "status_dasar", BaseStatus, "Status dasar penduduk", "Base status"),
            CodeList(
                "health_insurance",
                "id_asuransi",
                HealthInsurance,
                "Asuransi kesehatan",
                "Health insurance",
            ),
            CodeList(
                "chronic_illness",
                "sakit_menahun_id",
                ChronicIllness,
                "Sakit menahun",
                "Chronic illness",
            ),
            CodeList(
                "population_event",
                "ref_peristiwa",
                PopulationEvent,
                "Peristiwa kependudukan",
                "Population event",
            ),
            CodeList("move_scope", "ref_pindah", MoveScope, "Jenis kepindahan", "Reach of a move"),
            CodeList(
                "household_role",
                "rtm_level",
                HouseholdRole,
                "Hubungan rumah tangga",
                "Role in the household",
            ),
            CodeList(
                "residency_status",
                "status_penduduk",
                ResidencyStatus,
                "Status penduduk",
                "Residency",
            ),
            CodeList(
                "family_welfare",
                "kelas_sosial",
                FamilyWelfare,
                "Tahapan keluarga sejahtera",
                "Family welfare stage",
            ),
            CodeList("ktp_status", "status_ktp", KtpStatus, "Status KTP", "Identity card status"),
            CodeList("literacy", "bahasa_id", Literacy, "Kemampuan baca tulis", "Literacy"),
            CodeList(
                "village_document",
                "ref_dokumen",
                VillageDocument,
                "Jenis dokumen desa",
                "Kind of village document",
            ),
        )
    }
)
