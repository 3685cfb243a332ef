from __future__ import annotations

from qa.answer.understand.followup import Chooser, standalone, understand
from qa.answer.understand.salience import NEEDS, SLOTS, shipped
from qa.lab.fit.salience import BY_HAND, OPEN, conversations, learn
from qa.lab.measure.followups import FollowUp
from qa.records import Turn

_NAMES = ("Tom Wolfe", "Ann Lee", "George Foreman", "Mae West")


def _asked() -> list[FollowUp]:
    told = []
    for number, name in enumerate(_NAMES):
        for question, rewrite in (
            ("Where was he born?", f"Where was {name} born?"),
            ("What did they win?", f"What did {name} win?"),
            ("Was it good?", "Was the life good?"),
            ("Was this good?", f"Was {name} good?"),
            ("Was this film good?", f"Was this film of {name} good?"),
            ("Was the film good?", f"Was the film of {name} good?"),
            (f"Did {name.split()[1]} win?", f"Did {name} win?"),
            ("What else?", "What else besides Boston?"),
            ("Anything unusual?", f"Anything unusual of {name}?"),
            ("What is jazz?", "What is jazz?"),
        ):
            history = (Turn(name, "Life"), Turn(f"Where did {name} live?", "in the city of Boston"))
            told.append(FollowUp(str(number), history, question, rewrite))
    return told


def test_what_is_learnt_fills_slots_as_the_rewrites_do() -> None:
    asked = _asked()
    by = Chooser(learn(asked, OPEN))
    for one, choose, said in conversations(asked[:1], [by]):
        assert understand(one.question, said, choose) == "Where was Tom Wolfe born?"


def test_sharing_the_turns_of_a_dialogue_changes_nothing() -> None:
    asked = _asked()
    choice = Chooser(shipped())
    shared = [
        understand(one.question, said, by) for one, by, said in conversations(asked, [choice] * len(asked))
    ]
    assert shared == [standalone(one.question, one.history) for one in asked]


def test_every_slot_has_weights_by_hand_and_shipped() -> None:
    for salience in (BY_HAND, shipped()):
        assert set(salience.weights) == set(salience.bias) == set(salience.threshold) == {*SLOTS, NEEDS}
