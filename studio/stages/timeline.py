"""Put narration, shots, captions and music on one time axis: the only place where seconds become frames."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import partial

from studio.models.asset import Asset, Credit
from studio.models.brief import Aspect, Resolution
from studio.models.narration import Narration, Recording, Word
from studio.models.script import Script
from studio.models.shot import PlannedShot, Shots
from studio.models.template import Template
from studio.models.timeline import (
    Canvas,
    CaptionCue,
    CaptionStyle,
    CaptionWord,
    MusicBed,
    Timeline,
    TimelineClip,
    VoiceClip,
)
from studio.picture.captions import caption_style, caption_width
from studio.stages.captions import Cue, cut_captions, form_of
from studio.timebase import to_frames

SHORT_SIDE = {Resolution.P540: 540, Resolution.P720: 720, Resolution.P1080: 1080}
LONG_SIDE = {Resolution.P540: 960, Resolution.P720: 1280, Resolution.P1080: 1920}
LONGEST_GAP = 1.0
"""Seconds. A film that is shorter than asked may breathe, but a longer silence reads as a fault."""

SHORTEST_SHOWN = 4
"""Letters of a cue that is part of what the picture says; a shorter one may be in it by chance."""

MOSTLY_SHOWN = 0.65
"""Share of a cue that stands in the picture in one piece: what is left is "Confucius said", and the picture has him."""

LEAD_S = 0.12
"""A picture comes this long before its first word: the eye is served before the ear."""


def canvas_for(aspect: Aspect, resolution: Resolution) -> Canvas:
    """
    Pixels of a canvas.

    Of 4:5 at 540p a row is left out: 675 is odd, and what is narrower than 4:5 Instagram's feed cuts.
    """
    short, long = SHORT_SIDE[resolution], LONG_SIDE[resolution]
    width, height = {
        Aspect.VERTICAL: (short, long),
        Aspect.WIDE: (long, short),
        Aspect.SQUARE: (short, short),
        Aspect.PORTRAIT: (short, short * 5 // 4 & ~1),
    }[aspect]
    return Canvas(width=width, height=height)


def assemble_timeline(
    script: Script,
    narration: Narration,
    shots: Shots,
    *,
    template: Template,
    canvas: Canvas,
    duration: int | None = None,
    music: Asset | None = None,
    credits: Sequence[Credit] = (),
) -> Timeline:
    """
    The film of *narration* and *shots*.

    It lasts as long as the narration and the template's tail. When *duration* (seconds) asks for more, the
    pauses between scenes are stretched, up to LONGEST_GAP each.
    """
    starts = _voice_starts(narration.recordings, template, duration=duration)
    end = to_frames(starts[-1] + narration.recordings[-1].duration + template.tail)
    style = caption_style(canvas, script.language, template.captions)
    return Timeline(
        canvas=canvas,
        clips=_clips(starts, shots.shots, template, end_frame=end),
        captions=_captions(starts, narration.recordings, shots.shots, style=style, end_frame=end),
        caption_style=style,
        voice=tuple(
            VoiceClip(audio=r.audio, start_frame=to_frames(s))
            for r, s in zip(narration.recordings, starts, strict=True)
        ),
        music=MusicBed(audio=music, gain_db=template.music_gain_db) if music else None,
        credits=tuple(dict.fromkeys(credits)),
        title=script.title,
        language=script.language,
    )


def _voice_starts(recordings: Sequence[Recording], template: Template, *, duration: int | None) -> list[float]:
    """When each recording starts, in seconds, on whole frames."""
    spoken = template.lead_in + sum(recording.duration for recording in recordings) + template.tail
    gap, gaps = template.gap, len(recordings) - 1
    if duration and gaps:
        gap = min(LONGEST_GAP, max(gap, (duration - spoken) / gaps))
    starts, clock = [], template.lead_in
    for recording in recordings:
        starts.append(clock)
        clock += recording.duration + gap
    return starts


def _cuts(starts: Sequence[float], end_frame: int) -> list[int]:
    """Where each scene begins, in frames, and where the last one ends."""
    return [0, *(to_frames(start - LEAD_S) for start in starts[1:]), end_frame]


def _clips(
    starts: Sequence[float], shots: Sequence[PlannedShot], template: Template, *, end_frame: int
) -> tuple[TimelineClip, ...]:
    """A clip a scene; where transitions take time, each reaches half of one into its neighbours."""
    cuts = _cuts(starts, end_frame)
    kind = template.transition
    overlap = 0 if kind == "cut" else template.transition_frames
    before = overlap // 2
    after = overlap - before
    clips = []
    for i, shot in enumerate(shots):
        first, last = i == 0, i == len(shots) - 1
        start_frame = cuts[i] - (0 if first else before)
        clip_end = cuts[i + 1] + (0 if last else after)
        clips.append(TimelineClip(start_frame=start_frame, end_frame=clip_end, shot=shot.shot, transition=kind))
    return tuple(clips)


def _captions(
    starts: Sequence[float],
    recordings: Sequence[Recording],
    shots: Sequence[PlannedShot],
    *,
    style: CaptionStyle,
    end_frame: int,
) -> tuple[CaptionCue, ...]:
    measure = partial(caption_width, style=style)
    placed: list[CaptionCue] = []
    over = _cuts(starts, end_frame)[1:]
    for start, recording, shot, cut in zip(starts, recordings, shots, over, strict=True):
        cues = cut_captions(recording.words, measure=measure, form=form_of(style))
        placed += [_placed(cue, start, shot, style, cut=cut) for cue in cues]
    return tuple(_without_overlap(placed))


def _placed(cue: Cue, start: float, shot: PlannedShot, style: CaptionStyle, *, cut: int) -> CaptionCue:
    """*cue* of a recording that begins at *start* s; it does not linger over the next scene, which begins at *cut*."""
    start_frame = to_frames(start + cue.start)
    said = to_frames(start + max(word.end for line in cue.lines for word in line))
    return CaptionCue(
        start_frame=start_frame,
        end_frame=max(min(to_frames(start + cue.end), max(cut, said)), start_frame + 1),
        lines=tuple(tuple(_word(word, start) for word in line) for line in cue.lines),
        look=shot.captions,
        is_burned_in=style.kind != "none" and not _is_shown(cue, shot),
    )


def _is_shown(cue: Cue, shot: PlannedShot) -> bool:
    """Whether the picture itself says the words of *cue*."""
    said = _letters("".join(word.text for line in cue.lines for word in line))
    shown = _letters(shot.words_shown)
    if len(said) < SHORTEST_SHOWN or not shown:
        return bool(said) and said == shown
    common = SequenceMatcher(None, said, shown, autojunk=False).find_longest_match().size
    return common >= MOSTLY_SHOWN * len(said)


def _letters(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())


def _word(word: Word, start: float) -> CaptionWord:
    return CaptionWord(text=word.text, start_frame=to_frames(start + word.start), end_frame=to_frames(start + word.end))


def _without_overlap(cues: Sequence[CaptionCue]) -> list[CaptionCue]:
    """Cues of two scenes may meet where a short gap follows a lingering cue: the earlier one gives way."""
    kept = list(cues)
    for i, following in enumerate(cues[1:]):
        if kept[i].end_frame > following.start_frame:
            kept[i] = kept[i].model_copy(update={"end_frame": following.start_frame})
    return kept
