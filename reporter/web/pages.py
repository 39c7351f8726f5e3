"""The three pages and the page of the interface; everything they show they ask the API for."""

from flask import Blueprint, render_template

blueprint = Blueprint("pages", __name__)


@blueprint.get("/")
def report() -> str:
    """The submitter's phone page."""
    return render_template("report.html")


@blueprint.get("/desk")
def desk() -> str:
    """The lead's phone page."""
    return render_template("desk.html")


@blueprint.get("/dashboard")
def dashboard() -> str:
    """The street's desk and wall screen."""
    return render_template("dashboard.html")


@blueprint.get("/api/docs")
def docs() -> str:
    """The interface, to browse."""
    return render_template("docs.html")
