"""What the page shows of an answer's evidence, filters and follow-ups, in a browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from web_browsing import ask, box_of
from web_stage import AGREE, DIFFER, EVIDENCE, LIST, MARKET, MAYOR, NONE, QUOTES


@pytest.mark.parametrize(
    ("question", "shown"),
    [
        (
            AGREE,
            {".answer": ["May 3"], ".agree": ["2 sources agree"], ".citations mark": ["May 3", "Tuesday"]},
        ),
        (LIST, {".answer li": ["Ada Birch", "Ben Cole"], ".citations mark": ["Ada Birch", "Ben Cole"]}),
        (EVIDENCE, {".kind": ["Evidence to judge by, not a yes or no"]}),
        (
            DIFFER,
            {
                ".kind": ["The articles differ: 2 answers, newest first"],
                ".version .answer": ["55 houses", "40 houses"],
                ".dated time": ["9 May 2022", "5 May 2022"],
                ".also": ["also in flood-harbour-post.txt"],
            },
        ),
        (NONE, {".reason": ["The articles do not mention Lima."], ".citations": []}),
    ],
)
def test_the_evidence_is_shown_as_what_it_is(
    page: Page, stage_site: str, question: str, shown: dict[str, list[str]]
) -> None:
    page.goto(f"{stage_site}/?q={question}")
    for selector, texts in shown.items():
        expect(page.locator(f".turn {selector}")).to_have_text(texts)


def test_quotes_stand_by_article_and_open_in_the_source(page: Page, stage_site: str) -> None:
    page.goto(f"{stage_site}/?q={QUOTES}")
    expect(page.locator(".quoted .kind")).to_have_text(
        "No single passage of words answers this; these quotes are about it."
    )
    expect(page.locator(".quotes blockquote").filter(has_text="bridge").first).to_be_visible()
    assert "Wend" in page.locator(".quotes .asked-word").all_inner_texts()
    page.locator(".quotes .source").first.click()
    expect(page.locator(".panel mark.here")).to_be_in_viewport()


def test_articles_that_differ_stand_side_by_side_and_below_one_another_on_a_telephone(
    page: Page, stage_site: str
) -> None:
    page.goto(f"{stage_site}/?q={DIFFER}")
    left, right = (box_of(version) for version in page.locator(".version").all())
    assert left["y"] == right["y"]
    assert left["x"] + left["width"] < right["x"]
    page.set_viewport_size({"width": 320, "height": 800})
    above, below = (box_of(version) for version in page.locator(".version").all())
    assert above["y"] + above["height"] < below["y"]


def test_a_derived_date_is_marked_as_derived(page: Page, stage_site: str) -> None:
    page.goto(f"{stage_site}/?q={AGREE}")
    derived = page.locator(".citations .derived")
    expect(derived).to_contain_text("Tuesday → means 3 May 2022")
    expect(derived).to_contain_text("derived from the article’s date, 5 May 2022; not in its words")


def test_confidence_is_words_a_number_and_what_it_means(page: Page, stage_site: str) -> None:
    page.goto(f"{stage_site}/?q={MARKET}")
    confidence = page.locator(".confidence")
    expect(confidence.locator("summary")).to_have_text("Fairly confident · 83 %")
    expect(confidence.locator("p")).to_be_hidden()
    confidence.locator("summary").click()
    expect(confidence.locator("p")).to_contain_text("not a promise")


def test_closest_passages_of_no_answer_open_in_the_source(page: Page, stage_site: str) -> None:
    page.goto(f"{stage_site}/?q={NONE}")
    expect(page.get_by_text("Closest passages, which do not answer the question")).to_be_visible()
    page.locator(".passages a").first.click()
    expect(page.locator(".panel mark.here")).to_be_in_viewport()


def test_why_this_answer_shows_what_was_read_and_weighed(page: Page, stage_site: str) -> None:
    page.goto(f"{stage_site}/?q={AGREE}")
    why = page.locator(".why")
    why.locator("summary").first.click()
    expect(why.locator(".told")).to_contain_text("The reader chose “May 3”")
    why.get_by_text("The figures").click()
    for said in (
        "Kind of question",
        "when",
        "Null score",
        "by its meaning (1st)",
        "by its words (",
        "Altogether",
    ):
        expect(why).to_contain_text(said)
    rows = why.locator("tbody tr")
    expect(rows.first).to_contain_text("May 3")
    score, null_score, confidence = rows.first.locator(".number").all_inner_texts()
    assert (score, null_score, confidence) == ("0.80", "0.00", "83 %")
    expect(why.locator(".weights li").first).to_contain_text("+3.20")
    why.locator(".found a").first.click()
    expect(page.locator(".panel mark.here")).to_be_in_viewport()


def test_filters_narrow_stay_in_the_address_and_go_one_by_one(page: Page, stage_site: str) -> None:
    page.goto(stage_site)
    page.get_by_text("Filter by date, source, folder or article").click()
    page.get_by_label("From").fill("2022-05-01")
    page.get_by_label("Until").fill("2022-05-06")
    chips, of_turn = page.locator(".composer .chip"), page.locator(".turn .chip bdi")
    expect(chips).to_have_count(2)
    ask(page, DIFFER)
    expect(page.locator(".answer")).to_have_text("40 houses")
    expect(of_turn).to_have_text(["from 1 May 2022", "until 6 May 2022"])
    assert "published_after=2022-05-01&published_before=2022-05-06" in page.url
    page.reload()
    expect(of_turn).to_have_count(2)
    expect(chips).to_have_count(2)
    page.locator(".turn .chip").last.click()  # asked again in its place
    expect(of_turn).to_have_text(["from 1 May 2022"])
    expect(page.locator(".turn")).to_have_count(1)
    expect(page.locator(".version .answer")).to_have_text(["55 houses", "40 houses"])
    chips.first.click()
    expect(page.get_by_label("From")).to_have_value("")
    ask(page, MARKET)
    expect(page.locator(".turn").last.locator(".chip")).to_have_count(0)


def test_filters_that_leave_nothing_say_so_and_the_way_on(page: Page, stage_site: str) -> None:
    page.goto(f"{stage_site}/?q={MARKET}&source=The+Moon")
    expect(page.locator(".reason")).to_contain_text(
        "No article is from The Moon. Sources that articles name are"
    )
    page.get_by_role("link", name="Ask all articles").click()
    expect(page.locator(".answer")).to_have_text("at eight")
    assert "source" not in page.url


def test_one_folder_is_asked_from_the_list_of_articles(page: Page, stage_site: str) -> None:
    page.goto(f"{stage_site}/library")
    page.get_by_role("link", name="town/").click()
    expect(page.locator(".composer .chip bdi")).to_have_text(["in town"])
    ask(page, MARKET)
    expect(page.locator(".answer")).to_have_text("at eight")
    ask(page, MAYOR)
    expect(page.locator(".turn").last.locator(".said")).to_have_class("said none")
    assert "folder=town" in page.url
    page.locator(".turn").last.locator(".chip").click()  # asked of every folder, in its place
    expect(page.locator(".answer").last).to_have_text("Ida Moss")


def test_one_article_is_asked_from_its_page_and_named_by_its_title(page: Page, stage_site: str) -> None:
    page.goto(f"{stage_site}/?q={DIFFER}")
    page.locator(".source").first.click()
    page.locator(".panel").get_by_role("link", name="Ask only this article").click()
    chips, of_turn = page.locator(".composer .chip bdi"), page.locator(".turn .chip bdi")
    expect(chips).to_have_text(["only “More homes flooded than first thought”"])
    expect(page.get_by_role("combobox", name="Article")).to_have_value(
        "More homes flooded than first thought"
    )
    ask(page, DIFFER)
    expect(page.locator(".answer")).to_have_text("55 houses")  # alone: no other article may say otherwise
    expect(of_turn).to_have_text(["only “More homes flooded than first thought”"])
    page.reload()
    expect(of_turn).to_have_count(1)
    expect(chips).to_have_text(["only “More homes flooded than first thought”"])
    page.locator(".composer .chip").click()
    expect(page.locator(".composer .chip")).to_have_count(0)
    ask(page, DIFFER)
    expect(page.locator(".turn").last.locator(".version .answer")).to_have_text(["55 houses", "40 houses"])


def test_an_article_that_has_gone_is_said_to_have_gone(page: Page, stage_site: str) -> None:
    page.goto(f"{stage_site}/?q={MARKET}&article=gone")
    expect(page.locator(".reason")).to_contain_text("No article is the one with the id gone.")


def test_days_in_the_wrong_order_are_told_in_plain_words(page: Page, stage_site: str) -> None:
    page.goto(f"{stage_site}/?q={MARKET}&published_after=2023-01-01&published_before=2022-01-01")
    expect(page.get_by_role("alert")).to_contain_text("The first day, 1 January 2023, is after the last")
    ask_button = page.get_by_role("button", name="Ask", exact=True)
    ask_button.click()  # the browser itself holds it back and shows the field
    expect(page.locator(".turn.waiting")).to_have_count(0)
    assert page.locator("[name=published_after]:invalid").is_visible()
    page.get_by_role("link", name="Ask all articles").click()
    expect(page.locator(".answer")).to_have_text("at eight")


def test_what_was_understood_is_shown_and_corrected_in_its_place(page: Page, stage_site: str) -> None:
    page.goto(stage_site)
    ask(page, MAYOR)
    ask(page, "When did she meet reporters?")
    understood = page.locator(".turn .understood")
    expect(understood.locator("q")).to_have_text(AGREE)
    ask(page, DIFFER)
    understood.locator("summary").click()
    field = understood.get_by_role("textbox")
    expect(field).to_have_value(AGREE)
    field.fill(MARKET)
    page.keyboard.press("Enter")
    expect(page.locator(".turn:not(.waiting) .question")).to_have_text([MAYOR, MARKET, DIFFER])
    expect(page.locator(".understood")).to_have_count(0)  # asked as it was corrected
    page.reload()
    expect(page.locator(".turn .question")).to_have_text([MAYOR, MARKET, DIFFER])
