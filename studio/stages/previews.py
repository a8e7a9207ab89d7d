"""What films of a template look like, without a voice, a writer with a key or a render."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Final

from PIL import Image

from studio.errors import BadInput
from studio.language.pace import spoken_seconds
from studio.language.segment import break_units
from studio.models.asset import Asset
from studio.models.brief import Aspect, Brief, Resolution
from studio.models.dressing import dress
from studio.models.narration import Narration, Recording, Word
from studio.models.script import Script
from studio.models.template import Dressed, Sample, Template
from studio.models.timeline import Timeline, TimelineClip
from studio.providers.llm.embedded import EmbeddedWriter
from studio.providers.storage import Storage
from studio.render.stills import render_stills
from studio.stages.assets import keep_logo
from studio.stages.script import write_script
from studio.stages.shots import plan_shots
from studio.stages.timeline import assemble_timeline, canvas_for

PACE: Final = 4.2
"""Spoken units a second, about that of our voices."""

PICTURES: Final = 4
"""Of one preview: the title, two scenes and the end card."""

HEIGHT_PX, GAP_PX, QUALITY = 640, 10, 86
GROUND: Final = "#101114"

SETTLED: Final = 0.94
"""Share of a scene after which all that comes in has come."""

_SILENT: Final = Asset(key="", kind="audio", media_type="audio/wav", size=0)

_SAMPLES: Final = {
    True: Sample(title="為什麼天空是藍色的？", description="陽光由許多顏色組成。藍光最容易散射，大約是紅光的5倍。"),
    False: Sample(
        title="Why is the sky blue?",
        description="Sunlight is a mix of colors. Blue light is scattered 5 times as strongly as red light.",
    ),
}
"""For a template that brings none; in Chinese: True."""


def draw_preview(
    template: Template, language: str, path: Path, *, storage: Storage, today: date, aspect: Aspect | None = None
) -> None:
    """
    Write four frames of a film of *template* beside each other to *path*, as JPEG.

    Raises:
        BadInput: the template has no wording in *language*.
        RenderFailed: ffmpeg failed.
    """
    timeline = plan_preview(template, language, storage=storage, today=today, aspect=aspect)
    with tempfile.TemporaryDirectory(prefix="preview-") as folder:
        pictures = render_stills(
            timeline, _moments(timeline), open_asset=lambda asset: storage.fetch(asset.key), work=Path(folder)
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        _beside(pictures).save(path, "JPEG", quality=QUALITY, optimize=True)


def plan_preview(
    template: Template, language: str, *, storage: Storage, today: date, aspect: Aspect | None = None
) -> Timeline:
    """
    The film of the template's sample, timed as a voice would say it.

    Raises:
        BadInput: as `draw_preview`.
    """
    if language not in template.wording:
        has = ", ".join(template.wording)
        raise BadInput(f"template {template.id!r} has no wording in {language}; it has {has}", field="language")
    sample = template.words(language).sample or _SAMPLES[language.startswith("zh")]
    needed = {name: name for name, default in template.fields.items() if default is None}
    ready = dress(template, title=sample.title, fields=needed, language=language, today=today)
    canvas = canvas_for(aspect or template.aspect, Resolution.P720)
    script = _written(sample, ready, language)
    narration = Narration(recordings=tuple(_timed(scene.narration, language) for scene in script.scenes))
    logo = keep_logo(ready.brand.logo, storage) if ready.brand.logo else None
    shots = plan_shots(script, narration, canvas=canvas, template=ready, logo=logo)
    return assemble_timeline(script, narration, shots, template=ready, canvas=canvas)


def _written(sample: Sample, template: Dressed, language: str) -> Script:
    brief = Brief(title=sample.title, description=sample.description, language=language, duration=template.duration)
    return write_script(brief, template=template, pace=PACE, writers=[EmbeddedWriter()])


def _timed(text: str, language: str) -> Recording:
    length = spoken_seconds(text, language, pace=PACE)
    words, at = [], 0.0
    for unit in break_units(text):
        end = at + length * len(unit) / len(text)
        words.append(Word(text=unit, start=at, end=end))
        at = end
    return Recording(audio=_SILENT, duration=length, words=tuple(words), voice="", language=language)


def _moments(timeline: Timeline) -> list[int]:
    """A settled frame of the first scene, of two in the middle that do not look alike, and of the last."""
    clips = timeline.clips
    middle = sorted(range(1, len(clips) - 1), key=lambda number: _rank(timeline, number))[: PICTURES - 2]
    chosen = [0, *sorted(middle), len(clips) - 1] if len(clips) > 1 else [0]
    return [_settled(clips, number) for number in chosen]


def _settled(clips: Sequence[TimelineClip], number: int) -> int:
    """A frame late in a clip, before the transition to the next."""
    clip, ends = clips[number], [later.start_frame for later in clips[number + 1 : number + 2]]
    return min(clip.start_frame + round(clip.frames * SETTLED), *(end - 1 for end in ends), clip.end_frame - 1)


def _rank(timeline: Timeline, number: int) -> tuple[bool, int]:
    """Illustrations last: the other layouts show more of a template."""
    return getattr(timeline.clips[number].shot, "layout", "") == "illustration", number


def _beside(paths: list[Path]) -> Image.Image:
    pictures = []
    for path in paths:
        with Image.open(path) as opened:
            width = round(opened.width * HEIGHT_PX / opened.height)
            pictures.append(opened.resize((width, HEIGHT_PX), Image.Resampling.LANCZOS))
    width = sum(picture.width for picture in pictures) + GAP_PX * (len(pictures) + 1)
    sheet = Image.new("RGB", (width, HEIGHT_PX + 2 * GAP_PX), GROUND)
    x = GAP_PX
    for picture in pictures:
        sheet.paste(picture, (x, GAP_PX))
        x += picture.width + GAP_PX
    return sheet
