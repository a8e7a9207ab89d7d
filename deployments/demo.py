"""What `make demo` makes a film about."""

from __future__ import annotations

TITLE = "為什麼會有潮汐？"
DESCRIPTION = """\
海水每天會悄悄漲上來，再慢慢退下去。
真正的推手是月亮。月亮的引力拉著海水，靠近月亮的那一面就鼓了起來。
地球的另一面也會鼓起來，所以地球自轉一圈，多數海岸早晚各有一次滿潮。
太陽也在拉，力道大約是月亮的46%。
新月和滿月的時候，太陽和月亮站在同一條線上，潮水漲得最高，叫做大潮。
"""


def demo_brief(title: str, description: str) -> tuple[str, str]:
    """The title and description of the film: the given ones, or ours when there is no title."""
    return (title, description) if title.strip() else (TITLE, DESCRIPTION)
