"""A record is opened once, with where its film goes; its result page shows a creator's text and does nothing that it says."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from prefect import flow
from prefect.client.schemas.objects import FlowRun
from prefect.states import Cancelled, Failed
from sqlmodel import select

from store.ledger import take_over
from store.repos.publications import Publications
from store.repos.purchases import Purchases
from store.repos.social import SocialAccounts
from store.repos.users import Users
from store.repos.videos import Videos
from store.session import DatabaseAway, transaction
from store.tables.base import utc_now
from store.tables.social import Publication
from store.tables.videos import Video
from studio.errors import BadInput
from studio.models.asset import Credit
from studio.models.brief import Brief
from studio.models.publication import Grant, Target, Token
from studio.models.rendition import Rendition
from studio.models.script import Scene, Script
from studio.providers.till import Quote
from tasks.records import _calls, _page, note_cancellation, open_record
from tests.api.conftest import home  # noqa: F401  (a fixture)
from tests.api.test_contract import RENDITION
from tests.support.migrated import take_migrated

BRIEF = Brief(title="潮汐")


def page(text: str) -> list[str]:
    credit = Credit(title=text, author=text, licence="CC0")
    rendition = Rendition.model_validate({**RENDITION, "credits": [credit]})
    script = Script(title=text, language="en", scenes=(Scene(narration=text),), written_by="creator", warnings=(text,))
    return _page(script, rendition, (text,)).splitlines()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("[here](javascript:alert(1))", r"\[here\](javascript:alert(1))"),
        (r"\[here](javascript:alert(1))", r"\\\[here\](javascript:alert(1))"),
        ("![x](http://evil.example/pixel)", r"\!\[x\](http://evil.example/pixel)"),
        ("`code` *loud* a_b & 1", r"\`code\` \*loud\* a\_b &amp; 1"),
        ("first\n\n# Films\n\n[Open the film](http://evil.example)", r"first # Films \[Open the film\](http://evil.example)"),
    ],
)  # fmt: skip
def test_marks_in_a_creators_text_are_shown_as_they_are(fresh_home: object, text: str, shown: str) -> None:
    lines = page(text)

    assert lines[0] == f"# {shown}"
    assert f"1. {shown}" in lines
    assert f"- {shown}" in lines
    headings = [f"# {shown}", "## Script", "## Warnings", "## Calls to providers", "## Credits"]
    assert [line for line in lines if line.startswith("#")] == headings


def test_calls_are_summed_up_by_provider_and_model(fresh_home: Path) -> None:
    take_migrated(fresh_home)
    with transaction() as session:
        purchases = Purchases(session)
        for key, model, cost in (("a", "gpt-5-mini", 2_250), ("b", "gpt-5-mini", 750), ("c", "mine", None)):
            quote = Quote("llm", "openai", model, key, {})
            row = purchases.reserve(
                quote, cost=cost, owner_id=None, video_id="task_1", holder={}, lease=timedelta(seconds=1)
            )
            purchases.settle(row.id, answer="", units={}, cost=cost, fresh_s=None)

    assert _calls("task_1") == [
        "llm 'openai' gpt-5-mini: 2 calls, $0.0030",
        "llm 'openai' mine: 1 calls, no price is known",
    ]


def cancelled_film(**values: object) -> Video:
    """A film whose run was cancelled a moment ago, after the hook has heard of it."""
    run, state = FlowRun(flow_id=uuid4()), Cancelled()
    with transaction() as session:
        videos = Videos.of_everyone(session)
        video_id = videos.add(BRIEF, owner_id=Users(session).operator().id).id
        videos.change(video_id, run_id=str(run.id), **values)
    note_cancellation(write_nothing, run, state)
    with transaction() as session:
        found = Videos.of_everyone(session).get(video_id)
    assert found
    return found


@flow
def write_nothing() -> None:
    """Stands for the film's flow."""


def test_a_cancelled_film_is_over(home: Path) -> None:  # noqa: F811
    assert cancelled_film().completed_at
    assert cancelled_film(asked_again_at=utc_now() - timedelta(seconds=5)).completed_at


def test_a_film_that_is_tried_again_is_not_ended_by_what_comes_late_of_its_cancellation(
    home: Path,  # noqa: F811
) -> None:
    assert cancelled_film(asked_again_at=utc_now() + timedelta(seconds=5)).completed_at is None


def ledger() -> list[Publication]:
    with transaction() as session:
        return list(Publications.of_everyone(session).page(after=None, most=9))


def connected(remote_id: str) -> str:
    """The operator's account at YouTube."""
    with transaction() as session:
        grant = Grant(remote_id=remote_id, name=remote_id, token=Token(access="access-1"))
        return SocialAccounts(session, owner_id=Users(session).operator().id).keep(Target.YOUTUBE, grant).id


@pytest.fixture
def google(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    """An application at Google."""
    monkeypatch.setenv("YOUTUBE_CLIENT_ID", "a")
    monkeypatch.setenv("YOUTUBE_CLIENT_SECRET", "b")


def test_a_run_that_publishes_nothing_writes_no_line(home: Path) -> None:  # noqa: F811
    open_record.fn(BRIEF, video_id=None, run_id="run-1")

    assert ledger() == []


@pytest.mark.usefixtures("google")
def test_a_run_of_the_form_has_a_line_for_each_target_however_often_it_is_started_again() -> None:
    connected("UC1")
    second = connected("UC2")
    targets = ["folder", f"youtube:{second}"]
    first, again = (open_record.fn(BRIEF, video_id=None, run_id="run-1", publish=targets) for _ in range(2))

    assert first == again
    assert {(row.platform, row.account_id, row.state, row.video_id) for row in ledger()} == {
        ("folder", None, "waiting_for_video", first), ("youtube", second, "waiting_for_video", first),
    }  # fmt: skip
    assert len(ledger()) == 2
    assert [row.post["title"] for row in ledger()] == ["潮汐", "潮汐"]
    assert {row.post["visibility"] for row in ledger() if row.platform == "youtube"} == {"private"}


def test_the_film_of_such_a_run_is_handed_over_when_it_is_done(home: Path) -> None:  # noqa: F811
    video_id = open_record.fn(BRIEF, video_id=None, run_id="run-1", publish=["folder"])
    with transaction() as session:
        take_over(session)
    before = ledger()[0].state
    with transaction() as session:
        Videos.of_everyone(session).change(video_id, rendition=RENDITION, completed_at=utc_now())
        take_over(session)

    assert before == "waiting_for_video"
    assert (ledger()[0].state, ledger()[0].object_key) == ("scheduled", RENDITION["video"]["key"])


def test_a_run_that_the_api_started_gets_no_second_set_of_lines(home: Path) -> None:  # noqa: F811
    with transaction() as session:
        video_id = Videos.of_everyone(session).add(BRIEF, owner_id=Users(session).operator().id).id
    open_record.fn(BRIEF, video_id=video_id, run_id="run-1", publish=["folder"])

    assert ledger() == []


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("myspace", "publish: there is no 'myspace'; known are youtube, x, tiktok, instagram, folder"),
        ("", "publish: there is no ''"),
        ("youtube", "publish: connect an account first"),
        ("youtube:account_nope", "publish: there is no such account at youtube"),
        ("x", "publish: publish 'x': X_CLIENT_ID or X_CLIENT_SECRET is not set"),
    ],
)
@pytest.mark.usefixtures("google")
def test_a_target_that_no_film_can_go_to_ends_the_run_before_there_is_a_film(target: str, message: str) -> None:
    with pytest.raises(BadInput, match=message):
        open_record.fn(BRIEF, video_id=None, run_id="run-1", publish=["folder", target])

    assert ledger() == []
    with transaction() as session:
        assert session.exec(select(Video)).all() == []


@pytest.mark.parametrize(
    ("error", "is_tried_again"),
    [(BadInput("there is no such target", field="publish"), False), (DatabaseAway("it does not answer"), True)],
)
def test_what_was_asked_for_wrongly_is_not_tried_again(error: Exception, is_tried_again: bool) -> None:
    assert open_record.retries > 0
    assert open_record.retry_condition_fn is not None

    assert open_record.retry_condition_fn(open_record, None, Failed(data=error)) is is_tried_again  # type: ignore[arg-type]


@pytest.mark.usefixtures("google")
def test_of_several_accounts_one_has_to_be_named() -> None:
    ids = [connected("UC1"), connected("UC2")]

    with pytest.raises(BadInput, match=f"publish: several accounts are connected; name one of {', '.join(ids)}"):
        open_record.fn(BRIEF, video_id=None, run_id="run-1", publish=["youtube"])
