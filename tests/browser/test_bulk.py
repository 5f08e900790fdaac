"""Many cases at once: each is judged alone, and who is refused is told why."""

import re

from playwright.sync_api import expect

from tests.browser import desk
from tests.browser.arranging import Calls, filed, move
from tests.browser.conftest import Opens


def test_many_cases_are_dispatched_at_once_and_the_one_that_is_gone_is_told(
    opens: Opens, calls: Calls
) -> None:
    cases = [filed(calls, f"批量派遣测试第{n}件") for n in "一二三"]
    page = opens("dispatcher1", "/queues/dispatch?text=批量派遣测试")
    for case in cases:
        desk.row(page, case["number"]).get_by_role("checkbox").check()
    bar = page.get_by_role("region", name="批量办理")
    expect(bar.get_by_role("status")).to_contain_text("3")

    bar.get_by_role("button", name="派遣", exact=True).click()
    dialog = page.get_by_role("dialog")
    gone = cases[-1]
    move(calls, "dispatcher2", gone, "dispatch")
    dialog.get_by_label("派遣意见").last.fill("请今日办结")
    dialog.get_by_role("button", name=re.compile("^派遣 3$")).click()
    refused = dialog.get_by_role("row").filter(has_text=gone["number"])
    expect(refused).to_be_visible()
    expect(dialog.get_by_role("row")).to_have_count(2)
    dialog.get_by_role("button", name="关闭", exact=True).last.click()

    found = [calls("dispatcher1").get(f"/incidents/{case['id']}") for case in cases]
    assert {case["status"] for case in found} == {"dispatched"}
    # Nothing moves under the pointer while something is ticked: what left the list turns pale.
    expect(desk.row(page, cases[0]["number"])).to_have_attribute("title", "已不在此列表中")
    bar.get_by_role("button", name="取消选择").click()
    expect(desk.row(page, cases[0]["number"])).to_have_count(0)
