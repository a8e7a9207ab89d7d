"""The few pages that owners see in a browser on their way to a platform and back: no script, and nothing from elsewhere."""

from __future__ import annotations

import base64
import hashlib
import html
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import urlsplit

from api.messages import Language
from api.pagestyle import GLYPHS, STYLE
from studio.models.publication import Target

Outcome = Literal["connected", "refused", "used", "denied", "unfinished"]

NAMES: Final = {"youtube": "YouTube", "x": "X", "tiktok": "TikTok", "instagram": "Instagram"}

HEADERS: Final = {
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Vary": "Accept-Language",
    # Not in a frame either: whoever clicks on it has to see what it is.
    "Content-Security-Policy": "default-src 'none'; "
    f"style-src 'sha256-{base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()}'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
}

STATUS: Final[dict[Outcome, int]] = {"connected": 200, "refused": 400, "used": 400, "denied": 400, "unfinished": 502}

ENDINGS: Final[dict[Outcome, dict[Language, tuple[str, str]]]] = {
    "connected": {
        "zh-TW": ("已連結 {name}", "可以關閉這個視窗，回到原本的地方繼續。"),
        "en": ("Connected: {name}", "You can close this window and go on where you came from."),
    },
    "refused": {
        "zh-TW": ("帳號沒有連結", "{platform} 不接受這次連結。請看下方的原因，再重新開始。"),
        "en": ("Nothing was connected", "{platform} did not accept this. See the reason below, then begin again."),
    },
    "used": {
        "zh-TW": ("這個連結已經失效", "連結只能使用一次，而且十分鐘內有效。請重新開始連結帳號。"),
        "en": ("This link has ended", "It was used before, or its ten minutes are over. Begin again."),
    },
    "denied": {
        "zh-TW": ("帳號沒有連結", "{platform} 沒有授權。如果你改變主意，請重新開始。"),
        "en": ("Nothing was connected", "{platform} did not grant access. If you change your mind, begin again."),
    },
    "unfinished": {
        "zh-TW": ("連結沒有完成", "{platform} 沒有回應，帳號沒有連結。請稍後重新開始。"),
        "en": ("Not finished", "{platform} did not answer. Nothing was connected; begin again in a while."),
    },
}

QUESTION: Final[dict[Language, dict[str, str]]] = {
    "zh-TW": {
        "title": "連結 {platform} 帳號",
        "lead": "連結之後，下面這位使用者就能以你的 {platform} 帳號發布影片。",
        "user": "使用者",
        "server": "伺服器",
        "means": "你隨時可以在 {platform} 的設定裡收回。",
        "yes": "連結",
        "no": "不是你嗎？請關閉這個視窗，帳號不會連結。",
    },
    "en": {
        "title": "Connect your {platform} account",
        "lead": "From then on the user below can publish films in its name.",
        "user": "User",
        "server": "Server",
        "means": "You can take that back in {platform}'s settings at any time.",
        "yes": "Connect",
        "no": "Not you? Close this window, and nothing is connected.",
    },
}

HTML_LANGUAGES: Final[dict[Language, str]] = {"zh-TW": "zh-Hant-TW", "en": "en"}


@dataclass(frozen=True)
class Page:
    """What a browser is shown."""

    text: str
    status: int = 200


def ending(outcome: Outcome, platform: Target, *, language: Language, name: str = "", reason: str = "") -> Page:
    """
    The last page: what came of it.

    Args:
        name: of the account that was connected.
        reason: why it was refused, in the words of whoever refused.
    """
    shown = {"name": html.escape(name), "platform": NAMES.get(platform, html.escape(platform))}
    title, line = (words.format(**shown) for words in ENDINGS[outcome][language])
    is_good = outcome == "connected"
    mark = f'<div class="mark {"good" if is_good else "bad"}">{GLYPHS["tick" if is_good else "cross"]}</div>'
    because = f'<p class="reason" lang="en">{html.escape(reason)}</p>' if reason else ""
    body = f'{mark}<h1 role="status">{title}</h1><p>{line}</p>{because}'
    return Page(_framed(body, title=title, language=language), STATUS[outcome])


def asking(platform: Target, *, username: str, action: str, token: str, language: Language) -> Page:
    """
    A page that asks whether an account at *platform* is to be connected to the user *username*.

    Args:
        action: where the yes is sent, with *token*.
    """
    name = NAMES.get(platform, html.escape(platform))
    say = {key: words.format(platform=name) for key, words in QUESTION[language].items()}
    body = (
        f'<div class="pair"><span class="tile {html.escape(platform)}">{name[0]}</span>'
        f'<span class="dots"></span><span class="tile own">{GLYPHS["film"]}</span></div>'
        f"<h1>{say['title']}</h1><p>{say['lead']}</p>"
        f"<dl><div><dt>{say['user']}</dt><dd>{html.escape(username)}</dd></div>"
        f"<div><dt>{say['server']}</dt><dd>{html.escape(urlsplit(action).netloc)}</dd></div></dl>"
        f'<form method="post" action="{html.escape(action)}">'
        f'<input type="hidden" name="token" value="{html.escape(token)}">'
        f'<button type="submit">{say["yes"]}</button></form>'
        f'<p class="small">{say["means"]}</p><p class="small">{say["no"]}</p>'
    )
    return Page(_framed(body, title=say["title"], language=language))


def _framed(body: str, *, title: str, language: Language) -> str:
    return (
        f'<!doctype html><html lang="{HTML_LANGUAGES[language]}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<meta name="color-scheme" content="light dark"><meta name="robots" content="noindex">'
        f"<title>{title} – video-system</title><style>{STYLE}</style></head>"
        f"<body><main><section>{body}</section><footer>{GLYPHS['film']}<span>video-system</span></footer></main>"
        "</body></html>"
    )
