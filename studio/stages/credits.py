"""Who made what is in a film."""

from __future__ import annotations

from studio.models.asset import Asset, Credit
from studio.models.narration import Narration
from studio.models.shot import ClipShot, DrawnShot, PictureShot, Shots

DRAWN = (
    Credit(title="Fluent Emoji", author="Microsoft", licence="MIT", url="https://github.com/microsoft/fluentui-emoji"),
    Credit(title="Outfit", author="The Outfit Project Authors", licence="OFL-1.1", url="https://outfit.io"),
)
FONT = Credit(title="Noto Sans TC", author="Adobe and Google", licence="OFL-1.1", url="https://fonts.google.com/noto")


def credits_of(narration: Narration, shots: Shots, music: Asset | None) -> tuple[Credit, ...]:
    """Credits of everything that is seen and heard, each once, in order of appearance."""
    found: list[Credit | None] = [recording.credit for recording in narration.recordings]
    for planned in shots.shots:
        if isinstance(planned.shot, DrawnShot):
            found += DRAWN
        elif isinstance(planned.shot, PictureShot):
            found.append(planned.shot.picture.credit)
        elif isinstance(planned.shot, ClipShot):
            found.append(planned.shot.clip.credit)
    found += [FONT, music.credit if music else None]
    return tuple(dict.fromkeys(credit for credit in found if credit))
