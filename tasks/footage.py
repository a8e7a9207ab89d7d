"""Find what is shown."""

from __future__ import annotations

from prefect import task

from store.repos.assets import Assets
from store.repos.clips import ClipUses
from store.repos.videos import Videos
from store.session import reading, transaction
from store.tables.assets import StoredAsset
from store.tables.videos import Video
from studio.models.asset import OWN
from studio.models.brief import Brief
from studio.models.footage import Candidate, Footage
from studio.models.narration import Narration
from studio.models.script import Script
from studio.providers import embed, footage, imagegen
from studio.providers.fallback import ready_ones
from studio.providers.footage import FootageSource
from studio.providers.footage.library import NAME as LIBRARY
from studio.providers.footage.library import OwnLibrary, words_of
from studio.providers.storage import open_storage
from studio.settings import get_settings
from studio.stages import footage as stage
from studio.stages.painting import painter_of
from studio.stages.timeline import canvas_for
from tasks import policy
from tasks.progress import keep, progress_of
from tasks.till import till_of


@task(name="find footage", **policy.SOUGHT)
def find_footage(brief: Brief, script: Script, narration: Narration, *, video_id: str) -> Footage | None:
    """
    What is shown in each scene that is not drawn; None where nobody is there to ask, so that all of them are.

    What was found stands in the film's row. A run that starts again takes it from there; what its creator has
    chosen meanwhile is fetched.
    """
    progress_of(video_id).report("footage")
    video = _row(video_id)
    search = _search(brief, video)
    known = Footage.model_validate(video.footage) if video.footage else None
    if known is not None and len(known.scenes) == len(script.scenes):
        found = known.model_copy(update={"scenes": tuple(search.settle(each) for each in known.scenes)})
    elif brief.footage and (search.sources or search.painter):
        found = stage.find_footage(
            script,
            seconds=[recording.duration for recording in narration.recordings],
            search=search,
            own={i for i, key in enumerate(brief.assets) if key},
            progress=lambda share: progress_of(video_id).report("footage", share),
        )
    else:
        return None
    _keep(video, found)
    return found


def _search(brief: Brief, video: Video) -> stage.Search:
    settings = get_settings()
    storage, till = open_storage(settings), till_of(video.id)
    own = _own_files(video.owner_id)
    sources: list[FootageSource] = [OwnLibrary(own, storage)] if own else []
    sources += ready_ones(footage.catalog, settings.footage)
    canvas = canvas_for(brief.aspect, brief.resolution)
    painters = ready_ones(imagegen.catalog, settings.imagegen)
    return stage.Search(
        canvas=canvas,
        sources=sources,
        embedder=next(iter(ready_ones(embed.catalog, settings.embed)), None),
        storage=storage,
        till=till,
        earlier=_earlier(video),
        painter=painter_of(painters, canvas=canvas, storage=storage, till=till),
        steadily=policy.steadily,
    )


@policy.patient
def _row(video_id: str) -> Video:
    with reading() as session:
        video = Videos.of_everyone(session).get(video_id)
    assert video is not None
    return video


@policy.patient
def _earlier(video: Video) -> set[str]:
    with reading() as session:
        return ClipUses(session, owner_id=video.owner_id).of_others(video.id)


@policy.patient
def _own_files(owner_id: str) -> list[Candidate]:
    """The owner's pictures and clips whose names say what they show."""
    with reading() as session:
        rows = Assets(session, owner_id=owner_id).all()
    return [_candidate(row) for row in rows if row.kind in ("image", "video") and words_of(row.filename) and row.width]


def _candidate(row: StoredAsset) -> Candidate:
    return Candidate(
        source=LIBRARY,
        id=row.id,
        kind="video" if row.kind == "video" else "image",
        url=row.key,
        width=row.width,
        height=row.height,
        duration=row.duration,
        caption=words_of(row.filename),
        credit=OWN,
    )


def _keep(video: Video, found: Footage) -> None:
    keep(
        video.id,
        footage=found.model_dump(mode="json"),
        warnings=list(dict.fromkeys((*video.warnings, *found.warnings))),
    )
    _note_uses(video, found)


@policy.patient
def _note_uses(video: Video, found: Footage) -> None:
    with transaction() as session:
        taken = [each.taken for each in found.scenes if "/" in each.taken]
        ClipUses(session, owner_id=video.owner_id).note(video.id, taken)
