"""`video-system templates …`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from deployments.shell import console, refuse
from studio.errors import VideoSystemError
from studio.models.brief import Aspect

app = typer.Typer(no_args_is_help=True, help="Ways to tell a film: ours, and your own.")

Name = Annotated[str, typer.Argument(help="As `video-system templates list` shows it.")]
Own = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A template of your own.")]


@app.command("list")
def list_templates() -> None:
    """Show all templates, and what is wrong with those that are not right."""
    from deployments import templates

    console.print(templates.table())


@app.command("show")
def show_template(name: Name) -> None:
    """Print a template as JSON: every key that may be set, to begin your own from."""
    from deployments import templates

    try:
        typer.echo(templates.shown(name))
    except VideoSystemError as error:
        refuse(str(error))


@app.command("schema")
def show_schema() -> None:
    """Print the JSON Schema of templates, for your editor."""
    from deployments import templates

    typer.echo(templates.schema())


@app.command("validate")
def validate_template(path: Own) -> None:
    """Check a template of your own; what is wrong is named by its key."""
    from deployments import templates

    try:
        template = templates.validate(path)
    except VideoSystemError as error:
        refuse(str(error))
    console.print(f"[bold green]right[/] {escape(template.id)}: {', '.join(template.wording)}", highlight=False)


@app.command("add")
def add_template(path: Own) -> None:
    """Check a template of your own and keep it where films find it, with its logo and a picture of it."""
    from deployments import templates

    try:
        templates.add(path, console)
    except VideoSystemError as error:
        refuse(str(error))


@app.command("preview")
def preview_template(
    name: Annotated[str | None, typer.Argument(help="All templates when left out.")] = None,
    language: Annotated[str | None, typer.Option(help="All that the template has words in when left out.")] = None,
    aspect: Annotated[Aspect | None, typer.Option(help="The template's own when left out.")] = None,
    out: Annotated[
        Path | None, typer.Option(dir_okay=False, help="JPEG to write; where `/templates` shows it when left out.")
    ] = None,
) -> None:
    """Draw four frames of a film of a template."""
    from deployments import templates

    if out and not (name and language):
        raise typer.BadParameter("one file holds one picture: name a template and a language", param_hint="--out")
    try:
        for path in templates.previews(name, language, aspect, out):
            console.print(f"[bold green]preview[/] {path}", highlight=False, soft_wrap=True)
    except VideoSystemError as error:
        refuse(str(error))
