"""X, by the real client against a server that checks the protocol."""

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

import pytest

from studio.errors import (
    OutOfBalance,
    OverLimit,
    ProviderError,
    ProviderNotReady,
    ProviderRejected,
    ProviderUnavailable,
    PublishCancelled,
)
from studio.models.asset import OWN, Credit
from studio.models.publication import Post, Published, Token
from studio.providers.publish import Connector, Parcel, Publisher, patience, x_account, x_client
from studio.providers.publish import x as module
from studio.providers.publish import x_upload as upload
from studio.providers.publish.rules import problems_of
from studio.providers.publish.x import X
from studio.providers.publish.x_text import same_words, text_of, weight
from tests.support.desk import Died, MemoryDesk
from tests.support.parcels import ForgetfulDesk, cuts, deaths, is_the_film, parcel
from tests.support.platforms.server import Fault, FaultKind, serving
from tests.support.platforms.x import CLIENT_ID, CLIENT_SECRET, CODE, SCOPES, USER, Shown, XPlatform

SEGMENT = 4096
SEGMENTS = 11
"""As few as let one segment be sent twice within a tenth more than the film."""

SIZE = SEGMENTS * SEGMENT - 123
POST = Post(title="貓 & 狗", description="今天的貓", tags=("cats", "two words"), language="zh-TW", visibility="public")
ENVELOPE = 400
"""More than the multipart form around a segment has."""


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch) -> Iterator[XPlatform]:
    with serving(XPlatform()) as server:
        assert isinstance(server, XPlatform)
        monkeypatch.setenv("X_ROOT_URL", server.root)
        monkeypatch.setenv("X_CLIENT_ID", CLIENT_ID)
        monkeypatch.setenv("X_CLIENT_SECRET", CLIENT_SECRET)
        monkeypatch.setattr(upload, "SMALLEST_SEGMENT", SEGMENT)
        monkeypatch.setattr(upload, "SHORTEST_WAIT_S", 0.0)
        monkeypatch.setattr(upload, "LONGEST_WAIT_S", 0.0)
        monkeypatch.setattr(patience, "WAITS", (0.0, 0.0))
        monkeypatch.setattr(module, "LOOKS_S", (0.0, 0.0, 0.0))
        yield server


@pytest.fixture
def sent(tmp_path: Path) -> Parcel:
    return parcel(tmp_path, POST, size=SIZE, remote_account=USER)


@pytest.fixture
def desk(platform: XPlatform) -> MemoryDesk:
    return MemoryDesk(on_renew=platform.next_token)


def begin(platform: XPlatform, kind: type[MemoryDesk] = MemoryDesk) -> MemoryDesk:
    """As if nothing had happened yet."""
    fresh = XPlatform()
    for name in ("uploads", "posts", "access", "received", "lag"):
        setattr(platform, name, getattr(fresh, name))
    platform.asked.clear()
    platform.refused.clear()
    platform.faults.clear()
    return kind(on_renew=platform.next_token)


def assert_one(platform: XPlatform, sent: Parcel, published: Published, *, most: float = 1.1) -> None:
    """One post with the film, and hardly a byte more than needed."""
    assert list(platform.posts) == [published.remote_id]
    assert len(platform.films) == 1
    assert is_the_film(platform.films[0], sent)
    appended = sum(asked.path.endswith("/append") for asked in platform.asked)
    assert platform.received - appended * ENVELOPE <= most * sent.media.size
    assert platform.refused == []


def test_it_is_a_publisher_and_a_connector() -> None:
    assert isinstance(X(), Publisher)
    assert isinstance(X(), Connector)


def test_a_film_is_posted(platform: XPlatform, sent: Parcel, desk: MemoryDesk) -> None:
    published = X().publish(sent, desk)

    assert_one(platform, sent, published, most=1.0)
    assert published == Published(
        remote_id=published.remote_id, url=f"https://x.com/i/status/{published.remote_id}", visibility="public"
    )
    assert platform.posts[published.remote_id].body == {
        "text": "貓 & 狗\n\n今天的貓\n\n#cats #twowords\n\n本影片由 AI 協助製作。",
        "media": {"media_ids": list(platform.uploads)},
        "made_with_ai": True,
    }


def test_options_are_sent(platform: XPlatform, sent: Parcel, desk: MemoryDesk) -> None:
    options = {"reply_settings": "mentionedUsers", "made_with_ai": False}
    published = X().publish(replace(sent, post=POST.model_copy(update={"options": options})), desk)
    body = platform.posts[published.remote_id].body

    assert body["reply_settings"] == "mentionedUsers"
    assert "made_with_ai" not in body
    assert platform.refused == []


def test_progress_is_what_the_platform_has_confirmed(platform: XPlatform, sent: Parcel, desk: MemoryDesk) -> None:
    X().publish(sent, desk)

    assert [count for step, count in desk.steps if step == "uploading"] == [*range(0, SIZE, SEGMENT), SIZE]
    assert [step for step, _ in desk.steps if step != "uploading"] == ["processing"] * 3 + ["finishing"]


def test_a_film_that_needs_no_processing_is_posted_at_once(platform: XPlatform, sent: Parcel, desk: MemoryDesk) -> None:
    platform.has_processing = False

    assert_one(platform, sent, X().publish(sent, desk))


@pytest.mark.parametrize(
    ("size", "segment"),
    [(1, 262_144), (4_000_000, 262_144), (16 << 20, 1 << 20), (999 * (4 << 20), 4 << 20)],
)
def test_segments_are_at_most_4_mib_and_a_film_has_at_most_999(size: int, segment: int) -> None:
    assert upload.segment_bytes(size) == segment
    assert -(-size // segment) <= 999
    assert X.limits.largest_bytes == 999 * (4 << 20)


def test_a_film_of_several_megabytes_arrives(platform: XPlatform, tmp_path: Path, desk: MemoryDesk) -> None:
    film = parcel(tmp_path, POST, size=5_000_001, remote_account=USER)
    platform.faults.append(Fault("/append", "reset", skip=5, after_bytes=200_000))

    assert_one(platform, film, X().publish(film, desk))


@pytest.mark.parametrize("kind", ["reset", "half-close", "status", "lost answer", "malformed", "slow"])
@pytest.mark.parametrize(
    "where", ["/initialize", "/append", "/finalize", "GET /2/media/upload", "POST /2/tweets"], ids=lambda w: w[-8:]
)
def test_one_fault_anywhere_is_survived(
    platform: XPlatform, sent: Parcel, desk: MemoryDesk, where: str, kind: FaultKind
) -> None:
    platform.faults.append(Fault(where, kind, after_bytes=100, seconds=0.05))

    assert_one(platform, sent, X().publish(sent, desk))


def test_a_cut_segment_is_sent_again_and_no_other(platform: XPlatform, sent: Parcel, desk: MemoryDesk) -> None:
    platform.faults.append(Fault("/append", "reset", skip=7, times=50, after_bytes=10))
    with pytest.raises(ProviderUnavailable, match="no answer"):
        X().publish(sent, desk)
    platform.faults.clear()
    platform.asked.clear()

    assert_one(platform, sent, X().publish(sent, desk))
    assert sum(asked.path.endswith("/append") for asked in platform.asked) == SEGMENTS - 7


def test_a_lost_answer_to_a_post_makes_no_second_one(platform: XPlatform, sent: Parcel, desk: MemoryDesk) -> None:
    platform.faults.append(Fault("POST /2/tweets", "lost answer"))
    platform.lag = 2

    assert_one(platform, sent, X().publish(sent, desk))
    assert sum(asked.line == "POST /2/tweets" for asked in platform.asked) == 1


def test_a_lost_answer_and_a_death_make_no_second_post(platform: XPlatform, sent: Parcel, desk: MemoryDesk) -> None:
    platform.faults.append(Fault("POST /2/tweets", "lost answer"))
    platform.faults.append(Fault("/tweets?", "status", times=50))
    with pytest.raises(ProviderUnavailable):
        X().publish(sent, desk)
    platform.faults.clear()
    assert "post_id" not in desk.saved

    assert_one(platform, sent, X().publish(sent, desk))


def test_a_post_is_known_by_its_words_where_x_lists_no_media(
    platform: XPlatform, sent: Parcel, desk: MemoryDesk
) -> None:
    platform.lists_keys = False
    platform.faults.append(Fault("POST /2/tweets", "lost answer"))

    assert_one(platform, sent, X().publish(sent, desk))


def test_another_post_is_not_taken_for_ours(platform: XPlatform, sent: Parcel, desk: MemoryDesk) -> None:
    for number in range(5):
        platform.uploads[str(number)] = upload_of(b"other")
        body = {"text": f"other {number}", "media": {"media_ids": [str(number)]}}
        platform.posts[str(number + 100)] = Shown(body, time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime()))
    platform.faults.append(Fault("POST /2/tweets", "reset"))
    published = X().publish(sent, desk)

    assert len(platform.posts) == 6
    assert is_the_film(platform.uploads[platform.posts[published.remote_id].body["media"]["media_ids"][0]].film, sent)


def upload_of(film: bytes) -> Any:
    from tests.support.platforms.x import Upload

    return Upload(len(film), film=film, is_final=True)


def test_a_post_that_x_lists_too_late_is_kept_from_coming_twice_by_x_itself(
    platform: XPlatform, sent: Parcel, desk: MemoryDesk
) -> None:
    platform.faults.append(Fault("POST /2/tweets", "lost answer"))
    platform.lag, platform.knows_duplicates = 3, True

    assert_one(platform, sent, X().publish(sent, desk))
    assert sum(asked.line == "POST /2/tweets" for asked in platform.asked) == 2


def test_the_same_words_in_an_older_post_are_refused(platform: XPlatform, sent: Parcel, desk: MemoryDesk) -> None:
    platform.knows_duplicates = True
    X().publish(sent, desk)

    with pytest.raises(ProviderRejected, match="a post with this text already"):
        X().publish(sent, MemoryDesk())
    assert len(platform.posts) == 1


def test_an_upload_that_x_has_forgotten_is_begun_again(platform: XPlatform, sent: Parcel, desk: MemoryDesk) -> None:
    desk.dies_at = 12
    with pytest.raises(Died):
        X().publish(sent, desk)
    desk.dies_at = 0
    platform.uploads.clear()

    assert_one(platform, sent, X().publish(sent, desk), most=1.6)


def test_an_old_upload_is_begun_again(
    platform: XPlatform, sent: Parcel, desk: MemoryDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.dies_at = 12
    with pytest.raises(Died):
        X().publish(sent, desk)
    desk.dies_at = 0
    monkeypatch.setattr(upload, "LIVES_S", 0.0)

    assert_one(platform, sent, X().publish(sent, desk), most=1.6)
    assert len(platform.uploads) == 2


def test_an_upload_that_has_ended_when_it_is_posted_is_sent_again_later(
    platform: XPlatform, sent: Parcel, desk: MemoryDesk
) -> None:
    body = {"detail": "Your media IDs are invalid."}
    platform.faults.append(Fault("POST /2/tweets", "status", status=400, body=body))
    with pytest.raises(ProviderUnavailable, match="sent again"):
        X().publish(sent, desk)

    assert_one(platform, sent, X().publish(sent, desk), most=2.1)


@pytest.mark.parametrize("kind", [MemoryDesk, ForgetfulDesk])
def test_a_death_at_every_call_of_the_desk_leaves_one_post(
    platform: XPlatform, sent: Parcel, desk: MemoryDesk, kind: type[MemoryDesk]
) -> None:
    X().publish(sent, desk)
    tried = 0

    for published in deaths(X(), sent, desk.calls, lambda: begin(platform, kind)):
        tried += 1
        assert_one(platform, sent, published)
    assert tried > 2 * SEGMENTS + 6


@pytest.mark.parametrize("kind", ["reset", "lost answer", "malformed"])
def test_a_death_at_every_request_leaves_one_post(
    platform: XPlatform, sent: Parcel, kind: FaultKind, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "WAITS", ())
    tried = 0
    for published in cuts(X(), sent, kind, lambda: (platform, begin(platform))):
        tried += 1
        assert_one(platform, sent, published)
    assert tried == 1 + SEGMENTS + 1 + 2 + 1


def test_a_film_that_was_changed_never_goes_on_with_an_old_upload(
    platform: XPlatform, sent: Parcel, tmp_path: Path, desk: MemoryDesk
) -> None:
    desk.dies_at = 12
    with pytest.raises(Died):
        X().publish(sent, desk)
    desk.dies_at = 0
    other = parcel(tmp_path, POST, size=SIZE + 5, seed=2, remote_account=USER)

    assert_one(platform, other, X().publish(other, desk), most=1.6)


def test_a_film_that_was_changed_after_it_was_posted_takes_its_place(
    platform: XPlatform, sent: Parcel, tmp_path: Path, desk: MemoryDesk
) -> None:
    X().publish(sent, desk)
    other = parcel(tmp_path, POST, size=SIZE + 5, seed=2, remote_account=USER)

    assert_one(platform, other, X().publish(other, desk), most=2.1)


def test_a_token_that_ends_midway_is_renewed_once(platform: XPlatform, sent: Parcel, desk: MemoryDesk) -> None:
    platform.faults.append(Fault("/append", "status", status=401, skip=8))

    assert_one(platform, sent, X().publish(sent, desk))
    assert desk.renewals == 1


def test_a_token_is_renewed_for_a_post_too(platform: XPlatform, sent: Parcel, desk: MemoryDesk) -> None:
    platform.hook = lambda _, when, asked: platform.access.clear() if last_poll(asked.line, when) else None

    assert_one(platform, sent, X().publish(sent, desk))
    assert desk.renewals > 0


def last_poll(line: str, when: str) -> bool:
    return line.startswith("GET /2/media/upload") and when == "after"


def test_an_account_that_is_refused_again_has_to_be_connected_again(
    platform: XPlatform, sent: Parcel, desk: MemoryDesk
) -> None:
    platform.faults.append(Fault("/append", "status", status=401, skip=8, times=2))

    with pytest.raises(ProviderNotReady, match="connect it again"):
        X().publish(sent, desk)
    assert_one(platform, sent, X().publish(sent, desk), most=1.2)


REFUSALS: list[tuple[int, str, type[ProviderError], str]] = [
    (402, "credits depleted", OutOfBalance, "top it up"),
    (403, "You are not allowed to post a video longer than 2 minutes.", ProviderRejected, "20 minutes without Premium"),
    (403, "client-forbidden", ProviderNotReady, "X_CLIENT_ID"),
    (403, "usage-capped", OverLimit, "monthly limit"),
    (403, "locked", ProviderNotReady, "connect it again"),
    (400, "nobody knows", ProviderRejected, "400"),
    (422, "nobody knows", ProviderRejected, "422"),
    (503, "over capacity", ProviderUnavailable, "503"),
]


@pytest.mark.parametrize(("status", "detail", "kind", "said"), REFUSALS)
@pytest.mark.parametrize("where", ["/initialize", "POST /2/tweets"])
def test_a_refusal_says_what_to_do_and_nothing_is_visible(
    platform: XPlatform,
    sent: Parcel,
    desk: MemoryDesk,
    status: int,
    detail: str,
    kind: type[ProviderError],
    said: str,
    where: str,
) -> None:
    body = {"detail": f"{detail} CANARY"}
    platform.faults.append(Fault(where, "status", times=9, status=status, body=body))

    with pytest.raises(kind, match=said) as refused:
        X().publish(sent, desk)
    assert "CANARY" not in str(refused.value)
    assert platform.posts == {}
    assert bool(desk.saved.get("posting")) == (status == 503 and "tweets" in where)


def test_after_a_refusal_that_made_no_post_none_is_looked_for(
    platform: XPlatform, sent: Parcel, desk: MemoryDesk
) -> None:
    platform.faults.append(Fault("POST /2/tweets", "status", status=429))
    with pytest.raises(OverLimit):
        X().publish(sent, desk)

    assert_one(platform, sent, X().publish(sent, desk))
    assert not any("/tweets?" in asked.line for asked in platform.asked)


@pytest.mark.parametrize(
    ("headers", "least", "most"),
    [
        ({"Retry-After": "17"}, 17, 17),
        ({"x-rate-limit-remaining": "0", "x-rate-limit-reset": "{in 300}"}, 295, 300),
        (
            {
                "x-rate-limit-remaining": "3",
                "x-rate-limit-reset": "{in 300}",
                "x-user-limit-24hour-remaining": "0",
                "x-user-limit-24hour-reset": "{in 9000}",
            },
            8995,
            9000,
        ),
    ],
)
def test_a_limit_is_waited_for_as_long_as_x_says(
    platform: XPlatform, sent: Parcel, desk: MemoryDesk, headers: dict[str, str], least: int, most: int
) -> None:
    told = {
        name: str(int(time.time()) + int(value[4:-1])) if value.startswith("{in") else value
        for name, value in headers.items()
    }
    platform.faults.append(Fault("/append", "status", status=429, skip=3, headers=told))

    with pytest.raises(OverLimit) as refused:
        X().publish(sent, desk)
    assert refused.value.retry_after is not None
    assert least <= refused.value.retry_after <= most


@pytest.mark.parametrize(
    ("error", "kind", "said"),
    [
        ({"name": "InvalidMedia", "message": "CANARY"}, ProviderRejected, "H.264"),
        ({"name": "UnsupportedMedia"}, ProviderRejected, "format"),
        ({"name": "CANARY"}, ProviderRejected, "no reason"),
        ({"name": "InternalError"}, ProviderUnavailable, "sent again"),
    ],
)
def test_a_film_that_x_cannot_process_is_not_posted(
    platform: XPlatform, sent: Parcel, desk: MemoryDesk, error: dict[str, str], kind: type[ProviderError], said: str
) -> None:
    platform.outcome = {"state": "failed", "error": error}

    with pytest.raises(kind, match=said) as refused:
        X().publish(sent, desk)
    assert "CANARY" not in str(refused.value)
    assert platform.posts == {}


def test_a_film_that_x_works_on_for_too_long_is_tried_again_later(
    platform: XPlatform, sent: Parcel, desk: MemoryDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upload, "PROCESSING_S", 0.0)
    platform.polls = 1000
    with pytest.raises(ProviderUnavailable, match="still works"):
        X().publish(sent, desk)
    platform.polls = 0

    assert_one(platform, sent, X().publish(sent, desk), most=1.0)


def test_x_is_asked_again_when_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    assert upload._wait({"check_after_secs": 5}) == 5.0
    assert upload._wait({"check_after_secs": 0}) == 1.0
    assert upload._wait({"check_after_secs": 10**9}) == 60.0
    assert upload._wait({"check_after_secs": "soon"}) == 1.0


def test_a_cancel_at_every_report_leaves_nothing(platform: XPlatform, sent: Parcel, desk: MemoryDesk) -> None:
    X().publish(sent, desk)

    for number in range(1, len(desk.steps) + 1):
        called_off = begin(platform)
        called_off.report = cancelling(called_off, number)  # type: ignore[method-assign]
        with pytest.raises(PublishCancelled):
            X().publish(sent, called_off)
        called_off.is_closing = True
        X().abandon(sent, called_off)

        assert platform.posts == {}
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


@pytest.mark.parametrize("kind", [MemoryDesk, ForgetfulDesk])
def test_a_death_at_every_call_and_then_a_cancel_leave_nothing(
    platform: XPlatform, sent: Parcel, desk: MemoryDesk, kind: type[MemoryDesk]
) -> None:
    X().publish(sent, desk)

    for number in range(1, desk.calls + 1):
        died = begin(platform, kind)
        died.dies_at = number
        with pytest.raises(Died):
            X().publish(sent, died)
        X().abandon(sent, died)
        X().abandon(sent, died)

        assert platform.posts == {}


def test_a_post_whose_answer_was_lost_is_removed(platform: XPlatform, sent: Parcel, desk: MemoryDesk) -> None:
    platform.faults.append(Fault("POST /2/tweets", "lost answer"))
    platform.faults.append(Fault("/tweets?", "status", times=50))
    with pytest.raises(ProviderUnavailable):
        X().publish(sent, desk)
    platform.faults.clear()
    assert len(platform.posts) == 1

    X().abandon(sent, desk)

    assert platform.posts == {}


def test_what_cannot_be_found_out_is_asked_again_later(platform: XPlatform, sent: Parcel, desk: MemoryDesk) -> None:
    desk.save(posting={"media_id": "1", "text": "x", "since": "2026-11-30T00:00:00Z"})
    platform.faults.append(Fault("/tweets?", "status", times=50))

    with pytest.raises(ProviderUnavailable):
        X().abandon(sent, desk)


def test_nothing_is_asked_about_what_was_never_begun(platform: XPlatform, sent: Parcel, desk: MemoryDesk) -> None:
    X().abandon(sent, desk)

    assert platform.asked == []


def test_withdrawing_twice_is_fine(platform: XPlatform, sent: Parcel, desk: MemoryDesk) -> None:
    published = X().publish(sent, desk)

    X().withdraw(published, desk)
    X().withdraw(published, desk)

    assert platform.posts == {}


def test_a_platform_that_is_silent_is_left_in_time(
    platform: XPlatform, sent: Parcel, desk: MemoryDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(x_account, "TIMEOUT_S", 0.3)
    platform.faults.append(Fault("/append", "silent", skip=2))

    assert_one(platform, sent, X().publish(sent, desk))


def test_a_platform_that_takes_a_segment_too_slowly_is_left(
    platform: XPlatform, sent: Parcel, desk: MemoryDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(x_client, "SENDING_S", -1.0)

    with pytest.raises(ProviderUnavailable, match="no answer"):
        X().publish(sent, desk)


def test_nothing_secret_is_said(
    platform: XPlatform, sent: Parcel, desk: MemoryDesk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    access = platform.next_token()
    said = []
    for fault in (
        Fault("", "status", times=99, status=400),
        Fault("", "status", times=99, status=401),
        Fault("", "status", times=99, status=403),
        Fault("", "status", times=99, status=500),
        Fault("", "reset", times=99),
        Fault("", "malformed", times=99),
        Fault("/append", "status", times=99, status=400),
        Fault("POST /2/tweets", "malformed", times=99),
    ):
        begin(platform)
        platform.access = {access: time.time() + 60}
        platform.faults[:] = [fault]
        try:
            said += list(X().publish(sent, MemoryDesk(access=access)).notes)
        except ProviderError as refused:
            said += [str(refused), repr(refused), repr(refused.__cause__)]

    assert len(said) > 20
    assert "CANARY" not in " ".join(said) + caplog.text
    assert platform.root not in " ".join(said)


def test_a_port_without_anybody_is_unavailable(
    platform: XPlatform, sent: Parcel, desk: MemoryDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        monkeypatch.setenv("X_ROOT_URL", f"http://127.0.0.1:{free.getsockname()[1]}")

    with pytest.raises(ProviderUnavailable, match="no answer"):
        X().publish(sent, desk)


WEIGHTS = [
    ("", 0),
    ("a" * 280, 280),
    ("é", 1),
    ("e\u0301", 1),
    ("中", 2),
    ("한", 2),
    ("“x”…", 5),
    ("😀", 2),
    ("👨‍👩‍👧‍👦", 2),
    ("👍🏽", 2),
    ("🇹🇼", 2),
    ("1️⃣", 2),
    ("❤️", 2),
    ("🏴󠁧󠁢󠁥󠁮󠁧󠁿", 2),
    ("©", 1),
    ("©️", 2),
    ("https://example.com/a/very/long/path?with=query", 23),
    ("http://a.tw", 23),
    ("看https://example.com看", 27),
    ("see example.com.", 28),
    ("(https://example.com/a_(b))", 25),
    ("node.js", 7),
    ("a.de", 4),
    ("t.co", 23),
    ("www.a.de", 23),
    ("a.de/x", 23),
    ("ann@example.com", 15),
]


@pytest.mark.parametrize(("text", "counted"), WEIGHTS)
def test_texts_are_counted_as_x_counts_them(text: str, counted: int) -> None:
    assert weight(text) == counted


def test_counting_takes_no_time_on_purpose_made_texts() -> None:
    started = time.monotonic()
    for text in ("a-" * 10_000, "a." * 10_000, "a" * 20_000, "https://" * 2_500, "👍\u200d" * 7_000):
        weight(text)

    assert time.monotonic() - started < 2.0


def problems(**changed: Any) -> list[tuple[str, str]]:
    post = Post.model_validate({"title": "A", "visibility": "public", **changed})
    return [(each.field, each.message) for each in X().problems(post, None)]


def test_title_and_description_are_one_text_of_280() -> None:
    assert problems(title="中" * 140) == []
    assert problems(title="中" * 139, description="") == []
    assert problems(title="a" * 100, description="b" * 178) == []
    assert problems(title="a" * 100, description="b" * 179) == [
        ("description", "title and description count 281; 280 are allowed (Chinese and emoji count 2)")
    ]
    assert problems(title="中" * 141) == [
        ("title", "title and description count 282; 280 are allowed (Chinese and emoji count 2)")
    ]


def test_a_description_that_begins_with_the_title_is_the_text() -> None:
    assert problems(title="a" * 100, description="a" * 280) == []


def test_x_schedules_nothing_and_shows_everything() -> None:
    assert [field for field, _ in problems(publish_at=datetime(2027, 1, 1, tzinfo=UTC))] == ["publish_at"]
    assert [each.field for each in problems_of(Post(title="A"), None, X())] == ["visibility"]


def test_characters_that_x_refuses_are_named() -> None:
    assert [field for field, _ in problems(title="a\ufeffb")] == ["title"]
    assert [field for field, _ in problems(title="   ")] == ["title"]


def test_options_that_are_not_there_or_wrong_are_named() -> None:
    assert problems(options={"reply_settings": "following", "made_with_ai": True}) == []
    assert [field for field, _ in problems(options={"reply_settings": "nobody", "colour": "red"})] == [
        "options.reply_settings",
        "options.colour",
    ]
    assert set(X().options_schema()["properties"]) == {"reply_settings", "made_with_ai"}  # type: ignore[arg-type]


CREDITS = (
    Credit(title="Cat", author="@ann", licence="CC BY 4.0", url="https://example.com/cat"),
    Credit(title="Dog", author="flickr.com/bob", licence="CC BY-SA 4.0", url="https://example.com/dog"),
    OWN,
)


def test_credits_go_without_addresses_and_mention_nobody() -> None:
    found = text_of(Post(title="Pets", credits=CREDITS, tags=("cats", "Cats", "2027", "big cats")))

    assert (
        found.text
        == "Pets\n\n#cats #bigcats\n\nCredits:\nCat – ann (CC BY 4.0)\nDog – flickr·com/bob (CC BY-SA 4.0)\n\nMade with AI."
    )
    assert found.notes == ()


def test_the_creators_words_are_never_cut_and_credits_are_shortened_to_names() -> None:
    own = "a" * 240
    found = text_of(Post(title=own, credits=CREDITS[:1] * 2 + (Credit(title="D", author="Bob", licence="CC BY"),)))

    assert found.text == f"{own}\n\nCredits: ann, Bob\n\nMade with AI."
    assert found.notes == ("there was no room for the full credits: they were shortened to names",)
    assert weight(found.text) <= 280


def test_credits_without_any_room_become_a_note() -> None:
    found = text_of(Post(title="a" * 278, credits=CREDITS[:1]))

    assert found.text == "a" * 278
    assert found.notes == ("there was no room to credit ann: licences may ask for it, so add it in a comment",)


def test_a_post_is_known_again_by_its_words() -> None:
    assert same_words("貓 &amp; 狗\n\nsee https://t.co/abc https://t.co/def", "貓 & 狗\n\nsee https://example.com/x")
    assert not same_words("貓", "狗")
    assert not same_words("https://t.co/abc", "https://example.com")


def test_the_browser_is_sent_to_x_with_everything_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("X_CLIENT_ID", CLIENT_ID)
    monkeypatch.setenv("X_CLIENT_SECRET", CLIENT_SECRET)
    url = urlsplit(X().authorization_url(state="s-1", challenge="c-1", redirect="https://a.example/cb"))

    assert (url.scheme, url.netloc, url.path) == ("https", "x.com", "/i/oauth2/authorize")
    assert {name: value[0] for name, value in parse_qs(url.query).items()} == {
        "response_type": "code",
        "client_id": CLIENT_ID,
        "redirect_uri": "https://a.example/cb",
        "scope": SCOPES,
        "state": "s-1",
        "code_challenge": "c-1",
        "code_challenge_method": "S256",
    }


def test_without_a_client_it_says_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("X_CLIENT_ID", raising=False)

    with pytest.raises(ProviderNotReady, match="X_CLIENT_ID or X_CLIENT_SECRET is not set"):
        X().check()


VERIFIER = "v" * 64


def challenge() -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


def test_a_code_becomes_a_user_with_a_token(platform: XPlatform) -> None:
    platform.challenge = challenge()
    grant = X().exchange(CODE, verifier=VERIFIER, redirect="https://a.example/cb")

    assert (grant.remote_id, grant.name) == (USER, "Ann (@ann_films)")
    assert grant.token.refresh == platform.refresh
    assert grant.token.access in platform.access
    assert grant.token.scopes == tuple(SCOPES.split())
    assert platform.refused == []


@pytest.mark.parametrize(
    ("changed", "code", "said"),
    [
        ({"scopes": "tweet.read tweet.write users.read offline.access"}, CODE, "media.write"),
        ({"scopes": "tweet.read tweet.write users.read media.write"}, CODE, "offline.access"),
        ({"challenge": "other"}, CODE, "refused"),
        ({}, "other", "refused"),
    ],
)
def test_a_grant_that_is_not_good_enough_is_refused(
    platform: XPlatform, changed: dict[str, Any], code: str, said: str
) -> None:
    platform.challenge = challenge()
    for name, value in changed.items():
        setattr(platform, name, value)

    with pytest.raises(ProviderRejected, match=said) as refused:
        X().exchange(code, verifier=VERIFIER, redirect="https://a.example/cb")
    assert "CANARY" not in str(refused.value)


def test_a_refresh_token_works_once_and_gives_another(platform: XPlatform) -> None:
    first = X().refresh(Token(access="old", refresh="refresh-1", scopes=("tweet.read",)))
    second = X().refresh(first)

    assert len({"refresh-1", first.refresh, second.refresh}) == 3
    assert second.access in platform.access
    with pytest.raises(ProviderNotReady, match="connect it again"):
        X().refresh(first)


def test_a_platform_that_is_away_does_not_end_a_permission(platform: XPlatform) -> None:
    platform.faults.append(Fault("/2/oauth2/token", "status", status=503))

    with pytest.raises(ProviderUnavailable):
        X().refresh(Token(access="old", refresh="refresh-1"))


def test_revoking_twice_is_fine(platform: XPlatform) -> None:
    X().revoke(Token(access="access-1", refresh="refresh-1"))
    X().revoke(Token(access="access-1", refresh="refresh-1"))

    assert (platform.refresh, platform.access) == ("", {})
    assert platform.refused == []
