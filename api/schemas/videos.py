"""Bodies of `/videos`."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    Field,
    StrictBool,
    ValidationInfo,
    field_validator,
)
from pydantic_core import PydanticCustomError

from api.runstates import Status
from api.schemas.base import Action
from api.schemas.costs import FilmCost
from api.schemas.targets import PublishTarget
from api.schemas.text import HookUrl, Line, Tags, Word
from studio.models.asset import Credit
from studio.models.brief import Aspect, Brief, Duration, FieldValues, Narration, PageUrl, Resolution, Speed, Text, Title
from studio.models.captions import CaptionWish
from studio.models.rendition import Loudness, Rendition
from studio.models.script import SceneRole

LONGEST_SCRIPT = 20_000
Variant = Literal["video", "srt", "vtt", "poster", "animation", "preview", "thumbnails", "script", "credits"]


AssetId = Annotated[str, Field(max_length=100)]

Query = Annotated[Line, Field(min_length=1, max_length=60)]


class MakeVideo(Action):
    """
    A film to make; *title* is required, or *trend*: a keyword of `/trends`, whose headlines and summary the script may use.

    *script* is said word for word, a scene a paragraph; without one a script is written from *title* and
    *description*. *captions* changes what the template says of them. *assets* are ids of own pictures and clips
    (`/assets`), in the order of the scenes; null leaves a scene's picture to us. With
    *review* the film waits, once its script is written, for `POST /videos/{id}/approve`. *webhook_url* is told
    what happens to this film, beside the account's webhooks. *fields* fill the template's merge fields. *publish* is where it goes when it is done.
    """

    trend: Annotated[Line, Field(min_length=1, max_length=200)] | None = None
    # After the trend: that gives a film its title where nothing else does.
    title: Annotated[Title | None, Field(validate_default=True)] = None
    description: Text = ""
    script: Text = ""
    language: Annotated[str, Field(max_length=35)] | None = None
    voice: Annotated[str, Field(max_length=100)] | None = None
    template: Annotated[str, Field(max_length=100)] = "explainer"
    aspect: Aspect = Aspect.VERTICAL
    resolution: Resolution = Resolution.P1080
    duration: Duration | None = None
    captions: CaptionWish | None = None
    assets: Annotated[tuple[AssetId | None, ...], Field(max_length=50)] = ()
    sources: Annotated[tuple[PageUrl, ...], Field(max_length=5)] = ()
    research: StrictBool = False
    footage: StrictBool = True
    speed: Speed | None = None
    narration: AssetId | None = None
    fields: FieldValues = Field({})
    tags: Tags = ()
    review: bool = False
    webhook_url: HookUrl | None = None
    publish: Annotated[tuple[PublishTarget, ...], Field(max_length=10)] = ()

    @field_validator("title")
    @classmethod
    def _given(cls, title: str | None, info: ValidationInfo) -> str | None:
        if title is None and not info.data.get("trend"):
            raise PydanticCustomError("missing", "Field required, unless there is a trend")
        return title

    def brief(self, *, title: str, assets: tuple[str | None, ...], narration: str | None) -> Brief:
        """The brief that this request stands for, with the object keys of its *assets* and *narration*."""
        own = {"title", "tags", "assets", "narration", "webhook_url", "publish"}
        return Brief(**self.model_dump(exclude=own), title=title, assets=assets, narration=narration)


class ChangeVideo(Action):
    """What to change; what is left out stays."""

    title: Title | None = None
    tags: Tags | None = None


class SceneText(Action):
    """What is said while one picture is on screen; *visual* and *keywords* are found from it when empty.

    *queries* are what footage is looked for with, in English.
    """

    narration: Narration
    role: SceneRole = "body"
    visual: Annotated[Line, Field(max_length=500)] = ""
    keywords: Annotated[tuple[Word, ...], Field(max_length=8)] = ()
    queries: Annotated[tuple[Query, ...], Field(max_length=3)] = ()


def _short_enough(scenes: tuple[SceneText, ...]) -> tuple[SceneText, ...]:
    if sum(len(scene.narration) for scene in scenes) > LONGEST_SCRIPT:
        raise ValueError(f"must not be longer than {LONGEST_SCRIPT} characters together")
    return scenes


class ChangeScript(Action):
    """All scenes of a script, in order; together as long as a brief's script may be."""

    scenes: Annotated[tuple[SceneText, ...], Field(min_length=1, max_length=200), AfterValidator(_short_enough)]


class SceneShown(BaseModel):
    """What is said while one picture is on screen."""

    narration: str
    role: SceneRole
    visual: str
    keywords: list[str]
    queries: list[str] = []


class ScriptShown(BaseModel):
    """A script: written, and perhaps changed."""

    title: str
    language: str
    written_by: str
    scenes: list[SceneShown]
    warnings: list[str]


class Failing(BaseModel):
    """Why a film was not made; *code* is the stable part."""

    code: str
    message: str


class FilmShown(BaseModel):
    """What was measured on a finished film; *duration* in seconds, width and height in pixels."""

    width: int
    height: int
    duration: float
    loudness: Loudness
    credits: list[Credit]

    @classmethod
    def of(cls, rendition: Rendition) -> FilmShown:
        """What is shown of a rendition."""
        return cls.model_validate(rendition.model_dump(include=set(cls.model_fields)))


class BriefShown(BaseModel):
    """What was asked for."""

    title: str
    description: str
    script: str
    language: str | None
    voice: str | None
    template: str
    aspect: Aspect
    resolution: Resolution
    duration: int | None
    captions: CaptionWish | None
    assets: int
    """How many own pictures and clips."""
    sources: list[str]
    research: bool
    footage: bool
    speed: float | None
    narration: bool
    """Whether an own recording is said."""
    trend: str | None
    review: bool

    @classmethod
    def of(cls, brief: Brief) -> BriefShown:
        """What is shown of a brief: object keys stay ours."""
        shown = brief.model_dump(exclude={"assets", "narration"})
        return cls(**shown, assets=sum(key is not None for key in brief.assets), narration=brief.narration is not None)


class Links(BaseModel):
    """Where to go on; *download* is there when the film is, *preview* as soon as its beginning can be watched."""

    self: str
    events: str
    script: str
    download: str | None
    preview: str | None


class VideoShown(BaseModel):
    """A film; *progress* 0 to 100, *video* there when it is completed, *error* when it failed, *cost* what it cost so far."""

    id: str
    title: str
    status: Status
    stage: str
    progress: int
    error: Failing | None
    brief: BriefShown
    tags: list[str]
    warnings: list[str]
    video: FilmShown | None
    cost: FilmCost = FilmCost()
    links: Links
    webhook_url: str | None
    created_at: datetime
    started_at: datetime | None
    completed_at: datetime | None


class Estimate(BaseModel):
    """
    What a film would take; *seconds* of work and *duration* of film.

    *cost* is what providers charge, by what the latest films came to; null before there are any whose prices are known.
    """

    seconds: int
    duration: int
    cost: float | None
    currency: Literal["USD"] = "USD"
    warnings: list[str]


class DownloadLink(BaseModel):
    """An address that works without an account until *expires_at*."""

    url: str
    expires_at: datetime


class ThumbnailLink(DownloadLink):
    """A frame of the film, *at* seconds; *score* 0 to 1 says how sharp, rich in contrast and unlike the others it is."""

    at: float
    score: float


class ThumbnailList(BaseModel):
    """Frames that may stand for the film, the best first."""

    thumbnails: list[ThumbnailLink]


class CreditList(BaseModel):
    """Who made what the film is made of."""

    credits: list[Credit]
