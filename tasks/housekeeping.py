"""Remove what nobody needs any more."""

from __future__ import annotations

import logging
import shutil
from contextlib import suppress
from datetime import timedelta
from uuid import UUID

from prefect import task
from prefect.client.orchestration import get_client
from prefect.exceptions import ObjectNotFound

from store.repos.counters import Counters
from store.repos.objects import needed_keys
from store.repos.purchases import Purchases
from store.repos.trends import Trends
from store.repos.videos import Videos
from store.session import reading, transaction
from store.tables.base import utc_now
from studio.models.plan import plan_of
from studio.providers import trends
from studio.providers.storage import open_storage
from studio.settings import get_settings
from tasks import policy

logger = logging.getLogger("tasks.housekeeping")

SPARED = timedelta(hours=24)
"""What is younger may belong to a film in the making, whose row does not name it yet."""

REMOVED_KEPT = timedelta(days=40)
"""Longer than a month, from when a film was asked for."""


@task(name="remove expired films", **policy.LOCAL)
@policy.patient
def remove_expired_films() -> int:
    """Remove finished films that are older than their owner's plan keeps them; how many. The sweep takes their files."""
    removed = 0
    with reading() as session:
        finished = Videos.of_everyone(session).finished_with_plans()
    for video_id, run_id, completed_at, plan in finished:
        days = plan_of(plan).kept_days
        if days is None or completed_at > utc_now() - timedelta(days=days):
            continue
        if run_id:
            _forget_run(run_id)
        with transaction() as session:
            Videos.of_everyone(session).remove(video_id)
        logger.info("removed film %s: its plan keeps films for %d days", video_id, days)
        removed += 1
    return removed


@task(name="sweep unused objects", **policy.LOCAL)
@policy.patient
def sweep_unused_objects() -> int:
    """Remove objects that nothing points at and that are older than SPARED; how many."""
    storage = open_storage(get_settings())
    limit = utc_now() - SPARED
    # Listed before the rows are read: what is named in between is spared.
    old = [key for key, changed_at in storage.keys() if changed_at < limit]  # noqa: SIM118
    with reading() as session:
        needed = needed_keys(session)
    unused = [key for key in old if key not in needed]
    for key in unused:
        storage.delete(key)
    if unused:
        logger.info("removed %d objects that nothing points at", len(unused))
    return len(unused)


@task(name="clear work folders", **policy.LOCAL)
def clear_work_folders() -> int:
    """Remove what renders whose process is dead left on this machine; how many folders."""
    cleared = 0
    for folder in (get_settings().home / "work").glob("*.*"):
        with suppress(OSError):
            if folder.stat().st_mtime < (utc_now() - SPARED).timestamp():
                shutil.rmtree(folder, ignore_errors=True)
                cleared += 1
    return cleared


@task(name="prune counts", **policy.LOCAL)
@policy.patient
def prune_counts() -> None:
    """Forget request counts whose hour is over, and removed films that count in no month any more."""
    with transaction() as session:
        Counters(session).prune()
        Videos.of_everyone(session).forget_removed(before=utc_now() - REMOVED_KEPT)


@task(name="prune trends", **policy.LOCAL)
@policy.patient
def prune_trends() -> int:
    """Forget figures that their sources let nobody keep so long, and scans and keywords that are old; how many figures."""
    kept_days = {name: trends.catalog.open(name).abilities.kept_days for name in trends.catalog}
    with transaction() as session:
        removed = Trends(session).prune(now=utc_now(), kept_days=kept_days)
        for name, days in kept_days.items():
            # A day early, as the figures are: the next round may be late.
            Purchases(session).forget_answers("trends", name, before=utc_now() - timedelta(days=days - 1))
    if any(removed.values()):
        logger.info("removed %(figures)d figures, %(scans)d scans and %(keywords)d keywords that were old", removed)
    return removed["figures"]


def _forget_run(run_id: str) -> None:
    with get_client(sync_client=True) as client, suppress(ObjectNotFound):
        client.delete_flow_run(UUID(run_id))
