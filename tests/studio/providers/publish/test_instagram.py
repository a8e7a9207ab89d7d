from __future__ import annotations

import base64
import hashlib
import json
import logging
import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from studio.errors import (
    OverLimit,
    ProviderError,
    ProviderNotReady,
    ProviderRejected,
    ProviderUnavailable,
    PublishCancelled,
)
from studio.models.asset import Credit
from studio.models.publication import Media, Post, Published, Token
from studio.providers.publish import Parcel, catalog, instagram, instagram_accounts, instagram_upload, wire
from studio.providers.publish.instagram import Instagram
from tests.support.desk import Died, MemoryDesk
from tests.support.platforms.instagram import ACCOUNT, APP, REDIRECT, SECRET, InstagramPlatform, InstagramPost
from tests.support.platforms.refusals import mistakes
from tests.support.platforms.server import LEAK, Fault, serving

SIZE = 300_007
CUT = 120_000
VERIFIER = "v" * 64
FIRST = "18000000000000001"


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch) -> Iterator[InstagramPlatform]:
    """Instagram; nobody waits."""
    monkeypatch.setattr(instagram, "POLL_S", 0.0)
    monkeypatch.setattr(instagram_upload, "POLL_S", 0.0)
    monkeypatch.setattr(wire, "PAUSES_S", (0.0, 0.0, 0.0))
    monkeypatch.setattr(wire, "WATCH_BYTES", 100_000)
    monkeypatch.setattr(instagram_accounts, "TIMEOUT_S", 3.0)
    with serving(InstagramPlatform()) as served:
        assert isinstance(served, InstagramPlatform)
        monkeypatch.setenv("INSTAGRAM_APP_ID", APP)
        monkeypatch.setenv("INSTAGRAM_APP_SECRET", SECRET)
        monkeypatch.setenv("INSTAGRAM_ROOT_URL", served.root)
        yield served


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    path.write_bytes(random.Random(7).randbytes(SIZE))
    return path


def parcel_of(path: Path, **post: Any) -> Parcel:
    content = path.read_bytes()
    sha256 = hashlib.sha256(content).hexdigest()
    media = Media(width=1080, height=1920, duration=30, fps=30, size=len(content), sha256=sha256)
    said = Post(**{"title": "颱風來了", "visibility": "public", "language": "zh-TW", **post})
    return Parcel(name="pub_1", post=said, video=path, media=media, remote_account=ACCOUNT)


def try_on(parcel: Parcel, desk: MemoryDesk, *, most: int = 6) -> Published:
    """What comes of trying again as long as that may help."""
    for _ in range(most - 1):
        try:
            return Instagram().publish(parcel, desk)
        except ProviderUnavailable:
            continue
    return Instagram().publish(parcel, desk)


def shown(platform: InstagramPlatform) -> list[str]:
    """Films that everybody sees, by their content."""
    return [sha_of(each.container.received) for each in platform.visible if each.container]


def sha_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def clear(platform: InstagramPlatform) -> None:
    platform.containers.clear()
    platform.posts.clear()
    platform.bytes_in = platform.quota_used = 0


def test_a_film_is_sent_and_shown_once(platform: InstagramPlatform, film: Path) -> None:
    desk = MemoryDesk()
    published = Instagram().publish(parcel_of(film, tags=("颱風",)), desk)

    assert published == Published(remote_id=FIRST, url=f"https://www.instagram.com/reel/{FIRST}/", visibility="public")
    assert shown(platform) == [sha_of(film.read_bytes())]
    assert [each.said for each in platform.containers.values()] == [
        {
            "media_type": "REELS",
            "upload_type": "resumable",
            "caption": "颱風來了\n\n#颱風\n\n本影片由 AI 協助製作。",
            "share_to_feed": "true",
            "is_ai_generated": "true",
        }
    ]
    assert platform.refused == []
    assert platform.bytes_in == SIZE
    assert list(dict.fromkeys(desk.steps)) == [("uploading", 0), ("uploading", SIZE), ("processing", SIZE)]


def test_options_are_sent(platform: InstagramPlatform, film: Path) -> None:
    Instagram().publish(
        parcel_of(film, options={"share_to_feed": False, "thumb_offset_ms": 1500}, is_synthetic=False), MemoryDesk()
    )
    Instagram().publish(parcel_of(film, options={"cover_url": "https://v.example.com/a.jpg"}), MemoryDesk())
    first, second = platform.containers.values()

    assert first.said == {
        "media_type": "REELS",
        "upload_type": "resumable",
        "caption": "颱風來了",
        "share_to_feed": "false",
        "thumb_offset": "1500",
    }
    assert second.said["cover_url"] == "https://v.example.com/a.jpg"


def test_an_account_without_room_begins_nothing(platform: InstagramPlatform, film: Path) -> None:
    platform.quota_used = 50

    with pytest.raises(OverLimit, match="as much in 24 hours") as caught:
        Instagram().publish(parcel_of(film), MemoryDesk())
    assert caught.value.retry_after == 10_800.0
    assert platform.begun == 0


@pytest.mark.parametrize(
    "fault",
    [
        Fault("/ig-api-upload/", "reset", after_bytes=CUT),
        Fault("/ig-api-upload/", "half-close", after_bytes=CUT),
        Fault("/ig-api-upload/", "reset", after_bytes=CUT // 3, times=3),
        Fault("/ig-api-upload/", "lost answer"),
        Fault("/ig-api-upload/", "malformed"),
        Fault("/ig-api-upload/", "slow", seconds=0.2),
        Fault("/media_publish", "lost answer"),
        Fault("/media_publish", "malformed"),
        Fault("/media_publish", "status", status=503),
        Fault("?fields=status_code", "malformed"),
        Fault("?fields=status_code", "status", status=502),
        Fault("?fields=permalink", "status", status=500),
    ],
    ids=lambda fault: f"{fault.kind} {fault.where}",
)
def test_a_fault_on_the_way_goes_on_where_it_stopped_and_shows_one_film(
    platform: InstagramPlatform, film: Path, fault: Fault
) -> None:
    platform.faults = [fault]
    published = Instagram().publish(parcel_of(film), MemoryDesk())

    assert published.remote_id == FIRST
    assert shown(platform) == [sha_of(film.read_bytes())]
    assert platform.begun == 1
    assert platform.bytes_in <= 1.1 * SIZE
    assert mistakes(platform) == []


def test_bytes_that_were_answered_and_dropped_are_sent_again(platform: InstagramPlatform, film: Path) -> None:
    platform.takes_most = 5000
    Instagram().publish(parcel_of(film), MemoryDesk())

    assert shown(platform) == [sha_of(film.read_bytes())]
    assert mistakes(platform) == []


def test_a_container_that_takes_no_bytes_is_followed_by_another_at_the_next_try(
    platform: InstagramPlatform, film: Path
) -> None:
    platform.refuses_bytes = 1
    desk = MemoryDesk()
    with pytest.raises(ProviderUnavailable, match="answered the film with 400"):
        Instagram().publish(parcel_of(film), desk)
    Instagram().publish(parcel_of(film), desk)

    assert platform.begun == 2
    assert shown(platform) == [sha_of(film.read_bytes())]


def test_an_upload_goes_on_at_the_exact_byte(platform: InstagramPlatform, film: Path) -> None:
    platform.faults = [Fault("/ig-api-upload/", "reset", after_bytes=CUT)]
    Instagram().publish(parcel_of(film), MemoryDesk())
    offsets = [each.headers["offset"] for each in platform.asked if each.path.startswith("/ig-api-upload/")]

    assert offsets == ["0", "120000"]


def test_what_was_published_without_an_answer_is_found_among_the_newest_posts(
    platform: InstagramPlatform, film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "PAUSES_S", ())
    platform.posts = [InstagramPost(FIRST, "颱風來了\n\n本影片由 AI 協助製作。", None)]
    platform.faults = [Fault("/media_publish", "lost answer")]
    desk = MemoryDesk()
    with pytest.raises(ProviderUnavailable):
        Instagram().publish(parcel_of(film), desk)
    published = Instagram().publish(parcel_of(film), desk)

    # The earlier post has the same caption and is not ours.
    assert published.remote_id == "18000000000000002"
    assert published.url == "https://www.instagram.com/reel/18000000000000002/"
    assert len(platform.visible) == 1


def test_an_earlier_post_with_the_same_caption_is_not_taken_for_ours(
    platform: InstagramPlatform, film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "PAUSES_S", ())
    platform.posts = [InstagramPost(FIRST, "颱風來了\n\n本影片由 AI 協助製作。", None)]
    platform.faults = [Fault("/media_publish", "status", status=503)]
    desk = MemoryDesk()
    with pytest.raises(ProviderUnavailable):
        Instagram().publish(parcel_of(film), desk)
    published = Instagram().publish(parcel_of(film), desk)

    assert published.remote_id == "18000000000000002"
    assert shown(platform) == [sha_of(film.read_bytes())]


@pytest.mark.parametrize("becomes", ["EXPIRED", "MISSING"])
def test_a_container_that_is_gone_is_followed_by_another_only_when_it_was_not_published(
    platform: InstagramPlatform, film: Path, monkeypatch: pytest.MonkeyPatch, becomes: str
) -> None:
    monkeypatch.setattr(wire, "PAUSES_S", ())
    platform.faults = [Fault("/media_publish", "lost answer")]
    desk = MemoryDesk()
    with pytest.raises(ProviderUnavailable):
        Instagram().publish(parcel_of(film), desk)
    gone(platform, becomes)
    Instagram().publish(parcel_of(film), desk)

    assert platform.begun == 1
    assert len(platform.visible) == 1


@pytest.mark.parametrize("becomes", ["EXPIRED", "MISSING"])
def test_a_container_that_was_not_published_in_time_is_followed_by_another(
    platform: InstagramPlatform, film: Path, monkeypatch: pytest.MonkeyPatch, becomes: str
) -> None:
    monkeypatch.setattr(wire, "PAUSES_S", ())
    platform.faults = [Fault("/media_publish", "status", status=503)]
    desk = MemoryDesk()
    with pytest.raises(ProviderUnavailable):
        Instagram().publish(parcel_of(film), desk)
    gone(platform, becomes)
    Instagram().publish(parcel_of(film), desk)

    assert platform.begun == 2
    assert shown(platform) == [sha_of(film.read_bytes())]


def gone(platform: InstagramPlatform, becomes: str) -> None:
    for each in platform.containers.values():
        each.state = "EXPIRED"
    if becomes == "MISSING":
        platform.containers.clear()


def test_a_post_that_is_not_listed_yet_is_told_of(platform: InstagramPlatform, film: Path) -> None:
    platform.lists_posts = False
    platform.faults = [Fault("/media_publish", "lost answer")]
    published = Instagram().publish(parcel_of(film), MemoryDesk())

    assert published == Published(
        remote_id="",
        visibility="public",
        notes=("Instagram has published the film and does not list it yet, so its address is not known",),
    )
    assert len(platform.visible) == 1


def test_a_publication_that_is_refused_because_it_was_made_is_found(
    platform: InstagramPlatform, film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def publish_behind(number: int, when: str, asked: Any) -> None:
        if when == "before" and asked.path.endswith("/media_publish"):
            platform.hook = None
            platform._publish(asked.form["creation_id"])

    platform.hook = publish_behind
    published = Instagram().publish(parcel_of(film), MemoryDesk())

    assert published.remote_id == FIRST
    assert len(platform.visible) == 1


def test_a_token_that_ends_before_the_bytes_is_renewed_and_the_bytes_sent(
    platform: InstagramPlatform, film: Path
) -> None:
    def rotate(number: int, when: str, asked: Any) -> None:
        if when == "before" and asked.path.startswith("/ig-api-upload/"):
            platform.hook = None
            platform.rotate()

    platform.hook = rotate
    desk = MemoryDesk(on_renew=lambda: platform.access)
    Instagram().publish(parcel_of(film), desk)

    assert desk.renewals == 1
    assert shown(platform) == [sha_of(film.read_bytes())]


def test_a_token_that_ends_later_is_renewed_once(platform: InstagramPlatform, film: Path) -> None:
    def rotate(number: int, when: str, asked: Any) -> None:
        if when == "after" and asked.path.startswith("/ig-api-upload/"):
            platform.rotate()

    platform.hook = rotate
    desk = MemoryDesk(on_renew=lambda: platform.access)
    Instagram().publish(parcel_of(film), desk)

    assert desk.renewals == 1
    assert len(platform.visible) == 1


def test_a_token_that_is_refused_after_its_renewal_has_to_be_given_anew(
    platform: InstagramPlatform, film: Path
) -> None:
    platform.access = "another"
    desk = MemoryDesk()

    with pytest.raises(ProviderNotReady, match="connect it again"):
        Instagram().publish(parcel_of(film), desk)
    assert desk.renewals == 1


def test_a_beginning_without_an_answer_is_not_repeated_in_a_hurry(platform: InstagramPlatform, film: Path) -> None:
    platform.faults = [Fault(f"POST /v26.0/{ACCOUNT}/media", "lost answer")]
    desk = MemoryDesk()
    with pytest.raises(ProviderUnavailable):
        Instagram().publish(parcel_of(film), desk)

    assert platform.begun == 1

    Instagram().publish(parcel_of(film), desk)

    assert platform.begun == 2
    assert len(platform.visible) == 1


REFUSALS = [
    (400, 9, 2207042, OverLimit, "as much in 24 hours", 10_800.0),
    (403, 4, 2207051, OverLimit, "as much in 24 hours", 10_800.0),
    (403, 4, 0, OverLimit, "too many requests", 3_600.0),
    (429, 0, 0, OverLimit, "over its rate limit", None),
    (400, 25, 2207050, ProviderRejected, "restricted the account", None),
    (400, 100, 2207040, ProviderRejected, "more than 20 accounts", None),
    (400, 36004, 2207010, ProviderRejected, "too long", None),
    (400, 368, 0, ProviderRejected, "blocked the account", None),
    (403, 10, 0, ProviderNotReady, "grant all that is asked", None),
    (400, -1, 2207001, ProviderUnavailable, "an error of its own", None),
    (500, 2, 0, ProviderUnavailable, "an error of its own", None),
    (400, 100, 0, ProviderRejected, "refused the request with 400", None),
]


@pytest.mark.parametrize(
    ("status", "code", "subcode", "kind", "said", "wait_s"), REFUSALS, ids=[f"{r[1]}/{r[2]}" for r in REFUSALS]
)
def test_a_refusal_is_told_in_our_words(
    platform: InstagramPlatform,
    film: Path,
    status: int,
    code: int,
    subcode: int,
    kind: type[ProviderError],
    said: str,
    wait_s: float | None,
) -> None:
    body = {"error": {"code": code, "error_subcode": subcode, "message": LEAK}}
    platform.faults = [Fault(f"POST /v26.0/{ACCOUNT}/media", "status", status=status, body=body)]

    with pytest.raises(kind, match=said) as caught:
        Instagram().publish(parcel_of(film), MemoryDesk())
    assert type(caught.value) is kind
    assert getattr(caught.value, "retry_after", None) == wait_s
    assert platform.visible == []


@pytest.mark.parametrize(
    ("subcode", "kind", "said"),
    [
        (2207026, ProviderRejected, "cannot read the film"),
        (2207053, ProviderUnavailable, "error of its own"),
        (2207077, ProviderRejected, "no reason that is known"),
    ],
)
def test_a_film_that_instagram_could_not_make_is_told_of_and_tried_afresh(
    platform: InstagramPlatform, film: Path, subcode: int, kind: type[ProviderError], said: str
) -> None:
    platform.fails_with = subcode
    desk = MemoryDesk()
    with pytest.raises(kind, match=said) as caught:
        Instagram().publish(parcel_of(film), desk)

    assert type(caught.value) is kind
    assert (platform.visible, platform.begun) == ([], 1)

    platform.fails_with = 0
    Instagram().publish(parcel_of(film), desk)

    assert len(platform.visible) == 1


def test_what_takes_long_is_asked_for_later(
    platform: InstagramPlatform, film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(instagram_upload, "PATIENCE_S", 0.0)
    platform.works_for = 6
    desk = MemoryDesk()
    with pytest.raises(ProviderUnavailable, match="still working") as caught:
        Instagram().publish(parcel_of(film), desk)

    assert caught.value.retry_after == 120.0

    try_on(parcel_of(film), desk)

    assert len(platform.visible) == 1
    assert platform.bytes_in == SIZE


def test_a_server_that_never_answers_is_given_up(
    platform: InstagramPlatform, film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(instagram_accounts, "TIMEOUT_S", 0.3)
    platform.faults = [Fault("content_publishing_limit", "silent")]

    with pytest.raises(ProviderUnavailable, match="no answer"):
        Instagram().publish(parcel_of(film), MemoryDesk())


def test_a_changed_film_never_goes_on_where_another_one_stopped(
    platform: InstagramPlatform, film: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "PAUSES_S", ())
    platform.faults = [Fault("/ig-api-upload/", "reset", after_bytes=CUT)]
    desk = MemoryDesk()
    with pytest.raises(ProviderUnavailable):
        Instagram().publish(parcel_of(film), desk)
    other = tmp_path / "other.mp4"
    other.write_bytes(random.Random(9).randbytes(SIZE))
    Instagram().publish(parcel_of(other), desk)

    assert shown(platform) == [sha_of(other.read_bytes())]
    assert platform.begun == 2


def test_a_death_at_any_line_leaves_one_film(platform: InstagramPlatform, film: Path) -> None:
    counting = MemoryDesk()
    Instagram().publish(parcel_of(film), counting)
    assert counting.calls == 13
    for number in range(1, counting.calls + 1):
        clear(platform)
        desk = MemoryDesk(dies_at=number)
        with pytest.raises(Died):
            Instagram().publish(parcel_of(film), desk)
        time.sleep(0.02)  # until the platform has seen that the connection is gone
        published = Instagram().publish(parcel_of(film), desk)

        assert shown(platform) == [sha_of(film.read_bytes())], number
        assert published.remote_id == FIRST
        # Died within the one request, after a third of its bytes.
        assert platform.bytes_in <= 1.1 * SIZE, number
    assert mistakes(platform) == []


@pytest.mark.parametrize("kind", ["reset", "lost answer"])
def test_a_death_at_any_request_leaves_one_film(
    platform: InstagramPlatform, film: Path, monkeypatch: pytest.MonkeyPatch, kind: Any
) -> None:
    monkeypatch.setattr(wire, "PAUSES_S", ())
    Instagram().publish(parcel_of(film), MemoryDesk())
    requests = len(platform.asked)
    assert requests == 8
    for number in range(requests):
        clear(platform)
        platform.faults = [Fault("/", kind, skip=number, after_bytes=CUT)]
        desk = MemoryDesk()
        published = try_on(parcel_of(film), desk)

        assert shown(platform) == [sha_of(film.read_bytes())], number
        assert published.remote_id == FIRST
        assert platform.bytes_in <= 1.1 * SIZE, number
        assert platform.faults[0].times == 0
    assert mistakes(platform) == []


class CalledOffAt(MemoryDesk):
    """Its owner calls it off at the report of that number."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number

    def report(self, step: str, *, sent: int | None = None) -> None:
        self.is_called_off = len(self.steps) + 1 >= self.number
        super().report(step, sent=sent)


def test_whenever_it_is_called_off_nothing_is_visible(platform: InstagramPlatform, film: Path) -> None:
    counting = MemoryDesk()
    Instagram().publish(parcel_of(film), counting)
    for number in range(1, len(counting.steps) + 1):
        clear(platform)
        desk = CalledOffAt(number)
        with pytest.raises(PublishCancelled):
            Instagram().publish(parcel_of(film), desk)
        desk.is_closing = True
        Instagram().abandon(parcel_of(film), desk)
        Instagram().abandon(parcel_of(film), desk)

        assert platform.posts == [], number
    assert mistakes(platform) == []


@pytest.mark.parametrize("is_answered", [True, False])
def test_what_an_earlier_process_published_is_deleted_when_it_is_called_off(
    platform: InstagramPlatform, film: Path, monkeypatch: pytest.MonkeyPatch, is_answered: bool
) -> None:
    monkeypatch.setattr(wire, "PAUSES_S", ())
    platform.faults = [] if is_answered else [Fault("/media_publish", "lost answer")]
    desk = MemoryDesk()
    try:
        Instagram().publish(parcel_of(film), desk)
    except ProviderUnavailable:
        assert not is_answered
    assert len(platform.visible) == 1
    Instagram().abandon(parcel_of(film), desk)
    Instagram().abandon(parcel_of(film), desk)

    assert platform.posts == []


def test_a_film_is_withdrawn_and_that_twice_is_fine(platform: InstagramPlatform, film: Path) -> None:
    published = Instagram().publish(parcel_of(film), MemoryDesk())
    Instagram().withdraw(published, MemoryDesk())
    Instagram().withdraw(published, MemoryDesk())

    assert platform.posts == []


def test_without_the_permission_the_owner_is_told_to_remove_the_film(platform: InstagramPlatform, film: Path) -> None:
    platform.permissions = platform.permissions[:4]
    published = Instagram().publish(parcel_of(film), MemoryDesk())

    with pytest.raises(ProviderRejected, match="instagram_manage_contents"):
        Instagram().withdraw(published, MemoryDesk())
    with pytest.raises(ProviderRejected, match="its id is not known"):
        Instagram().withdraw(Published(remote_id=""), MemoryDesk())
    assert len(platform.visible) == 1


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:9", "https://facebook.com.example.com", "http://rupload.facebook.com"]
)
def test_film_and_token_go_to_no_other_host(platform: InstagramPlatform, film: Path, address: str) -> None:
    platform.upload_root = address

    with pytest.raises(ProviderUnavailable, match="not its own"):
        Instagram().publish(parcel_of(film), MemoryDesk())


def test_metas_own_hosts_are_reached_by_the_root_that_the_operator_sets(
    platform: InstagramPlatform, film: Path
) -> None:
    platform.upload_root = "https://rupload.facebook.com"
    Instagram().publish(parcel_of(film), MemoryDesk())

    assert len(platform.visible) == 1


def test_no_secret_is_told(platform: InstagramPlatform, film: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    told: list[str] = []
    for fault in (
        Fault("/ig-api-upload/", "status", status=400, times=9),
        Fault("/ig-api-upload/", "reset", times=9),
        Fault("?fields=status_code", "malformed", times=9),
        Fault("/media_publish", "status", status=400, times=9),
        Fault("content_publishing_limit", "status", status=401, times=9),
        Fault("content_publishing_limit", "reset", times=9),
    ):
        platform.faults = [fault]
        with pytest.raises(ProviderError) as caught:
            Instagram().publish(parcel_of(film), MemoryDesk())
        told += [str(caught.value), repr(caught.value), repr(caught.value.__cause__), repr(caught.value.__context__)]
    everything = "\n".join([*told, caplog.text])

    assert "httpx2" in caplog.text
    for secret in ("access-1", "refresh-1", SECRET, LEAK):
        assert secret not in everything


def problems(post: Post, media: Media | None = None) -> list[tuple[str, str]]:
    return [(each.field, each.message) for each in Instagram().problems(post, media)]


def test_texts_are_counted_in_utf16() -> None:
    # 2 and 2 line breaks stand before the description.
    assert problems(Post(title="標題", description="字" * 2196)) == []
    assert problems(Post(title="標題", description="字" * 2197)) == [
        ("description", "title and description have 2201 UTF-16 code units; 2200 are allowed")
    ]
    assert problems(Post(title="標題", description="😀" * 1098)) == []
    assert problems(Post(title="標題", description="😀" * 1098 + "a")) == [
        ("description", "title and description have 2201 UTF-16 code units; 2200 are allowed")
    ]


def test_hashtags_and_mentions_are_counted() -> None:
    assert problems(Post(title="t", description=" ".join(f"#標籤{n}" for n in range(30)))) == []
    assert problems(Post(title="t", description=" ".join(f"#標籤{n}" for n in range(31)))) == [
        ("description", "has 31 hashtags; 30 are allowed")
    ]
    assert problems(Post(title="t", description=" ".join(f"@a{n}" for n in range(20)) + " me@example.com")) == []
    assert problems(Post(title="t " + " ".join(f"@a{n}" for n in range(21)))) == [
        ("title", "has 21 mentions; 20 are allowed")
    ]


def test_tags_become_hashtags_up_to_thirty(platform: InstagramPlatform, film: Path) -> None:
    tags = ("rain storm", "C++", "123", "#Wind", "wind", *(f"t{n}" for n in range(40)))
    Instagram().publish(parcel_of(film, description="#one #two", tags=tags, is_synthetic=False), MemoryDesk())
    caption = platform.visible[0].caption

    assert caption.startswith("颱風來了\n\n#one #two\n\n#rainstorm #C #Wind #t0 #t1 ")
    assert caption.count("#") == 30


def test_credits_go_before_everything_but_the_creators_words(platform: InstagramPlatform, film: Path) -> None:
    credit = Credit(title="Rain", author="Ana", licence="CC BY 4.0", url="https://example.com/rain")
    published = Instagram().publish(
        parcel_of(film, description="x" * 2179, credits=(credit,), tags=("rain",)), MemoryDesk()
    )

    assert platform.visible[0].caption == "颱風來了\n\n" + "x" * 2179 + "\n\n素材: Ana"
    assert published.notes == ("there was no room for the full credits: they were shortened to names",)


def test_wrong_options_are_named() -> None:
    media = Media(width=1921, height=1080, duration=10, fps=30, size=1, sha256="0" * 64)
    wrong = {"share_to_feed": "yes", "cover_url": "http://x", "colour": 1}

    assert [field for field, _ in problems(Post(title="t", options=wrong))] == [
        "options.share_to_feed",
        "options.cover_url",
        "options.colour",
    ]
    assert problems(Post(title="t", options={"thumb_offset_ms": 10_000}), media) == [
        ("video_url", "the film is 1921 px wide; 1920 are allowed"),
        ("options.thumb_offset_ms", "is 10000 ms; the film lasts 10000 ms"),
    ]
    assert problems(Post(title="t", publish_at=datetime(2027, 1, 1, tzinfo=UTC))) == [
        ("publish_at", "Instagram has no schedule of its own; use scheduled_at")
    ]


def test_the_schema_of_the_options_is_closed() -> None:
    schema = Instagram().options_schema()

    assert schema["additionalProperties"] is False
    assert json.dumps(schema)


def test_without_an_app_it_says_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("INSTAGRAM_APP_ID", raising=False)

    with pytest.raises(ProviderNotReady, match="INSTAGRAM_APP_ID or INSTAGRAM_APP_SECRET is not set"):
        catalog.open("instagram").check()


def challenge_of(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def test_the_owner_is_sent_to_facebooks_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INSTAGRAM_APP_ID", APP)
    url = Instagram().authorization_url(state="s1", challenge=challenge_of(VERIFIER), redirect=REDIRECT)
    parts = urlsplit(url)

    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == "https://www.facebook.com/v26.0/dialog/oauth"
    assert parse_qs(parts.query) == {
        "client_id": [APP],
        "response_type": ["code"],
        "scope": [
            "instagram_basic,instagram_content_publish,pages_show_list,pages_read_engagement,instagram_manage_contents"
        ],
        "redirect_uri": [REDIRECT],
        "state": ["s1"],
        "code_challenge": [challenge_of(VERIFIER)],
        "code_challenge_method": ["S256"],
    }


def login(platform: InstagramPlatform) -> str:
    """A code, as the owner's browser would bring it."""
    url = Instagram().authorization_url(state="s1", challenge=challenge_of(VERIFIER), redirect=REDIRECT)
    assert url.startswith(platform.root + "/v26.0/dialog/oauth?")
    platform.codes["code-1"] = parse_qs(urlsplit(url).query)["code_challenge"][0]
    return "code-1"


def test_a_code_becomes_an_account_with_a_long_lived_token(platform: InstagramPlatform) -> None:
    grant = Instagram().exchange(login(platform), verifier=VERIFIER, redirect=REDIRECT)
    assert grant.token.expires_at is not None
    lives = grant.token.expires_at - datetime.now(UTC)

    assert (grant.remote_id, grant.name) == (ACCOUNT, "ming")
    assert grant.token.access == grant.token.refresh == platform.access
    # Half of its 60 days: only a token that lives can be exchanged.
    assert timedelta(days=29, hours=23) < lives <= timedelta(days=30)

    with pytest.raises(ProviderRejected):
        Instagram().exchange("code-1", verifier=VERIFIER, redirect=REDIRECT)


def test_a_code_of_somebody_else_is_refused(platform: InstagramPlatform) -> None:
    code = login(platform)

    with pytest.raises(ProviderRejected):
        Instagram().exchange(code, verifier="w" * 64, redirect=REDIRECT)


def test_a_permission_that_was_not_granted_is_named(platform: InstagramPlatform) -> None:
    platform.permissions = ("instagram_basic", "pages_show_list", "pages_read_engagement")

    with pytest.raises(ProviderRejected, match=r"not granted: instagram_content_publish$"):
        Instagram().exchange(login(platform), verifier=VERIFIER, redirect=REDIRECT)


def test_the_permission_to_delete_may_be_missing(platform: InstagramPlatform) -> None:
    platform.permissions = platform.permissions[:4]

    assert Instagram().exchange(login(platform), verifier=VERIFIER, redirect=REDIRECT).remote_id == ACCOUNT


@pytest.mark.parametrize(
    ("accounts", "said"),
    [((), "no page with a professional Instagram account"), (((ACCOUNT, "b"), ("2", "a")), r"\(a, b\); connect again")],
)
def test_one_account_has_to_be_granted(
    platform: InstagramPlatform, accounts: tuple[tuple[str, str], ...], said: str
) -> None:
    platform.accounts = accounts

    with pytest.raises(ProviderRejected, match=said):
        Instagram().exchange(login(platform), verifier=VERIFIER, redirect=REDIRECT)


def test_a_token_is_exchanged_for_a_newer_one_while_it_lives(platform: InstagramPlatform) -> None:
    first = Token(access="access-1", refresh="access-1", scopes=("instagram_basic",))
    second = Instagram().refresh(first)

    assert second.access == second.refresh == platform.access != "access-1"
    assert second.scopes == ("instagram_basic",)

    with pytest.raises(ProviderNotReady, match="connect it again"):
        Instagram().refresh(first)


def test_permissions_are_taken_back_and_that_twice_is_fine(platform: InstagramPlatform) -> None:
    Instagram().revoke(Token(access="access-1"))
    Instagram().revoke(Token(access="access-1"))

    assert platform.is_revoked


def test_a_server_that_is_down_is_told_of_when_permissions_are_taken_back(platform: InstagramPlatform) -> None:
    platform.faults = [Fault("/me/permissions", "status", status=503)]

    with pytest.raises(ProviderUnavailable):
        Instagram().revoke(Token(access="access-1"))
