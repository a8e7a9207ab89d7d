"""Client of the Auto Video Generation System."""

from video_system._async_client import AsyncVideoSystemClient
from video_system._client import VideoSystemClient
from video_system._errors import (
    BadRequest,
    Conflict,
    ConnectionFailed,
    Forbidden,
    NotAuthenticated,
    NotFound,
    RateLimited,
    ServerError,
    VideoFailed,
    VideoSystemError,
    WebhookInvalid,
)
from video_system._models import (
    Asset,
    Estimate,
    Event,
    InferenceResult,
    Model,
    Page,
    Profile,
    Task,
    TaskAccepted,
    Template,
    Video,
    Voice,
)
from video_system._webhooks import verify_webhook

__all__ = [
    "Asset",
    "AsyncVideoSystemClient",
    "BadRequest",
    "Conflict",
    "ConnectionFailed",
    "Estimate",
    "Event",
    "Forbidden",
    "InferenceResult",
    "Model",
    "NotAuthenticated",
    "NotFound",
    "Page",
    "Profile",
    "RateLimited",
    "ServerError",
    "Task",
    "TaskAccepted",
    "Template",
    "Video",
    "VideoFailed",
    "VideoSystemClient",
    "VideoSystemError",
    "Voice",
    "WebhookInvalid",
    "verify_webhook",
]
