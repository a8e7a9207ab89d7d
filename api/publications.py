"""The ledger of publications: films are asked for here, looked up, called off and given another time."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

from sqlmodel import Session

from api.errors import NotFound, conflict
from api.filmsources import film_of
from api.once import Once
from api.prefectclient import PrefectUnavailable
from api.publishing import begin_due
from api.schemas.page import Page
from api.schemas.social import (
    PublicationShown,
    PublicationStatus,
    PublishAccepted,
    PublishVideo,
    Reschedule,
)
from api.schemas.targets import PublishTarget
from store import ledger
from store.ledger import current_key, line, publisher_of, refuse, visibility_of
from store.repos.publications import BEFORE, Publications
from store.session import DatabaseAway, reading, transaction
from store.tables.base import utc_now
from store.tables.social import Publication
from store.tables.users import User
from store.tables.videos import Video
from studio.models.publication import Destination, Post, Problem, Target
from studio.providers.publish.rules import problems_of


def publish(order: PublishVideo, *, owner: User, once: Once) -> PublishAccepted:
    """
    Write the publication down, then start it; the same film at the same account is one publication.

    Raises:
        BadInput: it names something that is not here.
        AccountMissing: there is nowhere to send it to.
        PlatformNotReady: the operator has something to set first.
        PostRefused: the platform would refuse it.
    """
    publisher = publisher_of(order.platform)
    content = order.content
    film = film_of(order.content.video_url, order.video_id, owner=owner)
    post = Post(
        title=content.title,
        description=content.description,
        tags=content.tags,
        visibility=visibility_of(order.visibility, publisher),
        options=order.options,
        credits=film.credits,
        language=film.language,
    )
    refuse(_named(problems_of(post, film.media, publisher), order))
    with transaction() as session:
        earlier = once.claim(session, owner_id=owner.id)
        if earlier is not None:
            return PublishAccepted.model_validate(earlier)
        row = line(
            session, post, publisher, owner_id=owner.id, account_id=order.account_id, scheduled_at=order.scheduled_at
        )
        row.object_key, row.source_url, row.video_id = film.object_key, film.source_url, film.video_id
        row.current_key = current_key(row, film.object_key or film.source_url)
        publications = Publications(session, owner_id=owner.id)
        kept = publications.add(row)
        if kept.state == "failed" and kept.current_key:  # something of it may be there: a second one would be two
            publications.begin_again(kept, kept.current_key)
            session.refresh(kept)
        accepted = PublishAccepted(publish_id=kept.id, status=kept.state, platform=order.platform)
        once.keep(session, owner_id=owner.id, data=accepted.model_dump(mode="json"))
    with suppress(DatabaseAway, PrefectUnavailable):  # it is written down: the reconciler begins it
        begin_due()
    return accepted


def hand_over(session: Session, targets: Iterable[PublishTarget], video: Video, *, owner: User) -> None:
    """
    Write down where *video* goes when it is done; in the transaction that adds it.

    Raises:
        AccountMissing: there is nowhere to send it to.
        PlatformNotReady: the operator has something to set first.
        PostRefused: the platform would refuse the texts.
    """
    destinations = [Destination.model_validate(target.model_dump()) for target in targets]
    ledger.hand_over(session, destinations, video, owner_id=owner.id)


def get(publication_id: str, *, owner: User) -> Publication:
    """
    The owner's publication.

    Raises:
        NotFound: this owner has none of that id.
    """
    with reading() as session:
        found = Publications(session, owner_id=owner.id).get(publication_id)
    if found is None:
        raise NotFound
    return found


def page(
    *,
    owner: User,
    after: str | None,
    limit: int,
    platform: Target | None,
    statuses: Iterable[PublicationStatus],
    video_id: str | None,
) -> Page[PublicationShown]:
    """The owner's publications that are older than *after*, newest first, at most *limit*."""
    with reading() as session:
        rows = Publications(session, owner_id=owner.id).page(
            after=after, most=limit + 1, platform=platform, states=statuses, video_id=video_id
        )
    items = [PublicationShown.of(row) for row in rows[:limit]]
    has_more = len(rows) > limit
    return Page(items=items, next_cursor=items[-1].id if has_more else None, has_more=has_more)


def cancel(publication: Publication) -> PublicationShown:
    """
    Call the publication off: at once where nothing was sent, else its run sees to it that nothing stays visible.

    Raises:
        Conflict: it is published, or over.
    """
    if publication.state == "cancelled":
        return PublicationShown.of(publication)
    if publication.is_over:
        raise conflict("status", f"the publication is {publication.state}")
    with transaction() as session:
        publications = Publications(session, owner_id=publication.owner_id)
        # What a run began may have reached the platform: a run has to find out.
        if publication.started_at or not publications.cancel_waiting(publication.id):
            publications.change(publication.id, cancel_requested_at=utc_now(), retry_at=None)
            publications.change_if(publication.id, states=("scheduled",), state="pending")
    return _now(publication)


def retry(publication: Publication) -> PublicationShown:
    """
    Try a failed publication again: it goes on from what its publisher has written down.

    Raises:
        Conflict: it did not fail, or the same film was published meanwhile.
    """
    if publication.state != "failed":
        raise conflict("status", "only a publication that failed can be tried again")
    key = current_key(publication, publication.object_key or publication.source_url or publication.video_id or "")
    with transaction() as session:
        publications = Publications(session, owner_id=publication.owner_id)
        counts = publications.counting(key)
        if counts is not None and counts.id != publication.id:
            raise conflict("status", "the same film was published at this account meanwhile")
        publications.begin_again(publication, key)
    with suppress(DatabaseAway, PrefectUnavailable):
        begin_due()
    return _now(publication)


def withdraw(publication: Publication) -> PublicationShown:
    """
    Remove the film from the platform, or forget a publication that was not made.

    Raises:
        Conflict: it is being made; cancel it first. Or the platform lets nobody but its user remove films.
    """
    if publication.state in ("withdrawing", "withdrawn"):
        return PublicationShown.of(publication)
    if not publication.is_over:
        raise conflict("status", f"the publication is {publication.state}; cancel it first")
    if publication.state != "published":
        raise conflict("status", f"the publication is {publication.state}; nothing of it is at the platform")
    if not publisher_of(Target(publication.platform)).limits.can_withdraw:
        raise conflict("platform", f"{publication.platform} lets nobody but its user remove films; do it there")
    with transaction() as session:
        Publications(session, owner_id=publication.owner_id).change(
            publication.id,
            state="withdrawing",
            run_id=None,
            attempt=publication.attempt + 1,
            restarts=0,
            finished_at=None,
        )
    with suppress(DatabaseAway, PrefectUnavailable):
        begin_due()
    return _now(publication)


def reschedule(publication: Publication, order: Reschedule) -> PublicationShown:
    """
    Give the publication another time.

    Raises:
        Conflict: it was begun.
    """
    with transaction() as session:
        publications = Publications(session, owner_id=publication.owner_id)
        waits = publication.state == "waiting_for_video"
        changed = not publication.started_at and publications.change_if(
            publication.id,
            states=BEFORE,
            scheduled_at=order.scheduled_at,
            state="waiting_for_video" if waits else "scheduled",
        )
        if not changed:
            raise conflict("status", f"the publication is {_met(publications, publication)}; it has no time any more")
    return _now(publication)


def _named(problems: Iterable[Problem], order: PublishVideo) -> list[Problem]:
    """*problems*, those with the film said of whichever field has named it."""
    film = "video_url" if order.video_id is None else "video_id"
    return [each.model_copy(update={"field": film}) if each.field == "video_url" else each for each in problems]


def _met(publications: Publications, publication: Publication) -> str:
    """In which state it was found, in words; a line that was begun may be waiting for its next try."""
    found = publications.get(publication.id) or publication
    return found.state if found.is_over or not found.started_at else "begun already"


def _now(publication: Publication) -> PublicationShown:
    with reading() as session:
        found = Publications(session, owner_id=publication.owner_id).get(publication.id)
    if found is None:
        raise NotFound
    return PublicationShown.of(found)
