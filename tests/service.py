"""The whole service as a test holds it: an app on a real database, a clock to set, people to be.

service.at("2026-10-03 21:40")            Beijing time, which then stands still
rider = service.as_("rider")              somebody logged in; also service.seat(GRID_A)
ticket = rider.report(AT_HOME, category="LL0107")
service.work()                            everything the worker would do now
"""

import io
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import Engine, event
from werkzeug.test import TestResponse

from reporter import worker, workshop
from reporter.api.edge import House
from reporter.app import create_app
from reporter.config import Settings

BEIJING = ZoneInfo("Asia/Shanghai")


def beijing(text: str) -> datetime:
    """``"2026-10-03 21:40"`` as an aware datetime."""
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING)


class Clock:
    """A clock that stands where it was put; handed to the app, so nothing is frozen."""

    def __init__(self, text: str = "2026-09-07 09:00"):
        self.present = beijing(text)

    def __call__(self) -> datetime:
        return self.present.astimezone(ZoneInfo("UTC"))


def settings_for(url: str, photos: str, **changes: Any) -> Settings:
    given: dict[str, Any] = {
        "database_url": url,
        "secret_key": "test-secret-key-of-thirty-two-bytes",
        "demo": True,
        "photo_store": f"file://{photos}",
        "wechat_api_base": "http://127.0.0.1:9",  # nobody listens there
        "wechat_appid": "wx-test",
        "wechat_secret": "wx-test-secret",
        "secure_cookies": False,
        "session_days": 30,
        "staff_idle_minutes": 30,
        "submit_rate": 10_000,
        "write_rate": 10_000,
        "login_rate": 10_000,
        "password_rate": 10_000,
        "reference_seconds": 0.0,
        "trusted_proxies": 0,
    }
    return Settings(**{**given, **changes})


def picture(colour: str = "red", size: tuple[int, int] = (64, 48)) -> bytes:
    """A small JPEG."""
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG")
    return out.getvalue()


@dataclass
class Caller:
    """Somebody at the other end of HTTP."""

    client: FlaskClient
    token: str | None
    username: str

    def request(self, method: str, path: str, **kwargs: Any) -> TestResponse:
        headers = dict(kwargs.pop("headers", {}))
        if self.token:
            headers.setdefault("Authorization", f"Bearer {self.token}")
        return self.client.open(f"/api/v1{path}", method=method, headers=headers, **kwargs)

    def get(self, path: str, **query: Any) -> TestResponse:
        return self.request("GET", path, query_string=query)

    def post(self, path: str, body: Any = None, **kwargs: Any) -> TestResponse:
        return self.request("POST", path, json=body if body is not None else {}, **kwargs)

    def photo(self, colour: str = "red") -> str:
        """The id of a freshly uploaded photo."""
        answer = self.request("POST", "/photos", data={"file": (io.BytesIO(picture(colour)), "a.jpg", "image/jpeg")})
        assert answer.status_code == 201, answer.text
        return str(answer.json["id"])

    def send(
        self, point: tuple[float, float], *, datum: str = "wgs84", key: str | None = None, **given: Any
    ) -> TestResponse:
        """Submit a report at a point (lng, lat)."""
        where = {"lng": point[0], "lat": point[1], "coord_type": datum}
        if "accuracy_m" in given:
            where["accuracy_m"] = given.pop("accuracy_m")
        return self.post("/reports", {"client_request_id": key or str(uuid.uuid4()), "location": where, **given})

    def report(self, point: tuple[float, float], **given: Any) -> dict[str, Any]:
        """The same, expected to be taken in."""
        answer = self.send(point, **given)
        assert answer.status_code == 201, answer.text
        return dict(answer.json)

    def step(self, number: str, action: str, **given: Any) -> TestResponse:
        headers = {"If-Match": given.pop("if_match")} if "if_match" in given else {}
        return self.post(f"/tickets/{number}/steps", {"action": action, **given}, headers=headers)

    def did(self, number: str, action: str, **given: Any) -> dict[str, Any]:
        """A step, expected to succeed; the ticket afterwards."""
        answer = self.step(number, action, **given)
        assert answer.status_code == 200, answer.text
        return dict(answer.json)

    def ticket(self, number: str) -> dict[str, Any]:
        answer = self.get(f"/tickets/{number}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json)

    def events(self, number: str) -> list[str]:
        return [item["kind"] for item in self.get(f"/tickets/{number}/events").json["items"]]

    def told(self) -> list[str]:
        """The texts in the inbox, oldest first."""
        return [item["text"] for item in reversed(self.get("/messages", limit=200).json["items"])]


class Service:
    """An app, its worker's jobs and its clock on one database."""

    def __init__(self, url: str, photos: str, **changes: Any):
        self.clock = Clock()
        wechat = changes.pop("wechat", None)
        self.settings = settings_for(url, photos, **changes)
        self.app: Flask = create_app(self.settings, self.clock, wechat)
        self.workshop = workshop.build(self.settings, self.clock)

    @property
    def house(self) -> House:
        return self.app.extensions["house"]  # type: ignore[no-any-return]

    @property
    def engine(self) -> Engine:
        return self.house.works.engine

    def at(self, text: str) -> "Service":
        self.clock.present = beijing(text)
        return self

    def nobody(self) -> Caller:
        return Caller(self.app.test_client(), None, "")

    def as_(self, username: str) -> Caller:
        answer = self.nobody().post("/sessions/demo", {"username": username})
        assert answer.status_code == 200, answer.text
        return Caller(self.app.test_client(), answer.json["token"], username)

    def seat(self, code: str) -> Caller:
        return self.as_(f"seat:{code}")

    def work(self) -> dict[str, int]:
        """Do everything that is due now."""
        tools = self.workshop
        return worker.run_once(worker.jobs(tools.works, tools.channels, tools.store, tools.darkroom))

    @contextmanager
    def statements(self) -> Iterator[list[str]]:
        """The SQL statements sent meanwhile, without BEGIN and the like."""
        seen: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if not statement.startswith(("BEGIN", "SAVEPOINT", "RELEASE")):
                seen.append(statement)

        event.listen(self.engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(self.engine, "before_cursor_execute", note)

    def close(self) -> None:
        self.engine.dispose()
        self.workshop.works.engine.dispose()
