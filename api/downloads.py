"""What can be taken away of a film."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

from api.errors import NotDone
from api.films import status_of
from api.reviews import script_of
from api.schemas.videos import CreditList, DownloadLink, ScriptShown, Variant
from store.tables.videos import Video
from studio.models.rendition import Rendition
from studio.providers.storage.links import signed_url


def download(video: Video, *, variant: Variant) -> DownloadLink | ScriptShown | CreditList:
    """
    The part of the film: a link to a file, or the script or credits themselves.

    Raises:
        NotDone: the film is not completed.
    """
    if status_of(video) != "completed" or video.rendition is None:
        raise NotDone
    rendition = Rendition.model_validate(video.rendition)
    if variant == "script":
        return script_of(video)
    if variant == "credits":
        return CreditList(credits=list(rendition.credits))
    files = {"video": rendition.video, "srt": rendition.srt, "vtt": rendition.vtt, "poster": rendition.poster}
    key = files[variant].key
    url = signed_url(key, filename=f"{video.id}.{key.rpartition('.')[2]}")
    expires = int(parse_qs(urlsplit(url).query)["exp"][0])
    return DownloadLink(url=url, expires_at=datetime.fromtimestamp(expires, UTC))
