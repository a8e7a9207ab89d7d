"""Write the script of a film."""

from __future__ import annotations

from prefect import task

from store.repos.trends import Trends
from store.repos.videos import Videos
from store.session import reading
from store.tables.base import utc_now
from studio.models.brief import Brief, language_of
from studio.models.research import Source
from studio.models.script import Script
from studio.providers import llm, research
from studio.providers.fallback import ready, ready_ones
from studio.settings import get_settings
from studio.stages import script as stage
from studio.stages.narration import choose_speaker
from studio.stages.research import gather, sources_of
from tasks import policy
from tasks.progress import keep, progress_of
from tasks.templates import template_of
from tasks.till import till_of


@task(name="write script", **policy.PROVIDER)
def write_script(brief: Brief, *, video_id: str) -> Script:
    """The creator's own script, or one by the first writer that is ready; what its creator approved is not rewritten."""
    approved = _approved(video_id)
    if approved is not None:
        return approved
    progress_of(video_id).report("script")
    settings = get_settings()
    language = language_of(brief)
    speaker = choose_speaker(language, wanted=brief.voice, names=settings.tts, speed=brief.speed or 1.0)
    till = till_of(video_id)
    researchers = ready_ones(research.catalog, settings.research)
    found = gather(brief, language=language, researchers=researchers, till=till, known=_of_trend(brief, language))
    script = stage.write_script(
        brief,
        template=template_of(brief, language),
        pace=speaker.pace,
        writers=ready(llm.catalog, settings.llm),
        sources=found.sources,
        till=till,
        salt=video_id,
    )
    script = script.model_copy(update={"warnings": (*found.warnings, *script.warnings)})
    keep(video_id, script=script.model_dump(mode="json"), warnings=list(script.warnings))
    return script


@policy.patient
def _approved(video_id: str) -> Script | None:
    with reading() as session:
        video = Videos.of_everyone(session).get(video_id)
    return Script.model_validate(video.script) if video and video.approved_at and video.script else None


@policy.patient
def _of_trend(brief: Brief, language: str) -> tuple[Source, ...]:
    """What scans know of the keyword that the film is about."""
    if not brief.trend:
        return ()
    with reading() as session:
        detail = Trends(session).detail(brief.trend)
    return sources_of(detail, language=language, today=utc_now().date()) if detail else ()
