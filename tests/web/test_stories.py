"""The two stories the product is for, played in Chromium at phone size: the missing cover and the stairwell lamp."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.web.scenes import upload
from tests.web.site import Site, Visitor
from tests.world import AT_HOME, BUILDING, GRID_A, HOME

pytestmark = pytest.mark.browser


def say_what(visitor: Visitor, words: str, kind: str) -> None:
    """Take a photo and write a sentence; wait until the first guess is chosen and the place is known."""
    page = visitor.page
    page.locator("input[capture]").set_input_files([upload(kind)])
    expect(page.locator(".shot.is-sent")).to_have_count(1)
    page.get_by_label("怎么了").fill(words)
    expect(page.locator(".chip input:checked")).to_have_count(1)
    expect(page.locator(".place-name")).to_contain_text("中央花园社区")


def send(visitor: Visitor) -> str:
    """Send the report; the number on the receipt."""
    visitor.page.get_by_role("button", name="发送").click()
    expect(visitor.page.get_by_role("heading", name="已收到")).to_be_visible()
    return visitor.page.locator(".number").inner_text()


def open_ticket(visitor: Visitor, number: str) -> Page:
    """From the list of what is mine now, by a tap."""
    visitor.go("/desk")
    visitor.page.locator(f'[data-number="{number}"]').click()
    expect(visitor.page.get_by_role("heading", level=1)).to_be_visible()
    return visitor.page


def step(page: Page, name: str, *, note: str | None = None, photo: str | None = None, to: str | None = None) -> None:
    """Take a step with its form, if it has one, and wait for the page to say that it was taken."""
    page.get_by_role("button", name=name, exact=True).click()
    form = page.locator("form.step")
    if photo:
        form.locator("input[capture]").set_input_files([upload(photo)])
        expect(form.locator(".shot.is-sent")).to_have_count(1)
    if note:
        form.locator("textarea").first.fill(note)
    if to:
        form.get_by_label("派给谁").select_option(label=to)
    if note or photo or to:
        form.get_by_role("button", name=f"确定{name}").click()
    expect(page.locator(".said")).to_have_text(f"已完成：{name}")


def test_the_missing_cover_on_a_holiday_night(site: Site) -> None:
    site.at("2026-10-03 21:40")  # Saturday of the National Day holiday
    rider = site.phone("rider", at=AT_HOME)
    say_what(rider, "井盖不见了", "hole")
    expect(rider.page.get_by_text("不明井盖", exact=True)).to_be_visible()
    number = send(rider)
    assert number == "WC2026100300001"
    receipt = rider.page.locator(".receipt")
    expect(receipt).to_contain_text("网格长")
    expect(receipt).to_contain_text("今晚 22:10 前")
    expect(receipt).to_contain_text("今晚 23:40 前")
    expect(receipt).to_contain_text("这类问题由网格长先办")

    site.at("2026-10-03 22:05")
    site.service.work()
    grid = site.phone(f"seat:{GRID_A}")
    page = open_ticket(grid, number)
    expect(page.locator(".steps .primary")).to_have_text("到场响应")  # a guard comes first
    step(page, "接单")
    step(page, "到场响应", note="已围挡，有人看守", photo="fence")
    step(page, "派单", to="水务")
    expect(page.locator(".timeline").first).to_contain_text("派单 → 水务")

    site.at("2026-10-03 23:20")
    water = site.phone("department")
    page = open_ticket(water, number)
    step(page, "接单")
    step(page, "办结反馈", note="已换新盖", photo="cover")

    page = open_ticket(grid, number)
    page.get_by_role("button", name="核实", exact=True).click()
    page.get_by_role("button", name="通过，结案", exact=True).click()
    expect(page.locator(".said")).to_have_text("已完成：核实")

    site.service.work()
    rider.go("/#messages")
    rider.page.get_by_text(f"{number}已修好并核实结案，请评价").click()
    rider.page.get_by_text("非常满意", exact=True).click()
    rider.page.get_by_text("真解决", exact=True).click()
    rider.page.get_by_role("button", name="提交评价").click()
    expect(rider.page.locator(".said")).to_have_text("谢谢您的评价")
    expect(rider.page.get_by_role("heading", name="处理后")).to_be_visible()
    expect(rider.page.locator(".gallery img").first).to_be_visible()

    street = site.screen("street")
    closed = street.page.locator('[data-figure="closed"]')
    expect(closed.locator(".tile-value")).to_have_text("1")
    expect(street.page.locator('[data-rate="on_time_handling"] .tile-value')).to_have_text("100.0%")
    expect(street.page.locator('[data-rate="satisfaction"] .tile-of')).to_have_text("1 / 1")
    expect(street.page.locator('[data-rate="rework"] .tile-of')).to_have_text("0 / 1")
    closed.click()
    expect(street.page.get_by_role("heading", level=1)).to_contain_text("南湖街道 · 已结案")
    expect(street.page.locator(".count").first).to_have_text("共 1 件")
    assert [card.get_attribute("data-number") for card in street.page.locator(".ticket-card").all()] == [number]


def test_the_stairwell_lamp_is_closed_in_one_step(site: Site) -> None:
    site.at("2026-09-07 09:00")  # a Monday
    resident = site.phone("resident", at=AT_HOME)
    say_what(resident, "楼道灯不亮", "dark")
    number = send(resident)
    expect(resident.page.locator(".receipt")).to_contain_text("邻里长")
    expect(resident.page.locator(".receipt")).to_contain_text(re.compile(r"9月9日周三 09:00 前"))

    site.at("2026-09-07 09:20")
    site.service.work()
    above = site.phone(f"seat:{BUILDING}")
    expect(above.page.get_by_text("手上没有工单。")).to_be_visible()

    page = open_ticket(site.phone(f"seat:{HOME}"), number)
    page.get_by_text("经手 3 次").click()
    expect(page.locator("details[open]")).to_contain_text("系统经楼栋长下派")
    step(page, "办结反馈", note="换了灯泡", photo="lit")
    expect(page.locator(".ticket-head .tag").first).to_have_text("已结案")
    expect(page.locator(".standing")).to_contain_text("20 分钟")

    resident.go(f"/#ticket/{number}")
    expect(resident.page.get_by_text("即办即结")).to_be_visible()
    resident.page.get_by_text("满意", exact=True).click()
    resident.page.get_by_role("button", name="提交评价").click()
    expect(resident.page.locator(".said")).to_have_text("谢谢您的评价")
