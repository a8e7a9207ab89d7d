"""Vendors' own SDKs on our terms: at the root that the operator sets, each answer bounded in time and size."""

from __future__ import annotations

import io
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import httplib2
import httpx2
import requests
import urllib3
from requests.adapters import HTTPAdapter

from studio.providers.bounded import bounds
from studio.providers.vendor import CONNECT_S, Vendor, is_local
from studio.web import tls

CHUNK_BYTES = 64 * 1024


def at_root(vendor: Vendor, url: str) -> str:
    """*url* with scheme, host and port of *vendor*'s root."""
    parts = urlsplit(url)
    return vendor.root.rstrip("/") + parts.path + (f"?{parts.query}" if parts.query else "")


def read_in_bounds(vendor: Vendor, response: requests.Response) -> requests.Response:
    """
    *response*, which was asked for as a stream, read to its end. What counts is its size unfolded.

    Raises:
        requests.RequestException: it takes too long or is too large.
    """
    deadline = time.monotonic() + vendor.timeout_s
    content = bytearray()
    try:
        while part := response.raw.read1(CHUNK_BYTES, decode_content=True):
            content += part
            if len(content) > vendor.most_bytes:
                raise requests.exceptions.ContentDecodingError("the answer is too large")
            if time.monotonic() > deadline:
                raise requests.exceptions.ReadTimeout("the answer takes too long")
    except urllib3.exceptions.HTTPError as error:
        raise requests.exceptions.ConnectionError("the answer broke off") from error
    finally:
        response.close()
    response.raw = io.BytesIO(bytes(content))
    return response


class RootAdapter(HTTPAdapter):
    """Sends what a `requests` session asks of a vendor's public address to the root of *vendor*."""

    def __init__(self, vendor: Vendor) -> None:
        super().__init__()
        self._vendor = vendor

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        """The answer, read to its end. Raises requests.RequestException."""
        timeout = (min(CONNECT_S, self._vendor.timeout_s), self._vendor.timeout_s)
        request.url = at_root(self._vendor, str(request.url))
        request.headers["Accept-Encoding"] = "identity"
        response = super().send(request, *args, **{**kwargs, "stream": True, "timeout": timeout})
        return read_in_bounds(self._vendor, response)


class GoogleHttp:
    """What `googleapiclient` takes for a client: of httplib2 it needs `request` alone, and that has no bounds."""

    def __init__(self, vendor: Vendor) -> None:
        self._vendor = vendor

    def request(
        self, uri: str, method: str = "GET", body: Any = None, headers: Mapping[str, str] | None = None, **_: Any
    ) -> tuple[httplib2.Response, bytes]:
        """An answer of any status. Raises httpx2.HTTPError."""
        vendor = self._vendor
        limits = httpx2.Timeout(vendor.timeout_s, connect=min(CONNECT_S, vendor.timeout_s))
        with httpx2.Client(
            timeout=limits, trust_env=not is_local(uri), event_hooks=bounds(most_bytes=vendor.most_bytes), verify=tls()
        ) as client:
            answer = client.request(method, uri, content=body, headers=dict(headers or {}))
        known = {name.lower(): value for name, value in answer.headers.items()}
        return httplib2.Response({**known, "status": str(answer.status_code)}), answer.content
