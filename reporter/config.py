"""Settings from the environment, read once into one frozen object.

Only what an operator of a machine decides is here; what a city decides is data (``domain/policy.py``).
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Settings:
    """Rates are calls a minute; ``*_days`` and ``*_minutes`` are lengths of sessions."""

    database_url: str
    secret_key: str
    demo: bool
    photo_store: str
    wechat_api_base: str
    wechat_appid: str
    wechat_secret: str
    secure_cookies: bool
    session_days: int
    staff_idle_minutes: int
    submit_rate: int
    write_rate: int
    login_rate: int
    password_rate: int
    reference_seconds: float
    trusted_proxies: int

    @property
    def on_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")


class MissingSetting(RuntimeError):
    """A setting that has no safe default is absent."""


def from_environment(env: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings. Raises MissingSetting for what production must decide itself."""
    demo = env.get("REPORTER_DEMO") == "1"
    secret_key = env.get("SECRET_KEY", "")
    if not secret_key:
        raise MissingSetting("SECRET_KEY is not set: put at least 32 random characters into the environment")
    return Settings(
        database_url=env.get("DATABASE_URL", f"sqlite:///{ROOT / 'var' / 'reporter.db'}"),
        secret_key=secret_key,
        demo=demo,
        photo_store=env.get("PHOTO_STORE", f"file://{ROOT / 'var' / 'photos'}"),
        wechat_api_base=env.get("WECHAT_API_BASE", "https://api.weixin.qq.com"),
        wechat_appid=env.get("WECHAT_APPID", ""),
        wechat_secret=env.get("WECHAT_SECRET", ""),
        secure_cookies=env.get("SECURE_COOKIES", "0" if demo else "1") == "1",
        session_days=int(env.get("SESSION_DAYS", "30")),
        staff_idle_minutes=int(env.get("STAFF_IDLE_MINUTES", "30")),
        submit_rate=int(env.get("SUBMIT_RATE", "30")),
        write_rate=int(env.get("WRITE_RATE", "240")),
        login_rate=int(env.get("LOGIN_RATE", "600")),
        password_rate=int(env.get("PASSWORD_RATE", "30")),
        reference_seconds=float(env.get("REFERENCE_SECONDS", "5")),
        trusted_proxies=int(env.get("TRUSTED_PROXIES", "0")),
    )
