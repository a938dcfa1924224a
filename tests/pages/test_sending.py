"""A form with a file, as it comes in: whole, in pieces, and as nobody's browser would send it."""

import pytest

from hub.domains.accounts.errors import FormMalformed
from hub.pages.sending import Parts

BOUNDARY = b"--pemisah"
CONTENT = b"PK\x03\x04\r\n--pemisa\r\n\x00isi"


def form(*parts: tuple[str, str | None, bytes]) -> bytes:
    """The body of a form: name, file's name, content."""
    made = b""
    for name, file, content in parts:
        named = f'; filename="{file}"' if file is not None else ""
        made += b'--%s\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n' % (
            BOUNDARY,
            name.encode(),
            named.encode(),
            content,
        )
    return made + b"--" + BOUNDARY + b"--\r\n"


WHOLE = form(("csrf", None, b"x"), ("desa", None, "Sukamulya é".encode()), ("berkas", "penduduk é.xlsx", CONTENT))


@pytest.mark.parametrize("size", [1, 2, 7, 64, 4096])
def test_pieces_of_any_size_give_the_same_form(size: int) -> None:
    parts, found = Parts(BOUNDARY), b""
    for start in range(0, len(WHOLE), size):
        parts.feed(WHOLE[start : start + size])
        found += b"".join(parts.taken())
    assert parts.fields == {"csrf": "x", "desa": "Sukamulya é"}
    assert (parts.file, found, parts.ended) == ("penduduk é.xlsx", CONTENT, True)


def test_a_form_that_is_cut_has_not_ended() -> None:
    parts = Parts(BOUNDARY)
    parts.feed(WHOLE[:-10])
    assert parts.ended is False


@pytest.mark.parametrize(
    "body",
    [
        b"nothing of the kind",
        form(("berkas", "a.xlsx", CONTENT), ("csrf", None, b"x")),
        form(("berkas", "a.xlsx", CONTENT), ("lagi", "b.xlsx", CONTENT)),
        form(*((f"isian{number}", None, b"x") for number in range(11))),
        form(("panjang", None, b"x" * 5000)),
        form(("desa", None, b"\xff")),
    ],
)
def test_what_no_page_of_ours_sends_is_refused(body: bytes) -> None:
    parts = Parts(BOUNDARY)
    with pytest.raises(FormMalformed):
        parts.feed(body)
