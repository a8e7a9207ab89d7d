"""`/media`: finished files by signed link."""

from __future__ import annotations

from mimetypes import guess_type
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.errors import LinkExpired
from api.files import FilePart, is_known
from studio.providers.storage import open_storage
from studio.providers.storage.links import is_valid
from studio.settings import get_settings

router = APIRouter(prefix="/media", tags=["media"])


# HEAD is left out of the document: it would be a second operation of the same name.
@router.head("/{key:path}", include_in_schema=False)
@router.get("/{key:path}", response_class=FilePart)
def media(
    request: Request,
    key: str,
    exp: int,
    sig: Annotated[str, Query(max_length=64)],
    name: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """The file, or the part of it that a Range header asks for. The link itself is the permission."""
    if not is_valid(key, expires=exp, signature=sig):
        raise LinkExpired
    etag = f'"{key.rsplit("/", 1)[-1].split(".")[0]}"'
    # Sandboxed: opened by itself, a file that somebody uploaded runs nothing and is nobody's page.
    headers = {"ETag": etag, "Cache-Control": "private, max-age=3600", "Content-Security-Policy": "sandbox"}
    path = open_storage(get_settings()).fetch(key)
    if is_known(request, etag=etag, changed_at=path.stat().st_mtime):
        return Response(status_code=304, headers=headers)
    # Left to itself the response would go by *name*, which is not signed: a picture would open as a web page.
    media_type = guess_type(path.name)[0] or "application/octet-stream"
    return FilePart(
        path, media_type=media_type, headers=headers, filename=name or path.name, content_disposition_type="inline"
    )
