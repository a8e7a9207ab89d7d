"""Write the plain client and transport out of the asynchronous ones: `python sdk/python/generate.py`."""

from __future__ import annotations

import re
from pathlib import Path

FOLDER = Path(__file__).parent / "video_system"
TWINS = {
    "_async_client.py": "_client.py",
    "_async_publishing.py": "_publishing.py",
    "_async_trends.py": "_trends.py",
    "_async_transport.py": "_transport.py",
}

REPLACED = (
    (r"import asyncio\n", ""),
    (r"await asyncio\.sleep", "time.sleep"),
    (r"await asyncio\.to_thread\((\S+), (\w+)\)", r"\1(\2)"),
    (r"\basync with\b", "with"),
    (r"\basync for\b", "for"),
    (r"\basync def\b", "def"),
    (r"\bawait ", ""),
    (r"__aenter__", "__enter__"),
    (r"__aexit__", "__exit__"),
    (r"\baclose\b", "close"),
    (r"\baread\b", "read"),
    (r"\baiter_", "iter_"),
    (r"\bAsyncIterator\b", "Iterator"),
    (r"\basynccontextmanager\b", "contextmanager"),
    (r"httpx2\.AsyncClient", "httpx2.Client"),
    (r"httpx2\.AsyncBaseTransport", "httpx2.BaseTransport"),
    (r"_async_(?=(?:publishing|transport|trends)\b)", "_"),
    (r"\bAsync(?=Video|Connection|Transport)", ""),
)


def plain(source: str) -> str:
    """*source* without anything asynchronous."""
    for pattern, text in REPLACED:
        source = re.sub(pattern, text, source, flags=re.MULTILINE)
    if "time.sleep" in source and "import time\n" not in source:
        source = source.replace("from collections.abc", "import time\nfrom collections.abc", 1)
    return source.replace('"""\n', '"""\n\n# Written by sdk/python/generate.py; change the asynchronous one.\n', 1)


def main() -> None:
    """Write all of them."""
    for name, twin in TWINS.items():
        (FOLDER / twin).write_text(plain((FOLDER / name).read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
