"""Every layout on every aspect with content that nobody planned for: where all of it ends up."""

from collections.abc import Iterator
from itertools import combinations, pairwise
from typing import Any

import pytest

from studio.models.timeline import Canvas
from studio.picture.bars import bar_sprite
from studio.picture.compositor import Sprite
from studio.picture.geometry import grid_of
from studio.picture.layouts import CATALOG
from studio.picture.scene import open_drawn
from studio.picture.stage import Moment
from tests.studio.picture.paint import PORTRAIT, SHOTS, SQUARE, TALL, WIDE, shot

Box = tuple[float, float, float, float]

ONE, EMOJI, RTL = "水", "🐋🌊🔥", "שלום עולם مرحبا"
HAN = "土星的環正在以驚人的速度慢慢地消失在無垠的太空之中而且沒有人知道為什麼會這樣也沒有人知道要花多少時間才會全部不見吧真的"
LATIN = "Donaudampfschifffahrtsgesellschaftskapitän"
DIGITS, NEGATIVE = "123,456,789,012", "−273.15"
ODD = {
    "one": ONE,
    "emoji": EMOJI,
    "rtl": RTL,
    "60 hanzi": HAN,
    "40 letters": LATIN,
    "12 digits": DIGITS,
    "minus": NEGATIVE,
    "none": "",
}


def contents(layout: str, text: str) -> Iterator[dict[str, Any]]:
    """Contents of *layout* with *text* wherever words go: few and many parts of it."""
    shown = (text or "0")[:40]
    match layout:
        case "title":
            yield {"text": text, "emphasis": text[:2]}
        case "end":
            yield {"name": text, "tag": text, "call": text or "a"}
        case "illustration":
            for count in (1, 4):
                yield {"text": text, "parts": [{"icon": "rock", "label": text or "a"}] * count}
        case "number":
            value = text if text in (DIGITS, NEGATIVE) else "71"
            for ratio, unit in ((None, text[:8]), (0.71, "%")):
                yield {"label": text, "note": text, "value": value, "unit": unit, "ratio": ratio}
        case "list":
            for count in (2, 4):
                yield {"text": text, "entries": [{"head": text or "a", "note": text, "start": 0.1}] * count}
        case "comparison":
            for icon, amounts in (
                ("", (None, None)),
                ("rocket", (None, None)),
                ("rocket", (1e12, 1.0)),
                ("", (3.0, 2.0)),
            ):
                side = {"name": text, "note": text, "icon": icon, "shown": shown, "start": 0.1}
                yield {"text": text, "unit": text, "sides": [{**side, "amount": amount} for amount in amounts]}
        case "quote":
            for speaker in ("", text):
                for source in ("", "道德經注"):
                    yield {"text": text, "speaker": speaker, "source": source, "start": 0.1}
        case "timeline":
            for count in (2, 5):
                step = {"when": text[:40], "text": text, "start": 0.1}
                yield {"text": text, "steps": [step] * count}
        case "chart":
            for count, sign in ((2, 1), (8, 1), (3, -1), (8, -1)):
                bars = [{"label": text, "amount": sign * (n - 1), "shown": shown, "start": 0.1} for n in range(count)]
                yield {"text": text, "unit": text, "bars": bars}


def boxes(
    layout: str, canvas: Canvas, changes: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> list[tuple[Box, bool]]:
    """Ink of all that drifts with the content in a settled frame, and whether it is text."""
    source = open_drawn(shot(layout, **changes), canvas, frames=150)
    found: list[tuple[Box, bool]] = []
    place = Moment.place

    def record(moment: Moment, sprite: Sprite, x: float, y: float, **how: Any) -> None:
        if how.get("opacity", 1.0) > 0.01 and how.get("scale", 1.0) > 0.01:
            across, down = sprite.ink_width * how.get("scale", 1.0) / 2, sprite.ink_height * how.get("scale", 1.0) / 2
            if how.get("turn", 0.0) > 1:
                across, down = down, across
            is_text = sprite.offset_y != 2 - sprite.height / 2
            found.append(((x - across, y - down, x + across, y + down), is_text))
        place(moment, sprite, x, y, **how)

    monkeypatch.setattr(Moment, "place", record)
    source.draw(149)
    monkeypatch.undo()
    return found


@pytest.mark.parametrize("canvas", [TALL, WIDE, SQUARE, PORTRAIT], ids=["9:16", "16:9", "1:1", "4:5"])
@pytest.mark.parametrize("text", ODD.values(), ids=ODD.keys())
@pytest.mark.parametrize("layout", CATALOG)
def test_nothing_leaves_the_safe_area_or_lies_on_other_words(
    layout: str, text: str, canvas: Canvas, monkeypatch: pytest.MonkeyPatch
) -> None:
    grid = grid_of(canvas)
    for changes in contents(layout, text):
        placed = boxes(layout, canvas, changes, monkeypatch)
        for (left, top, right, bottom), _ in placed:
            assert left >= grid.left - 4, changes
            assert right <= grid.right + 4, changes
            assert top >= (0 if layout == "end" else grid.top - 4), changes
            assert bottom <= grid.band_top, changes
        words = [box for box, is_text in placed if is_text]
        for one, other in combinations(words, 2):
            across = min(one[2], other[2]) - max(one[0], other[0])
            down = min(one[3], other[3]) - max(one[1], other[1])
            assert min(across, down) <= 2, (changes, one, other)


@pytest.mark.parametrize("layout", ["comparison", "timeline", "chart"])
@pytest.mark.parametrize("text", ODD.values(), ids=ODD.keys())
def test_nothing_comes_under_the_buttons_of_the_apps(layout: str, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    grid = grid_of(TALL)
    for changes in contents(layout, text):
        low = [box for box, _ in boxes(layout, TALL, changes, monkeypatch) if box[3] > grid.height * 0.448]

        assert max((box[2] for box in low), default=0) <= grid.low_right + 4, changes


def test_every_layout_is_measured() -> None:
    assert set(SHOTS) == set(CATALOG)


def paths(
    layout: str, canvas: Canvas, frames: range, monkeypatch: pytest.MonkeyPatch
) -> list[list[tuple[float, float]]]:
    """Where every sprite that is placed in all of *frames* is in each of them, drift included."""
    source = open_drawn(shot(layout), canvas, frames=150)
    steps: list[dict[tuple[int, int], tuple[float, float]]] = []
    place = Moment.place

    def record(moment: Moment, sprite: Sprite, x: float, y: float, **how: Any) -> None:
        seen = sum(1 for key in steps[-1] if key[0] == id(sprite))
        steps[-1][id(sprite), seen] = x, y + moment.drift
        place(moment, sprite, x, y, **how)

    monkeypatch.setattr(Moment, "place", record)
    for index in frames:
        steps.append({})
        source.draw(index)
    monkeypatch.undo()
    always = set(steps[0]).intersection(*steps)
    return [[step[key] for step in steps] for key in always]


@pytest.mark.parametrize("layout", ["comparison", "quote", "timeline", "chart"])
def test_what_has_arrived_moves_on_by_parts_of_a_pixel(layout: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in paths(layout, TALL, range(120, 150), monkeypatch):
        steps = [abs(after - before) for (_, before), (_, after) in pairwise(path)]

        assert 0 < max(steps) < 0.5
        assert max(abs(after - before) for before, after in pairwise(steps)) < 0.05


def test_the_traveller_of_a_timeline_never_jumps(monkeypatch: pytest.MonkeyPatch) -> None:
    moved = paths("timeline", TALL, range(20, 80), monkeypatch)
    longest = [max(abs(y1 - y0) + abs(x1 - x0) for (x0, y0), (x1, y1) in pairwise(path)) for path in moved]
    journeys = [path for path in moved if abs(path[-1][1] - path[0][1]) > 40]

    assert len(journeys) == 2
    assert max(longest) < 5


def test_bars_are_in_true_proportion_from_zero(monkeypatch: pytest.MonkeyPatch) -> None:
    lengths: list[float] = []

    def record(width: float, height: float, colour: str, *, end: str, unit: float) -> Sprite:
        lengths.append(height if end in ("top", "bottom") else width)
        return bar_sprite(width, height, colour, end=end, unit=unit)  # type: ignore[arg-type]

    monkeypatch.setattr("studio.picture.bars.bar_sprite", record)
    for label in ("a", LATIN):
        lengths.clear()
        bars = [{"label": label, "amount": amount, "shown": str(amount)} for amount in (20, 10, 5, -5)]
        open_drawn(shot("chart", bars=bars), TALL, frames=30)

        assert [length / lengths[1] for length in lengths] == pytest.approx([2, 1, 0.5, 0.5])
