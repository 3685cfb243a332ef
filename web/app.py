"""The Flask application: what it is given (an engine, or a way to open one) and what it is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import Flask, url_for
from werkzeug.middleware.proxy_fix import ProxyFix

from qa.engine import Engine
from qa.feedback import FeedbackStore
from qa.suggest.upkeep import SuggestionUpkeep
from web import access as accesses
from web import (
    access_log,
    api,
    conditions,
    cors,
    errors,
    feedback,
    hosts,
    jobs,
    metrics,
    pages,
    security,
    sources,
    suggesting,
    words,
)
from web import collection as mounted
from web.collection import Collection
from web.engine_source import EngineSource
from web.json_text import JSONText
from web.limits import MAX_BODY_BYTES


def create_app(
    engine: Engine | Callable[[], Engine],
    *,
    management: jobs.Management | None = None,
    suggestions: SuggestionUpkeep | None = None,
    feedback_store: FeedbackStore | None = None,
    access: accesses.Access | None = None,
    config: Mapping[str, Any] | None = None,
) -> Flask:
    """The application over `engine`: an open Engine, or a function that opens one or raises a QAError.

    The application starts even where the engine cannot be opened: pages and /ask then say what to do, and
    the function is called again until it succeeds. `management` is what may be changed over HTTP, and by whom;
    without it nothing may. Without `suggestions` nothing is suggested, without `feedback_store` nobody is asked
    whether an answer was right. `access` says who may read and change; by default everybody may read, and nobody
    change. `config` is Flask's, with TRUSTED_HOSTS (None: any), REQUESTS_PER_MINUTE of a client (0: any number),
    CORS_ORIGINS, LOG_QUESTIONS, and PROXIES in front.
    """
    only = Collection(EngineSource(engine), management, suggestions, feedback_store)
    return app_of({"": only}, access=access, config=config)


def app_of(
    collections: Mapping[str, Collection],
    *,
    access: accesses.Access | None = None,
    config: Mapping[str, Any] | None = None,
) -> Flask:
    """The same over several collections, by name: each is served whole below /c/NAME/, and / lists them.

    One with the name "" is the only one, and is served at /.
    """
    app = Flask(__name__)
    app.config.update(MAX_CONTENT_LENGTH=MAX_BODY_BYTES)
    app.config.update(config or {})
    if proxies := app.config.get("PROXIES", 0):  # what they say of client, scheme and host is believed
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies)  # type: ignore[method-assign]
    app.json = JSONText(app)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.add_template_global(_assets(app), "asset")
    mounted.register(app, collections)
    access_log.register(app)
    metrics.register(app)
    hosts.register(app)
    conditions.register(app)
    accesses.register(app, access or accesses.Access())
    app.register_blueprint(api.blueprint)
    app.register_blueprint(jobs.blueprint)
    app.register_blueprint(suggesting.blueprint)
    feedback.register(app)
    app.register_blueprint(pages.blueprint)
    app.register_blueprint(sources.blueprint)
    words.register(app)
    errors.register(app)
    security.register(app)
    cors.register(app)
    return app


def _assets(app: Flask) -> Callable[[str], str]:
    """name -> address of a static file, with a version that changes when the file does: cached for good."""
    folder = Path(app.static_folder or "")
    digests = {file.name: sha256(file.read_bytes()).hexdigest()[:12] for file in folder.iterdir()}
    return lambda name: url_for("static", filename=name, v=digests[name])
