"""`/templates`: the ways to tell a film."""

from __future__ import annotations

from fastapi import APIRouter, Request

from api import templates
from api.deps import CurrentUser
from api.envelope import Envelope, ok
from api.messages import Language, language_for
from api.schemas.templates import TemplateList, TemplateShown

router = APIRouter(prefix="/templates", tags=["templates"])


@router.get("")
def list_templates(request: Request, _user: CurrentUser) -> Envelope[TemplateList]:
    """All templates, described in the caller's language."""
    return ok(request, TemplateList(items=templates.list_templates(_language(request))))


@router.get("/{name}")
def get_template(request: Request, name: str, _user: CurrentUser) -> Envelope[TemplateShown]:
    """One template, by its name or an alias of it."""
    return ok(request, templates.get_template(name, _language(request)))


def _language(request: Request) -> Language:
    return language_for(request)
