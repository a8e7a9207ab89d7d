"""`/auth`: accounts and tokens."""

from __future__ import annotations

from fastapi import APIRouter, Request

from api import accounts
from api.deps import Address, LoggedInUser, LoginId
from api.envelope import Envelope, ok
from api.schemas.auth import Account, ChangePassword, Login, LogOut, Refresh, Register, Tokens

router = APIRouter(prefix="/auth", tags=["auth"])


@router.post("/register", status_code=201)
def register(request: Request, body: Register, address: Address) -> Envelope[Account]:
    """Open an account."""
    user = accounts.register(body, address=address)
    return ok(request, Account(user_id=user.id, username=user.username, email=user.email))


@router.post("/login")
def login(request: Request, body: Login, address: Address) -> Envelope[Tokens]:
    """Log in."""
    return ok(request, accounts.log_in(body, address=address))


@router.post("/refresh")
def refresh(request: Request, body: Refresh) -> Envelope[Tokens]:
    """Get the next pair of tokens; a refresh token works once."""
    return ok(request, accounts.refresh(body))


@router.post("/logout", status_code=204)
def logout(user: LoggedInUser, family: LoginId, body: LogOut | None = None) -> None:
    """End this login, or all of the account's; their tokens are dead at once."""
    accounts.log_out(user, family=family, everywhere=body is not None and body.all)


@router.post("/password", status_code=204)
def change_password(body: ChangePassword, user: LoggedInUser) -> None:
    """Set a new password; every login of the account ends."""
    accounts.change_password(user, body)
