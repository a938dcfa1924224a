"""Standard Webhooks: what is signed, and with what. https://www.standardwebhooks.com"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

SECRET_PREFIX = "whsec_"  # noqa: S105  # what a secret begins with, by the standard
SECRET_BYTES = 32


def new_secret() -> str:
    """A fresh secret as the receiver is told it."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """One signature: `v1,` and the HMAC-SHA256 of id, timestamp and body."""
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()


def headers(valid: Sequence[str], message_id: str, now: datetime, body: bytes) -> Mapping[str, str]:
    """The headers of a message, signed with every secret that is valid now."""
    timestamp = int(now.timestamp())
    return {
        "Content-Type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signature(each, message_id, timestamp, body) for each in valid),
    }


def message_id(endpoint: UUID, seq: int, epoch: int) -> str:
    """The id of the message about a place of the feed: the same whenever it is made in one life of the database."""
    return "msg_" + hashlib.sha256(f"{endpoint}.{seq}.{epoch}".encode()).hexdigest()[:32]
