"""What all commands share: where they write, and how they refuse."""

from __future__ import annotations

from typing import Any, NoReturn

import typer
from rich.console import Console
from rich.markup import escape

console = Console()


def refuse(message: str) -> NoReturn:
    """End the command with *message*."""
    console.print(f"[bold red]error[/] {escape(message)}", highlight=False, soft_wrap=True)
    raise typer.Exit(1)


def said(error: Any) -> str:
    """What the API would answer to this error of its own."""
    return "; ".join(f"{detail.field}: {detail.message}" for detail in error.details) or error.code
