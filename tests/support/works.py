"""Works of a test's own, and how four vendors describe each: with all fields that they send, also those we leave alone."""

from __future__ import annotations

import mimetypes
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

Row = dict[str, Any]


@dataclass(frozen=True)
class StockItem:
    """
    A work in the library: *width*, *height* (px) and *duration* (seconds) are what vendors say of *file*.

    *licence* is written as Wikimedia Commons does, such as "CC BY 4.0"; Pexels and Pixabay have their own.
    """

    caption: str
    file: Path
    kind: Literal["image", "video", "audio"] = "image"
    width: int = 2160
    height: int = 3840
    duration: float = 0.0
    author: str = "Jane Doe"
    licence: str = "CC BY 4.0"


def pexels_video(item: StockItem, number: int, root: str) -> Row:
    link, slug = file_url(item, number, root), "-".join(words_in(item.caption))
    full = {"id": 1, "quality": "hd", "file_type": "video/mp4", "width": item.width, "height": item.height}
    half = {**full, "id": 2, "quality": "sd", "width": item.width // 2, "height": item.height // 2}
    return {
        "id": number,
        "width": item.width,
        "height": item.height,
        "duration": round(item.duration),
        "full_res": None,
        "tags": [],
        "url": f"https://www.pexels.com/video/{slug}-{number}/",
        "image": f"{link}?poster",
        "avg_color": None,
        "user": {"id": 7, "name": item.author, "url": "https://www.pexels.com/@jane"},
        "video_files": [
            {
                "id": 3,
                "quality": "hls",
                "file_type": "video/mp4",
                "width": None,
                "height": None,
                "fps": None,
                "link": link,
            },
            {**full, "fps": 25.0, "link": link, "size": 9_000_000},
            {**half, "fps": 25.0, "link": f"{link}?half", "size": 3_000_000},
        ],
        "video_pictures": [{"id": 1, "nr": 0, "picture": f"{link}?0"}],
    }


def pexels_photo(item: StockItem, number: int, root: str) -> Row:
    link = file_url(item, number, root)
    return {
        "id": number,
        "width": item.width,
        "height": item.height,
        "url": f"https://www.pexels.com/photo/{'-'.join(words_in(item.caption))}-{number}/",
        "photographer": item.author,
        "photographer_url": "https://www.pexels.com/@jane",
        "photographer_id": 7,
        "avg_color": "#978E82",
        "src": {name: f"{link}?{name}" for name in ("large2x", "large", "medium", "small", "tiny")}
        | {"original": link},
        "liked": False,
        "alt": item.caption,
    }


def pixabay_video(item: StockItem, number: int, root: str) -> Row:
    link = file_url(item, number, root)

    def size(share: int) -> Row:
        file = {"url": f"{link}?{share}", "width": item.width // share, "height": item.height // share}
        return {**file, "size": 9_000_000 // share, "thumbnail": f"{link}?t{share}"}

    nothing = {"url": "", "width": 0, "height": 0, "size": 0, "thumbnail": ""}
    return _pixabay(item, number) | {
        "type": "film",
        "duration": round(item.duration),
        "videos": {"large": nothing, "medium": size(1), "small": size(2), "tiny": size(4)},
    }


def pixabay_photo(item: StockItem, number: int, root: str) -> Row:
    """As an account without approval sees it: nothing longer than 1280 px."""
    link = file_url(item, number, root)
    return _pixabay(item, number) | {
        "type": "photo",
        "previewURL": f"{link}?150",
        "webformatURL": f"{link}?640",
        "largeImageURL": link,
        "imageWidth": item.width,
        "imageHeight": item.height,
        "imageSize": 9_000_000,
    }


def openverse_row(item: StockItem, number: int, root: str) -> Row:
    """A picture or, with its length in milliseconds, a piece of music."""
    code, version = openverse_licence(item.licence)
    of_kind: Row = {"width": item.width, "height": item.height, "filesize": 9_000_000}
    if item.kind == "audio":
        of_kind = {
            "duration": round(item.duration * 1000),
            "category": "music",
            "genres": ["ambient"],
            "bit_rate": 128_000,
        }
    return {
        "id": f"00000000-0000-4000-8000-{number:012}",
        "title": item.caption,
        "foreign_landing_url": f"https://flickr.example/photos/{number}",
        "url": file_url(item, number, root),
        "creator": item.author,
        "creator_url": "https://flickr.example/jane",
        "license": code,
        "license_version": version,
        "license_url": f"https://creativecommons.org/licenses/{code}/{version}/",
        "provider": "flickr",
        "source": "flickr",
        "category": None,
        "filetype": item.file.suffix.removeprefix("."),
        "tags": [{"name": word, "accuracy": None} for word in words_in(item.caption)],
        "attribution": f'"{item.caption}" by {item.author} is licensed under {item.licence}.',
        "mature": False,
        "thumbnail": f"{root}/v1/images/{number}/thumb/",
        **of_kind,
    }


def commons_page(item: StockItem, number: int, root: str) -> Row:
    """A page with `videoinfo` or `imageinfo`, by the kind."""
    link = file_url(item, number, root)
    meta = {
        "LicenseShortName": item.licence,
        "LicenseUrl": terms_of(item.licence),
        "UsageTerms": f"Creative Commons, {item.licence}",
        "Artist": f'<a href="//commons.wikimedia.org/wiki/User:Jane" title="User:Jane">{item.author}</a>',
        "ImageDescription": f"<p>{item.caption}</p>",
        "ObjectName": item.caption,
    }
    info: Row = {
        "size": 9_000_000,
        "width": item.width,
        "height": item.height,
        "url": link,
        "descriptionurl": f"https://commons.wikimedia.org/wiki/File:Work_{number}{item.file.suffix}",
        "extmetadata": {name: {"value": value, "source": "commons-desc-page"} for name, value in meta.items()},
        "mime": mimetypes.guess_type(item.file.name)[0],
    }
    if item.kind == "video":
        half = {"width": item.width // 2, "height": item.height // 2, "bandwidth": 900_000}
        transcoded = {
            "src": f"{link}.480p.vp9.webm",
            "type": 'video/webm; codecs="vp9, opus"',
            "transcodekey": "480p.vp9.webm",
            **half,
        }
        info |= {"duration": item.duration, "mediatype": "VIDEO", "derivatives": [transcoded]}
    else:
        scaled = min(1.0, 1920 / item.width)
        info |= {"mediatype": "BITMAP", "thumburl": f"{link}?1920"}
        info |= {"thumbwidth": int(item.width * scaled), "thumbheight": int(item.height * scaled)}
    title = f"File:Work {number}{item.file.suffix}"
    name = "videoinfo" if item.kind == "video" else "imageinfo"
    return {
        "pageid": 1000 + number,
        "ns": 6,
        "title": title,
        "index": number + 1,
        "imagerepository": "local",
        name: [info],
    }


def terms_of(licence: str) -> str:
    """Where the licence's text is, as Wikimedia Commons writes it."""
    code, version = openverse_licence(licence)
    if code in ("cc0", "pdm"):
        return f"https://creativecommons.org/publicdomain/{'zero' if code == 'cc0' else 'mark'}/1.0/"
    return f"https://creativecommons.org/licenses/{code}/{version}"


def file_url(item: StockItem, number: int, root: str) -> str:
    return f"{root}/files/{number}/{item.file.name}"


def words_in(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def openverse_licence(licence: str) -> tuple[str, str]:
    """ "CC BY-SA 4.0" as a code and a version."""
    if licence.lower().startswith(("public domain", "pd")):
        return "pdm", "1.0"
    code, _, version = licence.lower().removeprefix("cc ").partition(" ")
    return code, version or "1.0"


def _pixabay(item: StockItem, number: int) -> Row:
    kind = "videos" if item.kind == "video" else "photos"
    return {
        "id": number,
        "pageURL": f"https://pixabay.com/{kind}/id-{number}/",
        "tags": ", ".join(words_in(item.caption)),
        "views": 5,
        "downloads": 4,
        "likes": 3,
        "comments": 2,
        "user_id": 7,
        "user": item.author,
        "userImageURL": "",
    }
