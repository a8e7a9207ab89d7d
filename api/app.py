"""The application: `uvicorn api.app:create_app --factory`."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.routing import APIRoute

from api.envelope import Failure
from api.errors import add_error_handlers
from api.gate import Gate
from api.middleware import RequestFrame
from api.reconciler import keep_reconciling
from api.routes import auth, health, keys, media, users, video
from store.migrate import migrate
from studio.settings import get_settings

PRODUCTION_URL = "https://api.video-system.com"

_ERRORS = {status: {"model": Failure} for status in (400, 401, 403, 404, 429, 500)}


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
        responses=_ERRORS,  # type: ignore[arg-type]
    )
    for routes in (auth, users, keys, video, media, health):
        app.include_router(routes.router)
    add_error_handlers(app)
    app.add_middleware(Gate)
    app.add_middleware(RequestFrame)
    _without_422(app)
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


def _without_422(app: FastAPI) -> None:
    """The framework documents a 422 of its own, which we answer as 400."""
    build = app.openapi

    def openapi() -> dict[str, object]:
        document = build()
        for path in document["paths"].values():
            for operation in path.values():
                operation.get("responses", {}).pop("422", None)
        for name in ("HTTPValidationError", "ValidationError"):
            document["components"]["schemas"].pop(name, None)
        return document

    app.openapi = openapi  # type: ignore[method-assign]
