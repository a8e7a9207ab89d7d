"""Webhooks: is it really from the service?"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from typing import Any

from video_system._errors import WebhookInvalid

TOLERANCE_S = 300
"""A message older or newer than this is refused: a recorded one cannot be played again later."""


def verify_webhook(body: bytes | str, headers: Mapping[str, str], secret: str) -> dict[str, Any]:
    """
    The message in *body*, once its signature is proven.

    Args:
        body: the request's body exactly as it came.
        headers: the request's headers, in any letter case.
        secret: the endpoint's secret, `whsec_…`.

    Raises:
        WebhookInvalid: wrong signature, missing header, or too old.

    Source: the Standard Webhooks specification.
    """
    content = body.encode() if isinstance(body, str) else body
    given = {name.lower(): value for name, value in headers.items()}
    message_id, sent, signatures = (given.get(f"webhook-{name}", "") for name in ("id", "timestamp", "signature"))
    if not (message_id and sent.isdecimal() and len(sent) < 20 and signatures):
        raise WebhookInvalid("the headers webhook-id, webhook-timestamp and webhook-signature are needed")
    if abs(time.time() - int(sent)) > TOLERANCE_S:
        raise WebhookInvalid("the message is too old")
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except ValueError as error:
        raise WebhookInvalid("the secret is not one of the service's") from error
    if not key:
        raise WebhookInvalid("there is no secret: anybody could sign with an empty one")
    expected = hmac.new(key, f"{message_id}.{sent}.".encode() + content, hashlib.sha256).digest()
    wanted = b"v1," + base64.b64encode(expected)
    signed = signatures.encode("utf-8", "replace").split(b" ")
    if not any(hmac.compare_digest(wanted, signature) for signature in signed):
        raise WebhookInvalid("the signature is wrong")
    message: dict[str, Any] = json.loads(content)
    return message
