"""What people write in a form."""

import pytest

from hub.kernel.errors import HubError
from hub.kernel.written import address, line, paragraph, phone


def test_a_line_is_folded_and_trimmed() -> None:
    assert line("  Dusun \n Satu ", "name") == "Dusun Satu"


def test_a_paragraph_keeps_its_lines() -> None:
    assert paragraph(" satu\r\ndua ", "text") == "satu\ndua"


@pytest.mark.parametrize("text", ["0812-3456-7890", "+62 812 3456 7890", "62812 3456 7890"])
def test_a_phone_number_is_kept_in_one_form(text: str) -> None:
    assert phone(text, "phone") == "+6281234567890"


def test_an_address_keeps_its_query() -> None:
    assert address("https://takisung.example/a?b=1", "website") == "https://takisung.example/a?b=1"


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: line(" \n", "name"), "TEXT_MISSING"),
        (lambda: line("x" * 201, "name"), "TEXT_TOO_LONG"),
        (lambda: line("a\x00b", "name"), "TEXT_UNREADABLE"),
        (lambda: paragraph("a\ud800b", "name"), "TEXT_UNREADABLE"),
        (lambda: address("takisung.example", "name"), "ADDRESS_INVALID"),
        (lambda: address("javascript://x/%0aalert(1)", "name"), "ADDRESS_INVALID"),
        (lambda: address("https://[", "name"), "ADDRESS_INVALID"),
        (lambda: address("https://a:b@host/", "name"), "ADDRESS_INVALID"),
        (lambda: phone("12", "name"), "PHONE_INVALID"),
        (lambda: phone("kantor", "name"), "PHONE_INVALID"),
    ],
)
def test_what_is_not_one_is_refused_by_name(call: object, code: str) -> None:
    with pytest.raises(HubError) as refusal:
        call()  # type: ignore[operator]
    assert (refusal.value.code, refusal.value.path) == (code, ("name",))
