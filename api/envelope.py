"""The frame around every answer."""

from __future__ import annotations

from typing import Generic, Literal, TypeVar

from pydantic import BaseModel
from starlette.requests import Request

from api.messages import OK, language_for

T = TypeVar("T")


class Envelope(BaseModel, Generic[T]):
    """A success: `{"success": true, "data": {...}, "message": "操作成功"}`."""

    success: Literal[True] = True
    data: T
    message: str = OK["zh-TW"]


class ErrorDetail(BaseModel):
    """One field that has to change, and why."""

    field: str
    message: str
    type: str


class ErrorBody(BaseModel):
    """What went wrong; *code* is the stable part."""

    code: str
    message: str
    request_id: str | None = None
    details: list[ErrorDetail] | None = None


class Failure(BaseModel):
    """An error: `{"success": false, "error": {"code": ..., "message": ...}}`."""

    success: Literal[False] = False
    error: ErrorBody


def ok(request: Request, data: T) -> Envelope[T]:
    """*data* in its frame, with the message in the caller's language."""
    return Envelope(data=data, message=OK[language_for(request)])
