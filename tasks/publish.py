"""Put a film before the public: at most once visible, whatever dies in between."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

from prefect import Flow, task
from prefect.artifacts import create_markdown_artifact
from prefect.client.schemas.objects import FlowRun, State

from store.repos.publications import Publications, opened
from store.repos.social import SocialAccounts
from store.repos.videos import Videos
from store.session import reading, transaction
from store.tables.base import utc_now
from store.tables.social import Publication
from studio.errors import (
    BadInput,
    OverLimit,
    OverQuota,
    PermissionEnded,
    ProviderNotReady,
    ProviderRejected,
    PublishCancelled,
    UnreadableMedia,
    VideoSystemError,
)
from studio.models.publication import Media, Post, Published
from studio.models.rendition import Rendition
from studio.models.script import Script
from studio.providers import publish as role
from studio.providers.publish import Parcel
from studio.providers.publish.rules import problems_of
from studio.providers.storage import open_storage, store_file
from studio.sealing import SealBroken
from studio.settings import get_settings
from studio.stages.publish import measured
from studio.web import download
from tasks import policy
from tasks.desk import LedgerDesk, keep
from tasks.lease import this_process
from tasks.pages import escaped
from tasks.tokens import release

MOST_ATTEMPTS = 8
POSTPONED = (30.0, 60.0, 300.0, 900.0, 1800.0, 3600.0, 7200.0)
"""Seconds after each failure that may pass; a platform that says when is believed."""

QUEUES_FOR = timedelta(days=14)
"""So long a publication waits for a platform that is over its limit, however often it is told to come again."""

UNSETTLED = (ProviderNotReady, SealBroken)
"""We are let in no more, or cannot read how far we were: of what is at the platform that says nothing."""

LARGEST_BYTES = 4 << 30
DOWNLOAD_S = 900.0


@task(name="open publication", task_run_name="open publication {publication_id}", **policy.FRESH)
def open_publication(publication_id: str, *, run_id: str) -> Literal["publish", "withdraw", "nothing"]:
    """What is to be done with the publication, by this process from now on."""
    return _opened(publication_id, run_id)


@policy.patient
def _opened(publication_id: str, run_id: str) -> Literal["publish", "withdraw", "nothing"]:
    with transaction() as session:
        publications = Publications.of_everyone(session)
        publication = publications.get(publication_id)
        if publication is None:
            raise BadInput(f"there is no publication {publication_id!r}", field="publication_id")
        if publication.is_over:
            return "nothing"
        publications.change(
            publication_id,
            run_id=run_id,
            started_at=publication.started_at or utc_now(),
            **this_process().columns(),
        )
        return "withdraw" if publication.state == "withdrawing" else "publish"


@policy.patient
def resumed(run_id: str, publication_id: str) -> str:
    """The publication that a run makes: the one that it went on with before its process died, or *publication_id*."""
    with reading() as session:
        found = Publications.of_everyone(session).by_run(run_id)
    return found.id if found else publication_id


@policy.patient
def next_due(publication_id: str, *, run_id: str) -> Publication | None:
    """
    Another publication at the same platform for this run to go on with, claimed; None where none may begin now.

    Starting a process takes longer than most publications do. The line says at each moment which run makes it, so
    that a death, a restart or an operator's cancel means the publication that is being made.
    """
    with transaction() as session:
        publications = Publications.of_everyone(session)
        done, held = publications.get(publication_id), publications.by_run(run_id)
        if held is not None and not held.is_over:
            # Claimed before, and the answer was lost; or what is to be done first.
            return held if held.id != publication_id else None
        if done is None:
            return None
        publications.pass_on(run_id)
        publications.ripen(utc_now())
        claimed = publications.claim_due(run_id=run_id, platform=done.platform, **this_process().columns())
        return claimed[0] if claimed else None


@task(name="fetch film", task_run_name="fetch film {publication_id}", **policy.FRESH)
def fetch_film(publication_id: str) -> str:
    """The object key of the film: ours is where it is, another one is fetched once."""
    publication = _read(publication_id)
    if publication.object_key:
        return publication.object_key
    if not publication.source_url:
        raise ProviderRejected("publish", publication.platform, "there is no film to publish")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "film.mp4"
        download(publication.source_url, path, max_bytes=LARGEST_BYTES, timeout_s=DOWNLOAD_S, field="content.video_url")
        _refuse_no_film(path)
        key = store_file(open_storage(get_settings()), path, kind="video").key
    keep(publication_id, object_key=key)
    return key


def _refuse_no_film(path: Path) -> None:
    """What is no film is not kept here. Raises UnreadableMedia."""
    try:
        measured(path)
    except UnreadableMedia as error:
        message = (
            "content.video_url: no film that can be read came from there; name the address of an MP4, MOV or WebM file"
        )
        raise UnreadableMedia(message) from error


@task(name="publish", task_run_name="publish {publication_id}", **policy.LOCAL)
def publish(publication_id: str, *, object_key: str) -> Published:
    """
    The film at the platform.

    Raises:
        ProviderRejected: it is not as the platform wants it.
        ProviderError: see `studio/providers/publish`.
        PublishCancelled: nothing is visible.
    """
    publication = _read(publication_id)
    publisher = role.catalog.open(publication.platform)
    publisher.check()
    video = open_storage(get_settings()).fetch(object_key)
    media = measured(video)
    post = Post.model_validate(publication.post)
    found = problems_of(post, media, publisher)
    if found:
        reasons = "; ".join(f"{problem.field}: {problem.message}" for problem in found)
        raise ProviderRejected("publish", publisher.name, reasons)
    keep(publication_id, total_bytes=media.size)
    publication.total_bytes = media.size
    desk = LedgerDesk(publication, _saved=opened(publication))
    parcel = _parcel(publication, post, video, media)
    try:
        desk.report("uploading")
        return publisher.publish(parcel, desk)
    except PublishCancelled:
        desk.is_closing = True
        publisher.abandon(parcel, desk)
        raise


def _parcel(publication: Publication, post: Post, video: Path, media: Media) -> Parcel:
    rendition, language = _rendition(publication)
    storage = open_storage(get_settings())
    return Parcel(
        name=publication.id,
        post=post,
        video=video,
        media=media,
        poster=storage.fetch(rendition.poster.key) if rendition else None,
        captions={language: storage.fetch(rendition.srt.key)} if rendition and language else {},
        remote_account=_remote_account(publication),
    )


@policy.patient
def _rendition(publication: Publication) -> tuple[Rendition | None, str]:
    if publication.video_id is None:
        return None, ""
    with reading() as session:
        video = Videos.of_everyone(session).get(publication.video_id)
    if video is None or video.rendition is None:
        return None, ""
    language = Script.model_validate(video.script).language if video.script else ""
    return Rendition.model_validate(video.rendition), language


@policy.patient
def _remote_account(publication: Publication) -> str:
    with reading() as session:
        accounts = SocialAccounts.of_everyone(session)
        account = accounts.get(publication.account_id) if publication.account_id else None
    return account.remote_id if account else ""


@policy.patient
def _read(publication_id: str) -> Publication:
    with reading() as session:
        publication = Publications.of_everyone(session).get(publication_id)
    if publication is None:
        raise BadInput(f"there is no publication {publication_id!r}", field="publication_id")
    return publication


@task(name="conclude", task_run_name="conclude {publication_id}", **policy.FRESH)
def conclude(publication_id: str, published: Published) -> None:
    """It is there: the ledger says so, and a page with the link."""
    publication = _read(publication_id)
    keep(
        publication_id,
        state="published",
        remote_id=published.remote_id,
        remote_url=published.url,
        notes=list(published.notes),
        error_code=None,
        error_message=None,
        sent_bytes=publication.total_bytes,
        finished_at=utc_now(),
        saved=None,
    )
    notes = "".join(f"\n- {escaped(note)}" for note in published.notes)
    create_markdown_artifact(
        key=f"publication-{publication_id.replace('_', '-')}",
        markdown=f"# {escaped(str(publication.post.get('title', '')))}\n\n[{publication.platform}]({published.url}) "
        f"as {published.visibility or 'asked'}, {publication.total_bytes} bytes\n{notes}\n",
        description=f"{publication.platform}: {published.remote_id}",
    )


@task(name="withdraw", task_run_name="withdraw {publication_id}", **policy.LOCAL)
def withdraw(publication_id: str) -> None:
    """Remove the film from the platform. Raises ProviderError."""
    publication = _read(publication_id)
    published = Published(remote_id=publication.remote_id or "", url=publication.remote_url or "")
    role.catalog.open(publication.platform).withdraw(published, LedgerDesk(publication, is_closing=True))
    keep(publication_id, state="withdrawn", current_key=None, finished_at=utc_now())


def set_aside(publication_id: str, error: VideoSystemError) -> str:
    """What becomes of a publication that *error* ended: tried again later, failed or cancelled; its new state."""
    publication = _read(publication_id)
    if isinstance(error, PublishCancelled):
        keep(publication_id, state="cancelled", current_key=None, finished_at=utc_now(), saved=None)
        return "cancelled"
    if error.retryable and (publication.attempt < MOST_ATTEMPTS or _waits_its_turn(publication, error)):
        _postpone(publication, error)
        return "scheduled"
    if isinstance(error, PermissionEnded) and publication.account_id:
        release(publication.account_id, state="expired")
    if publication.state == "withdrawing":
        notes = [*publication.notes, f"it could not be removed: {error}"]
        keep(publication_id, state="published", notes=notes, finished_at=utc_now())
        return "failed"
    # Unless the platform has said no, something may be there: asking for the film once more goes on with this line.
    is_unknown = publication.saved is not None and (error.retryable or isinstance(error, UNSETTLED))
    keep(
        publication_id,
        state="failed",
        current_key=publication.current_key if is_unknown else None,
        error_code=error.code,
        error_message=str(error),
        finished_at=utc_now(),
    )
    return "failed"


def _waits_its_turn(publication: Publication, error: VideoSystemError) -> bool:
    """Whether nothing is wrong but that a platform takes so many a day: fifty films at a few a day are no failure."""
    if isinstance(error, OverQuota):
        # Some are made each day, the longest due first: its turn comes.
        return True
    return isinstance(error, OverLimit) and utc_now() - publication.created_at < QUEUES_FOR


def _postpone(publication: Publication, error: VideoSystemError) -> None:
    wait_s = POSTPONED[min(publication.attempt, len(POSTPONED)) - 1]
    if isinstance(error, OverLimit) and error.retry_after is not None:
        wait_s = max(error.retry_after, 1.0)
    keep(
        publication.id,
        state="withdrawing" if publication.state == "withdrawing" else "scheduled",
        retry_at=utc_now() + timedelta(seconds=wait_s),
        attempt=publication.attempt + 1,
        run_id=None,
        error_code=error.code,
        error_message=str(error),
        pid=None,
        pid_started=None,
    )


def note_end(flow: Flow[..., object], flow_run: FlowRun, state: State[object]) -> None:
    """A run that an operator ended, or that broke: a run of its own finds out what became of the film."""
    with transaction() as session:
        publications = Publications.of_everyone(session)
        publication = publications.by_run(str(flow_run.id))
        if publication is None or publication.is_over:
            return
        # The hook runs while the run is still being cancelled.
        is_called_off = state.is_cancelling() or state.is_cancelled()
        values: dict[str, Any] = {"cancel_requested_at": utc_now()} if is_called_off else {}
        if publication.attempt >= MOST_ATTEMPTS:
            values |= {
                "state": "failed",
                "current_key": publication.current_key if publication.saved else None,
                "error_code": "INTERNAL_ERROR",
                "error_message": f"an internal error ended flow run {flow_run.id}",
                "finished_at": utc_now(),
            }
        else:
            wait = timedelta(seconds=POSTPONED[min(publication.attempt, len(POSTPONED)) - 1])
            again = utc_now() if is_called_off else utc_now() + wait
            state_now = "withdrawing" if publication.state == "withdrawing" else "scheduled"
            values |= {"state": state_now, "retry_at": again, "run_id": None, "pid": None}
            values["attempt"] = publication.attempt + 1
        publications.change(publication.id, **values)
