"""The words of tus 1.0, the protocol of resumable uploads: its headers, read strictly, and what is wrong with them."""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from hub.entrypoints.asgi import Headers
from hub.kernel.errors import BadInput

VERSION = b"1.0.0"
EXTENSIONS = b"creation,creation-with-upload,expiration,checksum,termination"
BODY = b"application/offset+octet-stream"
METHODS = b"POST, HEAD, PATCH, DELETE, OPTIONS"
ALLOWED = (
    b"Authorization, Content-Type, Accept-Language, Hub-Tenant, Hub-Grant, Hub-Purpose, Tus-Resumable, Upload-Length, "
    b"Upload-Metadata, Upload-Offset, Upload-Checksum, X-HTTP-Method-Override"
)
EXPOSED = (
    b"Location, Tus-Resumable, Tus-Version, Tus-Extension, Tus-Max-Size, Tus-Checksum-Algorithm, Upload-Offset, "
    b"Upload-Length, Upload-Expires, Upload-Metadata, Hub-File, X-Request-Id, Retry-After"
)
METADATA_BYTES = 4 * 1024
_NUMBER = re.compile(rb"0|[1-9][0-9]{0,11}")
_KEY = re.compile(r"[!-+\--~]{1,50}")
_MULTIPART = b"multipart/form-data"
_DIGESTS = {b"sha1": 20, b"sha256": 32}
ALGORITHMS = b",".join(_DIGESTS)


class VersionUnknown(BadInput):
    """The header `Tus-Resumable` must say 1.0.0."""

    code = "TUS_VERSION"
    hint = "Send `Tus-Resumable: 1.0.0` with every request but OPTIONS; any client of tus 1.0 does."
    status = 412


class UploadHeaderWrong(BadInput):
    """The header `{name}` is missing or cannot be read."""

    code = "UPLOAD_HEADER"
    hint = "Send it as tus 1.0 says; docs/files.md has an example of each request."


class UploadTypeRefused(BadInput):
    """The bytes of an upload come as application/offset+octet-stream."""

    code = "UPLOAD_CONTENT_TYPE"
    hint = "Send `Content-Type: application/offset+octet-stream` and the bytes as they are."
    status = 415


class MultipartRefused(BadInput):
    """Files are not taken as forms (multipart/form-data)."""

    code = "MULTIPART_REFUSED"
    hint = "Upload by tus 1.0, which goes on where a line was cut; docs/files.md shows it with curl."
    status = 415


class ChecksumUnknown(BadInput):
    """This check sum cannot be read; sha1 and sha256 are known."""

    code = "CHECKSUM_UNKNOWN"
    hint = "Send `Upload-Checksum: sha256` and the digest of this request's body in Base64."


class ChecksumWrong(BadInput):
    """What came differs from what was sent: the check sum is another."""

    code = "CHECKSUM_MISMATCH"
    hint = "Nothing of this request was kept. Send the same bytes again."
    status = 460


class UploadMethodRefused(BadInput):
    """This address does not take this method."""

    code = "UPLOAD_METHOD"
    hint = "Begin an upload with POST at /files/uploads; go on with HEAD, PATCH and DELETE at its own address."
    status = 405


class _Hash(Protocol):
    def update(self, data: bytes, /) -> None:
        """More."""

    def digest(self) -> bytes:
        """The digest."""


@dataclass(slots=True)
class Checksum:
    """What the body of a request must add up to."""

    expected: bytes
    hash: _Hash

    def update(self, data: bytes) -> None:
        """More has come."""
        self.hash.update(data)

    def holds(self) -> bool:
        """Whether it is the same."""
        return hmac.compare_digest(self.hash.digest(), self.expected)


def method_of(method: str, headers: Mapping[bytes, bytes]) -> str:
    """The method meant: some networks let only GET and POST pass."""
    override = headers.get(b"x-http-method-override")
    return override.decode("latin-1").strip().upper() if override and method == "POST" else method


def check_version(headers: Mapping[bytes, bytes]) -> None:
    """VersionUnknown unless the client speaks tus 1.0.0."""
    if headers.get(b"tus-resumable") != VERSION:
        raise VersionUnknown


def check_body(headers: Mapping[bytes, bytes]) -> None:
    """Refuse a body of another type. A form is what foreign pages can send without asking first."""
    kind = headers.get(b"content-type", b"").partition(b";")[0].strip().lower()
    if kind == _MULTIPART:
        raise MultipartRefused
    if kind != BODY or headers.get(b"content-encoding", b"identity").strip().lower() != b"identity":
        raise UploadTypeRefused


def number(headers: Mapping[bytes, bytes], name: str) -> int:
    """A header that holds a number."""
    found = headers.get(name.lower().encode(), b"").strip()
    if not _NUMBER.fullmatch(found):
        raise UploadHeaderWrong(name=name)
    return int(found)


def metadata(headers: Mapping[bytes, bytes]) -> dict[str, str]:
    """`Upload-Metadata`: names, and their values from Base64."""
    raw, name = headers.get(b"upload-metadata", b""), "Upload-Metadata"
    if len(raw) > METADATA_BYTES:
        raise UploadHeaderWrong(name=name)
    found: dict[str, str] = {}
    for pair in filter(None, (each.strip() for each in raw.decode("latin-1").split(","))):
        key, _, value = pair.partition(" ")
        if not _KEY.fullmatch(key) or key in found:
            raise UploadHeaderWrong(name=name)
        try:
            found[key] = base64.b64decode(value.strip(), validate=True).decode()
        except (binascii.Error, ValueError):
            raise UploadHeaderWrong(name=name) from None
    return found


def checksum(headers: Mapping[bytes, bytes]) -> Checksum | None:
    """What `Upload-Checksum` demands; None where it demands nothing."""
    raw = headers.get(b"upload-checksum")
    if raw is None:
        return None
    algorithm, _, text = raw.strip().partition(b" ")
    try:
        expected = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        raise ChecksumUnknown from None
    if len(expected) != _DIGESTS.get(algorithm):
        raise ChecksumUnknown
    # sha1 guards against a bad line only, as the protocol demands; nothing rests on it
    return Checksum(expected, hashlib.new(algorithm.decode(), usedforsecurity=False))


def told(most: int) -> Headers:
    """What the hub says of its own tus."""
    return [
        (b"tus-version", VERSION),
        (b"tus-extension", EXTENSIONS),
        (b"tus-max-size", b"%d" % most),
        (b"tus-checksum-algorithm", ALGORITHMS),
    ]
