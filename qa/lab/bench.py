"""How long an answer takes: percentiles of the whole and of each step, with the machine they were taken on."""

from __future__ import annotations

import math
import os
import platform
import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..engine import Engine
from ..errors import BadRequest
from .progress import counted

_WARM = 5  # questions asked before the clock counts: the first ones load pages and fill caches


def ask(data: Path | None, questions: Sequence[str], rounds: int) -> dict[str, Any]:
    """Ask every question `rounds` times, one after the other, in this process. Milliseconds."""
    if not questions:
        raise BadRequest("There is no question to ask.")
    engine = Engine.open(data)
    for question in [*questions, *questions][:_WARM]:
        engine.ask(question)
    steps: dict[str, list[float]] = {}
    asked = [question for _ in range(rounds) for question in questions]
    for question in counted(asked, "asking"):
        for step, milliseconds in engine.ask(question).timings_ms.items():
            steps.setdefault(step, []).append(milliseconds)
    return {
        "machine": machine(),
        "reader": engine.reader,
        "index": engine.manifest.counts,
        "questions": len(asked),
        "milliseconds": {step: percentiles(values) for step, values in steps.items()},
    }


def percentiles(values: Sequence[float]) -> dict[str, float]:
    """p50 (the median), p95 (by nearest rank) and the least."""
    ordered = sorted(values)
    nearest = ordered[math.ceil(len(ordered) * 0.95) - 1]
    return {
        "p50": round(statistics.median(ordered), 1),
        "p95": round(nearest, 1),
        "min": round(ordered[0], 1),
    }


def machine() -> dict[str, Any]:
    """What the figures were taken on."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "busy": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        return next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()
