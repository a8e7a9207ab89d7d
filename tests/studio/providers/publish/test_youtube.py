"""YouTube, by the real client against a server that checks the protocol."""

from __future__ import annotations

import base64
import hashlib
import logging
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

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
from studio.models.publication import Post, Published, Token
from studio.providers.publish import Connector, Parcel, Publisher, google_account, patience, youtube_client
from studio.providers.publish import youtube as module
from studio.providers.publish import youtube_upload as upload
from studio.providers.publish.youtube import YouTube
from studio.providers.publish.youtube_errors import until_midnight
from studio.providers.publish.youtube_text import description_of, resource_of, tags_length
from tests.support.desk import Died, MemoryDesk
from tests.support.parcels import SRT, ForgetfulDesk, cuts, deaths, is_the_film, parcel
from tests.support.platforms.server import Fault, FaultKind, serving
from tests.support.platforms.youtube import CLIENT_ID, CLIENT_SECRET, CODE, SCOPES, YouTubePlatform, reason

GRAIN = 4096
CHUNKS = 11
"""Whole ones; a short one comes last. As few as let one chunk be sent twice within a tenth more than the film."""

SIZE = CHUNKS * GRAIN + 123
SESSION = "upload_id="
POST = Post(
    title="貓",
    description="今天的貓",
    tags=("cats", "two words"),
    language="zh-TW",
    options={"playlist_id": "PLmine-000001"},
    credits=(Credit(title="Cat", author="Ann <Lee>", licence="CC BY 4.0", url="https://example.com/cat"),),
)


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch) -> Iterator[YouTubePlatform]:
    with serving(YouTubePlatform(grain=GRAIN)) as server:
        assert isinstance(server, YouTubePlatform)
        monkeypatch.setenv("YOUTUBE_ROOT_URL", server.root)
        monkeypatch.setenv("GOOGLE_OAUTH_ROOT_URL", server.root)
        monkeypatch.setenv("YOUTUBE_CLIENT_ID", CLIENT_ID)
        monkeypatch.setenv("YOUTUBE_CLIENT_SECRET", CLIENT_SECRET)
        monkeypatch.setattr(upload, "GRAIN", GRAIN)
        monkeypatch.setattr(patience, "WAITS", (0.0, 0.0))
        monkeypatch.setattr(module, "POLLS_S", (0.0,))
        yield server


@pytest.fixture
def sent(tmp_path: Path) -> Parcel:
    return parcel(tmp_path, POST, size=SIZE)


@pytest.fixture
def desk(platform: YouTubePlatform) -> MemoryDesk:
    return MemoryDesk(on_renew=platform.next_token)


def begin(platform: YouTubePlatform, kind: type[MemoryDesk] = MemoryDesk) -> MemoryDesk:
    """As if nothing had happened yet."""
    fresh = YouTubePlatform()
    for name in ("sessions", "videos", "playlists", "access", "inserts", "received"):
        setattr(platform, name, getattr(fresh, name))
    platform.asked.clear()
    platform.refused.clear()
    platform.faults.clear()
    return kind(on_renew=platform.next_token)


def assert_one(platform: YouTubePlatform, sent: Parcel, published: Published, *, most: float = 1.1) -> None:
    """One video with everything, and hardly a byte more than needed."""
    assert list(platform.videos) == [published.remote_id]
    video = platform.videos[published.remote_id]
    assert is_the_film(video.film, sent)
    assert video.thumbnail == b"\xff\xd8poster"
    assert video.captions == {"zh-TW": SRT.encode()}
    assert platform.playlists == {"PLmine-000001": [published.remote_id]}
    assert published.notes == ()
    assert platform.received <= most * sent.media.size
    assert platform.refused == []


def test_it_is_a_publisher_and_a_connector() -> None:
    assert isinstance(YouTube(), Publisher)
    assert isinstance(YouTube(), Connector)


def test_a_film_arrives_with_everything_that_goes_with_it(
    platform: YouTubePlatform, sent: Parcel, desk: MemoryDesk
) -> None:
    published = YouTube().publish(sent, desk)

    assert_one(platform, sent, published, most=1.0)
    assert published.url == f"https://www.youtube.com/watch?v={published.remote_id}"
    assert published.visibility == "private"
    assert platform.inserts == 1
    assert platform.videos[published.remote_id].resource["snippet"] == {
        "title": "貓",
        "description": "今天的貓\n\n#cats #twowords\n\n素材:\nCat – Ann ‹Lee› (CC BY 4.0) https://example.com/cat"
        "\n\n本影片由 AI 協助製作。",
        "tags": ["cats", "two words"],
        "categoryId": "22",
        "defaultLanguage": "zh-TW",
        "defaultAudioLanguage": "zh-TW",
    }


def test_progress_is_what_the_platform_has_confirmed(platform: YouTubePlatform, sent: Parcel, desk: MemoryDesk) -> None:
    YouTube().publish(sent, desk)

    assert [count for step, count in desk.steps if step == "uploading"] == [*range(0, SIZE, GRAIN), SIZE]
    assert [step for step, _ in desk.steps if step != "uploading"] == ["processing"] * 2 + ["finishing"] * 3


def test_the_session_is_saved_before_the_first_byte_is_sent(
    platform: YouTubePlatform, sent: Parcel, desk: MemoryDesk
) -> None:
    saved: list[bool] = []
    platform.hook = lambda _, when, asked: saved.append("session" in desk.saved) if asked.method == "PUT" else None

    YouTube().publish(sent, desk)

    assert saved
    assert all(saved)


def test_with_the_real_chunks_a_broken_connection_costs_less_than_a_tenth(
    platform: YouTubePlatform, tmp_path: Path, desk: MemoryDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upload, "GRAIN", youtube_client.GRAIN)
    platform.grain = 256 * 1024
    film = parcel(tmp_path, POST, size=4_000_001)
    platform.faults.append(Fault(SESSION, "reset", skip=5, after_bytes=200_000))

    assert_one(platform, film, YouTube().publish(film, desk))


@pytest.mark.parametrize(
    ("size", "chunk"),
    [(1, 262_144), (4_000_000, 262_144), (12 << 20, 1 << 20), (96 << 20, 8 << 20), (4 << 30, 8 << 20)],
)
def test_chunks_are_multiples_of_256_kib_and_at_most_8_mib(size: int, chunk: int) -> None:
    assert upload.chunk_bytes(size) == chunk


def test_an_upload_that_is_cut_goes_on_where_the_platform_is(
    platform: YouTubePlatform, sent: Parcel, desk: MemoryDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "WAITS", (0.0,) * 6)
    kinds: tuple[FaultKind, ...] = ("reset", "half-close", "status", "lost answer", "malformed")
    for place, kind in enumerate(kinds):
        platform.faults.append(Fault(SESSION, kind, skip=1, after_bytes=GRAIN // 2 if place % 2 else GRAIN - 1))

    # Five chunks of twelve are lost on the way.
    assert_one(platform, sent, YouTube().publish(sent, desk), most=1.3)
    assert len(platform.sessions) == 1


@pytest.mark.parametrize("kind", ["reset", "half-close", "status", "lost answer", "malformed", "slow"])
@pytest.mark.parametrize("skip", [0, 7, CHUNKS], ids=["first", "middle", "last"])
def test_one_fault_at_a_chunk_is_survived(
    platform: YouTubePlatform, sent: Parcel, desk: MemoryDesk, kind: FaultKind, skip: int
) -> None:
    platform.faults.append(Fault(SESSION, kind, skip=skip, after_bytes=100, seconds=0.05))

    assert_one(platform, sent, YouTube().publish(sent, desk))


def test_a_platform_that_takes_less_than_it_was_sent_gets_the_rest(
    platform: YouTubePlatform, sent: Parcel, desk: MemoryDesk
) -> None:
    platform.partial = GRAIN // 2

    assert_one(platform, sent, YouTube().publish(sent, desk), most=2.1)


def test_a_platform_that_takes_nothing_is_left(platform: YouTubePlatform, sent: Parcel, desk: MemoryDesk) -> None:
    platform.faults.append(Fault(SESSION, "status", status=308, times=100))

    with pytest.raises(ProviderUnavailable, match="takes no more bytes"):
        YouTube().publish(sent, desk)


def test_a_lost_last_answer_makes_no_second_video(platform: YouTubePlatform, sent: Parcel, desk: MemoryDesk) -> None:
    platform.faults.append(Fault(SESSION, "lost answer", skip=CHUNKS, times=50))
    with pytest.raises(ProviderUnavailable):
        YouTube().publish(sent, desk)
    platform.faults.clear()

    assert_one(platform, sent, YouTube().publish(sent, desk))
    assert platform.inserts == 1


def test_a_session_that_ended_midway_is_begun_again(platform: YouTubePlatform, sent: Parcel, desk: MemoryDesk) -> None:
    platform.faults.append(Fault(SESSION, "status", status=404, skip=5))

    assert_one(platform, sent, YouTube().publish(sent, desk), most=1.5)
    assert platform.inserts == 2


def test_a_session_that_ended_after_the_last_byte_leaves_the_one_video(
    platform: YouTubePlatform, sent: Parcel, desk: MemoryDesk
) -> None:
    platform.faults.append(Fault(SESSION, "lost answer", skip=CHUNKS, times=50))
    with pytest.raises(ProviderUnavailable):
        YouTube().publish(sent, desk)
    platform.faults.clear()
    platform.forget_sessions()

    assert_one(platform, sent, YouTube().publish(sent, desk))
    assert platform.inserts == 1


def test_a_session_that_ended_before_the_last_byte_came_in_is_begun_again(
    platform: YouTubePlatform, sent: Parcel, desk: MemoryDesk
) -> None:
    platform.faults.append(Fault(SESSION, "reset", skip=CHUNKS, times=50))
    with pytest.raises(ProviderUnavailable):
        YouTube().publish(sent, desk)
    platform.faults.clear()
    platform.forget_sessions()

    assert desk.saved["is_last"] is True
    assert_one(platform, sent, YouTube().publish(sent, desk), most=2.1)


def test_an_older_video_with_the_same_texts_is_not_taken_for_ours(
    platform: YouTubePlatform, sent: Parcel, desk: MemoryDesk
) -> None:
    older = YouTube().publish(sent, MemoryDesk())
    platform.videos[older.remote_id].published_at = "2026-01-01T00:00:00Z"
    platform.faults.append(Fault(SESSION, "reset", skip=CHUNKS, times=50))
    with pytest.raises(ProviderUnavailable):
        YouTube().publish(sent, desk)
    platform.faults.clear()
    platform.forget_sessions()

    assert YouTube().publish(sent, desk).remote_id != older.remote_id
    assert len(platform.videos) == 2


def test_an_answer_about_a_playlist_that_was_lost_adds_the_video_once(
    platform: YouTubePlatform, sent: Parcel, desk: MemoryDesk
) -> None:
    platform.faults.append(Fault("POST /youtube/v3/playlistItems", "lost answer"))

    assert_one(platform, sent, YouTube().publish(sent, desk))


def test_a_death_at_every_call_and_then_a_cancel_leave_nothing(
    platform: YouTubePlatform, sent: Parcel, desk: MemoryDesk
) -> None:
    YouTube().publish(sent, desk)

    for number in range(1, desk.calls + 1):
        died = begin(platform, ForgetfulDesk)
        died.dies_at = number
        with pytest.raises(Died):
            YouTube().publish(sent, died)
        YouTube().abandon(sent, died)

        assert platform.videos == {}
        assert platform.refused == []


def test_sessions_that_always_end_are_given_up(platform: YouTubePlatform, sent: Parcel, desk: MemoryDesk) -> None:
    platform.faults.append(Fault(SESSION, "status", status=410, times=100))

    with pytest.raises(ProviderUnavailable, match="end before the film is there"):
        YouTube().publish(sent, desk)
    assert platform.videos == {}


@pytest.mark.parametrize("kind", [MemoryDesk, ForgetfulDesk])
def test_a_death_at_every_call_of_the_desk_leaves_one_video(
    platform: YouTubePlatform, sent: Parcel, desk: MemoryDesk, kind: type[MemoryDesk]
) -> None:
    YouTube().publish(sent, desk)
    tried = 0

    for published in deaths(YouTube(), sent, desk.calls, lambda: begin(platform, kind)):
        tried += 1
        assert_one(platform, sent, published)
    assert tried > CHUNKS + 9


@pytest.mark.parametrize("kind", ["reset", "lost answer"])
def test_a_death_at_every_request_leaves_one_video(
    platform: YouTubePlatform, sent: Parcel, kind: FaultKind, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "WAITS", ())
    tried = 0
    for published in cuts(YouTube(), sent, kind, lambda: (platform, begin(platform))):
        tried += 1
        noted = [note.partition(":")[0] for note in published.notes]
        assert_one(platform, sent, replace_notes(published), most=1.1) if not noted else None
        assert len(platform.videos) == 1
        assert platform.received <= 1.1 * SIZE
        assert platform.refused == []
        assert noted in ([], ["thumbnail"], ["captions zh-TW"], ["playlist"])
    assert tried > CHUNKS + 6


def replace_notes(published: Published) -> Published:
    return published.model_copy(update={"notes": ()})


def test_a_film_that_was_changed_never_goes_on_with_an_old_session(
    platform: YouTubePlatform, sent: Parcel, tmp_path: Path, desk: MemoryDesk
) -> None:
    desk.dies_at = 8
    with pytest.raises(BaseException):  # noqa: B017
        YouTube().publish(sent, desk)
    desk.dies_at = 0
    other = parcel(tmp_path, POST, size=SIZE + 5, seed=2)

    assert_one(platform, other, YouTube().publish(other, desk), most=1.6)


def test_a_film_that_was_changed_after_it_arrived_takes_its_place(
    platform: YouTubePlatform, sent: Parcel, tmp_path: Path, desk: MemoryDesk
) -> None:
    first = YouTube().publish(sent, desk)
    other = parcel(tmp_path, POST, size=SIZE + 5, seed=2)
    platform.playlists["PLmine-000001"].clear()
    second = YouTube().publish(other, desk)

    assert list(platform.videos) == [second.remote_id]
    assert first.remote_id not in platform.videos
    assert is_the_film(platform.videos[second.remote_id].film, other)


def test_a_token_that_ends_midway_is_renewed_once(platform: YouTubePlatform, sent: Parcel, desk: MemoryDesk) -> None:
    platform.faults.append(Fault(SESSION, "status", status=401, skip=8))

    assert_one(platform, sent, YouTube().publish(sent, desk))
    assert desk.renewals == 1


def test_an_account_that_is_refused_again_has_to_be_connected_again(
    platform: YouTubePlatform, sent: Parcel, desk: MemoryDesk
) -> None:
    platform.faults.append(Fault(SESSION, "status", status=401, skip=8, times=2))

    with pytest.raises(ProviderNotReady, match="connect it again"):
        YouTube().publish(sent, desk)
    assert_one(platform, sent, YouTube().publish(sent, desk), most=1.2)


REFUSALS: list[tuple[int, str, type[ProviderError], str]] = [
    (403, "quotaExceeded", OverLimit, "midnight Pacific"),
    (403, "rateLimitExceeded", OverLimit, "rate limit"),
    (400, "uploadLimitExceeded", OverLimit, "in a day"),
    (401, "youtubeSignupRequired", ProviderNotReady, "no YouTube channel"),
    (403, "accessNotConfigured", ProviderNotReady, "YOUTUBE_CLIENT_ID"),
    (403, "forbidden", ProviderNotReady, "connect it again"),
    (400, "invalidTitle", ProviderRejected, "title"),
    (400, "invalidCategoryId", ProviderRejected, "options.category_id"),
    (400, "nobodyKnows", ProviderRejected, "400"),
    (503, "backendError", ProviderUnavailable, "503"),
]


@pytest.mark.parametrize(("status", "name", "kind", "said"), REFUSALS)
def test_a_refusal_says_what_to_do_and_nothing_is_visible(
    platform: YouTubePlatform,
    sent: Parcel,
    desk: MemoryDesk,
    status: int,
    name: str,
    kind: type[ProviderError],
    said: str,
) -> None:
    platform.faults.append(Fault("uploadType=resumable&part", "status", times=9, status=status, body=reason(name)))
    platform.faults.append(Fault("POST /upload", "status", times=9, status=status, body=reason(name)))

    with pytest.raises(kind, match=said) as refused:
        YouTube().publish(sent, desk)
    assert type(refused.value) is kind
    assert "CANARY" not in str(refused.value)
    assert platform.videos == {}


def test_the_quota_is_full_again_at_midnight_pacific() -> None:
    pacific = ZoneInfo("America/Los_Angeles")

    assert until_midnight(datetime(2026, 11, 30, 22, 0, tzinfo=pacific)) == 2 * 3600
    assert until_midnight(datetime(2026, 11, 1, 0, 30, tzinfo=pacific)) == 24.5 * 3600


def test_a_quota_that_ends_midway_is_waited_for_and_then_the_film_goes_on(
    platform: YouTubePlatform, sent: Parcel, desk: MemoryDesk
) -> None:
    platform.faults.append(Fault(SESSION, "status", status=403, skip=9, body=reason("quotaExceeded")))
    with pytest.raises(OverLimit) as refused:
        YouTube().publish(sent, desk)

    assert refused.value.retry_after is not None
    assert 0 < refused.value.retry_after <= 25 * 3600
    assert_one(platform, sent, YouTube().publish(sent, desk))


def test_429_says_when(platform: YouTubePlatform, sent: Parcel, desk: MemoryDesk) -> None:
    platform.faults.append(Fault(SESSION, "status", status=429, skip=3, headers={"Retry-After": "17"}))

    with pytest.raises(OverLimit) as refused:
        YouTube().publish(sent, desk)
    assert refused.value.retry_after == 17


@pytest.mark.parametrize(
    ("outcome", "said", "stays"),
    [
        ({"uploadStatus": "failed", "failureReason": "codec"}, "codec", False),
        ({"processingStatus": "failed"}, "failed to process", False),
        ({"uploadStatus": "rejected", "rejectionReason": "copyright"}, "copyright", True),
        ({"uploadStatus": "rejected", "rejectionReason": "length"}, "youtube.com/verify", True),
        ({"uploadStatus": "rejected", "rejectionReason": "CANARY"}, "nothing more", True),
    ],
)
def test_a_film_that_youtube_does_not_show_is_refused_with_the_reason(
    platform: YouTubePlatform, sent: Parcel, desk: MemoryDesk, outcome: dict[str, str], said: str, stays: bool
) -> None:
    platform.outcome = outcome

    for _ in range(2):
        with pytest.raises(ProviderRejected, match=said) as refused:
            YouTube().publish(sent, desk)
        assert "CANARY" not in str(refused.value)
        assert platform.visible == []
        assert len(platform.videos) == stays
        said = said if stays else "not there any more"
    assert platform.inserts == 1


def test_a_film_that_youtube_works_on_for_long_is_there_all_the_same(
    platform: YouTubePlatform, sent: Parcel, desk: MemoryDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PROCESSING_S", 0.0)
    platform.polls = 1000

    published = YouTube().publish(sent, desk)

    assert published.notes == ("YouTube was still working on it; it shows the film when that is done",)


def test_a_video_that_is_not_known_at_once_is_asked_for_again(
    platform: YouTubePlatform, sent: Parcel, desk: MemoryDesk
) -> None:
    platform.faults.append(Fault("GET /youtube/v3/videos", "status", status=200, times=4, body={"items": []}))

    assert_one(platform, sent, YouTube().publish(sent, desk))


def test_a_visibility_that_youtube_changed_is_told(platform: YouTubePlatform, sent: Parcel, desk: MemoryDesk) -> None:
    platform.outcome = {"uploadStatus": "processed", "privacyStatus": "private"}
    public = replace(sent, post=POST.model_copy(update={"visibility": "public"}))

    published = YouTube().publish(public, desk)

    assert published.visibility == "private"
    assert published.notes == ("YouTube shows it as private, not as public",)


@pytest.mark.parametrize(
    ("where", "note"),
    [
        ("/thumbnails/set", "thumbnail: publish 'youtube': it lets only channels with a verified phone number"),
        ("/captions", "captions zh-TW: publish 'youtube': it does not allow that"),
        ("POST /youtube/v3/playlistItems", "playlist: publish 'youtube': it does not allow that"),
    ],
)
def test_what_goes_with_a_film_and_is_refused_becomes_a_note(
    platform: YouTubePlatform, sent: Parcel, desk: MemoryDesk, where: str, note: str
) -> None:
    platform.faults.append(Fault(where, "status", status=403, body=reason("forbidden")))
    published = YouTube().publish(sent, desk)

    assert len(platform.videos) == 1
    assert len(published.notes) == 1
    assert published.notes[0].startswith(note)
    assert YouTube().publish(sent, desk).notes == published.notes


def test_an_own_playlist_that_is_none_becomes_a_note(platform: YouTubePlatform, sent: Parcel, desk: MemoryDesk) -> None:
    other = replace(sent, post=POST.model_copy(update={"options": {"playlist_id": "PLother-00001"}}))

    notes = YouTube().publish(other, desk).notes

    assert notes == ("playlist: publish 'youtube': options.playlist_id is no playlist of the channel",)


def test_a_cancel_at_every_report_leaves_nothing(platform: YouTubePlatform, sent: Parcel, desk: MemoryDesk) -> None:
    YouTube().publish(sent, desk)

    for number in range(1, len(desk.steps) + 1):
        called_off = begin(platform)
        called_off.report = cancelling(called_off, number)  # type: ignore[method-assign]
        with pytest.raises(PublishCancelled):
            YouTube().publish(sent, called_off)
        called_off.is_closing = True
        YouTube().abandon(sent, called_off)
        YouTube().abandon(sent, called_off)

        assert platform.videos == {}
        assert platform.refused == []


def cancelling(desk: MemoryDesk, number: int) -> Callable[..., None]:
    """A `report` that says no the *number*-th time."""
    reports = [0]
    report = desk.report

    def counted(step: str, *, sent: int | None = None) -> None:
        reports[0] += 1
        desk.is_called_off = reports[0] == number
        report(step, sent=sent)

    return counted


def test_what_an_earlier_process_sent_to_its_end_is_removed(
    platform: YouTubePlatform, sent: Parcel, desk: MemoryDesk
) -> None:
    platform.faults.append(Fault(SESSION, "lost answer", skip=CHUNKS, times=50))
    with pytest.raises(ProviderUnavailable):
        YouTube().publish(sent, desk)
    platform.faults.clear()
    assert len(platform.videos) == 1
    platform.forget_sessions()

    YouTube().abandon(sent, desk)

    assert platform.videos == {}


def test_nothing_is_asked_about_what_was_never_begun(platform: YouTubePlatform, sent: Parcel, desk: MemoryDesk) -> None:
    YouTube().abandon(sent, desk)

    assert platform.asked == []


def test_withdrawing_twice_is_fine(platform: YouTubePlatform, sent: Parcel, desk: MemoryDesk) -> None:
    published = YouTube().publish(sent, desk)

    YouTube().withdraw(published, desk)
    YouTube().withdraw(published, desk)

    assert platform.videos == {}


def test_a_platform_that_is_silent_is_left_in_time(
    platform: YouTubePlatform, sent: Parcel, desk: MemoryDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(google_account, "TIMEOUT_S", 0.3)
    platform.faults.append(Fault(SESSION, "silent", skip=2))

    assert_one(platform, sent, YouTube().publish(sent, desk))


def test_a_platform_that_takes_a_chunk_too_slowly_is_left(
    platform: YouTubePlatform, sent: Parcel, desk: MemoryDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(youtube_client, "SENDING_S", -1.0)

    with pytest.raises(ProviderUnavailable, match="WriteTimeout"):
        YouTube().publish(sent, desk)


def test_the_time_for_an_answer_counts_from_the_last_byte_that_was_sent(
    platform: YouTubePlatform, tmp_path: Path, desk: MemoryDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    pieces = youtube_client._pieces

    def slowly(content: bytes, is_sent: Callable[[], None]) -> Iterator[bytes]:
        time.sleep(0.5)
        yield from pieces(content, is_sent)

    monkeypatch.setattr(google_account, "TIMEOUT_S", 0.4)
    monkeypatch.setattr(youtube_client, "_pieces", slowly)
    monkeypatch.setattr(patience, "WAITS", ())
    film = parcel(tmp_path, POST, size=GRAIN)

    assert_one(platform, film, YouTube().publish(film, desk))


def test_nothing_secret_is_said(
    platform: YouTubePlatform, sent: Parcel, desk: MemoryDesk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    desk.access = platform.next_token()
    said = []
    for fault in (
        Fault("", "status", times=99, status=400),
        Fault("", "status", times=99, status=403),
        Fault("", "status", times=99, status=500),
        Fault("", "reset", times=99),
        Fault("", "malformed", times=99),
        Fault(SESSION, "status", times=99, status=400, skip=4),
        Fault(SESSION, "reset", times=99, skip=4),
    ):
        platform.faults[:] = [fault]
        fresh = MemoryDesk(access=desk.access)
        with pytest.raises(ProviderError) as refused:
            YouTube().publish(sent, fresh)
        said += [str(refused.value), repr(refused.value), repr(refused.value.__cause__)]
    platform.faults.clear()
    said += list(YouTube().publish(sent, MemoryDesk(access=desk.access)).notes)

    assert "CANARY" not in " ".join(said) + caplog.text
    assert platform.root not in " ".join(said)


def test_a_session_somewhere_else_gets_no_token(platform: YouTubePlatform, sent: Parcel, desk: MemoryDesk) -> None:
    elsewhere = {"Location": "http://127.0.0.2:9/upload/youtube/v3/videos?upload_id=1"}
    platform.faults.append(Fault("POST /upload", "status", times=9, status=200, headers=elsewhere))

    with pytest.raises(ProviderUnavailable, match="another shape"):
        YouTube().publish(sent, desk)
    assert "session" not in desk.saved


def test_a_port_without_anybody_is_unavailable(
    platform: YouTubePlatform, sent: Parcel, desk: MemoryDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        monkeypatch.setenv("YOUTUBE_ROOT_URL", f"http://127.0.0.1:{free.getsockname()[1]}")

    with pytest.raises(ProviderUnavailable, match="no answer"):
        YouTube().publish(sent, desk)


def problems(**changed: Any) -> list[tuple[str, str]]:
    post = Post.model_validate({"title": "A", **changed})
    return [(each.field, each.message) for each in YouTube().problems(post, None)]


def test_the_title_has_100_characters() -> None:
    assert problems(title="貓" * 100) == []
    assert problems(title="貓" * 101) == [("title", "has 101 characters; 100 are allowed")]


def test_the_description_has_5000_bytes() -> None:
    assert problems(description="a" * 5000) == []
    assert problems(description="中" * 1666 + "aa") == []
    assert problems(description="中" * 1667) == [("description", "has 5001 bytes; 5000 are allowed")]
    assert problems(description="😀" * 1251) == [("description", "has 5004 bytes; 5000 are allowed")]


def test_tags_have_500_characters_with_commas_and_quotes() -> None:
    assert tags_length(()) == 0
    assert tags_length(("a", "b c")) == 1 + 1 + 5
    assert problems(tags=("a" * 249, "b" * 250)) == []
    assert problems(tags=("a" * 250, "b" * 250)) == [
        ("tags", "have 501 characters with commas and quotes; 500 are allowed")
    ]


def test_angle_brackets_are_refused() -> None:
    assert problems(title="a < b", description="<b>", tags=("x>",)) == [
        ("title", "has < or >, which YouTube refuses"),
        ("description", "has < or >, which YouTube refuses"),
        ("tags", "have < or >, which YouTube refuses"),
    ]


def test_options_that_are_not_there_or_wrong_are_named() -> None:
    assert problems(options={"category_id": "28", "license": "creativeCommon"}) == []
    assert [field for field, _ in problems(options={"category_id": 28, "colour": "red", "license": "mine"})] == [
        "options.category_id",
        "options.license",
        "options.colour",
    ]
    assert set(YouTube().options_schema()["properties"]) == {  # type: ignore[arg-type]
        "category_id", "made_for_kids", "playlist_id", "embeddable", "license", "notify_subscribers", "publish_at",
    }  # fmt: skip


def test_a_film_that_is_shown_later_is_private_until_then() -> None:
    moment = datetime(2027, 1, 2, 3, 4, 5, tzinfo=UTC)
    post = Post(title="A", visibility="public", publish_at=moment)
    status = resource_of(post, module.YouTubeOptions())["status"]

    assert (status["privacyStatus"], status["publishAt"]) == ("private", "2027-01-02T03:04:05Z")
    assert [field for field, _ in problems(visibility="unlisted", publish_at=moment)] == ["visibility"]


def test_youtube_itself_may_be_asked_to_show_the_film_at_a_time() -> None:
    options = {"publish_at": "2027-01-02T11:04:05+08:00"}
    status = resource_of(Post(title="A", visibility="public"), module.YouTubeOptions.model_validate(options))["status"]

    assert (status["privacyStatus"], status["publishAt"]) == ("private", "2027-01-02T03:04:05Z")
    assert problems(options=options) == []
    assert [field for field, _ in problems(visibility="unlisted", options=options)] == ["visibility"]


@pytest.mark.parametrize("wrong", ["2027-01-02T11:04:05", "tomorrow", "9999-12-31T23:59:59-12:00", {}])
def test_a_time_without_a_zone_or_beyond_the_calendar_is_refused(wrong: object) -> None:
    assert [field for field, _ in problems(options={"publish_at": wrong})] == ["options.publish_at"]


def test_the_visibility_is_always_sent_and_private_is_the_default() -> None:
    assert resource_of(Post(title="A"), module.YouTubeOptions())["status"]["privacyStatus"] == "private"


def credits(count: int) -> tuple[Credit, ...]:
    return tuple(
        Credit(title=f"Picture {n:03}", author=f"Author {n:03}", licence="CC BY 4.0", url=f"https://example.com/{n:03}")
        for n in range(count)
    )


def test_the_creators_words_are_never_cut_and_credits_are_shortened_to_names() -> None:
    own = "a" * 4700
    found = description_of(Post(title="A", description=own, credits=credits(10), tags=("cats",)))

    assert found.text.startswith(f"{own}\n\n#cats\n\nCredits: Author 000, Author 001, ")
    assert found.text.endswith("Author 009\n\nMade with AI.")
    assert found.notes == ("there was no room for the full credits: they were shortened to names",)


def test_credits_without_any_room_become_a_note() -> None:
    own = "a" * 4990
    found = description_of(Post(title="A", description=own, credits=credits(2)))

    assert found.text == own
    assert found.notes == (
        "there was no room to credit Author 000, Author 001: licences may ask for it, so add it in a comment",
    )


def test_the_browser_is_sent_to_google_with_everything_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YOUTUBE_CLIENT_ID", CLIENT_ID)
    monkeypatch.setenv("YOUTUBE_CLIENT_SECRET", CLIENT_SECRET)
    url = urlsplit(YouTube().authorization_url(state="s-1", challenge="c-1", redirect="https://a.example/cb"))

    assert (url.scheme, url.netloc, url.path) == ("https", "accounts.google.com", "/o/oauth2/v2/auth")
    assert {name: value[0] for name, value in parse_qs(url.query).items()} == {
        "client_id": CLIENT_ID,
        "redirect_uri": "https://a.example/cb",
        "response_type": "code",
        "scope": SCOPES,
        "state": "s-1",
        "code_challenge": "c-1",
        "code_challenge_method": "S256",
        "access_type": "offline",
        "prompt": "consent",
    }


def test_without_a_client_it_says_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("YOUTUBE_CLIENT_ID", raising=False)

    with pytest.raises(ProviderNotReady, match="YOUTUBE_CLIENT_ID or YOUTUBE_CLIENT_SECRET is not set"):
        YouTube().check()


VERIFIER = "v" * 64


def challenge() -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


def test_a_code_becomes_a_channel_with_a_token(platform: YouTubePlatform) -> None:
    platform.challenge = challenge()
    grant = YouTube().exchange(CODE, verifier=VERIFIER, redirect="https://a.example/cb")

    assert (grant.remote_id, grant.name) == ("UCchannel-1", "Ann's channel")
    assert grant.token.refresh == "refresh-1"
    assert grant.token.access in platform.access
    assert grant.token.scopes == tuple(SCOPES.split())
    assert platform.refused == []


@pytest.mark.parametrize(
    ("changed", "code", "said"),
    [
        ({"scopes": SCOPES.split()[0]}, CODE, "youtube.force-ssl"),
        ({"has_channel": False}, CODE, "no YouTube channel"),
        ({"gives_refresh": False}, CODE, "no refresh token"),
        ({"challenge": "other"}, CODE, "refused"),
        ({}, "other", "refused"),
    ],
)
def test_a_grant_that_is_not_good_enough_is_refused(
    platform: YouTubePlatform, changed: dict[str, Any], code: str, said: str
) -> None:
    platform.challenge = challenge()
    for name, value in changed.items():
        setattr(platform, name, value)

    with pytest.raises(ProviderRejected, match=said) as refused:
        YouTube().exchange(code, verifier=VERIFIER, redirect="https://a.example/cb")
    assert "CANARY" not in str(refused.value)


def test_a_token_is_renewed_and_the_refresh_token_stays(platform: YouTubePlatform) -> None:
    token = YouTube().refresh(Token(access="old", refresh="refresh-1"))

    assert token.access in platform.access
    assert token.refresh == "refresh-1"


def test_a_permission_that_has_ended_has_to_be_given_again(platform: YouTubePlatform) -> None:
    for token in (Token(access="old", refresh="other"), Token(access="old")):
        with pytest.raises(ProviderNotReady, match="connect it again"):
            YouTube().refresh(token)


def test_a_platform_that_is_away_does_not_end_a_permission(platform: YouTubePlatform) -> None:
    platform.faults.append(Fault("/token", "status", status=503))

    with pytest.raises(ProviderUnavailable):
        YouTube().refresh(Token(access="old", refresh="refresh-1"))


def test_revoking_twice_is_fine(platform: YouTubePlatform) -> None:
    YouTube().revoke(Token(access="access-1", refresh="refresh-1"))
    YouTube().revoke(Token(access="access-1", refresh="refresh-1"))

    assert platform.refresh == ""
    assert platform.refused == []
