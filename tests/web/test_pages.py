"""What holds for every page: it fits, it is labelled, it speaks English, and its numbers open their tickets."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import expect

from tests.web.scenes import upload
from tests.web.site import Site, Visitor
from tests.whistles.callers import blown
from tests.world import AT_EMPTY_HOME, AT_HOME, AT_NET_HOME, CENTRAL, GRID_A, NANHU

pytestmark = pytest.mark.browser

SOUNDNESS = (Path(__file__).parent / "soundness.js").read_text()

# Every link of a figure: its address, and the number it shows.
LINKS = """() => Object.fromEntries([...document.querySelectorAll('a[href^="/desk?"]')].map((link) => {
    const bar = link.querySelector("title");
    return [link.getAttribute("href"), Number((bar || link).textContent.match(/\\d+$/)[0])];
}))"""


def sound(visitor: Visitor) -> dict[str, list[Any]]:
    """What is wrong with a page, by the check that found it."""
    return dict(visitor.settled().page.evaluate(SOUNDNESS))


def some_work(site: Site) -> list[str]:
    """Three open tickets in two communities, one of them overdue later."""
    rider = site.service.as_("rider")
    return [
        rider.report(AT_HOME, category="BJ0123", text="井盖不见了", photo_ids=[rider.photo()])["number"],
        rider.report(AT_EMPTY_HOME, category="LL0107", text="楼道灯不亮", address="2栋1单元三楼")["number"],
        rider.report(AT_NET_HOME, text="说不清是什么，路边堆了很多东西，" * 8)["number"],
    ]


def test_every_view_is_sound_on_the_smallest_phone(quick_site: Site) -> None:
    number = some_work(quick_site)[0]
    quick_site.service.work()
    faults: dict[str, Any] = {}
    rider = quick_site.phone("rider", at=AT_HOME)
    expect(rider.page.locator(".place-name")).to_be_visible()
    rider.page.locator("input[capture]").set_input_files([upload("hole")])
    rider.page.get_by_label("怎么了").fill("楼道里有煤气味")
    expect(rider.page.locator(".emergency")).to_be_visible()
    rider.page.get_by_text("手动输入坐标").click()
    faults["report"] = sound(rider)
    for path in ("/#mine", "/#messages", f"/#ticket/{number}"):
        faults[path] = sound(rider.go(path))
    grid = quick_site.phone(f"seat:{GRID_A}")
    for path in ("/desk#mine", "/desk#all", "/desk#messages", f"/desk#ticket/{number}"):
        faults[path] = sound(grid.go(path))
    for name in ("到场响应", "派单", "退回", "办结反馈"):
        grid.page.get_by_role("button", name=name, exact=True).click()
        faults[name] = sound(grid)
    whistle = blown(quick_site.service.as_("street"))["number"]
    water = quick_site.phone("department", path="/desk#whistles")
    expect(water.page.locator("#view-whistles .card").first).to_be_visible()
    faults["/desk#whistles"] = sound(water)
    faults["/desk#whistle"] = sound(water.go(f"/desk#whistle/{whistle}"))
    street = quick_site.phone("street")
    expect(street.page.locator(".tile").first).to_be_visible()
    faults["dashboard"] = sound(street)
    nobody = quick_site.phone(path="/")
    expect(nobody.page.get_by_label("用别的账号")).to_be_visible()
    faults["signing in"] = sound(nobody)
    nobody.go("/api/docs")
    expect(nobody.page.locator("#lifecycle td").first).to_be_visible()
    nobody.page.get_by_role("button", name="已派遣", exact=True).click()
    expect(nobody.page.locator("#lifecycle .life-steps")).to_contain_text("接单、拆分会办 → 处理中")
    faults["docs"] = sound(nobody)
    assert {view: found for view, found in faults.items() if found} == {}


def test_text_twice_as_large_still_fits(quick_site: Site) -> None:
    number = some_work(quick_site)[0]
    grid = quick_site.screen(f"seat:{GRID_A}", path=f"/desk#ticket/{number}")
    expect(grid.page.get_by_role("heading", level=1)).to_be_visible()
    for width in (720, 360):  # a window of 1440 and of 720 pixels at 200 %
        grid.page.set_viewport_size({"width": width, "height": 700})
        assert grid.overflow() <= 0
        grid.page.get_by_role("button", name="派单", exact=True).click()
        assert grid.overflow() <= 0


def test_english_when_the_browser_asks_for_it(quick_site: Site) -> None:
    number = some_work(quick_site)[0]
    rider = quick_site.phone("rider", at=AT_HOME, language="en-US")
    expect(rider.page.get_by_role("heading", name="Report a problem")).to_be_visible()
    expect(rider.page.get_by_role("button", name="Send")).to_be_visible()
    rider.page.get_by_label("What is wrong").fill("楼道灯不亮")
    expect(rider.page.get_by_text("Stairwell light out", exact=True)).to_be_visible()
    rider.go(f"/#ticket/{number}")
    expect(rider.page.locator(".standing")).to_contain_text("Grid lead is accountable until it is closed")
    street = quick_site.phone("street", language="en-US")
    expect(street.page.get_by_text("Illustrative data, not real boundaries")).to_be_visible()
    expect(street.page.get_by_text("Closing rate").first).to_be_visible()
    assert street.page.locator("html").get_attribute("lang") == "en"


def test_wherever_areas_are_shown_it_says_that_they_are_made_up(quick_site: Site) -> None:
    number = some_work(quick_site)[0]
    said = "示意数据，非真实边界"
    rider = quick_site.phone("rider", at=AT_HOME)
    expect(rider.page.locator(".place-shown").get_by_text(said)).to_be_visible()
    for visitor in (
        quick_site.phone("rider", path=f"/#ticket/{number}"),
        quick_site.phone(f"seat:{GRID_A}", path=f"/desk#ticket/{number}"),
        quick_site.screen("street"),
        quick_site.phone(path="/"),
    ):
        expect(visitor.page.get_by_text(said)).to_be_visible()


def test_every_number_opens_exactly_its_tickets(quick_site: Site) -> None:
    quick_site.at("2026-09-07 09:00")
    some_work(quick_site)
    quick_site.at("2026-09-08 08:00")  # the cover is overdue by now
    quick_site.service.work()
    street = quick_site.screen("street")
    page = street.page
    expect(page.locator('[data-figure="received"] .tile-value')).to_have_text("3")
    links = page.evaluate(LINKS)
    assert len(links) > 15
    staff = quick_site.service.as_("street")
    for address, number in links.items():
        listed = staff.get("/tickets", **dict(parse_qsl(urlsplit(address).query)), limit=200).json["items"]
        assert len(listed) == number, address

    page.get_by_role("link", name="中央花园社区", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("中央花园社区")
    expect(page.locator('[data-figure="received"] .tile-value')).to_have_text("2")
    page.get_by_role("link", name="甲网格", exact=True).click()
    expect(page.locator("#path")).to_have_text("南湖街道中央花园社区")
    page.locator("#path").get_by_role("link", name="南湖街道").click()
    page.get_by_role("button", name="今天").click()
    expect(page.locator('[data-figure="received"] .tile-value')).to_have_text("0")
    expect(page.locator('[data-rate="satisfaction"] .tile-value')).to_have_text("—")
    assert f"area={NANHU}" in page.url and "from=2026-09-08" in page.url
    page.go_back()
    expect(page.locator('[data-figure="received"] .tile-value')).to_have_text("3")

    page.locator('[data-figure="overdue"]').click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("超期未办")
    expect(page.locator(".ticket-card")).to_have_count(1)
    expect(page.locator(".ticket-card")).to_contain_text("已超 21 小时")
    page.locator(".ticket-card").click()
    page.get_by_role("link", name="返回").click()
    expect(page.locator(".ticket-card")).to_have_count(1)


def test_the_dashboard_refreshes_itself_and_says_when_it_cannot(quick_site: Site) -> None:
    quick_site.excused = ["failed request"]
    street = quick_site.screen("street")
    page = street.page
    expect(page.locator('[data-figure="received"] .tile-value')).to_have_text("0")
    page.clock.install(time=quick_site.service.clock())
    page.reload()
    expect(page.locator('[data-figure="received"] .tile-value')).to_have_text("0")
    quick_site.service.as_("rider").report(AT_HOME, category="BJ0123")
    page.clock.run_for(61_000)
    expect(page.locator('[data-figure="received"] .tile-value')).to_have_text("1")
    page.route("**/dashboard/**", lambda route: route.abort("internetdisconnected"))
    page.clock.run_for(61_000)
    expect(page.locator("#counted")).to_contain_text("数据可能已过时")
    expect(page.locator('[data-figure="received"] .tile-value')).to_have_text("1")


def test_who_is_too_late_sees_the_present_state(quick_site: Site) -> None:
    quick_site.excused = ["409: POST"]
    number = some_work(quick_site)[0]
    grid = quick_site.phone(f"seat:{GRID_A}", path=f"/desk#ticket/{number}")
    expect(grid.page.get_by_role("button", name="接单", exact=True)).to_be_visible()
    quick_site.service.as_("deputy-a").did(number, "take")
    grid.page.get_by_role("button", name="接单", exact=True).click()
    expect(grid.page.locator(".said")).to_have_text("别人刚刚处理过这个工单，请看最新状态")
    expect(grid.page.locator(".ticket-head")).to_contain_text("处理中")
    expect(grid.page.get_by_role("button", name="接单", exact=True)).to_have_count(0)


def test_a_step_names_what_is_missing_beside_the_field(quick_site: Site) -> None:
    number = some_work(quick_site)[0]
    grid = quick_site.phone(f"seat:{GRID_A}", path=f"/desk#ticket/{number}")
    grid.page.get_by_role("button", name="到场响应", exact=True).click()
    grid.page.get_by_role("button", name="确定到场响应").click()
    expect(grid.page.locator('[data-field="note"] .field-error')).to_have_text("这一项要填")
    expect(grid.page.locator('[data-field="photo_ids"] .field-error')).to_have_text("这一项要填")
    expect(grid.page.locator('[data-field="note"] textarea')).to_be_focused()


def test_pages_are_not_for_everybody(quick_site: Site) -> None:
    rider = quick_site.phone("rider", path="/dashboard")
    expect(rider.page.get_by_role("heading", name="这个页面不适合您的身份")).to_be_visible()
    auditor = quick_site.phone("auditor", path="/desk")
    expect(auditor.page.get_by_text("审计员不直接办工单")).to_be_visible()
    area = quick_site.phone("auditor", path=f"/dashboard?area={CENTRAL}")
    expect(area.page.get_by_role("heading", level=1)).to_have_text("中央花园社区")
