"""`/social`: put films before the public."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import parse_qs

from fastapi import APIRouter, Body, Depends, Query, Request, Response
from fastapi.responses import HTMLResponse

from api import connecting, pages, publications, social
from api.deps import CurrentUser, DoneOnce, PublishingUser
from api.envelope import Envelope, Failure, ok
from api.messages import Language, language_for
from api.schemas.page import Page
from api.schemas.social import (
    AccountList,
    Connecting,
    PlatformList,
    PublicationShown,
    PublicationStatus,
    PublishAccepted,
    PublishVideo,
    Reschedule,
)
from api.schemas.text import Line
from store.tables.social import Publication
from studio.models.publication import Target

router = APIRouter(prefix="/social", tags=["social"])

CONFLICT = {409: {"model": Failure}}
_PAGE = {"text/html": {"schema": {"type": "string"}}}
_ERROR = {"application/json": {"schema": {"$ref": "#/components/schemas/Failure"}}}
PAGES = {
    400: {
        "description": "Nothing is going to be connected; the page, or the error, says why.",
        "content": {**_PAGE, **_ERROR},
    },
}
CONFIRMED = {
    400: {"description": "Nothing was connected; the page, or the error, says why.", "content": {**_PAGE, **_ERROR}},
    502: {"description": "The platform did not finish; the page says so.", "content": _PAGE},
}


def own_publication(publication_id: str, user: CurrentUser) -> Publication:
    """The caller's publication of that id."""
    return publications.get(publication_id, owner=user)


OwnPublication = Annotated[Publication, Depends(own_publication)]
ConnectingForm = Annotated[bytes, Body(media_type="application/x-www-form-urlencoded", max_length=2_000)]


@router.post("/publish", status_code=202)
def publish(
    request: Request, response: Response, user: PublishingUser, once: DoneOnce, order: PublishVideo
) -> Envelope[PublishAccepted]:
    """Publish a film, now or at `scheduled_at`; the same film at the same account is one publication."""
    accepted = publications.publish(order, owner=user, once=once)
    response.headers["Location"] = f"/social/publications/{accepted.publish_id}"
    response.headers.update(once.headers)
    return ok(request, accepted)


@router.get("/platforms")
def list_platforms(request: Request, user: CurrentUser) -> Envelope[PlatformList]:
    """Where films can be published, and what each platform takes."""
    return ok(request, social.platforms(user))


@router.get("/accounts")
def list_social_accounts(request: Request, user: CurrentUser) -> Envelope[AccountList]:
    """The connected accounts."""
    return ok(request, social.accounts(user))


@router.post("/accounts/{platform}/connect")
def connect_social_account(request: Request, user: PublishingUser, platform: Target) -> Envelope[Connecting]:
    """The address at the platform where an account is connected, open for ten minutes and once."""
    return ok(request, connecting.connect(platform, owner=user))


@router.delete("/accounts/{account_id}", status_code=204, responses=CONFLICT)  # type: ignore[arg-type]
def disconnect_social_account(account_id: str, user: PublishingUser) -> None:
    """Revoke the account's token and forget it."""
    social.disconnect(account_id, owner=user)


@router.get("/callback/{platform}", response_class=HTMLResponse, responses=PAGES)  # type: ignore[arg-type]
def finish_connecting(
    request: Request,
    platform: Target,
    state: Annotated[str, Query(max_length=200)] = "",
    code: Annotated[str, Query(max_length=4_000)] = "",
    error: Annotated[str, Query(max_length=200)] = "",
) -> HTMLResponse:
    """Where the platform sends the owner's browser back to; the page asks whether the account is to be connected."""
    return _shown(connecting.come_back(platform, state=state, code=code, error=error, language=_language(request)))


@router.post("/callback/{platform}", response_class=HTMLResponse, responses=CONFIRMED)  # type: ignore[arg-type]
def confirm_connecting(request: Request, platform: Target, form: ConnectingForm) -> HTMLResponse:
    """Connect the account that the page has asked about; what its form sends, `token=…`."""
    token = parse_qs(form.decode("latin-1")).get("token", [""])[-1]
    return _shown(connecting.confirm(platform, token=token, language=_language(request)))


@router.get("/publications")
def list_publications(
    request: Request,
    user: CurrentUser,
    platform: Target | None = None,
    status: Annotated[list[PublicationStatus] | None, Query(description="One or several.")] = None,
    video_id: Annotated[Line | None, Query(max_length=100)] = None,
    cursor: Annotated[Line | None, Query(max_length=100)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> Envelope[Page[PublicationShown]]:
    """Publications, newest first."""
    found = publications.page(
        owner=user, after=cursor, limit=limit, platform=platform, statuses=status or (), video_id=video_id
    )
    return ok(request, found)


@router.get("/publications/{publication_id}")
def get_publication(request: Request, publication: OwnPublication) -> Envelope[PublicationShown]:
    """How far a publication is."""
    return ok(request, PublicationShown.of(publication))


@router.delete("/publications/{publication_id}", status_code=202, responses=CONFLICT)  # type: ignore[arg-type]
def withdraw_publication(
    request: Request, publication: OwnPublication, _user: PublishingUser
) -> Envelope[PublicationShown]:
    """Remove a published film from the platform; the ledger keeps its line."""
    return ok(request, publications.withdraw(publication))


@router.post("/publications/{publication_id}/cancel", responses=CONFLICT)  # type: ignore[arg-type]
def cancel_publication(
    request: Request, publication: OwnPublication, _user: PublishingUser
) -> Envelope[PublicationShown]:
    """Call a publication off; what was sent already does not become visible."""
    return ok(request, publications.cancel(publication))


@router.post("/publications/{publication_id}/retry", responses=CONFLICT)  # type: ignore[arg-type]
def retry_publication(
    request: Request, publication: OwnPublication, _user: PublishingUser
) -> Envelope[PublicationShown]:
    """Try a failed publication again, from where it was."""
    return ok(request, publications.retry(publication))


@router.post("/publications/{publication_id}/reschedule", responses=CONFLICT)  # type: ignore[arg-type]
def reschedule_publication(
    request: Request, publication: OwnPublication, _user: PublishingUser, order: Reschedule
) -> Envelope[PublicationShown]:
    """Give a publication that was not begun another time."""
    return ok(request, publications.reschedule(publication, order))


def _language(request: Request) -> Language:
    return language_for(request)


def _shown(page: pages.Page) -> HTMLResponse:
    return HTMLResponse(page.text, status_code=page.status, headers=pages.HEADERS)
