from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt
import pytest

from studio.errors import BadInput, UnknownName
from studio.models.shot import DrawnShot
from studio.models.timeline import Canvas
from studio.picture.compositor import Sprite
from studio.picture.fitting import Setting
from studio.picture.geometry import grid_of
from studio.picture.icons import STRAIGHT_EDGED, standing_icon
from studio.picture.layouts import CATALOG, open_layout
from studio.picture.palettes import PALETTES
from studio.picture.scene import open_drawn
from studio.picture.stage import Moment
from studio.picture.textblock import TextBlock
from tests.studio.picture.paint import PORTRAIT, SHOTS, SQUARE, TALL, WIDE, luma, lumas, shot

CANVASES = pytest.mark.parametrize("canvas", [TALL, WIDE, SQUARE, PORTRAIT], ids=["9:16", "16:9", "1:1", "4:5"])
LAYOUTS = pytest.mark.parametrize("layout", SHOTS)
LONG = "土星的環正在以驚人的速度慢慢地消失在無垠的太空之中而且沒有人知道為什麼會這樣"
LATIN = "Donaudampfschifffahrtsgesellschaftskapitänswitwenrentenauszahlungsstelle"


def test_the_layouts_of_the_catalog_are_called_what_they_are_listed_as() -> None:
    assert {name: open_layout(name).name for name in CATALOG} == {name: name for name in SHOTS} | {}


@LAYOUTS
@CANVASES
def test_a_frame_fills_the_canvas(layout: str, canvas: Canvas) -> None:
    buffer = np.asarray(open_drawn(shot(layout), canvas, frames=60).draw(59))

    assert buffer.dtype == np.uint8
    assert buffer.shape == (canvas.width * canvas.height * 3 // 2,)
    assert buffer.flags["C_CONTIGUOUS"]
    assert 14 <= buffer.min() <= buffer.max() <= 243


@LAYOUTS
def test_no_two_frames_in_a_row_are_equal_for_half_a_second(layout: str) -> None:
    source = open_drawn(shot(layout), TALL, frames=150)
    equal_run = longest = 0
    before = np.array(source.draw(0))
    for index in range(1, 150):
        frame = np.array(source.draw(index))
        equal_run = equal_run + 1 if np.array_equal(frame, before) else 0
        longest, before = max(longest, equal_run), frame

    assert longest < 5


@LAYOUTS
def test_the_same_shot_draws_the_same_bytes(layout: str) -> None:
    first, second = (open_drawn(shot(layout), TALL, frames=60) for _ in range(2))
    for index in range(31):
        second.draw(index)

    assert np.array_equal(first.draw(30), second.draw(30))


def test_threads_that_draw_at_once_do_not_disturb_each_other() -> None:
    names = list(SHOTS) * 2

    def film(name: str) -> list[bytes]:
        source = open_drawn(shot(name), TALL, frames=30)
        return [bytes(np.asarray(source.draw(index))) for index in range(0, 30, 3)]

    alone = [film(name) for name in names]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(film, names))

    assert together == alone


@pytest.mark.parametrize("palette", PALETTES)
def test_every_palette_draws_every_layout(palette: str) -> None:
    for layout in SHOTS:
        assert luma(shot(layout, palette), TALL, 45).std() > 5


BEATS = [{"start": 1.0, "text": "冰粒落向行星", "hero": "snowflake"}, {"start": 3.0, "text": "最後什麼都不剩"}]


HEADING = slice(75, 140)
"""Rows of a tall picture that headings stand in."""


def top_of(drawn: DrawnShot, seconds: float) -> npt.NDArray[np.int16]:
    """Where the heading stands, *seconds* into the scene."""
    return luma(drawn, TALL, round(seconds * 30), frames=150)[HEADING]


def test_the_title_can_be_read_from_the_first_frame_on() -> None:
    title = shot("title")
    first, settled = ((frame[70:200] > 180).sum() for frame in lumas(title, TALL, (0, 60)))

    assert first > 0.55 * settled


def test_a_beat_replaces_the_heading() -> None:
    single, moving = shot("illustration", parts=[]), shot("illustration", parts=[], beats=BEATS)
    changes = [int(np.abs(top_of(single, at) - top_of(moving, at)).max()) for at in (0.9, 1.8, 3.8)]

    assert changes[0] < 60 < min(changes[1:])


def test_between_two_beats_the_heading_is_gone_only_for_a_moment() -> None:
    moving = shot("illustration", parts=[], beats=BEATS)
    bright = [(frame[HEADING] > 200).sum() for frame in lumas(moving, TALL, range(30, 54), frames=150)]

    assert bright.count(0) <= 6


def test_a_beat_that_names_another_thing_swaps_the_hero() -> None:
    moving = shot("illustration", parts=[], beats=BEATS)
    same = shot("illustration", parts=[], beats=[{**BEATS[0], "hero": ""}, BEATS[1]])
    body = slice(150, 290)
    before, after = (
        np.abs(luma(moving, TALL, at, frames=150)[body] - luma(same, TALL, at, frames=150)[body]).max()
        for at in (25, 60)
    )

    assert before == 0
    assert after > 60


def test_parts_arrive_when_they_are_spoken_of() -> None:
    part = {"icon": "snowflake", "label": "冰粒"}
    late, none = shot("illustration", parts=[{**part, "start": 2.0}]), shot("illustration", parts=[])
    left = (slice(140, 290), slice(180, 270))
    differences = [
        np.abs(luma(late, TALL, at, frames=150)[left] - luma(none, TALL, at, frames=150)[left]).max() for at in (45, 80)
    ]

    assert differences[0] < 40 < differences[1]


@pytest.mark.parametrize("ratio", [0.71, None])
def test_a_figure_rolls_when_it_is_spoken_and_its_card_is_not_empty_before(ratio: float | None) -> None:
    late = shot("number", ratio=ratio, icon="full-moon", start=2.5)
    early, settled = lumas(late, TALL, (60, 140), frames=150)
    label = early[75:120]

    assert (label > 200).sum() > 100
    assert np.abs(settled - early)[130:290].max() > 60
    assert early[130:290].std() > 8


@pytest.mark.parametrize(
    "drawn",
    [
        shot("illustration", parts=[], beats=BEATS),
        shot("number", start=3.0),
        shot("number", start=3.0, ratio=None, icon="rocket"),
        shot("quote", start=3.0),
        shot("quote", start=3.0, text="The unexamined life is not worth living."),
        shot("chart", bars=[{"label": str(n), "amount": n, "shown": str(n), "start": 3.0} for n in range(1, 5)]),
        shot("timeline", steps=[{"when": str(n), "text": "so", "start": 3.0} for n in range(1, 4)]),
        shot("comparison", sides=[{"name": name, "note": "so", "start": 3.0} for name in ("this", "that")]),
    ],
    ids=["beats", "ring", "icon", "columns", "lines", "bars", "path", "cards"],
)
def test_nothing_freezes_while_something_is_waited_for(drawn: DrawnShot) -> None:
    frames = lumas(drawn, TALL, range(0, 150, 5), frames=150)
    moved = [np.abs(after - before).mean() / 255 for before, after in zip(frames, frames[3:], strict=False)]

    assert min(moved) > 0.0005


@pytest.mark.parametrize("name", sorted(STRAIGHT_EDGED))
def test_an_icon_with_straight_edges_stands_by_itself_as_a_round_badge(name: str) -> None:
    alpha = standing_icon(name, 128).alpha
    side = round(128 * 112 / 128)
    corner = alpha.shape[0] - 2 - side // 12, alpha.shape[1] - 2 - side // 12

    assert alpha[corner] == alpha[side // 12, side // 12] == 0
    assert alpha[alpha.shape[0] // 2, 8] > 200


def extent(layout: str, canvas: Canvas, monkeypatch: pytest.MonkeyPatch, **changes: object) -> tuple[float, ...]:
    """Left, top, right and bottom of all that drifts with the content in a settled frame."""
    source = open_drawn(shot(layout, **changes), canvas, frames=90)
    boxes: list[tuple[float, float, float, float]] = []
    place = Moment.place

    def record(moment: Moment, sprite: Sprite, x: float, y: float, *, scale: float = 1.0, **rest: object) -> None:
        if rest.get("opacity", 1.0):
            across, down = sprite.ink_width * scale / 2, sprite.ink_height * scale / 2
            boxes.append((x - across, y - down, x + across, y + down))
        place(moment, sprite, x, y, scale=scale, **rest)  # type: ignore[arg-type]

    monkeypatch.setattr(Moment, "place", record)
    source.draw(89)
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


@CANVASES
@pytest.mark.parametrize("text", ["土星", LONG, LATIN, "W" * 60, "字" * 300, "a b " * 75, "1,000,000 " * 9])
@pytest.mark.parametrize("layout", ["title", "illustration", "list"])
def test_a_heading_of_any_length_stays_inside_the_body(
    layout: str, canvas: Canvas, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    grid = grid_of(canvas)
    left, top, right, bottom = extent(layout, canvas, monkeypatch, text=text, emphasis=text[:2])

    assert left >= grid.left - 2
    assert top >= grid.top
    assert right <= grid.right + 2
    assert bottom <= grid.bottom + 8


@CANVASES
@pytest.mark.parametrize(
    ("layout", "changes"),
    [
        ("number", {"label": LONG, "note": LONG, "value": "12,345,678", "unit": "平方公里", "ratio": None}),
        ("number", {"label": LATIN, "note": LATIN, "value": "3", "unit": "kilometers per hour", "icon": "rocket"}),
        ("number", {"value": "9", "unit": "", "ratio": None, "icon": "rocket"}),
        ("end", {"name": LONG, "tag": LONG, "call": LATIN, "credit": LONG * 3}),
        ("end", {"name": "In a Minute", "following": LONG}),
        ("list", {"entries": [{"head": LONG, "note": LATIN, "start": 0.1}] * 4}),
        ("list", {"entries": [{"head": "a", "icon": "rocket", "start": 0.1}] * 2}),
        ("illustration", {"parts": [{"icon": "rock", "label": LATIN}] * 4}),
        ("illustration", {"parts": [{"icon": "rock", "label": LONG}]}),
    ],
)
def test_content_of_any_length_stays_inside_the_body(
    layout: str, canvas: Canvas, changes: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    grid = grid_of(canvas)
    left, top, right, bottom = extent(layout, canvas, monkeypatch, **changes)

    assert left >= grid.left - 8
    assert top >= (0 if layout == "end" else grid.top - 8)
    assert right <= grid.right + 8
    assert bottom <= grid.band_top


@CANVASES
@LAYOUTS
def test_nothing_of_the_content_reaches_into_the_caption_band(layout: str, canvas: Canvas) -> None:
    grid = grid_of(canvas)
    band = slice(int(grid.band_top), int(grid.band_bottom))
    early, late = lumas(shot(layout), canvas, (0, 80))
    moved = np.abs(late[band] - early[band])

    assert moved.max() < (70 if layout == "title" else 40)


def test_an_icon_that_does_not_exist_is_named() -> None:
    with pytest.raises(UnknownName, match="unobtainium"):
        open_drawn(shot("illustration", hero="unobtainium"), TALL, frames=30)


def test_content_that_is_not_the_layouts_is_refused() -> None:
    with pytest.raises(BadInput, match="layout 'number'"):
        open_drawn(shot("number", ratio=7), TALL, frames=30)


def test_a_layout_that_does_not_exist_is_answered_with_the_known_ones() -> None:
    with pytest.raises(UnknownName, match="title, end"):
        open_layout("collage")


def test_empty_wording_leaves_the_rest_standing() -> None:
    for layout, changes in (
        ("title", {"text": "", "emphasis": ""}),
        ("illustration", {"text": "", "parts": []}),
        ("end", {"name": "", "tag": "", "credit": ""}),
        ("number", {"label": "", "note": "", "unit": "", "ratio": None}),
    ):
        for canvas in (TALL, WIDE, SQUARE):
            assert luma(shot(layout, kicker="", **changes), canvas, 60).std() > 3


@pytest.mark.parametrize("position", [(1, 1), (12, 12), (33, 40), (41, 41), (150, 200)])
def test_the_scene_dashes_take_no_more_room_in_a_long_film(position: tuple[int, int]) -> None:
    few = shot("illustration", kicker="一個非常非常長的頻道名稱" * 3).model_copy(update={"position": position})
    grid = grid_of(TALL)
    frame = luma(few, TALL, 89)
    line = frame[int(grid.top) : int(grid.top + 5)]

    assert line[:, int(grid.right) + 2 :].max() < 120
    assert line[:, int(grid.right) - 4 : int(grid.right)].max() > 60


@pytest.mark.parametrize("size", [(64, 64), (720, 1280), (66, 200), (300, 64)])
@LAYOUTS
def test_any_canvas_can_be_drawn_on(layout: str, size: tuple[int, int]) -> None:
    canvas = Canvas(width=size[0], height=size[1])

    assert len(open_drawn(shot(layout), canvas, frames=1).draw(0)) == size[0] * size[1] * 3 // 2


@CANVASES
@pytest.mark.parametrize(
    "text",
    ["The network reached about 80,000 kilometers of paved road", "愛因斯坦據說把複利的力量叫做世界第八大奇蹟"],
)
def test_the_longest_heading_that_we_choose_is_not_cut(
    text: str, canvas: Canvas, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[str] = []

    def record(setting: Setting, *rest: object, **more: object) -> TextBlock:
        shown.extend(line.text for line in setting.lines)
        return TextBlock(setting, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr("studio.picture.layouts.illustration.TextBlock", record)
    open_drawn(shot("illustration", text=text, emphasis=""), canvas, frames=30)

    assert "".join(shown).replace(" ", "") == text.replace(" ", "")
