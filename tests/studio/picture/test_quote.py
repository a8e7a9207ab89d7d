import pytest

from bench.layouts import choose
from studio.models.timeline import Canvas
from studio.picture.fonts import Face
from studio.picture.geometry import grid_of
from studio.picture.layouts.quote import QuoteContent, face_of, seal
from studio.picture.palettes import PALETTES
from studio.picture.stage import Stage
from studio.picture.tones import tones_of
from studio.picture.typography import covers, load_font
from tests.studio.picture.paint import PORTRAIT, SQUARE, TALL, WIDE, luma, shot

TONES = tones_of(Stage(grid_of(TALL), PALETTES["history"], 30, ground="paper"))


def quoted(text: str) -> QuoteContent:
    chosen = choose(text, language="zh-TW", layout="quote")

    assert chosen.layout == "quote"
    return QuoteContent.model_validate(chosen.content)


def test_the_book_between_a_speaker_and_his_words_is_its_source() -> None:
    content = quoted("孔子在《論語》裡說：「學而不思則罔，思而不學則殆。」")

    assert (content.speaker, content.source) == ("孔子", "論語")


def test_a_speaker_without_a_book_has_no_source() -> None:
    assert quoted("孔子說：「學而不思則罔，思而不學則殆。」").source == ""


def test_a_book_that_speaks_itself_is_the_speaker() -> None:
    content = quoted("《易經》說：「天行健，君子以自強不息。」")

    assert (content.speaker, content.source) == ("《易經》", "")


@pytest.mark.parametrize(
    "text", ["學而不思則罔，思而不學則殆。", "Imagination is more “important” – è.", "Tôt ou tard"]
)
def test_words_of_another_stand_in_the_serif(text: str) -> None:
    assert face_of(text) == "serif"


def test_a_text_with_a_hanzi_that_the_serif_lacks_stands_in_the_films_own_type() -> None:
    text = "梁詩喆說的話，我們都記得。"

    assert covers("bold", text)
    assert not covers("serif", "喆")
    assert face_of(text) == "bold"


def test_the_serif_has_every_mark_that_stands_upright() -> None:
    assert covers("serif", "﹁﹂﹃﹄︵︶︽︾︿﹀︙︱，。、；：！？")


@pytest.mark.parametrize("canvas", [TALL, WIDE, SQUARE, PORTRAIT], ids=["9:16", "16:9", "1:1", "4:5"])
def test_a_quotation_is_drawn_otherwise_in_the_serif(canvas: Canvas, monkeypatch: pytest.MonkeyPatch) -> None:
    serif = luma(shot("quote"), canvas, 89)
    with monkeypatch.context() as plain:
        plain.setattr("studio.picture.layouts.quote.covers", lambda face, text: False)
        own = luma(shot("quote"), canvas, 89)

    assert (own < 100).mean() > 1.2 * (serif < 100).mean()


@pytest.mark.parametrize("face", ["serif", "bold"])
def test_hanzi_of_both_faces_are_as_wide_as_their_size(face: Face) -> None:
    assert load_font(face, 100, latin=False).getlength("學而") == 200


def test_a_seal_holds_up_to_four_hanzi_in_columns() -> None:
    one, two, four = (seal(text, 1.0, TONES) for text in ("詩", "論語", "道德經注"))

    assert one is not None
    assert two is not None
    assert four is not None
    assert one.ink_height < two.ink_height == four.ink_height
    assert one.ink_width == two.ink_width < four.ink_width


@pytest.mark.parametrize("text", ["", "資治通鑑選", "Faust"])
def test_what_does_not_fit_on_a_seal_gets_none(text: str) -> None:
    assert seal(text, 1.0, TONES) is None
