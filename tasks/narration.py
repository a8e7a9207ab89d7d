"""Say a script, scene by scene, or cut the creator's own recording of it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from prefect import task

from store.repos.videos import Videos
from store.session import reading
from studio.errors import BadInput, ProviderError, ProviderNotReady, ProviderUnavailable
from studio.language.lexicon import PLAIN, Lexicon, load_lexicon
from studio.models.brief import Brief
from studio.models.narration import Narration, Recording
from studio.models.script import Script
from studio.providers import align
from studio.providers.fallback import ready_ones
from studio.providers.storage import open_storage
from studio.settings import get_settings
from studio.stages import narration as stage
from studio.stages.recording import narrate_recording
from tasks import policy
from tasks.progress import keep, progress_of
from tasks.till import till_of


def narrate(brief: Brief, script: Script, *, video_id: str) -> Narration:
    """
    All scenes of *script*, one task each: a run that starts again says only what is still missing.

    The creator's own recording is cut instead, where the brief has one.

    Raises:
        BadInput: a recording without the words that are said in it.
        ProviderError: nobody could say it; the error is the last one's.
    """
    if brief.narration is not None:
        if not brief.script.strip():
            raise BadInput("a recording needs the words that are said in it: give them as the script", field="script")
        progress_of(video_id).report("narration")
        return cut_recording(script, recording=brief.narration)
    narration = _said(script, voice=brief.voice, speed=brief.speed or 1.0, video_id=video_id)
    if narration.warnings:
        _warn(video_id, narration.warnings)
    return narration


def _said(script: Script, *, voice: str | None, speed: float, video_id: str) -> Narration:
    """The whole film by the first voice that says all of it: a film has one voice."""
    settings = get_settings()
    cast = stage.cast(script.language, wanted=voice, names=settings.tts, speed=speed)
    lexicon = load_lexicon(settings.lexicon, script.language)
    reasons = [cast.missing] if cast.missing else []
    last: ProviderError | None = None
    for speaker in cast.speakers:
        try:
            recordings = _by(speaker, script, lexicon, video_id)
        except (ProviderUnavailable, ProviderNotReady) as error:
            reasons.append(str(error))
            last = error
            continue
        return Narration(recordings=recordings, warnings=tuple(_warnings(speaker, reasons, speed)))
    raise last or ProviderNotReady("tts", ",".join(settings.tts), "no voice is there")


def _warnings(speaker: stage.Speaker, reasons: Sequence[str], speed: float) -> list[str]:
    said = [f"The film is said by {speaker.id} instead, because {reason}." for reason in reasons]
    if speaker.speed != speed:
        said.append(f"{speaker.id} cannot speak at {speed:g} times its pace; it speaks at {speaker.speed:g}.")
    return said


def _by(speaker: stage.Speaker, script: Script, lexicon: Lexicon, video_id: str) -> tuple[Recording, ...]:
    recordings = []
    for i, scene in enumerate(script.scenes):
        progress_of(video_id).report("narration", i / len(script.scenes))
        recordings.append(_recorded(scene.narration, speaker, lexicon.within(scene.narration), video_id))
    return tuple(recordings)


def _recorded(text: str, speaker: stage.Speaker, lexicon: Lexicon, video_id: str) -> Recording:
    """The scene's recording; one whose sound went with another film that was removed is made again."""
    quote = speaker.provider.quote(lexicon.respelled(text).said, voice=speaker.voice, speed=speaker.speed)
    say = partial(
        _scene_of,
        text,
        language=speaker.voice.language,
        voice=speaker.id,
        speed=speaker.speed,
        lexicon=lexicon,
        call=quote.key if quote else "",
        video_id=video_id,
    )
    recording = say(is_fresh=False)
    return recording if open_storage(get_settings()).touch(recording.audio.key) else say(is_fresh=True)


def _scene_of(text: str, *, is_fresh: bool, **inputs: Any) -> Recording:
    recording: Recording = narrate_scene.with_options(refresh_cache=is_fresh)(text, **inputs)
    return recording


# Cached on its inputs: when a later stage fails, the rerun does not say it again.
@task(name="narrate", task_run_name="narrate: {text}", **policy.SHARED)
def narrate_scene(
    text: str,
    *,
    language: str,
    voice: str,
    speed: float = 1.0,
    lexicon: Lexicon = PLAIN,
    call: str = "",
    video_id: str = "",
) -> Recording:
    """Say one scene with the voice called *voice*; *call* is all that shapes what somebody else's service answers."""
    settings = get_settings()
    return stage.narrate(
        text,
        speaker=stage.find_speaker(voice, language, speed=speed),
        storage=open_storage(settings),
        lexicon=lexicon,
        aligners=ready_ones(align.catalog, settings.align),
        till=till_of(video_id),
    )


@task(name="cut recording", **policy.PROVIDER)
def cut_recording(script: Script, *, recording: str) -> Narration:
    """The creator's own recording, an object of the store, cut into the scenes of *script*."""
    settings = get_settings()
    storage = open_storage(settings)
    aligners = ready_ones(align.catalog, settings.align)
    return narrate_recording(storage.fetch(recording), script, storage=storage, aligners=aligners)


@policy.patient
def _earlier_warnings(video_id: str) -> list[str]:
    with reading() as session:
        video = Videos.of_everyone(session).get(video_id)
    return list(video.warnings or ()) if video else []


def _warn(video_id: str, warnings: Sequence[str]) -> None:
    """Add to the film's record what it does not say yet."""
    keep(video_id, warnings=list(dict.fromkeys((*_earlier_warnings(video_id), *warnings))))
