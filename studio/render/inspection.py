"""
Look at one file from outside and print what it is: `python -m studio.render.inspection FILE`.

A process of its own with limits on memory and time: whatever a hostile file does to a decoder, it does it there.
Prints {"suffix": ..., "media": {...}}, or {"refused": "why"}.
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path

from studio.errors import UnreadableMedia
from studio.render.probe import probe, sniff

MEMORY_BYTES = 2 << 30
CPU_S = 20

SUFFIXES = {
    "mov": ".mp4",
    "matroska": ".mkv",
    "png_pipe": ".png",
    "jpeg_pipe": ".jpg",
    "webp_pipe": ".webp",
    "gif": ".gif",
    "wav": ".wav",
    "ogg": ".ogg",
    "flac": ".flac",
    "aac": ".aac",
    "mp3": ".mp3",
}
"""What a file is called once we know what it is."""


def main() -> None:
    """Inspect the file that the command line names."""
    path = Path(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        found = {"suffix": SUFFIXES[sniff(path)], "media": probe(path).model_dump(mode="json")}
    except UnreadableMedia as error:
        found = {"refused": str(error).removeprefix(path.name).strip()}
    except MemoryError:
        found = {"refused": "needs more memory to be read than we give"}
    print(json.dumps(found))


if __name__ == "__main__":
    main()
