"""The template of a film, as its brief changes it."""

from __future__ import annotations

from studio.models.brief import Brief
from studio.models.captions import Captioning, CaptionWish
from studio.models.templatefiles import load_template
from tasks.templates import template_of


def test_captions_are_the_templates_but_for_what_the_brief_says() -> None:
    own = load_template("story").captions
    wish = CaptionWish(style="clean", highlight="#FFD400")
    changed = template_of(Brief(title="Tides", template="story", captions=wish), "en").captions

    assert own.style != "clean"
    assert changed == own.model_copy(update={"style": "clean", "highlight": "#ffd400"})


def test_a_brief_that_says_nothing_of_captions_has_the_templates() -> None:
    for captions in (None, CaptionWish()):
        assert template_of(Brief(title="Tides", captions=captions), "en").captions == Captioning()
