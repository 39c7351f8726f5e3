"""Proving who somebody is: WeChat code, password or demo name in, a random token out.

Only the token's hash is stored. Who may do what with it is ``domain/permissions.py``.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import select, update

from reporter.domain.errors import AccountLocked, NotFound, NotSignedIn, SeatVacant, WrongCredentials
from reporter.domain.permissions import Actor, Role
from reporter.models.areas import Area
from reporter.models.areas import Seat as SeatRow
from reporter.models.people import Account, LoginSession, Person, WechatIdentity
from reporter.queries import people
from reporter.services.unit_of_work import UnitOfWork

# domain.md 10.4: lock after 5 failures for 15 minutes
MOST_FAILURES = 5
LOCKED_FOR = timedelta(minutes=15)
SEEN_EVERY = timedelta(minutes=2)  # how exactly “last seen” is known; more exact would write on every read

_hasher = PasswordHasher()
_NOBODYS_HASH = _hasher.hash(secrets.token_urlsafe())  # so that an unknown name costs the same time


@dataclass(frozen=True, slots=True)
class Login:
    """The token itself is here and nowhere else."""

    token: str
    expires_at: datetime
    actor: Actor


def by_wechat(uow: UnitOfWork, appid: str, openid: str, unionid: str | None, days: int) -> Login:
    """Log in whoever WeChat says this is; a new user becomes a resident."""
    identity = uow.session.scalar(
        select(WechatIdentity).where(WechatIdentity.appid == appid, WechatIdentity.openid == openid)
    )
    if identity is None:
        person = Person(name="微信用户", role=Role.RESIDENT.value, created_at=uow.now)
        uow.session.add(person)
        uow.session.flush()  # the identity refers to the person
        identity = WechatIdentity(appid=appid, openid=openid, unionid=unionid, person_id=person.id, created_at=uow.now)
        uow.session.add(identity)
    return _open(uow, identity.person_id, days, idle_minutes=None)


def check_password(uow: UnitOfWork, username: str, password: str) -> int | None:
    """The person's id when the password is right; counts failures and locks. Raises AccountLocked.

    The caller commits before it says no, so that a failure is counted although the login is refused.
    """
    account = uow.session.scalar(select(Account).where(Account.username == username).with_for_update())
    if account is not None and account.locked_until is not None and account.locked_until > uow.now:
        raise AccountLocked(int((account.locked_until - uow.now).total_seconds()) + 1)
    try:
        _hasher.verify(account.password_hash if account and account.password_hash else _NOBODYS_HASH, password)
    except VerificationError:
        if account is not None:
            account.failures += 1
            if account.failures >= MOST_FAILURES:
                account.failures, account.locked_until = 0, uow.now + LOCKED_FOR
        return None
    if account is None or account.password_hash is None:
        return None
    account.failures, account.locked_until = 0, None
    return account.person_id


def by_password(uow: UnitOfWork, person_id: int | None, days: int, idle_minutes: int) -> Login:
    """Open a session for a checked password. Raises WrongCredentials."""
    if person_id is None:
        raise WrongCredentials()
    return _open(uow, person_id, days, idle_minutes=idle_minutes)


def by_demo_name(uow: UnitOfWork, username: str, days: int) -> Login:
    """``rider``, ``street`` … or ``seat:AREA_CODE``. Raises NotFound, SeatVacant."""
    if username.startswith("seat:"):
        return _open(uow, _holder_of(uow, username.removeprefix("seat:")), days, idle_minutes=None)
    account = uow.session.get(Account, username)
    if account is None:
        raise NotFound()
    return _open(uow, account.person_id, days, idle_minutes=None)


def _holder_of(uow: UnitOfWork, code: str) -> int:
    row = uow.session.execute(
        select(Area.id, SeatRow.holder_id).outerjoin(SeatRow, SeatRow.area_id == Area.id).where(Area.code == code)
    ).one_or_none()
    if row is None:
        raise NotFound()
    if row.holder_id is None:
        raise SeatVacant()
    return int(row.holder_id)


def set_password(uow: UnitOfWork, username: str, password: str) -> None:
    """Give an account a password and end its sessions. Raises NotFound."""
    account = uow.session.get(Account, username)
    if account is None:
        raise NotFound()
    account.password_hash, account.failures, account.locked_until = _hasher.hash(password), 0, None
    uow.session.execute(
        update(LoginSession)
        .where(LoginSession.person_id == account.person_id, LoginSession.revoked_at.is_(None))
        .values(revoked_at=uow.now)
    )


def actor_of(uow: UnitOfWork, token: str) -> tuple[Actor, bool]:
    """Who a token belongs to, and whether “last seen” should be written. Raises NotSignedIn."""
    rows = people.by_token(uow.session, hash_of(token))
    if not rows or not people.alive(rows[0], uow.now):
        raise NotSignedIn()
    stale = rows[0].idle_minutes is not None and uow.now - rows[0].seen_at > SEEN_EVERY
    return people.actor(rows, uow.book), stale


def seen(uow: UnitOfWork, token: str) -> None:
    """Write that a session is in use."""
    uow.session.execute(update(LoginSession).where(LoginSession.token_hash == hash_of(token)).values(seen_at=uow.now))


def close(uow: UnitOfWork, token: str) -> None:
    """Log out: the token is worth nothing from now on."""
    uow.session.execute(
        update(LoginSession).where(LoginSession.token_hash == hash_of(token)).values(revoked_at=uow.now)
    )


def hash_of(token: str) -> str:
    """SHA-256 is enough for 256 random bits; nothing can be guessed from it."""
    return hashlib.sha256(token.encode()).hexdigest()


def _open(uow: UnitOfWork, person_id: int, days: int, *, idle_minutes: int | None) -> Login:
    token = secrets.token_urlsafe(32)
    expires_at = uow.now + timedelta(days=days)
    uow.session.add(
        LoginSession(
            token_hash=hash_of(token),
            person_id=person_id,
            created_at=uow.now,
            expires_at=expires_at,
            idle_minutes=idle_minutes,
            seen_at=uow.now,
        )
    )
    uow.session.flush()  # the caller is read by the session that was just opened
    return Login(token, expires_at, people.actor(people.by_token(uow.session, hash_of(token)), uow.book))
