"""A call from its first word to the closed case: everybody at a desk of their own, one looks on."""

from playwright.sync_api import Page, expect

from tests.browser import desk
from tests.browser.arranging import Calls
from tests.browser.conftest import Opens
from tests.browser.watching import Watch

CELL, CATEGORY = "610526001001001", "E0110"


def test_a_call_is_worked_from_its_registration_to_its_closing(
    opens: Opens, calls: Calls, watch: Watch
) -> None:
    onlooker = opens("leader1", "/queues/all")
    expect(onlooker.get_by_text("实时", exact=True)).to_be_visible()
    acceptor = opens("acceptor1", "/call")
    said = "幼儿园门口散落生活垃圾，家长反映有异味"
    number = desk.register(acceptor, said, place=CELL, category=CATEGORY)
    (case,) = calls("leader1").get("/incidents", number=number)["items"]
    seen = desk.row(onlooker, number)
    expect(seen).to_be_visible(timeout=5000)
    acceptor.keyboard.press("o")
    acceptor.wait_for_url("**/cases/*")
    steward, supervisor, dispatcher = (
        opens(who, acceptor.url) for who in ("steward1", "supervisor1", "dispatcher1")
    )

    desk.send_to(acceptor, "派核实", "网格员一号")
    expect(seen).to_contain_text("核实中")
    desk.add_photo(steward, "verified", case, tidy=False)
    desk.do(steward, "核实结果", "属实")
    desk.do(acceptor, "受理")
    expect(seen).to_contain_text("待立案")
    desk.do(supervisor, "立案")
    desk.do(dispatcher, "派遣", 派遣意见="请今日清扫")
    expect(seen).to_contain_text("待处置")

    watch.expected.append("404")  # what the unit has returned it sees no longer
    handler = opens("hws-1", acceptor.url)
    desk.do(handler, "回退", 理由="应由物业处置，请核对")
    handler.close()
    _dispatch_again(dispatcher, supervisor)

    handler = opens("hws-1", acceptor.url)
    desk.do(handler, "签收")
    expect(seen).to_contain_text("处置中")
    desk.add_photo(handler, "cleared", case, tidy=True)
    desk.do(handler, "反馈", 处置结果="已清扫并冲洗")
    expect(seen).to_contain_text("待核查")
    desk.send_to(acceptor, "派核查", "网格员一号")
    desk.add_photo(steward, "checked", case, tidy=True)
    desk.do(steward, "核查结果", "已解决")
    desk.do(supervisor, "结案")
    expect(seen).to_contain_text("已结案")
    expect(acceptor.get_by_text("已结案").first).to_be_visible()


def _dispatch_again(dispatcher: Page, supervisor: Page) -> None:
    """Who dispatched it needs another person's word before doing so again."""
    expect(desk.offered(dispatcher, "派遣")).to_have_count(0)
    desk.moves(dispatcher).get_by_text("为何不可办").click()
    expect(desk.moves(dispatcher)).to_contain_text("请另一位同事办理")
    desk.do(supervisor, "确认回退")
    desk.do(dispatcher, "派遣", 派遣意见="权属无误，请处置")
