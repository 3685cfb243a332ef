"""The five demo articles: what must be a passage, what must not, and when each was published."""

from datetime import date
from pathlib import Path

import pytest

from qa.ingest.collect import collect
from qa.ingest.split import split
from qa.records import Article

SEEDS = Path(__file__).parents[2] / "seeds"
TODAY = date(2026, 6, 1)  # what weekdays and years are possible depends on it

KEPT = {
    "000_f631b349500a7603.txt": [
        "MOSCOW, December 10. /TASS/. Moscow and Washington should reach an understanding",
        "find points of contact, Russian Deputy Foreign Minister Sergey Ryabkov told an online briefing on Friday.",
        "So far, Russia and the United States have held two expert meetings in Geneva,",
        "On December 7, Russian President Vladimir Putin and his US counterpart Joe Biden held talks via a video",
        'they would instruct their representatives to "start substantive consultations on sensitive issues."',
    ],
    "001_a9e5b03705c695f2.txt": [
        "Further strategic dialogue with the United States depends to a significant extent on Washington’s",
        "MOSCOW, January 27. /TASS/. So far, there is no understanding about the possibility of holding new",
        '"So far, there have been no understanding regarding new meetings within the framework of the strategic',
        "personnel to levels of 1997, when the Russia-NATO Founding Act was signed",
        "On December 17, 2021, the Russian Foreign Ministry published draft agreements between Moscow and",
        "The US side handed over its written response to Russia on January 26.",
    ],
    "002_a56050ff380e3c70.txt": [
        "According to the Deputy Foreign Minister Sergey Ryabkov, the format of this group provides opportunities",
        "MOSCOW, December 10. /TASS/. Provision of security guarantees for NATO's non-expansion to the east",
        "held a video conference call on Tuesday that lasted a little over two hours.",
        "Putin and Biden agreed at their meeting in Geneva in June that Russia and the US would resume",
    ],
    "003_7ac24c3365abf134.txt": [
        "Russia wants to resolve the security row with the US and NATO as quickly as possible, a senior official",
        "and NATO Secretary General Jens Stoltenberg at a press briefing in Brussels, Belgium, January 12, 2022.",
        "The head of the Russian delegation at arms control talks in Vienna told RT on Thursday",
        "hopes for a diplomatic solution to the heightened tensions with the US-led military bloc,",
        "We cannot permit … long negotiations on this issue.",
        "The diplomat stopped short of mentioning specific deadlines,",
        "the Kremlin will resort to “other means” of ensuring the country's security",
        "Moscow has denied planning to attack its neighbor.",
        "with each side stressing the importance of dialogue and de-escalation.",
    ],
    "004_86f673c54a83fc4f.txt": [
        'According to him, Moscow is disappointed by Western partners failure to move forward "to meet Russia',
        '"The series of contacts will continue in the near future," the source said,',
        "MOSCOW, February 4. TASS. Russia and the West will continue consultations on security guarantees",
        "Washington had asked Moscow not to make the documents public, but US Secretary of State Antony Blinken",
        "On December 17, 2021, the Russian Foreign Ministry released draft agreements on the security guarantees",
        "restrictions on the deployment of serious offensive weapons, including nuclear ones.",
    ],
}
DROPPED = {
    "000_f631b349500a7603.txt": ["date 2021-12-10", "2021-12-10"],
    "001_a9e5b03705c695f2.txt": ["No understanding on new Russia-US strategic dialogue meetings so far — diplomat"],
    "002_a56050ff380e3c70.txt": ["All news", "stability group can consider NATO non-expansion — MFA"],
    "003_7ac24c3365abf134.txt": [
        "date 2022-01-20", "icon", "chevron", "20 Jan, 2022", "20:11", "HomeRussia", "Russia & FSU",
        "Security talks with West 'not very inspiring', Russian diplomat tells RT",
        "Olivier Hoslet", "©", "Read more", "Russia suggests how US could seal a security deal", "Top stories",
        "RT Features", "Intifada", "FEATURE", "The Russians are coming", "Latin America", "My job is to help",
        "Podcasts", "podcasts", "العربية", "RT News App", "TV-Novosti", "All rights reserved", "cookies",
    ],
    "004_86f673c54a83fc4f.txt": [
        "sourceNo", "madeyet", "yetMOSCOW", "Foreign Ministry sourceNo", "TagsSecurity", "Westernled", "per seOn",
        "20220204", "https://", "tass.com",
    ],
}  # fmt: skip
TITLES = {
    "000_f631b349500a7603.txt": "Moscow and Washington should reach an understanding on the need to bring their"
    " positions on arms…",
    "001_a9e5b03705c695f2.txt": "No understanding on new Russia-US strategic dialogue meetings so far — diplomat",
    "002_a56050ff380e3c70.txt": "Russia-US strategic stability group can consider NATO non-expansion — MFA",
    "003_7ac24c3365abf134.txt": "Security talks with West 'not very inspiring', Russian diplomat tells RT",
    "004_86f673c54a83fc4f.txt": "Russia West to continue contacts on security guarantees soon Foreign Ministry source",
}
PUBLISHED = {
    "000_f631b349500a7603.txt": (date(2021, 12, 10), False),
    "001_a9e5b03705c695f2.txt": (date(2022, 1, 27), True),  # after the December 17, 2021 it tells of
    "002_a56050ff380e3c70.txt": (date(2021, 12, 10), True),  # a December 10 that was a Friday
    "003_7ac24c3365abf134.txt": (date(2022, 1, 20), False),
    "004_86f673c54a83fc4f.txt": (date(2022, 2, 4), False),
}


@pytest.fixture(scope="module")
def demo() -> dict[str, Article]:
    collection = collect([SEEDS], today=TODAY)
    assert not collection.rejected
    return {article.path: article for article in collection.articles}


def passages(article: Article) -> list[str]:
    spans = split(article, lambda texts: [len(text.split()) * 4 // 3 for text in texts])
    return [article.text[start:end] for start, end in spans]


@pytest.mark.parametrize("path", KEPT)
def test_what_the_article_says_is_in_a_passage(demo: dict[str, Article], path: str) -> None:
    found = passages(demo[path])
    assert [said for said in KEPT[path] if not any(said in text for text in found)] == []


@pytest.mark.parametrize("path", DROPPED)
def test_what_the_page_puts_around_it_is_in_no_passage(demo: dict[str, Article], path: str) -> None:
    found = passages(demo[path])
    assert [text for text in DROPPED[path] if any(text in passage for passage in found)] == []


@pytest.mark.parametrize("path", TITLES)
def test_titles(demo: dict[str, Article], path: str) -> None:
    assert demo[path].title == TITLES[path]


@pytest.mark.parametrize("path", PUBLISHED)
def test_dates_and_whether_they_were_inferred(demo: dict[str, Article], path: str) -> None:
    assert (demo[path].published, demo[path].published_inferred) == PUBLISHED[path]


def test_sources_and_addresses(demo: dict[str, Article]) -> None:
    assert [demo[path].source for path in sorted(demo)] == ["TASS", "TASS", "TASS", None, "TASS"]
    assert demo["004_86f673c54a83fc4f.txt"].url == "https://tass.com/world/1398343"
    assert [path for path in demo if demo[path].url] == ["004_86f673c54a83fc4f.txt"]
