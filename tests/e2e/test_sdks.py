"""Both SDKs, installed alone, do what their READMEs show: from a title to a downloaded film."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import av
import pytest

from studio.settings import PROJECT
from tests.support.node import node, npm
from tests.support.stack import Stack

pytestmark = pytest.mark.slow


def examples(readme: Path, language: str) -> str:
    """All examples of a README as one program."""
    return "\n".join(re.findall(rf"```{language}\n(.*?)```", readme.read_text("utf-8"), re.DOTALL))


def run(argv: list[str], *, cwd: Path, stack: Stack | None = None) -> str:
    base = {"VIDEO_SYSTEM_BASE_URL": stack.api} if stack else {}
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"} | base
    done = subprocess.run(argv, cwd=cwd, env=environment, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def is_a_film(path: Path) -> bool:
    with av.open(str(path)) as film:
        return bool(film.streams.video and film.streams.audio)


def test_the_examples_of_the_python_sdk_make_a_film(stack: Stack, tmp_path: Path) -> None:
    uv = str(Path(sys.executable).with_name("uv"))
    run([uv, "venv", "-q", "--python", sys.executable, "venv"], cwd=tmp_path)
    python = str(tmp_path / "venv" / "bin" / "python")
    run([uv, "pip", "install", "-q", "--python", python, str(PROJECT / "sdk" / "python")], cwd=tmp_path)
    program = examples(PROJECT / "sdk" / "python" / "README.md", "python").replace("your-api-key", stack.token)
    (tmp_path / "example.py").write_text(program, "utf-8")
    told = run([python, "example.py"], cwd=tmp_path, stack=stack)

    assert is_a_film(tmp_path / "film.mp4")
    assert "100 %" in told.splitlines()
    assert told.splitlines()[-1].startswith("folder ")


def test_the_examples_of_the_javascript_sdk_make_a_film(stack: Stack, tmp_path: Path) -> None:
    run([*npm(), "pack", "--silent", str(PROJECT / "sdk" / "javascript")], cwd=tmp_path)
    (tmp_path / "package.json").write_text('{"type": "module", "private": true}', "utf-8")
    packed = next(tmp_path.glob("video-system-sdk-*.tgz"))
    run(
        [*npm(), "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", f"./{packed.name}"], cwd=tmp_path
    )
    program = examples(PROJECT / "sdk" / "javascript" / "README.md", "javascript").replace("your-api-key", stack.token)
    # Imports stand at the top of a module; the README has them where they are needed.
    imports = re.findall(r"^import .*$", program, re.MULTILINE)
    (tmp_path / "example.js").write_text(
        "\n".join([*imports, re.sub(r"^import .*$", "", program, flags=re.MULTILINE)]), "utf-8"
    )
    told = run([node(), "example.js"], cwd=tmp_path, stack=stack)

    assert is_a_film(tmp_path / "film.mp4")
    assert "100 %" in told.splitlines()
    assert told.splitlines()[-1].startswith("folder ")
