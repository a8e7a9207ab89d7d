"""Whether everything is there that a film needs."""

from __future__ import annotations

from sqlalchemy import text

from api import runs
from api.envelope import ErrorDetail
from api.errors import NotReady
from store.session import DatabaseAway, reading
from studio.errors import BadInput, ProviderNotReady
from studio.providers.storage import open_storage
from studio.settings import get_settings

_WHAT_TO_DO = {
    "database": "the database does not answer; check DATABASE_URL",
    "storage": "the object store cannot be written; check STORAGE_URL",
    "prefect": "the Prefect server does not answer; check PREFECT_API_URL",
    "deployment": "the flows are not deployed; run `video-system deploy`",
    "worker": "no worker is online; run `video-system worker`",
}


def check() -> None:
    """
    Return when films can be made.

    Raises:
        NotReady: its details name what is missing and what to do.
    """
    missing = [*_missing_stores(), *runs.missing_parts()]
    if missing:
        details = [ErrorDetail(field=part, message=_WHAT_TO_DO[part], type="missing") for part in missing]
        raise NotReady(details=details, headers={"Retry-After": "2"})


def _missing_stores() -> list[str]:
    missing = []
    try:
        with reading() as session:
            session.connection().execute(text("SELECT 1"))
    except DatabaseAway:
        missing.append("database")
    try:
        open_storage(get_settings()).check()
    except (ProviderNotReady, BadInput):
        missing.append("storage")
    return missing
