from hypothesis import given, settings
from hypothesis import strategies as st

from studio.models.timeline import Canvas
from studio.picture.captions import caption_look, caption_style, caption_width
from studio.picture.fitting import fit_block, fit_line
from studio.picture.fonts import FONTS_FOR_CAPTIONS
from studio.picture.palettes import get_palette
from studio.picture.typography import displayable, missing_glyphs, text_sprite, text_width

OCEAN = get_palette("ocean")


def test_characters_without_a_glyph_are_named() -> None:
    assert missing_glyphs("海 sea 😀 שלום") == {"😀", "ש", "ל", "ו", "ם"}
    assert missing_glyphs("夕陽為什麼是紅色的？It’s café 100% ×±°") == set()


def test_what_cannot_be_drawn_is_replaced_or_left_out() -> None:
    assert displayable("CO₂ 減量😀\n今天") == "CO2 減量 今天"
    assert displayable("学习") == "学習"
    assert displayable("שלום") == ""


def test_hanzi_are_as_wide_as_their_size() -> None:
    assert text_width("夕陽紅色", "black", 100) == 400


def test_a_seam_between_hanzi_and_latin_is_a_sixth_of_an_em() -> None:
    apart = text_width("咖啡", "bold", 100) + text_width("5", "bold", 100)

    assert 14 <= text_width("咖啡5", "bold", 100) - apart <= 18


def test_a_sprite_is_as_wide_as_measured() -> None:
    sprite = text_sprite("海洋覆蓋 71%", "black", 80, "#ffffff")

    assert abs(sprite.ink_width - text_width("海洋覆蓋 71%", "black", 80)) < 10


def test_a_text_takes_the_largest_size_that_fits() -> None:
    setting = fit_block("夕陽為什麼是紅色的？", "black", [(100, 1), (80, 2), (60, 2)], max_width=420)

    assert setting.size_px == 80
    assert [line.text for line in setting.lines] == ["夕陽為什麼", "是紅色的？"]


def test_a_text_that_fits_nowhere_is_cut_with_an_ellipsis() -> None:
    setting = fit_block("字" * 300, "black", [(100, 1), (50, 2)], max_width=500)

    assert len(setting.lines) == 2
    assert setting.lines[-1].text.endswith("…")
    assert all(text_width(line.text, "black", 50) <= 500 for line in setting.lines)


def test_a_word_wider_than_the_line_is_cut() -> None:
    size, text = fit_line("W" * 100, "black", [80, 40], max_width=300)

    assert size == 40
    assert text.endswith("W…")
    assert text_width(text, "black", 40) <= 300


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=120))
def test_any_text_can_be_set_within_its_width(text: str) -> None:
    setting = fit_block(displayable(text), "bold", [(90, 2), (40, 3)], max_width=400)

    assert len(setting.lines) <= 3
    assert all(text_width(line.text, "bold", setting.size_px) <= 400 for line in setting.lines)


def test_captions_stand_in_their_band() -> None:
    style = caption_style(Canvas(width=1080, height=1920), "zh-TW")

    assert style.font == "Noto Sans T Chinese Black"
    assert (style.size_px, style.outline_px, style.spacing_px) == (74, 5.5, 1.0)
    assert style.centre_y_px == 1320
    assert style.max_width_px == 800


def test_a_captions_size_is_the_height_of_its_line_so_hanzi_are_half_a_hundred_px() -> None:
    style = caption_style(Canvas(width=1080, height=1920), "zh-TW")

    assert caption_width("夕", style) == 74 / 1.48 + 1


def test_english_captions_are_measured_in_their_own_font() -> None:
    style = caption_style(Canvas(width=1080, height=1920), "en")

    assert style.font == "Outfit ExtraBold"
    assert 400 < caption_width("over a hundred thousand", style) < 900


def test_caption_colours_follow_the_ground() -> None:
    assert caption_look(OCEAN, "deep").highlight == "#78e9ff"
    assert caption_look(OCEAN, "vivid").fill == "#ffffff"
    assert caption_look(OCEAN, "paper").outline == "#eef8fd"


def test_the_fonts_for_captions_exist() -> None:
    assert all(path.is_file() for path in FONTS_FOR_CAPTIONS)
