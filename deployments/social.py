"""`video-system social …` and `make --publish`: accounts and publications, from a shell."""

from __future__ import annotations

import time
from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from api.connecting import connect as begin
from api.filmsources import film_of
from api.social import disconnect as let_go
from store.ledger import current_key, destinations_of, line_of
from store.migrate import migrate
from store.repos.publications import Publications
from store.repos.social import SocialAccounts
from store.repos.users import Users
from store.repos.videos import Videos
from store.session import reading, transaction
from store.tables.social import Publication, SocialAccount
from store.tables.users import User
from studio.errors import BadInput
from studio.models.publication import Target
from tasks.lease import this_process

WAIT_S = 600
LOOK_EVERY_S = 1.0

LENGTH_OF_ID = 40

FIELD = "publish"
"""What errors of `make --publish` are said of."""


def owner(username: str | None) -> User:
    """
    The account called *username*, or the one that films of the command line belong to.

    Raises:
        BadInput: there is none.
    """
    migrate()
    with transaction() as session:
        users = Users(session)
        found = users.operator() if username is None else users.by_name(username)
    if found is None:
        raise BadInput(f"there is no account {username!r}", field="user")
    return found


def connect(platform: Target, user: User, console: Console) -> bool:
    """Print where the owner's browser has to go and wait until it was there; the API has to be running."""
    before = {account.id: account.renewed_at for account in _accounts(user, platform)}
    url = begin(platform, owner=user).authorize_url
    console.print("Open this address in a browser, with the API running (`video-system up`):", highlight=False)
    console.print(url, highlight=False, soft_wrap=True, markup=False)
    deadline = time.monotonic() + WAIT_S
    while time.monotonic() < deadline:
        for account in _accounts(user, platform):
            if before.get(account.id) != account.renewed_at:
                console.print(f"[green]connected[/] {escape(account.name)} ({account.id})", highlight=False)
                return True
        time.sleep(LOOK_EVERY_S)
    return False


def accounts_table(user: User) -> Table:
    """The accounts of *user*."""
    table = Table(
        # Whole, however narrow the terminal is: `disconnect` wants it.
        Column("account", no_wrap=True, min_width=LENGTH_OF_ID),
        Column("platform", no_wrap=True, min_width=9),
        Column("name", overflow="fold"),
        Column("state", no_wrap=True, min_width=9),
        Column("since", no_wrap=True, min_width=10),
        box=None,
    )
    with reading() as session:
        for each in SocialAccounts(session, owner_id=user.id).all():
            table.add_row(each.id, each.platform, escape(each.name), each.state, f"{each.created_at:%Y-%m-%d}")
    return table


def disconnect(account_id: str, user: User) -> None:
    """Revoke the token of the account and forget it. Raises ApiError."""
    let_go(account_id, owner=user)


def check_targets(targets: Sequence[str], *, title: str) -> None:
    """
    Return when every one of *targets* would take a film called *title*, before it is made.

    Raises:
        BadInput: there is no such target, it is not set up, has no account, or would refuse the title.
    """
    for target in targets:
        _line(target, title=title, user=owner(None))


def publish(video_id: str, title: str, targets: Sequence[str], console: Console) -> bool:
    """Publish the film here and now, at each of *targets* ("folder", "youtube", "youtube:account_…"); whether all worked."""
    from flows.publish_video import publish_video

    user = owner(None)
    film, words = film_of(None, video_id, owner=user), _description(video_id)
    is_good = True
    for target in targets:
        row = _line(target, title=title, description=words, user=user)
        row.object_key, row.video_id = film.object_key, video_id
        row.post = {**row.post, "credits": [each.model_dump() for each in film.credits], "language": film.language}
        row.current_key = current_key(row, film.object_key)
        row.state = "uploading"  # held from the first moment: no reconciler starts it elsewhere
        for name, value in this_process().columns().items():
            setattr(row, name, value)
        with transaction() as session:
            kept = Publications(session, owner_id=user.id).add(row)
        if kept is row:  # else two targets are the same account
            publish_video(row.id, title=title, return_state=True)
        is_good = _tell(kept.id, console) and is_good
    return is_good


def _description(video_id: str) -> str:
    with reading() as session:
        video = Videos.of_everyone(session).get(video_id)
    return str(video.brief.get("description", "")) if video else ""


def _line(target: str, *, title: str, user: User, description: str = "") -> Publication:
    [destination] = destinations_of([target], field=FIELD)
    with reading() as session:
        return line_of(session, destination, title=title, description=description, owner_id=user.id, field=FIELD)


def _tell(publication_id: str, console: Console) -> bool:
    with reading() as session:
        row = Publications.of_everyone(session).get(publication_id)
    if row is not None and row.state == "published":
        console.print(f"[bold green]published[/] {row.platform} {row.remote_url}", highlight=False, soft_wrap=True)
        for note in row.notes:
            console.print(f"[yellow]note[/] {escape(note)}", highlight=False)
        return True
    why = row.error_message if row is not None else "it is gone"
    console.print(f"[bold red]not published[/] {escape(why or 'unknown')}", highlight=False, soft_wrap=True)
    return False


def _accounts(user: User, platform: Target) -> Sequence[SocialAccount]:
    with reading() as session:
        return SocialAccounts(session, owner_id=user.id).all(platform=platform)
