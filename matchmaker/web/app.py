"""The application: settings in, a WSGI app out."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

from flask import Flask, g, request, url_for
from jinja2 import FileSystemLoader, StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response

from matchmaker.config import Settings
from matchmaker.database import engine_options, only_reads
from matchmaker.services.people import sessions
from matchmaker.web import (
    access,
    context,
    csrf,
    discretion,
    errors,
    feeds,
    hosts,
    i18n,
    limits,
    phrases,
    places,
    security,
    static_files,
)
from matchmaker.web.db import db

HERE = Path(__file__).parent.parent
ROOMS = (
    "public",
    "public_calendar",
    "health",
    "auth",
    "host",
    "speaker",
    "answers",
    "feeds",
    "coordinator.today",
    "coordinator.requests",
    "coordinator.planning",
    "coordinator.proposals",
    "coordinator.approval",
    "coordinator.talks",
    "coordinator.contacts",
    "coordinator.post",
    "coordinator.incoming",
    "coordinator.mail_templates",
    "coordinator.subscriptions",
    "coordinator.settings",
    "coordinator.factor",
    "coordinator.audit",
)
DEMO_ROOMS = ("demo_pages",)


def create_app(settings: Settings) -> Flask:
    """The service's pages. The database must have been migrated."""
    app = hosts.HostlessFlask(
        "matchmaker", static_folder=str(HERE / "static"), template_folder=None
    )
    app.request_class = security.CleanRequest
    app.url_map.converters["int"] = security.RowNumber
    app.config.update(
        MATCHMAKER=settings,
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(settings.database_url),
        SESSION_COOKIE_NAME="__Host-notes" if settings.secure else "notes",
        SESSION_COOKIE_SECURE=settings.secure,
        SESSION_COOKIE_SAMESITE="Lax",
        TESTING=settings.testing,
        SEND_FILE_MAX_AGE_DEFAULT=365 * 24 * 3600,
    )
    app.jinja_loader = FileSystemLoader(templates())
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    db.init_app(app)
    i18n.install(app)
    phrases.install(app)
    errors.install(app)
    discretion.install(app)
    _install_hooks(app)
    limits.install(app, settings)
    for name in ROOMS + (DEMO_ROOMS if settings.demo else ()):
        app.register_blueprint(importlib.import_module(f"matchmaker.web.{name}").blueprint)
    app.view_functions["static"] = access.public(static_files.send)
    access.require_declarations(app)
    with app.app_context():
        app.wsgi_app = feeds.Shortcut(app, app.wsgi_app, db.engine)  # type: ignore[method-assign]  # Flask's documented way
    if settings.proxy_hops:
        hops = settings.proxy_hops
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]  # Flask's documented way
    return app


def templates() -> Path:
    """The templates lie beside the package in a checkout and inside it once installed."""
    installed = HERE / "templates"
    return installed if installed.is_dir() else HERE.parent / "templates"


def _install_hooks(app: Flask) -> None:
    app.before_request(hosts.refuse_impossible)
    app.before_request(_open)
    app.before_request(security.refuse_nul)
    app.before_request(access.check_access)
    app.before_request(security.allow_body)
    app.before_request(csrf.check_form)
    app.after_request(security.add_headers)
    app.teardown_request(_close)
    app.context_processor(_furniture)
    app.add_template_global(csrf.csrf_token)
    app.add_template_global(csrf.csrf_field)
    app.add_template_global(static_files.asset)


def _open() -> Response | None:
    g.reading = only_reads.set(request.method in csrf.SAFE_METHODS)
    if request.endpoint == "static":
        return None
    context.now()  # before the request's own transaction: the clock's first use may write
    token = request.cookies.get(security.session_cookie())
    if token:
        found = sessions.sign_in_of(db.session(), context.desk(), token)
        g.person = found.person if found else None
        g.needs_factor = found is not None and found.needs_factor
        g.session_key = sessions.session_key(token) if found else None
    return None


def _close(_error: BaseException | None) -> None:
    reading = g.pop("reading", None)
    if reading is not None:
        only_reads.reset(reading)


def _furniture() -> dict[str, Any]:
    return {
        "carrier": context.whose(),
        "current_person": context.current_person(),
        "demo_mode": context.settings().demo,
        "now_local": context.desk().now_local,
        "places": places.Places(),
        "settings_url": url_for("coordinator_settings.index"),
        "theme": None,
    }
