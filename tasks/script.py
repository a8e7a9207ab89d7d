"""Write the script of a film."""

from __future__ import annotations

from prefect import task

from store.repos.videos import Videos
from store.session import reading
from studio.models.brief import Brief
from studio.models.script import Script
from studio.models.template import load_template
from studio.providers import llm
from studio.providers.fallback import ready
from studio.settings import get_settings
from studio.stages import script as stage
from studio.stages.narration import choose_speaker
from tasks import policy
from tasks.progress import keep, progress_of


@task(name="write script", **policy.PROVIDER)
def write_script(brief: Brief, *, video_id: str) -> Script:
    """The creator's own script, or one by the first writer that is ready; what its creator approved is not rewritten."""
    approved = _approved(video_id)
    if approved is not None:
        return approved
    progress_of(video_id).report("script")
    settings = get_settings()
    speaker = choose_speaker(stage.language_of(brief), wanted=brief.voice, names=settings.tts)
    script = stage.write_script(
        brief,
        template=load_template(brief.template),
        pace=speaker.voice.pace,
        writers=ready(llm.catalog, settings.llm),
    )
    keep(video_id, script=script.model_dump(mode="json"), warnings=list(script.warnings))
    return script


@policy.patient
def _approved(video_id: str) -> Script | None:
    with reading() as session:
        video = Videos.of_everyone(session).get(video_id)
    return Script.model_validate(video.script) if video and video.approved_at and video.script else None
