"""How well a picture or clip fits what is said."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from studio.providers.embed import Embedder

THRESHOLD: Final = 4.0
"""
Below this a picture has to do with the scene no more than many others. On the labelled set of `bench/relevance.py`
19 of 20 that pass are right, and 9 of 10 of the right ones pass.
"""

BACKGROUND: Final = """\
businesswoman talking on the phone in an office
aerial view of a city at night with traffic
family having dinner at home
woman doing yoga on a mat
hands typing on a laptop keyboard
coffee cup on a wooden table
dog running on the grass
mountain landscape with clouds
waves on a tropical beach
children playing in a park
chef cooking in a restaurant kitchen
doctor talking to a patient
close up of a blooming flower
abstract blue particles background
forest with sunlight through the trees
couple walking hand in hand at sunset
construction workers at a building site
crowd of people crossing the street
cat looking out of the window
man working out in a gym
empty road through the desert
snow falling on a small village
fruit and vegetables at a market stall
teenager using a smartphone
old man reading a newspaper
students in a classroom
airplane flying above the clouds
sailing boat on a calm lake
fireworks in the night sky
wedding couple dancing
green screen background animation
stock market data on a screen
rain drops on a window
river flowing through a valley
modern architecture with glass facade
musician playing the guitar
farmer driving a tractor
candles burning in a dark room
factory production line with machines
bicycle parked on an old street
horse standing in a field
woman shopping for clothes
birds flying over the sea
scientist working in a laboratory
books on a library shelf
drone shot of a bridge over a river
street food being prepared at night
baby sleeping in a crib
soccer players on a field
antique clock on a wall""".splitlines()
"""What stock footage shows all the time: any query is a little like these, and some queries more than others."""


def relevance(queries: Sequence[str], captions: Sequence[str], *, embedder: Embedder) -> NDArray[np.float32]:
    """
    A score for each of *captions*: how many standard deviations it is nearer to a query than BACKGROUND is.

    Cosines of sentence embeddings lie close together, and where they lie differs from query to query: only a
    comparison says something. The best of the *queries* counts. All texts in English, where the model is good.

    Returns:
        float32, (len(captions),).
    """
    if not queries or not captions:
        return np.zeros(len(captions), dtype=np.float32)
    asked = embedder.questions(queries)
    usual = _background(embedder) @ asked.T
    near = embedder.answers(captions) @ asked.T
    scores: NDArray[np.float32] = ((near - usual.mean(axis=0)) / usual.std(axis=0)).max(axis=1)
    return scores


@lru_cache(maxsize=4)
def _background(embedder: Embedder) -> NDArray[np.float32]:
    return embedder.answers(BACKGROUND)
