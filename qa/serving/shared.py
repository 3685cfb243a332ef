"""What an engine and those pinned of it have in common, whatever is published."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from qa.records import Answer
from qa.settings import Settings

from .cache import Kept
from .gate import Gate, cores


class Shared:
    """gate: before the models. answers, vectors: kept for questions that come again."""

    def __init__(self, settings: Settings) -> None:
        self.gate = Gate(settings.workers or cores(), settings.waiting)
        self.answers: Kept[Answer] = Kept(settings.answers_kept)
        self.vectors: Kept[NDArray[np.float32]] = Kept(settings.answers_kept)
