"""Which film is begun next: within its owner's plan, and fair between owners."""

from __future__ import annotations

import logging
from collections import Counter
from datetime import timedelta

from sqlmodel import Session

from api import runs
from api.envelope import ErrorDetail
from api.errors import PlanExceeded, QuotaExceeded
from api.prefectclient import PrefectUnavailable
from store.repos.videos import Videos
from store.session import reading, transaction
from store.tables.base import utc_now
from store.tables.users import User
from store.tables.videos import Video
from studio.models.brief import Brief, Resolution
from studio.models.plan import plan_of
from studio.settings import get_settings

logger = logging.getLogger("api.dispatch")

AHEAD = 1
"""Runs that wait at Prefect beyond what the workers make at once: a worker that gets free need not wait for us."""

DAY = timedelta(days=1)
RETRY_S = 60
"""When to come again after the waiting room was full: about the time of one film."""


def admit(session: Session, brief: Brief, *, owner: User, lasts_s: int) -> None:
    """
    Return when *owner* may have one more film; in the transaction that adds it, so that two cannot take one place.

    Raises:
        PlanExceeded: it is longer or larger than the plan allows.
        QuotaExceeded: too many films are being made, or were made today.
    """
    plan = plan_of(owner.plan)
    if lasts_s > plan.longest_s:
        raise _beyond("settings.duration", f"the plan {owner.plan!r} allows films of up to {plan.longest_s} s")
    sizes = list(Resolution)
    if sizes.index(brief.resolution) > sizes.index(plan.largest):
        raise _beyond("settings.resolution", f"the plan {owner.plan!r} allows up to {plan.largest}")
    videos = Videos(session, owner_id=owner.id)
    videos.lock_owner()
    if videos.unfinished_count() >= plan.running + plan.waiting:
        raise _too_many(f"{plan.running + plan.waiting} films are being made or wait", RETRY_S)
    times = videos.creation_times(since=utc_now() - DAY, most=plan.films_a_day)
    if len(times) >= plan.films_a_day:
        again = (min(times) + DAY - utc_now()).total_seconds()
        raise _too_many(f"the plan {owner.plan!r} allows {plan.films_a_day} films a day", max(1, round(again)))


def dispatch() -> None:
    """
    Begin as many waiting films as there is room for.

    The owner with the fewest films in the making comes first, so that one owner's forty do not delay another's
    first. Any number of processes may do this at once: beginning a film twice makes one run.
    """
    with reading() as session:
        everyone = Videos.of_everyone(session)
        in_flight = Counter(everyone.owners_in_flight())
        waiting = everyone.waiting_with_plans()
    room = get_settings().films_limit + AHEAD - sum(in_flight.values())
    for video in fair_order(waiting, in_flight=in_flight)[: max(0, room)]:
        _start_apart(video)


def fair_order(waiting: list[tuple[Video, str]], *, in_flight: Counter[str]) -> list[Video]:
    """
    *waiting* (films with their owners' plans, oldest first) in the order in which they may begin.

    Films that their owner's plan does not allow to run yet are left out.
    """
    running = Counter(in_flight)
    left = list(waiting)
    order: list[Video] = []
    while True:
        ready = [(video, plan) for video, plan in left if running[video.owner_id] < plan_of(plan).running]
        if not ready:
            return order
        chosen = min(ready, key=lambda pair: running[pair[0].owner_id])
        left.remove(chosen)
        order.append(chosen[0])
        running[chosen[0].owner_id] += 1


def start(video: Video) -> None:
    """Start the film's run, or leave it for later when Prefect does not answer."""
    try:
        run_id = runs.start(video)
    except PrefectUnavailable:
        logger.warning("film %s waits for Prefect", video.id)
        return
    with transaction() as session:
        Videos.of_everyone(session).change(video.id, run_id=run_id, asks_again=False)


def _start_apart(video: Video) -> None:
    """A film that Prefect refuses does not hold up the others."""
    try:
        start(video)
    except Exception:
        logger.exception("film %s cannot be started", video.id)


def _beyond(field: str, message: str) -> PlanExceeded:
    return PlanExceeded(details=[ErrorDetail(field=field, message=message, type="plan_exceeded")])


def _too_many(message: str, seconds: int) -> QuotaExceeded:
    detail = ErrorDetail(field="plan", message=message, type="quota_exceeded")
    return QuotaExceeded(details=[detail], headers={"Retry-After": str(seconds)})
