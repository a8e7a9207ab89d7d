"""Put a film on one time axis."""

from __future__ import annotations

from prefect import task

from studio.models.brief import Brief
from studio.models.narration import Narration
from studio.models.script import Script
from studio.models.shot import Shots
from studio.models.timeline import Timeline
from studio.providers import music
from studio.providers.fallback import first_of, ready
from studio.providers.storage import open_storage, store_file
from studio.settings import get_settings
from studio.stages import timeline as stage
from studio.stages.credits import credits_of
from tasks import policy
from tasks.progress import keep, progress_of
from tasks.templates import template_of
from tasks.till import till_of


@task(name="assemble timeline", **policy.LOCAL)
def assemble_timeline(brief: Brief, script: Script, narration: Narration, shots: Shots, *, video_id: str) -> Timeline:
    """The timeline, kept with the film so that it can be rendered again without paying anyone."""
    progress_of(video_id).report("timeline")
    settings, template = get_settings(), template_of(brief, script.language)
    till = till_of(video_id)
    players = ready(music.catalog, settings.music)
    track, _ = first_of(players, lambda each: each.pick(template.music_mood, seed=script.title, till=till))
    bed = store_file(open_storage(settings), track.path, kind="audio", credit=track.credit)
    timeline = stage.assemble_timeline(
        script,
        narration,
        shots,
        template=template,
        canvas=stage.canvas_for(brief.aspect, brief.resolution),
        duration=brief.duration,
        music=bed,
        credits=credits_of(narration, shots, bed),
    )
    keep(video_id, timeline=timeline.model_dump(mode="json"))
    return timeline
