"""A template of one's own, from the file to the film: brand, merge fields, captions and transitions, seen in the pixels."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from studio.models.timeline import Timeline
from studio.settings import PROJECT
from tests.support.film import captions_read_back, container, frames_at, signal

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

TEMPLATE = {
    "id": "deepblue",
    "transition": "zoom",
    "transition_frames": 12,
    "captions": {"style": "pop", "highlight": "#ffd400"},
    "fields": {"guest": None, "next": ""},
    "brand": {"name": "Deep Blue", "logo": "logo.png", "colour": "#0a76b4"},
    "wording": {
        "en": {
            "name": "Talks",
            "closing": "{{guest}} says goodbye.",
            "call_to_action": "Follow",
            "following": "Next: {{next}}",
        }
    },
}
_ROW = """
import json
from sqlmodel import select
from store.session import reading
from store.tables import Video
with reading() as session:
    video = session.exec(select(Video)).one()
print(json.dumps({"script": video.script, "timeline": video.timeline, "brief": video.brief}))
"""


def run(home: Path, *words: str) -> str:
    environment = {**os.environ, "VIDEO_SYSTEM_HOME": str(home), "RENDER_TIER": "draft", "COLUMNS": "200"}
    done = subprocess.run(words, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def green(image: NDArray[np.uint8]) -> int:
    channels = image.astype(int)
    return int(((channels[:, :, 1] > 180) & (channels[:, :, 0] < 100) & (channels[:, :, 2] < 100)).sum())


def test_a_template_of_ones_own_makes_a_film_that_looks_like_it(tmp_path: Path) -> None:
    home = tmp_path / "home"
    Image.new("RGB", (300, 300), "#00e000").save(tmp_path / "logo.png")
    (tmp_path / "deepblue.json").write_text(json.dumps(TEMPLATE))
    output = run(
        home,
        str(Path(sys.executable).parent / "video-system"), "make", "Why are there tides?",
        "--description", "The Moon pulls on the sea. Most coasts see two high tides a day.",
        "--template", str(tmp_path / "deepblue.json"), "--field", "guest=Ada", "--field", "next=The Moon",
        "--resolution", "540p", "--aspect", "4:5", "--out", str(tmp_path / "out"),
    )  # fmt: skip
    row = json.loads(run(home, sys.executable, "-c", _ROW))
    timeline = Timeline.model_validate(row["timeline"])
    (path,) = (tmp_path / "out").glob("*.mp4")
    end = timeline.clips[-1]

    assert "kept as deepblue" in output
    assert row["brief"]["template"] == "deepblue"
    assert row["script"]["scenes"][-1]["narration"] == "Ada says goodbye."
    assert end.shot.model_dump()["content"]["following"] == "Next: The Moon"
    assert end.shot.model_dump()["content"]["name"] == "Deep Blue"
    assert {clip.transition for clip in timeline.clips} == {"zoom"}
    assert max(len(cue.text.split()) for cue in timeline.captions) <= 4
    found = container(path)
    assert found.width * 5 == pytest.approx(found.height * 4, abs=6)
    assert signal(path).black_s == signal(path).frozen_s == 0
    share, _ = captions_read_back(path, timeline)
    print(f"captions read back: {share:.1%}")
    assert share >= 0.9
    first, last = frames_at(path, [1.0, (end.start_frame + 0.8 * end.frames) / 30])
    assert green(np.asarray(first)) < 50 < green(np.asarray(last)) / 10
    assert np.asarray(first)[:, :, 2].mean() > np.asarray(first)[:, :, 0].mean() + 20
