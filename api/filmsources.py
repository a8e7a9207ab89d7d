"""Which film somebody means: one of theirs, or one somewhere on the web."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

from api.films import status_of
from store.repos.videos import Videos
from store.session import reading
from store.tables.users import User
from store.tables.videos import Video
from studio.errors import BadInput
from studio.models.asset import Credit
from studio.models.publication import Media
from studio.models.rendition import Rendition
from studio.models.script import Script
from studio.providers.storage import KEY, open_storage
from studio.providers.storage.links import is_valid
from studio.settings import get_settings
from studio.web import check_url

OUR_FPS = 30.0
FIELD = "content.video_url"


@dataclass(frozen=True)
class FilmSource:
    """
    A film to publish: *object_key* of one that is here, or the *source_url* that it is fetched from.

    *media*, *credits* and *language* are there where we made it.
    """

    object_key: str | None = None
    source_url: str | None = None
    video_id: str | None = None
    media: Media | None = None
    credits: tuple[Credit, ...] = ()
    language: str = ""


def film_of(url: str | None, video_id: str | None, *, owner: User) -> FilmSource:
    """
    The film behind a link of ours, an id, or any public address.

    Raises:
        BadInput: there is no such film, it is still being made, or nothing was named.
        AddressRefused: the address is not public.
    """
    if video_id is not None:
        return _made(_own(video_id, owner=owner), field="video_id")
    if url is None:
        raise BadInput("is needed, unless video_id names a film", field=FIELD)
    key = _our_key(url)
    if key is None:
        check_url(url, field=FIELD)
        return FilmSource(source_url=url)
    query = {name: values[-1] for name, values in parse_qs(urlsplit(url).query).items()}
    video = _named(query.get("name", ""), owner=owner)
    if video is not None and video.rendition and Rendition.model_validate(video.rendition).video.key == key:
        return _made(video)
    expires = int(query["exp"]) if query.get("exp", "").isascii() and query.get("exp", "").isdigit() else 0
    if not is_valid(key, expires=expires, signature=query.get("sig", "")) or not open_storage(get_settings()).exists(
        key
    ):
        raise BadInput("is a link of ours that does not work any more; ask for the film again", field=FIELD)
    return FilmSource(object_key=key)


def _our_key(url: str) -> str | None:
    """The object that a link under PUBLIC_URL names; None where the address is somebody else's."""
    root = f"{get_settings().base_url}/media/"
    if not url.startswith(root):
        return None
    key = unquote(urlsplit(url).path.partition("/media/")[2])
    if not KEY.match(key):
        raise BadInput("is no link to a film of ours", field=FIELD)
    return key


def _named(filename: str, *, owner: User) -> Video | None:
    """The owner's film that a link is called after; the link's own words are not signed, so the key is compared too."""
    with reading() as session:
        return Videos(session, owner_id=owner.id).get(filename.rpartition(".")[0])


def _own(video_id: str, *, owner: User) -> Video:
    with reading() as session:
        video = Videos(session, owner_id=owner.id).get(video_id)
    if video is None:
        raise BadInput("there is no such film", field="video_id")
    return video


def _made(video: Video, *, field: str = FIELD) -> FilmSource:
    if status_of(video) != "completed" or video.rendition is None:
        raise BadInput(
            "the film is not there yet; `publish` of POST /videos hands one over when it is done", field=field
        )
    rendition = Rendition.model_validate(video.rendition)
    return FilmSource(
        object_key=rendition.video.key,
        video_id=video.id,
        media=Media(
            width=rendition.width,
            height=rendition.height,
            duration=rendition.duration,
            fps=OUR_FPS,
            size=rendition.video.size,
            sha256=rendition.video.key.rsplit("/", 1)[-1].partition(".")[0],
        ),
        credits=rendition.credits,
        language=Script.model_validate(video.script).language if video.script else "",
    )
