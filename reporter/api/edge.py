"""The edge of every endpoint: one transaction, who is calling, how fast, and a second try after a race."""

import functools
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, request
from sqlalchemy.exc import IntegrityError
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from reporter.api.limiter import Limiter
from reporter.config import Settings
from reporter.domain.errors import Forbidden, Invalid, NotFound, NotSignedIn, sentence
from reporter.domain.permissions import Actor
from reporter.services import sessions
from reporter.services.photos import Darkroom, Store
from reporter.services.unit_of_work import UnitOfWork, Works

COOKIE = "session"
CSRF_HEADER = "X-CSRF-Token"
WANTS_COOKIE = "X-Session-Cookie"  # a header no foreign form can send, so nobody is logged in by surprise


@dataclass(frozen=True)
class House:
    """What the composition root hands to the endpoints."""

    settings: Settings
    works: Works
    store: Store
    darkroom: Darkroom
    wechat: Any
    limiter: Limiter


def house() -> House:
    found: House = current_app.extensions["house"]
    return found


def install(app: Flask, built: House) -> None:
    app.extensions["house"] = built
    app.before_request(_readable_path)


def _readable_path() -> None:
    """PostgreSQL holds no NUL, so nothing has one in its name. Raises NotFound."""
    if "\0" in request.path:
        raise NotFound()


def token_of_request() -> tuple[str | None, bool]:
    """The token, and whether it came by cookie (then writes need the CSRF header)."""
    header = request.headers.get("Authorization", "")
    if header.startswith("Bearer "):
        return header.removeprefix("Bearer ").strip(), False
    return request.cookies.get(COOKIE), True


def csrf_token(token: str) -> str:
    """Belongs to one session; a foreign page cannot know it."""
    return hmac.new(house().settings.secret_key.encode(), b"csrf:" + token.encode(), hashlib.sha256).hexdigest()


def transaction(
    *,
    writes: bool = False,
    signed_in: bool = True,
    brake: str | None = None,
    at_once: Callable[[], bool] = lambda: False,
) -> Callable[..., Any]:
    """Run an endpoint in one unit of work, passed as its first argument.

    The transaction commits after the answer has been built. When two requests race for one key the
    loser's transaction is thrown away and the endpoint runs once more; then it sees what the winner
    stored. ``brake`` names a rate; writes have one anyway. ``at_once`` tells of a request that it writes with one
    statement, which then is the transaction: should building the answer fail after it, the report is there, and the
    same key sent again is answered with it.
    """

    def wrap(endpoint: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(endpoint)
        def run(*args: Any, **kwargs: Any) -> Any:
            request.get_data(parse_form_data=True)  # a slow sender must not hold a transaction open
            if brake in ("login", "password"):
                house().limiter.hit(brake, f"address:{request.remote_addr}")
            once = functools.partial(_once, endpoint, args, kwargs, writes, signed_in, brake, at_once())
            try:
                return once()
            except IntegrityError:
                if not writes:
                    raise
                return once()

        return run

    return wrap


def caller(endpoint: Callable[..., Any]) -> Callable[..., Any]:
    """For endpoints that do something outside the house: who is calling is asked in a short transaction of
    its own, and the endpoint gets the actor and opens what it needs."""

    @functools.wraps(endpoint)
    def run(*args: Any, **kwargs: Any) -> Any:
        with house().works.open(writes=False) as uow:
            actor = _signed_in(uow)[0]
        return endpoint(actor, *args, **kwargs)

    return run


def _signed_in(uow: UnitOfWork) -> tuple[Actor, str, bool]:
    """The caller, the token, and whether “last seen” should be written. Raises NotSignedIn, Forbidden."""
    token, by_cookie = token_of_request()
    if not token:
        raise NotSignedIn()
    actor, stale = sessions.actor_of(uow, token)
    if by_cookie and request.method not in ("GET", "HEAD"):
        _check_csrf(token)
    return actor, token, stale


def _once(
    endpoint: Callable[..., Any],
    args: Any,
    kwargs: Any,
    writes: bool,
    signed_in: bool,
    brake: str | None,
    at_once: bool,
) -> Any:
    token, stale = "", False
    with house().works.open(writes=writes, at_once=at_once) as uow:
        if signed_in:
            uow.actor, token, stale = _signed_in(uow)
            if writes:
                house().limiter.hit(brake or "write", f"person:{uow.actor.person_id}")
        check_body()
        answer = endpoint(uow, *args, **kwargs)
    if stale and token:
        with house().works.open() as uow:
            sessions.seen(uow, token)
    return answer


def if_match() -> int | None:
    """The version the caller last saw, None when the request does not say. Raises Invalid naming ``If-Match``."""
    header = request.headers.get("If-Match", "").strip()
    if not header or header == "*":
        return None
    try:
        return int(header.removeprefix("W/").strip('"'))
    except ValueError as error:
        raise Invalid(fields={"If-Match": sentence("版本号不对")}) from error


def json_only(endpoint: Callable[..., Any]) -> Callable[..., Any]:
    """For endpoints that open their own transactions: the body, if any, must be JSON."""

    @functools.wraps(endpoint)
    def run(*args: Any, **kwargs: Any) -> Any:
        check_body()
        return endpoint(*args, **kwargs)

    return run


def check_body() -> None:
    """A body that does not say it is JSON, or cannot be read as it, is refused as such and not as an empty one.

    Raises UnsupportedMediaType, BadRequest (also for numbers and nesting that no reader of JSON bears).
    """
    if request.method not in ("POST", "PUT", "PATCH") or not (request.content_length or request.get_data()):
        return
    if not request.is_json:
        raise UnsupportedMediaType()
    try:
        request.get_json()
    except RecursionError as error:
        raise BadRequest() from error


def _check_csrf(token: str) -> None:
    given = request.headers.get(CSRF_HEADER, "")
    if not hmac.compare_digest(given.encode(), csrf_token(token).encode()):  # as bytes: text must be ASCII
        raise Forbidden(sentence("页面已过期，请刷新后再试"))
