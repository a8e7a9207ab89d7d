"""A client of the Prefect server that says soon when it has no answer."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import certifi
import httpx
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.context import SettingsContext, get_settings_context
from prefect.exceptions import ObjectNotFound, PrefectHTTPStatusError
from prefect.settings import (
    PREFECT_API_SSL_CERT_FILE,
    PREFECT_API_TLS_INSECURE_SKIP_VERIFY,
    PREFECT_CLIENT_MAX_RETRIES,
    Settings,
    temporary_settings,
)

PATIENCE_S = 5.0
"""How long one request to Prefect may take."""


class PrefectUnavailable(Exception):
    """The Prefect server does not answer now; what was asked for is done when it is back."""


@contextmanager
def prefect_client(*, retries: int = 1) -> Iterator[SyncPrefectClient]:
    """
    A client for one or a few requests, each sent again *retries* times.

    Raises:
        PrefectUnavailable: the server does not answer, or not with sense.
    """
    # Left to itself the client waits for half a minute and more while the server's SQLite is locked; a caller of ours
    # is better told at once, and what was asked for is done by the reconciler.
    try:
        transport = {"timeout": PATIENCE_S, "verify": _certificates()}
        with _settings(retries), get_client(httpx_settings=transport, sync_client=True) as client:
            yield client
    except ObjectNotFound:
        raise
    except PrefectHTTPStatusError as error:
        if error.response.status_code < 500:
            raise
        raise PrefectUnavailable from error
    except (httpx.HTTPError, OSError, RuntimeError) as error:
        raise PrefectUnavailable from error


@cache
def _certificates() -> ssl.SSLContext:
    """Those that the client would read for itself, which takes 24 ms of a core for every question."""
    context = ssl.create_default_context(cafile=PREFECT_API_SSL_CERT_FILE.value() or certifi.where())
    if PREFECT_API_TLS_INSECURE_SKIP_VERIFY.value():
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


_SETTINGS: dict[int, tuple[Settings, Settings]] = {}


@contextmanager
def _settings(retries: int) -> Iterator[None]:
    """Prefect's settings but for the retries: made once, for reading them all anew holds up every poll for 20 ms."""
    around = get_settings_context()
    made = _SETTINGS.get(retries)
    if made is None or made[0] is not around.settings:
        with temporary_settings({PREFECT_CLIENT_MAX_RETRIES: retries}) as changed:
            made = _SETTINGS[retries] = (around.settings, changed)
    with SettingsContext(profile=around.profile, settings=made[1]):
        yield
