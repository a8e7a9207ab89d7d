"""What all values that flow between stages have in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """A frozen value; unknown keys are refused so that a stored timeline never half-loads."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
