"""The service behind a real port, and people in front of it with a phone or a screen of their own.

site.at("2026-10-03 21:40")                  the clock of service and browsers, which then stands still
rider = site.phone("rider", at=AT_HOME)      a tab on the report page, logged in
desk = site.phone(f"seat:{GRID_A}")          the same on /desk
rider.page.get_by_role("button", …)          the rest is Playwright

Whatever a page says to the console as an error, every failed request and every request to another origin is
kept in ``faults``; the fixture that made the site fails the test if there are any.
"""

import threading
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.service import Service, beijing

Point = tuple[float, float]
NARROW = {"width": 360, "height": 780}  # the smallest phone we promise to be good on
DESK = {"width": 1440, "height": 1000}
START = {
    "rider": "/",
    "rider2": "/",
    "resident": "/",
    "resident2": "/",
    "street": "/dashboard",
    "district": "/dashboard",
}


class Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.0"  # a connection for each request, so that closing waits for no idle one

    def log(self, type: str, message: str, *args: Any) -> None:
        """Nothing: what went wrong is in ``faults``."""


@dataclass
class Visitor:
    """Somebody at a page."""

    site: "Site"
    context: BrowserContext
    page: Page

    def go(self, path: str) -> "Visitor":
        """Open a path; the view of another # of the same page is opened anew too."""
        self.page.goto("about:blank")
        self.page.goto(self.site.url + path)
        return self

    def settled(self) -> "Visitor":
        """Wait until the page asks for nothing more."""
        self.page.wait_for_load_state("networkidle")
        return self

    def overflow(self) -> int:
        """By how many pixels the page is wider than the screen."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


@dataclass
class Site:
    service: Service
    browser: Browser
    url: str = ""
    faults: list[str] = field(default_factory=list)
    excused: list[str] = field(default_factory=list)  # parts of faults that a test brings about on purpose
    _contexts: list[BrowserContext] = field(default_factory=list)

    def open(self) -> "Site":
        self._server = make_server("127.0.0.1", 0, self.service.app, threaded=True, request_handler=Quiet)
        self._server.daemon_threads = False  # closing waits for answers under way, which hold connections
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()
        return self

    def close(self) -> None:
        for context in self._contexts:
            context.close()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def at(self, text: str) -> "Site":
        self.service.at(text)
        for context in self._contexts:
            context.clock.set_fixed_time(beijing(text))
        return self

    def phone(self, username: str | None = None, **given: Any) -> Visitor:
        """A phone: small, touched, dense. Logged in as ``username`` and on the page where that person starts."""
        return self._visitor(
            username, NARROW, {"device_scale_factor": 2, "has_touch": True, "is_mobile": True}, **given
        )

    def screen(self, username: str | None = None, **given: Any) -> Visitor:
        """A desk or wall screen."""
        return self._visitor(username, DESK, {}, **given)

    def _visitor(
        self,
        username: str | None,
        size: dict[str, int],
        device: dict[str, Any],
        *,
        at: Point | None = None,
        accuracy: float = 12,
        language: str = "zh-CN",
        path: str | None = None,
    ) -> Visitor:
        place: dict[str, Any] = {}
        if at:
            place = {
                "geolocation": {"longitude": at[0], "latitude": at[1], "accuracy": accuracy},
                "permissions": ["geolocation"],
            }
        # a phone set to another zone shows the same times: they are those of the city
        context = self.browser.new_context(
            viewport=size, locale=language, timezone_id="Europe/Paris", **device, **place
        )
        context.set_default_timeout(8000)
        context.clock.set_fixed_time(self.service.clock())
        self._contexts.append(context)
        if username:
            self._log_in(context, username)
        page = context.new_page()
        self._listen(page)
        visitor = Visitor(self, context, page)
        start = START.get(username or "rider", "/desk")
        return visitor.go(start if path is None else path)

    def _log_in(self, context: BrowserContext, username: str) -> None:
        answer = context.request.post(
            f"{self.url}/api/v1/sessions/demo", data={"username": username}, headers={"X-Session-Cookie": "1"}
        )
        assert answer.ok, answer.text()

    def _listen(self, page: Page) -> None:
        def failed(request: Request) -> None:
            if request.failure != "net::ERR_ABORTED":  # a page left behind does not wait for its answers
                self.faults.append(f"failed request: {request.url} {request.failure}")

        def answered(response: Response) -> None:
            if response.status >= 400:
                self.faults.append(f"{response.status}: {response.request.method} {urlsplit(response.url).path}")

        def asked(request: Request) -> None:
            if not request.url.startswith((self.url + "/", "blob:", "data:", "about:")):
                self.faults.append(f"outside: {request.url}")

        def said(message: ConsoleMessage) -> None:
            # a failed request is also said to the console; ``answered`` knows better which one it was
            if message.type in ("error", "warning") and not message.text.startswith("Failed to load resource"):
                self.faults.append(f"console: {message.text}")

        page.on("requestfailed", failed)
        page.on("response", answered)
        page.on("request", asked)
        page.on("console", said)
        page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))

    def unexcused(self) -> list[str]:
        return [fault for fault in self.faults if not any(part in fault for part in self.excused)]
