from __future__ import annotations

import base64
import hashlib
import json
import logging
import random
from collections.abc import Iterator
from datetime import UTC, datetime
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
from studio.models.asset import OWN, Credit
from studio.models.publication import Media, Post, Published, Token
from studio.providers.publish import Parcel, catalog, tiktok, tiktok_accounts, tiktok_upload, wire
from studio.providers.publish.tiktok import TikTok
from studio.providers.publish.tiktok_upload import Chunk, chunk_bytes_of, chunks_of
from tests.support.desk import Died, MemoryDesk
from tests.support.platforms.refusals import mistakes
from tests.support.platforms.server import LEAK, Fault, serving
from tests.support.platforms.tiktok import KEY, REDIRECT, SECRET, TikTokPlatform

SMALL = 16 << 10
SIZE = 11 * SMALL + 100
"""Eleven chunks, the last one a little longer."""

VERIFIER = "v" * 64


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch) -> Iterator[TikTokPlatform]:
    """TikTok with chunks of 16 KiB; nobody waits."""
    monkeypatch.setattr(tiktok_upload, "CHUNK_BYTES", SMALL)
    monkeypatch.setattr(tiktok, "POLL_S", 0.0)
    monkeypatch.setattr(tiktok, "LINK_S", 0.0)
    monkeypatch.setattr(wire, "PAUSES_S", (0.0, 0.0, 0.0))
    monkeypatch.setattr(tiktok_accounts, "TIMEOUT_S", 3.0)
    with serving(TikTokPlatform(smallest=SMALL)) as served:
        assert isinstance(served, TikTokPlatform)
        monkeypatch.setenv("TIKTOK_CLIENT_KEY", KEY)
        monkeypatch.setenv("TIKTOK_CLIENT_SECRET", SECRET)
        monkeypatch.setenv("TIKTOK_ROOT_URL", served.root)
        yield served


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    path.write_bytes(random.Random(7).randbytes(SIZE))
    return path


def parcel_of(path: Path, *, duration: float = 30.0, **post: Any) -> Parcel:
    content = path.read_bytes()
    media = Media(
        width=1080,
        height=1920,
        duration=duration,
        fps=30,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
    )
    return Parcel(name="pub_1", post=Post(title="颱風來了", **post), video=path, media=media, remote_account="open-1")


def try_on(parcel: Parcel, desk: MemoryDesk, *, most: int = 6) -> Published:
    """What comes of trying again as long as that may help."""
    for _ in range(most - 1):
        try:
            return TikTok().publish(parcel, desk)
        except ProviderUnavailable:
            continue
    return TikTok().publish(parcel, desk)


def sha_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_a_film_is_sent_in_chunks_and_shown_once(platform: TikTokPlatform, film: Path) -> None:
    desk = MemoryDesk()
    published = TikTok().publish(parcel_of(film, visibility="public", tags=("颱風",)), desk)

    assert published == Published(
        remote_id="7300000000000000001",
        url="https://www.tiktok.com/@ming/video/7300000000000000001",
        visibility="public",
    )
    assert [sha_of(each.received) for each in platform.visible] == [sha_of(film.read_bytes())]
    assert platform.visible[0].info == {
        "title": "颱風來了\n\n#颱風",
        "privacy_level": "PUBLIC_TO_EVERYONE",
        "is_aigc": True,
        "brand_content_toggle": False,
        "brand_organic_toggle": False,
        "disable_comment": False,
        "disable_duet": False,
        "disable_stitch": False,
    }
    assert platform.refused == []
    assert platform.bytes_in == SIZE
    assert [sent for step, sent in desk.steps if step == "uploading"] == [
        0, *range(0, SIZE - SMALL, SIZE // 11), SIZE
    ]  # fmt: skip
    assert [step for step, _ in desk.steps][-2:] == ["processing", "processing"]


def test_chunks_of_the_real_size_follow_the_rules(
    platform: TikTokPlatform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tiktok_upload, "CHUNK_BYTES", 5 << 20)
    platform.smallest = 5 << 20
    path = tmp_path / "film.mp4"
    path.write_bytes(random.Random(8).randbytes((12 << 20) + 17))
    TikTok().publish(parcel_of(path), MemoryDesk())

    assert [sha_of(each.received) for each in platform.visible] == [sha_of(path.read_bytes())]
    assert platform.refused == []


def test_the_last_chunk_takes_what_is_left_over() -> None:
    assert chunks_of(50_000_123, 10_000_000)[-1] == Chunk(40_000_000, 50_000_123)
    assert len(chunks_of(50_000_123, 10_000_000)) == 5
    assert chunks_of(4_194_304, 5 << 20) == [Chunk(0, 4_194_304)]
    assert chunks_of(10, 5) == [Chunk(0, 5), Chunk(5, 10)]


@pytest.mark.parametrize("size", [1, 5 << 20, 10 << 20, 50 << 20, (55 << 20) - 1, (64 << 20) + 1, 1 << 30, 4 << 30])
def test_a_chunk_that_breaks_off_costs_no_more_than_the_rules_make_it(size: int) -> None:
    chunks = chunks_of(size, chunk_bytes_of(size))
    lengths = [chunk.end - chunk.start for chunk in chunks]

    assert sum(lengths) == size
    assert len(chunks) == size // chunk_bytes_of(size) <= 1000
    assert min(lengths) >= min(size, 5 << 20)
    assert max(lengths) <= 64 << 20
    assert max(lengths) / size <= (0.101 if size >= 50 << 20 else 1 / len(chunks))


def test_a_film_of_less_than_two_chunks_is_sent_whole(platform: TikTokPlatform, tmp_path: Path) -> None:
    for size in (1, SMALL - 1, SMALL, 2 * SMALL - 1):
        path = tmp_path / f"{size}.mp4"
        path.write_bytes(b"x" * size)
        TikTok().publish(parcel_of(path), MemoryDesk())

    assert [len(each.received) for each in platform.visible] == [1, SMALL - 1, SMALL, 2 * SMALL - 1]
    assert platform.refused == []


def test_what_is_private_has_no_address_of_its_own(platform: TikTokPlatform, film: Path) -> None:
    published = TikTok().publish(parcel_of(film), MemoryDesk())

    assert published == Published(
        remote_id="v_pub_file~v2-1.1", url="https://www.tiktok.com/@ming", visibility="private"
    )


def test_a_public_film_in_moderation_leads_to_the_account_and_says_so(platform: TikTokPlatform, film: Path) -> None:
    platform.tells_post = False
    published = TikTok().publish(parcel_of(film, visibility="public"), MemoryDesk())

    assert published.url == "https://www.tiktok.com/@ming"
    assert published.notes == ("TikTok tells a film's own address after its moderation; the link leads to the account",)


def test_a_draft_waits_in_the_inbox_without_text(platform: TikTokPlatform, film: Path) -> None:
    credit = Credit(title="Rain", author="Ana", licence="CC BY 4.0")
    published = TikTok().publish(parcel_of(film, options={"mode": "inbox"}, credits=(credit,)), MemoryDesk())

    assert published == Published(
        remote_id="v_pub_file~v2-1.1",
        visibility="private",
        notes=(
            "the film waits in the TikTok inbox; finish it in the app, where text and visibility are chosen",
            "the text has to name whose material is in the film: Ana",
        ),
    )
    assert [sha_of(each.received) for each in platform.drafts] == [sha_of(film.read_bytes())]
    assert platform.visible == []
    assert platform.refused == []


def test_options_and_what_the_account_has_switched_off_are_sent(platform: TikTokPlatform, film: Path) -> None:
    platform.comment_disabled = True
    options = {"disable_duet": True, "video_cover_timestamp_ms": 1500, "brand_organic_toggle": True}
    TikTok().publish(parcel_of(film, options=options, is_synthetic=False), MemoryDesk())
    info = platform.visible[0].info or {}

    assert (info["disable_comment"], info["disable_duet"], info["disable_stitch"]) == (True, True, False)
    assert (info["video_cover_timestamp_ms"], info["brand_organic_toggle"], info["is_aigc"]) == (1500, True, False)


def test_a_visibility_that_the_account_does_not_offer_is_refused_before_anything_is_begun(
    platform: TikTokPlatform, film: Path
) -> None:
    platform.privacy = ("SELF_ONLY",)

    with pytest.raises(ProviderRejected, match="does not offer visibility 'public'"):
        TikTok().publish(parcel_of(film, visibility="public"), MemoryDesk())
    assert platform.inits == 0


def test_a_film_that_is_too_long_for_the_account_is_refused_before_anything_is_begun(
    platform: TikTokPlatform, film: Path
) -> None:
    platform.longest_s = 60

    with pytest.raises(ProviderRejected, match=r"lasts 61\.0 s; this account may post 60 s"):
        TikTok().publish(parcel_of(film, duration=61.0), MemoryDesk())
    assert platform.inits == 0


@pytest.mark.parametrize(
    "fault",
    [
        Fault("PUT /video/", "reset", skip=3, after_bytes=5000),
        Fault("PUT /video/", "half-close", skip=3, after_bytes=5000),
        Fault("PUT /video/", "status", skip=4, status=503, times=2),
        Fault("PUT /video/", "lost answer", skip=2),
        Fault("PUT /video/", "lost answer", skip=10),
        Fault("PUT /video/", "reset", skip=10, after_bytes=5000),
        Fault("PUT /video/", "slow", skip=1, seconds=0.2),
        Fault("status/fetch", "malformed"),
        Fault("status/fetch", "status", status=502),
        Fault("status/fetch", "lost answer", skip=1),
    ],
    ids=lambda fault: f"{fault.kind} {fault.where} {fault.skip}",
)
def test_a_fault_on_the_way_costs_a_chunk_at_most_and_shows_one_film(
    platform: TikTokPlatform, film: Path, fault: Fault
) -> None:
    platform.faults = [fault]
    TikTok().publish(parcel_of(film), MemoryDesk())

    assert [sha_of(each.received) for each in platform.visible] == [sha_of(film.read_bytes())]
    assert platform.inits == 1
    assert platform.bytes_in <= 1.1 * SIZE
    assert mistakes(platform) == []


@pytest.mark.parametrize("number", [1, 11])
def test_a_chunk_that_was_answered_and_dropped_is_sent_again(platform: TikTokPlatform, film: Path, number: int) -> None:
    def drop(count: int, when: str, asked: Any) -> None:
        if (count, when) == (2 + number, "before"):
            platform.takes_nothing = 1

    platform.hook = drop
    TikTok().publish(parcel_of(film), MemoryDesk())

    assert [sha_of(each.received) for each in platform.visible] == [sha_of(film.read_bytes())]
    assert mistakes(platform) == []


@pytest.mark.parametrize("kind", ["reset", "lost answer"])
@pytest.mark.parametrize("skip", [5, 10])
@pytest.mark.parametrize("what", ["tells_uploaded", "counts"])
def test_without_a_count_of_bytes_that_moves_our_own_is_taken(
    platform: TikTokPlatform, film: Path, kind: Any, skip: int, what: str
) -> None:
    setattr(platform, what, False)
    platform.faults = [Fault("PUT /video/", kind, skip=skip, after_bytes=100)]
    TikTok().publish(parcel_of(film), MemoryDesk())

    assert [sha_of(each.received) for each in platform.visible] == [sha_of(film.read_bytes())]
    assert platform.inits == 1
    assert platform.bytes_in <= 1.1 * SIZE


def test_an_address_that_has_expired_is_followed_by_another_post(platform: TikTokPlatform, film: Path) -> None:
    platform.hook = lambda number, when, asked: expire(platform) if (number, when) == (6, "before") else None
    TikTok().publish(parcel_of(film), MemoryDesk())

    assert [sha_of(each.received) for each in platform.visible] == [sha_of(film.read_bytes())]
    assert platform.inits == 2
    assert mistakes(platform) == []


def expire(platform: TikTokPlatform) -> None:
    for each in platform.uploads.values():
        each.is_expired = True


@pytest.mark.parametrize("what", ["tells_uploaded", "counts"])
def test_an_expired_address_of_a_film_that_may_have_arrived_is_not_followed_by_another(
    platform: TikTokPlatform, film: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    monkeypatch.setattr(wire, "PAUSES_S", ())
    setattr(platform, what, False)
    platform.works_for = 1000
    platform.faults = [Fault("PUT /video/", "lost answer", skip=10)]
    desk = MemoryDesk()
    with pytest.raises(ProviderUnavailable):
        TikTok().publish(parcel_of(film), desk)
    expire(platform)
    with pytest.raises(ProviderUnavailable):
        TikTok().publish(parcel_of(film), desk)
    monkeypatch.setattr(tiktok_upload, "ADDRESS_LIVES_S", 0.0)
    with pytest.raises(ProviderUnavailable, match="look in the TikTok app"):
        TikTok().publish(parcel_of(film), desk)

    assert platform.inits == 1


def test_a_last_chunk_that_never_arrived_is_followed_by_another_post_once_its_address_is_dead(
    platform: TikTokPlatform, film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "PAUSES_S", ())
    platform.faults = [Fault("PUT /video/", "reset", skip=10, after_bytes=100)]
    desk = MemoryDesk()
    with pytest.raises(ProviderUnavailable):
        TikTok().publish(parcel_of(film), desk)
    monkeypatch.setattr(tiktok_upload, "ADDRESS_LIVES_S", 0.0)
    TikTok().publish(parcel_of(film), desk)

    assert platform.inits == 2
    assert [sha_of(each.received) for each in platform.visible] == [sha_of(film.read_bytes())]


def test_a_token_that_ends_on_the_way_is_renewed_once(platform: TikTokPlatform, film: Path) -> None:
    platform.hook = lambda number, when, asked: platform.rotate() and None if (number, when) == (4, "after") else None
    desk = MemoryDesk(on_renew=lambda: platform.access)
    TikTok().publish(parcel_of(film), desk)

    assert desk.renewals == 1
    assert len(platform.visible) == 1


def test_a_token_that_is_refused_after_its_renewal_has_to_be_given_anew(platform: TikTokPlatform, film: Path) -> None:
    platform.access = "another"
    desk = MemoryDesk()

    with pytest.raises(ProviderNotReady, match="connect it again"):
        TikTok().publish(parcel_of(film), desk)
    assert desk.renewals == 1
    assert platform.visible == []


def test_failures_are_not_counted_while_the_film_moves(platform: TikTokPlatform, film: Path) -> None:
    platform.faults = [Fault("PUT /video/", "status", status=503, times=2, skip=2) for _ in range(5)]
    TikTok().publish(parcel_of(film), MemoryDesk())

    assert len(platform.visible) == 1
    assert [fault.times for fault in platform.faults] == [0, 0, 0, 0, 0]


def test_a_beginning_without_an_answer_is_not_repeated_in_a_hurry(platform: TikTokPlatform, film: Path) -> None:
    platform.faults = [Fault("video/init", "lost answer")]
    desk = MemoryDesk()
    with pytest.raises(ProviderUnavailable):
        TikTok().publish(parcel_of(film), desk)

    assert platform.inits == 1

    TikTok().publish(parcel_of(film), desk)

    assert platform.inits == 2
    assert len(platform.visible) == 1


REFUSALS = [
    (429, "rate_limit_exceeded", OverLimit, "too many requests", 60.0),
    (403, "spam_risk_too_many_posts", OverLimit, "24 hours", 21_600.0),
    (403, "spam_risk_too_many_pending_share", OverLimit, "inbox", 21_600.0),
    (403, "reached_active_user_cap", OverLimit, "audited apps have more", 21_600.0),
    (403, "unaudited_client_can_only_post_to_private_accounts", ProviderRejected, "has not audited this app", None),
    (403, "privacy_level_option_mismatch", ProviderRejected, "visibility", None),
    (403, "spam_risk_user_banned_from_posting", ProviderRejected, "does not let this account post", None),
    (401, "scope_not_authorized", ProviderNotReady, "connect it again", None),
    (400, "invalid_param", ProviderRejected, "check the options", None),
    (500, "internal_error", ProviderUnavailable, "an error of its own", None),
    (400, "never_heard_of", ProviderRejected, "refused the request with 400", None),
    (200, "never_heard_of", ProviderRejected, "refused the request with 400", None),
]


@pytest.mark.parametrize(
    ("status", "code", "kind", "said", "wait_s"), REFUSALS, ids=[f"{r[0]} {r[1]}" for r in REFUSALS]
)
def test_a_refusal_is_told_in_our_words(
    platform: TikTokPlatform,
    film: Path,
    status: int,
    code: str,
    kind: type[ProviderError],
    said: str,
    wait_s: float | None,
) -> None:
    body = {"error": {"code": code, "message": f"{code} {LEAK}"}}
    platform.faults = [Fault("video/init", "status", status=status, body=body)]

    with pytest.raises(kind, match=said) as caught:
        TikTok().publish(parcel_of(film), MemoryDesk())
    assert type(caught.value) is kind
    assert getattr(caught.value, "retry_after", None) == wait_s
    assert LEAK not in str(caught.value)
    assert platform.visible == []


FAILURES = [
    ("file_format_check_failed", ProviderRejected, "cannot read the film"),
    ("duration_check_failed", ProviderRejected, "too short or too long"),
    ("frame_rate_check_failed", ProviderRejected, "23 to 60 frames"),
    ("picture_size_check_failed", ProviderRejected, "360 to 4096 px"),
    ("spam_risk_text", ProviderRejected, "risk of spam"),
    ("auth_removed", ProviderNotReady, "connect it again"),
    ("internal", ProviderUnavailable, "error of its own"),
    ("spam_risk_too_many_posts", OverLimit, "24 hours"),
    ("never_heard_of", ProviderRejected, "no reason that is known"),
]


@pytest.mark.parametrize(("reason", "kind", "said"), FAILURES, ids=[each[0] for each in FAILURES])
def test_a_film_that_tiktok_could_not_post_is_told_of_and_tried_afresh(
    platform: TikTokPlatform, film: Path, reason: str, kind: type[ProviderError], said: str
) -> None:
    platform.fails_with = reason
    desk = MemoryDesk()
    with pytest.raises(kind, match=said) as caught:
        TikTok().publish(parcel_of(film), desk)

    assert type(caught.value) is kind
    assert platform.visible == []
    assert platform.inits == 1

    platform.fails_with = ""
    TikTok().publish(parcel_of(film), desk)

    assert len(platform.visible) == 1


def test_what_takes_long_is_asked_for_later(
    platform: TikTokPlatform, film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tiktok, "PATIENCE_S", 0.0)
    platform.works_for = 5
    desk = MemoryDesk()
    with pytest.raises(ProviderUnavailable, match="still working") as caught:
        TikTok().publish(parcel_of(film), desk)

    assert caught.value.retry_after == 120.0

    try_on(parcel_of(film), desk)

    assert len(platform.visible) == 1
    assert platform.bytes_in == SIZE


def test_a_server_that_never_answers_is_given_up(
    platform: TikTokPlatform, film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tiktok_accounts, "TIMEOUT_S", 0.3)
    platform.faults = [Fault("creator_info", "silent")]

    with pytest.raises(ProviderUnavailable, match="no answer"):
        TikTok().publish(parcel_of(film), MemoryDesk())


def test_a_changed_film_never_goes_on_where_another_one_stopped(
    platform: TikTokPlatform, film: Path, tmp_path: Path
) -> None:
    desk = MemoryDesk(dies_at=8)
    with pytest.raises(Died):
        TikTok().publish(parcel_of(film), desk)
    other = tmp_path / "other.mp4"
    other.write_bytes(random.Random(9).randbytes(SIZE))
    TikTok().publish(parcel_of(other), desk)

    assert [sha_of(each.received) for each in platform.visible] == [sha_of(other.read_bytes())]
    assert platform.inits == 2


def test_a_death_at_any_line_leaves_one_film(platform: TikTokPlatform, film: Path) -> None:
    counting = MemoryDesk()
    TikTok().publish(parcel_of(film), counting)
    assert counting.calls > 25
    for number in range(1, counting.calls + 1):
        platform.uploads.clear()
        platform.bytes_in = 0
        desk = MemoryDesk(dies_at=number)
        with pytest.raises(Died):
            TikTok().publish(parcel_of(film), desk)
        published = TikTok().publish(parcel_of(film), desk)

        assert [sha_of(each.received) for each in platform.visible] == [sha_of(film.read_bytes())], number
        assert published.remote_id == platform.visible[0].publish_id
        assert platform.bytes_in <= 1.1 * SIZE, number
    assert mistakes(platform) == []


@pytest.mark.parametrize("kind", ["reset", "lost answer"])
def test_a_death_at_any_request_leaves_one_film(
    platform: TikTokPlatform, film: Path, monkeypatch: pytest.MonkeyPatch, kind: Any
) -> None:
    monkeypatch.setattr(wire, "PAUSES_S", ())
    TikTok().publish(parcel_of(film), MemoryDesk())
    requests = len(platform.asked)
    assert requests == 15
    for number in range(requests):
        platform.uploads.clear()
        platform.bytes_in = 0
        platform.faults = [Fault("/", kind, skip=number, after_bytes=9000)]
        desk = MemoryDesk()
        with pytest.raises(ProviderUnavailable):
            TikTok().publish(parcel_of(film), desk)
        try_on(parcel_of(film), desk)

        assert [sha_of(each.received) for each in platform.visible] == [sha_of(film.read_bytes())], number
        assert platform.bytes_in <= 1.1 * SIZE, number
    assert mistakes(platform) == []


def test_whenever_it_is_called_off_nothing_is_visible(platform: TikTokPlatform, film: Path) -> None:
    counting = MemoryDesk()
    TikTok().publish(parcel_of(film), counting)
    reports = len(counting.steps)
    for number in range(1, reports + 1):
        platform.uploads.clear()
        desk = CalledOffAt(number)
        with pytest.raises(PublishCancelled):
            TikTok().publish(parcel_of(film), desk)
        desk.is_closing = True
        TikTok().abandon(parcel_of(film), desk)
        TikTok().abandon(parcel_of(film), desk)
        ask_often(platform)

        assert platform.visible == [], number
    assert mistakes(platform) == []


class CalledOffAt(MemoryDesk):
    """Its owner calls it off at the report of that number."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number

    def report(self, step: str, *, sent: int | None = None) -> None:
        self.is_called_off = len(self.steps) + 1 >= self.number
        super().report(step, sent=sent)


def ask_often(platform: TikTokPlatform) -> None:
    """Let the platform finish whatever it still has to do."""
    with platform.lock:
        for upload in platform.uploads.values():
            for _ in range(5):
                platform._status({"publish_id": upload.publish_id})


def test_what_is_shown_already_cannot_be_called_off_and_is_told_of(platform: TikTokPlatform, film: Path) -> None:
    desk = MemoryDesk()
    TikTok().publish(parcel_of(film), desk)

    with pytest.raises(ProviderRejected, match="remove it in the TikTok app"):
        TikTok().abandon(parcel_of(film), desk)


def test_what_tiktok_neither_drops_nor_shows_is_asked_for_again(platform: TikTokPlatform, film: Path) -> None:
    platform.is_cancellable, platform.works_for = False, 1000
    desk = CalledOffAt(14)
    with pytest.raises(PublishCancelled):
        TikTok().publish(parcel_of(film), desk)

    with pytest.raises(ProviderUnavailable):
        TikTok().abandon(parcel_of(film), desk)


def test_nothing_is_withdrawn(platform: TikTokPlatform) -> None:
    for _ in range(2):
        with pytest.raises(ProviderRejected, match="do it in the app"):
            TikTok().withdraw(Published(remote_id="1"), MemoryDesk())
    assert TikTok.limits.can_withdraw is False
    assert platform.asked == []


@pytest.mark.parametrize(
    "address",
    ["http://127.0.0.1:9", "https://tiktokapis.com.example.com", "ftp://x", "http://open-upload.tiktokapis.com"],
)
def test_a_film_goes_to_no_other_host(platform: TikTokPlatform, film: Path, address: str) -> None:
    platform.upload_root = address

    with pytest.raises(ProviderUnavailable, match="not its own"):
        TikTok().publish(parcel_of(film), MemoryDesk())


def test_tiktoks_own_hosts_are_reached_by_the_root_that_the_operator_sets(platform: TikTokPlatform, film: Path) -> None:
    platform.upload_root = "https://open-upload.tiktokapis.com"
    TikTok().publish(parcel_of(film), MemoryDesk())

    assert len(platform.visible) == 1


def test_no_secret_is_told(platform: TikTokPlatform, film: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    desk = MemoryDesk()
    told: list[str] = []
    for fault in (
        Fault("PUT /video/", "status", status=400, skip=2, times=9),
        Fault("PUT /video/", "reset", times=9),
        Fault("status/fetch", "malformed", times=9),
        Fault("status/fetch", "status", status=401, times=9),
    ):
        platform.faults = [fault]
        with pytest.raises(ProviderError) as caught:
            TikTok().publish(parcel_of(film), desk)
        told += [str(caught.value), repr(caught.value), repr(caught.value.__cause__), repr(caught.value.__context__)]
    everything = "\n".join([*told, caplog.text])

    assert len(platform.uploads) >= 1
    for secret in ("access-1", "refresh-1", SECRET, LEAK, *(each.secret for each in platform.uploads.values())):
        assert secret not in everything


def problems(post: Post, media: Media | None = None) -> list[tuple[str, str]]:
    return [(each.field, each.message) for each in TikTok().problems(post, media)]


def test_texts_are_counted_in_utf16() -> None:
    def long(description: str) -> Post:
        return Post(title="標題", description=description)

    # 2 and 2 line breaks stand before the description.
    assert problems(long("字" * 2196)) == []
    assert problems(long("字" * 2197)) == [
        ("description", "title and description have 2201 UTF-16 code units; 2200 are allowed")
    ]
    assert problems(long("😀" * 1098)) == []
    assert problems(long("😀" * 1098 + "a")) == [
        ("description", "title and description have 2201 UTF-16 code units; 2200 are allowed")
    ]
    assert problems(Post(title="x" * 300)) == []


def test_credits_are_shortened_to_names_before_the_creators_words_are_touched(
    platform: TikTokPlatform, film: Path
) -> None:
    credit = Credit(title="Rain", author="Ana", licence="CC BY 4.0", url="https://example.com/rain")
    long = TikTok().publish(
        parcel_of(film, description="x" * 2174, credits=(credit, OWN), tags=("rain",)), MemoryDesk()
    )
    short = TikTok().publish(
        parcel_of(film, description="x", credits=(credit, OWN), tags=("rain", "Rain")), MemoryDesk()
    )

    assert [each.info and each.info["title"] for each in platform.visible] == [
        "颱風來了\n\n" + "x" * 2174 + "\n\nCredits: Ana",
        "颱風來了\n\nx\n\n#rain\n\nCredits:\nRain – Ana (CC BY 4.0) https://example.com/rain",
    ]
    assert long.notes == ("there was no room for the full credits: they were shortened to names",)
    assert short.notes == ()


def test_wrong_options_are_named() -> None:
    found = problems(Post(title="t", options={"mode": "later", "disable_duet": "yes", "privacy": "all"}))

    assert [field for field, _ in found] == ["options.mode", "options.disable_duet", "options.privacy"]


def test_what_the_api_does_not_have_is_a_problem() -> None:
    media = Media(width=1080, height=1920, duration=10, fps=30, size=1, sha256="0" * 64)
    post = Post(title="t", publish_at=datetime(2027, 1, 1, tzinfo=UTC))

    assert problems(post) == [("publish_at", "TikTok has no schedule of its own; use scheduled_at")]
    assert problems(Post(title="t", options={"brand_content_toggle": True})) == [
        ("options.brand_content_toggle", "a paid partnership cannot be private")
    ]
    assert problems(Post(title="t", options={"video_cover_timestamp_ms": 10_000}), media) == [
        ("options.video_cover_timestamp_ms", "is 10000 ms; the film lasts 10000 ms")
    ]
    assert problems(Post(title="t", options={"video_cover_timestamp_ms": 9_999}), media) == []


def test_the_schema_of_the_options_is_closed() -> None:
    schema = TikTok().options_schema()

    assert schema["additionalProperties"] is False
    assert json.dumps(schema)


def test_without_an_app_it_says_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TIKTOK_CLIENT_KEY", raising=False)

    with pytest.raises(ProviderNotReady, match="TIKTOK_CLIENT_KEY or TIKTOK_CLIENT_SECRET is not set"):
        catalog.open("tiktok").check()


def challenge_of(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def test_the_owner_is_sent_to_tiktoks_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIKTOK_CLIENT_KEY", KEY)
    url = TikTok().authorization_url(
        state="s1", challenge=challenge_of(VERIFIER), redirect="https://v.example.com/social/callback/tiktok"
    )
    parts = urlsplit(url)

    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == "https://www.tiktok.com/v2/auth/authorize/"
    assert parse_qs(parts.query) == {
        "client_key": [KEY],
        "response_type": ["code"],
        "scope": ["user.info.basic,video.publish,video.upload"],
        "redirect_uri": ["https://v.example.com/social/callback/tiktok"],
        "state": ["s1"],
        "code_challenge": [challenge_of(VERIFIER)],
        "code_challenge_method": ["S256"],
    }


def login(platform: TikTokPlatform) -> str:
    """A code, as the owner's browser would bring it."""
    url = TikTok().authorization_url(state="s1", challenge=challenge_of(VERIFIER), redirect=REDIRECT)
    assert url.startswith(platform.root + "/v2/auth/authorize/?")
    platform.codes["code-1"] = parse_qs(urlsplit(url).query)["code_challenge"][0]
    return "code-1"


def test_apps_on_this_machine_are_challenged_in_hexadecimal(platform: TikTokPlatform) -> None:
    login(platform)

    assert platform.codes["code-1"] == hashlib.sha256(VERIFIER.encode()).hexdigest()


def test_a_code_becomes_an_account_once(platform: TikTokPlatform) -> None:
    code = login(platform)
    grant = TikTok().exchange(code, verifier=VERIFIER, redirect=REDIRECT)

    assert (grant.remote_id, grant.name) == ("open-1", "小明")
    assert grant.token.access == platform.access
    assert grant.token.scopes == ("user.info.basic", "video.publish", "video.upload")

    with pytest.raises(ProviderRejected, match="refused the code"):
        TikTok().exchange(code, verifier=VERIFIER, redirect=REDIRECT)


def test_a_code_of_somebody_else_is_refused(platform: TikTokPlatform) -> None:
    code = login(platform)

    with pytest.raises(ProviderRejected):
        TikTok().exchange(code, verifier="w" * 64, redirect=REDIRECT)


def test_a_permission_that_was_not_granted_is_named(platform: TikTokPlatform) -> None:
    platform.scopes = "user.info.basic,video.upload"

    with pytest.raises(ProviderRejected, match=r"not granted: video\.publish"):
        TikTok().exchange(login(platform), verifier=VERIFIER, redirect=REDIRECT)


def test_a_refresh_token_is_replaced_at_every_use(platform: TikTokPlatform) -> None:
    first = Token(access="access-1", refresh="refresh-1", scopes=("video.publish",))
    second = TikTok().refresh(first)

    assert second.access == platform.access
    assert second.refresh == platform.refresh != "refresh-1"
    assert TikTok().refresh(second).access == platform.access

    with pytest.raises(ProviderNotReady, match="connect it again"):
        TikTok().refresh(first)


def test_a_token_is_revoked_and_that_twice_is_fine(platform: TikTokPlatform) -> None:
    token = Token(access="access-1")
    TikTok().revoke(token)
    TikTok().revoke(token)

    assert platform.revoked == ["access-1"]


def test_a_server_that_is_down_is_told_of_when_a_token_is_revoked(platform: TikTokPlatform) -> None:
    platform.faults = [Fault("/v2/oauth/revoke/", "status", status=503)]

    with pytest.raises(ProviderUnavailable):
        TikTok().revoke(Token(access="access-1"))
