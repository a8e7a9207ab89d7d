"""`/users/me`: the caller's own account."""

from __future__ import annotations

from fastapi import APIRouter, Request

from api import accounts
from api.deps import CurrentUser, LoggedInUser
from api.envelope import Envelope, ok
from api.schemas.users import ChangeProfile, Profile, RemoveAccount

router = APIRouter(prefix="/users", tags=["users"])


@router.get("/me")
def get_profile(request: Request, user: CurrentUser) -> Envelope[Profile]:
    """Who this token or key belongs to."""
    return ok(request, Profile.of(user))


@router.patch("/me")
def change_profile(request: Request, body: ChangeProfile, user: LoggedInUser) -> Envelope[Profile]:
    """Change the account's name or language."""
    return ok(request, Profile.of(accounts.change_profile(user, body)))


@router.delete("/me", status_code=204)
def remove_account(body: RemoveAccount, user: LoggedInUser) -> None:
    """Remove the account with its films, files, keys and runs."""
    accounts.remove(user, password=body.password)
