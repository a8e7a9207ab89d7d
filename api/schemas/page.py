"""Lists that are read page by page."""

from __future__ import annotations

from typing import Generic, TypeVar

from pydantic import BaseModel

T = TypeVar("T")


class Page(BaseModel, Generic[T]):
    """Some of a list, newest first; *next_cursor* asks for the following ones, null where *has_more* is false."""

    items: list[T]
    next_cursor: str | None
    has_more: bool
