from __future__ import annotations

import pytest

from qa.answer.decide.apart import apart, asks_of_article
from qa.records import Passage, Span

NAMES = ("Ann Lee", "Jean-Luc Moreau", "Bo Chen", "María Ruiz")
CREDITS = (
    "The hall at night. Photo: {}\nIt was built in 1911.",
    "The hall at night. Photograph by {}.",
    "The hall at night. REUTERS/{}",
    "The hall at night. (AP Photo/{})",
    "The hall at night. {}/Getty Images",
    "The hall at night. Picture courtesy of {}.",
    "The hall burns\nBy {}\nA fire broke out.",
    "The hall burns\nBy Kim Day and {}\nA fire broke out.",
)
STORIES = (
    "The hall was built by {} in 1911.",
    "A photo showed {} in the hall.",
    "It was {} who told Reuters of it.",
    "{} and the AP were there.",
)


def _span(template: str, name: str) -> Span:
    text = template.format(name)
    start = text.index(name)
    return Span(Passage(0, "a", 0, len(text), text), start, start + len(name), 1.0, 1.0)


@pytest.mark.parametrize("template", CREDITS)
@pytest.mark.parametrize("name", NAMES)
def test_who_wrote_or_took_the_picture_is_apart_from_the_story(template: str, name: str) -> None:
    assert apart(_span(template, name))


@pytest.mark.parametrize("template", STORIES)
@pytest.mark.parametrize("name", NAMES)
def test_who_is_in_the_story_is_not(template: str, name: str) -> None:
    assert not apart(_span(template, name))


@pytest.mark.parametrize(
    "question", ["Who wrote the article?", "Who took the picture?", "Whose photo is it?"]
)
def test_the_article_itself_may_be_asked_about(question: str) -> None:
    assert asks_of_article(question)
    assert not asks_of_article("Who built the hall?")
