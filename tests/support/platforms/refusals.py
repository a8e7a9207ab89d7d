"""Refusals that belong to a protocol, apart from those that tell of a mistake."""

from __future__ import annotations

from tests.support.platforms.server import Platform, Refused, Said

WITHIN = "within the protocol"


class Tolerated(Refused):
    """What is asked is no mistake: a token has ended, an address has expired."""

    def __init__(self, said: Said) -> None:
        super().__init__(said, WITHIN)


def mistakes(platform: Platform) -> list[str]:
    """What was refused although the protocol forbids to ask it."""
    return [each for each in platform.refused if not each.endswith(WITHIN)]
