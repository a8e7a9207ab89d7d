"""In which order test files are begun, and which of them stay together."""

from __future__ import annotations

from pathlib import Path

import pytest
from xdist.scheduler import LoadFileScheduling

SHARING = (
    ("e2e/test_trends", "e2e/test_webhooks"),
    ("e2e/test_faults", "e2e/test_publishing"),
    ("e2e/test_api", "e2e/test_videos", "e2e/test_sdks"),
)
"""Files that use the shared product. One process runs a line of them, so that the product is started once for each line."""

_LINE_OF = {name: line[0] for line in SHARING for name in line}

_FIRST = ("e2e/test_outages", *_LINE_OF, "e2e/test_many_publications", "e2e/test_demo", "e2e/test_providers")
"""Those that wait for half of their time, so that others work beside them, and then the longest."""

_LONG = (
    "e2e/test_templates", "e2e/test_fuzz", "providers/test_llm_openai", "align/test_precision", "render/test_film",
    "picture/test_legibility", "render/test_beside",
)  # fmt: skip
"""Others that nobody should begin with when the rest is done."""

_PLACES = {name: place for place, name in enumerate((*_FIRST, *_LONG))}


def shares(item: pytest.Item | None) -> bool:
    """Whether *item* uses the shared product."""
    return item is not None and _name(item.path) in _LINE_OF


def place_of(item: pytest.Item) -> int:
    """Lower is earlier; the short ones come last of all."""
    return _PLACES.get(_name(item.path), len(_PLACES) + (item.path.parent.name != "e2e"))


class InLines(LoadFileScheduling):
    """Gives a process whole files, and whole lines of those that share the product."""

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        return _LINE_OF.get(_name(Path(file)), file)


def _name(file: Path) -> str:
    """With its folder: there is more than one test_videos.py."""
    return f"{file.parent.name}/{file.stem}"
