"""The application: `uvicorn api.app:create_app --factory`."""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.routing import APIRoute

from api.cors import add_cors
from api.document import describe
from api.envelope import Failure
from api.errors import add_error_handlers
from api.gate import Gate
from api.listening import keep_listening
from api.logs import write_one_line_each
from api.metrics import Measured, metrics_token
from api.middleware import HeadOfGet, RequestFrame
from api.news import add_news
from api.reconciler import keep_reconciling
from api.reference import add_reference
from api.routes import (
    ai,
    assets,
    auth,
    health,
    keys,
    media,
    service,
    social,
    templates,
    trends,
    users,
    video,
    videos,
    voices,
    webhooks,
)
from store.migrate import migrate
from studio.settings import get_settings, signing_key

SWITCH_S = 0.0005
"""
After this long the loop gets the interpreter back from a thread. It gives it up with every answer that it sends; at
Python's own 5 ms a hundred answers behind a thread that works would take half a second.
"""

PRODUCTION_URL = "https://api.video-system.com"
_ROUTES = (
    auth, users, keys, assets, video, videos, trends, social, webhooks, ai, templates, voices, service, media, health,
)  # fmt: skip


def create_app() -> FastAPI:
    """All routes, our errors, and in the background the reconciler and the listener."""
    app = FastAPI(
        title="Auto Video Generation System",
        summary="Turns a title into a finished short video.",
        version="0.1.0",
        lifespan=_lifespan,
        servers=[{"url": get_settings().base_url}, {"url": PRODUCTION_URL}],
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        generate_unique_id_function=_operation_id,
        # One is enough to have the schema in the document: api/document.py says who can answer what.
        responses={500: {"model": Failure}},
        docs_url=None,
        redoc_url=None,
        # Its address would be made of the Host header, which anybody writes.
        redirect_slashes=False,
    )
    for routes in _ROUTES:
        app.include_router(routes.router)
    add_error_handlers(app)
    app.add_middleware(HeadOfGet)
    app.add_middleware(Gate)
    app.add_middleware(RequestFrame)
    add_cors(app)
    app.add_middleware(Measured)
    add_reference(app)
    add_news(app)
    describe(app)
    return app


@asynccontextmanager
async def _lifespan(_app: FastAPI) -> AsyncIterator[None]:
    sys.setswitchinterval(SWITCH_S)
    write_one_line_each()
    # A secret that is too weak ends the start, not the first login.
    signing_key()
    metrics_token()
    migrate()
    stop = threading.Event()
    threads = [
        threading.Thread(target=work, args=(stop,), name=name, daemon=True)
        for name, work in (("reconciler", keep_reconciling), ("listener", keep_listening))
    ]
    for thread in threads:
        thread.start()
    # What is there now stays. To look for garbage among its 240,000 objects takes 0.12 s, in which nobody is answered.
    gc.collect()
    gc.freeze()
    yield
    stop.set()
    for thread in threads:
        thread.join(10)


def _operation_id(route: APIRoute) -> str:
    return route.name
