"""`video-system social …`."""

from __future__ import annotations

from typing import Annotated

import typer

from deployments.shell import console, refuse, said
from studio.errors import VideoSystemError
from studio.models.publication import Target

app = typer.Typer(no_args_is_help=True, help="Accounts that films are published at.")

OfUser = Annotated[str | None, typer.Option(help="Account that it belongs to; the command line's own when left out.")]


@app.command("connect")
def connect_account(platform: Target, user: OfUser = None) -> None:
    """Connect an account in a browser; the API has to be running."""
    from api.errors import ApiError
    from deployments import social

    try:
        if not social.connect(platform, social.owner(user), console):
            refuse("nobody came back from the platform within ten minutes")
    except VideoSystemError as error:
        refuse(str(error))
    except ApiError as error:
        refuse(said(error))


@app.command("list")
def list_accounts(user: OfUser = None) -> None:
    """Show the connected accounts."""
    from deployments import social

    try:
        console.print(social.accounts_table(social.owner(user)))
    except VideoSystemError as error:
        refuse(str(error))


@app.command("disconnect")
def disconnect_account(
    account: Annotated[str, typer.Argument(help="As `list` shows it.")], user: OfUser = None
) -> None:
    """Revoke an account's token at the platform and forget it."""
    from api.errors import ApiError
    from deployments import social

    try:
        social.disconnect(account, social.owner(user))
    except VideoSystemError as error:
        refuse(str(error))
    except ApiError as error:
        refuse(said(error))
