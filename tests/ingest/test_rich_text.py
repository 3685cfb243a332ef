"""Rich text: notes, boxes, deletions, and groups that do not close."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from ingest.reading import RTF, lines, read

from qa.ingest.document import Document


def test_rich_text(tmp_path: Path) -> None:
    (document,) = read(tmp_path, "a.rtf", RTF)
    assert isinstance(document, Document)
    assert [" ".join(line.split()) for line in lines(document)] == [
        "The dépot opens at nine, said łukasz.".replace("ł", "Ł")
        if "Ł" in document.raw
        else "The dépot opens at nine, said łukasz.",
        "It closes at six.",
        "Depth 9.5 m",
    ]
    assert (document.meta.title, document.meta.created) == ("The dépot", date(2020, 2, 3))


def test_notes_boxes_and_deletions_in_rich_text(tmp_path: Path) -> None:
    source = (
        r"{\rtf1\ansi{\header\pard Running head\par}\pard The tower was built in 1671."
        r"{\super\chftn{\footnote\pard\plain Noted by the sexton.}} It leans.\par"
        r"\pard It cost {\deleted twelve }{\revised nine }crowns, {\v hidden {\b deep} words }a|b\v  gone\v0  seen.\par"
        r"{\shp{\*\shpinst{\sp{\sn x}{\sv 1}}{\shptxt\pard Six ropes of hemp.\par}}{\shprslt Six ropes of hemp.}}"
        r"{\pict\bin4 }{}{ }\pard The end.\par}"
    )
    (document,) = read(tmp_path, "a.rtf", source.encode())
    assert isinstance(document, Document)
    assert lines(document) == [
        "The tower was built in 1671. It leans.",
        "Noted by the sexton.",
        "It cost nine crowns, a|b seen.",
        "The end.",
        "Six ropes of hemp.",
    ]


@pytest.mark.parametrize("damage", ["}", "{\\footnote", "{\\v ", "{\\shptxt{\\footnote x", "\\"])
def test_rich_text_whose_groups_do_not_close(tmp_path: Path, damage: str) -> None:
    (document,) = read(tmp_path, "a.rtf", rf"{{\rtf1\ansi The bell rings.\par {damage}".encode())
    assert isinstance(document, Document) and "The bell rings." in document.raw
