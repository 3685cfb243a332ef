"""Each format: its text, its metadata, and that a citation's place is in its raw text."""

import json
from datetime import date
from pathlib import Path

import pytest
from ingest.making import docx_of, pdf_of

from qa.ingest.collect import collect
from qa.records import Article

TODAY = date(2026, 6, 1)


def one(folder: Path, name: str, data: bytes) -> Article:
    (folder / name).write_bytes(data)
    collection = collect([folder], today=TODAY)
    assert collection.rejected == ()
    (article,) = collection.articles
    return article


def quote(article: Article, said: str) -> str:
    start = article.text.index(said)
    raw_start, raw_end = article.alignment.to_raw(start, start + len(said))
    return article.raw[raw_start:raw_end]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    ("encoding", "mark"),
    [("utf-8", ""), ("utf-8", "\ufeff"), ("utf-16-le", "\ufeff"), ("utf-16-be", "\ufeff")],
)
def test_the_raw_text_is_the_file_with_its_newlines_and_its_mark(
    tmp_path: Path, newline: str, encoding: str, mark: str
) -> None:
    text = mark + newline.join(
        ["The tide at Tolle", "", "The tide rose by 4 metres at Tolle — a record.", "It fell again by noon."]
    )
    article = one(tmp_path, "a.txt", text.encode(encoding))
    assert article.raw == text
    assert (article.title, article.text[:8]) == ("The tide at Tolle", "The tide")
    assert quote(article, "4 metres at Tolle — a record.") == "4 metres at Tolle — a record."


def test_older_encodings_are_found_out(tmp_path: Path) -> None:
    text = "Das Rathaus von Grünwald wird größer. Die Bürger müssen dafür drei Jahre lang höhere Gebühren zahlen."
    assert one(tmp_path, "a.txt", text.encode("cp1252")).raw == text


PAGE = """<!doctype html><html><head><meta charset="utf-8"><title>Quarry reopens | The Tolle Post</title>
<meta property="og:site_name" content="The Tolle Post">
<meta property="article:published_time" content="2021-05-04T10:00:00Z">
<link rel="canonical" href="https://post.example/quarry"></head><body><nav><a href="/">Home</a></nav>
<article><h1>Quarry reopens</h1>
<p>The quarry at <a href="/places/fell">Fell</a> reopened on Monday after nine years,
&amp; forty people were hired by Reed &lt;Stone&gt;.</p>
<p>The first load, 22&nbsp;tonnes of slate, left for the port of Karsk at noon
with a brass band in front of it.</p></article>
<script>alert("The quarry")</script>
<footer>&copy; 2021 The Tolle Post. All rights reserved.</footer></body></html>"""


def test_a_web_page(tmp_path: Path) -> None:
    article = one(tmp_path, "a.html", PAGE.encode())
    assert article.text.startswith("The quarry at Fell reopened on Monday after nine years, & forty people")
    assert "alert" not in article.raw and "Home" not in article.text and "rights" not in article.text
    assert (article.title, article.source) == ("Quarry reopens", "The Tolle Post")
    assert (article.published, article.published_inferred) == (date(2021, 5, 4), False)
    assert article.url == "https://post.example/quarry"
    assert quote(article, "at Fell reopened on Monday") == "at Fell reopened on Monday"
    assert quote(article, "Reed <Stone>") == "Reed <Stone>"
    assert quote(article, "22 tonnes") == "22\xa0tonnes"


def test_the_encoding_a_page_declares(tmp_path: Path) -> None:
    page = (
        '<html><head><meta charset="koi8-r"><title>Мост</title></head>'
        "<body><p>Мост через реку открыли во вторник утром.</p></body></html>"
    )
    assert "Мост через реку" in one(tmp_path, "a.html", page.encode("koi8-r")).text


def test_a_page_is_known_without_its_ending(tmp_path: Path) -> None:
    assert "<p>" not in one(tmp_path, "a.txt", PAGE.encode()).raw


def test_markdown(tmp_path: Path) -> None:
    text = (
        "---\ntitle: 'The long pier'\ndate: 2020-02-03\nurl: https://pier.example/long\n---\n\n# The long pier\n\n"
        "It was **built** in [1881](https://x.example/a_(b)) by *two* brothers, and `rebuilt` in 1920.\n\n"
        "![a pier](pier.png)\n\n## Length\n\n- 412 metres\n- 1\\*2 decks\n\n<!-- hidden -->\n"
        "> It creaks at snake_case o'clock.\n"
    )
    article = one(tmp_path, "a.md", text.encode())
    assert article.raw == text
    assert (article.title, article.published, article.url) == (
        "The long pier",
        date(2020, 2, 3),
        "https://pier.example/long",
    )
    assert article.text.split("\n")[0] == "It was built in 1881 by two brothers, and rebuilt in 1920."
    assert "- 412 metres" in article.text and "1*2 decks" in article.text
    assert "It creaks at snake_case o'clock." in article.text
    assert not any(part in article.text for part in ("pier.png", "hidden", "**", "# ", "https"))
    assert quote(article, "built") == "built"
    assert quote(article, "was built in") == "was **built** in"


def test_pdf_pages_and_running_heads(tmp_path: Path) -> None:
    pages = [
        f"Harbour Quarterly {number}\n{text}\nPage {number} of 4"
        for number, text in enumerate(
            [
                "The breakwater was begun in 1902 and it was not\nfinished until the spring of 1911, which was nego-",
                "tiated with the bank as a second loan. The stone\ncame from Fell, forty barges in every month.",
                "In the winter of 1908 a storm took the outer arm\nand eleven men who had been working upon the wall.",
                "A plate in the church names them. The arm was built\nagain, lower and wider than it had been.",
            ],
            start=1,
        )
    ]
    article = one(tmp_path, "a.pdf", pdf_of(pages))
    assert len(article.page_starts) == 4
    assert "Harbour Quarterly" not in article.raw and "of 4" not in article.raw
    assert "which was negotiated with the bank as a second loan." in article.text
    start = article.text.index("In the winter of 1908")
    raw_start, raw_end = article.alignment.to_raw(start, start + len("In the winter of 1908"))
    assert article.raw[raw_start:raw_end] == "In the winter of 1908"
    assert article.page_starts[2] <= raw_start < article.page_starts[3]


def test_a_word_document(tmp_path: Path) -> None:
    body = (
        "<w:p><w:pPr><w:pStyle w:val='Heading1'/></w:pPr>"
        "<w:r><w:t>Minutes of the harbour board</w:t></w:r></w:p>"
        "<w:p><w:r><w:t xml:space='preserve'>The board met on 4 May </w:t></w:r>"
        "<w:r><w:t>and agreed to dredge.</w:t></w:r></w:p>"
        "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>Depth</w:t></w:r></w:p></w:tc>"
        "<w:tc><w:p><w:r><w:t>9.5 m</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
        "<w:p><w:r><w:t>The next meeting is in June.</w:t></w:r></w:p>"
    )
    article = one(tmp_path, "a.docx", docx_of(body))
    assert article.title == "Minutes of the harbour board"
    assert article.text.split("\n") == [
        "The board met on 4 May and agreed to dredge.",
        "Depth 9.5 m",
        "The next meeting is in June.",
    ]
    assert quote(article, "agreed to dredge") == "agreed to dredge"
    # The date on which the file was made is evidence for a year, never the date itself.
    assert article.published is None


def test_lines_of_json(tmp_path: Path) -> None:
    lines = [
        {
            "title": "One",
            "text": "The first\r\nlamp was lit.",
            "date": "2019-04-05",
            "url": "https://l.example/1",
            "source": "Lamp",
        },
        {"text": "The second lamp was lit. Nobody saw it."},
    ]
    (tmp_path / "a.jsonl").write_text("\n\n".join(json.dumps(line) for line in lines))
    first, second = collect([tmp_path], today=TODAY).articles
    assert (first.path, second.path) == ("a.jsonl#1", "a.jsonl#3")
    assert first.raw == "The first\r\nlamp was lit."
    assert (first.title, first.published, first.url, first.source) == (
        "One",
        date(2019, 4, 5),
        "https://l.example/1",
        "Lamp",
    )
    assert (second.title, second.published, second.url, second.source) == (
        "The second lamp was lit.",
        None,
        None,
        None,
    )
    assert quote(first, "lamp was lit") == "lamp was lit"


def test_headers_of_mail_become_metadata(tmp_path: Path) -> None:
    text = (
        "From: a@b.example\nDate: Mon, 3 Oct 2022 09:15:00 +0100\n"
        "Subject: A second ring\n\nThe ring is 4 km wide, the team found.\n"
    )
    article = one(tmp_path, "a.txt", text.encode())
    assert (article.title, article.published, article.text) == (
        "A second ring",
        date(2022, 10, 3),
        "The ring is 4 km wide, the team found.",
    )


def test_folders_are_read_with_their_names(tmp_path: Path) -> None:
    (tmp_path / "b" / "c").mkdir(parents=True)
    (tmp_path / "b" / "c" / "x.txt").write_text("The well in the yard is dry this year.")
    (tmp_path / "a.txt").write_text("The well in the square is not, they say.")
    assert [article.path for article in collect([tmp_path]).articles] == ["a.txt", "b/c/x.txt"]
