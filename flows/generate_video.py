"""From a title to a finished film."""

from __future__ import annotations

from prefect import flow
from prefect.runtime import flow_run

from studio.models.brief import Aspect, Brief, Resolution
from studio.models.captions import CaptionWish
from tasks.footage import find_footage
from tasks.narration import narrate
from tasks.records import finish, note_cancellation, note_failure, open_record
from tasks.render import render
from tasks.review import review as review_script
from tasks.script import write_script
from tasks.shots import plan_shots
from tasks.timeline import assemble_timeline


@flow(
    name="generate-video",
    flow_run_name="{title}",
    on_failure=[note_failure],
    on_cancellation=[note_cancellation],
)
def generate_video(
    title: str,
    description: str = "",
    script: str = "",
    template: str = "explainer",
    language: str | None = None,
    duration: int | None = None,
    aspect: Aspect = Aspect.VERTICAL,
    resolution: Resolution = Resolution.P1080,
    voice: str | None = None,
    captions: CaptionWish | None = None,
    assets: list[str | None] | None = None,
    sources: list[str] | None = None,
    research: bool = False,
    footage: bool = True,
    speed: float | None = None,
    narration: str | None = None,
    trend: str | None = None,
    fields: dict[str, str] | None = None,
    review: bool = False,
    publish: list[str] | None = None,
    video_id: str | None = None,
) -> str:
    """
    Make one film.

    Args:
        title: what the film is about; it is also the run's name.
        description: the facts that the film may use, a few sentences.
        script: narration to be said word for word, instead of one written from title and description.
        template: "explainer", "listicle", "news", "quote", "story", "product", or one of your own.
        language: "zh-TW" or "en"; found out from the text when empty.
        duration: seconds; the template's own length when empty.
        aspect: shape of the picture.
        resolution: length of the picture's short side.
        voice: name of a voice; the first that speaks the language when empty.
        captions: how they look, where that is not to be as the template says.
        assets: object keys of own pictures and clips, in the order of the scenes; null leaves a scene's to us.
        sources: web pages that facts may be taken from, at most five.
        research: look the title up before the script is written.
        footage: look for pictures and clips that show what is said, where a source is ready.
        speed: share of the voice's own pace, 0.5 to 2.
        narration: object key of an own recording of the script, said instead of a voice.
        trend: a keyword that a scan has seen; what is known of it is a source of the script.
        fields: what the template's merge fields hold, by name.
        review: wait with the script until somebody has read it: resume the suspended run.
        publish: where the film goes when it is done: "folder", or a platform such as "youtube" with an account of the
            operator; "youtube:account_…" where several are connected.
        video_id: set by the API; leave it empty here.
    """
    brief = Brief(
        title=title,
        description=description,
        script=script,
        template=template,
        language=language or None,
        duration=duration,
        aspect=aspect,
        resolution=resolution,
        voice=voice or None,
        captions=captions,
        assets=tuple(assets or ()),
        sources=tuple(sources or ()),
        research=research,
        footage=footage,
        speed=speed,
        narration=narration or None,
        trend=trend or None,
        fields=fields or {},
        review=review,
    )
    video = open_record(brief, video_id=video_id, run_id=str(flow_run.id), publish=publish or ())
    written = review_script(brief, write_script(brief, video_id=video), video_id=video)
    said = narrate(brief, written, video_id=video)
    found = find_footage(brief, written, said, video_id=video)
    shots = plan_shots(brief, written, said, found, video_id=video)
    timeline = assemble_timeline(brief, written, said, shots, video_id=video)
    rendition = render(timeline, video_id=video)
    finish(video, script=written, rendition=rendition)
    return video
