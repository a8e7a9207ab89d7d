"""Decide what is seen."""

from __future__ import annotations

from prefect import task

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
from studio.stages.assets import keep_logo, own_media
from studio.stages.shots import OwnMedia
from studio.stages.timeline import canvas_for
from tasks import policy
from tasks.progress import progress_of
from tasks.templates import template_of


@task(name="plan shots", **policy.LOCAL)
def plan_shots(
    brief: Brief, script: Script, narration: Narration, found: Footage | None = None, *, video_id: str
) -> Shots:
    """A shot a scene: the creator's own media first, then what was found, the rest drawn."""
    progress_of(video_id).report("shots")
    storage, template = open_storage(get_settings()), template_of(brief, script.language)
    return stage.plan_shots(
        script,
        narration,
        canvas=canvas_for(brief.aspect, brief.resolution),
        template=template,
        logo=keep_logo(template.brand.logo, storage) if template.brand.logo else None,
        own=[own_media(key, storage) if key else None for key in brief.assets],
        found=_found(found, storage),
        open_embedder=_open_embedder,
    )


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
