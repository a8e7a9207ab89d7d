"""The ledger of publications: films are asked for here, and their runs are begun and tended."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from contextlib import suppress

from sqlmodel import Session

from api import runs
from api.envelope import ErrorDetail
from api.errors import ApiError, NotFound, conflict
from api.filmsources import film_of
from api.once import Once
from api.schemas.page import Page
from api.schemas.social import (
    PublicationShown,
    PublicationStatus,
    PublishAccepted,
    PublishVideo,
    Reschedule,
)
from api.schemas.targets import PublishTarget
from api.social import PlatformNotReady, publisher_of
from api.tending import tend
from store.repos.publications import BEFORE, Publications
from store.repos.social import SocialAccounts
from store.repos.videos import Videos
from store.session import DatabaseAway, reading, transaction
from store.tables.base import utc_now
from store.tables.social import Publication
from store.tables.users import User
from store.tables.videos import Video
from studio.errors import ProviderNotReady
from studio.models.publication import Post, Problem, Target, Visibility
from studio.models.rendition import Rendition
from studio.models.script import Script
from studio.providers.publish import Publisher
from studio.providers.publish.rules import problems_of

DEPLOYMENT = "publish-video/default"


class AccountMissing(ApiError):
    """No account is connected, or several are and none is named."""

    status, code = 400, "ACCOUNT_NOT_CONNECTED"


class PostRefused(ApiError):
    """The platform would refuse it; the details say what to change."""

    status, code = 400, "PLATFORM_REFUSES"


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
        visibility=_visibility(order.visibility, publisher),
        options=order.options,
        credits=film.credits,
        language=film.language,
    )
    _refuse(problems_of(post, film.media, publisher))
    with transaction() as session:
        earlier = once.claim(session, owner_id=owner.id)
        if earlier is not None:
            return PublishAccepted.model_validate(earlier)
        row = _line(session, order, post, publisher, owner=owner)
        row.object_key, row.source_url, row.video_id = film.object_key, film.source_url, film.video_id
        row.current_key = current_key(row, film.object_key or film.source_url)
        publications = Publications(session, owner_id=owner.id)
        kept = publications.add(row)
        if kept.state == "failed" and kept.current_key:  # something of it may be there: a second one would be two
            publications.begin_again(kept, kept.current_key)
            session.refresh(kept)
        accepted = PublishAccepted(publish_id=kept.id, status=kept.state, platform=order.platform)
        once.keep(session, owner_id=owner.id, data=accepted.model_dump(mode="json"))
    with suppress(DatabaseAway, runs.PrefectUnavailable):  # it is written down: the reconciler begins it
        begin_due()
    return accepted


def hand_over(session: Session, targets: Iterable[PublishTarget], video: Video, *, owner: User) -> None:
    """
    Write down where *video* goes when it is done; in the transaction that adds it.

    Raises:
        AccountMissing: there is nowhere to send it to.
        PostRefused: the platform would refuse the texts.
    """
    for target in targets:
        publisher = publisher_of(target.platform, field="publish.platform")
        post = Post(
            title=target.title or video.title,
            description=target.description or "",
            tags=tuple(video.tags) if target.tags is None else target.tags,
            visibility=_visibility(target.visibility, publisher),
            options=target.options,
        )
        _refuse(problems_of(post, None, publisher), at="publish.")
        row = _line(session, target, post, publisher, owner=owner)
        row.state, row.video_id = "waiting_for_video", video.id
        row.current_key = current_key(row, video.id)
        Publications(session, owner_id=owner.id).add(row)


def line_for(session: Session, platform: Target, *, title: str, account_id: str | None, owner: User) -> Publication:
    """
    A line of the ledger with nothing but a title, for the command line.

    Raises:
        AccountMissing: there is nowhere to send it to.
        PostRefused: the platform would refuse the title, or has to be set up first.
    """
    publisher = publisher_of(platform, field="publish")
    post = Post(title=title, visibility=_visibility(None, publisher))
    _refuse(problems_of(post, None, publisher), at="publish.")
    return _line(session, PublishTarget(platform=platform, account_id=account_id), post, publisher, owner=owner)


def current_key(row: Publication, film: str | None) -> str:
    """What keeps a second publication of *film* at the row's account away."""
    name = hashlib.sha256((film or "").encode("utf-8", "surrogatepass")).hexdigest()
    return f"{row.platform}/{row.account_id or row.owner_id}/{name}"


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
    with suppress(DatabaseAway, runs.PrefectUnavailable):
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
    with suppress(DatabaseAway, runs.PrefectUnavailable):
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
            raise conflict("status", "the publication was begun already")
    return _now(publication)


def begin_due() -> None:
    """
    Begin what is due and may begin: see `Publications.claim_due`.

    Raises:
        PrefectUnavailable: the next round does it.
    """
    with transaction() as session:
        everyone = Publications.of_everyone(session)
        _take_over(session, everyone)
        everyone.ripen(utc_now())
        claimed = everyone.claim_due()
    for place, row in enumerate(claimed):
        try:
            _Publishing().start(row)
        except runs.PrefectUnavailable:
            # This one's run may have been created without our hearing of it: it is asked for again, by the same key.
            with transaction() as session:
                for left in claimed[place + 1 :]:
                    Publications.of_everyone(session).unclaim(left)
            raise


def tend_publications() -> None:
    """
    One round over publications: begin what is due, begin again what died.

    Raises:
        PrefectUnavailable: the next round goes on.
    """
    begin_due()
    with reading() as session:
        running = Publications.of_everyone(session).in_flight()
    if running:
        tend(running, _Publishing())


class _Publishing:
    """How publications are begun and closed."""

    def start(self, row: Publication) -> None:
        parameters = {"publication_id": row.id, "title": f"{row.platform}: {row.post.get('title', '')}"[:200]}
        run_id = runs.start_errand(DEPLOYMENT, key=f"{row.id}/{row.attempt}", parameters=parameters)
        with transaction() as session:
            Publications.of_everyone(session).note_run(row.id, run_id, attempt=row.attempt)

    def claim_restart(self, row: Publication) -> bool:
        with transaction() as session:
            return Publications.of_everyone(session).claim_restart(row)

    def give_up(self, row: Publication) -> None:
        self._fail(row, f"its process died {row.restarts + 1} times")

    def close(self, row: Publication, run: runs.Run) -> None:
        self._fail(row, f"flow run {run.id} ended without a word")

    def _fail(self, row: Publication, why: str) -> None:
        with transaction() as session:
            Publications.of_everyone(session).change(
                row.id,
                state="failed",
                current_key=row.current_key if row.saved else None,
                error_code="INTERNAL_ERROR",
                error_message=why,
                finished_at=utc_now(),
            )


def _take_over(session: Session, publications: Publications) -> None:
    """Films that are done are due; those that were not made are not published."""
    for row in publications.waiting_for_video():
        video = Videos.of_everyone(session).get(row.video_id or "")
        if video is not None and not video.completed_at:
            continue
        if video is not None and video.ended_as == "completed" and video.rendition:
            rendition = Rendition.model_validate(video.rendition)
            # From now on the file says which film it is: the same may have been asked for by its link.
            key = current_key(row, rendition.video.key)
            counts = publications.counting(key)
            if counts is not None and counts.id != row.id:
                publications.change(row.id, state="cancelled", current_key=None, finished_at=utc_now())
                continue
            language = Script.model_validate(video.script).language if video.script else ""
            post = Post.model_validate(row.post).model_copy(update={"credits": rendition.credits, "language": language})
            publications.change(
                row.id,
                object_key=rendition.video.key,
                current_key=key,
                post=post.model_dump(mode="json"),
                state="scheduled",
                scheduled_at=row.scheduled_at or utc_now(),
            )
        elif video is None or video.ended_as == "cancelled":
            publications.change(row.id, state="cancelled", current_key=None, finished_at=utc_now())


def _line(
    session: Session, order: PublishVideo | PublishTarget, post: Post, publisher: Publisher, *, owner: User
) -> Publication:
    try:
        publisher.check()
    except ProviderNotReady as error:
        detail = ErrorDetail(field="platform", message=str(error), type="not_ready")
        raise PlatformNotReady(details=[detail]) from error
    account_id = None
    if publisher.needs_account:
        account_id = _account_of(session, order.platform, order.account_id, owner=owner)
    is_later = order.scheduled_at is not None and order.scheduled_at > utc_now()
    return Publication(
        owner_id=owner.id,
        platform=order.platform,
        account_id=account_id,
        post=post.model_dump(mode="json"),
        scheduled_at=order.scheduled_at,
        state="scheduled" if is_later else "pending",
    )


def _account_of(session: Session, platform: Target, account_id: str | None, *, owner: User) -> str:
    found = list(SocialAccounts(session, owner_id=owner.id).all(platform=platform))
    if account_id is not None:
        found = [each for each in found if each.id == account_id]
    usable = [each for each in found if each.state == "connected"]
    if len(usable) == 1:
        return usable[0].id
    if len(usable) > 1:
        message = f"several accounts are connected; name one of {', '.join(each.id for each in usable)}"
    elif found:
        message = f"connect the account again: POST /social/accounts/{platform}/connect"
    elif account_id is not None:
        message = f"there is no such account at {platform}; GET /social/accounts lists them"
    else:
        message = f"connect an account first: POST /social/accounts/{platform}/connect"
    raise AccountMissing(details=[ErrorDetail(field="account_id", message=message, type="account_not_connected")])


def _visibility(wanted: Visibility | None, publisher: Publisher) -> Visibility:
    """What was asked for; private where nothing was and the platform has that."""
    known = publisher.limits.visibilities
    return wanted or ("private" if "private" in known else known[0])


def _refuse(problems: Sequence[Problem], *, at: str = "") -> None:
    if not problems:
        return
    below_content = ("title", "description", "tags", "video_url")
    details = [
        ErrorDetail(
            field=f"{at or ('content.' if each.field in below_content else '')}{each.field}",
            message=each.message,
            type="platform_refuses",
        )
        for each in problems
    ]
    raise PostRefused(details=details)


def _now(publication: Publication) -> PublicationShown:
    with reading() as session:
        found = Publications(session, owner_id=publication.owner_id).get(publication.id)
    if found is None:
        raise NotFound
    return PublicationShown.of(found)
