"""
One film of each template in each language, made by the product itself from the template's sample, as a contact sheet.

    python -m bench.template_films docs/images [--template news] [--language en] [--films FOLDER]

Writes templates-LANGUAGE.jpg: a row a template, eight frames at even distances. Takes about a minute a film on two cores.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

from studio.models.brief import Resolution
from studio.models.template import Sample
from studio.models.templatefiles import load_template, template_names
from studio.settings import PROJECT
from tests.support.film import contact_sheet

FRAMES, WIDTH_PX, QUALITY = 8, 180, 84
LANGUAGES = ("zh-TW", "en")


def make(name: str, language: str, folder: Path) -> Path:
    """The film of the sample of the template called *name*, in *folder*."""
    sample = load_template(name).words(language).sample
    assert sample is not None, name
    out = folder / f"{name}.{language}"
    if kept := next(out.glob("*.mp4"), None):
        return kept
    subprocess.run(
        [*_command(sample, name, language), "--out", str(out)],
        cwd=PROJECT,
        env={**os.environ, "VIDEO_SYSTEM_HOME": str(folder / "home")},
        check=True,
    )
    return next(out.glob("*.mp4"))


def _command(sample: Sample, name: str, language: str) -> list[str]:
    program = str(Path(sys.executable).parent / "video-system")
    options = {
        "--description": sample.description,
        "--template": name,
        "--language": language,
        "--resolution": Resolution.P720,
    }
    return [program, "make", sample.title, *(word for option in options.items() for word in option)]


def sheet(films: list[Path], out: Path) -> None:
    """A row of frames a film, in one JPEG."""
    rows = []
    for number, film in enumerate(films):
        row = out.with_name(f".{out.stem}-{number}.png")
        contact_sheet(film, row, count=FRAMES, columns=FRAMES, width_px=WIDTH_PX)
        with Image.open(row) as opened:
            rows.append(opened.convert("RGB"))
        row.unlink()
    whole = Image.new("RGB", (max(row.width for row in rows), sum(row.height for row in rows)))
    y = 0
    for picture in rows:
        whole.paste(picture, (0, y))
        y += picture.height
    whole.save(out, quality=QUALITY, optimize=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path, help="folder for the sheets")
    parser.add_argument("--template", choices=template_names(), action="append", help="repeat; all when left out")
    parser.add_argument("--language", choices=LANGUAGES, action="append", help="repeat; both when left out")
    parser.add_argument("--films", type=Path, help="folder that keeps the films; those in it are not made again")
    wishes = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="template-films-") as name:
        folder = wishes.films or Path(name)
        for language in wishes.language or LANGUAGES:
            films = [make(template, language, folder) for template in wishes.template or template_names()]
            sheet(films, wishes.out / f"templates-{language}.jpg")


if __name__ == "__main__":
    main()
