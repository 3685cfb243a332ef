"""What cuts a text short: headings and notices that pages use for their furniture, and texts for themselves."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.ingest import phrases
from qa.ingest.clean import clean
from qa.ingest.document import Document
from qa.ingest.kinds import LineKind, kind_of, words
from qa.ingest.markdown import read_markdown

TODAY = date(2026, 6, 1)
LEAD = "The bell office of Alm cares for nine bells, and this note explains how it does so every week."
SECTIONS = (
    ("Night ringing", "A ringer climbs the tower at eleven and winds the clock with forty turns of a crank."),
    ("Spare ropes", "The office keeps six ropes of hemp in the cellar of the old vicarage."),
)
END = "The office was founded in 1671, when the great bell was hung."


def text_of(raw: str) -> str:
    return clean(Document("a.txt", raw), today=TODAY).text


HEADINGS = (
    "Features Videos Photos Pictures Gallery Podcasts Newsletter Latest Opinion Topics Categories Archive Links "
    "Sections Tags Explore Follow Share Comments"
)


@pytest.mark.parametrize("heading", [*HEADINGS.split(), "Key features", "Safety features"])
@pytest.mark.parametrize("markdown", [False, True])
def test_a_heading_of_the_text_own_cuts_nothing(heading: str, markdown: bool) -> None:
    mark = (lambda level, words: f"{'#' * level} {words}") if markdown else (lambda level, words: words)
    parts = [mark(1, "How the bell office works"), LEAD, mark(2, heading)]
    for name, said in SECTIONS:
        parts += [mark(3, name), said]
    raw = "\n\n".join([*parts, mark(2, "History"), END]) + "\n"
    document = read_markdown("a.md", raw) if markdown else Document("a.txt", raw)
    text = clean(document, today=TODAY).text
    assert [said for said in (LEAD, *(said for _, said in SECTIONS), END) if said not in text] == []


@pytest.mark.parametrize(
    "notice",
    [
        "Copyright (c) 2014 the Lamp Office and the persons identified as the authors. All rights reserved.",
        "© 2014 The Lamp Office",
        "Copyright 2014 by the Lamp Office of Varde",
        "All rights reserved.",
    ],
)
def test_a_notice_at_the_head_cuts_nothing(notice: str) -> None:
    body = [
        "Every lamp has a number that is painted on its post.",
        "2. Queries",
        "The office answers within nine seconds, or not at all.",
        "3. Errors",
        "A number that was never given is answered with the word NONE.",
    ]
    text = text_of(
        "\n\n".join(["The register of lamps", LEAD, "Copyright notice", notice, "1. Introduction", *body])
    )
    assert [said for said in body if said not in text] == []


def test_a_notice_at_the_foot_of_a_page_still_ends_it() -> None:
    page = [
        "Bell office",
        LEAD,
        END,
        "Subscribe to our newsletter",
        "Share on Facebook",
        "© 2014 The Bell Post",
    ]
    more = "The materials of this site may be used only with a link to it."
    assert more not in text_of("\n".join([*page, more]))


@pytest.mark.parametrize(
    "sentence",
    [
        "Copyright law was changed in 1998, when the parliament of Varde met for the last time.",
        "Copyright terms ran out in 2019 for the songs of the ferrymen, the archive said on Monday.",
        "In the leaflet all rights reserved to the crown were listed, and the fishers read it with care and anger.",
    ],
)
def test_a_sentence_about_copyright_is_no_notice(sentence: str) -> None:
    assert kind_of(sentence) is LineKind.PROSE


@pytest.mark.parametrize(
    "notice",
    [
        "Copyright © 2021 The Paper",
        "Copyright The Paper 2021",
        "(c) 2021 The Paper. All rights reserved.",
        "2021 © The Paper",
        "The Paper Ltd. All rights reserved.",
        "Copyright 2021 The Associated Press. All rights reserved. This material may not be published.",
    ],
)
def test_notices(notice: str) -> None:
    assert kind_of(notice) is LineKind.FOOTER


@pytest.mark.parametrize(
    "text",
    [
        "北浜に新しい図書館|北浜市の図書館が、月曜日に、開館した。館長は、蔵書が四万二千冊だと述べた。|費用は九億円だった。",
        "临海县新图书馆开馆|临海县新图书馆星期一正式开馆，馆内藏书四万二千册。|每天上午九点开门，晚上八点关门。",
        "山中小店的一天|早上六点起床。|他每天喝一碗热豆浆。|店里来了十二名登山的学生，他们买走了八把雨伞和所有的干粮。",
    ],
)
def test_chinese_and_japanese_are_counted_without_spaces(text: str) -> None:
    title, *paragraphs = text.split("|")
    item = clean(Document("a.txt", "\n\n".join([title, *paragraphs])), today=TODAY)
    assert (item.title, item.text.split("\n")) == (title, paragraphs)


@pytest.mark.parametrize(
    "line",
    [
        "町のPTAがバザーを開く",
        "ヨットのレースに12艇が出場した。",
        "薄型のキーボード「K-20」を発売",
        "ＥＶのバッテリーは中国の工場で作られる。",
        "ｶﾀｶﾅのまま印刷されたＤＭの住所",
        "Ø 12 µm ± 5 %, λ = 3 nm",
    ],
)
def test_a_line_in_the_scripts_of_one_language_is_no_choice_of_languages(line: str) -> None:
    assert kind_of(line) in (LineKind.LABEL, LineKind.PROSE)


@pytest.mark.parametrize("line", ["English 日本語 Русский", "العربيةespрусde", "Ελληνικά 한국어 हिन्दी"])
def test_a_line_in_the_scripts_of_several_is_one(line: str) -> None:
    assert kind_of(line) is LineKind.FURNITURE


def test_words_of_scripts_without_spaces_are_pairs() -> None:
    assert words("馆内藏书4万册, he said") == ["馆内", "藏书", "4", "万册", "he", "said"]


@pytest.mark.parametrize(
    ("pattern", "hints"),
    [
        (phrases.COOKIES, phrases.COOKIES_HINTS),
        (phrases.CONSENT, phrases.CONSENT_HINTS),
        (phrases.COPYRIGHT, phrases.COPYRIGHT_HINTS),
    ],
)
@given(data=st.data())
def test_what_a_pattern_matches_holds_one_of_its_hints(
    pattern: re.Pattern[str], hints: tuple[str, ...], data: st.DataObject
) -> None:
    alphabet = st.characters(max_codepoint=0xFF)
    assert phrases.may_hold(data.draw(st.from_regex(pattern, alphabet=alphabet)), hints)
