"""Keep the house in order."""

from __future__ import annotations

from prefect import flow

from tasks.housekeeping import clear_work_folders, prune_counts, remove_expired_films, sweep_unused_objects


@flow(name="housekeeping")
def housekeeping() -> dict[str, int]:
    """Remove films whose time is over, files that nobody needs and counts that are old; how many of each."""
    films = remove_expired_films()
    objects = sweep_unused_objects()
    folders = clear_work_folders()
    prune_counts()
    return {"films": films, "objects": objects, "folders": folders}
