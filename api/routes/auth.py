"""`/auth`: accounts and tokens."""

from __future__ import annotations

from fastapi import APIRouter, Request

from api import accounts
from api.envelope import Envelope, ok
from api.schemas.auth import Account, Login, Refresh, Register, Tokens

router = APIRouter(prefix="/auth", tags=["auth"])


@router.post("/register", status_code=201)
def register(request: Request, body: Register) -> Envelope[Account]:
    """Open an account."""
    user = accounts.register(body)
    return ok(request, Account(user_id=user.id, username=user.username, email=user.email))


@router.post("/login")
def login(request: Request, body: Login) -> Envelope[Tokens]:
    """Log in."""
    return ok(request, accounts.log_in(body))


@router.post("/refresh")
def refresh(request: Request, body: Refresh) -> Envelope[Tokens]:
    """Get the next pair of tokens; a refresh token works once."""
    return ok(request, accounts.refresh(body))
