"""
Messages to other people's servers, signed so that they can tell they are ours.

Source: the Standard Webhooks specification, version 1.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from standardwebhooks import Webhook

from studio import web
from studio.errors import AddressRefused, DownloadFailed
from studio.settings import signing_key

EVENTS = ("video.awaiting_review", "video.completed", "video.failed", "video.cancelled")
TEST_EVENT = "webhook.test"

TIMEOUT_S = 15.0
"""A receiver should take the message, answer, and do its work afterwards. Source: the specification, 15 to 30 s."""

KEPT_BYTES = 2000
"""Of an answer, for whoever looks for the fault."""

WAITS_S = (5, 300, 1800, 2 * 3600, 5 * 3600, 10 * 3600, 14 * 3600, 20 * 3600, 24 * 3600)
"""After each failure; ten attempts over three days. Source: the specification's example schedule."""

SPREAD = 0.1
"""Waits differ by up to this part, so that messages that failed together do not come back together."""

LONGEST_WAIT_S = 24 * 3600
GONE = 410


@dataclass(frozen=True)
class Reply:
    """How an attempt went; *status* is None where nobody answered, *error* empty where the message was taken."""

    status: int | None
    text: str
    error: str
    took_ms: int
    retry_after_s: float | None = None

    @property
    def is_taken(self) -> bool:
        """Whether the message arrived."""
        return not self.error

    @property
    def is_gone(self) -> bool:
        """Whether the receiver wants no messages any more."""
        return self.status == GONE


def secret_of(subject: str, version: int) -> str:
    """The secret of the *subject* (an endpoint, or an account), `whsec_…`; made from our key, so no table holds it."""
    digest = hmac.digest(signing_key(), f"webhook/{subject}/{version}".encode(), hashlib.sha256)
    return f"whsec_{base64.b64encode(digest).decode()}"


def body_of(event: str, data: dict[str, Any], *, at: datetime) -> bytes:
    """The message as it is sent; the same for equal arguments."""
    message = {"type": event, "timestamp": at.astimezone(UTC).isoformat(), "data": data}
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()


def send(url: str, body: bytes, *, message_id: str, secrets: Sequence[str]) -> Reply:
    """
    Send a message once, signed with each of the *secrets*.

    Whatever goes wrong outside is a Reply, not an error.
    """
    began = time.monotonic()
    try:
        answer = web.post(
            url,
            body,
            headers=_headers(body, message_id=message_id, secrets=secrets),
            timeout_s=TIMEOUT_S,
            keep_bytes=KEPT_BYTES,
        )
    except (AddressRefused, DownloadFailed) as error:
        return Reply(status=None, text="", error=error.message, took_ms=_ms_since(began))
    is_taken = 200 <= answer.status < 300
    return Reply(
        status=answer.status,
        text=answer.content.decode("utf-8", "replace").replace("\x00", "\ufffd"),
        error="" if is_taken else f"the server answered {answer.status}",
        took_ms=_ms_since(began),
        retry_after_s=_seconds(answer.retry_after),
    )


def wait_after(failures: int, *, asked_s: float | None = None) -> float | None:
    """Seconds until the next attempt after so many *failures*, at least as long as the receiver *asked*; None: give up."""
    if failures > len(WAITS_S):
        return None
    wait = WAITS_S[failures - 1] * random.uniform(1 - SPREAD, 1 + SPREAD)  # noqa: S311
    return max(wait, min(asked_s or 0.0, LONGEST_WAIT_S))


def _headers(body: bytes, *, message_id: str, secrets: Sequence[str]) -> dict[str, str]:
    now = datetime.now(UTC)
    text = body.decode()
    return {
        "Content-Type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(Webhook(secret).sign(message_id, now, text) for secret in secrets),
    }


def _seconds(retry_after: str) -> float | None:
    """What a Retry-After header asks for: seconds, or a date."""
    if retry_after.isascii() and retry_after.isdigit():
        return float(retry_after[:9])
    try:
        return max(0.0, parsedate_to_datetime(retry_after).timestamp() - time.time())
    except (ValueError, TypeError):
        return None


def _ms_since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)
