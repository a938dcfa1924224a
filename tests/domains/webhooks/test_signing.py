"""Signatures of Standard Webhooks, against vectors worked out by other means."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime
from uuid import UUID

from hub.domains.webhooks import signing

# openssl dgst -sha256 -hmac, over the same bytes
SECRET = "whsec_" + base64.b64encode(b"kunci-rahasia-kecamatan-takisung").decode()
BODY = b'{"type":"webhook.test"}'
WHEN = datetime(2026, 11, 22, 3, 4, 5, tzinfo=UTC)
SIGNED = b'msg_0190.1795316645.{"type":"webhook.test"}'


def hmac_by_hand(key: bytes, message: bytes) -> bytes:
    """HMAC as RFC 2104 spells it out."""
    block = key.ljust(64, b"\0")
    inner = hashlib.sha256(bytes(each ^ 0x36 for each in block) + message).digest()
    return hashlib.sha256(bytes(each ^ 0x5C for each in block) + inner).digest()


def test_the_signature_is_the_hmac_of_id_time_and_body() -> None:
    assert int(WHEN.timestamp()) == 1795316645
    expected = base64.b64encode(hmac_by_hand(b"kunci-rahasia-kecamatan-takisung", SIGNED)).decode()
    assert signing.signature(SECRET, "msg_0190", 1795316645, BODY) == f"v1,{expected}"


def test_the_signature_is_the_one_of_the_published_vector() -> None:
    body = b'{"test": 2432232314}'
    secret, message = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek"
    assert signing.signature(secret, message, 1614265330, body) == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_message_is_signed_with_every_secret_that_is_valid() -> None:
    other = signing.new_secret()
    found = signing.headers([other, SECRET], "msg_0190", WHEN, BODY)
    assert found == {
        "Content-Type": "application/json",
        "webhook-id": "msg_0190",
        "webhook-timestamp": "1795316645",
        "webhook-signature": " ".join(
            signing.signature(each, "msg_0190", 1795316645, BODY) for each in (other, SECRET)
        ),
    }


def test_secrets_are_new_each_time_and_as_long_as_the_standard_asks() -> None:
    first, second = signing.new_secret(), signing.new_secret()
    assert first != second
    assert first.startswith("whsec_")
    assert len(base64.b64decode(first.removeprefix("whsec_"), validate=True)) == 32
    assert not hmac.compare_digest(
        signing.signature(first, "msg_a", 1, b"{}"), signing.signature(second, "msg_a", 1, b"{}")
    )


def test_a_message_made_anew_is_the_same_message_in_one_life_of_the_database() -> None:
    endpoint = UUID(int=7)
    first = signing.message_id(endpoint, 12, 1)
    assert first == signing.message_id(endpoint, 12, 1)
    others = {
        signing.message_id(endpoint, 13, 1),
        signing.message_id(endpoint, 12, 2),
        signing.message_id(UUID(int=8), 12, 1),
    }
    assert len(others | {first}) == 4
    assert first.startswith("msg_")
    assert len(first) == 36
