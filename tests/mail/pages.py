"""HTML mails as a reader's program sees them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

_BLOCKS = {"p", "td", "th", "h2", "li", "br", "tr", "table", "div"}


@dataclass
class Page:
    words: list[str]
    links: list[str]
    tags: list[str]
    attributes: set[str] = field(default_factory=set)
    styles: str = ""


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.text, self.style = [""], [""]
        self.page = Page([], [], [])
        self.hidden: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.page.tags.append(tag)
        if tag in {"style", "title"}:
            self.hidden.append(tag)
        if tag in _BLOCKS:
            self.text.append(" ")
        for name, value in attrs:
            self.page.attributes.add(name)
            if name == "href":
                self.page.links.append(value or "")
            if name == "style":
                self.style.append(value or "")

    def handle_endtag(self, tag: str) -> None:
        if self.hidden and self.hidden[-1] == tag:
            self.hidden.pop()

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.text.append(data)
        elif self.hidden[-1] == "style":
            self.style.append(data)


def read(html: str) -> Page:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.page.words = words("".join(reader.text))
    reader.page.styles = "\n".join(reader.style)
    return reader.page


def words(text: str) -> list[str]:
    """The words in their order; list marks, rules and colons after labels do not count."""
    text = re.sub(r"(?m)^(\d+\.|-|--)(?= |$)", " ", text)
    text = re.sub(r"https?://\S+", " ", text)
    return [word for word in (part.strip(":") for part in text.split()) if word not in {"", "–"}]


def links(text: str) -> list[str]:
    return re.findall(r"https?://\S+", text)
