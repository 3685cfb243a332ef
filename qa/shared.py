"""What an engine and those pinned of it have in common, whatever is published."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .gate import Gate, cores
from .kept import Kept
from .records import Answer
from .settings import Settings


class Shared:
    """gate: before the models. answers, vectors: kept for questions that come again."""

    def __init__(self, settings: Settings) -> None:
        self.gate = Gate(settings.workers or cores(), settings.waiting)
        self.answers: Kept[Answer] = Kept(settings.answers_kept)
        self.vectors: Kept[NDArray[np.float32]] = Kept(settings.answers_kept)
