"""
How a film gets to Instagram: into a container, which nobody sees until it is published.

Source: developers.facebook.com, Instagram Platform, Content Publishing: Resumable Uploads.
"""

from __future__ import annotations

import time
from typing import Any, Final

from pydantic import ValidationError

from studio.errors import ProviderError, ProviderNotReady
from studio.models.base import Model
from studio.models.publication import Media
from studio.providers.fields import row_of
from studio.providers.publish import Desk, Parcel
from studio.providers.publish.instagram_accounts import PUBLIC_ROOT
from studio.providers.publish.instagram_api import Api, State, codes_of, error_of, error_of_subcode, id_of, over_quota
from studio.providers.publish.instagram_post import said_of
from studio.providers.publish.wire import Answer, Part, ask, own_address
from studio.providers.vendor import Vendor

UPLOAD_HOSTS: Final = ("facebook.com", "instagram.com")

POLL_S = 5.0
PATIENCE_S = 600.0
AGAIN_S = 120.0


class Container(Model):
    """A container that was begun, as it is written down."""

    id: str
    uri: str
    sha256: str
    size: int
    is_sent: bool = False
    """Whether Instagram has answered for all bytes."""
    is_publishing: bool = False
    """Whether it was asked to publish it, maybe without an answer."""
    before: tuple[str, ...] = ()
    """The account's newest posts just before that: none of them is ours."""


def container_of(desk: Desk) -> Container | None:
    """What is written down; nothing where it was closed, or cannot be read."""
    try:
        return Container.model_validate(desk.saved.get("container"))
    except ValidationError:
        return None


def kept(desk: Desk, container: Container, **changes: Any) -> Container:
    """The container with *changes*, written down."""
    changed = container.model_copy(update=changes)
    desk.save(container=changed.model_dump(mode="json"))
    return changed


def continued(container: Container, state: State, media: Media, vendor: Vendor, desk: Desk) -> Container | None:
    """The container as it goes on; None where another one is needed. It was not published."""
    if state.code == "ERROR":
        raise _failed(state, vendor, desk)
    if state.code in ("EXPIRED", "MISSING") or container.sha256 != media.sha256:
        return None
    return container


def _failed(state: State, vendor: Vendor, desk: Desk) -> ProviderError:
    """The error of a container that came to nothing; it is closed."""
    # Not "answered": the whole film again is left to the task's pauses.
    desk.save(container=None, create="failed")
    return error_of_subcode(vendor, state.subcode)


def begun(api: Api, vendor: Vendor, parcel: Parcel, desk: Desk) -> Container:
    """
    A new container without a byte.

    When its answer is lost, nobody ever learns its id, so nobody fills or publishes it: it is repeated after the task's
    pause.
    """
    if not parcel.remote_account:
        raise ProviderNotReady(vendor.role, vendor.name, "the account is not known; connect it again")
    if not api.has_room(parcel.remote_account):
        raise over_quota(vendor)
    desk.report("uploading", sent=0)
    desk.save(create="asked")
    answer = api.call("POST", f"/{parcel.remote_account}/media", **said_of(parcel.post))
    container = Container(
        id=id_of(vendor, answer),
        uri=own_address(vendor, answer.get("uri"), public=PUBLIC_ROOT, hosts=UPLOAD_HOSTS),
        sha256=parcel.media.sha256,
        size=parcel.media.size,
    )
    desk.save(create="answered", container=container.model_dump(mode="json"))
    return container


def _start_of(container: Container, state: State) -> int | None:
    """From which byte on the film has to be sent; None where Instagram has all of it."""
    if state.code in ("FINISHED", "PUBLISHED") or state.is_transferred:
        return None
    if state.transferred is None:
        return None if container.is_sent else 0
    return None if state.transferred >= container.size else max(0, state.transferred)


def send(api: Api, vendor: Vendor, container: Container, state: State, parcel: Parcel, desk: Desk) -> Container:
    """The bytes that Instagram has not, in one request; it tells where the next one begins when this one breaks off."""
    start = _start_of(container, state)
    if start is not None:
        token = desk.token()
        answer = _post_bytes(vendor, container, start, parcel, desk, access=token.access)
        if answer.status in (401, 403) or codes_of(answer)[0] == 190:
            access = desk.renew(token).access
            start = _start_of(container, api.state(container.id)) or 0
            answer = _post_bytes(vendor, container, start, parcel, desk, access=access)
        if not answer.is_good or answer.fields.get("success") is False:
            raise _not_taken(answer, vendor, desk)
        container = kept(desk, container, is_sent=True)
    desk.report("uploading", sent=container.size)
    return container


def _post_bytes(vendor: Vendor, container: Container, start: int, parcel: Parcel, desk: Desk, *, access: str) -> Answer:
    headers = {
        "Authorization": f"OAuth {access}",
        "offset": str(start),
        "file_size": str(container.size),
        "Content-Type": "application/octet-stream",
    }

    def watch() -> None:
        # No more is confirmed until the request ends.
        desk.report("uploading", sent=start)

    watch()
    part = Part(parcel.video, start, container.size - start, watch=watch)
    return ask(vendor, "POST", container.uri, headers=headers, part=part)


def _not_taken(answer: Answer, vendor: Vendor, desk: Desk) -> ProviderError:
    """The error of bytes that were refused; a container that takes none any more is closed, for it was not published."""
    if answer.status in (401, 403) or codes_of(answer)[0] == 190:
        return ProviderNotReady(vendor.role, vendor.name, "the account's permission has ended; connect it again")
    if row_of(answer.fields.get("debug_info")).get("type") == "ProcessingFailedError":
        desk.save(container=None, create="failed")
    if answer.status == 429:
        return error_of(vendor, answer)
    return vendor.unavailable(f"it answered the film with {answer.status}")


def wait_for(api: Api, vendor: Vendor, container: Container, desk: Desk) -> None:
    """
    Return when the container can be published.

    Raises:
        ProviderUnavailable: it is still being made; AGAIN_S says when to ask.
        ProviderRejected: Instagram did not like the film.
    """
    deadline = time.monotonic() + PATIENCE_S
    while True:
        desk.report("processing", sent=container.size)
        state = api.state(container.id)
        if state.code == "FINISHED":
            return
        if state.code == "PUBLISHED":
            raise vendor.unavailable("it has published the film just now")
        if state.code == "ERROR":
            raise _failed(state, vendor, desk)
        if state.code in ("EXPIRED", "MISSING"):
            raise vendor.unavailable("the film waited too long to be published")
        if _start_of(container, state) is not None:
            raise vendor.unavailable("it has only a part of the film")
        if time.monotonic() > deadline:
            error = vendor.unavailable("it is still working on the film")
            error.retry_after = AGAIN_S
            raise error
        time.sleep(POLL_S)
