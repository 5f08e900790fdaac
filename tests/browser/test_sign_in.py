"""Signing in and out, and the two languages."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from app.demo.people import PASSWORD
from tests.browser.running import LOOK, SMALL, Installation
from tests.browser.watching import Watch


@pytest.fixture
def stranger(browser: Browser, city: Installation, watch: Watch) -> Page:
    context = browser.new_context(base_url=city.address, viewport=SMALL, **LOOK)
    return watch.over(context).new_page()


def test_whoever_is_not_signed_in_comes_to_the_sign_in_and_then_where_he_wanted_to_go(
    stranger: Page,
) -> None:
    stranger.goto("/map")
    stranger.get_by_label("用户名").fill("dispatcher1")
    stranger.get_by_label("密码", exact=True).fill(PASSWORD)
    stranger.get_by_label("密码", exact=True).press("Enter")
    expect(stranger).to_have_url(re.compile("/map"))
    stranger.context.close()


def test_a_wrong_password_is_told_and_what_was_typed_stays(stranger: Page, watch: Watch) -> None:
    watch.expected.append("status of 401")
    stranger.goto("/login")
    stranger.get_by_label("用户名").fill("dispatcher1")
    stranger.get_by_label("密码", exact=True).fill("not the password")
    stranger.get_by_role("button", name="登录").click()
    expect(stranger.get_by_role("alert")).to_be_visible()
    expect(stranger.get_by_label("用户名")).to_have_value("dispatcher1")
    stranger.context.close()
