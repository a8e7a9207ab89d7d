"""Runs of publications: begun when they are due, and begun again when they died."""

from __future__ import annotations

from api import runs
from api.prefectclient import PrefectUnavailable
from api.runstates import Run
from api.tending import tend
from store.ledger import take_over
from store.repos.publications import Publications
from store.session import reading, transaction
from store.tables.base import utc_now
from store.tables.social import Publication

DEPLOYMENT = "publish-video/default"


def begin_due() -> None:
    """
    Begin what is due and may begin: see `Publications.claim_due`.

    Raises:
        PrefectUnavailable: the next round does it.
    """
    with transaction() as session:
        take_over(session)
        everyone = Publications.of_everyone(session)
        everyone.ripen(utc_now())
        claimed = everyone.claim_due()
    for place, row in enumerate(claimed):
        try:
            _Publishing().start(row)
        except PrefectUnavailable:
            # This one's run may have been created without our hearing of it: it is asked for again, by the same key.
            with transaction() as session:
                for left in claimed[place + 1 :]:
                    Publications.of_everyone(session).unclaim(left)
            raise


def tend_publications() -> None:
    """
    One round over publications: begin what is due, begin again what died.

    Raises:
        PrefectUnavailable: the next round goes on.
    """
    begin_due()
    with reading() as session:
        running = Publications.of_everyone(session).in_flight()
    if running:
        tend(running, _Publishing())


class _Publishing:
    """How publications are begun and closed."""

    def start(self, row: Publication) -> None:
        parameters = {"publication_id": row.id, "title": f"{row.platform}: {row.post.get('title', '')}"[:200]}
        run_id = runs.start_errand(DEPLOYMENT, key=f"{row.id}/{row.attempt}", parameters=parameters)
        with transaction() as session:
            Publications.of_everyone(session).note_run(row.id, run_id, attempt=row.attempt)

    def claim_restart(self, row: Publication) -> bool:
        with transaction() as session:
            return Publications.of_everyone(session).claim_restart(row)

    def give_up(self, row: Publication) -> None:
        self._fail(row, f"its process died {row.restarts + 1} times")

    def close(self, row: Publication, run: Run) -> None:
        self._fail(row, f"flow run {run.id} ended without a word")

    def _fail(self, row: Publication, why: str) -> None:
        with transaction() as session:
            Publications.of_everyone(session).change(
                row.id,
                state="failed",
                current_key=row.current_key if row.saved else None,
                error_code="INTERNAL_ERROR",
                error_message=why,
                finished_at=utc_now(),
            )
