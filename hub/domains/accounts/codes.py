"""The six digits of an authenticator app (TOTP, RFC 6238): a new code every 30 seconds, each taken once."""

import hmac
from datetime import datetime
from urllib.parse import quote

import pyotp
import segno

SECONDS = 30
DIGITS = 6
_EARLY_AND_LATE = (0, -1, 1)  # steps by which a telephone's clock may be off
ISSUER = "Kecamatan Hub"


def new_secret() -> str:
    """160 bits by chance, as apps take them."""
    return pyotp.random_base32()


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """The step whose code this is; None where it is none of those that count now."""
    given = "".join(code.split())
    if len(given) != DIGITS or not given.isascii() or not given.isdigit():
        return None
    current = int(now.timestamp()) // SECONDS
    app = pyotp.HOTP(secret)
    fitting = [each for each in _EARLY_AND_LATE if hmac.compare_digest(app.at(current + each), given)]
    return current + fitting[0] if fitting else None


def address(secret: str, name: str) -> str:
    """The otpauth address that apps read."""
    label = quote(f"{ISSUER}:{name}")
    return f"otpauth://totp/{label}?secret={secret}&issuer={quote(ISSUER)}&digits={DIGITS}&period={SECONDS}"


def picture(text: str) -> str:
    """A text as a QR code: an inline SVG of one path."""
    made = segno.make(text, error="m", micro=False)
    return made.svg_inline(scale=4, border=4, omitsize=True, dark="#000", light="#fff", svgclass="qr", lineclass=None)
