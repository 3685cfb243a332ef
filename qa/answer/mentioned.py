"""Whether anything in a store mentions what a question names."""

from __future__ import annotations

from dataclasses import dataclass

from ..filters import Filters
from ..ports import Store
from .asked_dates import speaks_of
from .dates import When
from .named import Named, mentions

_LOOKED_THROUGH = 50  # passages that are looked through for a name before it counts as mentioned nowhere


@dataclass(frozen=True, slots=True)
class Mentioned:
    """What the passages that its words find mention: enough to say that something is mentioned nowhere."""

    store: Store

    def name(self, named: Named) -> bool:
        found = self.store.search_lexical(named.text, _LOOKED_THROUGH)
        return any(mentions(p.text, named) for p in self.store.passages([id_ for id_, _ in found]))

    def period(self, period: When) -> bool:
        """Whether a passage speaks of these days, or, where they are more than one, an article is from them."""
        longer = period.last > period.first or period.relative
        if longer and len(self.store.select(Filters(period.first, period.last))):
            return True
        found = self.store.search_lexical(period.text, _LOOKED_THROUGH)
        passages = self.store.passages([id_ for id_, _ in found])
        articles = {id_: self.store.article(id_) for id_ in {p.article_id for p in passages}}
        return any(
            speaks_of(period, articles[p.article_id].title, p.text, articles[p.article_id].published)
            for p in passages
        )
