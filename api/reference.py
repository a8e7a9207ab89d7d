"""`/docs`: the interactive reference, out of files of ours, so that it works without internet."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles

from studio.settings import get_settings

FOLDER = Path(__file__).parent / "static" / "docs"


def add_reference(app: FastAPI) -> None:
    """Serve the page and what it loads."""
    app.add_route("/docs", _page, include_in_schema=False)
    app.mount("/docs/assets", StaticFiles(directory=FOLDER))


async def _page(_request: Request) -> Response:
    return FileResponse(
        FOLDER / "index.html",
        headers={
            "Content-Security-Policy": _policy(),
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
            "Cache-Control": "no-cache",
        },
    )


def _policy() -> str:
    """Only our own files run, and only this API is talked to."""
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data:",
            f"connect-src 'self' {get_settings().base_url}",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        )
    )
