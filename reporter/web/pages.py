"""The three pages and the page of the interface; everything they show they ask the API for."""

from typing import Any

from flask import Blueprint, Response, current_app, make_response, render_template, request
from flask_babel import get_locale, gettext

from reporter.domain.figures import FIGURES
from reporter.domain.ratings import GRADES, TAGS
from reporter.domain.statuses import STATUS_NAMES

blueprint = Blueprint("pages", __name__)

COOKIE = "session"  # named in api/edge.py: tells a page whether asking who is calling makes sense


@blueprint.get("/")
def report() -> Response:
    """The submitter's phone page."""
    return _page("report.html")


@blueprint.get("/desk")
def desk() -> Response:
    """The lead's phone page."""
    return _page(
        "desk.html",
        statuses={status.value: gettext(name) for status, name in STATUS_NAMES.items()},
        figures={figure.value: gettext(words.name) for figure, words in FIGURES.items()},
    )


@blueprint.get("/dashboard")
def dashboard() -> Response:
    """The street's desk and wall screen."""
    return _page("dashboard.html")


@blueprint.get("/api/docs")
def docs() -> Response:
    """The interface, to browse."""
    return _page("docs.html")


def _page(template: str, **more: Any) -> Response:
    """A page with the few facts its script starts from; they depend on the cookie, so nobody shares a copy."""
    house = current_app.extensions["house"]
    with house.works.open(writes=False) as uow:
        policy = uow.policy(())
    facts = {
        "demo": house.settings.demo,
        "signed_in": COOKIE in request.cookies,
        "language": "en" if str(get_locale()).startswith("en") else "zh-CN",
        "time_zone": str(policy.time_zone),
        "photos_max": policy.photos_max,
        "coarse_accuracy_m": policy.coarse_accuracy_m,
        "grades": [{"value": grade, "name": gettext(name)} for grade, name in GRADES.items()],
        "tags": [{"value": tag, "name": gettext(name)} for tag, name in TAGS.items()],
        **more,
    }
    response = make_response(render_template(template, page=facts))
    response.headers["Cache-Control"] = "private, no-cache"
    return response
