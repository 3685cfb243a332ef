"""Measure what questions with mistyped words get, as they are typed and as `qa.answer.retrieve.spelling` mends them.

Questions of the held-out titles are asked of all their paragraphs: as they are, and with a slip in so many of their
words of five letters or more that are no names (a letter left out, doubled or changed, or two changed round), once with
and once without mending. Right is EM of the answerable, and nothing answered of the others; then how many answerable
ones are right, how many others are answered, and how many questions are asked in other words, in per cent.

    python -m qa.lab.measure.typos --data DATA [--limit 300] [--slips 1]
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from qa.engine import Engine
from qa.lab.sets import metrics, squad
from qa.lab.sets.collection import collection
from qa.lab.sets.progress import counted
from qa.lab.train.mixture import held_out_titles
from qa.settings import Settings
from qa.snapshot import open_encoder

from .held_out import ONE_IN, drawn

_WORD = re.compile(r"(?<![\w’'-])[a-z]{5,}(?![\w’'-])")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def mistyped(question: str, slips: int, rng: random.Random) -> str:
    """The same with a slip in so many of its words, in all where there are fewer."""
    words = list(_WORD.finditer(question))
    for word in sorted(rng.sample(words, min(slips, len(words))), key=lambda word: -word.start()):
        question = question[: word.start()] + _slip(word[0], rng) + question[word.end() :]
    return question


def _slip(word: str, rng: random.Random) -> str:
    at = rng.randrange(1, len(word) - 1)  # people seldom miss a word's first letter
    before, letter, after = word[:at], word[at], word[at + 1 :]
    return rng.choice(
        [
            before + after,
            before + letter + letter + after,
            before + rng.choice(_LETTERS.replace(letter, "")) + after,
            before + after[0] + letter + after[1:],
        ]
    )


def _measured(engine: Engine, questions: Sequence[tuple[str, squad.Question]], what: str) -> dict[str, float]:
    right = answered = changed = 0.0
    for text, question in counted(questions, what):
        answer = engine.ask(text)
        changed += answer.understood != text
        if question.answerable:
            right += metrics.exact_match(answer.text or "", question.answer_texts)
        else:
            answered += answer.text is not None
    answerable = sum(question.answerable for _, question in questions)
    others = len(questions) - answerable
    return {
        "right": round(100 * (right + others - answered) / len(questions), 1),
        "answerable_right": round(100 * right / answerable, 1),
        "others_answered": round(100 * answered / others, 1),
        "mended": round(100 * changed / len(questions), 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, metavar="FOLDER", help="of the training sets")
    parser.add_argument("--limit", type=int, default=300, metavar="N", help="questions (default: 300)")
    parser.add_argument("--slips", type=int, default=1, metavar="N", help="words mistyped (default: 1)")
    args = parser.parse_args()
    paragraphs = squad.read(args.data / "squad-2.0-train-rebuilt.json.gz")
    titles = held_out_titles(paragraphs, ONE_IN)
    contexts = list(dict.fromkeys((p.title, p.context) for p in paragraphs if p.title in titles))
    questions = [question for _, question in drawn(paragraphs, args.limit)]
    rng = random.Random(0)
    ways = {
        "as they are": [(question.text, question) for question in questions],
        "mistyped": [(mistyped(question.text, args.slips, rng), question) for question in questions],
    }
    settings = Settings()
    encoder = open_encoder(settings.encoder)
    with collection(contexts, encoder, settings) as folder:
        for mend in (False, True):
            engine = Engine.open(folder, settings=replace(settings, mend_spelling=mend), encoder=encoder)
            for way, asked in ways.items():
                told = f"{way}, {'mended' if mend else 'not mended'}"
                print(json.dumps({"way": told, "questions": len(asked), **_measured(engine, asked, told)}))


if __name__ == "__main__":
    main()
