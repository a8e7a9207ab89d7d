"""What a layout draws with: the canvas's grid, the film's colours, the scene's length."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from studio.models.shot import GroundName
from studio.picture.compositor import Frame, Rectangle, Sprite, blit
from studio.picture.geometry import Grid
from studio.picture.palettes import Palette
from studio.timebase import to_seconds

DRIFT_U = 2.4
"""Content rises this many u a second against the still world, so that no frame equals the one before."""


@dataclass(frozen=True)
class Stage:
    """Where and when a scene is drawn; *position* is its number and how many there are."""

    grid: Grid
    palette: Palette
    frames: int
    kicker: str = ""
    position: tuple[int, int] = (1, 1)
    ground: GroundName = "deep"
    logo: Path | None = None
    """A brand's sign as a PNG."""

    @property
    def duration(self) -> float:
        """Seconds on screen."""
        return max(to_seconds(self.frames), 1 / 30)

    def moment(self, frame: Frame, index: int, *, settle: float = 0.0) -> Moment:
        """Frame number *index*, about to be drawn into *frame*; the drift begins after *settle* seconds."""
        t = to_seconds(index)
        return Moment(frame, index, t, -DRIFT_U * self.grid.unit * max(0.0, t - settle))


@dataclass(frozen=True)
class Moment:
    """One frame while it is drawn: *t* seconds into the scene, content shifted by *drift* px."""

    frame: Frame
    index: int
    t: float
    drift: float

    def place(
        self,
        sprite: Sprite,
        x: float,
        y: float,
        *,
        scale: float = 1.0,
        turn: float = 0.0,
        opacity: float = 1.0,
        clip: Rectangle | None = None,
    ) -> None:
        """Draw *sprite* centred at (x, y) of the content, which drifts; *clip* drifts along."""
        if clip:
            clip = clip[0], clip[1] + self.drift, clip[2], clip[3] + self.drift
        blit(self.frame, sprite, x, y + self.drift, scale=scale, turn=turn, opacity=opacity, clip=clip)

    def fix(self, sprite: Sprite, x: float, y: float, *, opacity: float = 1.0, clip: Rectangle | None = None) -> None:
        """Draw *sprite* centred at (x, y) of the canvas, which stands still."""
        blit(self.frame, sprite, x, y, opacity=opacity, clip=clip)
