"""A browser without a screen: opens pages, fills their forms, follows what they answer.

Only what a person could do without JavaScript: a form is sent with the fields that the page has.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

VOID = frozenset({"input", "br", "img", "link", "meta", "hr"})


@dataclass
class Form:
    """A form of a page with its fields as they stand; `buttons` are (name, value, label)."""

    action: str
    method: str
    fields: MultiDict[str, str] = field(default_factory=MultiDict)
    names: set[str] = field(default_factory=set)
    choices: dict[str, list[str]] = field(default_factory=dict)
    buttons: list[tuple[str, str, str]] = field(default_factory=list)


@dataclass
class Page:
    status: int
    address: str
    text: str
    forms: list[Form]
    words: str
    links: list[tuple[str, str]]
    headers: Any

    def form(self, action: str = "") -> Form:
        """The form whose action contains `action`; the only post form if none is given."""
        found = [form for form in self.forms if form.method == "post" and action in form.action]
        if not action:
            found = [form for form in found if "abmelden" not in form.action]
        assert len(found) == 1, f"{len(found)} forms for {action!r} on {self.address}: " + str(
            [form.action for form in self.forms]
        )
        return found[0]


class _Reader(HTMLParser):
    """Collects forms, links and the words that a person reads."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address, self.forms, self.links, self.words = address, [], [], []  # type: ignore[var-annotated]
        self._form: Form | None = None
        self._area: str | None = None
        self._select: str | None = None
        self._link: str | None = None
        self._button: tuple[str, str] | None = None
        self._caught: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = {name: value or "" for name, value in attrs}
        if tag in {"script", "style"}:
            self._hidden += 1
        elif tag == "form":
            self._form = Form(
                facts.get("action") or self.address, facts.get("method", "get").lower()
            )
            self.forms.append(self._form)
        elif tag == "a":
            self._link, self._caught = facts.get("href", ""), []
        elif self._form is not None:
            self._read_field(self._form, tag, facts)

    def _read_field(self, form: Form, tag: str, facts: dict[str, str]) -> None:
        name, value = facts.get("name", ""), facts.get("value", "")
        if "disabled" in facts:
            return
        if tag == "input" and facts.get("type") == "submit":
            form.buttons.append((name, value, value))
        elif tag == "input" and name:
            form.names.add(name)
            if facts.get("type") in {"checkbox", "radio"}:
                form.choices.setdefault(name, []).append(value or "on")
                if "checked" in facts:
                    form.fields.add(name, value or "on")
            else:
                form.fields.add(name, value)
        elif tag == "textarea":
            form.names.add(name)
            self._area, self._caught = name, []
        elif tag == "select":
            form.names.add(name)
            self._select = name
        elif tag == "option" and self._select:
            form.choices.setdefault(self._select, []).append(value)
            if "selected" in facts:
                form.fields.setlist(self._select, [value])
            elif self._select not in form.fields:
                form.fields.add(self._select, value)
        elif tag == "button" and facts.get("type", "submit") == "submit":
            self._button, self._caught = (name, value), []

    def handle_endtag(self, tag: str) -> None:
        caught = "".join(self._caught)
        if tag in {"script", "style"}:
            self._hidden -= 1
        elif tag == "form":
            self._form = None
        elif tag == "textarea" and self._form and self._area is not None:
            self._form.fields.add(self._area, caught.removeprefix("\n"))
            self._area = None
        elif tag == "select":
            self._select = None
        elif tag == "a" and self._link is not None:
            self.links.append((self._link, " ".join(caught.split())))
            self._link = None
        elif tag == "button" and self._form and self._button is not None:
            self._form.buttons.append((*self._button, " ".join(caught.split())))
            self._button = None

    def handle_data(self, data: str) -> None:
        self._caught.append(data)
        if not self._hidden:
            self.words.append(data)


class Browser:
    """`open` and `send` return the page after redirects within the service."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def open(self, address: str, **kwargs: Any) -> Page:
        return self._page(self.client.get(address, follow_redirects=True, **kwargs))

    def send(self, form: Form, button: str = "", **values: Any) -> Page:
        """Fill `values` in (lists for several boxes, None to leave a box open) and press.

        A name that the form does not have is a mistake of the test; double underscores in names
        stand for hyphens.
        """
        data = MultiDict(form.fields)
        for key, value in values.items():
            name = key if key in form.names else key.replace("__", "-")
            assert name in form.names, f"no field {name!r}; there are {sorted(form.names)}"
            data.setlist(
                name, [] if value is None else value if isinstance(value, list) else [value]
            )
        self._press(form, button, data)
        if form.method == "get":
            return self._page(
                self.client.get(form.action, query_string=data, follow_redirects=True)
            )
        return self._page(self.client.post(form.action, data=data, follow_redirects=True))

    @staticmethod
    def _press(form: Form, button: str, data: MultiDict[str, str]) -> None:
        if not button:
            if form.buttons and form.buttons[0][0]:
                data.add(form.buttons[0][0], form.buttons[0][1])
            return
        matching = [known for known in form.buttons if button in (known[2], known[1], known[0])]
        assert matching, f"no button {button!r}; there are {form.buttons}"
        if matching[0][0]:
            data.add(matching[0][0], matching[0][1])

    @staticmethod
    def _page(response: Any) -> Page:
        address = response.request.path
        text = response.get_data(as_text=True) if response.mimetype.startswith("text/") else ""
        reader = _Reader(address)
        if response.mimetype == "text/html":
            reader.feed(text)
        return Page(
            response.status_code,
            address,
            text,
            reader.forms,
            " ".join(" ".join(reader.words).split()),
            reader.links,
            response.headers,
        )
