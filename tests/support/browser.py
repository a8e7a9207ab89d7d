"""What a browser without scripts does with a page of ours: find its form, and send it."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode

import httpx2

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass
class Form:
    """Where a form goes, and its fields."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)

    @property
    def body(self) -> str:
        return urlencode(self.fields)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Form] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        if tag == "form":
            assert named["method"] == "post"
            self.found.append(Form(named["action"]))
        elif tag == "input":
            self.found[-1].fields[named["name"]] = named["value"]


def form_in(page: str) -> Form | None:
    """The page's one form, None where it has none."""
    reader = _Forms()
    reader.feed(page)
    assert len(reader.found) < 2
    return reader.found[0] if reader.found else None


def agreed(page: httpx2.Response) -> httpx2.Response:
    """What comes of a yes to the question on *page*; the page itself where there is none."""
    form = form_in(page.text)
    if form is None:
        return page
    return httpx2.post(form.action, content=form.body, headers=FORM, timeout=45, trust_env=False)
