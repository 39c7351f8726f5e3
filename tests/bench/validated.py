"""The same application with two more endpoints, which answer without the database: what the others are measured by.

``POST /bench/reports`` takes the body of a report through the same shape, brake and decorators, and answers with a
receipt of real size through the same shape (BENCH_RECEIPT names the file it is kept in). ``POST /bench/photos`` reads
a file as the upload of a photo does.
"""

import functools
import json
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import request
from flask_smorest import Blueprint
from werkzeug.datastructures import FileStorage

from reporter.api import edge
from reporter.api.photos import MOST_BYTES
from reporter.app import create_app
from reporter.config import from_environment
from reporter.domain.coordinates import Datum
from reporter.domain.errors import NotSignedIn
from reporter.logs import configure
from schemas.reports import NewReport, Upload
from schemas.tickets import ReceiptOut


def revived(value: Any, key: str = "") -> Any:
    """A receipt as the application builds it: times are datetimes again, but for those in the plain ``report``."""
    if isinstance(value, dict):
        return {name: inner if name == "report" else revived(inner, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [revived(inner) for inner in value]
    return datetime.fromisoformat(value) if key.endswith("_at") and isinstance(value, str) else value


def _without_database(endpoint: Callable[..., Any]) -> Callable[..., Any]:
    """All that ``edge.transaction`` does but for the transaction."""

    @functools.wraps(endpoint)
    def run(*args: Any, **kwargs: Any) -> Any:
        request.get_data(parse_form_data=True)
        token, _ = edge.token_of_request()
        if not token:
            raise NotSignedIn()
        edge.house().limiter.hit("submit", f"bench:{token}")
        edge.check_body()
        return endpoint(*args, **kwargs)

    return run


receipt = revived(json.loads(Path(os.environ["BENCH_RECEIPT"]).read_text())) if "BENCH_RECEIPT" in os.environ else {}
blueprint = Blueprint("bench", __name__, url_prefix="/bench")


@blueprint.post("/reports")
@_without_database
@blueprint.arguments(NewReport)
@blueprint.response(201, ReceiptOut)
def validated(given: dict[str, Any]) -> dict[str, Any]:
    """Everything about a report but finding out and keeping"""
    Datum(given["location"]["coord_type"])
    return receipt


@blueprint.post("/photos")
@blueprint.arguments(Upload, location="files")
@blueprint.response(201)
def read_only(given: dict[str, FileStorage]) -> dict[str, int]:
    """Everything about a photo but looking at it and keeping it"""
    return {"bytes": len(given["file"].read(MOST_BYTES + 1))}


def application() -> Any:
    configure()
    app = create_app(from_environment())
    app.register_blueprint(blueprint)
    return app
