"""RSS and Atom, read so that a hostile document can do nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import islice
from typing import Any, Final

from studio.errors import ProviderUnavailable
from studio.providers.vendor import Vendor

MOST_ENTRIES: Final = 200
ROOTS: Final = ("rss", "feed", "RDF")
"""RSS 0.9x and 2.0; Atom; RSS 1.0."""

ENTRIES: Final = ("item", "entry")

Element = Any
"""An lxml element: the library has no types."""


def read_entries(vendor: Vendor, content: bytes) -> list[Element]:
    """
    The first entries of the feed *content*, as many as MOST_ENTRIES.

    No entity is replaced, nothing is loaded from elsewhere, and a document that declares a type of its own is refused:
    entities inside attributes would be replaced otherwise.

    Raises:
        ProviderUnavailable: it is no feed.
    """
    root = _parsed(content)
    if root is None or _name(root) not in ROOTS:
        raise ProviderUnavailable(vendor.role, vendor.name, "its answer was no feed")
    return list(islice((each for each in root.iter() if _name(each) in ENTRIES), MOST_ENTRIES))


def children(element: Element, name: str) -> Iterator[Element]:
    """What is called *name* right inside *element*, in whatever namespace."""
    return (child for child in element if _name(child) == name)


def said(element: Element, *names: str) -> str:
    """The text of the first child that is called one of *names*, tried in this order; empty where none is."""
    found = (child for name in names for child in children(element, name))
    return next((text for child in found if (text := "".join(child.itertext()).strip())), "")


def link_of(entry: Element) -> str:
    """Where an entry leads: RSS says it in text, Atom in an attribute."""
    for link in children(entry, "link"):
        if link.get("rel", "alternate") == "alternate" and (where := link.get("href") or (link.text or "").strip()):
            return str(where)
    return ""


def moment_of(entry: Element) -> datetime | None:
    """When an entry was published; None where it does not say so, or not readably."""
    text = said(entry, "pubDate", "published", "updated", "date")
    for read in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            moment = read(text)
            return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
        except (ValueError, TypeError, OverflowError):
            continue
    return None


def _parsed(content: bytes) -> Element | None:
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(content.lstrip(), parser)
    except (etree.LxmlError, ValueError):
        return None
    return None if root.getroottree().docinfo.internalDTD is not None else root


def _name(element: Element) -> str:
    """The name without its namespace; entities that were left alone have none."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""
