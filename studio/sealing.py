"""
Secrets of other people at rest: sealed with AES-256-GCM, each to the one row that it belongs to.

Keys are a ring: the first seals, every one opens, so that a key can be replaced without a moment in between.
"""

from __future__ import annotations

import base64
import hashlib
import os
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import SecretStr

from studio.errors import BadInput, VideoSystemError
from studio.settings import EnvSettings, signing_key

KEY_BYTES = 32
NONCE_BYTES = 12
"""Random ones: 2^32 messages a key are safe. Source: NIST SP 800-38D, 8.3."""

NAME_BYTES = 4

HINT = "`openssl rand -base64 32` makes one"


class SealBroken(VideoSystemError):
    """A sealed text that no key of the ring opens, or that belongs to another row."""

    code = "SEAL_BROKEN"


class SealSettings(EnvSettings):
    """The ring."""

    token_keys: SecretStr = SecretStr("")
    """Base64 of 32 bytes each, separated by commas, the newest first; empty derives one from SECRET_KEY."""


def seal(text: str, *, belongs_to: str) -> bytes:
    """*text*, to be opened with the same *belongs_to* only: the name of key, nonce, ciphertext and tag."""
    key = _ring()[0]
    nonce = os.urandom(NONCE_BYTES)
    return _name(key) + nonce + AESGCM(key).encrypt(nonce, text.encode(), belongs_to.encode())


def unseal(sealed: bytes, *, belongs_to: str) -> str:
    """
    What was sealed.

    Raises:
        SealBroken: it was sealed for another row or with a key that is not in the ring any more, or it was changed.
    """
    name, nonce, rest = (
        sealed[:NAME_BYTES],
        sealed[NAME_BYTES : NAME_BYTES + NONCE_BYTES],
        sealed[NAME_BYTES + NONCE_BYTES :],
    )
    for key in _ring():
        if _name(key) == name:
            try:
                return AESGCM(key).decrypt(nonce, rest, belongs_to.encode()).decode()
            except (InvalidTag, ValueError) as error:  # a nonce that was cut is a ValueError
                raise SealBroken(f"what is sealed does not belong to {belongs_to}, or was changed") from error
    raise SealBroken(
        f"no key of TOKEN_KEYS opens what belongs to {belongs_to}; put the earlier key back behind the new one"
    )


def _ring() -> tuple[bytes, ...]:
    given = SealSettings().token_keys.get_secret_value()
    return _parsed(given) if given.strip() else (_derived(signing_key()),)


@cache
def _parsed(given: str) -> tuple[bytes, ...]:
    keys = []
    for place, part in enumerate(each.strip() for each in given.split(",")):
        try:
            key = base64.b64decode(part, validate=True)
        except ValueError:
            # Not from the cause: its text may have the key.
            raise BadInput(f"key {place + 1} is no Base64; {HINT}", field="TOKEN_KEYS") from None
        if len(key) != KEY_BYTES:
            message = f"key {place + 1} has {len(key)} bytes instead of {KEY_BYTES}; {HINT}"
            raise BadInput(message, field="TOKEN_KEYS")
        keys.append(key)
    return tuple(keys)


@cache
def _derived(secret: bytes) -> bytes:
    """Another key than the one that signs. Source: RFC 5869."""
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=b"video-system token ring").derive(secret)


def _name(key: bytes) -> bytes:
    """A few bytes that tell keys apart and say nothing of them."""
    return hashlib.sha256(b"name of key" + key).digest()[:NAME_BYTES]
