"""`/ai`: models, and what they answer."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from api import ai
from api.deps import CurrentUser
from api.envelope import Envelope, ok
from api.messages import language_for
from api.schemas.ai import AiModels, Inference, InferenceResult, ModelType

router = APIRouter(prefix="/ai", tags=["ai"])

EVENTS = {"X-Accel-Buffering": "no", "Cache-Control": "no-cache"}
"""Keep a proxy from holding events back."""

_EVENT = {
    "type": "object",
    "properties": {"event": {"enum": ["delta", "done", "error"]}, "data": {"type": "string"}},
    "required": ["event", "data"],
}
_STREAM = {200: {"content": {"text/event-stream": {"itemSchema": _EVENT}}}}


@router.get("/models")
async def list_models(request: Request, _user: CurrentUser, type: ModelType | None = None) -> Envelope[AiModels]:
    """The models of this installation; `model_1` is the default for texts."""
    return ok(request, AiModels(models=await ai.list_models(type)))


@router.post("/inference", response_model=Envelope[InferenceResult], responses=_STREAM)  # type: ignore[arg-type]
async def infer(request: Request, body: Inference, user: CurrentUser) -> Envelope[InferenceResult] | StreamingResponse:
    """
    Let a model answer a text.

    With `"stream": true` the answer is `text/event-stream`: events `delta` (`{"text"}`), at the end `done`
    (`{"model_id", "usage", "latency_ms"}`), or `error` when the model fails after the first word.
    """
    if not body.stream:
        return ok(request, await ai.infer(body, owner=user))
    language = language_for(request)
    events = await ai.begin_stream(body, language, owner=user)
    return StreamingResponse(events, media_type="text/event-stream", headers=EVENTS)
