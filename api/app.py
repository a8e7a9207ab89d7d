"""The application: `uvicorn api.app:create_app --factory`."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.routing import APIRoute

from api.document import describe
from api.envelope import Failure
from api.errors import add_error_handlers
from api.gate import Gate
from api.metrics import Measured
from api.middleware import RequestFrame
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
    templates,
    users,
    video,
    videos,
    voices,
    webhooks,
)
from store.migrate import migrate
from studio.settings import get_settings

PRODUCTION_URL = "https://api.video-system.com"


def create_app() -> FastAPI:
    """All routes, our errors, and the reconciler in the background."""
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
    )
    for routes in (auth, users, keys, assets, video, videos, webhooks, ai, templates, voices, service, media, health):
        app.include_router(routes.router)
    add_error_handlers(app)
    app.add_middleware(Gate)
    app.add_middleware(RequestFrame)
    app.add_middleware(Measured)
    add_reference(app)
    add_news(app)
    describe(app)
    return app


@asynccontextmanager
async def _lifespan(_app: FastAPI) -> AsyncIterator[None]:
    migrate()
    stop = threading.Event()
    thread = threading.Thread(target=keep_reconciling, args=(stop,), name="reconciler", daemon=True)
    thread.start()
    yield
    stop.set()
    thread.join(10)


def _operation_id(route: APIRoute) -> str:
    return route.name
