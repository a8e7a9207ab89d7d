"""Files in which a picture or clip is offered, and the one that suits a canvas."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field

from studio.models.asset import Credit
from studio.models.base import Model
from studio.models.footage import Candidate
from studio.providers.footage import Wanted

Kind = Literal["image", "video"]
Form = Literal["mp4", "mov", "webm", "jpg", "png", "webp"]

LEAST_SHOWN = 0.45
"""Share of a picture that has to be left when it is cropped to the canvas: of less, nobody knows what it shows."""

SMOOTH_FPS = 24
"""Slower clips judder beside our 30 frames a second."""

MOST_PIXELS = 50_000_000
"""Larger pictures take more memory to open than a film needs altogether."""

MOST_BYTES: dict[Kind, int] = {"video": 200 << 20, "image": 40 << 20}
MOST_VIDEOS = 20
MOST_CANDIDATES = 30

_FORMS: dict[str, Form] = {
    "mp4": "mp4", "m4v": "mp4", "mov": "mov", "webm": "webm", "jpg": "jpg", "jpeg": "jpg", "png": "png", "webp": "webp",
}  # fmt: skip
_MEDIA_TYPES: dict[str, Form] = {
    "video/mp4": "mp4", "video/quicktime": "mov", "video/webm": "webm",
    "image/jpeg": "jpg", "image/png": "png", "image/webp": "webp",
}  # fmt: skip
_KINDS: dict[Form, Kind] = {
    "mp4": "video", "mov": "video", "webm": "video", "jpg": "image", "png": "image", "webp": "image",
}  # fmt: skip


class Rendition(Model):
    """One file of a picture or clip, its size in px. *fps* and *size*, in bytes, are 0 where nobody says."""

    url: str
    form: Form
    width: Annotated[int, Field(gt=0)]
    height: Annotated[int, Field(gt=0)]
    fps: float = 0.0
    size: float = 0.0


class Offer(Model):
    """A picture or clip in all its renditions, whatever the canvas: this is what is kept of an answer."""

    id: str
    kind: Kind
    duration: Annotated[float, Field(ge=0)] = 0.0
    caption: str
    page: str = ""
    credit: Credit
    renditions: tuple[Rendition, ...]


def candidates_of(source: str, offers: Iterable[Offer], wanted: Wanted) -> list[Candidate]:
    """What of *offers* suits *wanted*, in its best rendition; clips come first."""
    found = [each for offer in offers for each in _candidate(source, offer, wanted)]
    videos = [each for each in found if each.kind == "video"][:MOST_VIDEOS]
    return [*videos, *(each for each in found if each.kind == "image")][:MOST_CANDIDATES]


def best_rendition(renditions: Iterable[Rendition], wanted: Wanted) -> Rendition | None:
    """
    The file that costs least and still looks sharp on the canvas; None where none does.

    It covers the canvas without growing by more than MOST_UPSCALED, and at least LEAST_SHOWN of it is left by the
    crop. MP4 comes before other forms, 24 frames a second before fewer, then the smallest picture.
    """
    fitting = [each for each in renditions if _is_usable(each) and _fits(each, wanted)]
    return min(fitting, key=_preference, default=None)


def form_of(url: str, media_type: str = "") -> Form | None:
    """What a file is by its address, else by its media type; None for what we do not take."""
    suffix = Path(urlsplit(url).path).suffix.lower().removeprefix(".")
    if suffix in _FORMS:
        return _FORMS[suffix]
    # Names of files may hold dots: only a short ending says something.
    return None if 0 < len(suffix) <= 4 and suffix.isalnum() else _MEDIA_TYPES.get(media_type.partition(";")[0].strip())


def kind_of_file(path: Path) -> Kind | None:
    """What a file is by its first bytes; None for what we do not take."""
    with path.open("rb") as file:
        head = file.read(16)
    if head[4:8] in (b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide") or head.startswith(b"\x1a\x45\xdf\xa3"):
        return "video"
    is_webp = head.startswith(b"RIFF") and head[8:12] == b"WEBP"
    return "image" if is_webp or head.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")) else None


def rendition(
    url: str, width: int, height: int, *, kind: Kind, media_type: str = "", fps: float = 0.0, size: float = 0.0
) -> Iterator[Rendition]:
    """The file at *url*, unless it is no file that we take or says nothing of its size."""
    form = form_of(url, media_type)
    if url and form and _KINDS[form] == kind and width > 0 and height > 0:
        yield Rendition(url=url, form=form, width=width, height=height, fps=fps, size=size)


def _candidate(source: str, offer: Offer, wanted: Wanted) -> Iterator[Candidate]:
    best = best_rendition(offer.renditions, wanted)
    if best is None or (offer.kind == "video" and offer.duration < wanted.seconds):
        return
    yield Candidate(
        source=source,
        id=offer.id,
        kind=offer.kind,
        url=best.url,
        width=best.width,
        height=best.height,
        duration=offer.duration if offer.kind == "video" else 0.0,
        caption=offer.caption,
        page=offer.page,
        credit=offer.credit,
    )


def _is_usable(each: Rendition) -> bool:
    return each.width * each.height <= MOST_PIXELS and each.size <= MOST_BYTES[_KINDS[each.form]]


def _fits(each: Rendition, wanted: Wanted) -> bool:
    return wanted.has_room(each.width, each.height) and _share_shown(each, wanted) >= LEAST_SHOWN


def _share_shown(each: Rendition, wanted: Wanted) -> float:
    """How much of a picture is left when it covers the canvas."""
    picture, canvas = each.width * wanted.height, each.height * wanted.width
    return min(picture, canvas) / max(picture, canvas)


def _preference(each: Rendition) -> tuple[bool, bool, int, float, str]:
    is_smooth = each.fps == 0 or each.fps >= SMOOTH_FPS
    return (each.form in ("webm", "mov"), not is_smooth, each.width * each.height, each.size, each.url)
