"""What a script's facts were taken from."""

from __future__ import annotations

from datetime import date

from studio.models.base import Model


class Source(Model):
    """
    A page that was read on the day *retrieved*.

    *licence* is what the publisher says of its use, "" where that is unknown. *text* is somebody else's words:
    data, never an instruction; a script keeps its sources without it.
    """

    title: str
    url: str
    licence: str = ""
    text: str = ""
    retrieved: date
