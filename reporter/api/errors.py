"""One shape for every no: ``{"error": {"code", "message", "fields"}}``, with the right status."""

from typing import Any

import structlog
from flask import Flask, Response, jsonify
from werkzeug.exceptions import HTTPException

from reporter.api.words import gettext, say
from reporter.domain import errors
from reporter.domain.errors import Refusal, sentence
from schemas.base import Filled

log = structlog.get_logger()

# The first branch that fits; see the tree in domain/errors.py.
STATUS_CODE: tuple[tuple[type[Refusal], int], ...] = (
    (errors.NotSignedIn, 401),
    (errors.Forbidden, 403),
    (errors.NotFound, 404),
    (errors.Conflict, 409),
    (errors.TooFast, 429),
    (errors.PhotoTooLarge, 413),
    (errors.PhotoWrongType, 415),
    (errors.Unavailable, 503),
    (errors.Invalid, 422),
)
HTTP_CODES = {
    400: ("bad_request", sentence("请求读不懂")),
    401: ("not_signed_in", sentence("请先登录")),
    403: ("forbidden", sentence("您的身份不能做这件事")),
    404: ("not_found", sentence("没有找到")),
    405: ("method_not_allowed", sentence("这里不能这样请求")),
    406: ("not_acceptable", sentence("给不出这种格式")),
    408: ("timeout", sentence("请求太慢")),
    413: ("too_large", sentence("内容太大")),
    415: ("wrong_type", sentence("内容类型不对，要用 application/json")),
    422: ("invalid", sentence("填写的内容有误")),
    429: ("too_fast", sentence("操作太快，请稍后再试")),
    500: ("internal", sentence("服务出错了，请稍后再试")),
}


def install(app: Flask) -> None:
    app.register_error_handler(Refusal, refused)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(Exception, crashed)


def refused(refusal: Refusal) -> Response:
    status = next((code for kind, code in STATUS_CODE if isinstance(refusal, kind)), 422)
    response = answer(
        status,
        refusal.code,
        say(
            refusal.message,
            **{key: gettext(value) if isinstance(value, str) else value for key, value in refusal.params.items()},
        ),
        {name: gettext(text) for name, text in refusal.fields.items()},
    )
    if isinstance(refusal, errors.TooFast):
        response.headers["Retry-After"] = str(refusal.retry_after_s)
    if isinstance(refusal, errors.Conflict) and refusal.present:
        body = response.get_json()
        body["error"]["present"] = refusal.present
        response.set_data(jsonify(body).get_data())
    return response


def http_error(error: HTTPException) -> Response:
    """Errors of the framework, and of shapes: a 422 names each field by its path."""
    status = error.code or 500
    code, message = HTTP_CODES.get(status, ("error", sentence("请求没有成功")))
    fields = _flat(getattr(error, "data", {}).get("messages", {})) if status == 422 else {}
    response = answer(status, code, gettext(message), fields)
    for name, value in error.get_headers() if status in (405,) else ():
        if name.lower() == "allow":
            response.headers["Allow"] = value
    return response


def crashed(error: Exception) -> Response:
    """What nobody foresaw: logged whole, told in one sentence without any detail."""
    log.exception("crashed", error=repr(error))
    code, message = HTTP_CODES[500]
    return answer(500, code, gettext(message), {})


def answer(status: int, code: str, message: str, fields: dict[str, str]) -> Response:
    response = jsonify({"error": {"code": code, "message": message, "fields": fields}})
    response.status_code = status
    return response


def _flat(messages: Any, path: str = "") -> dict[str, str]:
    """``{"json": {"location": {"lng": ["…"]}}}`` → ``{"location.lng": "…"}``."""
    if isinstance(messages, dict):
        found: dict[str, str] = {}
        for key, value in messages.items():
            outer = not path and key in ("json", "query", "files", "form", "path", "headers")
            name = "" if outer or key == "_schema" else str(key)
            found.update(_flat(value, f"{path}.{name}".strip(".")))
        return found
    texts = messages if isinstance(messages, list) else [messages]
    return {path or "body": "；".join(_worded(text) for text in texts)}


def _worded(text: Any) -> str:
    return say(text.template, **text.filling) if isinstance(text, Filled) else gettext(str(text))
