from __future__ import annotations

import json
from datetime import date
from importlib import import_module
from pathlib import Path

import pytest
from fakes import PhraseReader, article

from qa.answer.decide.confidence import ConfidenceModel
from qa.answer.retrieve.found import Found
from qa.answer.understand.request import Request
from qa.lab.measure.rules import RULES, Case, Rule, drawn, table, without
from qa.records import Hit, Passage

ARTICLE = article("The bridge fell at noon and seven men died of it.")
PASSAGE = Passage(1, ARTICLE.id, 0, len(ARTICLE.text), ARTICLE.text)
MODEL = ConfidenceModel({"margin": 1.0}, 0.0, 1.0, 0.0, 0.5)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_what_a_rule_replaces_is_there(rule: Rule) -> None:
    for name in rule.off:
        module, _, attribute = name.rpartition(".")
        assert hasattr(import_module(module), attribute), name


def test_only_the_first_row_switches_nothing_off() -> None:
    assert [bool(rule.off or rule.settings) for rule in RULES] == [False, *[True] * (len(RULES) - 1)]


def _case(question: str, *golds: str) -> Case:
    found = Found([Hit(PASSAGE, 0.1, 1, 1, 0.5)], {ARTICLE.id: ARTICLE})
    return Case(Request.of(question, today=date(2022, 1, 1)), found, golds)


def test_a_rule_is_off_for_its_own_row_alone() -> None:
    case, reader = _case("How many died when the bridge fell?", "seven"), PhraseReader("at noon")
    form = next(rule for rule in RULES if rule.name.startswith("a number for how many"))
    for rule, answer in ((RULES[0], ""), (form, "at noon"), (RULES[0], "")):
        assert without(rule, [case], None, reader, MODEL) == [answer]  # type: ignore[arg-type]


def test_the_table_counts_right_answers_right_refusals_and_changes() -> None:
    cases = [_case("Who?", "Anna"), _case("When?", "noon"), _case("Why?"), _case("Where?")]
    told = table([("all rules", ["Anna", "", "", "here"]), ("less", ["Anna", "noon", "so", "here"])], cases)
    assert told.splitlines()[2:] == ["| all rules | 1 | 1 | 0 |", "| less | 2 | 0 | 2 |"]


def test_questions_are_of_every_tenth_article(tmp_path: Path) -> None:
    def paragraph(number: int) -> dict[str, object]:
        asked = {"id": str(number), "question": f"Who {number}?", "answers": []}
        return {"title": f"{number:02}", "paragraphs": [{"context": f"text {number}", "qas": [asked]}]}

    file = tmp_path / "squad.json"
    file.write_text(json.dumps({"data": [paragraph(number) for number in range(21)]}))
    paragraphs, questions = drawn(file, 2)
    assert [title for title, _ in paragraphs] == ["00", "10", "20"]
    assert {question.id for question in questions} < {"0", "10", "20"} and len(questions) == 2
