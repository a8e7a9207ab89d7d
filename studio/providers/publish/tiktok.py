"""TikTok by its Content Posting API. Source: developers.tiktok.com, Content Posting API: Direct Post, Upload, Status."""

from __future__ import annotations

import time
from typing import Final

from pydantic import JsonValue

from studio.errors import ProviderRejected
from studio.models.asset import OWN
from studio.models.publication import Limits, Media, Post, Problem, Published
from studio.providers.publish import Desk, Parcel
from studio.providers.publish.choices import schema_of
from studio.providers.publish.tiktok_accounts import TikTokAccounts, vendor_of
from studio.providers.publish.tiktok_api import Api, News
from studio.providers.publish.tiktok_post import TikTokOptions, caption_of, problems_of_post
from studio.providers.publish.tiktok_upload import Session, begun, checked_news, continued, send, session_of
from studio.providers.publish.wire import carry_on
from studio.providers.vendor import Vendor

POLL_S = 5.0
"""TikTok allows 30 questions a minute."""

PATIENCE_S = 600.0
LINK_S = 30.0
"""So long a public post is waited for to get its address; moderation takes a minute, sometimes hours."""

AGAIN_S = 120.0
INBOX_NOTE: Final = "the film waits in the TikTok inbox; finish it in the app, where text and visibility are chosen"


class TikTok(TikTokAccounts):
    """Posts directly, or into the inbox of the account's app."""

    needs_account = True
    limits = Limits(
        shortest_s=3.0,
        longest_s=600.0,
        largest_bytes=4 << 30,
        smallest_px=360,
        largest_px=4096,
        lowest_fps=23.0,
        highest_fps=60.0,
        visibilities=("private", "public"),
        can_schedule=False,
        can_withdraw=False,
        words={
            "text": "title, description and tags are one caption of 2200 UTF-16 code units",
            "size": "9:16 fills the screen; 4:5 stands between two bars",
            "duration": "an account may be allowed less than 600 s; it is asked before anything is sent",
            "visibility": "apps that TikTok has not audited may post privately only",
        },
    )

    def options_schema(self) -> dict[str, JsonValue]:
        """JSON schema of TikTokOptions."""
        return schema_of(TikTokOptions)

    def problems(self, post: Post, media: Media | None) -> list[Problem]:
        """What TikTok would refuse."""
        return problems_of_post(post, media)

    def publish(self, parcel: Parcel, desk: Desk) -> Published:
        """See `Publisher`."""
        return carry_on(
            lambda: self._go_on(parcel, desk),
            has_begun=lambda: desk.saved.get("init") == "answered",
            reached=lambda: _confirmed(desk),
        )

    def abandon(self, parcel: Parcel, desk: Desk) -> None:
        """Nothing is visible before the last chunk; after it TikTok is asked to drop the post, and what came of that."""
        session = session_of(desk)
        if session is None or not session.is_ending:
            return
        vendor = vendor_of()
        api = Api(vendor, desk)
        # At once, not after a look: what TikTok has finished it does not drop.
        api.cancel(session.publish_id)
        news = _settled(api, session)
        if news.state == "PUBLISH_COMPLETE":
            raise ProviderRejected(
                "publish", self.name, "TikTok has shown the film already; remove it in the TikTok app"
            )
        if not news.is_done and news.state != "FAILED" and not news.counts_less_than(session.size):
            raise vendor.unavailable("it does not say yet what becomes of the film")

    def withdraw(self, published: Published, desk: Desk) -> None:
        """TikTok's API removes nothing."""
        raise ProviderRejected("publish", self.name, "TikTok lets nobody but its user remove films; do it in the app")

    def _go_on(self, parcel: Parcel, desk: Desk) -> Published:
        vendor = vendor_of()
        api = Api(vendor, desk)
        session = session_of(desk)
        if session is not None:
            news = checked_news(api.news(session.publish_id), session, vendor, desk)
            if news.is_done:
                return _published(session, news, parcel.post)
            session = continued(session, news, parcel.media, vendor)
        if session is None:
            session = begun(api, vendor, parcel, desk)
        send(vendor, session, parcel, desk)
        return _awaited(api, vendor, parcel.post, desk)


def _confirmed(desk: Desk) -> int:
    session = session_of(desk)
    return session.confirmed if session else 0


def _settled(api: Api, session: Session) -> News:
    """The newest word on a post that TikTok was asked to drop."""
    news = News("")
    for _ in range(3):
        news = api.news(session.publish_id)
        if news.is_done or news.state == "FAILED":
            break
        time.sleep(POLL_S)
    return news


def _awaited(api: Api, vendor: Vendor, post: Post, desk: Desk) -> Published:
    """
    The post once TikTok has made it.

    Raises:
        ProviderUnavailable: it is still being made; AGAIN_S says when to ask.
        ProviderRejected: TikTok did not like it.
    """
    session = session_of(desk)
    assert session is not None
    deadline = time.monotonic() + PATIENCE_S
    while True:
        desk.report("processing", sent=session.size)
        news = checked_news(api.news(session.publish_id), session, vendor, desk)
        if news.is_done:
            return _published(session, _with_address(api, session, news, post), post)
        if time.monotonic() > deadline:
            error = vendor.unavailable("it is still working on the film")
            error.retry_after = AGAIN_S
            raise error
        time.sleep(POLL_S)


def _with_address(api: Api, session: Session, news: News, post: Post) -> News:
    """*news*, with the public id where that comes soon; it is told no more of the waiting."""
    deadline = time.monotonic() + LINK_S
    while news.state == "PUBLISH_COMPLETE" and post.visibility == "public" and not news.posts:
        if time.monotonic() > deadline:
            break
        time.sleep(POLL_S)
        news = api.news(session.publish_id)
    return news


def _published(session: Session, news: News, post: Post) -> Published:
    if news.state == "SEND_TO_USER_INBOX":
        names = ", ".join(dict.fromkeys(each.author for each in post.credits if each.licence != OWN.licence))
        notes = (INBOX_NOTE, *([f"the text has to name whose material is in the film: {names}"] if names else []))
        return Published(remote_id=session.publish_id, visibility="private", notes=notes)
    profile = f"https://www.tiktok.com/@{session.username}" if session.username else ""
    notes = caption_of(post).notes
    if not news.posts:
        if post.visibility == "public":
            notes = (*notes, "TikTok tells a film's own address after its moderation; the link leads to the account")
        return Published(remote_id=session.publish_id, url=profile, visibility=post.visibility, notes=notes)
    url = f"{profile}/video/{news.posts[0]}" if profile else ""
    return Published(remote_id=news.posts[0], url=url, visibility=post.visibility, notes=notes)
