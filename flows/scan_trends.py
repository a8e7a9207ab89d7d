"""See what people look for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run
from prefect.states import Completed
from prefect.task_runners import ThreadPoolTaskRunner

from studio.errors import ProviderUnavailable
from studio.models.trend import Platform, Reading, Region, language_of
from studio.providers.trends import Look
from studio.settings import get_settings
from studio.stages.trends import candidates
from tasks.trends import (
    abilities_of,
    ask,
    gathered,
    note_scan_cancellation,
    note_scan_failure,
    open_scan,
    record_scan,
    show_scan,
    sources_for,
)

SOURCES_AT_ONCE = 8


@flow(
    name="scan-trends",
    flow_run_name="{platform} in {region}",
    task_runner=ThreadPoolTaskRunner(max_workers=SOURCES_AT_ONCE),  # type: ignore[arg-type]
    on_failure=[note_scan_failure],
    on_cancellation=[note_scan_cancellation],
)
def scan_trends(
    platform: Platform = Platform.YOUTUBE,
    region: Region = "TW",
    language: str | None = None,
    period_minutes: int | None = None,
    scan_id: str | None = None,
) -> str | State[str]:
    """
    Look once at what is hot.

    Args:
        platform: where.
        region: the country, as ISO 3166-1 has it, such as "TW".
        language: BCP 47 tag; the region's own when empty.
        period_minutes: how often this is done; a run that is later than that is left to the next. Schedules set it.
        scan_id: set by the API; leave it empty here.
    """
    spoken = language or language_of(region)
    scan = open_scan(
        platform, region, spoken, scan_id=scan_id, run_id=str(flow_run.id), late_by=_overdue(period_minutes)
    )
    if scan is None:
        return Completed(name="Skipped", message="later than its period: the next round does it")
    able, lacking = sources_for(platform, get_settings().trends)
    found = _asked(able, "finds", Look(platform, region, spoken))
    named = candidates(found)
    measured = _asked(able, "measures", Look(platform, region, spoken, named)) if named else []
    readings = [*found, *measured, *lacking]
    ended = record_scan(scan, readings)
    show_scan(scan, platform, region, readings)
    if ended == "failed":
        raise ProviderUnavailable("trends", ",".join(able) or "none", "no source answered; the scan's page says why")
    return scan


def _asked(names: list[str], does: str, look: Look) -> list[Reading]:
    """What the sources among *names* that find, or measure, say to *look*; all of them are asked at once."""
    chosen = [name for name, abilities in abilities_of(names).items() if abilities.does == does]
    return gathered({name: ask.submit(name, look) for name in chosen})


def _overdue(period_minutes: int | None) -> timedelta | None:
    """How late this run is, where that is longer than its period: after a downtime all missed runs start at once."""
    due = flow_run.scheduled_start_time
    if period_minutes is None or due is None:
        return None
    late = datetime.now(UTC) - due
    return late if late > timedelta(minutes=period_minutes) else None
