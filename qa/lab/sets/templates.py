"""Made articles and questions about them, 200 from 20 templates: what each kind of question gets through the engine.

    python -m qa.lab.sets.templates --to FOLDER
    qa evaluate gold FOLDER/questions.jsonl --seeds FOLDER/articles

After CheckList (Ribeiro et al., 2020): each template tests one thing, with other names, numbers and days each time.
Every article names two of what is asked for, so that the words near the question's are not enough; a question without
an answer asks for what the article says of the other one. Nothing is fitted on them.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

FILLINGS = 10  # of each template
SEED = 11
# Each half of a name with each other one: no name stands in two articles.
_FIRST = (
    "Ilse Tomas Noor Callum Mirela Joao Hanna Peter Aiko Lucia "
    "Darragh Katya Samuel Greta Rafael Yusuf Clara Owen Amara Viktor"
)
_LAST = (
    "Brandt Arvid Haddad Reeve Popa Tavares Lindqvist Osei Mori Ferri "
    "Nolan Belova Okoro Holm Quiroga Demir Novak Pryce Diallo Sandor"
)
_FIRM = (
    "Halden Corvex Bright Lumora Pine Ostrava Kestrel Meridian Tavik Norland "
    "Solvanta Anchor Quarry Arden Veltis Redfern Osmer Calla Dunmore Inver"
)
_TRADE = (
    "Foods Energy Bank Steel Air Glass Shipping Cement Motors Media "
    "Tools Timber Paper Textiles Dairy Rail Chemicals Optics Farms Pumps"
)
_PLACE = "Mar Els Cal Tarn Vel Grey Lind Ors Kil Astr Holl Brack Dun Fen Ger Hax Ister Jor Kest Lang"
_PLACE_END = "wick den der by mora ford au ova mere el inge combe moor ley ton feld holm stad vik ness"
_OFFICES = "mayor|finance minister|police chief|harbour master|museum director|school superintendent".split(
    "|"
)
_MONTHS = "March|April|May|June|September|October|November".split("|")


@dataclass(frozen=True, slots=True)
class Template:
    """answer: None where the article does not say. All are filled by `_filling`."""

    name: str
    says: str
    asks: str
    answer: str | None


TEMPLATES = (
    Template(
        "who",
        "{A} was elected {office} of {X} on Sunday, ahead of {B}.",
        "Who was elected {office} of {X}?",
        "{A}",
    ),
    Template(
        "who-not",
        "{A}, not {B}, designed the new theatre in {X}.",
        "Who designed the new theatre in {X}?",
        "{A}",
    ),
    Template("buyer", "{F} bought {G} for {n} million dollars.", "Who bought {G}?", "{F}"),
    Template("bought", "{F} bought {G} for {n} million dollars.", "Which company did {F} buy?", "{G}"),
    Template("seller-unsaid", "{F} bought {G} for {n} million dollars.", "Who bought {F}?", None),
    Template(
        "fall",
        "Sales of {F} rose by {n} percent last year, while those of {G} fell by {m} percent.",
        "By how much did sales of {G} fall?",
        "{m} percent",
    ),
    Template(
        "fall-unsaid",
        "Sales of {F} rose by {n} percent last year, while those of {G} fell by {m} percent.",
        "By how much did sales of {F} fall?",
        None,
    ),
    Template(
        "deaths",
        "After the flood in {X}, {n} people were taken to hospital and {k} died.",
        "How many people died in the flood in {X}?",
        "{k}",
    ),
    Template(
        "at-least",
        "At least {n} houses in {X} lost their roofs.",
        "How many houses in {X} lost their roofs?",
        "At least {n}",
    ),
    Template(
        "price",
        "The bridge in {X} cost {n} million dollars, {m} million more than planned.",
        "How much did the bridge in {X} cost?",
        "{n} million dollars",
    ),
    Template(
        "when-opened",
        "The tunnel to {X} was begun on {d} {month} 2018 and opened on {e} {month} 2021.",
        "When was the tunnel to {X} opened?",
        "{e} {month} 2021",
    ),
    Template(
        "when-unsaid",
        "The tunnel to {X} was begun on {d} {month} 2018; {A} leads the work.",
        "When was the tunnel to {X} opened?",
        None,
    ),
    Template(
        "where-next",
        "{F} and {G} held talks on fishing in {X}; the next round will be held in {Y}.",
        "Where will the next round of talks on fishing between {F} and {G} be held?",
        "{Y}",
    ),
    Template(
        "where-born",
        "{A} was born in {X} and moved to {Y} as a child.",
        "Where was {A} born?",
        "{X}",
    ),
    Template(
        "why",
        "The ferry to {X} was cancelled because of a broken engine, said {A} of {F}.",
        "Why was the ferry to {X} cancelled?",
        "a broken engine",
    ),
    Template(
        "title",
        "Deputy {office} {A} opened the fair in {X}.",
        "Who is {A}?",
        "Deputy {office}",
    ),
    Template(
        "office-unsaid",
        "{A}, the {office} of {X}, travelled to {Y} to see its new port.",
        "Who is the {office} of {Y}?",
        None,
    ),
    Template(
        "denied",
        "{A} denied that {F} would close its plant in {X}; the one in {Y} will be closed.",
        "Which plant of {F} will be closed?",
        "{Y}",
    ),
    Template(
        "age",
        "{A}, {n}, was rescued from the lake near {X} by {B}, {m}.",
        "How old is {B}?",
        "{m}",
    ),
    Template(
        "lower-case",
        "{A} was elected {office} of {X} on Sunday, ahead of {B}.",
        "who was elected {office} of {X}",
        "{A}",
    ),
)
_AROUND = (
    "People in the region had waited for the news for weeks. {says} Nobody else wished to speak about it.",
    "{says} The announcement came late in the afternoon. Reporters were told that more would be known next week.",
    "It was the first item on the agenda. {says} A spokesperson thanked everyone who had taken part.",
)


def _names(first: str, last: str, rng: random.Random, between: str = " ") -> Iterator[str]:
    """Every one once, in random order."""
    names = [f"{one}{between}{other}" for one in first.split() for other in last.split()]
    rng.shuffle(names)
    return iter(names)


def _filling(rng: random.Random, names: Mapping[str, Iterator[str]]) -> dict[str, object]:
    """Of all fields of the templates. names: of people, firms and places, of each kind two are taken."""
    a, b, f, g, x, y = (next(names[of]) for of in ("people", "people", "firms", "firms", "places", "places"))
    n, m = rng.sample(range(21, 90), 2)
    d, e = rng.sample(range(1, 29), 2)
    told = {
        "A": a,
        "B": b,
        "F": f,
        "G": g,
        "X": x,
        "Y": y,
        "n": n,
        "m": m,
        "d": d,
        "e": e,
        "k": rng.randint(2, 19),
    }
    return told | {"office": rng.choice(_OFFICES), "month": rng.choice(_MONTHS)}


def made(fillings: int = FILLINGS, seed: int = SEED) -> Iterator[tuple[str, str, dict[str, object]]]:
    """Names of files, articles, and a gold question of each (see `gold`); the same ones for the same seed."""
    rng = random.Random(seed)
    names = {
        "people": _names(_FIRST, _LAST, rng),
        "firms": _names(_FIRM, _TRADE, rng),
        "places": _names(_PLACE, _PLACE_END, rng, between=""),
    }
    for template in TEMPLATES:
        for number in range(1, fillings + 1):
            filled = _filling(rng, names)
            question = template.asks.format_map(filled)
            name = f"{template.name}-{number:02d}"
            text = rng.choice(_AROUND).format(says=template.says.format_map(filled))
            answers = [] if template.answer is None else [template.answer.format_map(filled)]
            gold: dict[str, object] = {"id": name, "question": question, "answers": answers}
            yield f"{name}.txt", f"Title: News of the day\n\n{text}\n", gold | {"sources": [f"{name}.txt"]}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--to", type=Path, required=True, help="folder for articles/ and questions.jsonl")
    folder: Path = parser.parse_args().to
    (folder / "articles").mkdir(parents=True, exist_ok=True)
    lines = []
    for file, article, question in made():
        (folder / "articles" / file).write_text(article, encoding="utf-8")
        lines.append(json.dumps(question) + "\n")
    (folder / "questions.jsonl").write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
