"""Questions are suggested of English sentences alone, and names keep their capitals."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from qa.records import Answer, Article, ArticleInfo
from qa.suggest.make import _cased, _tries
from qa.suggest.questions import Proposed


class Shelf:
    def __init__(self, text: str) -> None:
        self._article = Article("a", "a.txt", text, "T", text, published=date(2022, 1, 1))

    def articles(self) -> list[ArticleInfo]:
        return []

    def article(self, article_id: str) -> Article:
        return self._article

    def ask(self, question: str) -> Answer:
        raise AssertionError(question)


def asked(text: str) -> list[str]:
    return [one.proposed.question for one in _tries(Shelf(text), "a", lambda: True)]


@pytest.mark.parametrize(
    "text",
    [
        "Omar Reyes wird am Vorabend im Rathaus die Gäste begrüßen. Der Markt beginnt am Montag in Ardle.",
        "Omar Reyes ouvrira le marché de Noël lundi soir à Ardle. La foire dure six jours.",
        "Omar Reyes fue elegido alcalde de Ardle en 1988. La ciudad vendió el puente en 1990.",
    ],
)
def test_of_another_language_nothing_is_asked(text: str) -> None:
    assert asked(text) == []


def test_of_an_english_sentence_beside_others_something_is() -> None:
    assert "When did the city sell the old brewery to a bank?" in asked(
        "The city sold the old brewery to a bank in 1988."
    )


def test_a_name_at_the_beginning_of_a_sentence_keeps_its_capital() -> None:
    made = [Proposed("Where was takeda born?", "where", 0, 1)]
    sentence = "Takeda was born in Iwamuro."

    def cased(text: str) -> list[str]:
        return [one.question for one in _cased(made, sentence, text)]

    assert cased(f"{sentence} In May Takeda moved.") == ["Where was Takeda born?"]
    assert cased(f"{sentence} She drank takeda.") == ["Where was takeda born?"]
    assert cased(sentence) == []  # a name or not: nobody knows
    common = [Proposed("When were the talks held?", "when", 0, 1)]
    assert list(_cased(common, "The talks were held in May.", "The talks were held in May.")) == common


@pytest.mark.parametrize(("language", "some"), [("de", False), ("fr", False), ("en", True), (None, True)])
def test_nothing_is_suggested_of_an_article_in_another_language(language: str | None, some: bool) -> None:
    class Known(Shelf):
        def article(self, article_id: str) -> Article:
            return replace(super().article(article_id), language=language)

    found = list(_tries(Known("The city sold the old brewery to a bank in 1988."), "a", lambda: True))
    assert bool(found) is some
