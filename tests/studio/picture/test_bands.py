"""Slow gradients after the encoder: what the texture of the ground is for."""

from pathlib import Path

import pytest

from bench import bands
from studio.picture import noise

FRAMES = 24


def row(tmp_path: Path) -> bands.Row:
    raw = bands.draw(bands.SHOTS["vivid"], FRAMES, tmp_path / "drawn.yuv")
    return bands.row_of(raw, FRAMES, dither="", ground="vivid", tier="standard")


def test_a_gradient_has_no_bands_after_the_encoder(tmp_path: Path) -> None:
    found = row(tmp_path)

    assert found.cambi < 5
    assert found.decoded < 0.5


def test_without_its_texture_it_would_have_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(noise, "TEXTURE", 0.0)
    found = row(tmp_path)

    assert found.cambi > 10
    assert found.decoded > 1
