"""Which web pages may call the API from a browser."""

from __future__ import annotations

import re

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware

from studio.errors import BadInput
from studio.settings import EnvSettings, ProviderNames

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")

TAKEN = (
    "Authorization", "X-API-Key", "Content-Type", "Idempotency-Key", "If-None-Match", "Last-Event-ID", "Range",
    "X-Request-Id",
)  # fmt: skip
"""Headers that a page may send."""

SHOWN = (
    "Retry-After", "X-Request-Id", "RateLimit", "RateLimit-Policy", "X-RateLimit-Limit", "X-RateLimit-Remaining",
    "X-RateLimit-Reset", "Location", "Idempotent-Replayed", "ETag", "Content-Range", "Content-Disposition",
    "WWW-Authenticate",
)  # fmt: skip
"""Headers that a page may read; the others are hidden from it by the browser."""

_ORIGIN = re.compile(r"https?://([a-z0-9.-]+|\[[0-9a-f:]+\])(:[0-9]{1,5})?")


class CorsSettings(EnvSettings):
    """Pages of others."""

    cors_origins: ProviderNames = ()
    """Origins such as https://app.example.com, each named; empty keeps every page of another origin out."""


def add_cors(app: FastAPI) -> None:
    """
    Let the pages of CORS_ORIGINS read our answers, without cookies: a caller is known by a token only.

    Raises:
        BadInput: one of them is no origin; "*" is none.
    """
    origins = CorsSettings().cors_origins
    for origin in origins:
        if not _ORIGIN.fullmatch(origin):
            raise BadInput(
                f"{origin!r} is no origin; write scheme and host, such as https://app.example.com", field="CORS_ORIGINS"
            )
    if origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=origins,
            allow_methods=METHODS,
            allow_headers=TAKEN,
            expose_headers=SHOWN,
            allow_credentials=False,
        )
