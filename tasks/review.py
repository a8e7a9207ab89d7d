"""The creator reads the script before it is said: the run waits for that without process or slot."""

from __future__ import annotations

from typing import Annotated, Any, cast
from uuid import uuid4

from prefect.flow_runs import suspend_flow_run
from prefect.input import RunInput, keyset_from_base_key
from prefect.input.actions import read_flow_run_input
from pydantic import Field

from store.repos.videos import Videos
from store.session import reading
from store.tables.base import utc_now
from store.tables.videos import Video
from studio.models.brief import Brief
from studio.models.script import Script
from studio.stages.review import as_text, completed, with_text
from tasks.lease import this_process
from tasks.policy import patient
from tasks.progress import keep, progress_of


class ReviewForm(RunInput):
    """What the Prefect UI asks for when the run is resumed there."""

    script: Annotated[str, Field(max_length=20_000, title="Script", description="A scene a paragraph.")] = ""


# No task: only a flow can be suspended.
def review(brief: Brief, written: Script, *, video_id: str) -> Script:
    """
    *written* as its creator wants it said; without `brief.review`, as it is.

    The first time this ends the process: the run is suspended, and its body runs again once it is resumed.
    What was changed through the API stands in the row, what was changed in the form comes with it. The form
    has the last word, unless its text is as it was written.
    """
    if not brief.review:
        return written
    video = _row(video_id)
    if video.approved_at is None:
        answer = _answer(video.review_key)
        if answer is None:
            _wait(written, video_id)
        text = (answer or {}).get("script") or ""
        if text.split() and text.split() != as_text(written).split():
            return _kept(with_text(written, text), video_id, approved_at=utc_now())
        keep(video_id, approved_at=utc_now())
        video = _row(video_id)
    return _kept(completed(Script.model_validate(video.script or written.model_dump())), video_id)


def _wait(written: Script, video_id: str) -> None:
    """Suspend the run. A run that was started again after it had waited waits under a new name."""
    key = f"review-{uuid4().hex[:8]}"
    progress_of(video_id).report("review")
    keep(video_id, review_key=key, **dict.fromkeys(this_process().columns()))
    form = ReviewForm.with_initial_data(description="Read the script; change what you like.", script=as_text(written))
    suspend_flow_run(wait_for_input=form, key=key)


def _answer(key: str | None) -> dict[str, Any] | None:
    """What the form was sent with, if it was; an empty form counts."""
    if key is None:
        return None
    response = keyset_from_base_key(f"suspended-{key}")["response"]
    return cast(dict[str, Any] | None, read_flow_run_input(response))


def _kept(script: Script, video_id: str, **values: Any) -> Script:
    keep(video_id, script=script.model_dump(mode="json"), **values)
    return script


@patient
def _row(video_id: str) -> Video:
    with reading() as session:
        video = Videos.of_everyone(session).get(video_id)
    assert video is not None
    return video
