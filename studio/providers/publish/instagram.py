"""
Instagram Reels by Meta's Graph API. Source: developers.facebook.com, Instagram Platform, Content Publishing.

A film is uploaded into a container, which nobody sees, and a container is published once. So another container is begun
only after it was asked what became of the one before, and of the account's newest posts where it does not say.
"""

from __future__ import annotations

import time

from pydantic import JsonValue

from studio.errors import ProviderError, ProviderNotReady, ProviderRejected
from studio.models.publication import Limits, Media, Post, Problem, Published
from studio.providers.fields import Row, name_of, text_of
from studio.providers.publish import Desk, Parcel
from studio.providers.publish.choices import schema_of
from studio.providers.publish.instagram_accounts import InstagramAccounts, vendor_of
from studio.providers.publish.instagram_api import Api, State, id_of
from studio.providers.publish.instagram_post import InstagramOptions, caption_of, problems_of_post
from studio.providers.publish.instagram_upload import Container, begun, container_of, continued, kept, send, wait_for
from studio.providers.publish.wire import carry_on
from studio.providers.vendor import Vendor

POLL_S = 5.0
LOOKS = 3
"""So often a post that is there is looked for among the newest ones, which may come late."""


class Instagram(InstagramAccounts):
    """Posts reels, which everybody sees."""

    needs_account = True
    limits = Limits(
        shortest_s=3.0,
        longest_s=900.0,
        largest_bytes=300 << 20,
        lowest_ratio=0.01,
        highest_ratio=10.0,
        lowest_fps=23.0,
        highest_fps=60.0,
        visibilities=("public",),
        can_schedule=False,
        words={
            "text": "title, description and tags are one caption of 2200 characters, 30 hashtags and 20 mentions",
            "size": "at most 1920 px wide; 9:16 fills the screen of a reel, 4:5 is the tallest that the feed shows uncut",
            "withdraw": "takes the permission instagram_manage_contents, which Meta grants to few apps",
        },
    )

    def options_schema(self) -> dict[str, JsonValue]:
        """JSON schema of InstagramOptions."""
        return schema_of(InstagramOptions)

    def problems(self, post: Post, media: Media | None) -> list[Problem]:
        """What Instagram would refuse."""
        return problems_of_post(post, media)

    def publish(self, parcel: Parcel, desk: Desk) -> Published:
        """See `Publisher`."""
        return carry_on(lambda: self._go_on(parcel, desk), has_begun=lambda: desk.saved.get("create") == "answered")

    def abandon(self, parcel: Parcel, desk: Desk) -> None:
        """A container that was not published is seen by nobody and expires; what was published is deleted."""
        api = Api(vendor_of(), desk)
        post, container = _post_of(desk), container_of(desk)
        if not post:
            if container is None or not container.is_publishing:
                return
            is_published = api.state(container.id).code == "PUBLISHED"
            post = name_of((_sought(api, parcel, container) or {}).get("id"))
            if not post:
                if is_published:
                    message = "Instagram has shown the film already; remove it in the Instagram app"
                    raise ProviderRejected("publish", self.name, message)
                return
            desk.save(media_id=post)
        api.remove(post)

    def withdraw(self, published: Published, desk: Desk) -> None:
        """Delete the post, where the account has granted that."""
        if not name_of(published.remote_id):
            raise ProviderRejected("publish", self.name, "its id is not known; remove it in the Instagram app")
        Api(vendor_of(), desk).remove(published.remote_id)

    def _go_on(self, parcel: Parcel, desk: Desk) -> Published:
        vendor = vendor_of()
        api = Api(vendor, desk)
        if post := _post_of(desk):
            return _shown(api, post, parcel.post)
        container, state = container_of(desk), State("IN_PROGRESS", 0)
        if container is not None:
            state = api.state(container.id)
            published = _published_before(api, state, parcel, container)
            if published is not None:
                return published
            container = continued(container, state, parcel.media, vendor, desk)
        if container is None:
            container, state = begun(api, vendor, parcel, desk), State("IN_PROGRESS", 0)
        container = send(api, vendor, container, state, parcel, desk)
        wait_for(api, vendor, container, desk)
        return _make_visible(api, vendor, container, parcel, desk)


def _post_of(desk: Desk) -> str:
    return name_of(desk.saved.get("media_id"))


def _published_before(api: Api, state: State, parcel: Parcel, container: Container) -> Published | None:
    """The post that an earlier try has made; None where there is none."""
    if state.code == "PUBLISHED":
        found = _sought(api, parcel, container)
    elif container.is_publishing:
        found = _seen(api, parcel, container)
        if found is None:
            return None
    else:
        return None
    if found is None:
        note = "Instagram has published the film and does not list it yet, so its address is not known"
        return Published(remote_id="", visibility="public", notes=(*caption_of(parcel.post).notes, note))
    return Published(
        remote_id=name_of(found.get("id")),
        url=text_of(found.get("permalink")),
        visibility="public",
        notes=caption_of(parcel.post).notes,
    )


def _sought(api: Api, parcel: Parcel, container: Container) -> Row | None:
    """Our post among the newest ones, looked for more than once."""
    for number in range(LOOKS):
        if number:
            time.sleep(POLL_S)
        if found := _seen(api, parcel, container):
            return found
    return None


def _seen(api: Api, parcel: Parcel, container: Container) -> Row | None:
    """A post with our caption that was not there before."""
    caption = _line(caption_of(parcel.post).text)
    for row in api.recent(parcel.remote_account):
        post = name_of(row.get("id"))
        if post and post not in container.before and _line(row.get("caption")) == caption:
            return row
    return None


def _line(text: object) -> str:
    """*text* as it can be compared: Instagram is free with line breaks."""
    return " ".join(str(text or "").split())


def _make_visible(api: Api, vendor: Vendor, container: Container, parcel: Parcel, desk: Desk) -> Published:
    """The post of a finished container. After this no report asks whether it is still wanted: it is there."""
    desk.report("processing", sent=container.size)
    if not container.is_publishing:
        before = tuple(name_of(row.get("id")) for row in api.recent(parcel.remote_account))
        container = kept(desk, container, is_publishing=True, before=before)
    try:
        answer = api.call("POST", f"/{parcel.remote_account}/media_publish", creation_id=container.id)
    except (ProviderRejected, ProviderNotReady) as error:
        # What was asked for twice may be refused because it was done the first time.
        if api.state(container.id).code == "PUBLISHED":
            raise vendor.unavailable("it has published the film already") from error
        raise
    post = id_of(vendor, answer)
    desk.save(media_id=post)
    return _shown(api, post, parcel.post)


def _shown(api: Api, post: str, of: Post) -> Published:
    """The post with its address; it is published, so nothing that goes wrong here is an error."""
    notes, url = caption_of(of).notes, ""
    try:
        url = text_of(api.call("GET", f"/{post}", fields="permalink").get("permalink"))
    except ProviderError:
        notes = (*notes, "Instagram did not tell the film's address; it is in the account")
    return Published(remote_id=post, url=url, visibility="public", notes=notes)
