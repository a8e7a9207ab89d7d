"""Lines of the ledger of publications: what a film has to be, and who has to be connected, before one is written."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlmodel import Session

from store.repos.publications import Publications
from store.repos.social import SocialAccounts
from store.repos.videos import Videos
from store.tables.base import utc_now
from store.tables.social import Publication
from store.tables.videos import Video
from studio.errors import AccountMissing, BadInput, PlatformNotReady, PostRefused, ProviderNotReady, UnknownName
from studio.models.publication import Destination, Post, Problem, Target, Visibility
from studio.models.rendition import Rendition
from studio.models.script import Script
from studio.providers import publish
from studio.providers.publish import Publisher
from studio.providers.publish.rules import problems_of

BELOW_CONTENT = ("title", "description", "tags", "video_url")
"""Fields of a post that stand below `content` in a request to publish."""

LATE = timedelta(minutes=10)
"""A time that passed so short a while ago is now: clocks differ, and requests are sent again."""


def publisher_of(platform: Target, *, field: str = "platform") -> Publisher:
    """
    Who publishes there.

    Raises:
        UnknownName: nobody.
    """
    if platform not in publish.catalog:
        raise UnknownName(str(platform), field=field, known=publish.catalog)
    return publish.catalog.open(platform)


def destinations_of(names: Sequence[str], *, field: str) -> tuple[Destination, ...]:
    """
    Where films go by short names: "folder", "youtube", "youtube:account_…".

    Raises:
        UnknownName: there is no such platform.
    """
    found = []
    for name in names:
        platform, _, account_id = name.partition(":")
        if platform not in list(Target):
            raise UnknownName(platform, field=field, known=Target)
        found.append(Destination(platform=Target(platform), account_id=account_id or None))
    return tuple(found)


def hand_over(
    session: Session, destinations: Iterable[Destination], video: Video, *, owner_id: str, field: str | None = None
) -> None:
    """
    Write down where *video* goes when it is done; in the transaction that adds it.

    Args:
        field: what errors are said of; None names platform and account apart.

    Raises:
        UnknownName: there is no such platform.
        AccountMissing: there is nowhere to send it to.
        PlatformNotReady: the operator has something to set first.
        PostRefused: the platform would refuse the texts.
    """
    for destination in destinations:
        row = line_of(
            session,
            destination,
            title=video.title,
            description=str(video.brief.get("description", "")),
            tags=tuple(video.tags),
            owner_id=owner_id,
            field=field,
        )
        row.state, row.video_id = "waiting_for_video", video.id
        row.current_key = current_key(row, video.id)
        Publications(session, owner_id=owner_id).add(row)


def line_of(
    session: Session,
    destination: Destination,
    *,
    title: str,
    owner_id: str,
    description: str = "",
    tags: tuple[str, ...] = (),
    field: str | None = None,
) -> Publication:
    """
    A line for a film called *title* that is not there yet; it is not added. Raises as `hand_over`.

    Args:
        description: the film's own, where the destination has none; left out where the platform would refuse it.
        tags: the film's own, where the destination has none.
    """
    publisher = publisher_of(destination.platform, field=field or "publish.platform")
    post = Post(
        title=destination.title or title,
        description=description if destination.description is None else destination.description,
        tags=tags if destination.tags is None else destination.tags,
        visibility=visibility_of(destination.visibility, publisher),
        options=destination.options,
    )
    found = problems_of(post, None, publisher)
    if destination.description is None and any(each.field == "description" for each in found):
        post = post.model_copy(update={"description": ""})
        found = problems_of(post, None, publisher)
    refuse(found, at="publish.")
    return line(
        session,
        post,
        publisher,
        owner_id=owner_id,
        account_id=destination.account_id,
        scheduled_at=destination.scheduled_at,
        field=field,
    )


def line(
    session: Session,
    post: Post,
    publisher: Publisher,
    *,
    owner_id: str,
    account_id: str | None,
    scheduled_at: datetime | None,
    field: str | None = None,
) -> Publication:
    """
    A line for *post*, which the platform takes; it names no film and is not added.

    Raises:
        AccountMissing: there is nowhere to send it to.
        BadInput: its time has passed.
        PlatformNotReady: the operator has something to set first.
    """
    if scheduled_at is not None and scheduled_at < utc_now() - LATE:
        # Whoever was wrong by a year would find the film before the public at once.
        raise BadInput("has passed; leave it out to publish now", field=field or "scheduled_at")
    try:
        publisher.check()
    except ProviderNotReady as error:
        raise PlatformNotReady(str(error), field=field or "platform") from error
    platform = Target(publisher.name)
    if account_id is not None and not publisher.needs_account:
        raise AccountMissing(f"{platform} has no accounts; leave it out", field=field or "account_id")
    if publisher.needs_account:
        account_id = _account_of(session, platform, account_id, owner_id=owner_id, field=field or "account_id")
    is_later = scheduled_at is not None and scheduled_at > utc_now()
    return Publication(
        owner_id=owner_id,
        platform=platform,
        account_id=account_id,
        post=post.model_dump(mode="json"),
        scheduled_at=scheduled_at,
        state="scheduled" if is_later else "pending",
    )


def current_key(row: Publication, film: str | None) -> str:
    """What keeps a second publication of *film* at the row's account away."""
    name = hashlib.sha256((film or "").encode("utf-8", "surrogatepass")).hexdigest()
    return f"{row.platform}/{row.account_id or row.owner_id}/{name}"


def visibility_of(wanted: Visibility | None, publisher: Publisher) -> Visibility:
    """What was asked for; private where nothing was and the platform has that."""
    known = publisher.limits.visibilities
    return wanted or ("private" if "private" in known else known[0])


def refuse(problems: Sequence[Problem], *, at: str = "") -> None:
    """
    Return where there is no problem.

    Args:
        at: where the post's fields stand in what was asked; in a request to publish without.

    Raises:
        PostRefused: every problem by its field.
    """
    if problems:
        raise PostRefused([(f"{at or _below(each.field)}{each.field}", each.message) for each in problems])


def take_over(session: Session) -> None:
    """Films that are done are due; those that were not made are not published."""
    publications = Publications.of_everyone(session)
    for row in publications.waiting_for_video():
        video = Videos.of_everyone(session).get(row.video_id or "")
        if video is not None and not video.completed_at:
            continue
        if video is not None and video.ended_as == "completed" and video.rendition:
            _ripen(publications, row, video)
        elif video is None or video.ended_as == "cancelled":
            publications.change(row.id, state="cancelled", current_key=None, finished_at=utc_now())


def _ripen(publications: Publications, row: Publication, video: Video) -> None:
    rendition = Rendition.model_validate(video.rendition)
    # From now on the file says which film it is: the same may have been asked for by its link.
    key = current_key(row, rendition.video.key)
    counts = publications.counting(key)
    if counts is not None and counts.id != row.id:
        publications.change(row.id, state="cancelled", current_key=None, finished_at=utc_now())
        return
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


def _account_of(session: Session, platform: Target, account_id: str | None, *, owner_id: str, field: str) -> str:
    found = list(SocialAccounts(session, owner_id=owner_id).all(platform=platform))
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
    raise AccountMissing(message, field=field)


def _below(field: str) -> str:
    return "content." if field in BELOW_CONTENT else ""
