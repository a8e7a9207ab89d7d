"""Films to publish, and the ways in which publishing them is interrupted."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pydantic import JsonValue

from studio.errors import ProviderUnavailable
from studio.models.publication import Media, Post, Published
from studio.providers.publish import Parcel, Publisher
from tests.support.desk import Died, MemoryDesk
from tests.support.platforms.server import Fault, FaultKind, Platform

SRT = "1\n00:00:00,000 --> 00:00:01,000\n你好\n"


def parcel(folder: Path, post: Post, *, size: int, seed: int = 1, remote_account: str = "") -> Parcel:
    """A parcel with *size* random bytes for a film, a poster and captions."""
    film, poster, srt = folder / f"film-{seed}.mp4", folder / "poster.jpg", folder / "captions.srt"
    content = random.Random(seed).randbytes(size)
    film.write_bytes(content)
    poster.write_bytes(b"\xff\xd8poster")
    srt.write_text(SRT, "utf-8")
    digest = hashlib.sha256(content).hexdigest()
    media = Media(width=1080, height=1920, duration=20.0, fps=30.0, size=size, sha256=digest)
    return Parcel(
        name="pub_1",
        post=post,
        video=film,
        media=media,
        poster=poster,
        captions={"zh-TW": srt},
        remote_account=remote_account,
    )


class ForgetfulDesk(MemoryDesk):
    """Dies before it has written down what it was given: what the platform did is all that is known of it."""

    def save(self, **values: JsonValue) -> None:
        self._count()
        self._saved.update(values)


def is_the_film(content: bytes, sent: Parcel) -> bool:
    """Whether *content* is that of the parcel, byte for byte."""
    return hashlib.sha256(content).hexdigest() == sent.media.sha256


def deaths(publisher: Publisher, sent: Parcel, calls: int, begin: Callable[[], MemoryDesk]) -> Iterator[Published]:
    """What comes of a second process after a first one died at each of the desk's first *calls* calls; *begin* starts anew."""
    for number in range(1, calls + 1):
        desk = begin()
        desk.dies_at = number
        with pytest.raises(Died):
            publisher.publish(sent, desk)
        desk.dies_at = 0
        yield publisher.publish(sent, desk)


def cuts(
    publisher: Publisher, sent: Parcel, kind: FaultKind, begin: Callable[[], tuple[Platform, MemoryDesk]]
) -> Iterator[Published]:
    """What comes of a second process after a first one gave up at each request in turn, until none is left to fail at."""
    number = 0
    while True:
        platform, desk = begin()
        fault = Fault("", kind, skip=number)
        platform.faults.append(fault)
        try:
            first = publisher.publish(sent, desk)
        except ProviderUnavailable:
            first = None
        if fault.times:
            return
        yield first or publisher.publish(sent, desk)
        number += 1
