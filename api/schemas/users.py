"""Bodies of `/users`."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from api.schemas.base import Action
from api.schemas.text import Line
from store.tables.users import User


class ChangeProfile(Action):
    """What to change; what is left out stays."""

    name: Annotated[Line, Field(max_length=100)] | None = None
    language: Literal["zh-TW", "en"] | None = None


class RemoveAccount(Action):
    """The account's password, so that a stolen token cannot remove it."""

    password: Annotated[str, Field(max_length=128)]


class Profile(BaseModel):
    """An account as its owner sees it."""

    user_id: str
    username: str
    email: str
    name: str
    language: str
    plan: str
    created_at: datetime

    @classmethod
    def of(cls, user: User) -> Profile:
        """What is shown of a row."""
        return cls(user_id=user.id, **user.model_dump(include=set(cls.model_fields) - {"user_id"}))
