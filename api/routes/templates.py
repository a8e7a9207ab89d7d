"""`/templates`: the ways to tell a film."""

from __future__ import annotations

from fastapi import APIRouter, Request

from api.deps import CurrentUser
from api.envelope import Envelope, ok
from api.errors import NotFound
from api.messages import language_of
from api.schemas.templates import TemplateList, TemplateShown
from studio.errors import UnknownName
from studio.models.template import load_template, template_names

router = APIRouter(prefix="/templates", tags=["templates"])


@router.get("")
def list_templates(request: Request, _user: CurrentUser) -> Envelope[TemplateList]:
    """All templates, described in the caller's language."""
    return ok(request, TemplateList(items=[_shown(name, request) for name in template_names()]))


@router.get("/{name}")
def get_template(request: Request, name: str, _user: CurrentUser) -> Envelope[TemplateShown]:
    """One template, by its name or an alias of it."""
    try:
        return ok(request, _shown(name, request))
    except UnknownName as error:
        raise NotFound from error


def _shown(name: str, request: Request) -> TemplateShown:
    language = language_of(request.headers.get("accept-language", ""))
    return TemplateShown.of(load_template(name), language)
