"""What sources of pictures and clips offer for a scene, and what was taken."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field

from studio.models.asset import Asset, Credit
from studio.models.base import Model

PAINTED: Final = "painted"
DRAWN: Final = "drawn"
"""What `SceneFootage.taken` says where no candidate was taken: an image model's picture, or drawn by choice."""


class Candidate(Model):
    """
    A picture or clip that a source offers, in its best rendition for the canvas.

    *caption* is what the source says of it in English: title, tags, description. *duration* is in seconds, 0 for a
    picture. *ping* is an address that the source wants asked when the file is taken.
    """

    source: str
    id: str
    kind: Literal["image", "video"]
    url: str
    width: Annotated[int, Field(gt=0)]
    height: Annotated[int, Field(gt=0)]
    duration: Annotated[float, Field(ge=0)] = 0.0
    caption: str
    page: str = ""
    ping: str = ""
    credit: Credit

    @property
    def name(self) -> str:
        """As "source/id": equal names are the same picture or clip."""
        return f"{self.source}/{self.id}"


class Scored(Model):
    """A candidate and how well it fits the scene: the standard scores above what any picture would have."""

    candidate: Candidate
    score: float


class SceneFootage(Model):
    """
    What was found for a scene, the best first; *taken* is the name of what is shown instead of what else there were.

    It is a candidate's name, "own/" with the id of an own file, PAINTED, DRAWN, or empty where nothing was taken.
    *asset* is the file of what was taken, *reason* says why nothing was.
    """

    queries: tuple[str, ...] = ()
    found: tuple[Scored, ...] = ()
    taken: str = ""
    asset: Asset | None = None
    reason: str = ""


class Footage(Model):
    """One entry a scene, in order."""

    scenes: tuple[SceneFootage, ...]
    warnings: tuple[str, ...] = ()
