"""How the API's log is written: one line a record, whatever callers have sent."""

from __future__ import annotations

import logging
import re

FORMAT = "%(asctime)s %(levelname)s %(name)s - %(message)s"

_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""Control characters, line ends of every kind and marks that turn the direction of writing."""


class OneLine(logging.Formatter):
    """Nothing in a message can begin a line or hide one; a traceback is indented below its record."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802
        """The record's own line."""
        return _shown(super().formatMessage(record))

    def formatException(self, ei: object) -> str:  # noqa: N802
        """The lines below it."""
        return "\n".join(f"    {_shown(line)}" for line in super().formatException(ei).splitlines())  # type: ignore[arg-type]


class WithoutQuery(logging.Filter):
    """Keeps what follows the question mark out of a server's log of requests: signatures, and codes of platforms."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let everything through, shortened."""
        if isinstance(record.args, tuple):
            record.args = tuple(arg.partition("?")[0] if isinstance(arg, str) else arg for arg in record.args)
        return True


def write_one_line_each() -> None:
    """Set how everything is written that no other handler takes, the loggers of api, store and studio; shorten requests."""
    requests = logging.getLogger("uvicorn.access")
    if not any(isinstance(each, WithoutQuery) for each in requests.filters):
        requests.addFilter(WithoutQuery())
    if logging.lastResort is not None:
        logging.lastResort.setFormatter(OneLine(FORMAT))


def _shown(text: str) -> str:
    return _UNSAFE.sub(lambda found: found[0].encode("unicode_escape").decode(), text)
