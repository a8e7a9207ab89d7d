"""What routes ask for."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Header, Request
from fastapi.security import APIKeyHeader, HTTPBearer

from api.callers import Caller
from api.errors import Forbidden, NotAuthenticated
from api.once import Once, fingerprint_of
from store.tables.users import User

SAFE = ("GET", "HEAD", "OPTIONS")

# The gate reads the headers; these put them into the document.
_bearer = HTTPBearer(auto_error=False, description="The access token of a login, or an API key.")
_api_key = APIKeyHeader(name="X-API-Key", auto_error=False, description="An API key.")


# Asynchronous though they wait for nothing: the framework would send a plain function to a thread of its own.
async def current_caller(
    request: Request, _token: Annotated[object, Depends(_bearer)], _key: Annotated[object, Depends(_api_key)]
) -> Caller:
    """Who asks; a key must have the scope of the method."""
    caller: Caller | None = getattr(request.state, "caller", None)
    if caller is None:
        raise NotAuthenticated
    if ("read" if request.method in SAFE else "write") not in caller.scopes:
        raise Forbidden
    return caller


async def current_user(caller: Annotated[Caller, Depends(current_caller)]) -> User:
    """The account that asks."""
    return caller.user


async def publishing_user(caller: Annotated[Caller, Depends(current_caller)]) -> User:
    """The account that asks, by a key that may put things before the public."""
    if "publish" not in caller.scopes:
        raise Forbidden
    return caller.user


async def logged_in_caller(caller: Annotated[Caller, Depends(current_caller)]) -> Caller:
    """Who asks with the token of a login: keys cannot make keys or change the account."""
    if caller.key_id is not None:
        raise Forbidden
    return caller


async def logged_in_user(caller: Annotated[Caller, Depends(logged_in_caller)]) -> User:
    """The account that is logged in."""
    return caller.user


async def login_id(caller: Annotated[Caller, Depends(logged_in_caller)]) -> str:
    """The login that the caller's token came from."""
    return caller.family


async def client_address(request: Request) -> str:
    """Where the request came from, as far as the server knows."""
    return request.client.host if request.client else ""


IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        max_length=255,
        pattern=r"^[\x21-\x7e]+$",
        description="Chosen by the client; the same request with the same key is done once within a day.",
    ),
]


async def once(request: Request, key: IdempotencyKey = None) -> Once:
    """The client's wish that a repeated request be done once."""
    return Once(key=key, fingerprint=fingerprint_of(request.method, request.url.path, await request.body()))


async def once_received(key: IdempotencyKey = None) -> Once:
    """The same for a body that is not read at once; whoever has read it sets the fingerprint."""
    return Once(key=key, fingerprint="")


CurrentUser = Annotated[User, Depends(current_user)]
PublishingUser = Annotated[User, Depends(publishing_user)]
LoggedInUser = Annotated[User, Depends(logged_in_user)]
LoginId = Annotated[str, Depends(login_id)]
Address = Annotated[str, Depends(client_address)]
DoneOnce = Annotated[Once, Depends(once)]
ReceivedOnce = Annotated[Once, Depends(once_received)]
