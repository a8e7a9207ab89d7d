"""How the pages for browsers look: in the page itself, so that nothing is loaded."""

from __future__ import annotations

from typing import Final

GLYPHS: Final = {
    "film": '<svg viewBox="0 0 24 24" aria-hidden="true"><path fill="none" stroke="currentColor" stroke-width="1.8" '
    'stroke-linejoin="round" d="M3 5h18v14H3z"/><path fill="currentColor" d="M10 9l5.2 3L10 15z"/></svg>',
    "tick": '<svg viewBox="0 0 24 24" aria-hidden="true"><path fill="none" stroke="currentColor" stroke-width="2.4" '
    'stroke-linecap="round" stroke-linejoin="round" d="M5.5 12.5l4.3 4.3 8.7-9.3"/></svg>',
    "cross": '<svg viewBox="0 0 24 24" aria-hidden="true"><path fill="none" stroke="currentColor" stroke-width="2.4" '
    'stroke-linecap="round" d="M7 7l10 10M17 7L7 17"/></svg>',
}

# Text colours have 4.5:1 and more on their grounds, by day and by night.
STYLE: Final = """
:root{--ground:#f3f4f8;--card:#fff;--text:#171a26;--soft:#586074;--line:#e2e5ee;--own:#3b46d6;--on:#fff;
--good:#12804a;--bad:#b3372a}
@media (prefers-color-scheme:dark){:root{--ground:#0f1118;--card:#191c27;--text:#f1f3fa;--soft:#a3abc0;--line:#2d3242;
--own:#99a3ff;--on:#12142b;--good:#58cf93;--bad:#ff9186}}
*{box-sizing:border-box;margin:0}
body{min-height:100vh;min-height:100dvh;display:flex;background:var(--ground);color:var(--text);line-height:1.6;
font-family:system-ui,-apple-system,"Segoe UI","Noto Sans TC","PingFang TC","Microsoft JhengHei",sans-serif}
main{width:100%;max-width:27rem;margin:auto;padding:1.25rem}
section{background:var(--card);border:1px solid var(--line);border-radius:1.25rem;padding:2.25rem 1.75rem 2rem;
text-align:center;box-shadow:0 1rem 3rem #10142414}
h1{font-size:1.375rem;line-height:1.35;margin:1.25rem 0 .5rem;overflow-wrap:anywhere;text-wrap:balance}
p{color:var(--soft);text-wrap:pretty}
svg{width:1.6rem;height:1.6rem;display:block}
.pair{display:flex;align-items:center;justify-content:center;gap:.75rem}
.tile{width:3.5rem;height:3.5rem;border-radius:1rem;display:grid;place-items:center;font-size:1.5rem;font-weight:700;
color:#fff;background:#16181f}
.tile.own{background:var(--own);color:var(--on)}
.tile.youtube{background:#d6001c}
.tile.instagram{background:linear-gradient(45deg,#c4570a,#c32a7b 55%,#7a3fc0)}
.tile.x,.tile.tiktok{border:1px solid var(--line)}
.dots{width:2.5rem;border-top:.2rem dotted var(--soft)}
.mark{width:4rem;height:4rem;margin:auto;border-radius:50%;display:grid;place-items:center;border:2px solid}
.mark.good{color:var(--good)}
.mark.bad{color:var(--bad)}
dl{margin:1.5rem 0;border:1px solid var(--line);border-radius:.75rem;text-align:start}
dl div{padding:.625rem 1rem}
dl div+div{border-top:1px solid var(--line)}
dt{color:var(--soft);font-size:.875rem}
dd{font-weight:600;overflow-wrap:anywhere}
button{width:100%;min-height:3rem;border:0;border-radius:.75rem;background:var(--own);color:var(--on);font:inherit;
font-weight:650;cursor:pointer}
button:hover{filter:brightness(1.08)}
button:focus-visible{outline:3px solid var(--own);outline-offset:3px}
.small{font-size:.875rem;margin-top:1rem}
.reason{margin-top:1.25rem;padding:.75rem 1rem;border:1px solid var(--line);border-radius:.75rem;font-size:.875rem;
text-align:start;overflow-wrap:anywhere}
footer{display:flex;justify-content:center;align-items:center;gap:.4rem;margin-top:1.25rem;color:var(--soft);
font-size:.875rem}
footer svg{width:1.1rem;height:1.1rem}
"""
