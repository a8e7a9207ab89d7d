"""Tell other people's servers what happened."""

from __future__ import annotations

from prefect import flow
from prefect.task_runners import ThreadPoolTaskRunner

from tasks.webhooks import AT_ONCE, deliver, prune_log, take_due


@flow(
    name="deliver-webhooks",
    task_runner=ThreadPoolTaskRunner(max_workers=AT_ONCE),  # type: ignore[arg-type]
)
def deliver_webhooks() -> int:
    """Send every message that is due; how many were taken. The API starts this when there is something to send."""
    taken = 0
    while due := take_due():
        taken += sum(future.result() for future in [deliver.submit(delivery_id) for delivery_id in due])
    prune_log()
    return taken
