"""Put a finished film before the public."""

from __future__ import annotations

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run
from prefect.states import Completed

from studio.errors import VideoSystemError
from tasks.publish import conclude, fetch_film, note_end, open_publication, publish, set_aside, withdraw


@flow(
    name="publish-video",
    flow_run_name="{title}",
    on_failure=[note_end],
    on_cancellation=[note_end],
)
def publish_video(publication_id: str, title: str = "") -> str | State[str]:
    """
    Make one publication of the ledger.

    Args:
        publication_id: which; `POST /social/publish` writes them.
        title: the run's name.
    """
    wanted = open_publication(publication_id, run_id=str(flow_run.id))
    if wanted == "nothing":
        return Completed(name="Skipped", message="it is over")
    try:
        if wanted == "withdraw":
            withdraw(publication_id)
            return publication_id
        key = fetch_film(publication_id)
        published = publish(publication_id, object_key=key)
    except VideoSystemError as error:
        became = set_aside(publication_id, error)
        if became == "failed":
            raise
        return Completed(name="Postponed" if became == "scheduled" else "Cancelled", message=str(error))
    conclude(publication_id, published)
    return publication_id
