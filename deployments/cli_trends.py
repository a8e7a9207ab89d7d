"""`video-system trends …`."""

from __future__ import annotations

from typing import Annotated

import typer

from deployments.environment import use_in_process_server
from deployments.shell import console, refuse
from studio.errors import VideoSystemError
from studio.models.trend import Category, Platform, Window

app = typer.Typer(no_args_is_help=True, help="See what people look for.")

InRegion = Annotated[str | None, typer.Option(help="Country, as ISO 3166-1 has it; TREND_REGION when left out.")]


@app.command("scan")
def scan_trends(platform: Platform = Platform.YOUTUBE, region: InRegion = None) -> None:
    """Look once at what is hot on a platform; the sources that are not ready say what they lack."""
    use_in_process_server()
    from deployments.trends import scan

    if not scan(platform, _region(region), console):
        raise typer.Exit(1)


@app.command("hot")
def hot_trends(
    platform: Platform | None = None,
    region: InRegion = None,
    time_range: Window = Window.DAY,
    category: Category | None = None,
    limit: Annotated[int, typer.Option(min=1, max=50)] = 20,
) -> None:
    """Show what the last good scan found, and where each number comes from."""
    from deployments.trends import hot

    try:
        hot(platform, _region(region), time_range, category, limit, console)
    except VideoSystemError as error:
        refuse(str(error))


@app.command("explain")
def explain_trend(keyword: Annotated[str, typer.Argument(help="In any spelling.")], region: InRegion = None) -> None:
    """Show everything that is known of a keyword."""
    from deployments.trends import explain

    try:
        explain(keyword, _region(region), console)
    except VideoSystemError as error:
        refuse(str(error))


def _region(given: str | None) -> str:
    from studio.settings import get_settings

    region = (given or get_settings().trend_region).upper()
    if len(region) != 2 or not region.isascii() or not region.isalpha():
        refuse(f"region: {given!r} is no country of ISO 3166-1, such as TW")
    return region
