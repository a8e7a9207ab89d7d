"""Credits in published texts: with the licence's address where there is room for it."""

from __future__ import annotations

import pytest

from studio.models.asset import Credit
from studio.providers.publish.wording import Room, fitted

WAVES = Credit(
    title="Waves",
    author="Ann",
    licence="CC BY 4.0",
    url="https://example.com/waves",
    licence_url="https://creativecommons.org/licenses/by/4.0/",
)
WHOLE = "Credits:\nWaves – Ann (CC BY 4.0, https://creativecommons.org/licenses/by/4.0/) https://example.com/waves"
WITHOUT_TERMS = "Credits:\nWaves – Ann (CC BY 4.0) https://example.com/waves"


@pytest.mark.parametrize(
    ("most", "expected"), [(len(WHOLE), WHOLE), (len(WHOLE) - 1, WITHOUT_TERMS), (50, "Credits: Ann")]
)
def test_a_text_credits_with_the_licences_address_as_far_as_it_fits(most: int, expected: str) -> None:
    room = Room(most=most, weigh=len)

    assert fitted("", room=room, credits=[WAVES], tags=(), is_synthetic=False, language="en").text == expected


def test_where_addresses_cost_money_there_are_none() -> None:
    room = Room(most=1_000, weigh=len, has_addresses=False)
    found = fitted("", room=room, credits=[WAVES], tags=(), is_synthetic=False, language="en")

    assert found.text == "Credits:\nWaves – Ann (CC BY 4.0)"
