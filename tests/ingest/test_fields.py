"""Lines of JSON and rows of tables: which field is what, in which encoding, and what their fields hold."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from qa.ingest.document import Document
from qa.ingest.fields import Fields, day_of
from qa.ingest.load import load
from qa.records import Rejected

TODAY = date(2026, 6, 1)
RECORD = {"title": "Fog", "text": "Fog lay on the river.", "date": "2020-02-03", "url": "https://x.example/"}


def read(folder: Path, name: str, data: bytes, fields: str = "") -> list[Document | Rejected]:
    (folder / name).write_bytes(data)
    return list(load(folder / name, name, today=TODAY, fields=Fields.parsed(fields) if fields else None))


def one(folder: Path, record: dict[str, Any], fields: str = "") -> Document:
    (found,) = read(folder, "a.jsonl", json.dumps(record).encode(), fields)
    assert isinstance(found, Document)
    return found


@pytest.mark.parametrize(
    ("told", "day"),
    [
        (1709251200, date(2024, 3, 1)),
        (1709251200.5, date(2024, 3, 1)),
        (1709251200000, date(2024, 3, 1)),
        ("1709251200", date(2024, 3, 1)),
        ("1709251200000", date(2024, 3, 1)),
        ("Fri, 01 Mar 2024 09:00:00 +0100", date(2024, 3, 1)),
        ("2024-03-01T08:00:00Z", date(2024, 3, 1)),
        (20240301, None),  # neither seconds nor a written date
        (0, None),
        (-5, None),
        (float("inf"), None),
        (float("nan"), None),
        (True, None),
        (None, None),
        ([], None),
    ],
)
def test_dates_are_written_or_counted_since_1970(
    told: bool | float | int | list[str] | str | None, day: date | None
) -> None:
    assert day_of(told) == day


def test_html_in_a_field_is_read_as_a_page_shows_it(tmp_path: Path) -> None:
    text = "<p>The clock was made in 1687.</p><p>See <a href='https://x.example'>the&nbsp;site</a> &amp; more.</p>"
    document = one(tmp_path, {"title": "A <em>clock</em> &amp; a dial", "text": text})
    assert document.raw.replace("\xa0", " ") == "The clock was made in 1687.\nSee the site & more."
    assert document.meta.title == "A clock & a dial"


@pytest.mark.parametrize(
    "text", ["a < b and c > d", "if x<3 then y", "AT&T said so", "Tom & Jerry", "<Name> left"]
)
def test_signs_that_are_no_html_stay(tmp_path: Path, text: str) -> None:
    assert one(tmp_path, {"text": text}).raw == text


def test_html_that_was_escaped_once_more(tmp_path: Path) -> None:
    text = "&lt;p&gt;Bread &amp;amp; butter.&lt;/p&gt;&lt;p&gt;Both.&lt;/p&gt;"
    assert one(tmp_path, {"text": text}).raw == "Bread & butter.\nBoth."


def test_entities_without_tags_are_read(tmp_path: Path) -> None:
    assert one(tmp_path, {"text": "Bread &amp; butter &#8211; both."}).raw == "Bread & butter – both."


@pytest.mark.parametrize("names", [("body", "headline"), ("content", "Title"), ("articleBody", "name")])
def test_what_exports_usually_call_the_fields(tmp_path: Path, names: tuple[str, str]) -> None:
    document = one(
        tmp_path, {names[0]: "Fog lay on the river.", names[1]: "Fog", "published_at": "2020-02-03"}
    )
    assert (document.raw, document.meta.title, document.meta.published) == (
        "Fog lay on the river.",
        "Fog",
        date(2020, 2, 3),
    )


@pytest.mark.parametrize(
    "record",
    [
        {"pageContent": "Fog lay on the river.", "Title": ["Fog"], "publishedAt": 1580688000000},
        {"text": None, "body": ["Fog lay", "on the river."], "headline": "Fog", "Publish Date": "2020-02-03"},
        {"page_content": "Fog lay on the river.", "metadata": {"title": "Fog", "date": "2020-02-03"}},
        {
            "_id": "7",
            "_source": {"content": "Fog lay on the river.", "title": "Fog", "published": "2020-02-03"},
        },
        {
            "title": {"rendered": "Fog"},
            "content": {"rendered": "Fog lay on the river."},
            "date": "2020-02-03",
        },
        {
            "title": "Fog",
            "text": "Fog lay on the river.",
            "date": {"$date": {"$numberLong": "1580688000000"}},
        },
        {"标题": "Fog", "正文": "Fog lay on the river.", "发布日期": "2020-02-03"},
        {"Titel": "Fog", "Inhalt": "Fog lay on the river.", "Datum": "03.02.2020"},
    ],
)
def test_how_programs_wrap_and_name_the_fields(tmp_path: Path, record: dict[str, Any]) -> None:
    document = one(tmp_path, record)
    assert " ".join(document.raw.split()) == "Fog lay on the river."
    assert (document.meta.title, document.meta.published) == ("Fog", date(2020, 2, 3))


@pytest.mark.parametrize("text", [{"tokens": 3}, [{"text": "Fog."}], 7, ""])
def test_what_is_no_text_is_none(tmp_path: Path, text: Any) -> None:
    (found,) = read(tmp_path, "a.jsonl", json.dumps({"title": "Fog", "text": text}).encode())
    assert isinstance(found, Rejected)


def test_named_fields_stand_before_usual_ones(tmp_path: Path) -> None:
    record = {"text": "not this", "story": "Fog lay on the river.", "h": "Fog"}
    document = one(tmp_path, record, "text=story,title=h")
    assert (document.raw, document.meta.title) == ("Fog lay on the river.", "Fog")


def test_a_record_without_a_text_is_told_what_it_has(tmp_path: Path) -> None:
    (found,) = read(tmp_path, "a.jsonl", b'{"id": 1, "prose": "Fog."}')
    assert isinstance(found, Rejected)
    assert "id, prose" in found.reason and "--fields text=NAME" in found.reason


@pytest.mark.parametrize("told", ["", "text", "text=", "words=body", "text=a,,title=b"])
def test_fields_that_are_not_well_told(told: str) -> None:
    with pytest.raises(ValueError, match="PART=FIELD"):
        Fields.parsed(told)


def test_fields_tell_what_was_asked() -> None:
    assert str(Fields.parsed(" text = body , title=headline ")) == "text=body,title=headline"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_lines_of_json_in_any_unicode(tmp_path: Path, encoding: str) -> None:
    lines = [{**RECORD, "title": "Ilse Nørgård"}, RECORD]
    data = "\n".join(json.dumps(line, ensure_ascii=False) for line in lines).encode(encoding)
    documents = read(tmp_path, "a.jsonl", data)
    assert [found.path for found in documents] == ["a.jsonl#1", "a.jsonl#2"]
    assert isinstance(documents[0], Document) and documents[0].meta.title == "Ilse Nørgård"


def test_a_list_of_records_in_one_json_file(tmp_path: Path) -> None:
    first, second = read(tmp_path, "a.json", json.dumps([RECORD, {"id": 1}]).encode("utf-8-sig"))
    assert isinstance(first, Document) and (first.path, first.meta.title) == ("a.json#1", "Fog")
    assert isinstance(second, Rejected) and second.path == "a.json#2"
    (one_alone,) = read(tmp_path, "b.json", json.dumps(RECORD).encode("utf-16"))
    assert isinstance(one_alone, Document) and one_alone.path == "b.json"
    for broken in (b"{", b"[" * 100_000, b"7"):
        (refused,) = read(tmp_path, "c.json", broken)
        assert isinstance(refused, Rejected) and "JSON" in refused.reason


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_rows_of_a_table(tmp_path: Path, mark: str) -> None:
    rows = [
        mark.join(("title", "body", "published", "url")),
        mark.join(("Fog", '"Fog lay on the river.\nIt was cold, and ""still""; all day."', "2020-02-03", "https://x.example/")),
        "",
        mark.join(("Sun", "The sun came out.", "", "")),
    ]  # fmt: skip
    first, second = read(tmp_path, "a.csv", "\r\n".join(rows).encode("utf-8-sig"))
    assert isinstance(first, Document) and isinstance(second, Document)
    assert first.raw == 'Fog lay on the river.\nIt was cold, and "still"; all day.'
    assert (first.path, second.path) == ("a.csv#3", "a.csv#5")
    assert (first.meta.title, first.meta.published, first.meta.url) == (
        "Fog",
        date(2020, 2, 3),
        "https://x.example/",
    )
    assert (second.raw, second.meta.published, second.meta.url) == ("The sun came out.", None, None)


def test_a_table_of_figures_is_refused_with_its_columns(tmp_path: Path) -> None:
    (found,) = read(tmp_path, "a.csv", b"year,tonnes\n2020,5\n2021,6\n")
    assert isinstance(found, Rejected) and found.path == "a.csv"
    assert "year, tonnes" in found.reason and "--fields text=NAME" in found.reason


def test_a_row_that_is_too_short_spoils_no_other(tmp_path: Path) -> None:
    short, good = read(tmp_path, "a.csv", b"title,text\nFog\nSun,The sun came out.\n")
    assert isinstance(short, Rejected) and short.path == "a.csv#2"
    assert isinstance(good, Document)


def test_a_row_with_more_cells_than_names_is_refused_and_not_cut(tmp_path: Path) -> None:
    table = "id,title,text\n1,One,The bridge closes, they said, on Monday\n2,Two,The road opens.\n3,Three,Done.,,\n"
    (tmp_path / "a.csv").write_text(table)
    found = list(load(tmp_path / "a.csv", "a.csv", today=TODAY))
    assert isinstance(found[0], Rejected) and "5 cells" in found[0].reason
    assert [one.raw for one in found[1:] if isinstance(one, Document)] == ["The road opens.", "Done."]


def test_a_quotation_mark_that_is_never_closed_is_told_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('id,text\n1,The road opens.\n2,"The bridge closes.\n3,The end.\n')
    (found,) = load(tmp_path / "a.csv", "a.csv", today=TODAY)
    assert isinstance(found, Rejected) and "line 3" in found.reason


def test_the_delimiter_that_excel_tells(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("sep=;\nid;text\n1;The bridge, it said, closes\n")
    (found,) = load(tmp_path / "a.csv", "a.csv", today=TODAY)
    assert isinstance(found, Document) and found.raw == "The bridge, it said, closes"
