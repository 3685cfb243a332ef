"""An application over a small fake engine, and over the real one; a live server and a real browser."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from web_browsing import WIDTHS, watch
from web_fakes import FakeEngine, Serving, app_of
from web_stage import stage

from qa.engine import Engine
from qa.records import Article
from web.app import create_app
from web.listening import Listening, bound

ARTICLE = Article(
    id="a1",
    path="news/one.txt",
    raw="Talks were held in Vienna. Konstantin Gavrilov led the delegation. Nothing was agreed.",
    title="Talks in Vienna",
    text="Talks were held in Vienna. Konstantin Gavrilov led the delegation. Nothing was agreed.",
    published=date(2022, 1, 20),
    source="Example News",
    url="https://example.org/talks?id=1",
    also_in=("copies/one.txt",),
)


@pytest.fixture
def fake_engine() -> FakeEngine:
    """Over one article; see FakeEngine for what it answers."""
    return FakeEngine([ARTICLE])


@pytest.fixture
def client(fake_engine: FakeEngine) -> FlaskClient:
    return client_of(fake_engine)


@pytest.fixture(scope="session")
def demo_app(demo_engine: Engine) -> Flask:
    return create_app(demo_engine)


@pytest.fixture(scope="session")
def serving() -> Serving:
    """A context manager: application -> its address while it is served on a free port."""

    @contextmanager
    def serve(app: Flask) -> Iterator[str]:
        server = Listening(app, bound("127.0.0.1", 0), threads=8)
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.port}"
        finally:
            server.stop()
            thread.join()

    return serve


@pytest.fixture(scope="session")
def demo_site(demo_app: Flask, serving: Serving) -> Iterator[str]:
    with serving(demo_app) as address:
        yield address


@pytest.fixture(scope="session")
def stage_engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """See web_stage: every state of the page can be brought about with it."""
    return stage(tmp_path_factory.mktemp("stage"))


@pytest.fixture(scope="session")
def stage_site(stage_engine: Engine, serving: Serving) -> Iterator[str]:
    with serving(create_app(stage_engine)) as address:
        yield address


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(20_000)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page that must not log an error, throw, open a dialog, or ask another host for anything."""
    page = context.new_page()
    complaints, hosts = watch(page)
    yield page
    assert complaints == []
    assert all(host.startswith("127.0.0.1:") for host in hosts)


@pytest.fixture(params=WIDTHS)
def sized(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """A page of each width, without motion, held to what `page` is held to."""
    context = browser.new_context(viewport={"width": request.param, "height": 800}, reduced_motion="reduce")
    context.set_default_timeout(20_000)
    page = context.new_page()
    complaints, hosts = watch(page)
    yield page
    context.close()
    assert complaints == []
    assert all(host.startswith("127.0.0.1:") for host in hosts)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
    found = next(filter(None, map(shutil.which, names)), None)
    if found is None:
        pytest.fail(f"The page is tested in a browser, and none of {', '.join(names)} is installed.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        browser.close()


def client_of(engine: object) -> FlaskClient:
    app = app_of(engine)
    app.testing = True  # an unexpected exception fails the test instead of becoming a 500
    return app.test_client()
