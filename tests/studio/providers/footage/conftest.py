from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.media import make_clip, make_picture
from tests.support.stock import stock_server, stock_variables
from tests.support.vendor import VendorServer
from tests.support.works import StockItem


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A tiny file of each form."""
    folder = tmp_path_factory.mktemp("stock")
    clip = make_clip(folder / "waves.mp4", size=(36, 64), seconds=0.2)
    return {
        "mp4": clip,
        "webm": make_clip(folder / "waves.webm", size=(36, 64), seconds=0.2, options=("-c:v", "libvpx")),
        "jpg": make_picture(folder / "waves.jpg", size=(36, 64)),
        "png": make_picture(folder / "waves.png", size=(36, 64)),
    }


@pytest.fixture(scope="session")
def library(files: dict[str, Path]) -> list[StockItem]:
    """Two clips and two pictures of the sea, and something else."""
    return [
        StockItem("waves crashing on rocks", files["webm"], "video", 1080, 1920, 12.0, "Ann Lee", "CC BY 3.0"),
        StockItem("calm ocean waves", files["mp4"], "video", 1080, 1920, 3.0, "Bo", "CC BY-SA 4.0"),
        StockItem("ocean waves at dusk", files["jpg"], "image", 3000, 4500, author="Cy", licence="CC0"),
        StockItem("waves from above", files["png"], "image", 1620, 1920, author="Di", licence="CC BY 4.0"),
        StockItem("a red bus", files["jpg"], "image", 3000, 4500),
    ]


@pytest.fixture
def server(library: list[StockItem], monkeypatch: pytest.MonkeyPatch) -> Iterator[VendorServer]:
    with stock_server(library) as found:
        point_at(found, monkeypatch)
        yield found


def point_at(server: VendorServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Send all sources to *server*, and give them little time."""
    for name, value in stock_variables(server).items():
        monkeypatch.setenv(name, value)
    for module in ("footage.pexels", "footage.pixabay", "footage.commons", "openverse"):
        monkeypatch.setattr(f"studio.providers.{module}.SEARCH_S", 0.5)
    monkeypatch.setattr("studio.providers.footage.asking.FETCH_S", {"video": 0.5, "image": 0.5})
