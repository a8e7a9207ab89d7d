"""Bodies of `/auth`."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, EmailStr, Field

from api.schemas.base import Action


def _without_space(name: str) -> str:
    if any(char.isspace() or not char.isprintable() for char in name):
        raise ValueError("must not hold white space or control characters")
    return name


Username = Annotated[str, Field(min_length=3, max_length=128), AfterValidator(_without_space)]
Password = Annotated[str, Field(min_length=8, max_length=128)]


class Register(Action):
    """A new account."""

    username: Username
    password: Password
    email: EmailStr


class Login(Action):
    """An account's name and password."""

    username: Annotated[str, Field(max_length=128)]
    password: Annotated[str, Field(max_length=128)]


class Refresh(Action):
    """A refresh token, for the next pair."""

    refresh_token: Annotated[str, Field(max_length=200)]


class LogOut(Action):
    """Which logins to end: this one, or all of the account's."""

    all: bool = False


class ChangePassword(Action):
    """The password as it is and as it shall be."""

    current_password: Annotated[str, Field(max_length=128)]
    new_password: Password


class Account(BaseModel):
    """A registered account."""

    user_id: str
    username: str
    email: str


class Tokens(BaseModel):
    """A pair of tokens; *expires_in* is the access token's life in seconds."""

    access_token: str
    refresh_token: str
    expires_in: int
