"""The few pages that owners see in a browser on their way to a platform and back: no script, and nothing from elsewhere."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from studio.models.publication import Target

NAMES: Final = {"youtube": "YouTube", "x": "X", "tiktok": "TikTok", "instagram": "Instagram"}

HEADERS: Final = {
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    # Not in a frame either: whoever clicks on it has to see what it is.
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'",
}


@dataclass(frozen=True)
class Page:
    """What a browser is shown."""

    text: str
    status: int = 200


def saying(*lines: str, status: int = 200) -> Page:
    """A page that says *lines* and nothing else."""
    return Page(_framed("".join(f"<p>{html.escape(line)}</p>" for line in lines)), status)


def asking(platform: Target, *, username: str, action: str, token: str) -> Page:
    """
    A page that asks whether an account at *platform* is to be connected to the user *username*.

    Args:
        action: where the yes is sent, with *token*.
    """
    name, host = NAMES.get(platform, platform), urlsplit(action).netloc
    who = f"<strong>{html.escape(username)}</strong>"
    product = f"video-system ({html.escape(host)})"
    return Page(
        _framed(
            f"<p>Connect your {name} account to the user {who} of {product}? Whoever that is can publish films in its "
            "name from then on.</p><p>If you are somebody else, close this window: nothing is connected.</p>"
            f"<p>要把你的 {name} 帳號連結到 {product} 的使用者 {who} 嗎？之後這位使用者就能以你的帳號發布影片。"
            "如果不是你，請關閉這個視窗，帳號不會連結。</p>"
            f'<form method="post" action="{html.escape(action)}">'
            f'<input type="hidden" name="token" value="{html.escape(token)}">'
            '<button style="font:inherit;padding:.4em 1.2em">Connect 連結</button></form>'
        )
    )


def _framed(body: str) -> str:
    return (
        '<!doctype html><html lang="zh-Hant"><meta charset="utf-8"><title>video-system</title>'
        f'<body style="font:18px/1.6 system-ui;max-width:32em;margin:4em auto;padding:0 1em">{body}</body></html>'
    )
