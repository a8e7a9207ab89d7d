"""Open a film's record and close it: the row, and what operators see in the Prefect UI."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from prefect import Flow, task
from prefect.artifacts import create_markdown_artifact
from prefect.client.schemas.objects import FlowRun, State, TaskRun
from prefect.tasks import Task

from store.ledger import destinations_of, hand_over
from store.repos.purchases import Purchases
from store.repos.users import Users
from store.repos.videos import Videos
from store.session import reading, transaction
from store.tables.base import utc_now
from studio.errors import BadInput, VideoSystemError
from studio.models.brief import Brief
from studio.models.publication import Destination
from studio.models.rendition import Rendition
from studio.models.script import Script
from studio.providers.storage.links import signed_url
from tasks import policy
from tasks.lease import this_process
from tasks.pages import escaped
from tasks.policy import patient
from tasks.progress import keep, progress_of

LINK_DAYS = 7
"""How long an operator can open a film from the result page."""


def _may_pass(_task: Task[..., Any], _run: TaskRun, state: State[Any]) -> bool:
    """Whether opening again may help: what was asked for stays as wrong as it is."""
    return not isinstance(state.result(raise_on_failure=False), BadInput)


@task(name="open record", **policy.FRESH, retry_condition_fn=_may_pass)
def open_record(brief: Brief, *, video_id: str | None, run_id: str, publish: Sequence[str] = ()) -> str:
    """
    The id of the film that this run makes, marked as being worked on by this process.

    A run that was started by the API brings its *video_id*, and has lines of its own in the ledger of publications.
    One that was started in the Prefect UI gets a row and a line for each of *publish*, once, however often it is
    started again.

    Args:
        publish: "folder", "youtube", "youtube:account_…"; accounts of the operator.

    Raises:
        BadInput: there is no such film, it was cancelled, or `publish` names something that no film can go to.
    """
    return _opened(brief, video_id=video_id, run_id=run_id, destinations=destinations_of(publish, field="publish"))


@patient
def _opened(brief: Brief, *, video_id: str | None, run_id: str, destinations: Sequence[Destination]) -> str:
    with transaction() as session:
        videos = Videos.of_everyone(session)
        video = videos.get(video_id) if video_id else videos.by_run(run_id)
        if video is None and video_id:
            raise BadInput(f"there is no film {video_id!r}", field="video_id")
        if video is None:
            video = videos.add(brief, owner_id=Users(session).operator().id)
            hand_over(session, destinations, video, owner_id=video.owner_id, field="publish")
        if video.cancel_requested_at:
            raise BadInput(f"the film {video.id!r} was cancelled before it began", field="video_id")
        videos.change(
            video.id,
            run_id=run_id,
            asks_again=False,
            started_at=video.started_at or utc_now(),
            completed_at=None,
            error_code=None,
            error_message=None,
            previews=None,
            announced="",
            **this_process().columns(),
        )
        return video.id


@task(name="finish", **policy.FRESH)
def finish(video_id: str, *, script: Script, rendition: Rendition) -> Rendition:
    """The film is there: write its row and its result page."""
    progress_of(video_id).report("finish")
    keep(
        video_id,
        rendition=rendition.model_dump(mode="json"),
        previews=None,
        stage="done",
        progress=100,
        completed_at=utc_now(),
        error_code=None,
        error_message=None,
    )
    create_markdown_artifact(
        key=f"result-{video_id.replace('_', '-')}",
        markdown=_page(script, rendition, _calls(video_id)),
        description=escaped(script.title),
    )
    progress_of(video_id).show_done()
    return rendition


def note_failure(flow: Flow[..., Any], flow_run: FlowRun, state: State[Any]) -> None:
    """Why a run failed, in the row; texts of foreign exceptions stay in the log."""
    error = state.result(raise_on_failure=False)
    known = isinstance(error, VideoSystemError)
    _close(
        flow_run,
        state,
        error_code=error.code if isinstance(error, VideoSystemError) else "INTERNAL_ERROR",
        error_message=str(error) if known else f"an internal error ended flow run {flow_run.id}",
    )


def note_cancellation(flow: Flow[..., Any], flow_run: FlowRun, state: State[Any]) -> None:
    """A cancelled film is over."""
    _close(flow_run, state)


@patient
def _close(flow_run: FlowRun, state: State[Any], **values: Any) -> None:
    """Close the film's row, unless it was asked for again since: on a busy machine hooks come seconds late."""
    with transaction() as session:
        videos = Videos.of_everyone(session)
        video = videos.by_run(str(flow_run.id))
        is_late = video and video.asked_again_at and state.timestamp < video.asked_again_at
        if video and not video.completed_at and not is_late:
            videos.change(video.id, completed_at=utc_now(), previews=None, **values)


@patient
def _calls(video_id: str) -> list[str]:
    """What the film's calls to providers came to, a line each provider and model."""
    with reading() as session:
        rows = Purchases(session).of_video(video_id)
    groups: dict[tuple[str, str, str], list[int | None]] = {}
    for row in rows:
        if row.state in ("settled", "lost"):
            groups.setdefault((row.role, row.provider, row.model), []).append(row.cost)
    return [_line(*names, costs) for names, costs in groups.items()]


def _line(role: str, provider: str, model: str, costs: list[int | None]) -> str:
    known = sum(cost for cost in costs if cost is not None)
    cost = f"${known / 1_000_000:.4f}" if None not in costs else "no price is known"
    return f"{role} '{provider}' {model}: {len(costs)} calls, {cost}"


def _page(script: Script, rendition: Rendition, calls: Sequence[str]) -> str:
    lifetime = LINK_DAYS * 24 * 3600
    video, poster = (signed_url(asset.key, lifetime_s=lifetime) for asset in (rendition.video, rendition.poster))
    spoken = "\n".join(f"{i}. {escaped(scene.narration)}" for i, scene in enumerate(script.scenes, 1))
    warnings = "\n".join(f"- {escaped(warning)}" for warning in script.warnings) or "- none"
    paid = "\n".join(f"- {escaped(call)}" for call in calls) or "- none"
    credits = "\n".join(f"- {escaped(c.line)}" for c in rendition.credits)
    return (
        f"# {escaped(script.title)}\n\n[Open the film]({video}) ({rendition.duration:.1f} s, "
        f"{rendition.width}×{rendition.height}, {rendition.loudness.lufs:.1f} LUFS)\n\n![Poster frame]({poster})\n\n"
        f"## Script\n{spoken}\n\n## Warnings\n{warnings}\n\n## Calls to providers\n{paid}\n\n## Credits\n{credits}\n"
    )
