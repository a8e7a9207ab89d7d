"""`/api-keys`: keys for programs."""

from __future__ import annotations

from datetime import timedelta

from fastapi import APIRouter, Request, Response

from api import keys
from api.deps import DoneOnce, LoggedInUser
from api.envelope import Envelope, ok
from api.schemas.keys import ApiKeyList, ApiKeyMade, MakeApiKey, RotateApiKey

router = APIRouter(prefix="/api-keys", tags=["api keys"])

AS_USUAL = RotateApiKey()


@router.post("", status_code=201)
def create_api_key(
    request: Request, response: Response, body: MakeApiKey, user: LoggedInUser, once: DoneOnce
) -> Envelope[ApiKeyMade]:
    """Make a key; its text is shown this once."""
    made = keys.make_key(body, owner=user, once=once)
    response.headers.update(once.headers)
    return ok(request, made)


@router.get("")
def list_api_keys(request: Request, user: LoggedInUser) -> Envelope[ApiKeyList]:
    """The account's keys, newest first."""
    return ok(request, ApiKeyList(items=keys.list_keys(user)))


@router.post("/{key_id}/rotate")
def rotate_api_key(
    request: Request, key_id: str, user: LoggedInUser, body: RotateApiKey | None = None
) -> Envelope[ApiKeyMade]:
    """Give the key a new text; the old one goes on for a while."""
    return ok(request, keys.rotate_key(key_id, owner=user, overlap=timedelta(seconds=(body or AS_USUAL).overlap_s)))


@router.delete("/{key_id}", status_code=204)
def revoke_api_key(key_id: str, user: LoggedInUser) -> None:
    """End a key."""
    keys.revoke_key(key_id, owner=user)
