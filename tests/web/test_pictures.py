"""The pictures of the README: the three pages with a month of work in them.

Written to ``tests/web/pictures/`` when UPDATE_PICTURES=1, else to a folder of the test, so that they are
taken, and looked at by the checks below, on every run.
"""

import io
import os
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.service import Service
from tests.web.scenes import upload
from tests.web.site import Site, Visitor
from tests.world import (
    AT_AWAY_HOME,
    AT_EMPTY_HOME,
    AT_HOME,
    AT_NET_HOME,
    AT_NEXT_DOOR,
    GRID_A,
    HOME,
    IN_GRID_A_ONLY,
    NET_HOME,
)

pytestmark = pytest.mark.browser

PICTURES = Path(__file__).parent / "pictures"
LARGEST = 300_000  # bytes of a picture in the repository

Row = tuple[str, tuple[float, float], str, str, str, str]

# When (Beijing time), where, what, in which words, at which spot, drawn how.
EVENING: list[Row] = [
    ("2026-10-03 18:50", IN_GRID_A_ONLY, "SJ0406", "烧烤摊摆在人行道上，过不去", "小区东门", "bags"),
    ("2026-10-03 20:00", AT_NEXT_DOOR, "BJ0123", "井盖裂了，旁边没有围挡", "1栋门口", "hole"),
    ("2026-10-03 21:20", AT_EMPTY_HOME, "BJ0123", "门口井盖没了，黑灯瞎火很危险", "2栋西侧路口", "hole"),
    ("2026-10-03 16:30", IN_GRID_A_ONLY, "SJ0111", "装修垃圾堆了好几天", "3栋后面", "bags"),
    ("2026-10-03 09:35", AT_AWAY_HOME, "LL0107", "楼道灯一直闪", "2栋2单元6楼", "dark"),
]
LAMPS = (AT_HOME, AT_NEXT_DOOR, AT_NET_HOME)  # whose leads are there


def report(service: Service, row: Row) -> str:
    when, point, category, words, address, kind = row
    service.at(when)
    rider = service.as_("resident" if category.startswith("LL") else "rider")
    sent = upload(kind, (800, 600))
    photo = rider.request("POST", "/photos", data={"file": (io.BytesIO(sent["buffer"]), sent["name"], "image/jpeg")})
    given = {"category": category, "text": words, "address": address, "photo_ids": [photo.json["id"]]}
    return str(rider.report(point, **given)["number"])


WHY = {"cause": "灯泡质量差", "effect": "换成长寿命的"}  # asked for where a place repeats itself


def lamps_of_september(service: Service) -> int:
    """Lamps reported and mended, one or two on most days, most of them in time and to somebody's satisfaction."""
    count = 0
    for day in range(6, 31):
        for turn in range(day * 7 % 4):
            number = report(
                service,
                (
                    f"2026-09-{day:02} 0{8 + turn % 2}:1{turn}",
                    LAMPS[(day + turn) % 3],
                    "LL0107",
                    "楼道灯不亮",
                    "",
                    "dark",
                ),
            )
            count += 1
            if (day + turn) % 5 == 0:
                continue  # nobody came, and so the ticket climbs
            service.at(f"2026-09-{day:02} 1{turn + 1}:30")
            lead = service.seat(NET_HOME if LAMPS[(day + turn) % 3] == AT_NET_HOME else HOME)
            lead.did(number, "solve", note="换了灯泡", photo_ids=[lead.photo("white")], **WHY)
            grade = (5, 4, 5, 3, 2)[(day * 3 + turn) % 5]
            service.as_("resident").post(f"/tickets/{number}/rating", {"grade": grade})
        service.work()
    return count


def an_evening(service: Service) -> int:
    """What the grid lead has at hand: one matter late, one at risk, one that just came in, one with time."""
    numbers = [report(service, row) for row in sorted(EVENING)]
    late, cracked, rubbish = numbers[2], numbers[3], numbers[1]
    service.at("2026-10-03 20:10")
    grid = service.seat(GRID_A)
    grid.did(rubbish, "take")
    grid.did(late, "take")
    grid.did(cracked, "respond", note="已围挡", photo_ids=[grid.photo("orange")])
    service.at("2026-10-03 21:40").work()
    return len(numbers)


def keep(visitor: Visitor, name: str, folder: Path) -> Image.Image:
    """The whole page as one picture, in few colours so that it stays small."""
    page = visitor.settled().page
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": page.viewport_size["width"], "height": height})
    visitor.settled()
    page.evaluate("document.activeElement.blur()")
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    path = folder / f"{name}.png"
    picture.quantize(200, dither=Image.Dither.NONE).save(path, optimize=True)
    assert path.stat().st_size < LARGEST
    return picture


def test_pictures_of_the_three_pages(quick_site: Site, tmp_path: Path) -> None:
    folder = PICTURES if os.environ.get("UPDATE_PICTURES") == "1" else tmp_path
    folder.mkdir(exist_ok=True)
    received = lamps_of_september(quick_site.service) + an_evening(quick_site.service)
    quick_site.at("2026-10-03 21:40")

    rider = quick_site.phone("rider2", at=AT_HOME)
    rider.page.locator("input[capture]").set_input_files([upload("hole")])
    expect(rider.page.locator(".shot.is-sent")).to_have_count(1)
    rider.page.get_by_label("怎么了").fill("门口的井盖不见了")
    expect(rider.page.locator(".chip input:checked")).to_have_count(1)
    expect(rider.page.locator(".place-name")).to_contain_text("大华公园世家")
    keep(rider, "report", folder)

    desk = quick_site.phone(f"seat:{GRID_A}")
    expect(desk.page.locator(".ticket-card").first).to_contain_text("已超")
    keep(desk, "desk", folder)

    street = quick_site.screen("street")
    expect(street.page.locator('[data-figure="received"] .tile-value')).to_have_text(str(received))
    picture = keep(street, "dashboard", folder)
    assert len(picture.getcolors(2**24) or []) > 50, "something was drawn"
