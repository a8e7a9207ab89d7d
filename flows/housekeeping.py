"""Keep the house in order."""

from __future__ import annotations

from prefect import flow

from tasks.housekeeping import (
    clear_work_folders,
    prune_counts,
    prune_trends,
    remove_expired_films,
    sweep_unused_objects,
)


@flow(name="housekeeping")
def housekeeping() -> dict[str, int]:
    """Remove films whose time is over, figures and counts that are old, and files that nobody needs; how many of each."""
    films = remove_expired_films()
    figures = prune_trends()
    objects = sweep_unused_objects()
    folders = clear_work_folders()
    prune_counts()
    return {"films": films, "objects": objects, "folders": folders, "figures": figures}
