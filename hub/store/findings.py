"""What `hub doctor` can find: what is wrong and what to do, in Indonesian and in English."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from hub.kernel import texts
from hub.kernel.errors import HubError


class Fault(StrEnum):
    """A kind of fault. Its name never changes: scripts match it."""

    _value_: str
    problem: dict[str, str]
    advice: dict[str, str]

    def __new__(cls, name: str, problem_id: str, problem_en: str, advice_id: str, advice_en: str) -> Self:
        """Keep the sentences on the member itself."""
        member = str.__new__(cls, name)
        member._value_ = name
        member.problem = {"id": problem_id, "en": problem_en}
        member.advice = {"id": advice_id, "en": advice_en}
        return member

    SERVER_VERSION = (
        "SERVER_VERSION",
        "Versi PostgreSQL tidak didukung",
        "This version of PostgreSQL is not supported",
        "Pakai PostgreSQL 15 sampai 18.",
        "Use PostgreSQL 15 to 18.",
    )
    NOT_DURABLE = (
        "NOT_DURABLE",
        "Server tidak menjamin data tersimpan saat listrik padam",
        "The server does not keep data through a power cut",
        "Nyalakan setelan itu di postgresql.conf, lalu muat ulang server.",
        "Turn the setting on in postgresql.conf and reload the server.",
    )
    ROLE_MISSING = (
        "ROLE_MISSING",
        "Peran basis data tidak ada",
        "A database role is missing",
        "Jalankan `hub migrate` dengan alamat administrator.",
        "Run `hub migrate` with an administrator's address.",
    )
    ROLE_ATTRIBUTES = (
        "ROLE_ATTRIBUTES",
        "Atribut peran tidak seperti seharusnya",
        "A role's attributes are not what they must be",
        "Jalankan `hub migrate` dengan alamat administrator; atribut akan disetel ulang.",
        "Run `hub migrate` with an administrator's address; it sets them again.",
    )
    ROLE_MEMBER = (
        "ROLE_MEMBER",
        "Peran hub menjadi anggota peran lain",
        "A role of the hub is a member of another role",
        "Cabut keanggotaan itu: REVOKE peran-lain FROM peran-hub.",
        "Take the membership away: REVOKE other FROM role.",
    )
    OWNER = (
        "OWNER",
        "Tabel bukan milik hub_owner",
        "A table does not belong to hub_owner",
        "Jalankan ALTER TABLE … OWNER TO hub_owner.",
        "Run ALTER TABLE … OWNER TO hub_owner.",
    )
    RIGHT_EXTRA = (
        "RIGHT_EXTRA",
        "Ada hak yang tidak seharusnya diberikan",
        "A right is given that nobody should have",
        "Cabut dengan REVOKE; cari tahu siapa yang memberikannya.",
        "Take it away by REVOKE, and find out who gave it.",
    )
    RIGHT_MISSING = (
        "RIGHT_MISSING",
        "Ada hak yang kurang",
        "A right is missing",
        "Berikan dengan GRANT, atau perbaiki `rights` tabel itu dalam manifes.",
        "Give it by GRANT, or correct the table's `rights` in the manifest.",
    )
    NOT_IN_MANIFEST = (
        "NOT_IN_MANIFEST",
        "Tabel tidak tercatat dalam manifes",
        "A table is not in the manifest",
        "Tambahkan `describe(…)` pada modelnya, atau hapus tabel itu.",
        "Add `describe(…)` beside its model, or drop the table.",
    )
    TABLE_MISSING = (
        "TABLE_MISSING",
        "Manifes menyebut tabel yang tidak ada",
        "The manifest names a table that is not there",
        "Jalankan `hub migrate`.",
        "Run `hub migrate`.",
    )
    RLS_OFF = (
        "RLS_OFF",
        "Tabel milik tenant tanpa row-level security",
        "A tenant's table has no row-level security",
        "Panggil `protect(…)` dalam migrasi tabel itu.",
        "Call `protect(…)` in the table's migration.",
    )
    RLS_NOT_FORCED = (
        "RLS_NOT_FORCED",
        "Row-level security tidak dipaksakan bagi pemilik tabel",
        "Row-level security is not forced on the table's owner",
        "Jalankan ALTER TABLE … FORCE ROW LEVEL SECURITY.",
        "Run ALTER TABLE … FORCE ROW LEVEL SECURITY.",
    )
    POLICY_DOUBLE = (
        "POLICY_DOUBLE",
        "Lebih dari satu policy permisif; keduanya saling membuka",
        "More than one permissive policy; together they open the table",
        "Jadikan yang mempersempit AS RESTRICTIVE, atau hapus salah satu.",
        "Make the narrowing one AS RESTRICTIVE, or drop one.",
    )
    POLICY_ABSENT = (
        "POLICY_ABSENT",
        "Ada hak tetapi tidak ada policy; baris tidak akan terlihat",
        "There is a right but no policy, so no row is ever seen",
        "Tambahkan policy untuk perintah itu, atau cabut haknya.",
        "Add a policy for that command, or take the right away.",
    )
    POLICY_PUBLIC = (
        "POLICY_PUBLIC",
        "Policy berlaku bagi semua peran",
        "A policy is given to every role",
        "Sebutkan peran pada policy itu dengan TO.",
        "Name the policy's roles by TO.",
    )
    POLICY_OPEN = (
        "POLICY_OPEN",
        "Policy permisif tidak diawali syarat tenant",
        "A permissive policy does not begin with the tenant's condition",
        "Pakai syarat dari hub/store/rls.py, diikuti AND.",
        "Use the condition of hub/store/rls.py, followed by AND.",
    )
    POLICY_WIDENS = (
        "POLICY_WIDENS",
        "Syarat desa berada pada policy permisif",
        "The villages' condition stands in a permissive policy",
        "Jadikan policy itu AS RESTRICTIVE.",
        "Make the policy AS RESTRICTIVE.",
    )
    POLICY_NOT_NARROWED = (
        "POLICY_NOT_NARROWED",
        "Data penduduk tidak dipersempit menurut desa",
        "A table about persons is not narrowed to villages",
        'Panggil `protect(…, village="village_id")` dalam migrasinya.',
        'Call `protect(…, village="village_id")` in its migration.',
    )
    POLICY_FORM = (
        "POLICY_FORM",
        "Policy membaca setelan di luar sub-select; lambat untuk tabel besar",
        "A policy reads a setting outside a sub-select, which is slow on large tables",
        "Pakai bentuk (select nullif(current_setting('…', true), '')::…).",
        "Use the form (select nullif(current_setting('…', true), '')::…).",
    )
    REVISION = (
        "REVISION",
        "Migrasi basis data tidak sesuai dengan program",
        "The database's migrations are not those of the program",
        "Jalankan `hub migrate`; jika basis data lebih baru, perbarui programnya.",
        "Run `hub migrate`; where the database is newer, update the program.",
    )
    FUNCTION_PATH = (
        "FUNCTION_PATH",
        "Fungsi SECURITY DEFINER tanpa search_path tetap",
        "A SECURITY DEFINER function has no fixed search_path",
        "Tambahkan SET search_path = public, pg_temp pada fungsi itu.",
        "Add SET search_path = public, pg_temp to the function.",
    )
    FUNCTION_PUBLIC = (
        "FUNCTION_PUBLIC",
        "Fungsi SECURITY DEFINER boleh dijalankan siapa saja",
        "A SECURITY DEFINER function may be executed by everybody",
        "Jalankan REVOKE ALL ON FUNCTION … FROM PUBLIC.",
        "Run REVOKE ALL ON FUNCTION … FROM PUBLIC.",
    )
    KEY_CROSSES = (
        "KEY_CROSSES",
        "Kunci asing tidak diawali tenant_id",
        "A foreign key does not begin with tenant_id",
        "Pakai `belongs(…)`: (tenant_id, kolom) menunjuk (tenant_id, id).",
        "Use `belongs(…)`: (tenant_id, column) to (tenant_id, id).",
    )
    KEY_SETS_NULL = (
        "KEY_SETS_NULL",
        "Kunci asing mengosongkan kolom saat induknya dihapus",
        "A foreign key empties columns when the parent is deleted",
        "Buat ulang tanpa ON DELETE SET NULL.",
        "Make it again without ON DELETE SET NULL.",
    )
    ENUM_TYPE = (
        "ENUM_TYPE",
        "Ada tipe enum PostgreSQL; perbandingannya tidak leakproof",
        "There is a PostgreSQL enum type, whose comparison is not leakproof",
        "Pakai text dengan CHECK (`one_of`).",
        "Use text with a CHECK (`one_of`).",
    )
    INDEX_LED = (
        "INDEX_LED",
        "Indeks tabel tenant tidak diawali tenant_id",
        "An index of a tenant's table does not begin with tenant_id",
        "Buat ulang dengan `tenant_index(…)`.",
        "Make it again with `tenant_index(…)`.",
    )
    CHAIN = (
        "CHAIN",
        "Rantai jurnal sebuah tenant tidak utuh",
        "The journal's chain of a tenant is not sound",
        "Jangan tulis lagi; simpan salinan basis data dan jangkar, lalu bandingkan dengan cadangan.",
        "Stop writing; keep a copy of the database and the anchors, and compare with a backup.",
    )
    SEALER_LAG = (
        "SEALER_LAG",
        "Entri jurnal menunggu terlalu lama untuk disegel",
        "Journal entries have been waiting too long for the sealer",
        "Jalankan hub (`hub serve`), yang menyegelnya, dan baca catatannya.",
        "Run the hub (`hub serve`), which seals them, and read its log.",
    )
    KEYS = (
        "KEYS",
        "Berkas kunci bermasalah",
        "There is something wrong with the key file",
        "Ikuti petunjuk yang disebut.",
        "Do what is said there.",
    )
    KEY_VERSION = (
        "KEY_VERSION",
        "Ada nilai tersegel dengan versi kunci yang tidak dimiliki",
        "There are sealed values under a key version that the key file does not hold",
        "Kembalikan berkas kunci yang lengkap dari salinannya.",
        "Restore the complete key file from where you keep its copy.",
    )
    REGISTRY_KEYS_MISSING = (
        "REGISTRY_KEYS_MISSING",
        "Berkas kunci registri tidak ada",
        "The registry's key file is not there",
        "Kembalikan dari salinannya; bila hilang, `hub secrets create --registry` lalu `hub registry rebuild`.",
        "Restore it from its copy; if that is lost, `hub secrets create --registry` and then `hub registry rebuild`.",
    )
    REGISTRY_KEYS_UNREADABLE = (
        "REGISTRY_KEYS_UNREADABLE",
        "Berkas kunci registri tidak dapat dibaca",
        "The registry's key file cannot be read",
        "Berikan berkas itu kepada akun yang menjalankan hub; bila rusak, kembalikan dari salinannya.",
        "Give the file to the account that runs the hub; if it is damaged, restore it from its copy.",
    )
    REGISTRY_KEYS_EXPOSED = (
        "REGISTRY_KEYS_EXPOSED",
        "Berkas kunci registri dapat dibaca akun lain",
        "Other accounts can read the registry's key file",
        "Jalankan `chmod 600` pada berkas itu; bila sudah lama terbuka, `hub registry rotate`.",
        "Run `chmod 600` on it; if others could read it for long, `hub registry rotate`.",
    )
    REGISTRY_KEYS_PLACE = (
        "REGISTRY_KEYS_PLACE",
        "Berkas kunci registri berada di dalam folder data",
        "The registry's key file lies inside the data folder",
        "Pindahkan ke tempat lain dan setel HUB_REGISTRY_KEYS_FILE; salinan data tidak boleh membawa kuncinya.",
        "Move it elsewhere and set HUB_REGISTRY_KEYS_FILE; a copy of the data must not carry the key.",
    )
    REGISTRY_KEYS_UNSET = (
        "REGISTRY_KEYS_UNSET",
        "Registri berisi, tetapi letak kuncinya tidak disebut; registri tidak dirawat lagi",
        "There is a registry, but it is not said where its key lies, so nobody keeps it",
        "Setel HUB_REGISTRY_KEYS_FILE pada `hub serve`, lalu jalankan `hub registry rebuild`.",
        "Set HUB_REGISTRY_KEYS_FILE for `hub serve`, then run `hub registry rebuild`.",
    )
    REGISTRY_OTHER_KEY = (
        "REGISTRY_OTHER_KEY",
        "Registri dibuat dengan kunci lain; NIK yang sama di dua kecamatan tidak dikenali",
        "The registry was made with another key, so one NIK in two kecamatan is not noticed",
        "Kembalikan berkas kunci yang lama, atau jalankan `hub registry rebuild` dengan yang baru.",
        "Restore the former key file, or run `hub registry rebuild` with the new one.",
    )
    DEMO_TENANT = (
        "DEMO_TENANT",
        "Ada tenant demo pada pemasangan sungguhan",
        "There is a demo tenant in a production hub",
        "Pakai basis data sendiri untuk demo, atau setel HUB_DEMO=true bila ini memang demo.",
        "Give the demo a database of its own, or set HUB_DEMO=true if this is one.",
    )
    DOCUMENT_STALE = (
        "DOCUMENT_STALE",
        "Dokumen tepercaya tidak lagi cocok dengan skema; permintaannya ditolak",
        "A trusted document no longer fits the schema, and requests for it are refused",
        "Perbaiki aplikasinya dan `hub documents push` versi baru, lalu `hub documents remove` versi ini.",
        "Correct the app and `hub documents push` a new version, then `hub documents remove` this one.",
    )
    JOBS_PARKED = (
        "JOBS_PARKED",
        "Ada pekerjaan yang diparkir setelah berkali-kali gagal",
        "Jobs are parked after failing again and again",
        "Lihat alasannya dengan `hub jobs list`, lalu `hub jobs retry` atau `hub jobs drop`.",
        "See why with `hub jobs list`, then `hub jobs retry` or `hub jobs drop`.",
    )
    JOBS_STAND_STILL = (
        "JOBS_STAND_STILL",
        "Antrean pekerjaan tidak bergerak",
        "The queue of jobs does not move",
        "Jalankan `hub serve` atau `hub worker`, dan baca catatannya.",
        "Run `hub serve` or `hub worker`, and read its log.",
    )
    WEBHOOKS_DEAD = (
        "WEBHOOKS_DEAD",
        "Ada kiriman webhook yang tidak terkirim lebih dari seminggu yang lalu",
        "Messages of webhooks were given up more than a week ago",
        "Minta pemilik webhook memeriksa penerimanya, lalu `hub webhooks replay` atau `replayDeliveries`.",
        "Ask the webhook's owner to look at the receiver, then `hub webhooks replay` or `replayDeliveries`.",
    )
    WEBHOOKS_HELD = (
        "WEBHOOKS_HELD",
        "Webhook menunggu izin setelah pemulihan basis data",
        "Webhooks wait for a release after the database was restored",
        "Periksa apa yang sudah dikirim sejak cadangan itu, lalu jalankan `hub webhooks release`.",
        "Look at what has been sent since the backup, then run `hub webhooks release`.",
    )
    QUEUE_TABLES = (
        "QUEUE_TABLES",
        "Tabel antrean tidak sesuai dengan versi pgqueuer yang terpasang",
        "The queue's tables are not those of the pgqueuer that is installed",
        "Pasang versi paket dari berkas kunci, lalu jalankan `hub migrate`.",
        "Install the locked packages, then run `hub migrate`.",
    )
    FILES_FOLDER = (
        "FILES_FOLDER",
        "Folder berkas tidak dapat ditulisi hub",
        "The hub cannot write in the folder of files",
        "Berikan folder itu (HUB_FILES) kepada akun yang menjalankan hub.",
        "Give the folder (HUB_FILES) to the account that runs the hub.",
    )
    FILES_PLACE = (
        "FILES_PLACE",
        "Folder berkas berada di dalam folder basis data, atau sebaliknya",
        "The folder of files lies within the database's own folder, or holds it",
        "Pindahkan berkas ke folder tersendiri dan setel HUB_FILES; salin folder itu sesudah setiap `hub backup`.",
        "Move the files into a folder of their own and set HUB_FILES; copy that folder after each `hub backup`.",
    )
    FILES_OPEN = (
        "FILES_OPEN",
        "Folder berkas dapat dibaca akun lain",
        "The folder of files can be read by other accounts",
        "Jalankan chmod 0700 pada folder itu.",
        "Run chmod 0700 on the folder.",
    )
    FILE_MISSING = (
        "FILE_MISSING",
        "Isi berkas yang tercatat tidak ada di folder berkas",
        "Contents of files that are on record are not in the folder of files",
        "Kembalikan folder berkas dari salinannya; bila HUB_FILES salah, perbaiki. Catat yang hilang dengan endFile.",
        "Restore the folder from its copy, or correct HUB_FILES. End what is lost with `endFile`.",
    )
    POOL_SIZE = (
        "POOL_SIZE",
        "Jumlah koneksi melebihi yang diterima server",
        "The pools are larger than what the server accepts",
        "Kecilkan HUB_POOL_SIZE, atau naikkan max_connections.",
        "Lower HUB_POOL_SIZE, or raise max_connections.",
    )


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault at one place. `detail` is what was found there, never personal data; `refusal` what was raised."""

    fault: Fault
    where: str
    detail: str = ""
    refusal: HubError | None = None

    def sentence(self, lang: str) -> str:
        """What is wrong."""
        if self.refusal is not None:
            return texts.sentence(self.refusal, lang)
        tail = f" ({self.detail})" if self.detail else ""
        return f"{self.where}: {self.fault.problem[lang]}{tail}"

    def advice(self, lang: str) -> str:
        """What to do about it."""
        if self.refusal is not None:
            return texts.advice(self.refusal, lang)
        return self.fault.advice[lang]
