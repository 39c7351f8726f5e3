"""Logging in and out over HTTP, and who is calling."""

from typing import Any

from flask import Response, after_this_request, request
from flask_smorest import Blueprint
from sqlalchemy import func, select

from reporter.api.edge import COOKIE, WANTS_COOKIE, csrf_token, house, json_only, token_of_request, transaction
from reporter.api.words import gettext
from reporter.domain import permissions
from reporter.domain.errors import NotFound, WrongCredentials
from reporter.domain.permissions import Actor, Permission
from reporter.models.areas import Area
from reporter.models.messages import Message
from reporter.models.whistles import Whistle
from reporter.queries import whistles
from reporter.services import demo_accounts, sessions
from reporter.services.sessions import Login
from reporter.services.unit_of_work import UnitOfWork
from schemas.sessions import DemoAccount, DemoIn, Me, PasswordIn, Session, WechatIn

blueprint = Blueprint("sessions", __name__, url_prefix="/api/v1", description="Who is calling")


@blueprint.post("/sessions/wechat")
@json_only
@blueprint.arguments(WechatIn)
@blueprint.response(200, Session)
def by_wechat(given: dict[str, Any]) -> dict[str, Any]:
    """Log in with the code of wx.login"""
    house().limiter.hit("login", f"address:{request.remote_addr}")
    identity = house().wechat.code2session(given["code"])  # outside any transaction
    with house().works.open() as uow:
        settings = house().settings
        login = sessions.by_wechat(uow, settings.wechat_appid, identity.openid, identity.unionid, settings.session_days)
        return _shown(uow, login)


@blueprint.post("/sessions/password")
@json_only
@blueprint.arguments(PasswordIn)
@blueprint.response(200, Session)
def by_password(given: dict[str, Any]) -> dict[str, Any]:
    """Log in with a staff account"""
    house().limiter.hit("password", f"address:{request.remote_addr}")
    settings = house().settings
    with house().works.open() as uow:
        person_id = sessions.check_password(uow, given["username"], given["password"])
        login = (
            sessions.by_password(uow, person_id, settings.session_days, settings.staff_idle_minutes)
            if person_id is not None
            else None
        )
        answer = _shown(uow, login) if login else None
    if answer is None:
        raise WrongCredentials()  # after the commit: the failure was counted
    return answer


@blueprint.post("/sessions/demo")
@json_only
@blueprint.arguments(DemoIn)
@blueprint.response(200, Session)
def by_demo(given: dict[str, Any]) -> dict[str, Any]:
    """Log in as somebody of the demo; absent elsewhere"""
    house().limiter.hit("login", f"address:{request.remote_addr}")
    if not house().settings.demo:
        raise NotFound()
    with house().works.open() as uow:
        return _shown(uow, sessions.by_demo_name(uow, given["username"], house().settings.session_days))


@blueprint.get("/sessions/demo")
@transaction(signed_in=False)
@blueprint.response(200, DemoAccount(many=True))
def demo_list(uow: UnitOfWork) -> list[dict[str, Any]]:
    """The accounts worth trying; absent outside the demo"""
    if not house().settings.demo:
        raise NotFound()
    return demo_accounts.worth_trying(uow)


@blueprint.delete("/sessions/current")
@transaction(writes=True)
@blueprint.response(204)
def log_out(uow: UnitOfWork) -> None:
    """Log out: the token is worth nothing from now on"""
    token, _ = token_of_request()
    sessions.close(uow, token or "")
    after_this_request(_without_cookie)


@blueprint.get("/me")
@transaction()
@blueprint.response(200, Me)
def me(uow: UnitOfWork) -> dict[str, Any]:
    """Who I am: role, area, seats, unread messages"""
    return _person(uow, uow.caller)


@blueprint.get("/me/csrf")
@transaction()
@blueprint.response(200)
def csrf(uow: UnitOfWork) -> dict[str, str]:
    """The token a page sends with writes when it is logged in by cookie"""
    token, _ = token_of_request()
    return {"csrf_token": csrf_token(token or "")}


def _shown(uow: UnitOfWork, login: Login) -> dict[str, Any]:
    uow.session.flush()
    if request.headers.get(WANTS_COOKIE):

        @after_this_request
        def with_cookie(response: Response) -> Response:
            response.set_cookie(
                COOKIE,
                login.token,
                expires=login.expires_at,
                httponly=True,
                samesite="Lax",
                secure=house().settings.secure_cookies,
                path="/",
            )
            return response

    return {
        "token": login.token,
        "expires_at": login.expires_at,
        "user": _person(uow, login.actor),
        "csrf_token": csrf_token(login.token),
    }


def _without_cookie(response: Response) -> Response:
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="Lax", secure=house().settings.secure_cookies)
    return response


def _person(uow: UnitOfWork, actor: Actor) -> dict[str, Any]:
    seat = actor.seats[0] if actor.seats else None
    home = uow.session.get(Area, actor.home_area_id) if seat is None and actor.home_area_id else None
    department = uow.book.departments[actor.department_id] if actor.department_id else None
    unread = uow.session.scalar(
        select(func.count()).where(Message.person_id == actor.person_id, Message.read_at.is_(None))
    )
    return {
        "role": actor.role.value,
        "name": actor.name,
        "level": actor.level.value if actor.level else None,
        "area": seat.area_code if seat else home.code if home else None,
        "area_name": seat.area_name if seat else home.name if home else None,
        "seats": [
            {
                "area_code": one.area_code,
                "area_name": one.area_name,
                "level": one.level.value,
                "title": gettext(one.title),
                "as_deputy": one.as_deputy,
            }
            for one in actor.seats
        ],
        "department": department.name if department else None,
        "unread": unread or 0,
        "whistles": _waiting_whistles(uow, actor),
        "points": 0,
    }


def _waiting_whistles(uow: UnitOfWork, actor: Actor) -> int:
    """In how many it is the caller's turn; who can have none is not asked about."""
    if not permissions.may(actor, Permission.SEE_WHISTLES):
        return 0
    mine = select(func.count()).select_from(Whistle).where(whistles.visible_to(actor), whistles.waits_for(actor))
    return uow.session.scalar(mine) or 0
