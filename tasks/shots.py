"""Decide what is seen."""

from __future__ import annotations

from prefect import task

from studio.models.brief import Brief
from studio.models.narration import Narration
from studio.models.script import Script
from studio.models.shot import Shots
from studio.models.template import load_template
from studio.providers.storage import open_storage
from studio.settings import get_settings
from studio.stages import shots as stage
from studio.stages.assets import own_media
from studio.stages.timeline import canvas_for
from tasks import policy
from tasks.progress import progress_of


@task(name="plan shots", **policy.LOCAL)
def plan_shots(brief: Brief, script: Script, narration: Narration, *, video_id: str) -> Shots:
    """A shot a scene: the creator's own media first, the rest drawn."""
    progress_of(video_id).report("shots")
    storage = open_storage(get_settings())
    return stage.plan_shots(
        script,
        narration,
        canvas=canvas_for(brief.aspect, brief.resolution),
        wording=load_template(brief.template).words(script.language),
        own=[own_media(key, storage) for key in brief.assets],
    )
