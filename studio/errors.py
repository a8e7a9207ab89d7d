"""
Everything that can go wrong, as classes that know what to tell the caller.

    VideoSystemError
    ├── BadInput                 the request must change; names the field
    │   ├── UnknownName          lists the names that would have worked
    │   ├── AddressRefused       a URL that we do not connect to
    │   ├── DownloadFailed       a URL that gave nothing usable
    │   │   └── DownloadUnavailable  for now
    │   ├── AccountMissing       nothing is connected where a film should go
    │   ├── PlatformNotReady     the operator has to set a platform up first
    │   └── PostRefused          a platform would refuse a film's texts, or the film
    ├── ProviderError            somebody else's service or model
    │   ├── ProviderUnavailable  worth trying again
    │   │   └── OverLimit        not before some time has passed
    │   │       └── OverQuota    by our own count, before anything was sent
    │   ├── ProviderRejected     this input will never work
    │   └── ProviderNotReady     a key, package or file is missing
    │       ├── OutOfBalance     the account with the provider has to be topped up
    │       ├── PermissionEnded  the owner has to connect an account again
    │       └── OverBudget       it would cost more than the operator allows
    ├── PublishCancelled         its owner does not want it any more
    ├── MediaError
    │   ├── UnreadableMedia      a file we were given
    │   └── RenderFailed         a file we should have made
    └── ObjectMissing            the object store has no such key
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any


class VideoSystemError(Exception):
    """Root of the tree. *code* is the stable name on the wire, *retryable* what `tasks/policy.py` asks."""

    code = "INTERNAL_ERROR"
    retryable = False


class BadInput(VideoSystemError):
    """The request cannot be served as it stands; *field* says which part of it to change."""

    code = "BAD_REQUEST"

    def __init__(self, message: str, *, field: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message

    @property
    def kind(self) -> str:
        """What the details of an answer call it."""
        return self.code.lower()

    @property
    def problems(self) -> tuple[tuple[str, str], ...]:
        """Field and message of everything that has to change."""
        return ((self.field, self.message),)


class UnknownName(BadInput):
    """A name that is in no list of ours; the message says which names are."""

    code = "UNKNOWN_NAME"

    def __init__(self, name: str, *, field: str, known: Iterable[str]) -> None:
        super().__init__(f"there is no {name!r}; known are {', '.join(known)}", field=field)
        self.name = name


class AddressRefused(BadInput):
    """A web address that is not public, or no web address at all."""

    code = "URL_BLOCKED"


class DownloadFailed(BadInput):
    """Nothing usable came from a web address."""

    code = "DOWNLOAD_FAILED"


class DownloadUnavailable(DownloadFailed):
    """Nobody answered at a web address, or the answer was to come again."""

    retryable = True


class AccountMissing(BadInput):
    """No account is connected at a platform, or several are and none is named."""

    code = "ACCOUNT_NOT_CONNECTED"


class PlatformNotReady(BadInput):
    """The operator has something to set before films can go to a platform."""

    code = "PLATFORM_NOT_READY"
    kind = "not_ready"


class PostRefused(BadInput):
    """A platform would refuse a film; *problems* are the fields to change, at least one, each with its message."""

    code = "PLATFORM_REFUSES"

    def __init__(self, problems: Sequence[tuple[str, str]]) -> None:
        (field, message), *more = problems
        super().__init__("; ".join([message, *(": ".join(each) for each in more)]), field=field)
        self._problems = tuple(problems)

    @property
    def problems(self) -> tuple[tuple[str, str], ...]:
        """Field and message of everything that has to change."""
        return self._problems


class ProviderError(VideoSystemError):
    """A provider of a role did not deliver."""

    code = "PROVIDER_ERROR"

    def __init__(self, role: str, provider: str, message: str) -> None:
        super().__init__(f"{role} '{provider}': {message}")
        self.role = role
        self.provider = provider


class ProviderUnavailable(ProviderError):
    """Busy, unreachable or over its limit: the same call may work later, or another provider now."""

    code = "PROVIDER_UNAVAILABLE"
    retryable = True

    def __init__(self, role: str, provider: str, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(role, provider, message)
        self.retry_after = retry_after


class ProviderRejected(ProviderError):
    """The provider understood the input and refused it: another provider would be asked in vain."""

    code = "PROVIDER_REJECTED"


class ProviderNotReady(ProviderError):
    """A key, package or model file is missing; the message says what to set and what works without."""

    code = "PROVIDER_NOT_READY"


class OverLimit(ProviderUnavailable):
    """The provider counts requests and has had enough of ours; *retry_after* when it says for how long."""

    code = "UPSTREAM_RATE_LIMITED"


class OverQuota(OverLimit):
    """What a platform allows in a day is used up by our own count: nothing was sent, and the next day has room again."""


class OutOfBalance(ProviderNotReady):
    """The provider wants money before it goes on."""

    code = "UPSTREAM_BALANCE"


class PermissionEnded(ProviderNotReady):
    """What an owner once allowed has ended: the account has to be connected again."""

    code = "ACCOUNT_EXPIRED"


class OverBudget(ProviderNotReady):
    """The call would cost more than a budget has left; the message names the budget."""

    code = "BUDGET_EXCEEDED"


class PublishCancelled(VideoSystemError):
    """The owner of a publication called it off while it was being made."""

    code = "CANCELLED"


class MediaError(VideoSystemError):
    """Something is wrong with a media file."""

    code = "MEDIA_ERROR"


class UnreadableMedia(MediaError):
    """A file we were given is not the media that it claims to be."""

    code = "UNREADABLE_MEDIA"


class RenderFailed(MediaError):
    """A film or a part of it could not be made; carries the end of ffmpeg's own report."""

    code = "RENDER_FAILED"


class ObjectMissing(VideoSystemError):
    """The object store holds nothing under that key."""

    code = "OBJECT_MISSING"


def reason_of(problem: Mapping[str, Any]) -> str:
    """Why pydantic refuses a value, one of `ValidationError.errors()`, without its own words before a validator's."""
    return str(problem["msg"]).removeprefix("Value error, ")
