"""`/assets`: own pictures, clips and sounds."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request, Response

from api import assets
from api.deps import CurrentUser, DoneOnce, ReceivedOnce
from api.envelope import Envelope, Failure, ok
from api.schemas.assets import AssetPage, AssetShown, ImportAsset
from api.schemas.text import Line

router = APIRouter(prefix="/assets", tags=["assets"])

UNSUPPORTED: dict[int | str, dict[str, Any]] = {415: {"model": Failure}}

_ANY_BYTES = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.post("", status_code=201, openapi_extra=_ANY_BYTES, responses=UNSUPPORTED)
async def upload_asset(
    request: Request,
    response: Response,
    user: CurrentUser,
    once: ReceivedOnce,
    filename: Annotated[Line, Query(min_length=1, max_length=200)],
    content_length: Annotated[int, Header(ge=0, include_in_schema=False)] = 0,
) -> Envelope[AssetShown]:
    """Send a file as the body. What it is, is found out by its content; png, jpeg, webp, mp4, mov, mkv, webm, sound."""
    body = request.stream()
    shown = await assets.upload(body, filename=filename, announced=content_length, owner=user, once=once)
    response.headers.update(once.headers)
    return ok(request, shown)


@router.post("/import", status_code=201, responses=UNSUPPORTED)
def import_asset(
    request: Request, response: Response, body: ImportAsset, user: CurrentUser, once: DoneOnce
) -> Envelope[AssetShown]:
    """Keep what is at a public address."""
    shown = assets.import_url(body.url, owner=user, once=once)
    response.headers.update(once.headers)
    return ok(request, shown)


@router.get("")
def list_assets(
    request: Request,
    user: CurrentUser,
    cursor: Annotated[str | None, Query(pattern=r"^asset_[0-9a-f]{32}$")] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> Envelope[AssetPage]:
    """The account's files, newest first."""
    return ok(request, assets.list_assets(user, cursor=cursor, limit=limit))


@router.get("/{asset_id}")
def get_asset(request: Request, asset_id: str, user: CurrentUser) -> Envelope[AssetShown]:
    """One file."""
    return ok(request, assets.get_asset(asset_id, owner=user))


@router.delete("/{asset_id}", status_code=204)
def remove_asset(asset_id: str, user: CurrentUser) -> None:
    """Remove a file; films that were made of it stay."""
    assets.remove_asset(asset_id, owner=user)
