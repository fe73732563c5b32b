"""Mails in the reader's words: one template says it, once as text and once as HTML."""

from __future__ import annotations

import dataclasses
import re
from functools import cache
from pathlib import Path
from typing import Any, Literal, NamedTuple

import css_inline
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from matchmaker import i18n
from matchmaker.mail.details import TalkWords, safe_url
from matchmaker.mail.facts import CarrierFacts, MailFacts
from matchmaker.text import clean_line

Form = Literal["txt", "html"]

_PACKAGE = Path(__file__).parent.parent


class MailText(NamedTuple):
    """A mail in words; `html` stands alone and asks nothing from the network."""

    subject: str
    text: str
    html: str


def render(mail: MailFacts, locale: str, carrier: CarrierFacts) -> MailText:
    """The words of a mail in the supported language nearest to `locale`.

    Facts may hold anything: control characters and line ends are taken out, HTML is escaped.
    """
    locale = i18n.supported(locale)
    facts = {"mail": _cleaned(mail), "carrier": _cleaned(carrier)}
    name = f"mail/{getattr(mail, 'template', mail.kind)}.txt"
    template = _environment("txt", locale).get_template(name)
    words = template.new_context(facts)
    subject = clean_line("".join(template.blocks["subject"](words)))
    text = _tidied(template.render(facts))
    page = _environment("html", locale).get_template(name)
    return MailText(subject, text, _inliner().inline(page.render(facts, subject=subject)))


@cache
def _environment(form: Form, locale: str) -> Environment:
    """Both forms read the same templates; only the blocks that they are built from differ."""
    environment = Environment(
        loader=FileSystemLoader(_templates()),
        autoescape=form == "html",  # noqa: S701  # plain text has nothing to escape
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    translations = i18n.translations_for(locale)
    environment.install_gettext_translations(translations, newstyle=True)  # type: ignore[attr-defined]  # added by the extension
    environment.filters["day"] = lambda day: i18n.format_day(day, locale)
    environment.filters["language"] = lambda tag: i18n.language_name(tag, locale)
    environment.filters["safe_url"] = safe_url
    environment.globals.update(
        base=f"mail/base.{form}",
        blocks=f"mail/blocks.{form}",
        words=TalkWords(translations, locale),
        locale=locale,
        direction=i18n.direction(locale),
        screens=Markup(_stylesheet("screens.css")),  # noqa: S704  # our own file
    )
    return environment


@cache
def _templates() -> Path:
    """Beside the package in a checkout, inside it once installed."""
    inside = _PACKAGE / "templates"
    return inside if inside.is_dir() else _PACKAGE.parent / "templates"


def _stylesheet(name: str) -> str:
    return (_templates() / "mail" / name).read_text("utf-8")


@cache
def _inliner() -> css_inline.CSSInliner:
    return css_inline.CSSInliner(extra_css=_stylesheet("mail.css"), load_remote_stylesheets=False)


def _cleaned(value: Any) -> Any:
    """The same facts with every text on one clean line."""
    if isinstance(value, str):
        return value if type(value) is not str else clean_line(value)
    if isinstance(value, tuple):
        return tuple(_cleaned(item) for item in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
        return dataclasses.replace(value, **{name: _cleaned(item) for name, item in fields.items()})
    return value


def _tidied(text: str) -> str:
    """No white space at the edges of lines, at most one empty line in a row."""
    lines = "\n".join(line.strip() for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines).strip() + "\n"
