"""The whole way of lists whose numbers no format keeps as text: steps come whole, with the numbers a reader sees."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import docx
import pytest

from qa import Engine
from qa.answer_json import to_dict
from qa.command.terminal import answer_text
from qa.ports import Encoder
from qa.upkeep.index import index
from web.export import markdown, plain_citation

STEPS = (
    "Empty the tank and take out the filter.",
    "Mix one part of vinegar with two parts of water.",
    "Let the kettle stand with it for an hour.",
    "Rinse it three times with cold water.",
)
BEFORE = (
    "The kettle of the canteen gathers lime, since the water of the town is among the hardest of the county."
)
OPENS = "How to descale the kettle:"
AFTER = "The caretaker does it on the first Monday of each month, and keeps a list of it beside the door."
MARKERS = ["4.", "5.", "6.", "7."]
QUESTION = "How do I descale the kettle?"


def _page(folder: Path) -> None:
    items = "".join(f"<li>{step}</li>" for step in STEPS)
    (folder / "kettle.html").write_text(
        f"<html><head><title>The kettle</title></head><body><nav><ul><li><a href=/>Home</a></ul></nav>"
        f"<article><h1>The kettle</h1><p>{BEFORE}</p><p>{OPENS}</p><ol start=4>{items}</ol><p>{AFTER}</p></article>"
        "</body></html>"
    )


def _document(folder: Path) -> None:
    made = docx.Document()
    made.add_paragraph(BEFORE)
    made.add_paragraph(OPENS)
    for step in STEPS:
        made.add_paragraph(step, style="List Number")
    made.add_paragraph(AFTER)
    made.save(str(folder / "kettle.docx"))


@pytest.mark.parametrize(
    ("make", "markers"), [(_page, MARKERS), (_document, ["1.", "2.", "3.", "4."])], ids=["html", "docx"]
)
def test_steps_of_a_page_and_of_a_word_document_come_whole_with_their_numbers(
    tmp_path: Path, encoder: Encoder, make: Callable[[Path], None], markers: list[str]
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    make(folder)
    index([folder], tmp_path / "data", encoder=encoder)
    engine = Engine.open(tmp_path / "data", encoder=encoder)
    answer = engine.ask(QUESTION)
    assert answer.answer_type == "quotes"
    (listed,) = [one for one in to_dict(answer)["quotes"] if one["items"]]
    assert listed["quote"].split("\n")[0] == OPENS
    raw = engine.article(listed["article_id"]).raw
    assert [raw[item["start"] : item["end"]] for item in listed["items"]] == list(STEPS)
    assert [(item["marker"], item["level"]) for item in listed["items"]] == [(one, 0) for one in markers]
    assert raw[listed["start"] : listed["end"]] == listed["quote"]
    numbered = [f"{marker} {step}" for marker, step in zip(markers, STEPS, strict=True)]
    assert "\n".join(f"> {line}" for line in numbered) in markdown(answer)
    assert "\n".join([OPENS, *numbered]) in plain_citation(answer)
    assert "\n".join(f"  {line}" for line in numbered) in answer_text(answer, colour=False)
