"""What can be taken away of a film."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

from api.errors import NotDone, NotFound
from api.films import status_of
from api.previews import preview_key
from api.reviews import script_of
from api.runstates import Status
from api.schemas.videos import CreditList, DownloadLink, ScriptShown, ThumbnailLink, ThumbnailList, Variant
from store.tables.videos import Video
from studio.models.rendition import Rendition
from studio.providers.storage.links import signed_url


def download(video: Video, *, variant: Variant) -> DownloadLink | ThumbnailList | ScriptShown | CreditList:
    """
    The part of the film: a link to a file, links to the thumbnails, or the script or credits themselves.

    Raises:
        NotDone: the film is not completed; of a preview, there is nothing to be watched yet.
        NotFound: the film was made before there were such files.
    """
    status = status_of(video)
    if variant == "preview":
        return _link(video, _preview_key_of(video, status=status))
    if status != "completed" or video.rendition is None:
        raise NotDone
    rendition = Rendition.model_validate(video.rendition)
    if variant == "script":
        return script_of(video)
    if variant == "credits":
        return CreditList(credits=list(rendition.credits))
    if variant == "thumbnails":
        return ThumbnailList(
            thumbnails=[_thumbnail(video, rendition, place) for place in range(len(rendition.thumbnails))]
        )
    files = {
        "video": rendition.video,
        "srt": rendition.srt,
        "vtt": rendition.vtt,
        "poster": rendition.poster,
        "animation": rendition.animation,
    }
    asset = files[variant]
    if asset is None:
        raise NotFound
    return _link(video, asset.key)


def _preview_key_of(video: Video, *, status: Status) -> str:
    key = preview_key(video, status=status)
    if key is None:
        raise NotFound if status == "completed" else NotDone
    return key


def _thumbnail(video: Video, rendition: Rendition, place: int) -> ThumbnailLink:
    thumbnail = rendition.thumbnails[place]
    link = _link(video, thumbnail.image.key, suffix=f"-{place + 1}")
    return ThumbnailLink(url=link.url, expires_at=link.expires_at, at=thumbnail.at, score=thumbnail.score)


def _link(video: Video, key: str, *, suffix: str = "") -> DownloadLink:
    url = signed_url(key, filename=f"{video.id}{suffix}.{key.rpartition('.')[2]}")
    expires = int(parse_qs(urlsplit(url).query)["exp"][0])
    return DownloadLink(url=url, expires_at=datetime.fromtimestamp(expires, UTC))
