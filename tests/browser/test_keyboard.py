"""The desk without a mouse."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import Opens


def test_a_list_is_walked_opened_and_come_back_to_by_keys(opens: Opens) -> None:
    page = opens("dispatcher1", "/queues/all")
    rows = page.locator("tr[data-id]")
    expect(rows.nth(2)).to_be_visible()
    for key in "jjk":
        page.keyboard.press(key)
    chosen = rows.nth(1).get_attribute("data-id")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"/cases/{chosen}$"))
    expect(page.get_by_role("region", name="办理", exact=True)).to_be_visible()
    page.keyboard.press("]")
    expect(page).not_to_have_url(re.compile(f"/cases/{chosen}$"))
    page.keyboard.press("[")
    expect(page).to_have_url(re.compile(f"/cases/{chosen}$"))
    page.keyboard.press("Escape")
    expect(page).to_have_url(re.compile("/queues/all$"))


def test_pages_are_reached_by_two_letters_and_keys_are_explained(opens: Opens) -> None:
    page = opens("dispatcher1", "/queues/all")
    expect(page.locator("tr[data-id]").first).to_be_visible()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("g m")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.keyboard.press("g")
    page.keyboard.press("m")
    expect(page).to_have_url(re.compile("/map"))


def test_the_first_stop_of_the_tab_key_leads_past_the_navigation(opens: Opens) -> None:
    page = opens("dispatcher1", "/queues/all")
    expect(page.locator("tr[data-id]").first).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
