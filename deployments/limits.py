"""How many calls at once each provider gets, over all workers, as Prefect's concurrency limits."""

from __future__ import annotations

from prefect.client.orchestration import SyncPrefectClient

from studio.errors import BadInput, UnknownName
from studio.providers import all_catalogs
from tasks.policy import LIMIT_PREFIX, limit_name, provider_limits


def keep_limits(client: SyncPrefectClient) -> None:
    """
    Create or change the limits that PROVIDER_LIMITS names, and remove those that it names no more.

    Raises:
        BadInput: PROVIDER_LIMITS names a provider that is in no catalog.
    """
    wanted = {limit_name(*name.split("/")): most for name, most in _checked(provider_limits()).items()}
    for name, most in wanted.items():
        client.upsert_global_concurrency_limit_by_name(name, most)
    for limit in client.read_global_concurrency_limits(limit=200):
        if limit.name.startswith(LIMIT_PREFIX) and limit.name not in wanted:
            client.delete_global_concurrency_limit_by_name(limit.name)


def _checked(limits: dict[str, int]) -> dict[str, int]:
    known = [f"{catalog.role}/{name}" for catalog in all_catalogs() for name in catalog]
    for name, most in limits.items():
        if name not in known:
            raise UnknownName(name, field="PROVIDER_LIMITS", known=known)
        if most < 1:
            raise BadInput(f"{name} must be at least 1", field="PROVIDER_LIMITS")
    return limits
