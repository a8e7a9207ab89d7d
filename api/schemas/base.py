"""What all bodies share."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Action(BaseModel):
    """Input: unknown keys are refused, so that nobody sets what is not theirs to set."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)
