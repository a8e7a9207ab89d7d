"""
Instagram by Meta's Graph API: calls, and what its codes mean.

Source: developers.facebook.com, Instagram Platform: Content Publishing, Error Codes, and Graph API: Handling Errors.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from studio.errors import OverLimit, ProviderError, ProviderNotReady, ProviderRejected
from studio.models.publication import Token
from studio.providers.fields import Row, name_of, row_of, rows_of
from studio.providers.publish import Desk
from studio.providers.publish.wire import Answer, ask, object_of
from studio.providers.vendor import Vendor

VERSION: Final = "v26.0"

HOUR_S = 3600.0
QUOTA_S = 3 * 3600.0
"""Instagram counts posts over the last 24 hours and does not say when there is room; so often it is tried again."""

REJECTED: Final[Mapping[int, str]] = {
    2207026: "Instagram cannot read the film; it takes MP4 and MOV with H.264 or HEVC and AAC",
    2207010: "the caption is too long for Instagram",
    2207040: "the caption mentions more than 20 accounts",
    2207057: "the cover's moment lies outside of the film",
    2207050: "Instagram has restricted the account; see the Instagram app",
    2207023: "Instagram refused what it was sent; check the options",
}
PASSING: Final = (2207001, 2207003, 2207006, 2207008, 2207020, 2207027, 2207032, 2207053)
QUOTA: Final = (2207042, 2207051)

ENDED: Final = (102, 190, 463, 467)
TOO_MANY: Final = (4, 17, 32, 613)
NO_PERMISSION: Final = (10, *range(200, 300))
MISSING: Final = ((100, 33), (24, 2207006), (24, 2207008))
"""What is asked for is not there; code and subcode."""

_SUBCODE = re.compile(r"\b(22070\d\d)\b")


class State(NamedTuple):
    """Where a container is: *transferred* bytes None where Instagram does not say."""

    code: str
    transferred: int | None = None
    is_transferred: bool = False
    subcode: int = 0
    """Why it failed."""


class Api:
    """Calls for one account; a token that is refused is renewed once a call."""

    def __init__(self, vendor: Vendor, desk: Desk) -> None:
        self._vendor = vendor
        self._desk = desk

    def call(self, method: str, path: str, **values: str) -> dict[str, Any]:
        """The answer to *values*. Raises ProviderError."""
        answer = self.send(method, path, **values)
        if answer.is_good and "error" not in answer.fields:
            return object_of(self._vendor, answer)
        raise error_of(self._vendor, answer)

    def send(self, method: str, path: str, **values: str) -> Answer:
        """An answer of any status. Raises ProviderUnavailable."""
        token = self._desk.token()
        answer = graph(self._vendor, method, path, token, values)
        if codes_of(answer)[0] in ENDED or answer.status == 401:
            answer = graph(self._vendor, method, path, self._desk.renew(token), values)
        return answer

    def state(self, container: str) -> State:
        """Where *container* is; of one that is not there, code "MISSING". Raises ProviderError."""
        answer = self.send("GET", f"/{container}", fields="status_code,status,video_status")
        if codes_of(answer) in MISSING:
            return State("MISSING")
        if not answer.is_good or "error" in answer.fields:
            raise error_of(self._vendor, answer)
        found = object_of(self._vendor, answer)
        phase = row_of(row_of(found.get("video_status")).get("uploading_phase"))
        transferred = phase.get("bytes_transferred")
        why = _SUBCODE.search(str(found.get("status") or ""))
        return State(
            str(found.get("status_code") or ""),
            transferred if isinstance(transferred, int) else None,
            phase.get("status") == "complete",
            int(why[1]) if why else 0,
        )

    def has_room(self, account: str) -> bool:
        """Whether the account may post one more film within 24 hours. Raises ProviderError."""
        answer = self.call("GET", f"/{account}/content_publishing_limit", fields="config,quota_usage")
        limit = next(iter(rows_of(answer.get("data"))), {})
        used, most = limit.get("quota_usage"), row_of(limit.get("config")).get("quota_total")
        return not (isinstance(used, int) and isinstance(most, int) and used >= most)

    def recent(self, account: str) -> list[Row]:
        """The account's newest posts. Raises ProviderError."""
        answer = self.call("GET", f"/{account}/media", fields="id,caption,timestamp,permalink", limit="25")
        return list(rows_of(answer.get("data")))

    def remove(self, post: str) -> None:
        """
        Delete *post*; one that is gone already is fine.

        Raises:
            ProviderRejected: Instagram does not do it for us.
        """
        answer = self.send("DELETE", f"/{post}")
        if answer.is_good and "error" not in answer.fields:
            return
        # Instagram says the same of what is gone and of what one may not touch.
        if codes_of(answer) in MISSING and codes_of(self.send("GET", f"/{post}", fields="id")) in MISSING:
            return
        error = error_of(self._vendor, answer)
        if isinstance(error, ProviderRejected) or codes_of(answer)[0] in NO_PERMISSION:
            message = (
                "Instagram does not let this app remove the film, which takes the permission instagram_manage_contents; "
                "remove it in the Instagram app"
            )
            raise ProviderRejected(self._vendor.role, self._vendor.name, message)
        raise error


def graph(vendor: Vendor, method: str, path: str, token: Token | None, values: Mapping[str, str]) -> Answer:
    """An answer of any status; *values* and token in the body where there is one. Raises ProviderUnavailable."""
    sent = dict(values) if token is None else {**values, "access_token": token.access}
    request: dict[str, Any] = {"data": sent} if method == "POST" else {"params": sent}
    return ask(vendor, method, f"{vendor.root.rstrip('/')}/{VERSION}{path}", **request)


def codes_of(answer: Answer) -> tuple[int, int]:
    """Code and subcode of an error; zeros where there is none."""
    error = row_of(answer.fields.get("error"))
    code, subcode = error.get("code"), error.get("error_subcode")
    return code if isinstance(code, int) else 0, subcode if isinstance(subcode, int) else 0


def error_of(vendor: Vendor, answer: Answer) -> ProviderError:
    """What a refusal means, in our own words."""
    code, subcode = codes_of(answer)
    if subcode in REJECTED or subcode in PASSING or subcode in QUOTA:
        return error_of_subcode(vendor, subcode)
    if code in ENDED:
        return ProviderNotReady(vendor.role, vendor.name, "the account's permission has ended; connect it again")
    if code in NO_PERMISSION:
        message = (
            "the account was connected without the permission to post; connect it again and grant all that is asked"
        )
        return ProviderNotReady(vendor.role, vendor.name, message)
    if code in TOO_MANY:
        return OverLimit(vendor.role, vendor.name, "too many requests of this app or account", retry_after=HOUR_S)
    if code in (1, 2, -1, -2) or row_of(answer.fields.get("error")).get("is_transient") is True:
        return vendor.unavailable("an error of its own")
    if code == 368:
        message = "Instagram has blocked the account for a while; see the Instagram app"
        return ProviderRejected(vendor.role, vendor.name, message)
    return vendor.refusal(400 if answer.is_good else answer.status, answer.headers)


def error_of_subcode(vendor: Vendor, subcode: int) -> ProviderError:
    """What a subcode of Instagram's means."""
    if subcode in REJECTED:
        return ProviderRejected(vendor.role, vendor.name, REJECTED[subcode])
    if subcode in QUOTA:
        return over_quota(vendor)
    if subcode in PASSING:
        return vendor.unavailable("an error of its own")
    message = "Instagram could not make a post of the film and gives no reason that is known"
    return ProviderRejected(vendor.role, vendor.name, message)


def over_quota(vendor: Vendor) -> OverLimit:
    """That the account has to wait for room."""
    message = "the account has posted as much in 24 hours as Instagram allows by its API"
    return OverLimit(vendor.role, vendor.name, message, retry_after=QUOTA_S)


def id_of(vendor: Vendor, answer: Mapping[str, Any]) -> str:
    """The id that *answer* tells. Raises ProviderUnavailable."""
    found = name_of(answer.get("id"))
    if not found:
        raise vendor.unavailable("its answer was of another shape")
    return found
