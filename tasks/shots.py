"""Decide what is seen."""

from __future__ import annotations

from collections.abc import Sequence

from prefect import task

from store.repos.assets import Assets
from store.repos.videos import Videos
from store.session import reading
from store.tables.videos import Video
from studio.models.asset import OWN
from studio.models.brief import Brief
from studio.models.footage import DRAWN, Footage
from studio.models.narration import Narration
from studio.models.script import Script
from studio.models.shot import Shots
from studio.providers import embed
from studio.providers.fallback import ready_ones
from studio.providers.storage import Storage, open_storage
from studio.settings import get_settings
from studio.stages import shots as stage
from studio.stages.assets import cut_after, keep_logo, own_media
from studio.stages.shots import OwnMedia
from studio.stages.timeline import canvas_for
from tasks import policy
from tasks.progress import keep, progress_of
from tasks.templates import template_of

LONGER_S = 3.0
"""A scene's picture lasts so much longer than its narration at most: pauses, and the end of the film."""


@task(name="plan shots", **policy.LOCAL)
def plan_shots(
    brief: Brief, script: Script, narration: Narration, found: Footage | None = None, *, video_id: str
) -> Shots:
    """A shot a scene: the creator's own media first, then what was found, the rest drawn."""
    progress_of(video_id).report("shots")
    storage, template = open_storage(get_settings()), template_of(brief, script.language)
    planned = stage.plan_shots(
        script,
        narration,
        canvas=canvas_for(brief.aspect, brief.resolution),
        template=template,
        logo=keep_logo(template.brand.logo, storage) if template.brand.logo else None,
        own=[own_media(key, storage) if key else None for key in brief.assets],
        found=_found(found, storage),
        open_embedder=_open_embedder,
    )
    warnings = [*_unseen(brief, script), *_cut_off(brief, narration, storage, video_id=video_id)]
    if warnings:
        _warn(video_id, warnings)
    return planned


def file_called(key: str, *, video_id: str) -> str:
    """What the creator of a film knows the file *key* by; nothing for a file that is not the creator's own."""
    video = _row(video_id)
    own = [each for each in Brief.model_validate(video.brief).assets if each]
    if key not in own:
        return ""
    place = f"file {own.index(key) + 1} of your {len(own)}" if len(own) > 1 else "your file"
    name = _filename(key, owner_id=video.owner_id)
    return f"{place} ({name})" if name else place


def _unseen(brief: Brief, script: Script) -> list[str]:
    """That files are left over, where there are more of them than scenes."""
    scenes, files = len(script.scenes), sum(key is not None for key in brief.assets)
    left = sum(key is not None for key in brief.assets[scenes:])
    if not left:
        return []
    named = "your file is" if files == 1 else f"{left} of your {files} files {'is' if left == 1 else 'are'}"
    return [_sentence(f"{named} not shown: the film has {scenes} {'scene' if scenes == 1 else 'scenes'}")]


def _cut_off(brief: Brief, narration: Narration, storage: Storage, *, video_id: str) -> list[str]:
    """Which of the files end before they should, where that will be seen."""
    warnings = []
    for key, recording in zip(brief.assets, narration.recordings, strict=False):
        if key and (cut := cut_after(key, storage, within=recording.duration + LONGER_S)) is not None:
            called = file_called(key, video_id=video_id)
            warnings.append(
                _sentence(
                    f"{called} is cut off after {cut:.1f} s: a scene that is longer shows what is there again and "
                    "again. Send the file again to have all of it"
                )
            )
    return warnings


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


@policy.patient
def _row(video_id: str) -> Video:
    with reading() as session:
        video = Videos.of_everyone(session).get(video_id)
    assert video is not None
    return video


@policy.patient
def _filename(key: str, *, owner_id: str) -> str:
    with reading() as session:
        rows = Assets(session, owner_id=owner_id).all()
    return next((row.filename for row in rows if row.key == key), "")


def _warn(video_id: str, warnings: Sequence[str]) -> None:
    """Add to the film's record what it does not say yet."""
    keep(video_id, warnings=list(dict.fromkeys((*_row(video_id).warnings, *warnings))))


def _open_embedder() -> embed.Embedder | None:
    """The first embedder that is ready."""
    return next(iter(ready_ones(embed.catalog, get_settings().embed)), None)


def _found(footage: Footage | None, storage: Storage) -> dict[int, OwnMedia | None]:
    """By scene; None where it is drawn whatever else there would be."""
    scenes = enumerate(footage.scenes if footage else ())
    return {
        i: own_media(scene.asset.key, storage, scene.asset.credit or OWN) if scene.asset else None
        for i, scene in scenes
        if scene.asset or scene.taken == DRAWN
    }
