"""The components say what they must to people who do not see, and refuse what nobody named."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from types import SimpleNamespace

import pytest
from flask import Flask
from jinja2 import FileSystemLoader, StrictUndefined

from tests.static.test_files import ROOT

Render = Callable[..., str]
HEAD = '{% import "_macros.html" as ui %}'


@pytest.fixture
def render() -> Iterator[Render]:
    """A template with the components, without the rest of the application."""
    app = Flask("components", template_folder=None)
    app.jinja_loader = FileSystemLoader(ROOT / "templates")
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_null_translations(newstyle=True)  # type: ignore[attr-defined]  # added by the extension
    app.jinja_env.globals.update(asset=lambda name: f"/static/{name}", csrf_token=lambda: "token")
    with app.app_context():
        yield lambda source, **values: app.jinja_env.from_string(HEAD + source).render(**values)


def attributes(html: str, tag: str) -> dict[str, str]:
    """The attributes of the first such tag."""
    found = re.search(rf"<{tag}\b([^>]*)>", html)
    assert found
    return dict(re.findall(r'([\w-]+)="([^"]*)"', found.group(1)))


def test_field_names_its_hint_and_its_error(render: Render) -> None:
    html = render("{{ ui.text_field('mail', 'E-Mail', 'x', error='wrong', hint='like this') }}")
    given = attributes(html, "input")
    assert (given["aria-describedby"], given["aria-invalid"]) == ("mail-hint mail-error", "true")
    assert {"mail-hint", "mail-error"} <= set(re.findall(r'id="([\w-]+)"', html))


def test_error_summary_leads_to_the_first_input_of_a_group(render: Render) -> None:
    html = render(
        "{{ ui.error_summary([('room', 'Please choose.')]) }}"
        "{{ ui.radio_group('room', 'Steps?', [('no', 'No'), ('yes', 'Yes')], error='Choose.') }}"
    )
    assert attributes(html, "a")["href"] == "#room"
    assert attributes(html, "input")["id"] == "room"


def test_values_are_escaped_wherever_they_stand(render: Render) -> None:
    hostile = '"><script>alert(1)</script>'
    html = render(
        "{{ ui.text_field('a', x, x, error=x, hint=x) }}"
        "{{ ui.talk_card(x, x, x, ('ar', x), [x], x, note=x) }}"
        "{{ ui.data_table(x, [x], [[x], [(x, x)]]) }}{{ ui.notice(x, title=x) }}"
        "{{ ui.choice_cards('b', x, [{'value': x, 'label': x, 'detail': x}]) }}"
        "{{ ui.mail_preview(x, [x], x, [x]) }}{{ ui.post_button(x, '/', fields={'c': x}) }}",
        x=hostile,
    )
    assert "<script" not in html


def test_state_without_a_name_is_refused(render: Render) -> None:
    with pytest.raises(Exception, match="'lost'"):
        render("{{ ui.request_status('lost') }}")


def test_state_may_be_an_enum_member(render: Render) -> None:
    member = SimpleNamespace(value="ready")
    assert render("{{ ui.request_status(state) }}", state=member) == render(
        "{{ ui.request_status('ready') }}"
    )


@pytest.mark.parametrize(("tag", "direction"), [("ar", "rtl"), ("fa-AF", "rtl"), ("uk", "ltr")])
def test_foreign_words_carry_language_and_direction(
    render: Render, tag: str, direction: str
) -> None:
    html = render("{{ ui.foreign('…', tag) }}", tag=tag)
    assert attributes(html, "bdi") == {"lang": tag, "dir": direction}


def test_chart_shows_its_figures_as_a_table_too(render: Render) -> None:
    html = render("{{ ui.load_chart('Load', [('Rana', 3, 4), ('Thomas', 1, none)]) }}")
    cells = re.findall(r"<t[hd][^>]*data-label[^>]*>([^<]*)<", html)
    assert cells == ["Rana", "3", "4", "Thomas", "1", "–"]


def test_bars_are_as_long_as_their_share_of_the_longest(render: Render) -> None:
    html = render("{{ ui.bar_chart('Topics', [('A', 8), ('B', 2), ('C', 0)], 'Requests') }}")
    assert re.findall(r'bar-fill" width="([\d.]+)"', html) == ["100.0", "25.0", "0.0"]


def test_charts_without_figures_are_empty_not_broken(render: Render) -> None:
    html = render(
        "{{ ui.bar_chart('A', [], 'x') }}{{ ui.load_chart('B', []) }}"
        "{{ ui.week_chart('C', [], 'x') }}"
        "{{ ui.bound_chart('D', 0, 0, 0) }}"
    )
    assert re.findall(r"<rect class=\"bar-fill\" width=\"([\d.]+)\"", html) == ["0.0"]


def test_board_hides_days_without_talks_only_from_small_screens(render: Render) -> None:
    weeks = [{"label": "2", "dates": "", "cells": [{"day": "Mo"}, {"day": "Di", "closed": "Fest"}]}]
    html = render(
        "{% call(talk) ui.week_board('c', ['Mo', 'Di'], weeks) %}{{ talk }}{% endcall %}",
        weeks=weeks,
    )
    assert re.findall(r'<td class="(\w+)">', html) == ["free", "closed"]
