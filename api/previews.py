"""What of a film can be watched already."""

from __future__ import annotations

from api.runstates import Status
from store.tables.videos import Video


def preview_key(video: Video, *, status: Status) -> str | None:
    """What can be watched of a film that is rendered or done; None where there is nothing."""
    if status == "processing":
        return video.previews[-1] if video.previews else None
    preview = (video.rendition or {}).get("preview") if status == "completed" else None
    return str(preview["key"]) if preview else None
