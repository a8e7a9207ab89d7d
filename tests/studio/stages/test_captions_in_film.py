"""Captions of a whole film: where they stand, which are burned in, and how much each shows."""

from __future__ import annotations

from typing import Any

import pytest

from studio.models.asset import Asset
from studio.models.brief import Aspect, Resolution
from studio.models.captions import Captioning, CaptionKind
from studio.models.narration import Narration, Recording, Word
from studio.models.script import Scene, Script
from studio.models.shot import CaptionLook, DrawnShot, PlannedShot, Shots
from studio.models.timeline import CaptionCue, Timeline
from studio.picture.captions import INK, caption_width
from studio.picture.geometry import grid_of
from studio.stages.timeline import assemble_timeline, canvas_for
from tests.support.templates import dressed

AUDIO = Asset(key="a", kind="audio", media_type="audio/wav", size=1)
LOOK = CaptionLook(fill="#ffffff", highlight="#ffe500", outline="#101010")
LONG = "Photosynthesis turns the light of the sun into food, and it has done so for billions of years."
CHINESE = ("陽光", "看起來", "是", "白色的，", "其實", "由", "許多", "顏色", "組成。")


def assembled(*words: str, shown: str = "", aspect: Aspect = Aspect.VERTICAL, **captions: Any) -> Timeline:
    """A film of one scene that says *words*, a third of a second each, while the picture says *shown*."""
    language = "en" if words[0].isascii() else "zh-TW"
    template = dressed("explainer", title="A film", language=language)
    template = template.model_copy(update={"captions": Captioning(**captions)})
    said = tuple(Word(text=word, start=i / 3, end=(i + 1) / 3) for i, word in enumerate(words))
    recording = Recording(audio=AUDIO, duration=said[-1].end, words=said, voice="a", language=language)
    shot = DrawnShot(layout="title", palette="tech", ground="deep", content={})
    return assemble_timeline(
        Script(title="A film", language=language, scenes=(Scene(narration="".join(words)),), written_by="a test"),
        Narration(recordings=(recording,)),
        Shots(shots=(PlannedShot(shot=shot, captions=LOOK, words_shown=shown),)),
        template=template,
        canvas=canvas_for(aspect, Resolution.P1080),
    )


def english(text: str) -> list[str]:
    words = text.split()
    return [f"{word} " for word in words[:-1]] + words[-1:]


def band_height(timeline: Timeline) -> float:
    grid = grid_of(timeline.canvas)
    return grid.band_bottom - grid.band_top


def burned(timeline: Timeline) -> list[str]:
    return [cue.text for cue in timeline.captions if cue.is_burned_in]


@pytest.mark.parametrize(
    ("words", "shown", "left"),
    [
        (("夕陽", "為什麼", "是", "紅色的？"), "夕陽為什麼是紅色的？", []),
        (("夕陽", "很", "紅"), "夕陽為什麼是紅色的？", ["夕陽很紅"]),
        (("孔子", "說：", "「三人行，", "必有", "我師焉。」"), "三人行，必有我師焉。", []),
        (("紅色",), "夕陽為什麼是紅色的？", ["紅色"]),
        (("紅色",), "紅色", []),
        (("海水", "上漲。"), "", ["海水上漲"]),
    ],
)
def test_a_cue_is_dropped_where_the_picture_says_the_same(words: tuple[str, ...], shown: str, left: list[str]) -> None:
    timeline = assembled(*words, shown=shown)

    assert burned(timeline) == left
    assert timeline.captions


@pytest.mark.parametrize("template_id", ["explainer", "listicle"])
def test_no_caption_lingers_over_the_next_scene(template_id: str) -> None:
    template = dressed(template_id, title="A film", language="en")
    said = (Word(text="One.", start=0.0, end=0.8),)
    recordings = tuple(Recording(audio=AUDIO, duration=0.8, words=said, voice="a", language="en") for _ in range(3))
    shot = DrawnShot(layout="title", palette="tech", ground="deep", content={})
    timeline = assemble_timeline(
        Script(title="A film", language="en", scenes=(Scene(narration="One."),) * 3, written_by="a test"),
        Narration(recordings=recordings),
        Shots(shots=(PlannedShot(shot=shot, captions=LOOK),) * 3),
        template=template,
        canvas=canvas_for(Aspect.VERTICAL, Resolution.P1080),
    )

    for cue, clip, following in zip(timeline.captions, timeline.clips, timeline.clips[1:], strict=False):
        assert clip.start_frame < cue.end_frame <= (clip.end_frame + following.start_frame) / 2 + 1


def test_captions_that_are_off_are_in_the_subtitle_files_alone() -> None:
    timeline = assembled(*CHINESE, style="none")

    assert burned(timeline) == []
    assert "陽光" in timeline.captions[0].text


@pytest.mark.parametrize("kind", ["karaoke", "pop", "box", "clean"])
@pytest.mark.parametrize("size", ["small", "medium", "large"])
@pytest.mark.parametrize("aspect", Aspect)
@pytest.mark.parametrize("words", [english(LONG), CHINESE], ids=["en", "zh"])
def test_no_line_is_wider_and_no_cue_higher_than_its_band(
    kind: CaptionKind, size: str, aspect: Aspect, words: list[str]
) -> None:
    timeline = assembled(*words, aspect=aspect, style=kind, size=size)
    style = timeline.caption_style

    assert "".join(burned(timeline)).replace("\n", "").replace(" ", "") != ""
    widest = max(caption_width(line, style) for cue in timeline.captions for line in cue.text.split("\n"))
    assert widest <= style.max_width_px * (1.35 if kind == "pop" else 1)  # the renderer sets a wide pop-up smaller
    lines = max(len(cue.lines) for cue in timeline.captions)
    assert (lines - 1 + INK) * style.size_px <= band_height(timeline) + 1


def test_a_pop_up_shows_a_few_words_and_never_divides_one() -> None:
    cues = [cue.text for cue in assembled(*english(LONG), style="pop").captions]

    assert " ".join(cues).replace(",", "").replace(".", "") == LONG.replace(",", "").replace(".", "")
    assert max(len(cue.split()) for cue in cues) <= 4
    assert "Photosynthesis" in cues


def test_every_word_is_shown_while_it_is_said() -> None:
    timeline = assembled(*english(LONG), style="pop")
    shown: list[CaptionCue] = list(timeline.captions)

    for cue in shown:
        for line in cue.lines:
            assert all(cue.start_frame <= word.start_frame < cue.end_frame for word in line)


def test_middle_captions_stand_in_the_middle_of_every_canvas() -> None:
    style = assembled("One", style="karaoke").caption_style

    assert (style.middle_y_px, style.centre_y_px > style.middle_y_px) == (960, True)
