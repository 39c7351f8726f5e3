"""The composition root: settings in, a Flask app out; here the rooms are joined and nowhere else."""

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

import structlog
from flask import Flask, Response, request
from flask_babel import Babel
from flask_smorest import Api
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from reporter import workshop
from reporter.adapters import clock
from reporter.adapters.wechat import MiniProgram
from reporter.api import (
    areas,
    catalogue,
    clocks,
    confirmations,
    dashboard,
    edge,
    errors,
    health,
    merging,
    messages,
    months,
    overdue_appeals,
    photos,
    ratings,
    reports,
    revisits,
    routing,
    sessions,
    tickets,
    voices,
    whistles,
)
from reporter.api.edge import House
from reporter.api.limiter import Limiter
from reporter.config import Settings
from reporter.web import pages
from schemas.base import ErrorOut

log = structlog.get_logger()

# in the order in which the interface is described
ROOMS = (
    sessions,
    reports,
    tickets,
    merging,
    confirmations,
    ratings,
    revisits,
    voices,
    photos,
    catalogue,
    areas,
    messages,
    dashboard,
    months,
    whistles,
    clocks,
    overdue_appeals,
    routing,
    health,
)

LARGEST_BODY = 11 * 1024 * 1024  # a photo of 10 MB in its envelope

CONTENT_SECURITY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self';"
    " font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; manifest-src 'self'"
)


class OurApi(Api):
    """flask-smorest with our one shape of errors."""

    ERROR_SCHEMA = ErrorOut

    def handle_http_exception(self, error: HTTPException) -> Response:
        return errors.http_error(error)


def create_app(settings: Settings, now: Callable[[], datetime] = clock.now, wechat: Any = None) -> Flask:
    """The web application. ``now`` and ``wechat`` are handed in by tests."""
    built = workshop.build(settings, now)
    app = Flask(__name__, static_folder="web/static", static_url_path="/static", template_folder="web/templates")
    app.config.update(
        SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=LARGEST_BODY,
        BABEL_DEFAULT_LOCALE="zh",
        BABEL_TRANSLATION_DIRECTORIES="web/translations",
        API_TITLE="网格报事 Grid reporting",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/api/v1",
        OPENAPI_JSON_PATH="openapi.json",
        API_SPEC_OPTIONS={
            "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
            "security": [{"token": []}],
        },
        JSON_AS_ASCII=False,
    )
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # the default provider has it
    if settings.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.trusted_proxies, x_proto=1)  # type: ignore[method-assign]
    Babel(app, locale_selector=_language)
    edge.install(
        app,
        House(
            settings=settings,
            works=built.works,
            store=built.store,
            darkroom=built.darkroom,
            wechat=wechat or MiniProgram(settings.wechat_api_base, settings.wechat_appid, settings.wechat_secret),
            limiter=Limiter(settings, time.monotonic),
        ),
    )
    api = OurApi(app)
    for room in ROOMS:
        api.register_blueprint(room.blueprint)
    app.register_blueprint(pages.blueprint)
    errors.install(app)
    app.after_request(_guarded)
    return app


def _language() -> str:
    """Chinese unless the caller asks for English."""
    return request.accept_languages.best_match(["zh", "en"], default="zh") or "zh"


def _guarded(response: Response) -> Response:
    """Headers that every answer carries."""
    response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("Permissions-Policy", "geolocation=(self), camera=(self), microphone=()")
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    response.headers.setdefault("Vary", "Accept-Language, Cookie, Authorization")
    if request.path.startswith("/api/") and "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store"
    return response
