"""Pictures of templates: drawn by the real stages and the real ffmpeg."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from studio.errors import BadInput
from studio.models.brief import Aspect
from studio.models.template import Template
from studio.models.templatefiles import load_template, template_names
from studio.models.timeline import Timeline
from studio.providers.storage import open_storage
from studio.settings import get_settings
from studio.stages.previews import PICTURES, _moments, draw_preview, plan_preview

TODAY = date(2026, 11, 30)

pytestmark = pytest.mark.usefixtures("fresh_home")


def draw(template: Template, path: Path, *, language: str = "en", aspect: Aspect | None = None) -> Image.Image:
    draw_preview(template, language, path, storage=open_storage(get_settings()), today=TODAY, aspect=aspect)
    with Image.open(path) as opened:
        assert opened.format == "JPEG"
        return opened.convert("RGB")


@cache
def planned(name: str, language: str) -> Timeline:
    """The film that a template's preview is of; nothing of it is in the store."""
    return plan_preview(load_template(name), language, storage=open_storage(get_settings()), today=TODAY)


@pytest.mark.parametrize("name", template_names())
def test_the_samples_of_every_template_make_whole_films(name: str) -> None:
    template, seen = load_template(name), set()
    for language in template.wording:
        timeline = planned(name, language)
        layouts = [getattr(clip.shot, "layout", "") for clip in timeline.clips]
        seen |= set(layouts)

        assert (layouts[0], layouts[-1]) == ("title", "end")
        assert 0.4 * template.duration < timeline.frames / 30 < 1.3 * template.duration
    assert seen - {"title", "illustration", "end"}


@pytest.mark.parametrize("name", template_names())
def test_no_picture_of_a_preview_is_caught_in_a_transition(name: str) -> None:
    timeline = planned(name, "en")
    shown = [[clip for clip in timeline.clips if clip.start_frame <= at < clip.end_frame] for at in _moments(timeline)]

    assert [len(clips) for clips in shown] == [1] * PICTURES


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Image.Image:
    """The preview of a template as it ships, which is vertical."""
    return draw(load_template("news"), tmp_path_factory.mktemp("plain") / "p.jpg")


def test_a_preview_holds_pictures_that_differ(plain: Image.Image) -> None:
    assert_four_that_differ(plain, shape=9 / 16)


def test_a_square_preview_holds_pictures_that_differ(tmp_path: Path) -> None:
    picture = draw(load_template("story"), tmp_path / "p.jpg", aspect=Aspect.SQUARE)

    assert_four_that_differ(picture, shape=1.0)


def assert_four_that_differ(picture: Image.Image, *, shape: float) -> None:
    parts = np.array_split(np.asarray(picture).astype(float), PICTURES, axis=1)
    width = min(part.shape[1] for part in parts)

    assert picture.width / picture.height == pytest.approx(PICTURES * shape, rel=0.06)
    for i, one in enumerate(parts):
        assert one.std() > 15
        assert all(np.abs(one[:, :width] - other[:, :width]).mean() > 5 for other in parts[i + 1 :])


def test_a_brand_is_seen_in_the_preview(tmp_path: Path, plain: Image.Image) -> None:
    template = load_template("news")
    Image.new("RGB", (400, 400), "#00ff00").save(tmp_path / "logo.png")
    branded = template.model_copy(
        update={"brand": template.brand.model_copy(update={"logo": str(tmp_path / "logo.png"), "colour": "#ff0000"})}
    )
    before, after = np.asarray(plain), np.asarray(draw(branded, tmp_path / "p.jpg"))

    def green(picture: np.ndarray) -> int:
        channels = picture.astype(int)
        return int(((channels[:, :, 1] > 200) & (channels[:, :, 0] < 90) & (channels[:, :, 2] < 90)).sum())

    assert green(before) == 0
    assert green(after) > 1000
    assert before[:, :, 2].mean() > before[:, :, 0].mean()
    assert after[:, :, 0].mean() > after[:, :, 2].mean()


def test_a_language_that_a_template_has_no_words_in_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="language: template 'news' has no wording in fr; it has zh-TW, en"):
        draw(load_template("news"), tmp_path / "p.jpg", language="fr")
