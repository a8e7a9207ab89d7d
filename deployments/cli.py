"""`video-system …`: everything that is started from a shell."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.markup import escape

from deployments.environment import use_in_process_server, use_server
from studio.errors import VideoSystemError
from studio.models.brief import Aspect, Brief, Resolution
from studio.models.publication import Target
from studio.models.trend import Category, Platform, Window

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Turns a title into a finished short video.")
console = Console()


@app.command()
def make(
    title: Annotated[str | None, typer.Argument(help="What the film is about; a --trend may say it.")] = None,
    description: Annotated[str, typer.Option(help="The facts that the film may use.")] = "",
    script: Annotated[Path | None, typer.Option(exists=True, dir_okay=False, help="Narration, word for word.")] = None,
    template: Annotated[str, typer.Option(help="explainer or listicle.")] = "explainer",
    language: Annotated[str | None, typer.Option(help="zh-TW or en; found out when left out.")] = None,
    duration: Annotated[int | None, typer.Option(help="Seconds.")] = None,
    aspect: Aspect = Aspect.VERTICAL,
    resolution: Resolution = Resolution.P1080,
    voice: Annotated[str | None, typer.Option(help="`video-system doctor` lists them.")] = None,
    asset: Annotated[
        list[Path] | None, typer.Option(exists=True, dir_okay=False, help="Own picture or clip; repeat.")
    ] = None,
    source: Annotated[list[str] | None, typer.Option(help="Web page that facts may be taken from; repeat.")] = None,
    research: Annotated[
        bool, typer.Option("--research", help="Look the title up before the script is written.")
    ] = False,
    footage: Annotated[bool, typer.Option(help="Look for pictures and clips, where a source is ready.")] = True,
    speed: Annotated[float | None, typer.Option(help="Share of the voice's own pace, 0.5 to 2.")] = None,
    narration: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="Own recording of --script, instead of a voice.")
    ] = None,
    trend: Annotated[str | None, typer.Option(help="A keyword that `video-system trends hot` lists.")] = None,
    publish: Annotated[
        list[str] | None, typer.Option(help="Where the film goes when it is done: folder, youtube, x, …; repeat.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for the finished film.")] = None,
) -> None:
    """Make one film on this machine and copy it to a folder."""
    if title is None and trend is None:
        raise typer.BadParameter("what is the film about? Give a title, or a --trend.", param_hint="TITLE")
    use_in_process_server()
    from api.errors import ApiError
    from deployments import social
    from deployments.make import make_film
    from deployments.own_assets import keep_assets, keep_recording
    from deployments.trends import trend_title
    from studio.models.template import load_template
    from studio.settings import get_settings
    from studio.stages.script import language_of

    try:
        brief = Brief(
            title=trend_title(trend) if title is None and trend else title or "",
            trend=trend,
            description=description,
            script=script.read_text("utf-8") if script else "",
            template=template,
            language=language,
            duration=duration,
            aspect=aspect,
            resolution=resolution,
            voice=voice,
            assets=keep_assets(asset or []),
            sources=tuple(source or ()),
            research=research,
            footage=footage,
            speed=speed,
            narration=keep_recording(narration) if narration else None,
        )
        # Before Prefect's server is started: that takes longer than saying no.
        load_template(brief.template)
        language_of(brief)
        social.check_targets(publish or (), title=brief.title)
        film = make_film(brief, out=out or get_settings().home / "films", console=console)
    except ValidationError as error:
        _refuse("; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()))
    except UnicodeDecodeError:
        _refuse(f"script: {script} is not UTF-8 text")
    except VideoSystemError as error:
        _refuse(str(error))
    except ApiError as error:
        _refuse(_said(error))
    for warning in film.warnings:
        console.print(f"[yellow]note[/] {warning}", highlight=False)
    loudness = film.rendition.loudness
    console.print(
        f"{film.rendition.width}x{film.rendition.height}, {film.rendition.duration:.1f} s, {loudness.lufs:.1f} LUFS, "
        f"{loudness.dbtp:.1f} dBTP",
        highlight=False,
    )
    console.print(f"[bold green]film[/] {film.video}", highlight=False, soft_wrap=True)
    if publish and not social.publish(film.video_id, brief.title, publish, console):
        raise typer.Exit(1)


@app.command()
def demo() -> None:
    """Make the demonstration film, or one about TITLE and DESCRIPTION of the environment."""
    from deployments.demo import demo_brief

    title, description = demo_brief(os.environ.get("TITLE", ""), os.environ.get("DESCRIPTION", ""))
    make(title, description=description)


@app.command()
def up() -> None:
    """Start Prefect, a worker and the API on this machine; Ctrl-C ends all of it."""
    from deployments.up import StartFailed
    from deployments.up import up as run

    try:
        run(console)
    except (StartFailed, VideoSystemError) as error:
        _refuse(str(error))


@app.command()
def worker() -> None:
    """Serve the work pool until stopped."""
    use_server()
    from deployments.up import worker_argv

    argv = worker_argv()
    os.execv(argv[0], argv)  # noqa: S606


@app.command()
def deploy() -> None:
    """Tell the Prefect server about the flows."""
    use_server()
    from deployments.deploy import deploy as run

    run()


@app.command()
def migrate() -> None:
    """Bring the database to the newest shape."""
    from store.migrate import migrate as run

    run()


@app.command()
def openapi(out: Annotated[Path | None, typer.Option(help="File to write; printed when left out.")] = None) -> None:
    """Write the API's OpenAPI document."""
    from api.app import create_app

    document = json.dumps(create_app().openapi(), ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    if out:
        out.write_text(document, "utf-8")
    else:
        typer.echo(document, nl=False)


@app.command()
def doctor(
    deep: Annotated[bool, typer.Option("--deep", help="Make one small real call to each; vendors charge it.")] = False,
) -> None:
    """Say for each role which provider is ready, and what to set for those that are not."""
    from deployments.doctor import diagnose

    try:
        is_ready = diagnose(console, is_deep=deep)
    except VideoSystemError as error:
        _refuse(str(error))
    raise typer.Exit(0 if is_ready else 1)


@app.command()
def user(
    username: Annotated[str, typer.Argument(help="Account to make, or to change the plan of.")],
    plan: Annotated[str, typer.Option(help="free, paid or admin.")] = "free",
    email: Annotated[str, typer.Option(help="For a new account.")] = "",
) -> None:
    """Make an account (the password is asked for) or change an account's plan."""
    from deployments.accounts import keep_user

    password = typer.prompt("password", hide_input=True, confirmation_prompt=True) if email else ""
    try:
        console.print(keep_user(username, plan=plan, email=email, password=password), highlight=False)
    except VideoSystemError as error:
        _refuse(str(error))


@app.command()
def plan(
    username: Annotated[str | None, typer.Argument(help="Account to change the plan of.")] = None,
    name: Annotated[str | None, typer.Argument(help="free, paid or admin.")] = None,
) -> None:
    """Show what the plans allow, or give an account another plan."""
    from deployments.accounts import keep_user, plans_table

    try:
        if username and name:
            console.print(keep_user(username, plan=name, email="", password=""), highlight=False)
        else:
            console.print(plans_table())
    except VideoSystemError as error:
        _refuse(str(error))


@app.command()
def key(
    username: Annotated[str, typer.Argument(help="Account that the key stands for.")],
    name: Annotated[str, typer.Option(help="What the key is for.")] = "command line",
) -> None:
    """Make an API key for an account; it is printed once."""
    from deployments.accounts import new_key

    try:
        typer.echo(new_key(username, name=name))
    except VideoSystemError as error:
        _refuse(str(error))


trends_app = typer.Typer(no_args_is_help=True, help="See what people look for.")
app.add_typer(trends_app, name="trends")

InRegion = Annotated[str | None, typer.Option(help="Country, as ISO 3166-1 has it; TREND_REGION when left out.")]


@trends_app.command("scan")
def scan_trends(platform: Platform = Platform.YOUTUBE, region: InRegion = None) -> None:
    """Look once at what is hot on a platform; the sources that are not ready say what they lack."""
    use_in_process_server()
    from deployments.trends import scan

    if not scan(platform, _region(region), console):
        raise typer.Exit(1)


@trends_app.command("hot")
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
        _refuse(str(error))


@trends_app.command("explain")
def explain_trend(keyword: Annotated[str, typer.Argument(help="In any spelling.")], region: InRegion = None) -> None:
    """Show everything that is known of a keyword."""
    from deployments.trends import explain

    try:
        explain(keyword, _region(region), console)
    except VideoSystemError as error:
        _refuse(str(error))


social_app = typer.Typer(no_args_is_help=True, help="Accounts that films are published at.")
app.add_typer(social_app, name="social")

OfUser = Annotated[str | None, typer.Option(help="Account that it belongs to; the command line's own when left out.")]


@social_app.command("connect")
def connect_account(platform: Target, user: OfUser = None) -> None:
    """Connect an account in a browser; the API has to be running."""
    from api.errors import ApiError
    from deployments import social

    try:
        if not social.connect(platform, social.owner(user), console):
            _refuse("nobody came back from the platform within ten minutes")
    except VideoSystemError as error:
        _refuse(str(error))
    except ApiError as error:
        _refuse(_said(error))


@social_app.command("list")
def list_accounts(user: OfUser = None) -> None:
    """Show the connected accounts."""
    from deployments import social

    try:
        console.print(social.accounts_table(social.owner(user)))
    except VideoSystemError as error:
        _refuse(str(error))


@social_app.command("disconnect")
def disconnect_account(
    account: Annotated[str, typer.Argument(help="As `list` shows it.")], user: OfUser = None
) -> None:
    """Revoke an account's token at the platform and forget it."""
    from api.errors import ApiError
    from deployments import social

    try:
        social.disconnect(account, social.owner(user))
    except VideoSystemError as error:
        _refuse(str(error))
    except ApiError as error:
        _refuse(_said(error))


def _said(error: Any) -> str:
    """What the API would answer."""
    return "; ".join(f"{detail.field}: {detail.message}" for detail in error.details) or error.code


def _region(given: str | None) -> str:
    from studio.settings import get_settings

    region = (given or get_settings().trend_region).upper()
    if len(region) != 2 or not region.isascii() or not region.isalpha():
        _refuse(f"region: {given!r} is no country of ISO 3166-1, such as TW")
    return region


def _refuse(message: str) -> NoReturn:
    console.print(f"[bold red]error[/] {escape(message)}", highlight=False, soft_wrap=True)
    raise typer.Exit(1)


if __name__ == "__main__":
    app()
