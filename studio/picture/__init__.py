"""Frames that we draw ourselves: layouts, set-pieces, moving stills, and how captions look over them."""

from studio.picture.captions import FONTS_FOR_CAPTIONS, caption_look, caption_style, caption_width
from studio.picture.scene import DRAWING_VERSION, FrameSource, open_drawn, open_picture
from studio.picture.typography import displayable, missing_glyphs

__all__ = [
    "DRAWING_VERSION",
    "FONTS_FOR_CAPTIONS",
    "FrameSource",
    "caption_look",
    "caption_style",
    "caption_width",
    "displayable",
    "missing_glyphs",
    "open_drawn",
    "open_picture",
]
