"""Whether anything in a store mentions what a question names."""

from __future__ import annotations

from dataclasses import dataclass

from qa.answer.retrieve.found import Found
from qa.answer.understand.asked_dates import dated, speaks_of
from qa.answer.understand.question import Question
from qa.english import words
from qa.english.dates import When
from qa.english.names import Named, occurs, telling
from qa.filters import Filters
from qa.ports import Store
from qa.records import Passage

_LOOKED_THROUGH = 50  # passages that are looked through for a name before it counts as mentioned nowhere


@dataclass(frozen=True, slots=True)
class Occurrences:
    """What the passages mention that were found for a question, and else those that the words of what is looked for
    find: enough to say that something is mentioned nowhere."""

    store: Store
    found: Found

    def nowhere(self, question: Question) -> list[str]:
        """The days, months, years and names of the question that nothing in the articles mentions: whatever else they
        say, they do not say it about those.

        Numbers are left out ("the 3 men" may be named one by one), and so are words that may be capital for another
        reason: abbreviations, the first word, and questions in capitals. Of SQuAD 2.0's development set, first half,
        2,500 questions asked of all its articles, this holds of 0.8 % of the answerable ones (nearly all of them
        misspell the name) and of 3.2 % of the others; where dates are absent, of none and of 0.6 %.
        """
        telling = not any(word.istitle() and words.is_common(word) for word in question.text.split()[1:])
        sharp = [
            named
            for named in question.dates.given
            if named.kind in ("day", "month", "year")
            or (named.kind == "name" and telling and named.start > 0 and not named.text.isupper())
        ]
        absent = [(named.start, named.text) for named in sharp if not self.name(named)]
        periods = [p for p in question.dates.periods if not p.relative]
        absent += [(p.start, p.text) for p in periods if not self.period(p)]
        return [text for _, text in sorted(absent)]

    def name(self, named: Named) -> bool:
        sharp = telling(named, [p.text for p in self.found.passages])
        if any(occurs(p.text, sharp) or self._dated(named, p) for p in self.found.passages):
            return True
        more = [passage.text for passage in self._found_by(named.text)]
        sharp = telling(named, more)
        return any(occurs(text, sharp) for text in more)

    def period(self, period: When) -> bool:
        """Whether a passage speaks of these days, or, where they are more than one, an article is from them."""
        longer = period.last > period.first or period.relative
        if longer and self.store.holds(Filters(period.first, period.last)):
            return True
        passages = [*self.found.passages, *self._found_by(period.text)]
        known = self.found.articles
        more = self.store.articles_of({p.article_id for p in passages} - known.keys())
        of = {**more, **known}
        return any(
            speaks_of(period, of[p.article_id].title, p.text, of[p.article_id].published) for p in passages
        )

    def _dated(self, named: Named, passage: Passage) -> bool:
        return dated(named, passage.text, self.found.article_of(passage).published)

    def _found_by(self, text: str) -> list[Passage]:
        found = self.store.search_lexical(text, _LOOKED_THROUGH)
        return self.store.passages([id_ for id_, _ in found])
