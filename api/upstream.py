"""What a caller is told when somebody else's model or voice did not deliver."""

from __future__ import annotations

import math

from api.errors import ApiError, ContentRefused, ModelUnavailable, UpstreamBalance, UpstreamRateLimited
from studio.errors import OutOfBalance, OverLimit, ProviderError, ProviderRejected, ProviderUnavailable

AGAIN_S = 10
"""When to come again to a provider that does not say so itself."""

OPERATOR_S = 600
"""When to come again where the operator has to do something first."""

LONGEST_S = 86_400


def answer_for(error: ProviderError) -> ApiError:
    """The answer that names what happened, without the provider's own words."""
    if isinstance(error, OverLimit):
        return UpstreamRateLimited(headers=_again(error.retry_after))
    if isinstance(error, OutOfBalance):
        return UpstreamBalance(headers=_again(OPERATOR_S))
    if isinstance(error, ProviderRejected):
        return ContentRefused()
    return ModelUnavailable(headers=_again(error.retry_after if isinstance(error, ProviderUnavailable) else OPERATOR_S))


def _again(seconds: float | None) -> dict[str, str]:
    return {"Retry-After": str(math.ceil(AGAIN_S if seconds is None else min(max(seconds, 1), LONGEST_S)))}
