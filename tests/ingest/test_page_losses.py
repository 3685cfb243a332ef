"""Web pages: parts of an article that were once lost, each kind in small pages."""

from __future__ import annotations

import json
from html import escape
from pathlib import Path

import pytest
from ingest.test_pages import MENU, PARAGRAPHS, article, paragraphs

from qa.ingest.kinds import LineKind, kind_of
from qa.ingest.main_text import Judged, article_blocks, readers_comments
from qa.ingest.shown import parse
from qa.ingest.visible import visible_blocks
from qa.ingest.votes import letters

CAPTIONS = (
    "The ropes are cut away before the first of the new cables is drawn across.",
    "Nobody may stand below the deck while the old steel is lowered to the barge.",
    "Forty lamps light the towers at night, as the welders work until six in the morning.",
    "The last of the planks was laid by the pupils of the school on the western bank.",
)


def data(body: str, wrapping: str = "{}") -> str:
    told = json.dumps({"@type": "NewsArticle", "headline": "Bridge to close", "articleBody": body})
    return f'<script type="application/ld+json">{wrapping.format(told)}</script>'


@pytest.mark.parametrize("times", [0, 1])
def test_data_that_holds_markup_is_the_article_that_the_page_shows(tmp_path: Path, times: int) -> None:
    body = paragraphs("<p>{}</p>\n").replace("bridge", "<b class=place>bridge</b>")
    for _ in range(times):
        body = escape(body)
    text = article(tmp_path, f"{MENU}<article><h1>Bridge</h1>{paragraphs()}</article>", head=data(body)).text
    assert text.split("\n") == list(PARAGRAPHS)


def test_data_that_tells_something_else_takes_nothing_from_what_the_page_shows(tmp_path: Path) -> None:
    other = "".join(f"{caption}\n" for caption in CAPTIONS)
    body = f"{MENU}<article><h1>Bridge to close</h1>{paragraphs()}</article>"
    lines = article(tmp_path, body, head=data(other)).text.split("\n")
    assert lines == [*PARAGRAPHS, *CAPTIONS]


@pytest.mark.parametrize(
    "wrapping",
    [
        "<![CDATA[\n{}\n]]>",
        "//<![CDATA[\n{}\n//]]>",
        "/*<![CDATA[*/ {} /*]]>*/",
        "<!-- {} -->",
        "\n<!--\n{}\n//-->",
    ],
)
def test_data_is_read_through_what_hides_it_from_others(tmp_path: Path, wrapping: str) -> None:
    head = data("\n".join(PARAGRAPHS), wrapping)
    found = article(tmp_path, f"{MENU}<div id=app>Loading…</div>", head=head)
    assert (found.title, found.text.split("\n")) == ("Bridge to close", list(PARAGRAPHS))


@pytest.mark.parametrize(
    ("around", "read"),
    [
        ("<figure><img src=a><figcaption aria-hidden=true>{}</figcaption></figure>", True),
        ("<figure aria-hidden=true><img src=a><figcaption>{}</figcaption></figure>", True),
        ("<figure><img src=a><figcaption><span aria-hidden=true>{}</span></figcaption></figure>", True),
        ("<figure><img src=a><figcaption hidden>{}</figcaption></figure>", False),
        ("<div aria-hidden=true><p>{}</p></div>", False),
    ],
)
def test_a_caption_that_a_screen_reader_leaves_out_is_read(tmp_path: Path, around: str, read: bool) -> None:
    told = paragraphs("<p>{}</p>" + around.format(CAPTIONS[0]))
    text = article(
        tmp_path, f"{MENU}<article><h1>Bridge</h1>{told}<p>{PARAGRAPHS[0]} Again.</p></article>"
    ).text
    assert (CAPTIONS[0] in text) is read


@pytest.mark.parametrize(("captions", "kept"), [(CAPTIONS, True), (CAPTIONS[:3], False)])
@pytest.mark.parametrize("repeated", [False, True])
def test_a_story_that_its_pictures_tell_keeps_their_captions(
    captions: tuple[str, ...], kept: bool, repeated: bool
) -> None:
    slides = "".join(
        f"<figure><h3>Picture {at}</h3><figcaption><p>{captions[0] if repeated else text}</p></figcaption></figure>"
        for at, text in enumerate(captions)
    )
    tree = parse(f"<html><body><p>{PARAGRAPHS[0]}</p>{slides}<p>{PARAGRAPHS[1]}</p></body></html>")
    assert tree is not None
    page = [
        Judged(block, letters(block.text), block.text in PARAGRAPHS, block.text in PARAGRAPHS)
        for block in visible_blocks(tree)
    ]
    texts = [
        one.block.text
        for one, keep in zip(page, article_blocks(page, None, readers_comments(page)), strict=True)
        if keep
    ]
    assert (captions[0] in texts) is (kept and not repeated)


@pytest.mark.parametrize("link", ["<a href='{0}'>{0}</a>", "{0}", "<b>{0}</b>"])
def test_addresses_that_a_text_refers_to_are_kept(tmp_path: Path, link: str) -> None:
    first, last = "https://tolle.example/bridges/upper", "www.province.example/works/2024"
    shown = f"<p>{link.format(first)}</p>{paragraphs()}<p>{link.format(last)}</p><p>{CAPTIONS[0]}</p>"
    lines = article(tmp_path, f"{MENU}<article><h1>Bridge</h1>{shown}</article>").text.split("\n")
    assert lines == [*PARAGRAPHS, last, CAPTIONS[0]]


@pytest.mark.parametrize(
    "row",
    [
        "<div class=row><div>{0} {1}</div><div>{2}</div></div>",
        "<div class=row><span>{0}</span><div>{1}</div><div>{2}</div></div>",
        "<div class=row><div>{0} {1} {2}</div></div>",
    ],
)
def test_ingredients_are_kept_whose_amounts_stand_beside_them(tmp_path: Path, row: str) -> None:
    listed = [
        ("135", "g", "rye flour"),
        ("2", "pinches", "salt"),
        ("4", "leaves", "bay"),
        ("1", "l", "buttermilk"),
    ]
    steps = [*PARAGRAPHS[:2]]
    told = {"@type": "Recipe", "name": "Bread", "recipeIngredient": [" ".join(one) for one in listed]}
    head = f'<title>Bread</title><script type="application/ld+json">{json.dumps(told)}</script>'
    rows = "".join(row.format(*one) for one in listed)
    shown = f"<div class=list>{rows}</div>{''.join(f'<p>{step}</p>' for step in steps)}"
    text = article(tmp_path, f"{MENU}<main><h1>Bread</h1>{shown}</main>", head).text
    assert " ".join(text.split()) == " ".join([*(" ".join(one) for one in listed), *steps])


@pytest.mark.parametrize(
    "sentence",
    [
        "সেতুটি এগারো সপ্তাহ বন্ধ থাকবে বলে জানিয়েছেন প্রকৌশলী।",
        "पुल ग्यारह हफ़्ते बंद रहेगा, ऐसा अभियंता ने सोमवार को कहा।",
        "انجینئر نے پیر کو کہا کہ پل گیارہ ہفتے بند رہے گا۔",
        "متى يفتح الجسر من جديد بعد انتهاء العمل فيه؟",
        "Կամուրջը փակ կլինի տասնմեկ շաբաթ, ասել է ճարտարագետը։",
        "ድልድዩ ለአስራ አንድ ሳምንታት ይዘጋል ብለዋል መሐንዲሱ።",
    ],
)
def test_a_sentence_is_one_in_every_script(sentence: str) -> None:
    assert kind_of(sentence) is LineKind.PROSE
    assert kind_of(sentence[:-1]) is LineKind.LABEL


@pytest.mark.parametrize("beside", [False, True])
@pytest.mark.parametrize("kind", ["HowTo", "Recipe"])
def test_steps_that_only_the_data_of_a_page_holds_are_read(tmp_path: Path, kind: str, beside: bool) -> None:
    steps = [{"@type": "HowToStep", "name": f"Step {at}", "text": text} for at, text in enumerate(CAPTIONS)]
    told = {"@type": kind, "name": "Cables", "step" if kind == "HowTo" else "recipeInstructions": steps}
    head = f'<title>Cables</title><script type="application/ld+json">{json.dumps(told)}</script>'
    shown = paragraphs() if beside else "Loading…"
    lines = article(tmp_path, f"{MENU}<main><h1>Cables</h1>{shown}</main>", head).text.split("\n")
    assert lines == [*(PARAGRAPHS if beside else ()), *CAPTIONS]
