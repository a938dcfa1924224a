"""A village with an OpenSID of its own: what it writes into its files, and how it sends them."""

import csv
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode

import xlsxwriter

HEADER = (  # noqa: SIM905  # as long as it is
    "alamat,dusun,rw,rt,nama,nomor_kk,nomor_nik,jenis_kelamin,tempat_lahir,tanggal_lahir,agama,pendidikan_dlm_kk,"
    "pendidikan_sdg_ditempuh,pekerjaan,kawin,hubungan_keluarga,kewarganegaraan,nama_ayah,nama_ibu,gol_darah,akta_lahir,"
    "nomor_dokumen_pasport,tanggal_akhir_pasport,nomor_dokumen_kitas,nik_ayah,nik_ibu,nomor_akta_perkawinan,"
    "tanggal_perkawinan,nomor_akta_perceraian,tanggal_perceraian,cacat,cara_kb,hamil,ktp_el,status_rekam,"
    "alamat_sekarang,id,foto,status_dasar,created_at,updated_at,desa_id"
).split(",")
_BOUNDARY = "----------------------------b1b1b1b1b1b1"
Person = dict[str, object]


def people_of(village: str) -> list[Person]:
    """Three people in two families, one of them dead: the exchange of the contract's own example."""
    plain = village.replace(".", "")
    first, second = f"{plain}000001", f"{plain}000002"
    common: Person = {
        "dusun": "-",
        "rw": "-",
        "rt": "-",
        "tempat_lahir": "CONTOH",
        "kewarganegaraan": "1",
        "created_at": "2026-01-05 08:00:00",
        "desa_id": village,
    }
    rows: list[Person] = [
        {"nama": "WARGA CONTOH SATU", "nomor_kk": first, "nomor_nik": "9900010101800001", "jenis_kelamin": "1"},
        {"nama": "WARGA CONTOH DUA", "nomor_kk": first, "nomor_nik": "9900014202850002", "jenis_kelamin": "2"},
        {"nama": "WARGA CONTOH TIGA", "nomor_kk": second, "nomor_nik": "9900010303500003", "jenis_kelamin": "1"},
    ]
    rows[0] |= {"tanggal_lahir": "1980-01-01", "agama": "1", "kawin": "2", "hubungan_keluarga": "1", "id": "11"}
    rows[0] |= {"pendidikan_dlm_kk": "5", "foto": "kecil_satu.jpg", "status_dasar": "1"}
    rows[1] |= {"tanggal_lahir": "1985-02-02", "agama": "1", "kawin": "2", "hubungan_keluarga": "3", "id": "12"}
    rows[1] |= {"pendidikan_dlm_kk": "8", "status_dasar": "1"}
    rows[2] |= {"tanggal_lahir": "1950-03-03", "agama": "3", "kawin": "4", "hubungan_keluarga": "1", "id": "13"}
    rows[2] |= {"pendidikan_dlm_kk": "3", "status_dasar": "2"}
    return [{**common, **row} for row in rows]


def workbook(people: Sequence[Mapping[str, object]], header: Sequence[str] = HEADER) -> bytes:
    """One sheet, names on top; numbers as numbers where a person has them so."""
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {"in_memory": True}) as book:
        page = book.add_worksheet("Sheet1")
        page.write_row(0, 0, header)
        for number, person in enumerate(people, start=1):
            for index, name in enumerate(header):
                value = person.get(name)
                if isinstance(value, int):
                    page.write_number(number, index, value)
                elif value is not None:
                    page.write_string(number, index, str(value))
    return written.getvalue()


def exact_number(book: bytes, text: str, number: str) -> bytes:
    """The workbook with a text cell turned into a number with all its digits, as OpenSpout writes them."""
    source, target = zipfile.ZipFile(io.BytesIO(book)), io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        texts = source.read("xl/sharedStrings.xml").decode()
        place = texts[: texts.index(f"<t>{text}</t>")].count("<si>") - 1
        for name in source.namelist():
            part = source.read(name)
            if name == "xl/worksheets/sheet1.xml":
                part = part.replace(f' t="s"><v>{place}</v>'.encode(), f"><v>{number}</v>".encode())
            made.writestr(name, part)
    return target.getvalue()


def zipped(entries: Mapping[str, bytes]) -> bytes:
    """A flat ZIP."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return made.getvalue()


def package(people: Sequence[Mapping[str, object]]) -> bytes:
    """As OpenSID 2410 sends it, with a photo."""
    name = "penduduk_15_07_2026_opendk.xlsx"
    return zipped({"kecil_satu.jpg": b"\xff\xd8\xff no photo", name: workbook(people)})


def assistance(rows: Sequence[Sequence[object]]) -> bytes:
    """Programmes as OpenSID 2410 sends them: a byte order mark, and one cell more than names."""
    text = io.StringIO()
    csv.writer(text).writerows([["desa_id", "id", "nama"], *rows])
    return zipped({"program_bantuan_15_07_2026_opendk.csv": b"\xef\xbb\xbf" + text.getvalue().encode()})


def form(content: bytes, fields: Mapping[str, str] | None = None, filename: str = "/var/www/penduduk.zip") -> bytes:
    """A multipart form as libcurl builds it."""
    parts = [
        f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in (fields or {}).items()
    ]
    head = f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{filename}"\r\n'
    parts.append(f"{head}Content-Type: application/octet-stream\r\n\r\n".encode() + content + b"\r\n")
    return b"".join(parts) + f"--{_BOUNDARY}--\r\n".encode()


@dataclass(frozen=True, slots=True)
class OpenSID:
    """An application with an address and a key."""

    port: int
    key: str
    prefix: str = "/api/v1"

    def send(self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Any:
        """Status and JSON of an answer; its headers are in `heads`."""
        status, _, answer = self.whole(method, path, body, headers)
        return status, answer

    def whole(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> tuple[int, dict[str, str], Any]:
        """With the headers too."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            own = {"Authorization": f"Bearer {self.key}", "Accept": "*/*"} if self.key else {}
            connection.request(method, f"{self.prefix}/{path}", body, {**own, **(headers or {})})
            answer = connection.getresponse()
            content = answer.read()
            found = json.loads(content) if content else None
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, found
        finally:
            connection.close()

    def store(self, package_: bytes) -> Any:
        """The first call of a population sending."""
        return self.upload("penduduk/storedata", package_)

    def upload(self, path: str, content: bytes, fields: Mapping[str, str] | None = None) -> Any:
        """A ZIP in a form."""
        kind = {"content-Type": f"multipart/form-data; boundary={_BOUNDARY}"}
        return self.send("POST", path, form(content, fields), kind)

    def json(self, path: str, value: object) -> Any:
        """A JSON body."""
        kind = {"Content-Type": "application/json", "Accept": "application/json"}
        return self.send("POST", path, json.dumps(value).encode(), kind)

    def post(self, path: str, /, **fields: str) -> Any:
        """A form body."""
        kind = {"Content-Type": "application/x-www-form-urlencoded", "X-Requested-With": "XMLHttpRequest"}
        return self.send("POST", path, urlencode(fields).encode(), kind)

    def push(self, people: Sequence[Mapping[str, object]], removed: Sequence[Mapping[str, object]] = ()) -> Any:
        """Both calls, always in this order; the answer to the second is what the operator sees."""
        self.store(package(people))
        return self.json("penduduk", {"hapus_penduduk": list(removed)})
