"""The result page that operators see shows a creator's text and does nothing that it says."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from store.migrate import migrate
from store.repos.purchases import Purchases
from store.session import transaction
from studio.models.asset import Credit
from studio.models.rendition import Rendition
from studio.models.script import Scene, Script
from studio.providers.till import Quote
from tasks.records import _calls, _page
from tests.api.test_contract import RENDITION


def page(text: str) -> list[str]:
    credit = Credit(title=text, author=text, licence="CC0")
    rendition = Rendition.model_validate({**RENDITION, "credits": [credit]})
    script = Script(title=text, language="en", scenes=(Scene(narration=text),), written_by="creator", warnings=(text,))
    return _page(script, rendition, (text,)).splitlines()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("[here](javascript:alert(1))", r"\[here\](javascript:alert(1))"),
        (r"\[here](javascript:alert(1))", r"\\\[here\](javascript:alert(1))"),
        ("![x](http://evil.example/pixel)", r"\!\[x\](http://evil.example/pixel)"),
        ("`code` *loud* a_b & 1", r"\`code\` \*loud\* a\_b &amp; 1"),
        ("first\n\n# Films\n\n[Open the film](http://evil.example)", r"first # Films \[Open the film\](http://evil.example)"),
    ],
)  # fmt: skip
def test_marks_in_a_creators_text_are_shown_as_they_are(fresh_home: object, text: str, shown: str) -> None:
    lines = page(text)

    assert lines[0] == f"# {shown}"
    assert f"1. {shown}" in lines
    assert f"- {shown}" in lines
    headings = [f"# {shown}", "## Script", "## Warnings", "## Calls to providers", "## Credits"]
    assert [line for line in lines if line.startswith("#")] == headings


def test_calls_are_summed_up_by_provider_and_model(fresh_home: Path) -> None:
    migrate()
    with transaction() as session:
        purchases = Purchases(session)
        for key, model, cost in (("a", "gpt-5-mini", 2_250), ("b", "gpt-5-mini", 750), ("c", "mine", None)):
            quote = Quote("llm", "openai", model, key, {})
            row = purchases.reserve(
                quote, cost=cost, owner_id=None, video_id="task_1", holder={}, lease=timedelta(seconds=1)
            )
            purchases.settle(row.id, answer="", units={}, cost=cost, fresh_s=None)

    assert _calls("task_1") == [
        "llm 'openai' gpt-5-mini: 2 calls, $0.0030",
        "llm 'openai' mine: 1 calls, no price is known",
    ]
