"""What of an article stands beside its story: by its lines' words in any format, by the marks of formats."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from fakes import article
from hypothesis import given
from hypothesis import strategies as st
from ingest.making import docx_of
from ingest.packing import epub, odt

from qa.english.sentences import sentence_spans
from qa.ingest.clean import Cleaned, clean
from qa.ingest.document import Document
from qa.ingest.docx import read_docx
from qa.ingest.html import read_html
from qa.ingest.load import load
from qa.ingest.markdown import read_markdown
from qa.ingest.odt import read_odt
from qa.ingest.parts import Stretches, parts_of
from qa.records import Part

TODAY = date(2026, 6, 1)
NAMES = ("Ann Lee", "Jean-Luc Moreau", "Bo Chen", "María Ruiz", "L. de la Cruz")
CREDITS = (
    "The hall at night. Photo: {}\nIt was built in 1911.",
    "The hall at night. Photograph by {}.",
    "The hall at night. REUTERS/{}",
    "The hall at night. (AP Photo/{})",
    "The hall at night. {}/Getty Images",
    "The hall at night. {} for AFP",
    "The hall at night. (AP Photo/{}, File)",
    "The hall at night. Picture courtesy of {}.",
)
BYLINES = (
    "The hall burns\nBy {}\nA fire broke out.",
    "The hall burns\nBy Kim Day and {}\nA fire broke out.",
    "The hall burns\nWritten by {}, The Daily News\nA fire broke out.",
)
STORIES = (
    "Image: {} has left the club at last.",
    "FILE PHOTO: {} and others work on the floor.",
    "Image: {}, left, has left the club.",
    "The whole picture: {} in pursuit",
    "The hall was built by {} in 1911.",
    "A photo showed {} in the hall.",
    "It was {} who told Reuters of it.",
    "{} and the AP were there.",
    "By Monday {} had left the town.",
    "By the river {} saw the hall burn.",
    "By Monday the hall was shut",
    "By then {} had gone, as he told us.",
)
STORY = (
    "A fire broke out in the old town hall on Monday evening and destroyed its roof, the fire brigade said.",
    "Nobody was hurt in the fire, which was put out by forty men after six hours of work in the cold.",
    "The mayor said that the hall will be rebuilt within two years, and that most of the money is there.",
)


def roles(text: str, parts: Sequence[Part]) -> list[tuple[str, str]]:
    return [(part.role, text[part.start : part.end]) for part in parts]


def of(read: Document) -> list[tuple[str, str]]:
    cleaned = clean(read, today=TODAY)
    return roles(cleaned.text, cleaned.parts)


def page(body: str, head: str = "") -> Cleaned:
    source = f"<html><head><title>The hall burns down</title>{head}</head><body><article>"
    source += f"<h1>The hall burns down</h1><p>{STORY[0]}</p>{body}<p>{STORY[1]}</p><p>{STORY[2]}</p>"
    return clean(read_html("a.html", source.encode(), today=TODAY), today=TODAY)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("role", "template"),
    [*(("credit", one) for one in CREDITS), *(("byline", one) for one in BYLINES)],
)
def test_credits_and_bylines_are_marked_by_their_words(role: str, template: str, name: str) -> None:
    text = template.format(name)
    assert [(kind, name in told) for kind, told in roles(text, parts_of(text))] == [(role, True)]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("template", STORIES)
def test_the_story_is_not(template: str, name: str) -> None:
    assert parts_of(template.format(name)) == ()


@pytest.mark.parametrize(
    "line",
    ["VIENNA —", "FORT WORTH, Texas --", "Riga (Reuters) -", "NEW YORK (AP) —", "MOSCOW, January 27. /TASS/.",
     "PARIS, 3 May (AP) -"],
)  # fmt: skip
def test_where_a_story_was_sent_from_is_marked(line: str) -> None:
    text = f"The court sat.\n{line} The court sat in Graz on Monday."
    assert roles(text, parts_of(text)) == [("dateline", line)]


@pytest.mark.parametrize(
    ("caption", "shown"),
    [
        ("<figure><img src=a><figcaption>{}</figcaption></figure>", True),
        ('<div class="wp-caption alignleft"><img src=a><p class="wp-caption-text">{}</p></div>', True),
        ('<p class="image-caption">{}</p>', True),
        ('<p class="Article__captionText">{}</p>', True),
        ('<p class="has-caption">{}</p>', False),
        ("<p>{}</p>", False),
    ],
)
@pytest.mark.parametrize("text", ["Mourners at the hall on Sunday, when it was still burning, in Vilnius."])
def test_a_pages_captions_are_marked(caption: str, shown: bool, text: str) -> None:
    cleaned = page(caption.format(text))
    assert text in cleaned.text
    assert roles(cleaned.text, cleaned.parts) == ([("caption", text)] if shown else [])


@pytest.mark.parametrize(
    "credit", ['<span class="photo-credit">Kim Day</span>', "Photo: Kim Day", "(Kim Day/AFP)"]
)
def test_a_captions_credit_is_kept_and_is_of_its_own(credit: str) -> None:
    cleaned = page(f"<figure><figcaption>The hall   in <i>Riga</i>. {credit}</figcaption></figure>")
    (caption, whole), (role, told) = roles(cleaned.text, cleaned.parts)
    assert (caption, role) == ("caption", "credit")
    assert whole.startswith("The hall in Riga.")
    assert whole.endswith(cleaned.text.split("\n")[1][-8:])
    assert "Kim Day" in told and "Riga" not in told
    where = cleaned.text.index("Kim Day")
    assert cleaned.text[:where].endswith(("Riga. ", "Photo: ", "("))


@pytest.mark.parametrize(
    ("byline", "told"),
    [
        ('<p class="byline">By Ann Lee and Kim Day, who were there for three days</p>', True),
        ('<p>Ann Lee, Science Correspondent of the Daily News in the north</p>', True),
        ('<p class="byline">How to see a hall that has been burning for three days in the north.</p>', False),
        ('<p>Ann Lee saw the hall burn, and told the mayor that it could be saved.</p>', False),
        ('<p class="author-bio">Kim Day has been reporting on it for three decades, and lives there.</p>', False),
    ],
)  # fmt: skip
def test_a_pages_bylines_are_marked_by_class_and_by_its_data(byline: str, told: bool) -> None:
    data = '<script type="application/ld+json">{"@type": "NewsArticle", "author": [{"name": "Ann Lee"}]}</script>'
    cleaned = page(byline, data)
    assert [kind for kind, _ in roles(cleaned.text, cleaned.parts)] == (["byline"] if told else [])


def test_an_address_of_a_house_is_of_the_story() -> None:
    told = "<address>{}, who wrote this for the people of the north of the town</address>"
    assert [part.role for part in page(told.format("Ann Lee")).parts] == ["byline"]
    assert page(told.format("Mill Road 45")).parts == ()


@pytest.mark.parametrize("name", ["caption", "byline", "photo-credit"])
def test_a_name_of_more_than_a_caption_holds_says_nothing(name: str) -> None:
    body = "".join(f"<p>{line} It was the {number}th time.</p>" for number in range(5) for line in STORY)
    assert page(f"<div class={name}>{body}</div>").parts == ()


def test_a_story_told_by_captions_is_a_story() -> None:
    many = "".join(
        f"<figure><figcaption>{line} ({number})</figcaption></figure>"
        for number in range(3)
        for line in STORY
    )
    assert page(many).parts == ()


def test_a_caption_and_the_story_are_never_one_sentence() -> None:
    inside = 'The hall <span class="caption">Mourners in Vilnius on Sunday</span> was old, as many in this town are.'
    cleaned = page(f"<p>{inside}</p>")
    (part,) = cleaned.parts
    pieces = ["The hall", "Mourners in Vilnius on Sunday", "was old, as many in this town are."]
    assert cleaned.text.split("\n")[1:4] == pieces
    spans = sentence_spans(cleaned.text)
    assert all(
        end <= part.start or start >= part.end or part.start <= start < end <= part.end
        for start, end in spans
    )


PICTURE = f"# Fire\n\n{STORY[0]}\n![a](a.png)\n{{}}\n{STORY[1]}"


@pytest.mark.parametrize("caption", ["Mourners in Vilnius on Sunday.", "The hall in 1911"])
@pytest.mark.parametrize("mark", ["*{}*", "_{}_", "  *{}*  "])
def test_markdown_has_captions_right_below_a_picture(mark: str, caption: str) -> None:
    assert of(read_markdown("a.md", PICTURE.format(mark.format(caption)))) == [("caption", caption)]
    assert of(read_markdown("a.md", f"A story.\n{mark.format(caption)}\nMore of it.")) == []
    assert of(read_markdown("a.md", PICTURE.format(caption))) == []


def test_markdowns_descriptions_of_pictures_are_captions_where_there_is_no_other() -> None:
    described = f"# The hall\n\n{STORY[0]}\n\n![Mourners in Vilnius on Sunday](a.png)\n"
    assert of(read_markdown("a.md", described)) == [("caption", "Mourners in Vilnius on Sunday")]
    assert of(read_markdown("a.md", described + "*It was old.*\n")) == [("caption", "It was old.")]
    assert of(read_markdown("a.md", "It burns.\n\n![hall](a.png)\n")) == []
    assert of(read_markdown("a.md", "It burns ![Mourners in Vilnius on Sunday](a.png) now.\n")) == []
    assert of(read_markdown("a.md", "It burns.\n```\n![Mourners in Vilnius on Sunday](a.png)\n```\n")) == []
    assert of(read_markdown("a.md", f"{STORY[0]}\n\n<figcaption>The tram.</figcaption>\n")) == [
        ("caption", "The tram.")
    ]


def test_lines_that_are_joined_stop_at_a_caption() -> None:
    wrapped = "the fire broke out in the old hall and destroyed\n" * 6
    raw = f"{wrapped}![a](a.png)\n*mourners in Vilnius on Sunday who came from all of the land*\n{wrapped}"
    cleaned = clean(read_markdown("a.md", raw), today=TODAY)
    assert [part.role for part in cleaned.parts] == ["caption"]
    assert "mourners in Vilnius on Sunday who came from all of the land" in cleaned.text.split("\n")


def test_a_word_documents_captions_have_its_style() -> None:
    body = "<w:p><w:pPr><w:pStyle w:val='{}'/></w:pPr><w:r><w:t>Mourners in Vilnius.</w:t></w:r></w:p>"
    story = f"<w:p><w:r><w:t>{STORY[0]}</w:t></w:r></w:p>"
    assert of(read_docx("a.docx", docx_of(story + body.format("Caption")))) == [
        ("caption", "Mourners in Vilnius.")
    ]
    assert of(read_docx("a.docx", docx_of(story + body.format("Quote")))) == []


def test_an_office_documents_captions_have_its_style() -> None:
    made = '<s:style xmlns:s="urn:oasis:names:tc:opendocument:xmlns:style:1.0" s:name="P3" s:parent-style-name="{}"/>'
    line = f'<text:p>{STORY[0]}</text:p><text:p text:style-name="{{}}">Mourners in Vilnius.</text:p>'
    for style, parent, told in (("Figure", "", True), ("P3", "Illustration", True), ("P3", "Quote", False)):
        read = read_odt("a.odt", odt(made.format(parent) + line.format(style)))
        assert of(read) == ([("caption", "Mourners in Vilnius.")] if told else [])


CAPTIONED = (
    f"<p>{STORY[0]}</p><figure><figcaption>Mourners in Vilnius.</figcaption></figure><p>{STORY[1]}</p>"
)


def test_books_feeds_and_records_have_the_captions_of_their_pages(tmp_path: Path) -> None:
    entry = CAPTIONED.replace("<", "&lt;")
    (tmp_path / "a.rss").write_text(
        f"<rss version='2.0'><channel><title>T</title><item><title>Fire</title><description>{entry}</description>"
        "</item></channel></rss>"
    )
    (tmp_path / "a.jsonl").write_text(json.dumps({"title": "Fire", "text": CAPTIONED}))
    (tmp_path / "a.epub").write_bytes(epub([f"<p>{STORY[2]}</p>", CAPTIONED]))
    for file in tmp_path.iterdir():
        (read,) = load(file, file.name, today=TODAY)
        assert isinstance(read, Document)
        assert of(read) == [("caption", "Mourners in Vilnius.")], file.name


PARTS = st.builds(
    lambda start, length, role: Part(start, start + length, role),
    st.integers(0, 60), st.integers(1, 20), st.sampled_from(["caption", "credit", "byline"]),
)  # fmt: skip
PIECES = ["By Ann Lee", "PARIS —", "Photo: Bo Chen", "\n", " ", "It was so. ", "/AFP", "1911"]
TEXTS = st.lists(st.sampled_from(PIECES)).map("".join)


@given(TEXTS, st.lists(PARTS, max_size=6))
def test_parts_lie_in_their_text_in_order_and_none_is_lost(text: str, told: list[Part]) -> None:
    told = [part for part in told if part.end <= len(text)]
    parts = parts_of(text, told)
    assert all(0 <= part.start < part.end <= len(text) for part in parts)
    assert [part.start for part in parts] == sorted(part.start for part in parts)
    assert {part for part in told if part.role != "caption"} <= set(parts)


@given(st.lists(PARTS, max_size=8), st.integers(0, 80), st.integers(1, 30))
def test_stretches_tell_what_a_look_at_each_tells(parts: list[Part], start: int, length: int) -> None:
    end = start + length
    told = Stretches(parts)
    assert told.hold(start, end) == any(part.start <= start and end <= part.end for part in parts)
    assert told.meet(start, end) == any(part.start < end and start < part.end for part in parts)


@given(st.integers(1, 4))
def test_an_article_tells_the_innermost_role(length: int) -> None:
    cleaned = page("<figure><figcaption>The hall in Riga. Photo: Kim Day</figcaption></figure>")
    told = replace(article(cleaned.text), parts=cleaned.parts)
    credit, riga = cleaned.text.index("Kim Day"), cleaned.text.index("Riga")
    assert told.role(credit, credit + length) == "credit"
    assert told.role(riga, riga + length) == "caption"
    assert told.role(0, length) is None
    assert told.role(riga, len(cleaned.text)) is None
