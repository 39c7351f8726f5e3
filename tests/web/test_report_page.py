"""The submitter's page where it is not all sunshine: broken lines, danger, no position, neighbours, no mouse."""

import pytest
from playwright.sync_api import Route, expect

from reporter.models.people import DemoHint
from tests.web.scenes import upload
from tests.web.site import Site, Visitor
from tests.world import AT_HOME, CENTRAL, GRID_A

pytestmark = pytest.mark.browser


def ready(visitor: Visitor, words: str) -> None:
    visitor.page.get_by_label("怎么了").fill(words)
    expect(visitor.page.locator(".chip input:checked")).to_have_count(1)
    expect(visitor.page.locator(".place-name")).to_be_visible()


def test_a_report_resent_after_a_broken_line_is_one_ticket(site: Site) -> None:
    site.excused = ["failed request"]
    rider = site.phone("rider", at=AT_HOME)
    ready(rider, "井盖不见了")
    lost: list[int] = []

    def lose_the_answer(route: Route) -> None:
        lost.append(route.fetch().status)  # the service took it in, the phone never hears of it
        route.abort("connectionreset")

    rider.page.route("**/api/v1/reports", lose_the_answer, times=1)
    rider.page.get_by_role("button", name="发送").click()
    expect(rider.page.locator("#problem")).to_contain_text("不会重复立案")
    assert lost == [201]

    rider.go("/")  # even a reload keeps words and key
    expect(rider.page.get_by_label("怎么了")).to_have_value("井盖不见了")
    ready(rider, "井盖不见了，请快来")
    with rider.page.expect_response("**/api/v1/reports") as answer:
        rider.page.get_by_role("button", name="发送").click()
    assert answer.value.status == 200
    expect(rider.page.get_by_role("heading", name="已收到")).to_be_visible()
    assert len(site.service.as_("rider").get("/reports").json["items"]) == 1

    rider.page.get_by_role("button", name="再报一件").click()
    expect(rider.page.get_by_label("怎么了")).to_have_value("")
    ready(rider, "楼道灯不亮")
    with rider.page.expect_response("**/api/v1/reports") as answer:
        rider.page.get_by_role("button", name="发送").click()
    assert answer.value.status == 201, "another report has another key"


def test_the_smell_of_gas_is_answered_first(quick_site: Site) -> None:
    rider = quick_site.phone("rider", at=AT_HOME)
    ready(rider, "楼道里有煤气味")
    box = rider.page.locator(".emergency")
    expect(box).to_contain_text("不要开关任何电器")
    assert box.get_by_role("link").get_attribute("href") == "tel:119"

    rider.page.get_by_role("button", name="发送").click()
    expect(rider.page.locator("#problem")).to_have_text("请先看安全提示")
    box.get_by_role("button").click()
    rider.page.get_by_role("button", name="发送").click()
    expect(rider.page.get_by_role("heading", name="已收到")).to_be_visible()
    expect(rider.page.locator(".emergency")).to_contain_text("119")


def test_who_does_not_know_the_kind_need_not_choose(quick_site: Site) -> None:
    rider = quick_site.phone("rider", at=AT_HOME)
    ready(rider, "井盖不见了")
    rider.page.get_by_text("都不是 / 不知道").click()
    expect(rider.page.get_by_text("不选也行，网格长会判断。")).to_be_visible()
    rider.page.get_by_role("button", name="发送").click()
    expect(rider.page.locator(".receipt")).to_contain_text("没有选类别，由网格长研判")

    desk = quick_site.phone(f"seat:{GRID_A}")
    desk.page.locator(".ticket-card").click()
    desk.page.get_by_role("button", name="立案", exact=True).click()
    desk.page.locator(".chip-button", has_text="污水井盖").click()
    expect(desk.page.locator("form.step [name=condition] option")).not_to_have_count(1)
    desk.page.get_by_role("button", name="确定立案").click()
    expect(desk.page.locator(".said")).to_have_text("已完成：立案")
    expect(desk.page.get_by_role("heading", level=1)).to_have_text("污水井盖")


def test_who_met_it_too_joins(quick_site: Site) -> None:
    first = quick_site.service.as_("rider").report(AT_HOME, category="BJ0123", text="井盖不见了")
    other = quick_site.phone("rider2", at=AT_HOME)
    ready(other, "井盖没了")
    expect(other.page.locator(".nearby")).to_contain_text("有人报过了？")
    other.page.get_by_role("button", name="我也遇到").click()
    expect(other.page.get_by_role("heading", name="已加入这个工单")).to_be_visible()
    expect(other.page.locator(".number")).to_have_text(first["number"])
    other.page.get_by_role("link", name="看进度").click()
    expect(other.page.locator(".ticket-head")).to_contain_text("2 人反映")


def test_a_phone_that_may_not_locate_is_helped(quick_site: Site) -> None:
    quick_site.excused = ["422: GET /api/v1/areas/locate"]
    resident = quick_site.phone("resident")
    page = resident.page
    page.get_by_role("button", name="使用我的位置").click()
    expect(page.locator("#place-error")).to_contain_text("没有定位权限")
    page.get_by_role("button", name="用这个位置").click()
    expect(page.get_by_label("经度")).to_be_focused()
    expect(page.get_by_text("请选坐标系")).to_be_visible()

    page.get_by_label("经度").fill("30.48151")
    page.get_by_label("纬度").fill("114.30075")
    page.get_by_label("坐标系").select_option("wgs84")
    page.get_by_role("button", name="用这个位置").click()
    expect(page.locator("#place-error")).to_contain_text("经度和纬度好像写反了")

    page.get_by_label("经度").fill("114.30075")
    page.get_by_label("纬度").fill("30.48151")
    page.get_by_role("button", name="用这个位置").click()
    expect(page.locator(".place-name")).to_contain_text("大华公园世家")
    expect(page.locator("#place-error")).to_be_hidden()

    page.get_by_label("经度").fill("114.29001, 30.59151")  # as maps copy a place
    expect(page.get_by_label("纬度")).to_have_value("30.59151")


def test_a_coarse_position_goes_to_the_community_and_says_so(quick_site: Site) -> None:
    rider = quick_site.phone("rider", at=AT_HOME, accuracy=400)
    ready(rider, "井盖不见了")
    expect(rider.page.locator(".warning")).to_have_text("定位不够准，请手动修正，否则先转社区。")
    rider.page.get_by_role("button", name="发送").click()
    expect(rider.page.locator(".receipt")).to_contain_text("定位不够精确，先由社区处理")
    number = rider.page.locator(".number").inner_text()
    assert quick_site.service.as_("rider").ticket(number)["holder"]["area_code"] == CENTRAL


def test_photos_arrive_small_at_most_six_and_a_wrong_one_is_named(quick_site: Site) -> None:
    quick_site.excused = ["415: POST /api/v1/photos"]
    rider = quick_site.phone("rider", at=AT_HOME)
    page = rider.page
    with page.expect_response("**/api/v1/photos") as answer:
        page.locator("input[capture]").set_input_files([upload("hole", (3200, 2400))])
    assert (answer.value.json()["width"], answer.value.json()["height"]) == (2048, 1536)
    page.locator("input[multiple]").set_input_files([upload("dark", (320, 240)) for _ in range(6)])
    expect(page.locator(".shot.is-sent")).to_have_count(6)
    expect(page.get_by_text("最多 6 张照片")).to_be_visible()
    expect(page.locator(".shot-add")).to_have_count(0)

    page.get_by_role("button", name="去掉第 6 张照片").click()
    page.locator("input[capture]").set_input_files([{"name": "a.jpg", "mimeType": "image/jpeg", "buffer": b"no photo"}])
    expect(page.locator(".shot-note").last).to_contain_text("只收 JPEG、PNG、WebP 照片")
    ready(rider, "井盖不见了")
    page.get_by_role("button", name="发送").click()
    expect(page.locator("#problem")).to_contain_text("有照片没传上去")


def test_everything_can_be_done_with_the_keyboard(quick_site: Site) -> None:
    resident = quick_site.screen("resident", at=AT_HOME)
    page = resident.page
    expect(page.locator(".place-name")).to_be_visible()
    reached = []
    page.keyboard.press("Tab")
    expect(page.get_by_text("跳到正文")).to_be_focused()
    for _ in range(40):
        page.keyboard.press("Tab")
        focused = page.evaluate("document.activeElement.id || document.activeElement.textContent")
        reached.append(focused)
        if focused == "text":
            page.keyboard.type("楼道灯不亮")
            expect(page.locator(".chip input:checked")).to_have_count(1)
        if focused == "anonymous":
            page.keyboard.press("Space")
        if focused == "发送":
            page.keyboard.press("Enter")
            break
    assert reached[-1] == "发送", reached
    expect(page.get_by_role("heading", name="已收到")).to_be_focused()
    number = page.locator(".number").inner_text()
    seen = quick_site.service.seat(GRID_A).ticket(number)
    assert seen["reports"][0]["submitter"] is None, "the box was ticked by a key"


def test_signing_in_and_out_of_the_demo(quick_site: Site) -> None:
    with quick_site.service.house.works.open() as uow:
        uow.session.add(DemoHint(rank=1, username="rider", what_to_try="报一个井盖", area_code=None))
        uow.session.add(DemoHint(rank=2, username=f"seat:{GRID_A}", what_to_try="看看手上的工单", area_code=GRID_A))
    visitor = quick_site.phone(path="/")
    expect(visitor.page.get_by_role("heading", name="请先登录")).to_be_visible()
    visitor.page.get_by_role("button", name="看看手上的工单").click()
    expect(visitor.page.get_by_role("heading", name="现在该我办的")).to_be_visible()
    expect(visitor.page.locator(".advice")).to_have_text("试试：看看手上的工单")
    visitor.page.get_by_role("button", name="退出").click()
    visitor.page.get_by_label("用别的账号").fill("rider2")
    visitor.page.get_by_role("button", name="登录", exact=True).click()
    expect(visitor.page.get_by_role("heading", name="报一件事")).to_be_visible()
    assert visitor.context.cookies()[0]["httpOnly"]
