"""Scripts as text and back."""

from __future__ import annotations

import pytest

from studio.errors import BadInput
from studio.models.script import Scene, Script
from studio.stages.review import as_text, completed, with_text

SCRIPT = Script(
    title="潮汐",
    language="zh-TW",
    scenes=(
        Scene(narration="海水每天漲兩次。", role="hook", visual="海", keywords=("海水",)),
        Scene(narration="月亮拉著海水走。", role="closing", visual="月亮", keywords=("月亮",)),
    ),
    written_by="embedded",
)


@pytest.mark.parametrize("text", ["", "  \n\n ", "……\n\n！"])
def test_a_text_without_a_word_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="script: holds no word"):
        with_text(SCRIPT, text)


def test_the_text_of_a_script_gives_the_script_back() -> None:
    assert with_text(SCRIPT, as_text(SCRIPT)) == SCRIPT


def test_a_changed_paragraph_is_a_new_scene_and_the_others_stay() -> None:
    changed = with_text(SCRIPT, "海水每天漲兩次。\n\n鯨魚在深海裡\n唱歌。\n\n再見。")

    assert changed.scenes[0] == SCRIPT.scenes[0]
    assert [scene.narration for scene in changed.scenes] == ["海水每天漲兩次。", "鯨魚在深海裡 唱歌。", "再見。"]
    assert [scene.role for scene in changed.scenes] == ["hook", "body", "closing"]
    assert "鯨魚" in changed.scenes[1].keywords
    assert changed.scenes[1].visual == "鯨魚在深海裡 唱歌。"


def test_what_is_missing_is_found_from_the_words() -> None:
    bare = SCRIPT.model_copy(update={"scenes": (Scene(narration="鯨魚在深海裡唱歌。"),)})
    scene = completed(bare).scenes[0]

    assert scene.visual == "鯨魚在深海裡唱歌。"
    assert scene.keywords[0] in ("鯨魚", "深海")
