"""Say a script, scene by scene."""

from __future__ import annotations

from prefect import task

from studio.models.narration import Narration, Recording
from studio.models.script import Script
from studio.providers.storage import open_storage
from studio.settings import get_settings
from studio.stages import narration as stage
from tasks import policy
from tasks.progress import progress_of


def narrate(script: Script, *, voice: str | None, video_id: str) -> Narration:
    """All scenes of *script*, one task each: a run that starts again says only what is still missing."""
    recordings = []
    for i, scene in enumerate(script.scenes):
        progress_of(video_id).report("narration", i / len(script.scenes))
        recordings.append(_recorded(scene.narration, language=script.language, voice=voice))
    return Narration(recordings=tuple(recordings))


def _recorded(text: str, *, language: str, voice: str | None) -> Recording:
    """The scene's recording; one whose sound went with another film that was removed is made again."""
    recording = narrate_scene(text, language=language, voice=voice)
    if open_storage(get_settings()).exists(recording.audio.key):
        return recording
    return narrate_scene.with_options(refresh_cache=True)(text, language=language, voice=voice)


# Cached on its inputs: when a later stage fails, the rerun does not say it again.
@task(name="narrate", task_run_name="narrate: {text}", **policy.PROVIDER)
def narrate_scene(text: str, *, language: str, voice: str | None) -> Recording:
    """Say one scene with the voice called *voice*, or the first that speaks *language*."""
    settings = get_settings()
    speaker = stage.choose_speaker(language, wanted=voice, names=settings.tts)
    return stage.narrate(text, speaker=speaker, storage=open_storage(settings))
