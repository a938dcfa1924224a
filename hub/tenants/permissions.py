"""Roles, and what each may: the matrix of the hub, in one place.

A permission says what kind of act or field is open; *which rows* is said by the grant's target, by
row security and by the policies. So VILLAGE_HEAD and CAMAT share READ_REGISTER, and the village
head still sees one village. Rights come from grants only: a later noun adds its permissions as
lines to `Permission`, `ABOUT` and the rows below.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from hub.kernel.scope import Reader


class Permission(StrEnum):
    """One kind of act or guarded field."""

    READ_PUBLISHED = "READ_PUBLISHED"
    READ_AGGREGATES = "READ_AGGREGATES"

    READ_REGISTER = "READ_REGISTER"
    READ_OWN_RECORD = "READ_OWN_RECORD"
    SEE_IDENTITY = "SEE_IDENTITY"
    SEE_CONTACTS = "SEE_CONTACTS"
    SEE_SENSITIVE = "SEE_SENSITIVE"
    REVEAL_NIK = "REVEAL_NIK"
    CONFIRM_NIK = "CONFIRM_NIK"
    WRITE_REGISTER = "WRITE_REGISTER"
    RECORD_EVENT = "RECORD_EVENT"
    RECORD_DOCUMENT = "RECORD_DOCUMENT"
    READ_VULNERABLE = "READ_VULNERABLE"
    PROPOSE_VULNERABLE = "PROPOSE_VULNERABLE"
    VERIFY_VULNERABLE = "VERIFY_VULNERABLE"
    IMPORT_REGISTER = "IMPORT_REGISTER"
    PUSH_REGISTER = "PUSH_REGISTER"
    EXPORT_REGISTER = "EXPORT_REGISTER"
    DECIDE_TWINS = "DECIDE_TWINS"
    AGREE_ON_DATA = "AGREE_ON_DATA"

    READ_OFFICIALS = "READ_OFFICIALS"
    WRITE_OFFICIAL = "WRITE_OFFICIAL"
    WRITE_PROFILE = "WRITE_PROFILE"
    WRITE_VILLAGE = "WRITE_VILLAGE"
    WRITE_PARTNER = "WRITE_PARTNER"
    WRITE_CODE_LIST = "WRITE_CODE_LIST"

    READ_COMMITMENT = "READ_COMMITMENT"
    READ_OWN_COMMITMENT = "READ_OWN_COMMITMENT"
    WRITE_COMMITMENT = "WRITE_COMMITMENT"
    REPORT_COMMITMENT = "REPORT_COMMITMENT"
    SIGN_COMMITMENT = "SIGN_COMMITMENT"
    REVOKE_COMMITMENT = "REVOKE_COMMITMENT"
    SEE_BUDGET = "SEE_BUDGET"
    WRITE_PLAN = "WRITE_PLAN"
    REVIEW_PLAN = "REVIEW_PLAN"
    SIGN_PLAN = "SIGN_PLAN"

    WRITE_ANNOUNCEMENT = "WRITE_ANNOUNCEMENT"
    PUBLISH_ANNOUNCEMENT = "PUBLISH_ANNOUNCEMENT"
    RELAY_ANNOUNCEMENT = "RELAY_ANNOUNCEMENT"
    ANSWER_SURVEY = "ANSWER_SURVEY"
    READ_SURVEY = "READ_SURVEY"
    WRITE_SURVEY = "WRITE_SURVEY"
    SUBMIT_FEEDBACK = "SUBMIT_FEEDBACK"
    READ_FEEDBACK = "READ_FEEDBACK"
    READ_OWN_FEEDBACK = "READ_OWN_FEEDBACK"
    RESPOND_FEEDBACK = "RESPOND_FEEDBACK"
    HANDLE_FEEDBACK = "HANDLE_FEEDBACK"
    SEE_RAISER = "SEE_RAISER"
    WRITE_ANSWER_TEMPLATE = "WRITE_ANSWER_TEMPLATE"
    WRITE_CALENDAR = "WRITE_CALENDAR"
    HANDLE_ASSIGNMENT = "HANDLE_ASSIGNMENT"

    READ_FILE = "READ_FILE"
    WRITE_FILE = "WRITE_FILE"

    READ_REPORTS = "READ_REPORTS"
    CONFIRM_REPORTS = "CONFIRM_REPORTS"
    READ_CHANGES = "READ_CHANGES"
    READ_JOURNAL = "READ_JOURNAL"
    READ_USAGE = "READ_USAGE"
    MANAGE_GRANTS = "MANAGE_GRANTS"
    RECOVER_SIGN_IN = "RECOVER_SIGN_IN"
    MANAGE_KEYS = "MANAGE_KEYS"
    MANAGE_WEBHOOKS = "MANAGE_WEBHOOKS"
    MANAGE_TENANTS = "MANAGE_TENANTS"


class Role(StrEnum):
    """What a grant makes of a principal."""

    ANONYMOUS = "ANONYMOUS"
    FRONT_END = "FRONT_END"
    CITIZEN = "CITIZEN"
    PARTNER_ORG = "PARTNER_ORG"
    COMPANION = "COMPANION"
    VILLAGE_OFFICER = "VILLAGE_OFFICER"
    VILLAGE_HEAD = "VILLAGE_HEAD"
    KEC_COUNTER = "KEC_COUNTER"
    KEC_SECTION_HEAD = "KEC_SECTION_HEAD"
    KEC_SECRETARY = "KEC_SECRETARY"
    CAMAT = "CAMAT"
    DUKCAPIL_OPERATOR = "DUKCAPIL_OPERATOR"
    AGENCY_OFFICER = "AGENCY_OFFICER"
    AGENCY_ANALYST = "AGENCY_ANALYST"
    DISTRICT_HEAD = "DISTRICT_HEAD"
    PROVINCE_ANALYST = "PROVINCE_ANALYST"
    INTEGRATION = "INTEGRATION"
    VILLAGE_SYNC = "VILLAGE_SYNC"
    PLATFORM_ADMIN = "PLATFORM_ADMIN"


class Target(StrEnum):
    """What a grant is given on. NONE is for those who need no grant."""

    NONE = "NONE"
    TENANT = "TENANT"
    VILLAGE = "VILLAGE"
    AGENCY = "AGENCY"
    ORGANIZATION = "ORGANIZATION"
    REGION = "REGION"
    PLATFORM = "PLATFORM"


@dataclass(frozen=True, slots=True)
class Words:
    """A permission or role for people: English description, Indonesian label."""

    en: str
    id: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Under which database role a hub role reads, and on what its grants can be given."""

    reader: Reader
    targets: frozenset[Target]


def permissions_of(role: Role) -> frozenset[Permission]:
    """What a role may."""
    return ROLES[role]


def roles_with(permission: Permission) -> tuple[Role, ...]:
    """Who may: for hints such as "ask someone who may sign"."""
    return tuple(role for role in Role if permission in ROLES[role])


def grantable(role: Role, target: Target) -> bool:
    """Whether a grant of this role can be given on such a target."""
    return target in STANDINGS[role].targets


def hands_out(giver: Role, given: Role) -> bool:
    """Whether a role may give another (by invitation or key), on targets within its own grant."""
    return given in HANDS_OUT.get(giver, frozenset())


def within(role: Role, granted: frozenset[Permission] | None) -> frozenset[Permission]:
    """The permissions of a grant that was narrowed, say for one key: never more than its role's."""
    return ROLES[role] if granted is None else ROLES[role] & granted


_P = Permission

ABOUT: Mapping[Permission, Words] = MappingProxyType(
    {
        _P.READ_PUBLISHED: Words(
            "Read what the kecamatan publishes: profile, villages, partners, commitments.",
            "Membaca data yang dipublikasikan",
        ),
        _P.READ_AGGREGATES: Words(
            "Read counts across kecamatan, small groups suppressed; never a person's row.",
            "Membaca angka agregat lintas kecamatan",
        ),
        _P.READ_REGISTER: Words(
            "Search and read citizens and households, numbers masked, age group for birth date.",
            "Membaca data penduduk dan keluarga",
        ),
        _P.READ_OWN_RECORD: Words(
            "Read one's own record and household, numbers masked.",
            "Membaca data diri sendiri",
        ),
        _P.SEE_IDENTITY: Words(
            "See the full birth date, birth place and address of a citizen.",
            "Melihat tanggal lahir, tempat lahir, dan alamat lengkap",
        ),
        _P.SEE_CONTACTS: Words(
            "See telephone numbers and e-mail addresses of people.",
            "Melihat nomor telepon dan surel",
        ),
        _P.SEE_SENSITIVE: Words(
            "See specific personal data: religion, health, disability detail and the like.",
            "Melihat data pribadi spesifik",
        ),
        _P.REVEAL_NIK: Words(
            "Reveal one person's NIK or KK number for a stated purpose; every time is journaled.",
            "Membuka NIK atau nomor KK satu orang",
        ),
        _P.CONFIRM_NIK: Words(
            "Ask whether given digits are a citizen's NIK, without seeing it.",
            "Mencocokkan NIK",
        ),
        _P.WRITE_REGISTER: Words(
            "Register, correct, move and end citizens, households and houses.",
            "Mengubah data penduduk, keluarga, dan rumah",
        ),
        _P.RECORD_EVENT: Words(
            "Record vital and population events, and correct them; needs the right to change the register too.",
            "Mencatat peristiwa penting dan kependudukan",
        ),
        _P.RECORD_DOCUMENT: Words(
            "Record which population documents were issued, and what became of them.",
            "Mencatat penerbitan dokumen kependudukan",
        ),
        _P.READ_VULNERABLE: Words(
            "See who belongs to which vulnerable group; a detail needs another right and a purpose.",
            "Melihat data kerentanan",
        ),
        _P.PROPOSE_VULNERABLE: Words(
            "Propose people and families for vulnerable groups, and take a proposal back.",
            "Mengusulkan data kerentanan",
        ),
        _P.VERIFY_VULNERABLE: Words(
            "Verify proposals, verify again each year, and end what was verified.",
            "Memverifikasi data kerentanan",
        ),
        _P.IMPORT_REGISTER: Words("Load population files in bulk.", "Mengimpor data penduduk"),
        _P.PUSH_REGISTER: Words(
            "Send the population file of one village from its own application.",
            "Mengirim data penduduk satu desa dari aplikasinya",
        ),
        _P.EXPORT_REGISTER: Words(
            "Take population lists out as files; every file is journaled.",
            "Mengekspor data penduduk",
        ),
        _P.DECIDE_TWINS: Words(
            "Decide whether two records in different places are one person.",
            "Memutuskan data ganda",
        ),
        _P.AGREE_ON_DATA: Words(
            "Record agreements on the use of population data, and end them.",
            "Mencatat perjanjian pemanfaatan data",
        ),
        _P.READ_OFFICIALS: Words(
            "Read officials with their terms of office, unpublished ones too.",
            "Membaca data aparat",
        ),
        _P.WRITE_OFFICIAL: Words("Appoint officials and end their terms.", "Mengubah data aparat"),
        _P.WRITE_PROFILE: Words(
            "Edit the kecamatan's profile, office and service hours.",
            "Mengubah profil kecamatan",
        ),
        _P.WRITE_VILLAGE: Words("Edit a village's profile, area, borders and hamlets.", "Mengubah profil desa"),
        _P.WRITE_PARTNER: Words("Register, edit and end partner organizations.", "Mengubah data organisasi mitra"),
        _P.WRITE_CODE_LIST: Words(
            "Add to the kecamatan's own code lists and switch entries off.",
            "Mengubah daftar kode",
        ),
        _P.READ_COMMITMENT: Words("Read all commitments, drafts included.", "Membaca semua komitmen"),
        _P.READ_OWN_COMMITMENT: Words(
            "Read commitments to which one is a party, drafts included.",
            "Membaca komitmen sendiri",
        ),
        _P.WRITE_COMMITMENT: Words(
            "Draft and edit commitments, their clauses, parties and milestones.",
            "Menyusun dan mengubah komitmen",
        ),
        _P.REPORT_COMMITMENT: Words(
            "Report progress on a commitment and attach evidence.",
            "Melaporkan kemajuan komitmen",
        ),
        _P.SIGN_COMMITMENT: Words(
            "Sign a commitment for the party one stands for, or decline.",
            "Menandatangani komitmen",
        ),
        _P.REVOKE_COMMITMENT: Words("Revoke a signed commitment, with a reason.", "Mencabut komitmen"),
        _P.SEE_BUDGET: Words("See the money planned and spent for a commitment.", "Melihat anggaran"),
        _P.WRITE_ANNOUNCEMENT: Words("Draft announcements, and read drafts.", "Menyusun pengumuman"),
        _P.PUBLISH_ANNOUNCEMENT: Words(
            "Publish announcements, correct and withdraw them.", "Menerbitkan, mengoreksi, dan menarik pengumuman"
        ),
        _P.RELAY_ANNOUNCEMENT: Words("Say that an announcement was passed on.", "Mencatat penerusan pengumuman"),
        _P.ANSWER_SURVEY: Words("Answer a satisfaction survey.", "Menjawab survei kepuasan"),
        _P.READ_SURVEY: Words(
            "Read the answers to surveys and their figures before they are published, and hand out codes.",
            "Membaca jawaban survei kepuasan",
        ),
        _P.WRITE_SURVEY: Words("Open, close and publish satisfaction surveys.", "Mengelola survei kepuasan"),
        _P.SUBMIT_FEEDBACK: Words("Submit feedback, and reopen one's own.", "Menyampaikan laporan masyarakat"),
        _P.READ_FEEDBACK: Words("Read feedback and what became of it.", "Membaca laporan masyarakat"),
        _P.READ_OWN_FEEDBACK: Words("Read what one raised, and its answers.", "Membaca laporan sendiri"),
        _P.RESPOND_FEEDBACK: Words(
            "Acknowledge, return and answer feedback that was handed over.", "Menanggapi disposisi laporan"
        ),
        _P.HANDLE_FEEDBACK: Words(
            "Triage, assign, escalate, close, reject and publish feedback.", "Menangani laporan masyarakat"
        ),
        _P.SEE_RAISER: Words("See who raised confidential feedback, and raisers' contacts.", "Melihat pelapor rahasia"),
        _P.WRITE_ANSWER_TEMPLATE: Words(
            "Write templates of answers to feedback, and end them.", "Mengelola templat jawaban"
        ),
        _P.WRITE_CALENDAR: Words("Record the kecamatan's own days off.", "Mengubah hari libur kecamatan"),
        _P.HANDLE_ASSIGNMENT: Words(
            "Read what was handed to one's agency; acknowledge, return, answer and review it.",
            "Menangani tugas perangkat daerah",
        ),
        _P.WRITE_PLAN: Words(
            "Draft action plans and work on their items: progress, problems, evidence.",
            "Menyusun rencana aksi dan melaksanakan kegiatannya",
        ),
        _P.REVIEW_PLAN: Words(
            "Comment on action plans, forward and start them, record receipts and reviews, publish.",
            "Menelaah, meneruskan, dan menindaklanjuti rencana aksi",
        ),
        _P.SIGN_PLAN: Words("Sign action plans, and cancel them.", "Menandatangani dan membatalkan rencana aksi"),
        _P.READ_FILE: Words(
            "See which files there are and open them, one at a time, for a stated purpose.",
            "Melihat dan membuka berkas",
        ),
        _P.WRITE_FILE: Words("Upload files and end them.", "Mengunggah dan mengakhiri berkas"),
        _P.READ_REPORTS: Words(
            "Read the reports of one's own kecamatan; those on persons need the right to read of them too.",
            "Membaca laporan kecamatan sendiri",
        ),
        _P.CONFIRM_REPORTS: Words(
            "Confirm the figures of a month, which are then published outside without small groups.",
            "Mengesahkan angka bulanan untuk diterbitkan",
        ),
        _P.READ_CHANGES: Words(
            "Follow the feed of changes, for offline work and synchronisation.",
            "Mengikuti umpan perubahan",
        ),
        _P.READ_JOURNAL: Words(
            "Read who did and who read what, with actor and purpose.",
            "Membaca jurnal",
        ),
        _P.READ_USAGE: Words(
            "Read counts of rows, calls and failures per tenant; no content.",
            "Membaca statistik pemakaian",
        ),
        _P.MANAGE_GRANTS: Words("Invite people, give and end their roles.", "Mengelola pengguna dan peran"),
        _P.RECOVER_SIGN_IN: Words(
            "Ask for the reset of a colleague's sign-in, or approve one that another official asked for.",
            "Memulihkan akun rekan",
        ),
        _P.MANAGE_KEYS: Words("Make, rotate and revoke API keys and their allowed origins.", "Mengelola kunci API"),
        _P.MANAGE_WEBHOOKS: Words(
            "Say where the kecamatan's changes are told to other systems, and look after what is sent.",
            "Mengelola webhook",
        ),
        _P.MANAGE_TENANTS: Words("Create, suspend and close tenants, and set their options.", "Mengelola tenant"),
    }
)

ROLE_WORDS: Mapping[Role, Words] = MappingProxyType(
    {
        Role.ANONYMOUS: Words("A visitor without key or token.", "Pengunjung"),
        Role.FRONT_END: Words("A web site or app with a public key.", "Aplikasi"),
        Role.CITIZEN: Words("A resident, for their own affairs.", "Warga"),
        Role.PARTNER_ORG: Words("A partner organization (PKK, KNPI, Pramuka).", "Organisasi mitra"),
        Role.COMPANION: Words("A companion of villages or families.", "Pendamping"),
        Role.VILLAGE_OFFICER: Words("An officer of a village.", "Perangkat desa"),
        Role.VILLAGE_HEAD: Words("The head of a village.", "Kepala desa"),
        Role.KEC_COUNTER: Words("A counter officer of the kecamatan.", "Petugas loket"),
        Role.KEC_SECTION_HEAD: Words("A section head of the kecamatan.", "Kepala seksi"),
        Role.KEC_SECRETARY: Words("The secretary of the kecamatan.", "Sekretaris kecamatan"),
        Role.CAMAT: Words("The head of the kecamatan.", "Camat"),
        Role.DUKCAPIL_OPERATOR: Words(
            "An operator of the population agency, for cases routed to it.", "Operator Disdukcapil"
        ),
        Role.AGENCY_OFFICER: Words("An officer of an agency, for what is handed to it.", "Petugas dinas"),
        Role.AGENCY_ANALYST: Words("An analyst of a district agency.", "Analis dinas"),
        Role.DISTRICT_HEAD: Words("The head of the district.", "Bupati atau wali kota"),
        Role.PROVINCE_ANALYST: Words("An analyst of the province.", "Analis provinsi"),
        Role.INTEGRATION: Words("A machine of the kecamatan, with a secret key.", "Integrasi"),
        Role.VILLAGE_SYNC: Words(
            "The application of a village (OpenSID), which sends and reads nothing.", "Aplikasi desa (OpenSID)"
        ),
        Role.PLATFORM_ADMIN: Words("The operator of the hub.", "Pengelola platform"),
    }
)

# Rows of the matrix. Each office has what the one below it has, where the offices really nest.
_PUBLIC = frozenset({_P.READ_PUBLISHED})
# Whoever is served may say how it was; an agency or a machine is not.
_SERVED = _PUBLIC | {_P.ANSWER_SURVEY}
# Guarded fields of a citizen are those of the own row: no other row of the register is readable.
_CITIZEN = _SERVED | {_P.READ_OWN_RECORD, _P.SEE_IDENTITY}
_PARTNER = _SERVED | {
    _P.RELAY_ANNOUNCEMENT,
    _P.READ_OWN_COMMITMENT,
    _P.REPORT_COMMITMENT,
    _P.SIGN_COMMITMENT,
    _P.SUBMIT_FEEDBACK,
    _P.READ_OWN_FEEDBACK,
    _P.READ_CHANGES,
}
# Companions read what is assigned to them; the nouns that assign add their lines here.
_COMPANION = _SERVED | {_P.SUBMIT_FEEDBACK}
_VILLAGE_OFFICER = _SERVED | {
    _P.RELAY_ANNOUNCEMENT,
    _P.READ_REGISTER,
    _P.SEE_IDENTITY,
    _P.SEE_CONTACTS,
    _P.CONFIRM_NIK,
    _P.WRITE_REGISTER,
    _P.RECORD_EVENT,
    _P.RECORD_DOCUMENT,
    _P.READ_VULNERABLE,
    _P.PROPOSE_VULNERABLE,
    _P.READ_OFFICIALS,
    _P.WRITE_VILLAGE,
    _P.READ_COMMITMENT,
    _P.REPORT_COMMITMENT,
    _P.SEE_BUDGET,
    _P.SUBMIT_FEEDBACK,
    _P.READ_FEEDBACK,
    _P.RESPOND_FEEDBACK,
    _P.READ_FILE,
    _P.WRITE_FILE,
    _P.READ_REPORTS,
    _P.READ_CHANGES,
}
_VILLAGE_HEAD = _VILLAGE_OFFICER | {
    _P.SEE_SENSITIVE,
    _P.WRITE_OFFICIAL,
    _P.WRITE_COMMITMENT,
    _P.SIGN_COMMITMENT,
}
_COUNTER = _SERVED | {
    _P.WRITE_ANNOUNCEMENT,
    _P.RELAY_ANNOUNCEMENT,
    _P.READ_SURVEY,
    _P.READ_REGISTER,
    _P.SEE_IDENTITY,
    _P.SEE_CONTACTS,
    _P.CONFIRM_NIK,
    _P.REVEAL_NIK,
    _P.RECORD_DOCUMENT,
    _P.READ_OFFICIALS,
    _P.READ_COMMITMENT,
    _P.SUBMIT_FEEDBACK,
    _P.READ_FEEDBACK,
    _P.RESPOND_FEEDBACK,
    _P.HANDLE_FEEDBACK,
    _P.SEE_RAISER,
    _P.READ_FILE,
    _P.WRITE_FILE,
    _P.READ_REPORTS,
    _P.READ_CHANGES,
}
# The counter takes complaints in; a section is told what is said and not, where that is confidential, who said it.
_SECTION_HEAD = (_COUNTER - {_P.SEE_RAISER}) | {
    _P.PUBLISH_ANNOUNCEMENT,
    _P.WRITE_SURVEY,
    _P.WRITE_ANSWER_TEMPLATE,
    _P.SEE_SENSITIVE,
    _P.WRITE_REGISTER,
    _P.RECORD_EVENT,
    _P.READ_VULNERABLE,
    _P.PROPOSE_VULNERABLE,
    _P.VERIFY_VULNERABLE,
    _P.IMPORT_REGISTER,
    _P.WRITE_OFFICIAL,
    _P.WRITE_VILLAGE,
    _P.WRITE_PARTNER,
    _P.WRITE_COMMITMENT,
    _P.REPORT_COMMITMENT,
    _P.SEE_BUDGET,
    _P.WRITE_PLAN,
    _P.READ_AGGREGATES,
    _P.RECOVER_SIGN_IN,
}
_SECRETARY = _SECTION_HEAD | {
    _P.SEE_RAISER,
    _P.CONFIRM_REPORTS,
    _P.WRITE_CALENDAR,
    _P.REVIEW_PLAN,
    _P.EXPORT_REGISTER,
    _P.WRITE_PROFILE,
    _P.WRITE_CODE_LIST,
    _P.READ_JOURNAL,
    _P.READ_USAGE,
    _P.MANAGE_GRANTS,
    _P.MANAGE_KEYS,
    _P.MANAGE_WEBHOOKS,
}
_CAMAT = _SECRETARY | {
    _P.SIGN_COMMITMENT,
    _P.REVOKE_COMMITMENT,
    _P.SIGN_PLAN,
    _P.DECIDE_TWINS,
    _P.AGREE_ON_DATA,
}
_ANALYST = _PUBLIC | {_P.READ_AGGREGATES}

ROLES: Mapping[Role, frozenset[Permission]] = MappingProxyType(
    {
        Role.ANONYMOUS: _SERVED,
        Role.FRONT_END: _SERVED | {_P.SUBMIT_FEEDBACK},
        Role.CITIZEN: _CITIZEN,
        Role.PARTNER_ORG: _PARTNER,
        Role.COMPANION: _COMPANION,
        Role.VILLAGE_OFFICER: _VILLAGE_OFFICER,
        Role.VILLAGE_HEAD: _VILLAGE_HEAD,
        Role.KEC_COUNTER: _COUNTER,
        Role.KEC_SECTION_HEAD: _SECTION_HEAD,
        Role.KEC_SECRETARY: _SECRETARY,
        Role.CAMAT: _CAMAT,
        # Routed cases only, and those through hub_outside: no register to search.
        Role.DUKCAPIL_OPERATOR: _ANALYST | {_P.DECIDE_TWINS, _P.CONFIRM_NIK},
        # In the agency's own tenant alone: what was handed to it lies there, and so do its receivers.
        Role.AGENCY_OFFICER: _PUBLIC | {_P.HANDLE_ASSIGNMENT, _P.READ_CHANGES, _P.MANAGE_WEBHOOKS},
        # An agency keeps its own keys and reads the journal of its own tenant.
        Role.AGENCY_ANALYST: _ANALYST | {_P.READ_OWN_COMMITMENT, _P.MANAGE_KEYS, _P.READ_JOURNAL},
        Role.DISTRICT_HEAD: _ANALYST | {_P.READ_OWN_COMMITMENT, _P.SEE_BUDGET},
        Role.PROVINCE_ANALYST: _ANALYST,
        # What a machine may is narrowed further by its grant: see `within`.
        Role.INTEGRATION: _PUBLIC
        | {
            _P.READ_REGISTER,
            _P.CONFIRM_NIK,
            _P.WRITE_REGISTER,
            _P.RECORD_EVENT,
            _P.RECORD_DOCUMENT,
            _P.IMPORT_REGISTER,
            _P.READ_OFFICIALS,
            _P.READ_COMMITMENT,
            _P.READ_FILE,
            _P.WRITE_FILE,
            _P.READ_REPORTS,
            _P.READ_CHANGES,
        },
        Role.VILLAGE_SYNC: frozenset({_P.PUSH_REGISTER}),
        Role.PLATFORM_ADMIN: _PUBLIC | {_P.READ_USAGE, _P.MANAGE_GRANTS, _P.MANAGE_KEYS, _P.MANAGE_TENANTS},
    }
)


def _standing(reader: Reader, *targets: Target) -> Standing:
    return Standing(reader, frozenset(targets))


STANDINGS: Mapping[Role, Standing] = MappingProxyType(
    {
        Role.ANONYMOUS: _standing(Reader.OUTSIDE, Target.NONE),
        Role.FRONT_END: _standing(Reader.OUTSIDE, Target.TENANT, Target.AGENCY),
        Role.CITIZEN: _standing(Reader.OUTSIDE, Target.TENANT),
        Role.PARTNER_ORG: _standing(Reader.OUTSIDE, Target.ORGANIZATION),
        Role.COMPANION: _standing(Reader.OUTSIDE, Target.TENANT, Target.VILLAGE),
        Role.VILLAGE_OFFICER: _standing(Reader.API, Target.VILLAGE),
        Role.VILLAGE_HEAD: _standing(Reader.API, Target.VILLAGE),
        Role.KEC_COUNTER: _standing(Reader.API, Target.TENANT),
        Role.KEC_SECTION_HEAD: _standing(Reader.API, Target.TENANT),
        Role.KEC_SECRETARY: _standing(Reader.API, Target.TENANT),
        Role.CAMAT: _standing(Reader.API, Target.TENANT),
        Role.DUKCAPIL_OPERATOR: _standing(Reader.OUTSIDE, Target.AGENCY, Target.REGION),
        Role.AGENCY_OFFICER: _standing(Reader.API, Target.AGENCY),
        Role.AGENCY_ANALYST: _standing(Reader.OUTSIDE, Target.AGENCY, Target.REGION),
        Role.DISTRICT_HEAD: _standing(Reader.OUTSIDE, Target.REGION),
        Role.PROVINCE_ANALYST: _standing(Reader.OUTSIDE, Target.REGION),
        Role.INTEGRATION: _standing(Reader.API, Target.TENANT, Target.VILLAGE),
        Role.VILLAGE_SYNC: _standing(Reader.API, Target.VILLAGE),
        Role.PLATFORM_ADMIN: _standing(Reader.OUTSIDE, Target.PLATFORM),
    }
)

# Nobody hands out what would open to them what they may not see themselves: the operator of the hub
# installs a camat, but makes no machine key that reads a register.
_BY_SECRETARY = frozenset(
    {
        Role.FRONT_END,
        Role.CITIZEN,
        Role.PARTNER_ORG,
        Role.COMPANION,
        Role.VILLAGE_OFFICER,
        Role.VILLAGE_HEAD,
        Role.KEC_COUNTER,
        Role.KEC_SECTION_HEAD,
        Role.INTEGRATION,
        Role.VILLAGE_SYNC,
    }
)
HANDS_OUT: Mapping[Role, frozenset[Role]] = MappingProxyType(
    {
        Role.KEC_SECRETARY: _BY_SECRETARY,
        Role.CAMAT: _BY_SECRETARY | {Role.KEC_SECRETARY},
        Role.AGENCY_ANALYST: frozenset({Role.FRONT_END}),
        Role.PLATFORM_ADMIN: frozenset(
            {
                Role.FRONT_END,
                Role.CAMAT,
                Role.DUKCAPIL_OPERATOR,
                Role.AGENCY_OFFICER,
                Role.AGENCY_ANALYST,
                Role.DISTRICT_HEAD,
                Role.PROVINCE_ANALYST,
                Role.PLATFORM_ADMIN,
            }
        ),
    }
)
