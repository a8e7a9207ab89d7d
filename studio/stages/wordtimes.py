"""When the words of a known text are said in a sound that came without times."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from studio.models.narration import Word
from studio.providers.align import Aligner, Reference
from studio.providers.align import catalog as aligner_catalog
from studio.providers.fallback import first_of, ready_ones
from studio.providers.sound import Sound
from studio.providers.tts import NO_SOUNDS, Sounds, catalog


def aligned(
    sound: Sound,
    passages: Sequence[str],
    *,
    language: str,
    aligners: Sequence[Aligner] = (),
    reference: Reference | None = None,
) -> list[tuple[Word, ...]]:
    """
    Words of *passages* with their times in *sound*, by the first of *aligners* that can; the keyless one always can.

    The joined words of each passage are its text.
    """
    known = [*aligners, aligner_catalog.open("silence")]
    found, _ = first_of(known, lambda each: each.align(sound, passages, language=language, reference=reference))
    return found


def reference_for(language: str, *, sounds: Sounds = NO_SOUNDS) -> Reference | None:
    """The first voice of this machine that speaks *language* well and knows its own word times, or none."""
    for name in catalog:
        voice = next((v for v in catalog.open(name).voices if v.is_exact and v.language == language), None)
        if voice and (found := ready_ones(catalog, [name])):
            return partial(found[0].speak, voice=voice, sounds=sounds)
    return None
