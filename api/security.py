"""Passwords and tokens."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

import jwt
from pwdlib import PasswordHash

from api.errors import Busy, NotAuthenticated
from store.tables.base import utc_now
from store.tables.users import User
from studio.settings import signing_key

ACCESS_LIFE_S = 3600
ISSUER = AUDIENCE = "video-system"
TOKEN_TYPE = "at+jwt"  # noqa: S105
"""Names the kind of token in its header, so that no other JWT of ours passes for one. Source: RFC 9068."""

KEY_PREFIX = "vs_live_"
KEY_SHOWN = 16
"""Characters of a key that are kept to tell it from others."""

CHECKSUM_CHARS = 8

HASHING = threading.BoundedSemaphore(2)
"""Argon2 takes 64 MiB a call: forty logins at once would take 1.75 GB and be slower than two at a time."""

QUEUE_S = 20.0


@dataclass(frozen=True)
class Claims:
    """What a valid access token says."""

    user_id: str
    epoch: int
    family: str
    """The login that it came from: a logout ends it."""


def hash_password(password: str) -> str:
    """Argon2id hash of *password*."""
    with _hashing():
        return _hasher().hash(password)


def password_matches(password: str, hashed: str | None) -> bool:
    """Whether *password* is the one of *hashed*; takes as long where there is no such account."""
    with _hashing():
        if hashed is None or not hashed.startswith("$argon2"):
            _hasher().verify(password, _dummy_hash())
            return False
        return _hasher().verify(password, hashed)


def access_token(user: User, *, family: str) -> str:
    """A JWT for one hour; it dies earlier when its login ends or the user's epoch is raised."""
    now = utc_now()
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": user.id,
        "iat": now,
        "exp": now + timedelta(seconds=ACCESS_LIFE_S),
        "jti": secrets.token_hex(8),
        "epoch": user.token_epoch,
        "family": family,
    }
    return jwt.encode(claims, signing_key(), algorithm="HS256", headers={"typ": TOKEN_TYPE})


def read_access_token(token: str) -> Claims:
    """
    The claims of *token*.

    Raises:
        NotAuthenticated: it is not one of ours, or its time is over.
    """
    try:
        if jwt.get_unverified_header(token).get("typ") != TOKEN_TYPE:
            raise NotAuthenticated
        claims = jwt.decode(
            token,
            signing_key(),
            algorithms=["HS256"],
            audience=AUDIENCE,
            issuer=ISSUER,
            options={"require": ["exp", "iat", "sub", "jti", "aud", "iss", "epoch", "family"]},
        )
        return Claims(user_id=str(claims["sub"]), epoch=int(claims["epoch"]), family=str(claims["family"]))
    except (jwt.InvalidTokenError, ValueError, TypeError) as error:
        raise NotAuthenticated from error


def new_refresh_token() -> str:
    """192 random bits; only their hash is kept."""
    return f"vsr_{secrets.token_hex(24)}"


def new_api_key() -> str:
    """192 random bits and a checksum, by which a mistyped key is refused without a query."""
    body = f"{KEY_PREFIX}{secrets.token_hex(24)}"
    return body + _checksum(body)


def is_api_key(token: str) -> bool:
    """Whether *token* means to be an API key."""
    return token.startswith(KEY_PREFIX)


def is_well_formed(key: str) -> bool:
    """Whether the API key could be one of ours."""
    body, checksum = key[:-CHECKSUM_CHARS], key[-CHECKSUM_CHARS:]
    return len(body) == len(KEY_PREFIX) + 48 and hmac.compare_digest(checksum.encode(), _checksum(body).encode())


def token_hash(token: str) -> str:
    """What the database knows of a refresh token or an API key."""
    return hmac.new(signing_key(), token.encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def _checksum(body: str) -> str:
    return f"{zlib.crc32(body.encode('utf-8', 'replace')):08x}"


@contextmanager
def _hashing() -> Iterator[None]:
    if not HASHING.acquire(timeout=QUEUE_S):
        raise Busy(headers={"Retry-After": "5"})
    try:
        yield
    finally:
        HASHING.release()


@cache
def _hasher() -> PasswordHash:
    return PasswordHash.recommended()


@cache
def _dummy_hash() -> str:
    return _hasher().hash(secrets.token_hex(16))
