"""Films in the database: whose they are, who works on them, which come first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import psutil
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from store.repos.videos import Videos, Wanted, glances
from store.session import reading, transaction
from store.tables.base import utc_now
from store.tables.users import User
from store.tables.videos import Video
from studio.models.brief import Brief

NOON = datetime(2026, 11, 24, 12, 0, 0, 123456, tzinfo=UTC)
HOLDER = {"host": "here", "pid": 7, "pid_started": psutil.Process().create_time()}
RENDITION = {"duration": 10.0}


@pytest.fixture
def film(owner: User) -> Callable[..., str]:
    def add(**values: Any) -> str:
        with transaction() as session:
            videos = Videos(session, owner_id=owner.id)
            video = videos.add(Brief(title="潮汐"), owner_id=owner.id)
            if values:
                videos.change(video.id, **values)
            return video.id

    return add


def row(video_id: str) -> Video:
    with reading() as session:
        video = Videos.of_everyone(session).get(video_id)
    assert video
    return video


def test_an_empty_database_has_nothing_to_do(migrated: str) -> None:
    with reading() as session:
        everyone = Videos.of_everyone(session)
        found = [everyone.waiting_with_plans(), everyone.unfinished(), everyone.recent_seconds()]

    assert found == [[], [], []]


def test_a_film_is_there_for_its_owner_only(film: Callable[..., str], owner: User, stranger: User) -> None:
    video_id = film(run_id="run")
    with reading() as session:
        mine = Videos(session, owner_id=owner.id)
        theirs = Videos(session, owner_id=stranger.id)
        found = [mine.get(video_id), mine.by_run("run"), *mine.unfinished()]
        hidden = [theirs.get(video_id), theirs.by_run("run"), *theirs.unfinished()]

    assert [video.id if video else None for video in found] == [video_id] * 3
    assert hidden == [None, None]


def test_another_owner_changes_nothing(film: Callable[..., str], stranger: User) -> None:
    video_id = film()
    with transaction() as session:
        Videos(session, owner_id=stranger.id).change(video_id, title="mine now")

    assert row(video_id).title == "潮汐"


def test_a_film_belongs_to_an_account_that_exists(migrated: str) -> None:
    with pytest.raises(IntegrityError), transaction() as session:
        Videos.of_everyone(session).add(Brief(title="潮汐"), owner_id="user_0")


def test_two_films_cannot_have_one_run(film: Callable[..., str]) -> None:
    film(run_id="run")

    with pytest.raises(IntegrityError):
        film(run_id="run")


def add_and_fail(owner: User) -> None:
    with transaction() as session:
        Videos.of_everyone(session).add(Brief(title="潮汐"), owner_id=owner.id)
        raise RuntimeError


def test_a_transaction_that_fails_leaves_nothing(owner: User) -> None:
    with pytest.raises(RuntimeError):
        add_and_fail(owner)
    with reading() as session:
        found = Videos.of_everyone(session).all()

    assert found == []


@pytest.mark.parametrize("video_id", ["", "\x00", "task_\x00", "'; DROP TABLE videos; --", "x" * 10_000, "長"])
def test_an_id_of_any_shape_is_only_not_there(migrated: str, video_id: str) -> None:
    with reading() as session:
        assert Videos.of_everyone(session).get(video_id) is None


def test_the_holder_of_a_film_changes_it(film: Callable[..., str]) -> None:
    video_id = film(**HOLDER)
    with transaction() as session:
        is_ours = Videos.of_everyone(session).change_if_held(video_id, holder=HOLDER, progress=50)

    assert is_ours
    assert row(video_id).progress == 50


@pytest.mark.parametrize("other", [{"host": "there"}, {"pid": 8}, {"pid_started": HOLDER["pid_started"] + 0.01}])
def test_a_former_holder_changes_nothing(film: Callable[..., str], other: dict[str, Any]) -> None:
    video_id = film(**HOLDER)
    with transaction() as session:
        is_ours = Videos.of_everyone(session).change_if_held(video_id, holder={**HOLDER, **other}, progress=50)

    assert not is_ours
    assert row(video_id).progress == 0


def test_a_film_that_nobody_holds_is_changed_by_nobody(film: Callable[..., str]) -> None:
    video_id = film()
    with transaction() as session:
        assert not Videos.of_everyone(session).change_if_held(video_id, holder=HOLDER, progress=50)

    assert row(video_id).progress == 0


def test_of_two_reconcilers_that_saw_the_same_crash_one_counts_it(film: Callable[..., str]) -> None:
    seen = row(film(run_id="run"))
    claims = []
    for _ in range(2):
        with transaction() as session:
            claims.append(Videos.of_everyone(session).claim_restart(seen))

    assert claims == [True, False]
    assert row(seen.id).restarts == 1


def test_waiting_films_come_oldest_first_with_their_owners_plan(film: Callable[..., str]) -> None:
    second = film(created_at=NOON - timedelta(minutes=2))
    first = film(created_at=NOON - timedelta(minutes=3))
    film(created_at=NOON - timedelta(minutes=4), run_id="run")
    film(created_at=NOON - timedelta(minutes=5), cancel_requested_at=NOON)
    film(created_at=NOON - timedelta(minutes=6), completed_at=NOON)
    with reading() as session:
        found = Videos.of_everyone(session).waiting_with_plans()

    assert [(video.id, plan) for video, plan in found] == [(first, "free"), (second, "free")]


def test_unfinished_films_come_oldest_first_and_only_those_with_a_run(film: Callable[..., str]) -> None:
    second = film(created_at=NOON - timedelta(minutes=2), run_id="b")
    first = film(created_at=NOON - timedelta(minutes=3), run_id="a")
    film(created_at=NOON - timedelta(minutes=4))
    film(created_at=NOON - timedelta(minutes=5), run_id="c", completed_at=NOON)
    with reading() as session:
        found = Videos.of_everyone(session).unfinished()

    assert [video.id for video in found] == [first, second]


def test_no_more_films_are_given_than_were_asked_for(film: Callable[..., str]) -> None:
    for _ in range(3):
        film()
    with reading() as session:
        found = Videos.of_everyone(session).waiting_with_plans(most_each=2)

    assert len(found) == 2


def test_past_films_tell_what_they_took_and_how_long_they_last(film: Callable[..., str]) -> None:
    film(started_at=NOON, completed_at=NOON + timedelta(seconds=30), rendition=RENDITION)
    film(started_at=NOON, completed_at=NOON + timedelta(seconds=40))
    film(started_at=NOON, rendition=RENDITION)
    film(completed_at=NOON, rendition=RENDITION)
    film(started_at=NOON, completed_at=NOON, rendition=RENDITION, review_key="review-1")
    film(started_at=NOON, completed_at=NOON, rendition=RENDITION, asked_again_at=NOON)
    with reading() as session:
        found = Videos.of_everyone(session).recent_seconds()

    assert found == [(30.0, 10.0)]


def test_the_latest_twenty_films_tell(film: Callable[..., str]) -> None:
    for i in range(22):
        film(started_at=NOON, completed_at=NOON + timedelta(seconds=i), rendition=RENDITION)
    with reading() as session:
        found = Videos.of_everyone(session).recent_seconds()

    assert [took for took, _ in found] == [float(i) for i in range(21, 1, -1)]


def test_a_time_comes_back_as_the_same_moment_in_utc(film: Callable[..., str]) -> None:
    taipei = NOON.astimezone(timezone(timedelta(hours=8)))
    found = row(film(started_at=taipei)).started_at

    assert found == NOON
    assert found
    assert found.tzinfo == UTC


@pytest.mark.parametrize("column", ["script", "timeline", "rendition"])
def test_what_is_not_there_is_null_and_not_the_word(film: Callable[..., str], column: str) -> None:
    video_id = film(script={"title": "x"}, timeline={"x": 1}, rendition=RENDITION)
    with transaction() as session:
        Videos.of_everyone(session).change(video_id, **{column: None})
    with reading() as session:
        query = text(f"SELECT count(*) FROM videos WHERE {column} IS NULL")
        found = session.connection().execute(query).scalar_one()

    assert found == 1


def test_any_text_comes_back_as_it_was(film: Callable[..., str]) -> None:
    words = "潮汐🌊 ' \" \\ \n %s {x} مرحبا"
    found = row(film(title=words, warnings=[words], script={words: words}))

    assert (found.title, found.warnings, found.script) == (words, [words], {words: words})


def test_ids_sort_by_time_of_creation(film: Callable[..., str]) -> None:
    ids = [film() for _ in range(20)]

    assert ids == sorted(ids)


FAILED = {"run_id": "run", "completed_at": NOON, "error_code": "RENDER_FAILED"}
UNDER_REVIEW = {"run_id": "run", "review_key": "review-1", "script": {"scenes": []}}


def do(name: str, video_id: str, *args: Any) -> bool:
    with transaction() as session:
        done: bool = getattr(Videos.of_everyone(session), name)(video_id, *args)
        return done


@pytest.mark.parametrize(
    ("values", "ended_as"),
    [
        ({"rendition": RENDITION}, "completed"),
        ({"error_code": "RENDER_FAILED"}, "failed"),
        ({"rendition": RENDITION, "error_code": "RENDER_FAILED"}, "failed"),
        ({"cancel_requested_at": NOON}, "cancelled"),
        ({"cancel_requested_at": NOON, "rendition": RENDITION}, "cancelled"),
        ({"cancel_requested_at": NOON, "error_code": "CRASHED"}, "cancelled"),
        ({}, "cancelled"),
    ],
)
def test_queries_and_rows_agree_how_a_film_ended(
    film: Callable[..., str], values: dict[str, Any], ended_as: str
) -> None:
    video_id = film(completed_at=NOON, **values)
    with reading() as session:
        videos = Videos.of_everyone(session)
        found = [
            status
            for status in ("completed", "failed", "cancelled", "pending")
            if videos.page(Wanted(statuses=frozenset({status})), after=None, most=9)
        ]

    assert row(video_id).ended_as == ended_as
    assert found == [ended_as]


def test_a_film_that_is_not_over_may_have_any_status(film: Callable[..., str]) -> None:
    video_id = film(run_id="run")
    with reading() as session:
        found = Videos.of_everyone(session).page(Wanted(statuses=frozenset({"completed"})), after=None, most=9)

    assert [video.id for video in found] == [video_id]


@pytest.mark.parametrize("text", ["潮", "%", "_", "\\", "'"])
def test_marks_of_a_pattern_are_looked_for_as_they_are(film: Callable[..., str], text: str) -> None:
    film(title="nothing of it")
    video_id = film(title=f"a{text}b")
    with reading() as session:
        found = Videos.of_everyone(session).page(Wanted(text=text), after=None, most=9)

    assert [video.id for video in found] == [video_id]


def test_a_template_is_looked_for_in_the_brief(film: Callable[..., str]) -> None:
    video_id = film()
    with reading() as session:
        videos = Videos.of_everyone(session)
        found = [videos.page(Wanted(template=name), after=None, most=9) for name in ("explainer", "listicle")]

    assert [[video.id for video in page] for page in found] == [[video_id], []]


def test_a_film_that_was_not_begun_is_over_when_cancelled(film: Callable[..., str]) -> None:
    waiting, begun, over = film(), film(run_id="run"), film(completed_at=NOON)

    assert [do("request_cancel", video_id) for video_id in (waiting, begun, over)] == [True, True, False]
    assert row(waiting).completed_at is not None
    assert (row(begun).completed_at, row(begun).cancel_requested_at is not None) == (None, True)
    assert row(over).cancel_requested_at is None


def test_a_retried_film_waits_again_and_is_nobodys_business_but_the_dispatchers(film: Callable[..., str]) -> None:
    video_id = film(**FAILED)
    tried = [do("ask_again", video_id) for _ in range(2)]
    with reading() as session:
        everyone = Videos.of_everyone(session)
        found = [everyone.waiting_with_plans(), everyone.unfinished(), everyone.owners_in_flight()]
        asked = everyone.creation_times(since=utc_now() - timedelta(minutes=1), most=9)

    assert tried == [True, False]
    assert [len(rows) for rows in found] == [1, 0, 0]
    assert asked == [row(video_id).asked_again_at]


def test_a_completed_film_is_not_tried_again(film: Callable[..., str]) -> None:
    assert not do("ask_again", film(completed_at=NOON, rendition=RENDITION))


def test_a_film_under_review_is_not_in_flight_until_its_process_is_back(film: Callable[..., str]) -> None:
    video_id = film(**UNDER_REVIEW)
    with reading() as session:
        resting = Videos.of_everyone(session).owners_in_flight()
    with transaction() as session:
        Videos.of_everyone(session).change(video_id, **HOLDER)
    with reading() as session:
        working = Videos.of_everyone(session).owners_in_flight()

    assert (len(resting), len(working)) == (0, 1)


def test_a_script_is_changed_until_it_is_approved(film: Callable[..., str]) -> None:
    video_id = film(**UNDER_REVIEW)
    changed = do("change_script", video_id, {"scenes": [1]})
    approved = [do("approve", video_id) for _ in range(2)]
    late = do("change_script", video_id, {"scenes": [2]})

    assert (changed, approved, late) == (True, [True, False], False)
    assert row(video_id).script == {"scenes": [1]}
    assert row(video_id).asks_again is True


@pytest.mark.parametrize("values", [{}, {"approved_at": NOON}, HOLDER, {"completed_at": NOON}])
def test_only_a_film_that_rests_for_review_has_its_script_changed(
    film: Callable[..., str], values: dict[str, Any]
) -> None:
    video_id = film(**(UNDER_REVIEW | values if values else {"run_id": "run"}))

    assert not do("change_script", video_id, {})
    assert not do("approve", video_id)


def test_another_owner_neither_cancels_nor_retries_nor_approves(film: Callable[..., str], stranger: User) -> None:
    failed, reviewed = film(**FAILED), film(**{**UNDER_REVIEW, "run_id": "other"})
    with transaction() as session:
        theirs = Videos(session, owner_id=stranger.id)
        done = [
            theirs.request_cancel(reviewed),
            theirs.ask_again(failed),
            theirs.change_script(reviewed, {}),
            theirs.approve(reviewed),
        ]
        theirs.close(reviewed)

    assert done == [False] * 4
    assert row(reviewed).completed_at is None


def test_a_glance_leaves_out_what_is_large(film: Callable[..., str]) -> None:
    with reading() as session:
        video = Videos.of_everyone(session).glance(film(progress=7, timeline={"voice": []}))
    assert video

    assert video.progress == 7
    assert "timeline" not in video.__dict__


def test_films_that_many_ask_for_are_read_at_once_each_for_its_owner(
    film: Callable[..., str], owner: User, stranger: User
) -> None:
    first, second = film(progress=7, rendition=RENDITION, timeline={"voice": []}), film(stage="render")
    asked = [(owner.id, first), (stranger.id, first), (owner.id, second), (owner.id, first), (owner.id, "task_0")]
    with reading() as session:
        found = glances(session, asked)

    assert found.keys() == {(owner.id, first), (owner.id, second)}
    assert (found[owner.id, first].progress, found[owner.id, second].stage) == (7, "render")
    assert "timeline" not in found[owner.id, first].__dict__


@pytest.mark.parametrize("no_id", ["", "\x00", "task_\x00", "\udc80", "潮汐", "x" * 5000])
def test_an_id_that_is_none_spoils_nobody_elses_answer(film: Callable[..., str], owner: User, no_id: str) -> None:
    video_id = film()
    with reading() as session:
        assert glances(session, [(owner.id, no_id), (owner.id, video_id)]).keys() == {(owner.id, video_id)}
