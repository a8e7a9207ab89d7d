"""Where a film goes: what bodies of `/videos` and `/social` share."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from api.schemas.base import Action
from api.schemas.text import Line, Moment, Tags
from studio.models.brief import Text
from studio.models.publication import Target, Visibility

AccountId = Annotated[Line, Field(max_length=100)]
PostTitle = Annotated[Line, Field(min_length=1, max_length=300)]
Options = Annotated[dict[Annotated[str, Field(max_length=50)], Any], Field(max_length=20)]


class PublishTarget(Action):
    """Where a film goes when it is done; title, description and tags are the film's own unless given."""

    platform: Target
    account_id: AccountId | None = None
    title: PostTitle | None = None
    description: Text | None = None
    tags: Tags | None = None
    scheduled_at: Moment | None = None
    visibility: Visibility | None = None
    options: Options = Field(default_factory=dict)
