"""What the tests of the page do in a browser, and what they hold every page to."""

from __future__ import annotations

from typing import Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Dialog, FloatRect, Locator, Page, expect

WIDTHS = (320, 768, 1440)
GONE = "window.fetching ??= fetch, void (window.fetch = () => Promise.reject(new TypeError('gone')))"
BACK = "void (window.fetch = window.fetching)"


def watch(page: Page) -> tuple[list[str], set[str]]:
    """(what the page complains of, the hosts it asks), both filled as it goes."""
    complaints: list[str] = []
    hosts: set[str] = set()

    def heard(message: ConsoleMessage) -> None:
        # The browser itself logs each answer with a 4xx or 5xx status; some tests ask for those.
        if message.type in ("error", "warning") and "the server responded with a status" not in message.text:
            complaints.append(message.text)

    def dialog(opened: Dialog) -> None:
        complaints.append(f"dialog: {opened.message}")
        opened.dismiss()

    page.on("console", heard)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("dialog", dialog)
    page.on("request", lambda request: hosts.add(request.url.split("/")[2]) if "://" in request.url else None)
    return complaints, hosts


def ask(page: Page, question: str) -> None:
    before = page.locator(".turn:not(.waiting)").count()
    page.get_by_label("Your question", exact=True).fill(question)
    page.keyboard.press("Enter")
    expect(page.locator(".turn:not(.waiting)")).to_have_count(before + 1)


def width_of(page: Page) -> int:
    """Of the window, in pixels."""
    assert page.viewport_size is not None
    return page.viewport_size["width"]


def box_of(place: Locator) -> FloatRect:
    """Where it stands on the page, in pixels."""
    box = place.bounding_box()
    assert box is not None
    return box


def address_of(link: Locator) -> str:
    href = link.get_attribute("href")
    assert href is not None
    return href


def fits(page: Page) -> None:
    """Nothing sticks out to the side."""
    assert page.evaluate("document.documentElement.scrollWidth") <= width_of(page)


def sound(page: Page, state: str) -> None:
    """It fits, and axe-core finds no violation of its rules.

    Rules are checked on the narrowest and the widest layout; in the dark only contrast differs.
    """
    fits(page)
    checks: dict[int, list[tuple[Literal["light", "dark"], dict[str, list[str]]]]] = {
        320: [("light", {})],
        1440: [("light", {}), ("dark", {"runOnly": ["color-contrast"]})],
    }
    for scheme, rules in checks.get(width_of(page), []):
        page.emulate_media(color_scheme=scheme)
        # Told of what is as it should be too, axe takes half as long again, and of a long page 6,000 elements.
        found = Axe().run(page, options={"resultTypes": ["violations"], **rules}).response["violations"]
        assert found == [], f"{state}, {scheme}: " + "; ".join(
            f"{broken['id']}: {broken['nodes'][0]['html']}" for broken in found
        )
    page.emulate_media(color_scheme="light")


def unharmed(page: Page) -> None:
    """Nothing of an article or a question has run or could run."""
    assert page.evaluate("window.hacked") is None
    code = (
        "main script:not([type='application/json']), iframe, main img, main svg[onload], a[href^=javascript]"
    )
    assert page.locator(code).count() == 0
    fits(page)
