"""A store that can leave one article out, as if it had never been indexed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from qa.index.local import LocalStore
from qa.ports import Ids


class Withholding(LocalStore):
    """hidden: the ids of passages that no search finds; change it between questions, not during one."""

    hidden: frozenset[int] = frozenset()

    def withhold(self, article_id: str | None) -> None:
        """None: nothing."""
        self.hidden = frozenset(p.id for p in self.passages_of(article_id)) if article_id else frozenset()

    def search_dense(
        self, vector: NDArray[np.float32], k: int, within: Ids | None = None
    ) -> list[tuple[int, float]]:
        found = super().search_dense(vector, k + len(self.hidden), within)
        return [(id_, score) for id_, score in found if id_ not in self.hidden][:k]

    def search_lexical(self, question: str, k: int, within: Ids | None = None) -> list[tuple[int, float]]:
        found = super().search_lexical(question, k + len(self.hidden), within)
        return [(id_, score) for id_, score in found if id_ not in self.hidden][:k]
