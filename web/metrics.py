"""What the service does, for Prometheus: GET /metrics, in its text format.

With several processes each counts in files of one folder, which PROMETHEUS_MULTIPROC_DIR names, and any of them tells
the sum.
"""

from __future__ import annotations

import os
import time
from datetime import datetime
from typing import Any

from flask import Blueprint, Flask, Response, current_app, g, request
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
    multiprocess,
)
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from qa.errors import QAError
from qa.records import Answer
from web.collection import collections

blueprint = Blueprint("metrics", __name__)

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    """The figures of one application."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)  # memory, processor time, open files; where there is /proc
        self.requests = Counter(
            "verbatim_requests", "Requests", ["endpoint", "method", "status"], registry=registry
        )
        self.seconds = Histogram(
            "verbatim_request_seconds",
            "Until the last byte was written",
            ["endpoint"],
            buckets=_SECONDS,
            registry=registry,
        )
        self.steps = Histogram(
            "verbatim_step_seconds",
            "Of each step of answering",
            ["step"],
            buckets=_SECONDS,
            registry=registry,
        )
        self.answers = Counter(
            "verbatim_answers", "By outcome: answered or none", ["outcome"], registry=registry
        )
        self.problems = Counter("verbatim_problems", "By kind", ["kind"], registry=registry)
        gauge: dict[str, Any] = {"registry": registry, "multiprocess_mode": "max"}
        of = ["collection"]  # by name; empty where there is but one
        self.index_age = Gauge("verbatim_index_age_seconds", "Since the index was built", of, **gauge)
        self.articles = Gauge("verbatim_index_articles", "In the index", of, **gauge)
        self.passages = Gauge("verbatim_index_passages", "In the index", of, **gauge)
        self.ready = Gauge("verbatim_ready", "Whether questions can be answered", of, **gauge)
        self.at_models = Gauge(
            "verbatim_questions",
            "At the models and in line",
            registry=registry,
            multiprocess_mode="livesum",
        )


def metrics() -> Metrics:
    of: Metrics = current_app.extensions["metrics"]
    return of


def answered(answer: Answer) -> None:
    """Count an answer that was given."""
    of = metrics()
    of.answers.labels("answered" if answer.text is not None else "none").inc()
    for step, ms in answer.timings_ms.items():
        of.steps.labels(step).observe(ms / 1000)


@blueprint.get("/metrics")
def exposed() -> Response:
    of = metrics()
    for name, one in collections().items():
        try:
            opened = one.source.get()
        except QAError:
            of.ready.labels(name).set(0)
            continue
        of.ready.labels(name).set(1)
        counts, built = opened.manifest.counts, datetime.fromisoformat(opened.manifest.created_at)
        of.index_age.labels(name).set(max(0.0, time.time() - built.timestamp()))
        of.articles.labels(name).set(counts["articles"])
        of.passages.labels(name).set(counts["passages"])
        of.at_models.set(opened.waiting)  # the line before the models is one, whatever is asked
    registry = of.registry
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return current_app.response_class(generate_latest(registry), content_type=CONTENT_TYPE_PLAIN_0_0_4)


def register(app: Flask) -> None:
    app.extensions["metrics"] = of = Metrics()
    app.register_blueprint(blueprint)

    @app.before_request
    def begin() -> None:
        g.began = time.perf_counter()

    @app.after_request
    def count(response: Response) -> Response:
        endpoint, began = request.endpoint or "none", g.get("began", time.perf_counter())
        of.requests.labels(
            endpoint, request.method if request.url_rule else "any", response.status_code
        ).inc()

        def end() -> None:
            of.seconds.labels(endpoint).observe(time.perf_counter() - began)

        response.call_on_close(end)
        return response
