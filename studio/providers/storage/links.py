"""Links to objects that work without an account until they expire."""

from __future__ import annotations

import hashlib
import hmac
import time
from urllib.parse import quote

from studio.settings import get_settings, signing_key

LIFETIME_S = 24 * 3600
"""Long enough to download in peace, short enough that a leaked link dies by itself."""


def signed_url(key: str, *, lifetime_s: int = LIFETIME_S, filename: str = "") -> str:
    """
    An address under PUBLIC_URL from which the object can be read for *lifetime_s* seconds.

    *filename* is what a browser saves it as.
    """
    expires = int(time.time()) + lifetime_s
    name = quote(filename or key.rsplit("/", 1)[-1])
    return f"{get_settings().base_url}/media/{quote(key)}?exp={expires}&name={name}&sig={_signature(key, expires)}"


def is_valid(key: str, *, expires: int, signature: str) -> bool:
    """Whether *signature* is ours for *key* and has not expired."""
    given = signature.encode("utf-8", "replace")
    return hmac.compare_digest(_signature(key, expires).encode(), given) and time.time() < expires


def _signature(key: str, expires: int) -> str:
    message = f"GET\n{key}\n{expires}".encode("utf-8", "replace")
    return hmac.new(signing_key(), message, hashlib.sha256).hexdigest()
