"""What figures were taken on: the computer, the versions, the threads; and how figures are summed up."""

from __future__ import annotations

import math
import os
import platform
import statistics
from collections.abc import Sequence
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from qa.serving.gate import cores
from qa.settings import Settings

_LIBRARIES = ("torch", "transformers", "sentence-transformers", "tokenizers", "faiss-cpu", "tantivy", "numpy")


def machine() -> dict[str, Any]:
    """busy: the load average of the last minute before measuring; figures count only where it is near 0."""
    settings = Settings()
    return {
        "processor": _processor(),
        "cores": cores(),
        "memory_gib": _memory_gib(),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "libraries": {name: found for name in _LIBRARIES if (found := _version(name))},
        "threads": {
            "model": settings.model_threads,
            "search": settings.search_threads,
            "questions at a time": settings.workers or cores(),
            "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS"),
        },
        "busy": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
    }


def spread(values: Sequence[float], digits: int = 1) -> dict[str, float]:
    """The median (p50), p95 by nearest rank, the distance between the quartiles, and both ends."""
    ordered = sorted(values)
    low, _, high = statistics.quantiles(ordered, n=4, method="inclusive") if len(ordered) > 1 else ordered * 3
    told = {
        "p50": statistics.median(ordered),
        "p95": percentile(ordered, 95),
        "iqr": high - low,
        "min": ordered[0],
        "max": ordered[-1],
    }
    return {name: round(value, digits) for name, value in told.items()}


def percentile(values: Sequence[float], percent: float) -> float:
    """By nearest rank: the least value that at least `percent` of the values do not exceed."""
    ordered = sorted(values)
    return ordered[max(math.ceil(len(ordered) * percent / 100), 1) - 1]


def significant(ratio: float) -> float:
    """Two digits of it, however small it is."""
    return float(f"{ratio:.2g}")


def resident_mib() -> float | None:
    """Memory in use by this process, where the system tells."""
    return _told_mib("VmRSS")


def peak_mib() -> float | None:
    """The most memory that this process has used since `forget_peak`, where the system tells.

    getrusage tells more: a new process takes over the peak of the one that started it.
    """
    return _told_mib("VmHWM")


def forget_peak() -> None:
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def _told_mib(name: str) -> float | None:
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines()
        return mib(1024 * next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:")))
    except (OSError, StopIteration):
        return None


def mib(size: int) -> float:
    return round(size / 2**20, 1)


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        return next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def _memory_gib() -> float | None:
    try:
        return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1)
    except (AttributeError, OSError, ValueError):
        return None


def _version(library: str) -> str | None:
    try:
        return version(library)
    except PackageNotFoundError:
        return None
