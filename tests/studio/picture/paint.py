"""Shots and measurements that the tests of drawn pictures share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from studio.models.shot import DrawnShot, GroundName
from studio.models.timeline import Canvas
from studio.picture.scene import open_drawn

TALL, WIDE, SQUARE = Canvas(width=270, height=480), Canvas(width=480, height=270), Canvas(width=270, height=270)
PORTRAIT = Canvas(width=272, height=340)

SHOTS: dict[str, tuple[GroundName, dict[str, Any]]] = {
    "title": ("deep", {"text": "夕陽為什麼是紅色的？", "emphasis": "紅色", "icon": "sunset"}),
    "illustration": (
        "deep",
        {
            "text": "土星的環正在消失",
            "emphasis": "正在消失",
            "hero": "ringed-planet",
            "parts": [
                {"icon": "snowflake", "label": "冰粒"},
                {"icon": "rock", "label": "岩塵"},
                {"icon": "magnet", "label": "引力"},
            ],
        },
    ),
    "number": (
        "vivid",
        {"label": "海洋覆蓋地球表面的", "value": "71", "unit": "%", "ratio": 0.71, "note": "人類還沒看過"},
    ),
    "list": (
        "paper",
        {
            "text": "睡前別做的三件事",
            "emphasis": "別做",
            "entries": [
                {"icon": "mobile-phone", "head": "滑手機", "note": "藍光壓低褪黑激素", "start": 0.2},
                {"icon": "hot-beverage", "head": "喝咖啡", "note": "咖啡因 5 小時才減半", "start": 0.6},
                {"icon": "running-shoe", "head": "劇烈運動", "start": 1.0},
            ],
        },
    ),
    "comparison": (
        "deep",
        {
            "text": "一杯有多少糖？",
            "emphasis": "糖",
            "sides": [
                {"name": "珍珠奶茶", "icon": "bubble-tea", "amount": 62, "shown": "62公克", "start": 0.3},
                {"name": "可樂", "icon": "cup-with-straw", "amount": 35, "shown": "35公克", "start": 0.8},
            ],
        },
    ),
    "quote": ("paper", {"text": "學而不思則罔，思而不學則殆。", "speaker": "孔子", "start": 0.3}),
    "timeline": (
        "deep",
        {
            "text": "Trains got faster",
            "emphasis": "faster",
            "icon": "high-speed-train",
            "steps": [
                {"when": "1825", "text": "Steam in England", "start": 0.3},
                {"when": "1964", "text": "Shinkansen in Japan", "start": 0.9},
                {"when": "2007", "text": "High speed rail in Taiwan", "start": 1.5},
            ],
        },
    ),
    "chart": (
        "deep",
        {
            "text": "How many of us are there?",
            "emphasis": "us",
            "unit": "Billion people",
            "bars": [
                {"label": "1950", "amount": 2.5, "shown": "2.5", "start": 0.3},
                {"label": "1987", "amount": 5, "shown": "5", "start": 0.8},
                {"label": "2022", "amount": 8, "shown": "8", "start": 1.3},
            ],
        },
    ),
    "end": (
        "vivid",
        {
            "name": "一分鐘科學",
            "tag": "每天一個好問題，一分鐘說清楚",
            "call": "追蹤",
            "icon": "microscope",
            "credit": "圖示 Fluent Emoji　字型 Noto Sans TC / Outfit　語音 AI 合成",
        },
    ),
}


def shot(layout: str, palette: str = "space", **changes: Any) -> DrawnShot:
    """A shot of *layout*, its content changed by *changes*."""
    ground, content = SHOTS[layout]
    return DrawnShot(
        layout=layout,
        palette=palette,
        ground=changes.pop("ground", ground),
        kicker=changes.pop("kicker", "科學"),
        position=(2, 5),
        content={**content, **changes},
    )


def luma(drawn: DrawnShot, canvas: Canvas, index: int, *, frames: int = 90) -> npt.NDArray[np.int16]:
    """Y of frame *index*, (H, W)."""
    return lumas(drawn, canvas, [index], frames=frames)[0]


def lumas(drawn: DrawnShot, canvas: Canvas, indices: Iterable[int], *, frames: int = 90) -> list[npt.NDArray[np.int16]]:
    """Y of each of the frames *indices*, (H, W): opening a scene takes longer than drawing many of its frames."""
    source, pixels = open_drawn(drawn, canvas, frames=frames), canvas.width * canvas.height
    buffers = (np.asarray(source.draw(index)) for index in indices)
    return [buffer[:pixels].reshape(canvas.height, canvas.width).astype(np.int16) for buffer in buffers]
