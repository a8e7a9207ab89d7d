"""The environment that Prefect is started in: everything below VIDEO_SYSTEM_HOME, nothing reported outside."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from studio.settings import get_settings


def prefect_environment() -> dict[str, str]:
    """Settings of Prefect's server, worker and client for this installation."""
    settings = get_settings()
    home = settings.home / "prefect"
    # Prefect makes its home but not the folders above it.
    home.mkdir(parents=True, exist_ok=True)
    return {
        "PREFECT_HOME": str(home),
        "PREFECT_LOCAL_STORAGE_PATH": str(home / "results"),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        # The worker starts `python`: it has to be ours.
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
        # A worker polls every 10 s by default: that alone would be most of the wait for the first stage.
        "PREFECT_WORKER_QUERY_SECONDS": "0.5",
        # The heartbeat automation needs to notice a dead process within a minute or so.
        "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",
        # In the server's memory a slot would be lost with the server.
        "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect.server.concurrency.lease_storage.filesystem",
    }


def prefect_address() -> str:
    """Address of this installation's Prefect API."""
    return os.environ.get("PREFECT_API_URL") or f"http://127.0.0.1:{get_settings().prefect_port}/api"


def use_in_process_server() -> None:
    """Run flows in this process against Prefect's own temporary server. Call it before importing Prefect."""
    environment = prefect_environment()
    os.environ.update(environment)
    os.environ.pop("PREFECT_API_URL", None)
    # Not the file of a server that may be running: SQLite would be locked for both, again and again.
    temporary = Path(environment["PREFECT_HOME"]) / "temporary.db"
    os.environ["PREFECT_SERVER_DATABASE_CONNECTION_URL"] = f"sqlite+aiosqlite:///{temporary}"
    os.environ.setdefault("PREFECT_LOGGING_LEVEL", "WARNING")
    os.environ["PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS"] = "60"
    os.environ["PREFECT_SERVER_ALLOW_EPHEMERAL_MODE"] = "true"


def use_server() -> None:
    """Talk to this installation's Prefect server. Call it before importing Prefect."""
    os.environ.update(prefect_environment())
    os.environ["PREFECT_API_URL"] = prefect_address()
