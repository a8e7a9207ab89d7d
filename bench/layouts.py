"""
How often a scene gets the layout that a person would choose, and whether every figure it shows is said.

    python -m bench.layouts [--json] [--misses]

Each sentence of `bench/data/layouts.json` is the narration of a scene: titles open a film, end cards close it, all others
stand between two others. Its words take as long as our voices need for them.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from studio.language.figures import find_figures
from studio.language.segment import break_units
from studio.models.asset import Asset
from studio.models.narration import Narration, Recording, Word
from studio.models.script import Scene, Script
from studio.models.shot import DrawnShot
from studio.models.template import Dressed, Wording
from studio.models.timeline import Canvas
from studio.picture.layouts import CATALOG
from studio.stages.shots import plan_shots

LABELLED = Path(__file__).parent / "data" / "layouts.json"
SECONDS_A_CHARACTER = {"zh-TW": 0.2, "en": 0.07}
AROUND = {"zh-TW": ("百科一分鐘", "這很有意思。"), "en": ("A minute of facts", "That is a good thing to know.")}
"""A title and the scenes around a sentence, which name nothing."""

NOT_SHOWN = frozenset({"start", "amount", "ratio", "icon", "hero", "credit"})
"""Keys of a content whose values are not written on the picture."""


@dataclass(frozen=True)
class Figures:
    """Accuracy by layout, the sentences that missed, and the figures on pictures that their sentence does not say."""

    sentences: int
    right: int
    by_layout: dict[str, tuple[int, int]]
    misses: list[tuple[str, str, str]]
    invented: list[tuple[str, str]]


TEMPLATE = Dressed(
    id="bench",
    wording={
        "zh-TW": Wording(
            name="一分鐘百科", closing="我們下次見。", call_to_action="追蹤", tagline="每天一個好問題，一分鐘說清楚"
        ),
        "en": Wording(
            name="A minute of facts", closing="See you.", call_to_action="Follow", tagline="One good question a day"
        ),
    },
)


def choose(text: str, *, language: str, layout: str = "", title: str = "") -> DrawnShot:
    """The shot that *text* gets in a film called *title*; where *layout* is title or end, at that end of the film."""
    usual, filler = AROUND[language]
    texts = {"title": [text, filler, filler], "end": [filler, filler, text]}.get(layout, [filler, text, filler])
    at = texts.index(text)
    script = Script(
        title=title or (text if layout == "title" else usual),
        language=language,
        scenes=tuple(Scene(narration=each) for each in texts),
        written_by="bench",
    )
    narration = Narration(recordings=tuple(_recording(each, language) for each in texts))
    shots = plan_shots(script, narration, canvas=Canvas(width=270, height=480), template=TEMPLATE)
    shot = shots.shots[at].shot
    assert isinstance(shot, DrawnShot)
    return shot


def _recording(text: str, language: str) -> Recording:
    words: list[Word] = []
    t = 0.0
    for unit in break_units(text):
        words.append(Word(text=unit, start=t, end=t + SECONDS_A_CHARACTER[language] * len(unit)))
        t = words[-1].end
    sound = Asset(key="none", kind="audio", media_type="audio/wav", size=1)
    return Recording(audio=sound, duration=t, words=tuple(words), voice="none", language=language)


def shown_texts(content: Any, key: str = "") -> list[str]:
    """All that a content writes on the picture."""
    if isinstance(content, dict):
        return [text for name, value in content.items() if name not in NOT_SHOWN for text in shown_texts(value, name)]
    if isinstance(content, list):
        return [text for value in content for text in shown_texts(value, key)]
    return [content] if isinstance(content, str) and content else []


def invented_figures(content: Any, narration: str) -> list[str]:
    """Numbers of *content* that *narration* says neither in digits nor in words."""
    said = {re.sub(r"[^\d.]", "", figure.value) for figure in find_figures(narration)}
    said |= {number.replace(",", "").rstrip(".") for number in re.findall(r"\d[\d,.]*", narration)}
    shown = [number for text in shown_texts(content) for number in re.findall(r"\d[\d,.]*", text)]
    return [number for number in shown if number.replace(",", "").rstrip(".") not in said]


def measure() -> Figures:
    """Choose for every sentence and count."""
    total: Counter[str] = Counter()
    right: Counter[str] = Counter()
    misses, invented = [], []
    for row in json.loads(LABELLED.read_text("utf-8")):
        shot = choose(row["text"], language=row["language"], layout=row["layout"])
        total[row["layout"]] += 1
        right[row["layout"]] += shot.layout == row["layout"]
        if shot.layout != row["layout"]:
            misses.append((row["layout"], shot.layout, row["text"]))
        invented += [(row["text"], number) for number in invented_figures(shot.content, row["text"])]
    by_layout = {name: (right[name], total[name]) for name in CATALOG}
    return Figures(total.total(), right.total(), by_layout, misses, invented)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="one object instead of a table")
    parser.add_argument("--misses", action="store_true", help="the sentences that got another layout")
    arguments = parser.parse_args()
    figures = measure()
    if arguments.json:
        print(json.dumps(asdict(figures), ensure_ascii=False))
        return
    for name, (right, total) in figures.by_layout.items():
        print(f"{name:<14}{right:>4} of {total:<4}{right / total:>7.0%}")
    print(f"{'all':<14}{figures.right:>4} of {figures.sentences:<4}{figures.right / figures.sentences:>7.1%}")
    print(f"figures that are not in their sentence: {len(figures.invented)}")
    if arguments.misses:
        for wanted, chosen, text in figures.misses:
            print(f"  {wanted} -> {chosen}: {text}")
        for text, number in figures.invented:
            print(f"  {number} is not in: {text}")


if __name__ == "__main__":
    main()
