"""Frames that we draw ourselves: layouts, set-pieces, moving stills, and how captions look over them."""
