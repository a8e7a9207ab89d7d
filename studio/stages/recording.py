"""A creator's own recording of a whole script, cut into scenes with timed words."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from studio.errors import BadInput, UnreadableMedia
from studio.language.pace import spoken_seconds
from studio.models.asset import Credit
from studio.models.narration import Narration, Recording, Word
from studio.models.script import Script
from studio.providers.align import Aligner
from studio.providers.align.rests import HARDLY_ANY, Rest, levels, rests_of
from studio.providers.sound import Sound, decode
from studio.providers.storage import Storage, store_file
from studio.providers.tts import USUAL_PACE
from studio.providers.tts.wav import write_wav
from studio.render.probe import probe
from studio.stages.wordtimes import aligned, reference_for

RATE_HZ = 48_000
"""Of what is cut out of it: the rate of the film's sound, so that no quality is lost on the way."""

SLOWEST, FASTEST = 2.5, 0.4
"""Length of a believable recording, as shares of what a usual voice takes: outside, it is of another text."""

MARGIN_S = 0.15
"""Silence kept around a scene; the film brings its own pauses."""

REACH_S = 0.4
"""How far from the words that an aligner found a scene may still be cut: where the voice rests longest."""

VOICE = "own"


def narrate_recording(
    path: Path, script: Script, *, storage: Storage, aligners: Sequence[Aligner] = (), credit: Credit | None = None
) -> Narration:
    """
    The recordings of *script*'s scenes, cut out of the one at *path* in the rests between them.

    Args:
        path: sound, or a film with sound; all scenes in order, word for word, and nothing else.
        script: what is said in it.
        storage: where the scenes go.
        aligners: who finds the words, in order of preference.
        credit: who speaks, for the film's list.

    Raises:
        UnreadableMedia: no format that we take, or broken.
        BadInput: nothing is heard, or it is far too short or too long for the script.
    """
    sound = _heard(path)
    passages = [scene.narration for scene in script.scenes]
    _check_length(sound, passages, script.language)
    reference = reference_for(script.language)
    words = aligned(sound, passages, language=script.language, aligners=aligners, reference=reference)
    cuts = _cuts(words, sound)
    return Narration(
        recordings=tuple(
            _scene(sound, said, edges, script.language, storage, credit)
            for said, edges in zip(words, pairwise(cuts), strict=True)
        )
    )


def _heard(path: Path) -> Sound:
    if not probe(path, decodes=False).has_audio:
        raise UnreadableMedia(f"{path.name} holds no sound; send a recording of the script")
    sound = decode(path, rate_hz=RATE_HZ)
    level = levels(sound)
    if not len(level) or level.max() < HARDLY_ANY:
        raise BadInput("nothing is heard in the recording; send one with a voice", field="narration")
    return sound


def _check_length(sound: Sound, passages: Sequence[str], language: str) -> None:
    rests = rests_of(sound)
    heard = rests[-1].start - rests[0].end
    expected = sum(spoken_seconds(text, language, pace=USUAL_PACE[language]) for text in passages)
    if not FASTEST * expected <= heard <= SLOWEST * expected:
        raise BadInput(
            f"the recording lasts {heard:.1f} s, but saying the script takes about {expected:.1f} s; "
            "send one of exactly this script",
            field="narration",
        )


def _cuts(words: Sequence[Sequence[Word]], sound: Sound) -> list[float]:
    """Where scenes begin and end, in seconds: in the longest rest between two of them."""
    rests = rests_of(sound)
    inner = [_cut(before[-1].end, after[0].start, rests) for before, after in pairwise(words)]
    return [0.0, *inner, sound.duration]


def _cut(end: float, start: float, rests: Sequence[Rest]) -> float:
    low, high = end - REACH_S, start + REACH_S
    near = [rest for rest in rests if rest.end > low and rest.start < high]
    if not near:
        return (end + start) / 2
    longest = max(near, key=lambda rest: min(rest.end, high) - max(rest.start, low))
    return (longest.start + longest.end) / 2


def _scene(
    sound: Sound,
    words: Sequence[Word],
    edges: tuple[float, float],
    language: str,
    storage: Storage,
    credit: Credit | None,
) -> Recording:
    """One scene between its *edges*, less the silence beyond MARGIN_S, and its words counted from its beginning."""
    start = min(max(edges[0], words[0].start - MARGIN_S), edges[1])
    end = max(min(edges[1], words[-1].end + MARGIN_S), start)
    start, end = _with_voice(sound.part(*edges), edges, start, end)
    part = sound.part(start, end)
    with tempfile.TemporaryDirectory(prefix="narration-") as folder:
        path = Path(folder) / "scene.wav"
        write_wav(part, path)
        audio = store_file(storage, path, kind="audio", media_type="audio/wav", credit=credit)
    return Recording(
        audio=audio,
        duration=part.duration,
        words=tuple(_shifted(word, start, part.duration) for word in words),
        voice=VOICE,
        language=language,
        credit=credit,
    )


def _with_voice(part: Sound, edges: tuple[float, float], start: float, end: float) -> tuple[float, float]:
    """*start* and *end* moved out as far as a voice is heard: what an aligner missed is not cut off."""
    rests = rests_of(part)
    first, last = edges[0] + rests[0].end - MARGIN_S, edges[0] + rests[-1].start + MARGIN_S
    return max(edges[0], min(start, first)), min(edges[1], max(end, last))


def _shifted(word: Word, start: float, duration: float) -> Word:
    begin, end = (min(max(0.0, time - start), duration) for time in (word.start, word.end))
    return word.model_copy(update={"start": begin, "end": end})
