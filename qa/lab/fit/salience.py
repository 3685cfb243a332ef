"""Fit what follow-up questions leave unsaid, on the tuning half of a file in CANARD's layout.

    python -m qa.lab.fit.salience FILE

For each slot of each question the candidates are labelled by how much F1 of the words added rises with them. A
logistic regression for each kind of slot learns it, one row a candidate, weighted by what is at stake; it is refitted
on the states that its own choices lead to, from weights set by hand. Every candidate counts twice, once without the
feature "topic": few people name a topic before they ask, as CANARD's history does, and then the others must do. Another
regression learns which questions without a pronoun leave anything unsaid: from what was asked, from how people wrote
it to stand alone, and from questions of other dialogues so written, for few of CANARD's begin a new topic.
Its threshold leaves those new topics as they are, on predictions for dialogues that the model was not fitted on.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from qa.answer.understand.conversation import Conversation, Referent
from qa.answer.understand.followup import Choose, Chooser, leaves_open, traits_of, understand
from qa.answer.understand.salience import (
    CONTEXT,
    ELSE,
    IT,
    MORE,
    NEEDS,
    NOUN,
    PART,
    PERSON,
    SLOTS,
    THE,
    THEY,
    THIS,
    Salience,
    Slot,
)
from qa.lab.measure.followups import FollowUp, added_f1, bag, read

FOLDS = 5
ROUNDS = 2
LEFT_ALONE = 0.97  # of the new topics
ALONE = 0.25  # what a question that was written to stand alone counts, of which there are two to each that was asked
REGULARIZATION = 0.1  # scikit-learn's C
_WRITTEN = {ELSE: "besides", CONTEXT: "of", MORE: "of"}  # what the slot adds beside the referent
_FORCED = (PERSON, THEY, IT, CONTEXT)  # slots that always stand for something
_PRONOUN = {
    "kept": 3.0, "name": 1.5, "title": 0.5, "share_of_turns": 2.0, "last_turn": 1.0, "turn_before": 0.5,
    "subject_often": 1.0, "in_question": -2.0, "topic": 0.5, "filled_other": -1.0, "date": -2.0,
}  # fmt: skip
BY_HAND = Salience(
    weights=dict.fromkeys(SLOTS, _PRONOUN)
    | {
        PERSON: _PRONOUN | {"person_like": 2.0},
        IT: _PRONOUN | {"person_like": -2.0, "title": 2.0},
        THEY: _PRONOUN | {"plural": 1.5},
        NEEDS: {"names_something": -2.0, "definite": 1.0, "short": 1.0, "other": 2.0},
        ELSE: {"in_last_answer": 2.0, "answer": 1.0},
        NOUN: {"near": 2.0} | _PRONOUN,
    },
    bias=dict.fromkeys((*SLOTS, NEEDS), 0.0),
    threshold=dict.fromkeys(_FORCED, -99.0)
    | {NOUN: 2.0, THIS: 2.0, ELSE: 1.0, THE: 3.0, PART: 0.0, MORE: 99.0, NEEDS: 0.5},
)  # fmt: skip
OPEN = dict.fromkeys((*SLOTS, NEEDS), 0.0) | dict.fromkeys(_FORCED, -99.0)  # a gain is as likely as a loss
FILE = Path(__file__).parents[2] / "models" / "followup" / "salience.json"
Row = tuple[dict[str, float], float, float]  # features, label, weight


class _Recorder:
    """Labels the candidates of each slot it is asked to fill, and fills it as `inner` does."""

    def __init__(self, one: FollowUp, inner: Choose, rows: dict[str, list[Row]]) -> None:
        self.inner, self.rows = inner, rows
        self.asked = bag(one.question)
        self.wanted = bag(one.rewrite) - self.asked
        self.have = bag("")
        self.traits: dict[str, float] | None = None

    def needs(self, values: dict[str, float]) -> bool:
        self.traits = values
        return True

    def choose(
        self, slot: Slot, among: Sequence[Referent], values: Sequence[dict[str, float]]
    ) -> Referent | None:
        now = _f1(self.have, self.wanted)
        gains = [_f1(self._with(slot, referent), self.wanted) - now for referent in among]
        best = max(0.0, *gains)
        plain = [{name: value for name, value in row.items() if name != "topic"} for row in values]
        for row, gain in zip([*values, *plain], [*gains, *gains], strict=True):
            if slot.kind in _FORCED:
                self.rows[slot.kind] += [(row, 1.0, max(gain, 0.0)), (row, 0.0, best - gain)]
            else:
                self.rows[slot.kind].append((row, float(gain > 0), abs(gain) if gain > 0 else best - gain))
        chosen = self.inner.choose(slot, among, values)
        if chosen is not None:
            self.have = self._with(slot, chosen)
        return chosen

    def _with(self, slot: Slot, referent: Referent) -> Any:
        return self.have | (bag(f"{_WRITTEN.get(slot.kind, '')} {referent.text}") - self.asked)


def _f1(ours: Any, theirs: Any) -> float:
    if not ours or not theirs:
        return float(ours == theirs)
    return 2.0 * int(sum((ours & theirs).values())) / int(sum(ours.values()) + sum(theirs.values()))


def conversations(
    asked: Sequence[FollowUp], choices: Sequence[Choose]
) -> Iterator[tuple[FollowUp, Choose, Conversation]]:
    """Each question with its conversation. Of one dialogue the turns that two questions share are understood once."""
    dialogue, said = "", Conversation()
    for one, choose in zip(asked, choices, strict=True):
        if one.dialogue != dialogue or len(one.history) <= len(said.questions):
            dialogue, said = one.dialogue, Conversation()
        for turn in one.history[len(said.questions) :]:
            said.add(understand(turn.question, said, choose), turn.answer)
        yield one, choose, said


def new_topic(asked: Sequence[FollowUp], at: int) -> str:
    """A question of another dialogue, as a person wrote it to stand alone: it has nothing to do with this one."""
    return asked[(at + len(asked) // 2) % len(asked)].rewrite


def collect(asked: Sequence[FollowUp], salience: Salience) -> dict[str, list[Row]]:
    rows: dict[str, list[Row]] = defaultdict(list)
    for at, (one, choose, said) in enumerate(conversations(asked, [Chooser(salience)] * len(asked))):
        for alone in (one.rewrite, new_topic(asked, at)):
            rows[NEEDS].append((traits_of(alone, said), 0.0, ALONE))
        recorder = _Recorder(one, choose, rows)
        understood = understand(one.question, said, recorder)
        if recorder.traits is not None and recorder.wanted:
            gain = added_f1(one.question, understood, one.rewrite)
            rows[NEEDS].append((recorder.traits, 1.0, gain))
        elif recorder.traits is not None:
            rows[NEEDS].append((recorder.traits, 0.0, 1.0))
    return rows


def fit(rows: dict[str, list[Row]], threshold: dict[str, float]) -> Salience:
    weights: dict[str, dict[str, float]] = {}
    bias: dict[str, float] = {}
    for kind in (*SLOTS, NEEDS):
        kept = [(row, label, weight) for row, label, weight in rows[kind] if weight > 0]
        if len({label for _, label, _ in kept}) < 2:  # nothing to tell apart
            weights[kind], bias[kind] = {}, 0.0
            continue
        vectors = DictVectorizer()
        values = vectors.fit_transform([row for row, _, _ in kept])
        model = LogisticRegression(C=REGULARIZATION, max_iter=2000)
        model.fit(values, [label for _, label, _ in kept], sample_weight=[weight for _, _, weight in kept])
        names = vectors.get_feature_names_out()
        weights[kind] = {
            str(name): round(float(w), 3)
            for name, w in zip(names, model.coef_[0], strict=True)
            if abs(w) >= 0.0005
        }
        bias[kind] = round(float(model.intercept_[0]), 3)
    return Salience(weights, bias, threshold)


def learn(asked: Sequence[FollowUp], threshold: dict[str, float]) -> Salience:
    salience = BY_HAND
    for _ in range(ROUNDS):
        salience = fit(collect(asked, salience), threshold)
    return salience


def figures(asked: Sequence[FollowUp], models: Sequence[Salience]) -> tuple[float, float]:
    """(mean F1 of the words added, share left alone), each question by its own model."""
    scores, left = [], []
    for one, choose, said in conversations(asked, [Chooser(model) for model in models]):
        understood = understand(one.question, said, choose)
        if bag(one.question) == bag(one.rewrite):
            left.append(bag(understood) == bag(one.question))
        else:
            scores.append(added_f1(one.question, understood, one.rewrite))
    return sum(scores) / max(1, len(scores)), sum(left) / max(1, len(left))


def cross_fitted(asked: Sequence[FollowUp]) -> list[Salience]:
    """For each question a model that was fitted without its dialogue."""
    fold = [hashlib.sha256(f"fold {one.dialogue}".encode()).digest()[0] % FOLDS for one in asked]
    models = [
        learn([one for one, own in zip(asked, fold, strict=True) if own != held_out], OPEN)
        for held_out in range(FOLDS)
    ]
    return [models[own] for own in fold]


def lowest_needed(asked: Sequence[FollowUp], models: Sequence[Salience]) -> float:
    """The lowest score of need at which enough new topics are left alone; what has a pronoun is asked for no need."""
    scores = []
    for at, (_, _by, said) in enumerate(conversations(asked, [Chooser(model) for model in models])):
        topic = new_topic(asked, at)
        if not leaves_open(topic, said):
            scores.append(models[at].score(NEEDS, traits_of(topic, said)))
    return sorted(scores)[int(LEFT_ALONE * len(scores))]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path, help="CANARD (.json or .json.gz)")
    asked = read(parser.parse_args().file, "tune")
    models = cross_fitted(asked)
    threshold = OPEN | {NEEDS: round(lowest_needed(asked, models), 1)}
    f1, left = figures(asked, [replace(model, threshold=threshold) for model in models])
    by_hand = figures(asked, [BY_HAND] * len(asked))
    told = {
        "fitted_on": "CANARD development set (Elgohary et al., 2019; CC BY-SA 4.0), the half of its dialogues whose "
        "SHA-256 is even, by python -m qa.lab.fit.salience",
        "questions": len(asked),
        "cross_fitted": {"added_f1": round(100 * f1, 2), "left_alone": round(100 * left, 2)},
        "by_hand": {"added_f1": round(100 * by_hand[0], 2), "left_alone": round(100 * by_hand[1], 2)},
        **asdict(learn(asked, threshold)),
    }
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(json.dumps(told, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    print(
        json.dumps(
            {name: told[name] for name in ("questions", "cross_fitted", "by_hand", "threshold")}, indent=2
        )
    )


if __name__ == "__main__":
    main()
