"""From schema to words to one repair; what becomes of servers that know less than the vendor's own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from studio.errors import OverBudget, ProviderRejected, ProviderUnavailable
from studio.models.script import Picture, PictureEntry, Scene, Script
from studio.providers.llm import catalog
from studio.providers.llm.draft import Misshapen, english_queries, parse_draft
from studio.providers.till import OpenTill, Quote
from tests.support.vendor import as_json
from tests.support.writer import DRAFT, SCENE, MemoryTill, Scripted, an_order, completion, draft_of, refusal, scripted

SILENT = {**DRAFT, "scenes": [{**SCENE, "narration": "……"}]}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Scripted]:
    with scripted() as found:
        monkeypatch.setenv("OPENAI_BASE_URL", found.base_url)
        monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
        monkeypatch.setenv("OPENAI_MODEL", "test-model")
        yield found


def write(**more: Any) -> Script:
    return catalog.open("openai").write_script(an_order(**more), till=OpenTill())


def formats(server: Scripted) -> list[str]:
    return [asked.get("response_format", {}).get("type", "none") for asked in server.asked]


@pytest.mark.parametrize(
    "refused",
    [
        refusal("Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model."),
        refusal("This response_format type is unavailable now", status=400),
        refusal("no", param="response_format", status=422),
        refusal("failed to parse grammar"),
    ],
)
def test_a_server_without_schemas_is_told_the_schema_in_words(server: Scripted, refused: Any) -> None:
    server.answers = [refused, DRAFT]
    script = write()
    _, second = server.asked

    assert script.written_by == "openai"
    assert formats(server) == ["json_schema", "json_object"]
    assert '"narration"' in second["messages"][0]["content"]
    assert "JSON Schema" in second["messages"][0]["content"]
    assert second["messages"][1]["content"].startswith("<title>")


def test_a_server_that_knows_no_formats_at_all_is_just_asked(server: Scripted) -> None:
    server.answers = [refusal("response_format"), refusal("response_format"), f"Sure!\n```json\n{_text(DRAFT)}\n```"]

    assert write().scenes[1].narration == "The Moon pulls the sea."
    assert formats(server) == ["json_schema", "json_object", "none"]


def test_a_server_of_before_the_renaming_gets_the_old_name(server: Scripted) -> None:
    server.answers = [refusal("Unrecognized request argument supplied: max_completion_tokens"), DRAFT]
    write()

    assert [asked.get("max_tokens") for asked in server.asked] == [None, 16_384]
    assert "max_completion_tokens" not in server.asked[1]


def test_a_refusal_of_something_else_is_final(server: Scripted) -> None:
    server.answers = [refusal("context length exceeded")]

    with pytest.raises(ProviderRejected):
        write()
    assert len(server.asked) == 1


def test_a_model_is_shown_its_mistakes_once(server: Scripted) -> None:
    server.answers = ["I will not use JSON.", SILENT, DRAFT]
    script = write()
    repair = server.asked[2]["messages"]

    assert script.scenes[1].narration == "The Moon pulls the sea."
    assert formats(server) == ["json_schema", "json_object", "json_object"]
    assert [message["role"] for message in repair] == ["system", "user", "assistant", "user"]
    assert repair[2]["content"] == _text(SILENT)
    assert "scenes.0.narration: holds nothing that can be said" in repair[3]["content"]


def test_a_chinese_film_is_mended_in_chinese(server: Scripted) -> None:
    server.answers = [
        "不要",
        SILENT,
        draft_of("海水為什麼會漲？", ["月亮的引力拉著海水走，海水就漲了起來。"], "下次見。"),
    ]
    write(title="海水為什麼會漲？", language="zh-TW", seconds=8, pace=4.5)
    told = [message["content"] for message in server.asked[2]["messages"]]

    assert "請把這些錯誤改好" in told[-1]
    assert "只回答一個 JSON 物件" in told[0]


def test_thoughts_before_the_answer_are_left_out() -> None:
    assert parse_draft(f"<think>{{maybe}} </think>\n{_text(DRAFT)}").scenes[0].narration == "The Moon pulls the sea."


@pytest.mark.parametrize("text", ["", "{", "}{", "null", "[]", "{}", "<think>{}"])
def test_what_is_no_draft_says_why(text: str) -> None:
    with pytest.raises(Misshapen) as caught:
        parse_draft(text)

    assert caught.value.complaints


def test_a_conversation_that_came_to_nothing_is_not_repeated_from_memory(server: Scripted) -> None:
    server.answers = ["no", "no", "no", DRAFT]
    writer, till = catalog.open("openai"), MemoryTill()
    with pytest.raises(ProviderUnavailable):
        writer.write_script(an_order(), till=till)
    script = writer.write_script(an_order(), till=till)

    assert script.scenes[0].narration == "Why do tides rise?"
    assert len(server.asked) == 4


class EmptyTill:
    """Allows nothing."""

    def buy(self, quote: Quote, call: Any) -> Any:
        raise OverBudget(quote.role, quote.provider, "nothing left")


def test_a_till_that_refuses_keeps_the_endpoint_unasked(server: Scripted) -> None:
    with pytest.raises(OverBudget):
        catalog.open("openai").write_script(an_order(), till=EmptyTill())

    assert server.asked == []


def test_half_a_character_and_nul_do_not_reach_the_till(server: Scripted) -> None:
    broken = as_json(completion(None))
    body = broken.body.replace(b'"content": null', b'"content": "\\ud800\\u0000 no"')
    server.answers = [type(broken)(body), DRAFT]
    till = MemoryTill()
    catalog.open("openai").write_script(an_order(), till=till)

    assert till.receipts[0].answer == {"text": "? no", "refusal": "", "finish": "stop"}


@pytest.mark.parametrize(
    ("wanted", "kept"),
    [
        ([], ()),
        (["  ocean   tide ", "Ocean Tide", "moon"], ("ocean tide", "moon")),
        (["海浪", "ocean 海", "12 34", "...", ""], ()),
        (["a", "b", "c", "d"], ("a", "b", "c")),
        (["waves, (slow-motion)!", "child's toy"], ("waves slow-motion", "child's toy")),
        (["http://evil.example/?a=1"], ("http evil example a 1",)),
        (["word " * 30], (("word " * 12).strip(),)),
        (["x" * 80, "waves"], ("waves",)),
    ],
)
def test_queries_are_short_and_english(wanted: list[str], kept: tuple[str, ...]) -> None:
    assert english_queries(wanted) == kept


def test_a_model_that_names_no_queries_has_none(server: Scripted) -> None:
    bare = {key: value for key, value in SCENE.items() if key != "queries"}
    server.answers = [{**DRAFT, "scenes": [bare]}]
    script = write()

    assert [scene.queries for scene in script.scenes] == [
        ("moon over ocean", "ocean tide"),
        (),
        ("moon over ocean", "ocean tide"),
    ]


def test_a_stored_script_without_queries_and_sources_still_loads() -> None:
    stored = {"title": "x", "language": "en", "scenes": [{"narration": "x"}], "written_by": "embedded"}

    assert Script.model_validate(stored).scenes == (Scene(narration="x", queries=()),)


def _text(value: Any) -> str:
    return json.dumps(value)


PICTURE = {
    "layout": "number",
    "heading": "The\u200b Moon",
    "entries": [{"label": "Pull", "value": "46%", "note": "of the Moon's"}],
}


def test_a_writers_idea_of_the_picture_comes_with_its_scene(server: Scripted) -> None:
    server.answers = [{**DRAFT, "scenes": [{**SCENE, "picture": PICTURE}]}]

    assert write().scenes[1].picture == Picture(
        layout="number", heading="The Moon", entries=(PictureEntry(label="Pull", value="46%", note="of the Moon's"),)
    )


@pytest.mark.parametrize(
    "picture",
    [
        None,
        {},
        "number",
        {**PICTURE, "layout": "hologram"},
        {**PICTURE, "entries": [{}] * 9},
        {**PICTURE, "shell": "rm"},
    ],
)
def test_a_picture_that_is_none_costs_the_script_nothing(server: Scripted, picture: object) -> None:
    server.answers = [{**DRAFT, "scenes": [{**SCENE, "picture": picture}]}]
    script = write()

    assert script.scenes[1].picture is None
    assert len(server.asked) == 1


def test_the_schema_that_a_model_is_given_knows_the_picture(server: Scripted) -> None:
    write()
    schema = json.dumps(server.asked[0]["response_format"])

    assert all(f'"{kind}"' in schema for kind in ("number", "list", "comparison", "quote", "timeline", "chart"))
