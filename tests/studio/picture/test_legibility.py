"""Every text of every layout on every palette and ground, over the lights and set-pieces that are drawn behind it."""

import pytest

from studio.models.shot import GroundName
from studio.models.timeline import Canvas
from studio.picture.captions import caption_look
from studio.picture.colour import contrast
from studio.picture.layouts import CATALOG, open_layout
from studio.picture.palettes import PALETTES, READABLE, Palette
from tests.studio.picture.legibility import worst_contrast
from tests.studio.picture.paint import shot

CANVASES = {
    "9:16": Canvas(width=360, height=640),
    "16:9": Canvas(width=640, height=360),
    "1:1": Canvas(width=360, height=360),
    "4:5": Canvas(width=360, height=450),
}
"""As small as they can be: half as large again changes no ratio near the bound by more than 0.03, smaller ones thin the strokes."""

LONG_TITLE = "土星的環正在以驚人的速度慢慢地消失在無垠的太空之中而且沒有人知道為什麼"
ACCENTS = ("#ffd400", "#e4002b", "#f0f0f0", "#111111")
SCENES = [(layout, name) for layout in CATALOG for name in open_layout(layout).grounds]


@pytest.mark.parametrize("canvas", CANVASES.values(), ids=CANVASES)
@pytest.mark.parametrize(("layout", "on"), SCENES)
def test_every_text_can_be_read_over_what_is_drawn_behind_it(layout: str, on: GroundName, canvas: Canvas) -> None:
    found = {name: worst_contrast(shot(layout, name, ground=on), canvas) for name in PALETTES}

    assert {name: round(ratio, 2) for name, ratio in found.items() if ratio < READABLE} == {}


@pytest.mark.parametrize(("layout", "on"), SCENES)
def test_every_text_can_be_read_in_a_brands_colour_too(layout: str, on: GroundName) -> None:
    shots = {colour: shot(layout, "ocean", ground=on).model_copy(update={"accent": colour}) for colour in ACCENTS}
    found = {colour: worst_contrast(drawn, CANVASES["9:16"]) for colour, drawn in shots.items()}

    assert {colour: round(ratio, 2) for colour, ratio in found.items() if ratio < READABLE} == {}


@pytest.mark.parametrize("canvas", CANVASES.values(), ids=CANVASES)
@pytest.mark.parametrize("on", open_layout("title").grounds)
def test_a_long_title_can_be_read_down_to_the_horizon(on: GroundName, canvas: Canvas) -> None:
    found = {name: worst_contrast(shot("title", name, ground=on, text=LONG_TITLE), canvas) for name in PALETTES}

    assert {name: round(ratio, 2) for name, ratio in found.items() if ratio < READABLE} == {}


@pytest.mark.parametrize("layout", ["title", "illustration"])
def test_a_light_that_is_too_strong_is_found(layout: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def as_asked(palette: Palette, most: float) -> float:
        return min(1.0, most * 1.5)

    monkeypatch.setattr(Palette, "light", as_asked)
    found = [worst_contrast(shot(layout, name), CANVASES["9:16"]) for name in PALETTES]

    assert min(found) < READABLE


@pytest.mark.parametrize("on", ["deep", "vivid", "paper"])
@pytest.mark.parametrize("name", PALETTES)
def test_captions_can_be_read_on_their_own_outline(name: str, on: GroundName) -> None:
    look = caption_look(PALETTES[name], on)

    assert min(contrast(look.fill, look.outline), contrast(look.highlight, look.outline)) >= READABLE
