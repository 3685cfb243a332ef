"""The Flask application: what it is given (an engine, or a way to open one) and what it is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import Flask, url_for

from qa.engine import Engine
from qa.feedback import FeedbackStore
from qa.suggest.upkeep import SuggestionUpkeep
from web import api, errors, feedback, jobs, pages, security, sources, suggesting, words
from web.engine_source import EngineSource
from web.json_text import JSONText
from web.limits import MAX_BODY_BYTES


def create_app(
    engine: Engine | Callable[[], Engine],
    *,
    management: jobs.Management | None = None,
    suggestions: SuggestionUpkeep | None = None,
    feedback_store: FeedbackStore | None = None,
    config: Mapping[str, Any] | None = None,
) -> Flask:
    """The application over `engine`: an open Engine, or a function that opens one or raises a QAError.

    The application starts even where the engine cannot be opened: pages and /ask then say what to do, and
    the function is called again until it succeeds. `management` is what may be changed over HTTP, and by whom;
    without it nothing may. Without `suggestions` nothing is suggested, without `feedback_store` nobody is asked
    whether an answer was right. `config` is Flask's, for instance TRUSTED_HOSTS.
    """
    app = Flask(__name__)
    app.config.update(MAX_CONTENT_LENGTH=MAX_BODY_BYTES)
    app.config.update(config or {})
    app.json = JSONText(app)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.add_template_global(_assets(app), "asset")
    app.extensions["engine"] = EngineSource(engine)
    app.register_blueprint(api.blueprint)
    jobs.register(app, management)
    suggesting.register(app, suggestions)
    feedback.register(app, feedback_store)
    app.register_blueprint(pages.blueprint)
    app.register_blueprint(sources.blueprint)
    words.register(app)
    errors.register(app)
    security.register(app)
    return app


def _assets(app: Flask) -> Callable[[str], str]:
    """name -> address of a static file, with a version that changes when the file does: cached for good."""
    folder = Path(app.static_folder or "")
    digests = {file.name: sha256(file.read_bytes()).hexdigest()[:12] for file in folder.iterdir()}
    return lambda name: url_for("static", filename=name, v=digests[name])
