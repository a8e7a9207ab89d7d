"""Bodies of `/ai`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field, StrictBool

from api.schemas.base import Action
from studio.models.brief import Text

ModelType = Literal["text_generation", "speech", "image_generation"]


class AiModel(BaseModel):
    """A model; *status* is what it was within the last minute."""

    id: str
    name: str
    type: ModelType
    status: Literal["available", "unavailable"]


class AiModels(BaseModel):
    """The models of this installation."""

    models: list[AiModel]


class InferenceParameters(Action):
    """How to answer: *max_length* in characters of the answer, *temperature* left to the model when left out."""

    max_length: Annotated[
        int, Field(strict=True, ge=1, le=100_000, description="Characters of the answer at most.")
    ] = 1_000
    temperature: Annotated[
        float | None, Field(strict=True, ge=0, le=2, description="The embedded writer and some models know none.")
    ] = None


class InferenceInput(Action):
    """The text for the model; it is data, whatever it says."""

    text: Annotated[Text, Field(min_length=1)]
    parameters: InferenceParameters = InferenceParameters()


class Inference(Action):
    """A text for a model; with *stream* the answer comes as server-sent events."""

    model_id: Annotated[str, Field(min_length=1, max_length=200, description="An id of `GET /ai/models`.")]
    input: InferenceInput
    stream: StrictBool = False


class InferenceOutput(BaseModel):
    """What the model said."""

    text: str


class InferenceUsage(BaseModel):
    """Tokens, as the model's endpoint counted them; estimated where it does not count."""

    input_tokens: int
    output_tokens: int


class InferenceResult(BaseModel):
    """A model's answer."""

    model_id: str
    output: InferenceOutput
    usage: InferenceUsage
    latency_ms: int
