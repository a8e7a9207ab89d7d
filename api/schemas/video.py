"""Bodies of `/video`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from api.schemas.base import Action
from studio.models.brief import Brief, Duration, Resolution, Text, Title


class VideoSettings(Action):
    """Length in seconds, size and container of the film."""

    duration: Duration | None = None
    resolution: Resolution = Resolution.P1080
    format: Literal["mp4"] = "mp4"


class GenerateVideo(Action):
    """A film to make; only *title* is required."""

    title: Title
    description: Text = ""
    template: Annotated[str, Field(max_length=100)] = "explainer"
    settings: VideoSettings = VideoSettings()

    def brief(self) -> Brief:
        """The brief that this request stands for."""
        return Brief(
            title=self.title,
            description=self.description,
            template=self.template,
            duration=self.settings.duration,
            resolution=self.settings.resolution,
        )


class TaskAccepted(BaseModel):
    """A film that will be made; *estimated_time* in seconds."""

    task_id: str
    status: str
    estimated_time: int


class TaskStatus(BaseModel):
    """How far a film is; *video_url* is there when it is completed."""

    task_id: str
    status: str
    progress: int
    video_url: str | None
