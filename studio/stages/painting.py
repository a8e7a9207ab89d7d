"""Paint a scene with somebody's image model."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

from studio.errors import ProviderUnavailable
from studio.models.asset import Asset
from studio.models.script import Scene
from studio.models.timeline import Canvas
from studio.providers.fallback import first_of
from studio.providers.imagegen import ImageModel, PictureOrder
from studio.providers.storage import Storage
from studio.providers.till import Receipt, Till, call_key
from studio.stages.assets import take_in
from studio.stages.footage import Painter

STYLE: Final = "Editorial photograph, natural light, realistic, no text, no logos, no watermark."
"""The same for all scenes of a film, so that they look like one."""

PURCHASES: Final = 2
"""A picture whose file has vanished from the store is bought once more."""


def painter_of(models: Sequence[ImageModel], *, canvas: Canvas, storage: Storage, till: Till) -> Painter | None:
    """Who paints scenes for *canvas*: the first of *models* that does; None without one."""
    if not models:
        return None

    def paint(scene: Scene) -> Asset:
        order = PictureOrder(scene.visual, STYLE, canvas.width, canvas.height)
        asset, _ = first_of(models, lambda model: _bought(model, order, storage, till))
        return asset

    return paint


def _bought(model: ImageModel, order: PictureOrder, storage: Storage, till: Till) -> Asset:
    quote = model.quote(order)
    for attempt in range(PURCHASES):
        key = call_key(quote.key, attempt) if attempt else quote.key
        answer = till.buy(replace(quote, key=key), partial(_painted, model, order, storage))
        asset = Asset.model_validate(answer)
        if storage.touch(asset.key):
            return asset
    raise ProviderUnavailable("imagegen", model.name, "its pictures vanish from the store")


def _painted(model: ImageModel, order: PictureOrder, storage: Storage) -> Receipt:
    with tempfile.TemporaryDirectory(prefix="painting-") as folder:
        path = Path(folder) / "picture.png"
        units = model.paint(order, path)
        return Receipt(take_in(path, storage=storage, credit=model.credit).model_dump(mode="json"), units)
