"""Bodies of `/api-keys`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, Field

from api.schemas.base import Action
from api.schemas.text import Line
from store.tables.keys import ApiKey

Scope = Literal["read", "write", "publish"]


def _in_the_future(moment: datetime) -> datetime:
    if moment <= datetime.now(UTC):
        raise ValueError("must be in the future")
    return moment


class MakeApiKey(Action):
    """A key to make; without *scopes* it may do everything that keys may."""

    name: Annotated[Line, Field(min_length=1, max_length=100)]
    scopes: Annotated[tuple[Scope, ...], Field(min_length=1, max_length=3)] = ("read", "write", "publish")
    expires_at: Annotated[AwareDatetime, AfterValidator(_in_the_future)] | None = None


class RotateApiKey(Action):
    """How long the old text of the key goes on, in seconds; 0 ends it at once."""

    overlap_s: Annotated[int, Field(ge=0, le=7 * 86_400)] = 86_400


class ApiKeyShown(BaseModel):
    """A key without its text."""

    id: str
    name: str
    prefix: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None

    @classmethod
    def of(cls, key: ApiKey) -> ApiKeyShown:
        """What is shown of a row."""
        return cls.model_validate(key, from_attributes=True)


class ApiKeyMade(ApiKeyShown):
    """A key with its text, which is shown this once; null where the answer is given again."""

    key: str | None


class ApiKeyList(BaseModel):
    """All keys of an account."""

    items: list[ApiKeyShown]
