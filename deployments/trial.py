"""One small real call to a provider of each role, so that an operator knows before the first film."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from studio.models.trend import Platform
from studio.providers.footage import Wanted
from studio.providers.imagegen import PictureOrder
from studio.providers.llm import inference
from studio.providers.llm.inference import Question
from studio.providers.storage import store_file
from studio.providers.till import OpenTill, Quote
from studio.providers.trends import Look
from studio.settings import get_settings

TOPIC = "Moon"
QUESTION = Question("The Moon pulls on the sea. Why?", max_length=80)
PAINTING = PictureOrder("A full moon over the sea", "photograph", 1080, 1920)


def try_out(role: str, provider: Any) -> str:
    """
    What came of one call to *provider*, in a few words.

    A picture is really painted, a word is really said and X is really asked: that costs what it costs.

    Raises:
        ProviderError: the call failed, and why.
    """
    return _TRIALS[role](provider)


def quote_of(role: str, provider: Any) -> Quote | None:
    """What a call to *provider* would use; None for what nobody charges for."""
    if role == "llm":
        model = inference.catalog.open(provider.name)
        return model.quote(model.default, QUESTION)
    if role == "tts":
        quote: Quote | None = provider.quote("Moon.", voice=_english(provider))
        return quote
    return provider.quote(PAINTING) if role == "imagegen" else None


def _llm(provider: Any) -> str:
    model = inference.catalog.open(provider.name)

    async def answer() -> str:
        pieces = model.answer(model.default, QUESTION)
        return "".join([piece async for piece in pieces if isinstance(piece, str)])

    return f"answered {len(asyncio.run(answer()))} characters"


def _research(provider: Any) -> str:
    return f"found {provider.find(TOPIC, language='en', till=OpenTill()).title!r}"


def _tts(provider: Any) -> str:
    return f"said a word in {provider.speak('Moon.', voice=_english(provider)).duration:.1f} s"


def _english(provider: Any) -> Any:
    return next((voice for voice in provider.voices if voice.language == "en"), provider.voices[0])


def _footage(provider: Any) -> str:
    found = provider.search(Wanted("full moon over the sea", 1080, 1920, 3.0), till=OpenTill())
    return f"offered {len(found)} pictures and clips"


def _imagegen(provider: Any) -> str:
    with tempfile.TemporaryDirectory(prefix="trial-") as folder:
        provider.paint(PAINTING, Path(folder) / "moon.png")
    return "painted a picture"


def _music(provider: Any) -> str:
    return f"picked {provider.pick('calm', seed='doctor').credit.title!r}"


def _storage(provider: Any) -> str:
    with tempfile.TemporaryDirectory(prefix="trial-") as folder:
        path = Path(folder) / "trial.txt"
        path.write_text("video-system doctor", "utf-8")
        key = store_file(provider, path, kind="text").key
        provider.fetch(key)
        provider.delete(key)
    return "took, gave back and removed an object"


def _trends(provider: Any) -> str:
    look = Look(Platform.YOUTUBE, get_settings().trend_region, "en", (TOPIC,))
    return f"told of {len(provider.look(look, till=OpenTill()))} keywords"


def _publish(provider: Any) -> str:
    return "was not tried: what is published is seen"


def _embed(provider: Any) -> str:
    return f"compares texts by {provider.answers(['full moon']).shape[1]} numbers"


def _align(provider: Any) -> str:
    return "needs no call"


_TRIALS: dict[str, Callable[[Any], str]] = {
    "publish": _publish,
    "llm": _llm,
    "research": _research,
    "tts": _tts,
    "align": _align,
    "footage": _footage,
    "embed": _embed,
    "imagegen": _imagegen,
    "music": _music,
    "storage": _storage,
    "trends": _trends,
}
