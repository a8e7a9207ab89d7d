"""The parts of answers: plain dicts, whose keys a type checker knows. A later version may send more keys."""

from __future__ import annotations

from typing import TypedDict


class Failing(TypedDict):
    """Why something failed; *code* is stable."""

    code: str
    message: str


class Credit(TypedDict):
    """Whose work it is."""

    title: str
    author: str
    licence: str
    url: str
    licence_url: str


class Cost(TypedDict):
    """*amount* is None where a price is not known."""

    amount: float | None
    currency: str


class PaidCalls(TypedDict):
    """Calls to one model of one provider together."""

    role: str
    provider: str
    model: str
    calls: int
    units: dict[str, float]
    cost: float | None


class FilmCost(Cost):
    """What a video cost so far, and what for."""

    purchases: list[PaidCalls]


class Loudness(TypedDict):
    """How loud a film is."""

    lufs: float
    dbtp: float


class Film(TypedDict):
    """A finished video: sides in pixels, seconds, and whose pictures and music it shows."""

    width: int
    height: int
    duration: float
    loudness: Loudness
    credits: list[Credit]


class Links(TypedDict):
    """Where a video's things are."""

    self: str
    events: str
    script: str
    download: str | None
    preview: str | None


class CaptionsShown(TypedDict):
    """How captions were wished to look; None is as the template says."""

    style: str | None
    size: str | None
    position: str | None
    fill: str | None
    highlight: str | None
    outline: str | None


class BriefShown(TypedDict):
    """What was asked for; *assets* counts the own files."""

    title: str
    description: str
    script: str
    language: str | None
    voice: str | None
    template: str
    aspect: str
    resolution: str
    duration: int | None
    captions: CaptionsShown | None
    assets: int
    sources: list[str]
    research: bool
    footage: bool
    speed: float | None
    narration: bool
    trend: str | None
    review: bool


class SceneText(TypedDict):
    """What one scene says, and what it is to show."""

    narration: str
    role: str
    visual: str
    keywords: list[str]
    queries: list[str]


class Candidate(TypedDict):
    """A picture or clip that a scene could show."""

    name: str
    kind: str
    caption: str
    score: float
    width: int
    height: int
    duration: float
    page: str
    credit: Credit


class WebhookAttempt(TypedDict):
    """One try to send a message; *status* is None where nobody answered."""

    at: str
    status: int | None
    error: str
    took_ms: int


class RequestsUsed(TypedDict):
    """Requests of this hour."""

    used: int
    limit: int
    resets_in_s: int


class FilmsUsed(TypedDict):
    """Videos against the plan; *today* are those of the last 24 hours."""

    running: int
    running_limit: int
    waiting: int
    waiting_limit: int
    today: int
    daily_limit: int


class InferenceOutput(TypedDict):
    """What a model wrote."""

    text: str


class InferenceUsage(TypedDict):
    """What a model read and wrote."""

    input_tokens: int
    output_tokens: int


class TemplateField(TypedDict):
    """What a video's *fields* may fill; one whose *default* is None has to be given."""

    name: str
    default: str | None


class Headline(TypedDict):
    """What a page says about a keyword."""

    title: str
    url: str
    source: str


class DayFigure(TypedDict):
    """A figure of one day."""

    day: str
    value: float


class Series(TypedDict):
    """What one source counted, day by day."""

    source: str
    region: str
    unit: str
    kind: str
    points: list[DayFigure]


class Reading(TypedDict):
    """What one source said in a scan."""

    source: str
    state: str
    reason: str
    keywords: int
    took_ms: int
    observed_at: str


class PlatformLimits(TypedDict):
    """What a platform takes: seconds, pixels, bytes, ratios width to height; None is no limit."""

    shortest_s: float
    longest_s: float | None
    largest_bytes: int | None
    smallest_px: int
    largest_px: int | None
    lowest_ratio: float
    highest_ratio: float | None
    lowest_fps: float
    highest_fps: float | None
    visibilities: list[str]
    can_schedule: bool
    can_withdraw: bool
    words: dict[str, str]
