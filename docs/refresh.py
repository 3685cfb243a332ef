"""Makes README.md true again: its outputs and its pictures, from the demo articles and the real models.

Run it with `make docs`. A test fails when an output in README.md is no longer what the engine answers.
"""

from __future__ import annotations

import contextlib
import io
import json
import logging
import re
import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from qa.answer_json import to_dict
from qa.engine import Engine
from qa.settings import Settings
from qa.upkeep.index import index
from web.app import create_app

HERE = Path(__file__).parent
README = HERE.parent / "README.md"
QUESTION = "What did the US hand over on January 26?"
GOLD = HERE.parent / "tests" / "regression" / "articles"
AGREED = "When did Putin and Biden hold a video conference call?"
DIFFERING = "How many passengers of the Skarven were taken to hospital?"
SHOWN = ("answer", "confidence", "reason", "citations")  # what the README's jq keeps
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def main() -> None:
    with tempfile.TemporaryDirectory() as data:
        index([HERE.parent / "seeds"], data)
        engine = Engine.open(data, settings=Settings(precision="float32"))  # which every processor has
        text = README.read_text("utf-8")
        for kind, output in outputs(engine, text, data).items():
            text = block(kind).sub(lambda match, output=output: f"{match[1]}{output}{match[3]}", text)
        README.write_text(text, "utf-8")
        pictures(engine)


def outputs(engine: Engine, readme: str, data: str) -> dict[str, str]:
    """{"json": …, "python": …}: what the README's two ways to ask print. Its Python is run as it stands there."""
    answer = to_dict(engine.ask(QUESTION))
    code = re.search(r"<!-- real input: python -->\n```python\n(.*?)```", readme, re.S)
    if code is None:
        sys.exit("README.md has no Python to run.")
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(code[1].replace("runs/data", data), {})
    shown = json.dumps({name: answer[name] for name in SHOWN}, ensure_ascii=False, indent=2)
    return {"json": f"{shown}\n", "python": printed.getvalue()}


def block(kind: str) -> re.Pattern[str]:
    """(opening)(what was printed)(closing) of an output in the README."""
    return re.compile(rf"(<!-- real output: {kind} -->\n```\w*\n)(.*?)(```)", re.S)


def pictures(seeds: Engine) -> None:
    """docs/*.png. Articles that differ are among the gold set's, so the second is of those."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        sys.exit("The pictures are taken with Chromium or Chrome, and neither is installed.")
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as data:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        with served(seeds) as site, pictured(browser, "source.png", 1440, 800, "light") as page:
            page.goto(f"{site}/?q={AGREED}")
            page.locator(".source").first.click()
            page.locator(".panel mark.here").wait_for()
        index([GOLD], data)
        with served(Engine.open(data)) as site, pictured(browser, "differ.png", 1120, 760, "dark") as page:
            page.goto(f"{site}/?q={DIFFERING}")
            page.locator(".version").nth(1).wait_for()
        browser.close()


@contextlib.contextmanager
def served(engine: Engine) -> Iterator[str]:
    """The address at which the page over `engine` is served meanwhile."""
    server = make_server("127.0.0.1", 0, create_app(engine), threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@contextlib.contextmanager
def pictured(browser: Browser, name: str, width: int, height: int, scheme: str) -> Iterator[Page]:
    """A page of which a picture is taken, docs/NAME, once what it is to show has been brought about."""
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, device_scale_factor=1.5
    )
    page = context.new_page()
    yield page
    page.screenshot(path=HERE / name, animations="disabled")
    context.close()


if __name__ == "__main__":
    main()
