"""`video-system …`: everything that is started from a shell."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from deployments import cli_social, cli_templates, cli_trends
from deployments.environment import use_in_process_server, use_server
from deployments.shell import console, refuse, said
from studio.errors import VideoSystemError, reason_of
from studio.models.brief import Aspect, Brief, Resolution
from studio.models.captions import CaptionKind, CaptionWish

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Turns a title into a finished short video.")
app.add_typer(cli_trends.app, name="trends")
app.add_typer(cli_social.app, name="social")
app.add_typer(cli_templates.app, name="templates")


@app.command()
def make(
    title: Annotated[str | None, typer.Argument(help="What the film is about; a --trend may say it.")] = None,
    description: Annotated[str, typer.Option(help="The facts that the film may use.")] = "",
    script: Annotated[Path | None, typer.Option(exists=True, dir_okay=False, help="Narration, word for word.")] = None,
    template: Annotated[
        str, typer.Option(help="A name of `video-system templates list`, or the file of your own.")
    ] = "explainer",
    field: Annotated[list[str] | None, typer.Option(help="name=value for the template's merge fields; repeat.")] = None,
    language: Annotated[str | None, typer.Option(help="zh-TW or en; found out when left out.")] = None,
    duration: Annotated[int | None, typer.Option(help="Seconds.")] = None,
    aspect: Aspect = Aspect.VERTICAL,
    resolution: Resolution = Resolution.P1080,
    voice: Annotated[str | None, typer.Option(help="`video-system doctor` lists them.")] = None,
    captions: Annotated[CaptionKind | None, typer.Option(help="Another style than the template's.")] = None,
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
    from api.films import lasting
    from deployments import social
    from deployments.make import make_film
    from deployments.own_assets import keep_assets, keep_recording
    from deployments.templates import field_values, keep_template
    from deployments.trends import trend_title
    from studio.settings import get_settings

    try:
        brief = Brief(
            title=trend_title(trend) if title is None and trend else title or "",
            trend=trend,
            description=description,
            script=script.read_text("utf-8") if script else "",
            template=keep_template(template, console),
            fields=field_values(field or ()),
            language=language,
            duration=duration,
            aspect=aspect,
            resolution=resolution,
            voice=voice,
            captions=CaptionWish(style=captions) if captions else None,
            assets=keep_assets(asset or []),
            sources=tuple(source or ()),
            research=research,
            footage=footage,
            speed=speed,
            narration=keep_recording(narration) if narration else None,
        )
        # Before Prefect's server is started: that takes longer than saying no.
        lasting(brief)
        social.check_targets(publish or (), title=brief.title)
        film = make_film(brief, out=out or get_settings().home / "films", console=console)
    except ValidationError as error:
        refuse("; ".join(f"{'.'.join(map(str, e['loc']))}: {reason_of(e)}" for e in error.errors()))
    except UnicodeDecodeError:
        refuse(f"script: {script} is not UTF-8 text")
    except VideoSystemError as error:
        refuse(str(error))
    except ApiError as error:
        refuse(said(error))
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
        refuse(str(error))


@app.command()
def worker() -> None:
    """Serve the work pool until stopped."""
    use_server()
    from deployments.forkserver import start_beside
    from deployments.up import worker_argv

    argv = worker_argv()
    os.execve(argv[0], argv, {**os.environ, **start_beside()})  # noqa: S606


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
        refuse(str(error))
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
        refuse(str(error))


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
        refuse(str(error))


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
        refuse(str(error))


if __name__ == "__main__":
    app()
