"""Chromium once per run; a site with its own database for each test; compiled translations."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from playwright.sync_api import Browser, sync_playwright

from tests.databases import Databases
from tests.service import Service
from tests.web.site import Site

TRANSLATIONS = Path(__file__).parents[2] / "reporter" / "web" / "translations"
FLAGS = [
    "--no-sandbox",  # root has none
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--font-render-hinting=none",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",  # nothing outside can be reached
]


@pytest.fixture(scope="session")
def translations() -> None:
    """Compile the catalogues whose text is newer than what set-up compiled."""
    for source in TRANSLATIONS.glob("*/LC_MESSAGES/*.po"):
        compiled = source.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime:
            with source.open("rb") as text, compiled.open("wb") as out:
                write_mo(out, read_po(text))


@pytest.fixture(scope="session")
def chromium(translations: None) -> Iterator[Browser]:
    """Debian's Chromium; Playwright only drives it."""
    program = shutil.which("chromium") or "/usr/bin/chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def site(database_url: str, chromium: Browser, tmp_path: Path) -> Iterator[Site]:
    """The service on a fresh small district, on each database."""
    yield from _site(database_url, chromium, tmp_path)


@pytest.fixture
def quick_site(databases: Databases, chromium: Browser, tmp_path: Path) -> Iterator[Site]:
    """The same on SpatiaLite only, for what is about the pages alone."""
    with databases.cloned("spatialite") as url:
        yield from _site(url, chromium, tmp_path)


def _site(url: str, chromium: Browser, tmp_path: Path) -> Iterator[Site]:
    # a browser drops a cookie that ended before its own, real, today: sessions outlast every clock of a story
    service = Service(url, str(tmp_path / "photos"), session_days=36500)
    site = Site(service, chromium).open()
    try:
        yield site
    finally:
        site.close()
        service.close()
    assert site.unexcused() == []
