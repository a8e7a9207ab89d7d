"""What becomes of a publication: written by the one process that holds it, and never left between two states."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from prefect.client.schemas.objects import State, StateType

from store.repos.publications import AT_ONCE, Publications, opened
from store.repos.social import SocialAccounts
from store.repos.users import Users
from store.session import DatabaseAway, reading, transaction
from store.tables.base import utc_now
from store.tables.social import Publication
from studio.errors import (
    BadInput,
    DownloadFailed,
    DownloadUnavailable,
    ObjectMissing,
    OverLimit,
    OverQuota,
    PermissionEnded,
    ProviderNotReady,
    ProviderRejected,
    ProviderUnavailable,
    PublishCancelled,
    UnreadableMedia,
    VideoSystemError,
)
from studio.models.publication import Grant, Published, Target, Token
from studio.providers import publish as role
from studio.sealing import SealBroken
from studio.settings import get_settings
from tasks import desk as desks
from tasks import publish as tasks
from tasks.desk import LedgerDesk
from tasks.lease import Holder, this_process
from tasks.publish import MOST_ATTEMPTS, POSTPONED, note_end, set_aside
from tests.api.conftest import home  # noqa: F401  (a fixture)

Add = Callable[..., str]


class TakenOver(BaseException):
    """The process would have ended here."""


@pytest.fixture
def account(home: Path, monkeypatch: pytest.MonkeyPatch) -> str:  # noqa: F811
    """An account at YouTube."""

    def leave(_: str) -> None:
        raise TakenOver

    monkeypatch.setattr(desks, "leave_to_successor", leave)
    with transaction() as session:
        owner = Users(session).operator()
        grant = Grant(remote_id="UC1", name="Tides", token=Token(access="access-1", refresh="refresh-1"))
        return SocialAccounts(session, owner_id=owner.id).keep(Target.YOUTUBE, grant).id


@pytest.fixture
def add(account: str) -> Add:
    """Writes down a publication that this process makes."""

    def write(**values: Any) -> str:
        with transaction() as session:
            publication = Publication(
                owner_id=Users(session).operator().id,
                post={"title": "潮汐", "visibility": "private"},
                **{
                    "platform": "youtube", "account_id": account, "state": "uploading", "run_id": str(uuid4()),
                    "started_at": utc_now(), "current_key": str(uuid4()), **this_process().columns(), **values,
                },
            )  # fmt: skip
            return Publications.of_everyone(session).add(publication).id

    return write


def row(publication_id: str) -> Publication:
    with reading() as session:
        found = Publications.of_everyone(session).get(publication_id)
    assert found is not None
    return found


def change(publication_id: str, **values: Any) -> None:
    with transaction() as session:
        Publications.of_everyone(session).change(publication_id, **values)


def desk_of(publication_id: str) -> LedgerDesk:
    publication = row(publication_id)
    return LedgerDesk(publication, _saved=opened(publication))


def keep_token(account_id: str, token: Token) -> None:
    with transaction() as session:
        accounts = SocialAccounts.of_everyone(session)
        found = accounts.get(account_id)
        assert found is not None
        accounts.keep_token(found, token)


def seconds_until(moment: Any) -> float:
    assert moment is not None
    return float((moment - utc_now()).total_seconds())


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Sets the time that reports go by."""

    def set_to(seconds: float) -> None:
        monkeypatch.setattr(desks.time, "monotonic", lambda: 1_000.0 + seconds)

    set_to(0)
    return set_to


def test_a_desk_is_empty_at_first(add: Add) -> None:
    assert desk_of(add()).saved == {}


def test_what_a_desk_saves_is_there_for_the_next_process(add: Add) -> None:
    publication_id = add()
    desk = desk_of(publication_id)
    desk.save(session={"uri": "https://upload/1"}, is_last=False)
    desk.save(is_last=True)

    assert desk_of(publication_id).saved == {"session": {"uri": "https://upload/1"}, "is_last": True}
    assert b"https" not in (row(publication_id).saved or b"")


def test_bytes_are_written_once_a_second_and_a_new_step_at_once(add: Add, clock: Callable[[float], None]) -> None:
    publication_id = add()
    desk = desk_of(publication_id)
    seen = []
    for moment, step, sent in (
        (0.0, "uploading", 10), (0.5, "uploading", 20), (1.1, "uploading", 30),
        (1.2, "processing", 40), (1.3, "finishing", 50), (2.5, "finishing", 60),
    ):  # fmt: skip
        clock(moment)
        desk.report(step, sent=sent)
        seen.append((row(publication_id).state, row(publication_id).sent_bytes))

    assert seen == [
        ("uploading", 10), ("uploading", 10), ("uploading", 30), ("processing", 40), ("processing", 40),
        ("processing", 60),
    ]  # fmt: skip


def test_the_last_byte_is_written_at_once_so_that_no_bar_ends_before_the_end(
    add: Add, clock: Callable[[float], None]
) -> None:
    publication_id = add(total_bytes=100)
    desk = desk_of(publication_id)
    seen = []
    for moment, sent in ((0.0, 0), (0.1, 99), (0.2, 100)):
        clock(moment)
        desk.report("uploading", sent=sent)
        seen.append(row(publication_id).sent_bytes)

    assert seen == [0, 0, 100]


def test_the_next_report_ends_what_was_called_off_however_short_the_last_one_is_ago(add: Add) -> None:
    publication_id = add()
    desk = desk_of(publication_id)
    desk.report("uploading", sent=1)
    change(publication_id, cancel_requested_at=utc_now())

    with pytest.raises(PublishCancelled):
        desk.report("uploading", sent=2)
    desk.is_closing = True
    desk.report("uploading", sent=3)


def test_a_publication_whose_owner_has_left_is_called_off(add: Add) -> None:
    publication_id = add()
    desk = desk_of(publication_id)
    with transaction() as session:
        Users(session).remove(Users(session).operator())

    with pytest.raises(PublishCancelled):
        desk.report("uploading", sent=1)


@pytest.mark.parametrize(
    "write",
    [
        lambda desk: desk.save(session="mine"),
        lambda desk: desk.report("processing", sent=1),
        lambda desk: tasks.conclude.fn(desk.publication.id, Published(remote_id="x")),
        lambda desk: set_aside(desk.publication.id, ProviderRejected("publish", "youtube", "no")),
    ],
    ids=["save", "report", "conclude", "set aside"],
)
def test_a_process_whose_publication_another_one_holds_ends_and_writes_nothing(
    add: Add, write: Callable[[LedgerDesk], None]
) -> None:
    publication_id = add()
    desk = desk_of(publication_id)
    change(publication_id, **Holder("here", 1, 1.0).columns())
    before = row(publication_id)

    with pytest.raises(TakenOver):
        write(desk)
    after = row(publication_id)
    assert (after.state, after.saved, after.finished_at) == (before.state, before.saved, None)


def test_a_desk_has_no_token_of_an_account_that_was_let_go(add: Add, account: str) -> None:
    desk = desk_of(add())
    with transaction() as session:
        SocialAccounts.of_everyone(session).remove(account)

    with pytest.raises(ProviderNotReady, match="connect it again"):
        desk.token()


def test_a_desk_gives_another_s_newer_token_without_asking_the_platform(add: Add, account: str) -> None:
    desk = desk_of(add())
    old = desk.token()
    keep_token(account, Token(access="access-2", refresh="refresh-1"))

    assert (old.access, desk.renew(old).access) == ("access-1", "access-2")


@pytest.mark.parametrize(("lives_s", "is_renewed"), [(None, False), (310, False), (290, True), (-5, True)])
def test_a_token_that_dies_within_five_minutes_is_renewed_before_it_is_used(
    add: Add, account: str, monkeypatch: pytest.MonkeyPatch, lives_s: int | None, is_renewed: bool
) -> None:
    ends = None if lives_s is None else utc_now() + timedelta(seconds=lives_s)
    keep_token(account, Token(access="access-1", refresh="refresh-1", expires_at=ends))
    monkeypatch.setattr(desks, "renewed", lambda account, token: Token(access="access-2"))

    assert desk_of(add()).token().access == ("access-2" if is_renewed else "access-1")


@pytest.mark.parametrize(("attempt", "wait_s"), [(1, 30), (2, 60), (3, 300), (7, 7200)])
def test_a_failure_that_may_pass_is_tried_again_after_waits_that_grow(add: Add, attempt: int, wait_s: int) -> None:
    publication_id = add(attempt=attempt)
    became = set_aside(publication_id, ProviderUnavailable("publish", "youtube", "no answer"))
    after = row(publication_id)

    assert (became, after.state, after.attempt) == ("scheduled", "scheduled", attempt + 1)
    assert wait_s - 5 < seconds_until(after.retry_at) <= wait_s
    assert (after.run_id, after.pid, after.finished_at) == (None, None, None)
    assert after.current_key is not None
    assert after.error_code == "PROVIDER_UNAVAILABLE"


def test_the_waits_together_are_about_four_hours() -> None:
    assert len(POSTPONED) == MOST_ATTEMPTS - 1
    assert 3.5 * 3600 < sum(POSTPONED) < 4 * 3600


def test_an_outage_of_our_own_database_is_a_failure_that_passes(add: Add) -> None:
    assert set_aside(add(), DatabaseAway("the database does not answer")) == "scheduled"


def test_a_film_whose_server_is_away_is_fetched_later(add: Add) -> None:
    assert set_aside(add(), DownloadUnavailable("the server answered 503", field="content.video_url")) == "scheduled"


@pytest.mark.parametrize(("retry_after", "wait_s"), [(None, 30), (0.0, 1), (7.0, 7), (50_000.0, 50_000)])
def test_a_platform_that_says_when_is_believed(add: Add, retry_after: float | None, wait_s: int) -> None:
    publication_id = add()
    set_aside(publication_id, OverLimit("publish", "youtube", "over its rate limit", retry_after=retry_after))

    assert wait_s - 5 < seconds_until(row(publication_id).retry_at) <= wait_s


def test_after_the_eighth_try_it_has_failed(add: Add) -> None:
    publication_id = add(attempt=MOST_ATTEMPTS)
    became = set_aside(publication_id, ProviderUnavailable("publish", "youtube", "no answer"))
    after = row(publication_id)

    assert (became, after.state, after.error_code) == ("failed", "failed", "PROVIDER_UNAVAILABLE")
    assert after.finished_at is not None


@pytest.mark.parametrize(("days", "became"), [(13.9, "scheduled"), (14.1, "failed")])
def test_a_platform_that_is_over_its_limit_is_waited_for_two_weeks(add: Add, days: float, became: str) -> None:
    publication_id = add(attempt=MOST_ATTEMPTS + 20, created_at=utc_now() - timedelta(days=days))
    error = OverLimit("publish", "youtube", "over its quota", retry_after=3600.0)

    assert set_aside(publication_id, error) == became


def test_a_quota_that_we_count_ourselves_is_waited_for_as_long_as_it_takes(add: Add) -> None:
    publication_id = add(attempt=MOST_ATTEMPTS + 60, created_at=utc_now() - timedelta(days=60))
    error = OverQuota("publish", "youtube", "the day is used up", retry_after=3600.0)

    assert set_aside(publication_id, error) == "scheduled"


@pytest.mark.parametrize(("saved", "counts"), [(b"sealed", True), (None, False)])
def test_what_failed_unanswered_counts_on_where_something_was_sent(add: Add, saved: bytes | None, counts: bool) -> None:
    publication_id = add(attempt=MOST_ATTEMPTS, saved=saved)
    set_aside(publication_id, ProviderUnavailable("publish", "youtube", "no answer"))
    broken = add(attempt=MOST_ATTEMPTS, saved=saved)
    end(row(broken).run_id, StateType.FAILED)

    assert [row(each).current_key is not None for each in (publication_id, broken)] == [counts, counts]


@pytest.mark.parametrize(
    ("error", "counts"),
    [
        (PermissionEnded("publish", "youtube", "connect it again"), True),
        (ProviderNotReady("publish", "youtube", "YOUTUBE_CLIENT_ID is not set"), True),
        (SealBroken("no key of TOKEN_KEYS opens it"), True),
        (ProviderRejected("publish", "youtube", "it refused the title"), False),
    ],
    ids=lambda each: type(each).__name__,
)
def test_what_we_were_kept_from_finding_out_counts_on_though_trying_again_is_no_use_yet(
    add: Add, error: VideoSystemError, counts: bool
) -> None:
    publication_id = add(saved=b"sealed")

    assert set_aside(publication_id, error) == "failed"
    assert (row(publication_id).current_key is not None) is counts


@pytest.mark.parametrize(
    "error",
    [
        ProviderRejected("publish", "youtube", "it refused the title"),
        ProviderNotReady("publish", "youtube", "YOUTUBE_CLIENT_ID is not set"),
        BadInput("is no film", field="content.video_url"),
        DownloadFailed("the server answered 404", field="content.video_url"),
        UnreadableMedia("no film"),
        ObjectMissing("there is no such object"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_will_never_work_has_failed_at_once(add: Add, account: str, error: VideoSystemError) -> None:
    publication_id = add()
    became = set_aside(publication_id, error)
    after = row(publication_id)

    assert (became, after.state, after.attempt) == ("failed", "failed", 1)
    assert (after.error_code, after.error_message) == (error.code, str(error))
    assert (after.current_key, after.retry_at) == (None, None)
    assert after.finished_at is not None
    with reading() as session:
        found = SocialAccounts.of_everyone(session).get(account)
    assert found is not None
    assert found.state == "connected"


@pytest.mark.parametrize("state", ["uploading", "withdrawing"])
def test_a_permission_that_has_ended_marks_the_account(add: Add, account: str, state: str) -> None:
    set_aside(add(state=state), PermissionEnded("publish", "youtube", "connect it again"))

    with reading() as session:
        found = SocialAccounts.of_everyone(session).get(account)
    assert found is not None
    assert found.state == "expired"


def test_what_was_called_off_is_cancelled_and_may_be_asked_for_again(add: Add) -> None:
    publication_id = add(cancel_requested_at=utc_now(), saved=b"sealed")
    became = set_aside(publication_id, PublishCancelled("called off"))
    after = row(publication_id)

    assert (became, after.state, after.current_key, after.saved) == ("cancelled", "cancelled", None, None)
    assert after.finished_at is not None


def test_a_removal_that_fails_leaves_it_published_with_a_note(add: Add) -> None:
    publication_id = add(state="withdrawing", remote_id="x", notes=["the thumbnail was refused"])
    became = set_aside(publication_id, ProviderRejected("publish", "youtube", "it keeps it"))
    after = row(publication_id)

    assert (became, after.state) == ("failed", "published")
    assert after.notes == ["the thumbnail was refused", "it could not be removed: publish 'youtube': it keeps it"]
    assert after.current_key is not None
    assert (after.remote_id, after.error_code) == ("x", None)


def test_a_removal_that_may_work_later_is_tried_later(add: Add) -> None:
    publication_id = add(state="withdrawing", remote_id="x")
    became = set_aside(publication_id, ProviderUnavailable("publish", "youtube", "no answer"))
    after = row(publication_id)

    assert (became, after.state, after.attempt) == ("scheduled", "withdrawing", 2)
    assert 25 < seconds_until(after.retry_at) <= 30
    with transaction() as session:
        assert Publications.of_everyone(session).claim_due() == []


class Remover:
    """A platform that films are removed from."""

    name = "youtube"

    def __init__(self, error: VideoSystemError | None = None) -> None:
        self.error, self.removed = error, list[str]()

    def withdraw(self, published: Published, desk: LedgerDesk) -> None:
        if self.error:
            raise self.error
        desk.report("processing")
        self.removed.append(published.remote_id)


def test_a_film_is_removed_though_its_publication_was_called_off(add: Add, monkeypatch: pytest.MonkeyPatch) -> None:
    remover = Remover()
    monkeypatch.setattr(type(role.catalog), "open", lambda *_: remover)
    publication_id = add(state="withdrawing", remote_id="x", cancel_requested_at=utc_now())
    tasks.withdraw.fn(publication_id)
    after = row(publication_id)

    assert remover.removed == ["x"]
    assert (after.state, after.current_key) == ("withdrawn", None)
    assert after.finished_at is not None


def test_what_came_from_an_address_and_is_no_film_is_refused_by_its_field_and_not_kept(
    add: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    def come(_: str, into: Path, **__: Any) -> None:
        into.write_text("<html>not a film</html>")

    monkeypatch.setattr(tasks, "download", come)
    publication_id = add(source_url="https://example.com/film.mp4")
    with pytest.raises(UnreadableMedia, match=r"content\.video_url: no film that can be read"):
        tasks.fetch_film.fn(publication_id)

    assert row(publication_id).object_key is None
    assert [each for each in (get_settings().home / "objects").rglob("*") if each.is_file()] == []


def test_what_is_over_is_not_opened_again(add: Add) -> None:
    publication_id = add(state="published", finished_at=utc_now())

    assert tasks.open_publication.fn(publication_id, run_id="another") == "nothing"
    assert row(publication_id).run_id != "another"


def test_whoever_opens_a_publication_holds_it(add: Add) -> None:
    publication_id = add(started_at=None, **Holder("here", 1, 1.0).columns())
    wanted = tasks.open_publication.fn(publication_id, run_id="another")
    after = row(publication_id)

    assert (wanted, after.run_id, after.pid) == ("publish", "another", os.getpid())
    assert after.started_at is not None


def end(run_id: str | None, kind: StateType) -> None:
    class Run:
        id = run_id

    note_end(None, Run(), State[object](type=kind))  # type: ignore[arg-type]


# The worker calls the hook while the run is still CANCELLING, the server once it is CANCELLED.
@pytest.mark.parametrize("kind", [StateType.CANCELLING, StateType.CANCELLED])
def test_after_an_operator_s_cancel_another_run_finds_out_what_is_at_the_platform(add: Add, kind: StateType) -> None:
    publication_id = add(saved=b"sealed")
    end(row(publication_id).run_id, kind)
    after = row(publication_id)
    with transaction() as session:
        publications = Publications.of_everyone(session)
        publications.ripen(utc_now())
        claimed = [each.id for each in publications.claim_due()]

    assert (after.state, after.attempt, after.run_id, after.saved) == ("scheduled", 2, None, b"sealed")
    assert after.cancel_requested_at is not None
    assert claimed == [publication_id]


def test_a_run_that_broke_is_followed_by_another_in_a_while(add: Add) -> None:
    publication_id = add()
    end(row(publication_id).run_id, StateType.FAILED)
    after = row(publication_id)

    assert (after.state, after.attempt, after.cancel_requested_at) == ("scheduled", 2, None)
    assert 25 < seconds_until(after.retry_at) <= 30


def test_a_run_that_breaks_every_time_has_failed_at_last(add: Add) -> None:
    publication_id = add(attempt=MOST_ATTEMPTS)
    end(row(publication_id).run_id, StateType.FAILED)
    after = row(publication_id)

    assert (after.state, after.error_code) == ("failed", "INTERNAL_ERROR")
    assert after.finished_at is not None


@pytest.mark.parametrize("state", ["published", "cancelled", "failed"])
def test_the_end_of_a_run_changes_nothing_that_is_over(add: Add, state: str) -> None:
    publication_id = add(state=state, finished_at=utc_now())
    end(row(publication_id).run_id, StateType.FAILED)
    end("unknown", StateType.FAILED)

    assert (row(publication_id).state, row(publication_id).attempt) == (state, 1)


def test_a_run_that_is_done_goes_on_with_what_is_due_at_its_platform(add: Add) -> None:
    done = add(state="published", finished_at=utc_now(), run_id="run-1")
    waits: dict[str, Any] = {"state": "pending", "run_id": None, "started_at": None, "account_id": None, "pid": None}
    elsewhere = add(**{**waits, "platform": "folder"})
    later = add(**waits, scheduled_at=utc_now() + timedelta(days=1))
    first = add(**waits, scheduled_at=utc_now() - timedelta(minutes=1))
    change(later, state="scheduled")
    following = tasks.next_due(done, run_id="run-1")

    assert following is not None
    assert following.id == first
    assert (row(first).run_id, row(first).pid) == ("run-1", os.getpid())
    assert row(done).run_id is None
    assert row(elsewhere).run_id is None
    assert tasks.resumed("run-1", done) == first
    again = tasks.next_due(done, run_id="run-1")  # as after an answer of the database that was lost
    assert again is not None
    assert again.id == first


def test_a_run_whose_publication_is_not_over_goes_on_with_nothing_else(add: Add) -> None:
    held = add(run_id="run-1")
    add(state="pending", run_id=None, account_id=None)

    assert tasks.next_due(held, run_id="run-1") is None
    assert row(held).run_id == "run-1"


def test_a_run_that_was_started_again_makes_what_it_was_at(add: Add) -> None:
    first = add(state="published", finished_at=utc_now(), run_id=None)

    assert tasks.resumed("run-1", first) == first


def test_what_is_claimed_keeps_within_the_limits(add: Add) -> None:
    waits: dict[str, Any] = {"state": "pending", "run_id": None, "started_at": None}
    for number in range(12):
        add(**waits, account_id=f"account_{number % 3}")
        add(**waits, platform="x", account_id=f"account_x{number}")
    with transaction() as session:
        claimed = Publications.of_everyone(session).claim_due()
    with transaction() as session:
        more = Publications.of_everyone(session).claim_due()

    youtube = [each.account_id for each in claimed if each.platform == "youtube"]
    assert sorted(youtube) == ["account_0", "account_1", "account_2"]
    assert len(claimed) - len(youtube) == AT_ONCE
    assert more == []
