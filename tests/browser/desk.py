"""What people do on the pages of the desk, by the words that they read there."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from random import Random
from typing import Any

from playwright.sync_api import Locator, Page, expect

from app.simulation import scenes


def tell(page: Page, description: str, *, place: str, category: str) -> None:
    """Write down a call with nothing but the keyboard."""
    keys = page.keyboard
    expect(page.get_by_label("来电人")).to_be_focused()
    keys.type("张女士")
    page.get_by_label("案情描述").fill(description)
    for label, typed in (("地点", place), ("类别", category)):
        page.get_by_label(label, exact=True).focus()
        keys.type(typed)
        expect(page.get_by_role("option").first).to_contain_text(typed)
        keys.press("Enter")


def register(page: Page, description: str, *, place: str, category: str) -> str:
    """Take a call; the number that is read out."""
    tell(page, description, place=place, category=category)
    page.keyboard.press("Control+Enter")
    saved = page.get_by_role("region", name="已登记")
    number = re.search(r"\d{14,}", saved.get_by_role("status").inner_text())
    assert number
    return number[0]


def moves(page: Page) -> Locator:
    return page.get_by_role("region", name="办理", exact=True)


def offered(page: Page, name: str) -> Locator:
    """The button of a move; a letter behind its name is its key."""
    return moves(page).get_by_role("button", name=re.compile(rf"^{name}( [a-z])?$"))


def begin(page: Page, name: str) -> Locator:
    """Open the dialog of a move."""
    offered(page, name).click()
    dialog = page.get_by_role("dialog", name=re.compile(f"^{name}"))
    expect(dialog).to_be_visible()
    return dialog


def confirm(dialog: Locator, name: str) -> None:
    dialog.get_by_role("button", name=name, exact=True).click()
    expect(dialog).to_be_hidden()


def do(page: Page, name: str, *chosen: str, **typed: str) -> None:
    """Make a move: choices by their words, texts by their labels."""
    dialog = begin(page, name)
    for word in chosen:
        dialog.get_by_text(word, exact=True).click()
    for label, text in typed.items():
        dialog.get_by_label(label, exact=True).last.fill(text)
    confirm(dialog, name)


def send_to(page: Page, name: str, person: str) -> None:
    """Send somebody out, by name."""
    dialog = begin(page, name)
    dialog.get_by_role("combobox").fill(person)
    page.get_by_role("option", name=re.compile(person)).click()
    confirm(dialog, name)


def add_photo(page: Page, name: str, case: Mapping[str, Any], *, tidy: bool) -> None:
    """Upload a picture that was taken at the case just now; the page suggests its stage."""
    now, street = datetime.now(UTC), str(case["id"])
    content = scenes.photo(Random(name), now, case["lon"], case["lat"], street=street, tidy=tidy)
    file = {"name": f"{name}.jpg", "mimeType": "image/jpeg", "buffer": content}
    page.locator("input[type=file]").set_input_files([file])
    expect(page.get_by_role("button", name=re.compile(f"{name}.jpg")).last).to_be_visible()


def row(page: Page, number: str) -> Locator:
    return page.get_by_role("row").filter(has_text=number)
