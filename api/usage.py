"""What an account has used of its plan."""

from __future__ import annotations

from api.costs import in_dollars
from api.dispatch import DAY
from api.limits import Allowance
from api.schemas.service import FilmsUsed, RequestsUsed, Usage
from store.repos.purchases import Purchases
from store.repos.videos import Videos
from store.session import reading
from store.tables.base import utc_now
from store.tables.users import User
from studio.models.plan import plan_of


def usage_of(owner: User, *, allowance: Allowance) -> Usage:
    """The account's figures; *allowance* is what the gate counted for this request."""
    plan = plan_of(owner.plan)
    now = utc_now()
    month = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    with reading() as session:
        videos = Videos(session, owner_id=owner.id)
        running = len(videos.owners_in_flight())
        unfinished = videos.unfinished_count()
        today = len(videos.creation_times(since=now - DAY, most=plan.films_a_day))
        seconds, size = videos.finished_totals(since=month)
        charged = Purchases(session).charged(owner_id=owner.id, since=month)
    return Usage(
        plan=owner.plan,
        requests=RequestsUsed(
            used=allowance.limit - allowance.remaining, limit=allowance.limit, resets_in_s=allowance.resets_in_s
        ),
        films=FilmsUsed(
            running=running,
            running_limit=plan.running,
            waiting=max(0, unfinished - running),
            waiting_limit=plan.waiting,
            today=today,
            daily_limit=plan.films_a_day,
        ),
        seconds_rendered_this_month=round(seconds, 1),
        cost_this_month=in_dollars(charged),
        storage_bytes=size,
    )
