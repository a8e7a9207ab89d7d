"""The films of an account: ask for them, look at them, change and remove them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from api import runs
from api.assets import keys_of, recording_of
from api.costs import charged_for, cost_of, costs_of, usual_cost
from api.dispatch import admit, dispatch
from api.errors import NotFound, PlanExceeded, QuotaExceeded, conflict
from api.films import ask_for, estimated_seconds, lasting, status_of
from api.once import Once
from api.prefectclient import PrefectUnavailable
from api.previews import preview_key
from api.publications import hand_over
from api.runstates import Status
from api.schemas.costs import FilmCost
from api.schemas.page import Page
from api.schemas.videos import BriefShown, ChangeVideo, Estimate, Failing, FilmShown, Links, MakeVideo, VideoShown
from api.trends import trend_title
from store.repos.objects import is_needed
from store.repos.videos import Videos, Wanted
from store.session import DatabaseAway, reading, transaction
from store.tables.users import User
from store.tables.videos import Video
from studio.errors import BadInput
from studio.models.brief import Brief
from studio.models.rendition import Rendition
from studio.providers.storage import KEY_IN_TEXT, open_storage
from studio.settings import get_settings
from studio.web import check_url


def make(order: MakeVideo, *, owner: User, once: Once) -> VideoShown:
    """
    Write the film down, then start it; what is written down is made even if starting fails now.

    Raises:
        BadInput: it names something that is not here.
        PlanExceeded: it is longer or larger than the owner's plan allows.
        QuotaExceeded: the owner has too many films.
        AccountMissing: it cannot be published where it should be.
        PostRefused: a platform would refuse its texts.
    """
    brief = _brief_of(order, owner=owner)
    with _our_words():
        return ask_for(
            brief,
            owner=owner,
            once=once,
            # Inside the transaction that writes it down: nobody has worked on it yet.
            answer=lambda video: shown(video, cost=FilmCost()),
            kind=VideoShown,
            tags=order.tags,
            webhook_url=order.webhook_url,
            also=lambda session, video: hand_over(session, order.publish, video, owner=owner),
        )


def page(wanted: Wanted, *, owner: User, after: str | None, limit: int) -> Page[VideoShown]:
    """The owner's *wanted* films that are older than the film *after*, newest first, at most *limit*."""
    found: list[tuple[Video, Status]] = []
    while len(found) <= limit:
        with reading() as session:
            rows = Videos(session, owner_id=owner.id).page(wanted, after=after, most=limit + 1)
        found += [(row, status) for row, status in _with_status(rows) if status in (wanted.statuses or {status})]
        if len(rows) <= limit:
            break
        after = rows[-1].id
    costs = costs_of([video.id for video, _ in found[:limit]])
    items = [shown(video, status=status, cost=costs[video.id]) for video, status in found[:limit]]
    has_more = len(found) > limit
    return Page(items=items, next_cursor=items[-1].id if has_more else None, has_more=has_more)


def find(video_id: str, *, owner: User) -> Video:
    """
    The owner's film.

    Raises:
        NotFound: this owner has no such film.
    """
    with reading() as session:
        video = Videos(session, owner_id=owner.id).get(video_id)
    if video is None:
        raise NotFound
    return video


def shown(video: Video, *, status: Status | None = None, cost: FilmCost | None = None) -> VideoShown:
    """What is shown of a film; *status* and *cost* are found out unless they are known."""
    status = status or status_of(video)
    is_done = status == "completed" and video.rendition is not None
    return VideoShown(
        status=status,
        progress=100 if is_done else min(video.progress, 99),
        error=_failing(video) if status == "failed" else None,
        brief=BriefShown.of(Brief.model_validate(video.brief)),
        video=FilmShown.of(Rendition.model_validate(video.rendition)) if is_done else None,
        cost=cost or cost_of(video.id),
        links=_links(video.id, is_done=is_done, can_be_watched=preview_key(video, status=status) is not None),
        **video.model_dump(include={"id", "title", "stage", "tags", "warnings", "webhook_url"}),
        **video.model_dump(include={"created_at", "started_at", "completed_at"}),
    )


def change(video: Video, changes: ChangeVideo) -> VideoShown:
    """The film with what its owner changed."""
    values = changes.model_dump(exclude_none=True)
    if values:
        with transaction() as session:
            Videos(session, owner_id=video.owner_id).change(video.id, **values)
    return _shown_now(video)


def cancel(video: Video) -> VideoShown:
    """
    The film, cancelled from now on: the row says so first, the reconciler tells Prefect if we cannot.

    Raises:
        Conflict: it is finished, or failed.
    """
    if status_of(video) == "cancelled":
        return shown(video)
    with transaction() as session:
        if not Videos(session, owner_id=video.owner_id).request_cancel(video.id):
            raise conflict("status", "the film is over")
    with suppress(DatabaseAway):  # it is written down: the reconciler does the rest
        if video.run_id:
            _end_run(video, video.run_id)
        dispatch()
    return _shown_now(video)


def retry(video: Video, *, owner: User) -> VideoShown:
    """
    The film, waiting to go on where it failed or was cancelled.

    Raises:
        Conflict: it did not fail, was not cancelled, or its process has not ended yet.
        PlanExceeded: it is longer or larger than the owner's plan allows by now.
        QuotaExceeded: the owner has too many films.
    """
    if video.completed_at is None:
        raise conflict("status", "the film is not over, or its process has not ended yet")
    if video.ended_as == "completed":
        raise conflict("status", "the film is there")
    brief = Brief.model_validate(video.brief)
    lasts_s = lasting(brief)
    with _our_words(), transaction() as session:
        admit(session, brief, owner=owner, lasts_s=lasts_s)
        if not Videos(session, owner_id=owner.id).ask_again(video.id):
            raise conflict("status", "the film is being tried again")
    with suppress(DatabaseAway):
        dispatch()
    return _shown_now(video)


def estimate(order: MakeVideo, *, owner: User) -> Estimate:
    """
    What the film would take; nothing is written down.

    Raises:
        BadInput: it names something that is not here.
    """
    brief = _brief_of(order, owner=owner)
    lasts_s = lasting(brief)
    charged = charged_for(brief)
    warnings = [f"{each} is charged by its vendor" for each in charged]
    if brief.script.strip() and brief.duration is not None:
        warnings.append("duration: a script is said word for word, however long that takes")
    with transaction() as session:
        try:
            admit(session, brief, owner=owner, lasts_s=lasts_s)
        except (PlanExceeded, QuotaExceeded) as error:
            warnings += [detail.message for detail in error.details]
    cost = usual_cost(lasts_s) if charged else 0.0
    return Estimate(seconds=estimated_seconds(lasts_s), duration=lasts_s, cost=cost, warnings=warnings)


def remove_all(owner: User) -> None:
    """
    Remove every film of the account.

    Raises:
        PrefectUnavailable: runs cannot be ended now; ask again.
    """
    with reading() as session:
        videos = Videos(session, owner_id=owner.id).all()
    for video in videos:
        remove(video)


def remove(video: Video) -> None:
    """
    End the film's run and remove it with the row, then the files, unless somebody else has the same.

    Raises:
        PrefectUnavailable: the run cannot be ended now; nothing was removed.
    """
    if video.run_id:
        runs.remove(video.run_id)
    with transaction() as session:
        Videos.of_everyone(session).remove(video.id)
    for key in _keys(video):
        with reading() as session:
            is_kept = is_needed(session, key)
        if not is_kept:
            open_storage(get_settings()).delete(key)


def _brief_of(order: MakeVideo, *, owner: User) -> Brief:
    """The brief, once all that the order names is there. Raises BadInput."""
    for place, url in enumerate(order.sources):
        check_url(url, field=f"sources.{place}")
    if order.narration and not order.script.strip():
        raise BadInput("a recording needs the words that are said in it", field="script")
    narration = recording_of(order.narration, owner=owner) if order.narration else None
    title = trend_title(order.trend) if order.trend else ""
    return order.brief(title=order.title or title, assets=keys_of(order.assets, owner=owner), narration=narration)


def _with_status(videos: Sequence[Video]) -> list[tuple[Video, Status]]:
    runs.states().expect(video.run_id for video in videos if video.run_id and not video.completed_at)
    return [(video, status_of(video)) for video in videos]


def _shown_now(video: Video) -> VideoShown:
    with reading() as session:
        now = Videos.of_everyone(session).get(video.id)
    if now is None:
        raise NotFound
    return shown(now)


def _end_run(video: Video, run_id: str) -> None:
    """What has no process is over at once; the others end with their process."""
    try:
        runs.cancel(run_id)
        run = runs.states().get(run_id)
    except PrefectUnavailable:
        return
    if run is None or run.status == "cancelled":
        with transaction() as session:
            Videos.of_everyone(session).close(video.id)


def _failing(video: Video) -> Failing:
    if video.error_code is None:
        return Failing(code="INTERNAL_ERROR", message=f"flow run {video.run_id} failed")
    return Failing(code=video.error_code, message=video.error_message or "")


def _links(video_id: str, *, is_done: bool, can_be_watched: bool) -> Links:
    here = f"{get_settings().base_url}/videos/{video_id}"
    return Links(
        self=here,
        events=f"{here}/events",
        script=f"{here}/script",
        download=f"{here}/download" if is_done else None,
        preview=f"{here}/download?variant=preview" if can_be_watched else None,
    )


def _keys(video: Video) -> set[str]:
    """Every object that the film was made of or that was made for it."""
    return set(KEY_IN_TEXT.findall(json.dumps([video.rendition, video.timeline, video.previews])))


@contextmanager
def _our_words() -> Iterator[None]:
    """A refusal names the fields as `/videos` has them: not below `settings`."""
    try:
        yield
    except PlanExceeded as error:
        details = [each.model_copy(update={"field": each.field.removeprefix("settings.")}) for each in error.details]
        raise PlanExceeded(details=details) from error
