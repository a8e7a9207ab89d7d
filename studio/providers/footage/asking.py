"""How sources are asked and their files fetched: what is the same for all of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final, Literal

from pydantic import ValidationError

from studio.errors import ProviderRejected, ProviderUnavailable
from studio.models.footage import Candidate
from studio.providers.fields import rows_of
from studio.providers.footage import CACHED_S, Wanted
from studio.providers.footage.renditions import MOST_BYTES, Kind, Offer, kind_of_file
from studio.providers.till import Quote, Receipt, Till, call_key
from studio.providers.vendor import Vendor

Shape = Literal["portrait", "landscape", "square"]

LONGEST_QUERY: Final = 100
"""Characters. Source: pixabay.com/api/docs, `q`; the others take more."""

ANSWER_VERSION: Final = 1
"""Counts up when `Offer` changes, so that no answer is read that was kept in another shape."""

SEARCH_S: Final = 20.0
FETCH_S: dict[Kind, float] = {"video": 180.0, "image": 60.0}


def ask(
    vendor: Vendor,
    kind: Kind,
    wanted: Wanted,
    *,
    till: Till,
    search: Callable[[str, Shape], Iterable[Offer]],
) -> list[Offer]:
    """
    What *vendor* offers of *kind*, kept for a day.

    The query and the canvas's shape make the key, its size does not: all renditions are kept, so that another
    resolution asks nothing again. A query without a word asks nothing at all.
    """
    query, shape = words_of(wanted.query), shape_of(wanted)
    if not query:
        return []
    quote = Quote(
        role="footage",
        provider=vendor.name,
        model="",
        key=call_key("footage", ANSWER_VERSION, vendor.name, vendor.root, kind, query, shape),
        units={"requests": 1},
        fresh_s=CACHED_S,
        address=vendor.root,
    )
    answer = till.buy(quote, lambda: _receipt(search(query, shape)))
    try:
        return [Offer.model_validate(each) for each in rows_of(answer)]
    except ValidationError as error:
        raise ProviderUnavailable("footage", vendor.name, "its kept answer is of another shape") from error


def fetch_file(vendor: Vendor, candidate: Candidate, into: Path) -> None:
    """
    Save the file of *candidate*, which has to be what it was offered as. None of our sources wants to be told.

    Raises:
        ProviderUnavailable: it is gone, too large or something else: another candidate may do.
    """
    kind = candidate.kind
    try:
        vendor.download(candidate.url, into, max_bytes=MOST_BYTES[kind], timeout_s=FETCH_S[kind])
    except ProviderRejected as error:
        raise ProviderUnavailable("footage", vendor.name, f"{candidate.name} is not there any more") from error
    if kind_of_file(into) != kind:
        into.unlink()
        raise ProviderUnavailable("footage", vendor.name, f"{candidate.name} is no {kind}, or of a kind we do not take")


def words_of(query: str) -> str:
    """The words of *query* alone: to some searches, signs between them are orders."""
    words = re.sub(r"[\W_]+", " ", query).split()
    while words and len(" ".join(words)) > LONGEST_QUERY:
        words.pop()
    return " ".join(words)


def shape_of(wanted: Wanted) -> Shape:
    """The canvas's shape, in the words that most sources use."""
    if wanted.width == wanted.height:
        return "square"
    return "portrait" if wanted.is_upright() else "landscape"


def _receipt(offers: Iterable[Offer]) -> Receipt:
    return Receipt([offer.model_dump(mode="json") for offer in offers], {"requests": 1})
