"""Both frames around the style guide: every component in every state, in both directions."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest
from flask import Flask, render_template
from jinja2 import FileSystemLoader, StrictUndefined

from tests.static.test_files import ROOT

ENDPOINTS = (
    "public.start",
    "public.imprint",
    "public.privacy",
    "public.accessibility",
    "public.set_language",
    "auth.sign_in",
    "coordinator_today.index",
    "coordinator_factor.index",
)


@pytest.fixture
def app() -> Flask:
    app = Flask("frames", template_folder=None)
    app.secret_key = "only here"
    app.jinja_loader = FileSystemLoader(ROOT / "templates")
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_null_translations(newstyle=True)  # type: ignore[attr-defined]  # added by the extension
    app.jinja_env.globals.update(asset=lambda name: f"/static/{name}", csrf_token=lambda: "token")
    for endpoint in ENDPOINTS:
        app.add_url_rule("/" + endpoint, endpoint)
    app.add_url_rule("/auth.sign_out", "auth.sign_out", methods=["POST"])
    return app


def draw(
    app: Flask, template: str, locale: str = "de", direction: str = "ltr", **more: object
) -> str:
    places = [
        SimpleNamespace(key="today", label="Today", url="/", count=5, meaning="to do", current=True)
    ]
    carrier = SimpleNamespace(
        name="Träger", short_name="Gespräche", phone="030 / 12 34", email="a@b.example", address=""
    )
    with app.test_request_context("/"):
        return render_template(
            template,
            carrier=carrier,
            locale=locale,
            text_direction=direction,
            locales=[("de", "Deutsch", "ltr"), ("ar", "العربية", "rtl")],
            current_person=SimpleNamespace(name="Ayşe", roles=["coordinator"]),
            demo_mode=True,
            places=places,
            settings_url="/settings",
            **more,
        )


@pytest.mark.parametrize("shape", ["layout.html", "work.html"])
@pytest.mark.parametrize(("locale", "direction"), [("de", "ltr"), ("ar", "rtl")])
def test_style_guide_is_drawn_in_the_frame(
    app: Flask, shape: str, locale: str, direction: str
) -> None:
    page = draw(app, "styleguide.html", locale, direction, shape=shape)
    assert page.count(f'<html lang="{locale}" dir="{direction}">') == 1
    assert page.count("<main ") == 1


@pytest.mark.parametrize("shape", ["layout.html", "work.html"])
def test_ids_of_the_style_guide_are_unique(app: Flask, shape: str) -> None:
    ids = re.findall(r'\sid="([^"]+)"', draw(app, "styleguide.html", shape=shape))
    assert sorted(ids) == sorted(set(ids))


def test_what_a_field_points_to_is_on_the_page(app: Flask) -> None:
    page = draw(app, "styleguide.html")
    ids = set(re.findall(r'\sid="([^"]+)"', page))
    asked = re.findall(r'(?:for|aria-describedby|aria-labelledby|data-copy)="([^"]+)"', page)
    assert {name for names in asked for name in names.split()} - ids == set()


@pytest.mark.parametrize("status", [400, 403, 404, 409, 410, 413, 418, 422, 429, 500, 502, 503])
def test_error_page_says_what_to_do_and_how_to_reach_us(app: Flask, status: int) -> None:
    page = draw(app, "error.html", status=status)
    assert page.count("<h1>") == 1
    assert 'href="tel:0301234"' in page


def test_error_page_says_the_reason_that_it_is_given(app: Flask) -> None:
    page = draw(app, "error.html", status=409, message="The evening is taken <now>.")
    assert "<p>The evening is taken &lt;now&gt;.</p>" in page


def test_error_page_asks_for_no_person(app: Flask) -> None:
    assert "Ayşe" not in draw(app, "error.html", status=503)
