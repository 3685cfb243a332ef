"""The third outcome: a guess that is marked as one, in the page, in /ask and in what is copied."""

from __future__ import annotations

import html
import json
import re

from flask.testing import FlaskClient
from web_fakes import FakeEngine

from qa.records import Respelled

QUESTION = "/?q=Who+led+the+delegation+to+Vienna%3F"


def page(client: FlaskClient, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.get_data(as_text=True)


def words(text: str) -> str:
    """What is left to read of a page."""
    without_data = re.sub(r"<script.*?</script>", "", text, flags=re.S)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", without_data)).split())


def test_a_guess_is_shown_as_one_with_its_sentence(client: FlaskClient, fake_engine: FakeEngine) -> None:
    fake_engine.unsure = True
    source = page(client, QUESTION)
    text = words(source)
    assert "Not sure" in text and "Perhaps: Vienna" in text and "31 %" in text
    assert "Talks were held in <mark>Vienna</mark>." in source
    assert "The articles do not say" not in text and "do not answer the question" not in text


def test_a_guess_is_no_answer_in_the_interface(client: FlaskClient, fake_engine: FakeEngine) -> None:
    fake_engine.unsure = True
    told = client.get("/ask?q=Who+led+them+to+Vienna%3F").get_json()
    assert (told["outcome"], told["answer"], told["citations"]) == ("unsure", None, [])
    assert told["guess"]["answer"] == "Vienna" and told["guess"]["confidence"] == 0.31
    cited = told["guess"]["citations"][0]
    assert cited["sentence"].startswith("Talks were held in Vienna.")


def test_what_is_copied_of_a_guess_says_that_it_is_one(client: FlaskClient, fake_engine: FakeEngine) -> None:
    fake_engine.unsure = True
    source = page(client, QUESTION)
    data = json.loads(source.split('<script type="application/json" class="data">')[1].split("</script>")[0])
    assert "Not sure. Perhaps (31 %):" in data["copy"] and "“Vienna”" in data["copy"]
    assert "Not sure. Perhaps: **Vienna**" in data["markdown"]


def test_without_proof_it_is_not_said_that_the_articles_do_not_say(client: FlaskClient) -> None:
    text = words(page(client, "/?q=Who+led+them+to+Geneva%3F"))
    assert "No sure answer found." in text
    assert "The articles do not say." not in text


def test_another_spelling_is_offered_as_a_question(client: FlaskClient, fake_engine: FakeEngine) -> None:
    fake_engine.meant = (Respelled("Wien<b>", "Vienna", "Who led them to Vienna?"),)
    source = page(client, "/?q=Who+led+them+to+Wien%3F")
    assert 'href="/?q=Who+led+them+to+Vienna%3F"' in source
    assert "Did you mean Vienna?" in words(source)
    assert "Wien<b>" not in source


def test_another_reading_of_a_follow_up_is_offered_as_a_question(
    client: FlaskClient, fake_engine: FakeEngine
) -> None:
    fake_engine.other_reading = "Who led Ann<b>?"
    source = page(client, "/?q=Vienna")
    assert 'href="/?q=Who+led+Ann%3Cb%3E%3F"' in source
    assert "Or did you mean: Who led Ann" in words(source)
    assert "Ann<b>" not in source
    assert client.get("/ask?q=Vienna").get_json()["other_reading"] == "Who led Ann<b>?"


def test_every_outcome_is_named(client: FlaskClient, fake_engine: FakeEngine) -> None:
    assert client.get("/ask?q=Vienna").get_json()["outcome"] == "answer"
    assert client.get("/ask?q=Geneva").get_json()["outcome"] == "none"
    fake_engine.unsure = True
    assert client.get("/ask?q=Vienna").get_json()["outcome"] == "unsure"
