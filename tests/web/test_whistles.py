"""A called department answers a whistle on its own desk: signs in by place, reports back, sums up; the street rates."""

import pytest
from playwright.sync_api import expect

from tests.web.site import Site
from tests.web.test_stories import step
from tests.whistles.callers import blown
from tests.world import AT_HOME

pytestmark = pytest.mark.browser


def test_a_department_answers_on_its_desk(site: Site) -> None:
    site.at("2026-09-07 09:00")
    number = blown(site.service.as_("street"), helpers=[])["number"]

    water = site.phone("department", path="/desk#whistles", at=AT_HOME)
    water.page.get_by_role("link", name="联合执法 · 1栋门口").click()
    page = water.page
    expect(page.get_by_role("heading", level=1)).to_have_text("联合执法")
    page.get_by_role("button", name="报到", exact=True).click()
    page.get_by_role("button", name="使用我的位置").click()
    expect(page.locator(".place-name")).to_contain_text("中央花园社区")
    page.get_by_role("button", name="确定报到").click()
    expect(page.locator(".said")).to_have_text("已完成：报到")
    expect(page.get_by_text("已报到").first).to_be_visible()
    step(page, "反馈", note="已查处")
    step(page, "总结", note="已恢复通行")
    assert water.overflow() <= 0

    street = site.phone("street", path=f"/desk#whistle/{number}")
    street.page.get_by_role("button", name="评价单位", exact=True).click()
    form = street.page.locator("form.step")
    form.get_by_label("哪个单位").select_option(index=1)
    for grade in ("到场", "解决", "态度"):
        form.get_by_label(grade).select_option("5")
    form.get_by_role("button", name="确定评价单位").click()
    expect(street.page.locator(".said")).to_have_text("已完成：评价单位")
