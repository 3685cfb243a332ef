"""Markdown in its dialects: what is a mark and what is text, and what front matter tells."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.ingest.apart import read_apart
from qa.ingest.clean import clean
from qa.ingest.markdown import read_markdown
from qa.records import Rejected

TODAY = date(2026, 6, 1)


def shown(raw: str) -> str:
    """The file without its marks."""
    document = read_markdown("a.md", raw)
    for start, end in reversed(document.removed):
        raw = raw[:start] + raw[end:]
    return raw.strip()


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("[[Petra Lindqvist|Petra]] met [[Quillam]]", "Petra met Quillam"),
        ("see ![[loaf.png]] here", "see  here"),
        ("So:\n```\nx = *a*\ny", "So:\nx = *a*\ny"),
        ("==forty loaves== and ~~fifty~~", "forty loaves and fifty"),
        ("beech wood.[^1] %%ask%% it ^oven-note", "beech wood. it"),
        ("[^1]: She buys it.", "She buys it."),
        ("> [!note]- Hours\n> At five.", "Hours\nAt five."),
        ("- [x] taste it\n- [ ] ask", "taste it\nask"),
        ("The [night ferry][f], [Mondays][] and [days].\n\n[f]: https://x.example/f\n[days]: <y> 'D'",
         "The night ferry, Mondays and days."),
        ("[not a link] and a[0] and [x]", "[not a link] and a[0] and [x]"),
        ("[![alt](a.png)](https://x.example) after", "after"),
        ("[a](https://x.example/a_(b) 'T') [b](<c d>) [c]()", "a b c"),
        ("<https://x.example/a> List<String> b", "https://x.example/a List<String> b"),
        ("<figure><img src='a'><figcaption>The tram.</figcaption></figure><!-- todo -->", "The tram."),
        ("<script>\nalert(1)\n</script>Text", "Text"),
        ("{{< figure src='a' >}}Text {% raw %} {#id}", "Text"),
        ("::: warning\nHot.\n:::", "Hot."),
        ('!!! note "Hours"\n    At five.', '"Hours"\n    At five.'),
        ("a `*b* [c](d)` e", "a *b* [c](d) e"),
        ("```bash\n# install *it*\napt get\n```\nAfter *it*.", "# install *it*\napt get\n\nAfter it."),
        ("~~~\n[[x]]\n~~~", "[[x]]"),
        ("1\\. is \\*not\\* a list", "1. is *not* a list"),
        ("snake_case_name and 2*3*4", "snake_case_name and 2*3*4"),
    ],
)  # fmt: skip
def test_marks(raw: str, text: str) -> None:
    assert shown(raw) == text


@pytest.mark.parametrize(
    ("raw", "title"),
    [
        ("Setting up\n==========\n\n```\n# install\n```\n", "Setting up"),
        ("```\n# install\n```\n\n## The *gauge* of [Skarv](x)\n", "The gauge of Skarv"),
        ("A heading\n---\ntext", "A heading"),
        ("text\n\n- - -\n", None),
        ("No heading at all, only text.", None),
    ],
)
def test_the_first_heading_is_the_title(raw: str, title: str | None) -> None:
    assert read_markdown("a.md", raw).meta.title == title


@pytest.mark.parametrize(
    ("front", "title", "day"),
    [
        ("---\ntitle: 'A'\ndate: 2020-02-03\n---\n", "A", date(2020, 2, 3)),
        ("---\ntitle: >-\n  A clock\n  made\npubDate: 2024-02-20T10:00:00Z\n---\n", "A clock made", date(2024, 2, 20)),
        ("---\ntitle: Owls: a record\npublished: 3 May 2021\n---\n", "Owls: a record", date(2021, 5, 3)),
        ('---\ntitle: "Owls: a record"\nupdatedDate: 2024-05-01\n---\n', "Owls: a record", None),
        ('+++\ntitle = "Frost"\ndate = 2024-04-02T08:00:00Z\ntags = ["a", "b"]\n+++\n', "Frost", date(2024, 4, 2)),
        ("+++\ntitle = 'Frost\ndate = 2024-04-02\n+++\n", "Frost", date(2024, 4, 2)),
        ("---\r\ntitle: A\r\ndate: 1709251200\r\n---\r\n", "A", date(2024, 3, 1)),
        ("---\ntitle: A\n...\n", "A", None),
        ("---\n- a\n- b\n---\n", None, None),
        ("\ufeff---\ntitle: A\n---\n", "A", None),
    ],
)  # fmt: skip
def test_front_matter(front: str, title: str | None, day: date | None) -> None:
    document = read_markdown("a.md", front + "The text stands here.")
    assert (document.meta.title, document.meta.published) == (title, day)
    assert clean(document, today=TODAY).text == "The text stands here."


def test_names_that_multiply_in_front_matter_are_not_read() -> None:
    laughs = "\n".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9) if n else 'x'}]" for n in range(9))
    assert read_markdown("a.md", f"---\n{laughs}\ntitle: A\n---\nText.").meta.title == "A"


def test_fences_that_nothing_closes_are_read_in_time_with_their_number(tmp_path: Path) -> None:
    """A hundred thousand of them: each looked through to the end would be more than is waited for."""
    file = tmp_path / "a.md"
    file.write_text("Code\n\n" + "~~~a\n```b\n" * 50_000 + "the end")
    (read,) = read_apart(file, "a.md", TODAY)
    assert not isinstance(read, Rejected)


@given(st.text(alphabet="ab *_`~[]()<>!#|=%^{}\\-+:\n", max_size=200))
def test_marks_are_disjoint_in_order_and_hold_something(raw: str) -> None:
    removed = read_markdown("a.md", raw).removed
    assert all(start < end for start, end in removed)
    assert all(before[1] < after[0] for before, after in pairwise(removed))
