"""Web pages: what stands in an article's way on real pages, each kind in a small page."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from qa.ingest.collect import Collection, collect
from qa.ingest.html import read_html
from qa.ingest.main_text import Judged, article_blocks, readers_comments, settled
from qa.ingest.shown import parse
from qa.ingest.standing import Standing
from qa.ingest.visible import Block, visible_blocks
from qa.ingest.votes import letters, votes
from qa.records import Article

TODAY = date(2026, 6, 1)
PARAGRAPHS = (
    "The council of Tolle voted on Monday to close the upper bridge for eleven weeks while its cables are replaced.",
    "Engineer Marit Dahl said that forty of the ninety cables had been eaten through by rust since the last survey.",
    "Buses will take the road over Fell, which adds nine minutes, and the school run will leave at half past seven.",
    "The work costs 2.6 million crowns, of which the province pays a third, and should be finished before the frost.",
)
MENU = "<nav><a href=/>Home</a> <a href=/n>News</a> <a href=/s>Sport</a></nav>"
REMARK = (
    "I have driven over that bridge every day for thirty years and nobody has ever asked me what I think of its"
    " cables, number {}, although I could have told them a great deal about the noise that they make in the wind."
)


def collected(folder: Path, page: str) -> Collection:
    (folder / "p.html").write_text(page, encoding="utf-8")
    return collect([folder], today=TODAY)


def article(folder: Path, body: str, head: str = "<title>Bridge at Tolle to close</title>") -> Article:
    found = collected(
        folder, f"<!doctype html><html><head><meta charset=utf-8>{head}</head><body>{body}</body></html>"
    )
    assert found.rejected == ()
    (one,) = found.articles
    return one


def paragraphs(around: str = "<p>{}</p>") -> str:
    return "".join(around.format(text) for text in PARAGRAPHS)


@pytest.mark.parametrize(
    "name",
    [
        "has-paywall",
        "sticky-sidebar-parent",
        "category-newsletter-und-mehr",
        "widget_text",
        "sqs-block social",
        "toc",
        "ads",
        "share",
        "comments",
        "related",
        "content-share-on",
        "no-comments",
    ],
)
def test_a_name_on_the_article_does_not_put_it_aside(tmp_path: Path, name: str) -> None:
    by_class = article(tmp_path, f"{MENU}<h1>Bridge to close</h1><div class='{name}'>{paragraphs()}</div>")
    assert by_class.text.split("\n") == list(PARAGRAPHS)
    by_id = article(tmp_path, f"{MENU}<h1>Bridge to close</h1><section id='{name}'>{paragraphs()}</section>")
    assert by_id.text.split("\n") == list(PARAGRAPHS)


@pytest.mark.parametrize("name", ["paywall", "ads", "widget", "premium-content share"])
def test_a_name_on_each_paragraph_does_not_either(tmp_path: Path, name: str) -> None:
    around = "<p class='" + name + "'>{}</p>"
    found = article(tmp_path, f"{MENU}<article><h1>Bridge to close</h1>{paragraphs(around)}</article>")
    assert found.text.split("\n") == list(PARAGRAPHS)


def test_an_aside_around_everything_is_the_layout(tmp_path: Path) -> None:
    found = article(tmp_path, f"{MENU}<aside><h1>Bridge to close</h1>{paragraphs()}</aside>")
    assert found.text.split("\n") == list(PARAGRAPHS)


@pytest.mark.parametrize("name", ["", "share", "newsletter", "sidebar"])
@pytest.mark.parametrize(
    "comments",
    [
        "<section id='comments'><h2>12 Comments</h2><ol>{}</ol></section>",
        "<div class='comment-list'>{}</div>",
        "<section><h2>What our readers say</h2><ol>{}</ol></section>",
        "<section><h3>Leserkommentare</h3><ol>{}</ol></section>",
    ],
)
def test_long_comments_are_never_the_article(tmp_path: Path, name: str, comments: str) -> None:
    remarks = "".join(f"<li><b>Reader {n}</b><p>{REMARK.format(n)}</p></li>" for n in range(9))
    body = f"{MENU}<h1>Bridge to close</h1><article class='{name}'>{paragraphs()}</article>{comments.format(remarks)}"
    assert article(tmp_path, body).text.split("\n") == list(PARAGRAPHS)


def test_what_cuts_words_in_two_unseen_does_not_hide_them(tmp_path: Path) -> None:
    body = f"{MENU}<article><h1>Bridge to close</h1>{paragraphs()}</article>".replace(
        "cables", "ca&shy;b&zwnj;les"
    )
    assert article(tmp_path, body).text.split("\n") == list(PARAGRAPHS)


@pytest.mark.parametrize(
    "opening",
    [
        "<h3><button aria-expanded=false>{q}</button></h3><div hidden><p>{a}</p></div>",
        "<h3><button>{q}</button></h3><div hidden=until-found><p>{a}</p></div>",
        "<h3><button aria-controls=a1>{q}</button></h3><hr><div id=a1 style='display: none'><p>{a}</p></div>",
        "<details><summary>{q}</summary><p>{a}</p></details>",
        "<dl><dt><button aria-expanded=false>{q}</button></dt><dd hidden>{a}</dd></dl>",
    ],
)
def test_what_a_click_opens_is_read(tmp_path: Path, opening: str) -> None:
    asked = opening.format(
        q="How long is it closed?", a="The bridge is closed for eleven weeks, from the third of May."
    )
    text = article(tmp_path, f"{MENU}<main><h1>Bridge to close</h1>{paragraphs()}{asked}</main>").text
    assert "How long is it closed?\nThe bridge is closed for eleven weeks, from the third of May." in text


@pytest.mark.parametrize(
    "page",
    [
        "<div id=content style='display:none'>{}</div><div class=loader>Loading…</div>",
        "<div style='visibility: hidden'>{}</div>",
        "<news-page><template shadowrootmode=open>{}</template></news-page>",
        "<div id=app>Loading</div><script type='text/template'>{}</script>",
        "<noscript><div></noscript><div id=main>{}</div><noscript></div></noscript>",
        "<noscript>{}</noscript>",
        "<div class='post-overlay' aria-hidden=true><div role=dialog>{}</div></div>",
        "<div class=modal style='display: none'>{}</div>",
    ],
)
def test_what_shows_when_scripts_have_run_is_read(tmp_path: Path, page: str) -> None:
    text = article(tmp_path, MENU + page.format("<h1>Bridge to close</h1>" + paragraphs())).text
    assert text.split("\n") == list(PARAGRAPHS)


@pytest.mark.parametrize("hide", ["style='display: none'", "hidden", "aria-hidden=true"])
def test_an_article_shown_part_by_part_is_read_whole(tmp_path: Path, hide: str) -> None:
    first, *others = (f"<p>{text}</p>" for text in PARAGRAPHS)
    rest = "".join(f"<div class='part hidden' {hide}>{text}</div>" for text in others)
    body = f"{MENU}<h1>Bridge</h1><div><div class='part active'>{first}</div>{rest}</div>"
    text = article(tmp_path, body).text
    assert all(paragraph in text.split("\n") for paragraph in PARAGRAPHS)


@pytest.mark.parametrize(("name", "times"), [("part", 1), ("part cookie-consent", 2), ("other", 2)])
def test_a_hidden_copy_or_overlay_beside_it_is_not(tmp_path: Path, name: str, times: int) -> None:
    unseen = "<p>The bridge at Tolle, told once more in short for the small screens of telephones.</p>"
    rest = f"<div class='{name}' style='display:none'>{unseen}</div>" * times
    body = f"{MENU}<h1>Bridge</h1><div><div class='part'>{paragraphs()}</div>{rest}</div>"
    assert "small screens" not in article(tmp_path, body).text


def test_a_hidden_bar_is_not_read_beside_an_article(tmp_path: Path) -> None:
    hidden = "<div hidden><p>The shop sells forty kinds of rope and two of them can be had in green as well.</p></div>"
    text = article(tmp_path, f"{MENU}<article><h1>Bridge</h1>{paragraphs()}</article>{hidden}").text
    assert text.split("\n") == list(PARAGRAPHS)


def test_an_article_that_the_page_carries_as_data_is_read(tmp_path: Path) -> None:
    body = "\\n\\n".join(PARAGRAPHS)
    data = (
        '<script type="application/ld+json">{"@context": "https://schema.org", "@type": "NewsArticle", "headline":'
        f' "Bridge to close", "datePublished": "2024-03-01", "articleBody": "{body}"}}</script>'
    )
    found = article(
        tmp_path, f"{MENU}<div id=app><p>Please turn on JavaScript to read this.</p></div>", head=data
    )
    assert found.text.split("\n") == list(PARAGRAPHS)
    assert (found.title, found.published) == ("Bridge to close", date(2024, 3, 1))
    start, end = found.alignment.to_raw(found.text.index("forty"), found.text.index(" of the ninety"))
    assert found.raw[start:end] == "forty"


def test_a_menu_that_waits_for_scripts_is_refused_with_what_to_do(tmp_path: Path) -> None:
    found = collected(
        tmp_path, f"<html><body>{MENU}<div id=app></div><script src=app.js></script></body></html>"
    )
    (refused,) = found.rejected
    assert found.articles == () and "made by scripts" in refused.reason and "save it again" in refused.reason


@pytest.mark.parametrize("name", ["cookie-overlay", "login-dialog", "modal newsletter"])
def test_what_asks_for_something_is_no_article_that_waits(tmp_path: Path, name: str) -> None:
    asking = f"<div class='{name}'><div class=modal hidden>{paragraphs()}</div></div>"
    found = collected(tmp_path, f"<html><body>{MENU}{asking}<script src=app.js></script></body></html>")
    assert found.articles == () and "made by scripts" in found.rejected[0].reason


def test_a_lead_of_its_own_and_a_list_come_along(tmp_path: Path) -> None:
    lead = "Eleven weeks without the upper bridge: what the closing means for buses, schools and the shops of Tolle."
    items = "<ul><li>the main cables, forty of ninety;</li><li>the planks of the western span;</li></ul>"
    body = (
        f"{MENU}<div class=head><h1>Bridge to close</h1><div class=intro>{lead}</div></div><div class=text>"
        f"<p>{PARAGRAPHS[0]}</p><p>{PARAGRAPHS[1]} These are replaced:</p>{items}<p>{PARAGRAPHS[2]}</p></div>"
    )
    text = article(tmp_path, body).text
    assert text.startswith(lead)
    assert "the main cables, forty of ninety;\nthe planks of the western span;" in text


@pytest.mark.parametrize("heading", ["Features", "Videos", "Related work", "Newsletter", "Copyright notice"])
def test_a_heading_of_the_articles_own_cuts_nothing_off(tmp_path: Path, heading: str) -> None:
    half = len(PARAGRAPHS) // 2
    first, second = (
        "".join(f"<p>{text}</p>" for text in part) for part in (PARAGRAPHS[:half], PARAGRAPHS[half:])
    )
    rights = "<p>Copyright 2024 the town of Tolle. All rights reserved.</p>"
    text = article(
        tmp_path, f"{MENU}<article><h1>Bridge</h1>{first}{rights}<h2>{heading}</h2>{second}</article>"
    ).text
    assert all(paragraph in text.split("\n") for paragraph in PARAGRAPHS)


def test_ruby_leaves_its_words_whole(tmp_path: Path) -> None:
    ruby = "<ruby>図書館<rp>(</rp><rt>としょかん</rt><rp>)</rp></ruby>"
    text = article(tmp_path, f"<article><p>北浜市の{ruby}が月曜日に開館した。</p></article>").text
    assert "北浜市の図書館が月曜日に開館した。" in text


@pytest.mark.parametrize("joint", [" | ", " - ", " – ", " :: ", " » "])
def test_the_sites_name_is_no_part_of_the_title(tmp_path: Path, joint: str) -> None:
    told = f"Bridge at Tolle to close{joint}Tolle Herald"
    by_headline = article(
        tmp_path, f"{MENU}<h1>Bridge at Tolle to close</h1>{paragraphs()}", head=f"<title>{told}</title>"
    )
    assert by_headline.title == "Bridge at Tolle to close"
    head = f"<meta property='og:site_name' content='Tolle Herald'><meta property='og:title' content='{told}'>"
    assert article(tmp_path, f"{MENU}{paragraphs()}", head=head).title == "Bridge at Tolle to close"


def test_extractors_are_compared_letter_by_letter() -> None:
    blocks = [
        letters(text)
        for text in ("Caf\u00e9 Rieger", "ver\u00adschwin\u00addet am Abend im Wald bei Tolle", "News")
    ]
    assert votes(
        blocks, "Cafe\u0301 Rieger\nverschwindet am Abend im Wald bei Tolle, heißt es. No News is good"
    ) == [
        True,
        True,
        False,
    ]


def test_raw_text_is_what_is_shown_line_by_line() -> None:
    page = f"<html><body>{MENU}<article>{paragraphs()}</article></body></html>".encode()
    document = read_html("p.html", page, today=TODAY)
    left = document.raw
    for start, end in reversed(document.removed):
        left = left[:start] + left[end:]
    assert document.raw.split("\n")[1:] == list(PARAGRAPHS)
    assert left.strip().split("\n") == list(PARAGRAPHS)


@pytest.mark.parametrize("told", ["Home", "Untitled Document", "index", "Tolle Herald"])
def test_a_title_that_a_program_left_gives_way_to_the_headline(tmp_path: Path, told: str) -> None:
    head = f"<title>{told}</title><meta property='og:site_name' content='Tolle Herald'>"
    assert article(tmp_path, f"{MENU}<h1>Bridge at Tolle to close</h1>{paragraphs()}", head=head).title == (
        "Bridge at Tolle to close"
    )


@pytest.mark.parametrize(
    ("bar", "title"),
    [
        ("Bridge at Tolle to close", "Bridge at Tolle to close"),
        ("Bridge at Tolle to close | Tolle Herald", "Bridge at Tolle to close"),
        ("Tolle Herald", "Aktuelles"),
    ],
)
def test_a_sections_name_gives_way_to_what_the_browser_shows(tmp_path: Path, bar: str, title: str) -> None:
    head = f"<title>{bar}</title><meta property='og:site_name' content='Tolle Herald'>"
    assert article(tmp_path, f"{MENU}<h1>Aktuelles</h1>{paragraphs()}", head=head).title == title


def test_a_headline_below_a_sections_name_is_the_title(tmp_path: Path) -> None:
    head = "<title>Bridge at Tolle to close: Town of Tolle</title>"
    body = f"{MENU}<h1>Aktuelles</h1><h3>Bridge at Tolle to close</h3>{paragraphs()}"
    assert article(tmp_path, body, head=head).title == "Bridge at Tolle to close"


def test_the_heading_that_the_browser_shows_is_the_title(tmp_path: Path) -> None:
    body = f"{MENU}<h1>Hi, I am Nora.</h1><article><h2>Bridge at Tolle to close</h2>{paragraphs()}</article>"
    found = article(tmp_path, body, head="<title>Bridge at Tolle to close | Nora's blog</title>")
    assert found.title == "Bridge at Tolle to close"


def test_a_chinese_page_loses_none_of_its_short_paragraphs(tmp_path: Path) -> None:
    lines = (
        "店主每天早上煮一壶豆浆。",
        "山里下雪了，十二名学生上山。",
        "门口放着八把雨伞。",
        "一只黑猫睡在账本上。",
    )
    text = "".join(f"<p>{line}</p>" for line in lines)
    found = article(
        tmp_path,
        f"{MENU}<div class=box><h1>山中小店的一天</h1>{text}</div>",
        head="<title>山中小店的一天</title>",
    )
    assert found.title == "山中小店的一天" and found.text.split("\n") == list(lines)


@pytest.mark.parametrize(
    "around",
    [
        "<div class=navbar>{}</div>",
        "<form class=product action=/buy>{}</form>",
        "<div class=page-header><div class=sidebar-nav>{}</div></div>",
    ],
)
def test_what_is_named_a_menu_or_a_form_around_the_whole_page_is_its_layout(
    tmp_path: Path, around: str
) -> None:
    facts = "".join(
        f"<li>{one}</li>" for one in ("Ninety steel cables", "Two lanes and a footway", "Tolls in cash")
    )
    body = around.format(f"<h1>Bridge to close</h1>{paragraphs()}<ul>{facts}</ul><p>{REMARK.format(1)}</p>")
    text = article(tmp_path, body).text
    assert all(one in text for one in (*PARAGRAPHS, "Ninety steel cables", "Two lanes and a footway"))


def test_a_page_of_headings_and_short_lines_is_not_lost(tmp_path: Path) -> None:
    facts = {"Film": ("Roll X 400.",), "Cameras": ("Sho: wide.", "Wim: plain."), "Order": ("Sho, Wim.",)}
    told = "".join(
        f"<h3>{head}</h3>" + "".join(f"<p>{one}</p>" for one in lines) for head, lines in facts.items()
    )
    others = "".join(
        f"<div class=rel><a href=/{n}>Shared film of Sho and Wim, part {n}</a></div>" for n in (2, 3)
    )
    body = (
        f"{MENU}<article><header><h1>Shared film of Sho and Wim</h1><div class=meta>Posted 11 April 2018 by"
        f" <a href=/w>Wim of the north</a></div></header><div class=entry-content>{told}{others}</div></article>"
    )
    text = article(tmp_path, body, head="<title>Shared film of Sho and Wim</title>").text
    assert all(line in text for lines in facts.values() for line in lines)


def test_code_between_paragraphs_that_both_extractors_drop_is_kept() -> None:
    def block(text: str, tag: str) -> Block:
        return Block(text, tag, (), Standing.OPEN, 0, (1,))

    def kept(tag: str) -> list[bool]:
        first, last = (Judged(block(text, "p"), letters(text), True, True) for text in PARAGRAPHS[:2])
        lines = [
            Judged(block(text, tag), letters(text), False, False) for text in ("n = 90", "{", "ok(n)", "}")
        ]
        page = [first, *lines, last]
        return article_blocks(page, None, readers_comments(page))

    assert kept("pre") == [True] * 6
    assert kept("li") == [True, *[False] * 4, True]


def test_a_thread_that_is_the_page_is_kept_whole(tmp_path: Path) -> None:
    posts = "".join(
        f"<div class=comment><h3>Answer {at}</h3><p>{text}</p><ul><li>Buses over the Fell</li>"
        f"<li>No lorries at all</li></ul><p>{REMARK.format(at)}</p></div>"
        for at, text in enumerate(PARAGRAPHS)
    )
    text = article(tmp_path, f"{MENU}<h1>Bridge at Tolle</h1><div id=comments>{posts}</div>").text
    assert all(paragraph in text for paragraph in PARAGRAPHS)
    assert text.count("Buses over the Fell\nNo lorries at all") == len(PARAGRAPHS)


def test_a_recipe_that_the_pages_data_holds_is_kept(tmp_path: Path) -> None:
    ingredients = ("90 g butter", "2 eggs", "salt")
    steps = (
        "Stir the butter until it is soft, and add an egg at a time.",
        "Bake it for forty minutes at 180 °C.",
    )
    data = {
        "@type": "Recipe",
        "recipeIngredient": ingredients,
        "recipeInstructions": [{"@type": "HowToStep", "text": step} for step in steps],
    }
    head = f"<title>Cake of Tolle</title><script type=application/ld+json>{json.dumps(data)}</script>"
    boxes = "".join(f"<div class=share><span>{text}</span></div>" for text in (*ingredients, *steps))
    text = article(tmp_path, f"{MENU}<h1>Cake of Tolle</h1>{paragraphs()}<footer>{boxes}</footer>", head).text
    assert text.split("\n") == [*PARAGRAPHS, *ingredients, *steps]


def test_code_that_says_comment_begins_no_comments(tmp_path: Path) -> None:
    code = (
        '"Happy": 0.7,\n"Comment": {\n"Value": "snack on the way home from work and back",\n"Sure": "91%"\n}'
    )
    after = "".join(f"<p>{REMARK.format(number)}</p>" for number in range(3))
    text = article(tmp_path, f"{MENU}<article>{paragraphs()}<pre>{code}</pre>{after}</article>").text
    assert "snack on the way home" in text and REMARK.format(2) in text


def blocks_of(body: str) -> list[Block]:
    tree = parse(f"<html><body>{body}</body></html>")
    assert tree is not None
    return visible_blocks(tree)


def test_a_box_within_a_lists_item_or_a_cell_is_that_item() -> None:
    blocks = blocks_of(
        "<dl><dt>Where:</dt><dd><div><span>Mill Road 45</span>, Fell</div></dd></dl><div>On foot</div>"
    )
    assert [(block.text, block.tag) for block in blocks] == [
        ("Where:", "dt"),
        ("Mill Road 45, Fell", "dd"),
        ("On foot", "div"),
    ]


def test_a_lead_that_is_called_a_teaser_is_kept_if_an_extractor_keeps_it() -> None:
    lead = "Buses take the road over Fell from Monday, and the upper bridge stays shut until the first frost."
    blocks = blocks_of(f"<h1>Bridge to close</h1><div class=teaser-text><p>{lead}</p></div>{paragraphs()}")

    def kept(*, by_second: bool) -> list[str]:
        page = [
            Judged(block, letters(block.text), first=block.text in PARAGRAPHS, second=by_second)
            for block in blocks
        ]
        chosen = article_blocks(page, "Bridge to close", readers_comments(page))
        return [block.text for block, keep in zip(blocks, chosen, strict=True) if keep]

    assert kept(by_second=True) == [lead, *PARAGRAPHS]
    assert kept(by_second=False) == list(PARAGRAPHS)


def test_a_second_extractor_is_asked_where_it_may_keep_more() -> None:
    lead = "Buses take the road over Fell from Monday, and the upper bridge stays shut until the first frost."
    blocks = blocks_of(f"<h1>Bridge to close</h1><div class=teaser-text><p>{lead}</p></div>{paragraphs()}")

    def found(*kept: str) -> list[bool] | None:
        page = [Judged(block, letters(block.text), block.text in kept, second=True) for block in blocks]
        return settled(page, "Bridge to close", readers_comments(page))

    assert found(*PARAGRAPHS) is None
    assert found(lead, *PARAGRAPHS) == [False, *[True] * 5]
