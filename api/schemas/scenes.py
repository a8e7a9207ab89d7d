"""Bodies of `/videos/{id}/scenes`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field, model_validator

from api.schemas.base import Action
from studio.models.asset import Credit


class ChooseShot(Action):
    """
    What a scene shows from now on: exactly one of the three.

    *candidate* is the name of something that was found for the scene, *asset* the id of an own picture or clip, and
    with *drawn* the scene is drawn.
    """

    candidate: Annotated[str, Field(min_length=1, max_length=300)] | None = None
    asset: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    drawn: Literal[True] | None = None

    @model_validator(mode="after")
    def _one(self) -> ChooseShot:
        if sum(choice is not None for choice in (self.candidate, self.asset, self.drawn)) != 1:
            raise ValueError("name exactly one of candidate, asset and drawn")
        return self


class CandidateShown(BaseModel):
    """Something that was found for a scene; *duration* in seconds, 0 for a picture. What scores 4 or more shows what is said."""

    name: str
    kind: Literal["image", "video"]
    caption: str
    score: float
    width: int
    height: int
    duration: float
    page: str
    credit: Credit


class SceneShot(BaseModel):
    """A scene, counted from 1: what is said, what is shown, and what else could be."""

    number: int
    narration: str
    shows: Literal["found", "painted", "own", "drawn"]
    taken: str
    """Name of what is shown, where it was found; empty else."""
    reason: str
    """Why nothing that was found is shown."""
    queries: list[str]
    candidates: list[CandidateShown]


class SceneShots(BaseModel):
    """All scenes of a film, in order."""

    scenes: list[SceneShot]
