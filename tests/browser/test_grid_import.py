"""A grid file with a doubled code, overlaps and gaps: its report is drawn on a map."""

from playwright.sync_api import expect

from tests.browser.arranging import Calls, a_bad_file
from tests.browser.conftest import Opens


def test_a_bad_grid_file_is_checked_and_its_findings_are_drawn(opens: Opens, calls: Calls) -> None:
    page = opens("admin1", "/admin/grids")
    page.get_by_role("button", name="导入文件…").click()
    dialog = page.get_by_role("dialog")
    file = {"name": "cells.geojson", "mimeType": "application/geo+json", "buffer": a_bad_file()}
    dialog.locator("input[type=file]").set_input_files([file])
    expect(dialog).to_contain_text("cells.geojson")
    dialog.get_by_role("radio", name="只检查").check(force=True)
    dialog.get_by_role("button", name="只检查").click()
    expect(dialog).to_be_hidden()

    expect(page.get_by_role("button", name="错误 · 编码重复")).to_be_visible()
    overlap = page.get_by_role("button", name="警告 · 重叠").first
    overlap.click()
    expect(overlap).to_have_attribute("aria-pressed", "true")
    expect(page.locator("canvas")).to_be_visible()
    (latest, *_) = calls("admin1").get("/grids/imports")["items"]
    assert (latest["status"], latest["options"]["dry_run"]) == ("checked", True)
