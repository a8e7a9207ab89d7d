"""The types of what the SDKs answer, in both languages, are those of the service's own document."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import video_system

from studio.settings import PROJECT
from tests.api.conftest import the_app
from tests.sdk.test_python import NOT_A_CLIENTS, NOT_FOR_KEYS, heard, operations

TYPES = {
    "AccountShown": "SocialAccount", "AiModel": "Model", "AssetShown": "Asset", "AttemptShown": "WebhookAttempt",
    "BriefShown": "BriefShown", "CandidateShown": "Candidate", "CaptionWish": "CaptionsShown", "Connecting": "Connecting",
    "Cost": "Cost", "Credit": "Credit", "DayFigure": "DayFigure", "DeliveryShown": "WebhookDelivery",
    "Estimate": "Estimate", "Failing": "Failing", "FieldShown": "TemplateField", "FilmCost": "FilmCost",
    "FilmShown": "Film", "FilmsUsed": "FilmsUsed", "Headline": "Headline", "InferenceOutput": "InferenceOutput",
    "InferenceResult": "InferenceResult", "InferenceUsage": "InferenceUsage", "KeywordShown": "Keyword",
    "Limits": "PlatformLimits", "Links": "Links", "Loudness": "Loudness", "PaidCalls": "PaidCalls",
    "PlatformShown": "PlatformInfo", "Profile": "Profile", "PublicationShown": "Publication",
    "PublishAccepted": "PublishAccepted", "ReadingShown": "Reading", "RequestsUsed": "RequestsUsed",
    "ScanShown": "Scan", "SceneShot": "SceneShot", "SceneShown": "SceneText", "ScriptShown": "Script",
    "SeriesShown": "Series", "TaskAccepted": "TaskAccepted", "TaskStatus": "Task", "TemplateShown": "Template",
    "ThumbnailLink": "Thumbnail", "TrendShown": "Trend", "Usage": "Usage", "VideoShown": "Video",
    "VoiceSample": "VoiceSample", "VoiceShown": "Voice", "WebhookMade": "WebhookMade", "WebhookShown": "Webhook",
}  # fmt: skip
"""What the service calls it, and what both SDKs do."""

NOT_SHOWN = {"DownloadLink", "CreditList"}
"""Of a download: the SDKs follow the link, and credits come with the video."""

Schemas = dict[str, Any]


def schemas() -> Schemas:
    found: Schemas = the_app().openapi()["components"]["schemas"]
    return found


def refs(schema: Any) -> set[str]:
    """The schemas that *schema* names itself."""
    if isinstance(schema, Mapping):
        own = {schema["$ref"].rpartition("/")[2]} if "$ref" in schema else set()
        return own.union(*map(refs, schema.values()))
    return set().union(*map(refs, schema)) if isinstance(schema, list) else set()


def reached(names: set[str], there: Schemas) -> set[str]:
    """*names* and all that they are made of."""
    inner = set().union(*(refs(there[name]) for name in names)) | names
    return inner if inner == names else reached(inner, there)


def answers(there: Schemas) -> Iterator[str]:
    """The schemas with fields that a client gets, without the envelopes."""
    for name, operation in operations().items():
        if name not in NOT_FOR_KEYS | NOT_A_CLIENTS:
            good = {status: answer for status, answer in operation["responses"].items() if status.startswith("2")}
            for found in reached(refs(good) & set(there), there):
                is_envelope = re.search(r"(Answer|List|Page)$", found) or found in ("AiModels", "SceneShots")
                if "properties" in there[found] and (not is_envelope or found in NOT_SHOWN):
                    yield found


def python_fields(name: str) -> dict[str, str]:
    """The fields of a type and how each is annotated."""
    kind = getattr(video_system, name)
    if dataclasses.is_dataclass(kind):
        return {field.name: str(field.type) for field in dataclasses.fields(kind) if field.name != "raw"}
    return {field: getattr(hint, "__forward_arg__", str(hint)) for field, hint in kind.__annotations__.items()}


def script_fields(name: str) -> dict[str, str]:
    """The fields of an interface of index.d.ts and how each is typed."""
    types = (PROJECT / "sdk/javascript/src/index.d.ts").read_text("utf-8")
    found = re.search(rf"^export interface {name}(?: extends (\w+))? \{{(.*?)\}}$", types, re.MULTILINE | re.DOTALL)
    assert found is not None, name
    inherited = script_fields(found[1]) if found[1] else {}
    plain = re.sub(r"/\*\*.*?\*/", "", found[2])
    return inherited | {
        field: hint.strip() for field, hint in re.findall(r"(\w+)\??:((?:\{[^}]*\}|[^;{])*)(?:;|$)", plain)
    }


def test_every_answer_of_the_service_has_a_type(home: Any) -> None:
    assert set(answers(schemas())) == set(TYPES) | NOT_SHOWN


@pytest.mark.parametrize("fields", [python_fields, script_fields], ids=["python", "javascript"])
@pytest.mark.parametrize("schema", TYPES)
def test_a_type_has_the_fields_of_the_service(home: Any, schema: str, fields: Any) -> None:
    there = schemas()[schema]["properties"]
    here = fields(TYPES[schema])

    assert set(here) == set(there)
    for name, shape in there.items():
        parts = {TYPES[ref] for ref in refs(shape) if ref in TYPES}
        assert all(re.search(rf"\b{part}\b", here[name]) for part in parts), (name, here[name])
        may_be_null = {"type": "null"} in shape.get("anyOf", ())
        assert bool(re.search(r"\b(None|null)\b", here[name])) == may_be_null, (name, here[name])


def test_a_page_has_the_fields_of_the_service(home: Any) -> None:
    pages = [schema["properties"] for name, schema in schemas().items() if name.endswith("Page")]

    assert pages
    for page in pages:
        assert set(page) == {field.name for field in dataclasses.fields(video_system.Page)}


@pytest.mark.parametrize(
    ("name", "schema"),
    [("VideoSettings", "VideoSettings"), ("SceneText", "SceneText"), ("Captions", "CaptionWish"),
     ("PublishTarget", "PublishTarget"), ("VideoNews", "VideoNews")],
)  # fmt: skip
def test_what_the_types_let_one_give_is_what_the_service_takes(home: Any, name: str, schema: str) -> None:
    assert set(script_fields(name)) == set(schemas()[schema]["properties"])


USAGE = {
    "plan": "free", "requests": {"used": 1, "limit": 100, "resets_in_s": 60},
    "films": {"running": 0, "running_limit": 1, "waiting": 0, "waiting_limit": 5, "today": 2, "daily_limit": 10},
    "storage_bytes": 9, "seconds_rendered_this_month": 1.5, "cost_this_month": {"amount": None, "currency": "USD"},
}  # fmt: skip
SCENE = {"narration": "你好", "role": "hook", "visual": "", "keywords": [], "queries": []}
SCRIPT = {"title": "a", "language": "zh-TW", "written_by": "rules", "scenes": [SCENE], "warnings": []}
VIDEO = {"id": "task_1", "title": "a", "status": "pending"}
LATER = {"of_a_later_version": 1}


def test_usage_is_typed_and_keeps_what_a_later_version_adds() -> None:
    request, usage = heard({**USAGE, **LATER}, lambda it: it.get_usage())

    assert request.url.path == "/usage"
    assert (usage.plan, usage.films["today"], usage.requests["limit"], usage.storage_bytes) == ("free", 2, 100, 9)
    assert usage.raw["of_a_later_version"] == 1


def test_a_script_is_read_changed_and_sent_back() -> None:
    _, script = heard({**SCRIPT, **LATER}, lambda it: it.get_script("task_1"))
    script.scenes[0]["narration"] = "早安"
    request, changed = heard(SCRIPT, lambda it: it.change_script("task_1", scenes=script.scenes))

    assert request.method == "PUT"
    assert json.loads(request.content) == {"scenes": [{**SCENE, "narration": "早安"}]}
    assert (changed.title, changed.written_by) == ("a", "rules")


def test_a_sample_of_a_voice_is_typed() -> None:
    sample = {"voice_id": "kokoro/a", "text": "你好", "url": "http://a/1.wav", "media_type": "audio/wav", **LATER}
    _, heard_sample = heard(sample, lambda it: it.get_voice_sample("kokoro/a"))

    assert (heard_sample.text, heard_sample.url) == ("你好", "http://a/1.wav")


def test_the_scenes_of_a_film_and_the_platforms_are_typed() -> None:
    scene = {"number": 1, "narration": "a", "shows": "found", "candidates": [{"name": "c"}], **LATER}
    _, scenes = heard({"scenes": [scene]}, lambda it: it.get_scenes("task_1"))
    _, platforms = heard({"items": [{"platform": "folder", "is_ready": True, **LATER}]}, lambda it: it.list_platforms())

    assert (scenes[0].number, scenes[0].candidates[0]["name"]) == (1, "c")
    assert (platforms[0].platform, platforms[0].is_ready, platforms[0].limits) == ("folder", True, {})


def test_a_film_says_where_its_things_are_and_an_older_service_may_not() -> None:
    _, video = heard({**VIDEO, "links": {"self": "/videos/task_1"}}, lambda it: it.get_video("task_1"))
    _, older = heard(VIDEO, lambda it: it.get_video("task_1"))

    assert (video.links["self"], older.links) == ("/videos/task_1", {})


def test_the_trends_of_a_keyword_are_trends() -> None:
    trend = {"keyword": "a", "volume": 5, "growth": None, "platform": "youtube", "rank": 1, **LATER}
    _, keyword = heard({"keyword": "a", "region": "TW", "trends": [trend]}, lambda it: it.get_keyword("a"))

    assert (keyword.trends[0].volume, keyword.trends[0].rank) == (5, 1)
