"""An analyst edits the owner of a risk in its row by the keyboard alone, and on a small page without scripts."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

NAME = "Edit the owner of"


def test_by_the_keyboard_and_without_scripts(sign_in: Callable[..., Page], site: str) -> None:
    tab = sign_in("ana")
    tab.goto(f"{site}/desk/risks/")
    edit, chosen = tab.get_by_role("link", name=NAME).first, tab.locator("form[data-in-row] select")
    edit.focus()

    tab.keyboard.press("Enter")
    expect(chosen).to_be_focused()
    chosen.select_option("rita")
    tab.keyboard.press("Escape")
    expect(edit).to_be_focused()
    expect(chosen).to_have_count(0)
    assert "Rita" not in (edit.get_attribute("aria-label") or "")

    tab.keyboard.press("Enter")
    expect(chosen).to_be_focused()
    chosen.select_option("rita")
    tab.keyboard.press("Enter")
    expect(tab.get_by_text("Saved")).to_be_visible()
    expect(edit).to_be_focused()
    saved = edit.get_attribute("aria-label") or ""
    assert "Rita" in saved

    plain = sign_in("ana", java_script_enabled=False)
    plain.goto(f"{site}/desk/risks/")
    plain.get_by_role("link", name=saved).click()
    plain.get_by_label("Owner").select_option("ana")
    plain.get_by_role("button", name="Assign").click()
    expect(plain.get_by_text("The owner is recorded.")).to_be_visible()
