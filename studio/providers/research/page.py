"""The text of a page that a creator names, out of whatever stands around it."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path

from studio import web
from studio.errors import DownloadFailed
from studio.models.research import Source

MOST_BYTES = 2 << 20
"""An article of a newspaper has a fifth of it; the worst page of this size takes four seconds to read."""

TIMEOUT_S = 15.0
MOST_CHARS = 20_000
FEWEST_CHARS = 80
"""Less is a cookie notice."""

MOST_TITLE_CHARS = 200
PAGES = ("text/html", "application/xhtml+xml")
TEXTS = ("text/plain", "text/markdown")


def read_page(url: str, *, field: str = "sources") -> Source:
    """
    Title and main text of the page at *url*, as plain text in its own language.

    Raises:
        AddressRefused: not a public web address.
        DownloadFailed: no page, too large a page, or one without text.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "page"
        fetched = web.download(url, file, max_bytes=MOST_BYTES, timeout_s=TIMEOUT_S, field=field)
        content = file.read_bytes()
    if fetched.media_type not in PAGES + TEXTS or b"\x00" in content:
        raise DownloadFailed("is no page of text", field=field)
    title, text = _article(content, field) if fetched.media_type in PAGES else ("", _decoded(content))
    text = text.strip()[:MOST_CHARS]
    if len(text) < FEWEST_CHARS:
        raise DownloadFailed("has no text that could be read", field=field)
    return Source(
        title=" ".join(title.split())[:MOST_TITLE_CHARS] or fetched.url,
        url=fetched.url,
        text=text,
        retrieved=datetime.now(UTC).date(),
    )


def _article(content: bytes, field: str) -> tuple[str, str]:
    from lxml.etree import LxmlError
    from trafilatura import extract, extract_metadata, load_html

    try:
        tree = load_html(content)
        if tree is None:
            return "", ""
        known = extract_metadata(tree)
        text = extract(tree, include_comments=False, include_tables=False, with_metadata=False)
    except (LxmlError, ValueError, TypeError, AttributeError, LookupError, AssertionError, RecursionError) as error:
        raise DownloadFailed("is no page that can be read", field=field) from error
    title = (known.title if known else "") or ""
    # The heading is the title once more.
    return title, (text or "").removeprefix(title)


def _decoded(content: bytes) -> str:
    return content.decode("utf-8", "replace")
