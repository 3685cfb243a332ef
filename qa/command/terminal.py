"""Answers, reports and lists as a person at a terminal reads them; progress bars."""

from __future__ import annotations

import os
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from types import TracebackType
from typing import TYPE_CHECKING, Any, TextIO

from tqdm import tqdm

from qa.listed import lines
from qa.records import Answer, ArticleInfo, BuildReport, Citation, Passage, Quoted
from qa.tabled import parted, with_header

if TYPE_CHECKING:
    from qa.index.check import Checked  # loads FAISS, which a list of articles can do without

_WIDTH = 100
_TITLE_CHARS = 120  # some sources' first line is the whole article
_PHASES = {
    "open": "opening the index before",
    "workers": "calling workers",
    "read": "reading",
    "split": "splitting",
    "encode": "encoding",
    "train": "laying out lists of vectors",
    "lists": "filling the lists",
    "lexical": "indexing words",
    "articles": "storing",
    "vectors": "adding vectors",
    "check": "checking",
    "publish": "publishing",
}


class Bars:
    """Progress on a terminal, one bar a phase; nothing elsewhere. Called as (phase, done, total)."""

    def __init__(self, stream: TextIO) -> None:
        self._stream, self._bar, self._phase = stream, None, ""
        self._on = stream.isatty()

    def __enter__(self) -> Bars:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def __call__(self, phase: str, done: int, total: int) -> None:
        if not self._on:
            return
        if phase != self._phase:
            self._end()
            self._phase = phase
            self._bar = tqdm(
                total=total or None, desc=_PHASES.get(phase, phase), file=self._stream, leave=False
            )
        if self._bar is not None:
            self._bar.update(done - self._bar.n)

    def _end(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None


def colours(stream: TextIO) -> bool:
    """Whether `stream` shows colours: a terminal, and nobody asked for none (https://no-color.org)."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def answer_text(answer: Answer, *, colour: bool) -> str:
    """The answer, then each place where it stands with its sentence; or why there is none, and what comes closest."""
    if answer.quotes and answer.text is None:
        quoted = [line for one in answer.quotes for line in ("", *_quote(one, colour))]
        return "\n".join([answer.reason or "", *quoted])
    if answer.guess is not None:
        cited = [line for citation in answer.guess.citations for line in ("", *_citation(citation, colour))]
        about = f"(not sure; confidence {answer.guess.confidence:.0%}, {answer.reader} reader)"
        return "\n".join([_wrapped(f"Perhaps: {_shown(answer.guess.text)}"), about, *cited])
    if answer.text is None:
        closest = [f"  {p.file} [{p.start}:{p.end}]  {_title(p.title)}" for p in _one_an_article(answer)[:3]]
        related = ["", "Closest, but not an answer:", *closest] if closest else []
        return "\n".join([f"No answer. {answer.reason}", *related])
    cited = [line for citation in answer.citations for line in ("", *_citation(citation, colour))]
    return "\n".join([_wrapped(_shown(answer.text)), f"({_sure(answer)})", *cited, *_others(answer)])


def explain_text(told: Mapping[str, Any]) -> str:
    """What was understood, how far was read, and a table of what the best candidates' features added to their log
    odds."""
    dates = told["dates"]
    periods = [f"{p['text']} = {p['first']} to {p['last']}" for p in dates["periods"]]
    lines = [
        f"asks for: {told['kind']} ({told['wanted']}); answers from {told['threshold']:.0%}",
        f"dates, from {dates['today']}: {', '.join(periods) or 'none'}{'; the latest' if dates['latest'] else ''}",
    ]
    layers = [str(passage["layers"]) for passage in told["passages"] if passage["layers"] is not None]
    if layers:
        lines.append(
            f"passages found, each by how many of the reader's layers it was read: {' '.join(layers)}"
        )
    for candidate in told["candidates"]:
        added = sorted(candidate["contributions"].items(), key=lambda item: -abs(item[1]))
        shown = ", ".join(f"{name} {value:+.2f}" for name, value in added if round(value, 2))
        lines += [f"{candidate['confidence']:>4.0%}  {_title(candidate['text'])}", _wrapped(shown, "      ")]
    return "\n".join(lines)


def _sure(answer: Answer) -> str:
    what = {"evidence": "evidence, to judge by; ", "list": "several; "}.get(answer.answer_type or "", "")
    sources = answer.agreement.sources if answer.agreement else 1
    agree = f", {sources} sources agree" if sources > 1 else ""
    return f"{what}confidence {answer.confidence:.0%}{agree}, {answer.reader} reader"


def _others(answer: Answer) -> list[str]:
    """What other articles say, each with its day and place."""
    lines = []
    for other in answer.alternatives:
        cited = other.citations[0]
        about = ", ".join(filter(None, [str(cited.published or ""), f"confidence {other.confidence:.0%}"]))
        place = f"{_shown(cited.file)} [{cited.start}:{cited.end}]"
        says = "said, superseded since" if other.superseded else "says"
        lines += [
            "",
            f"Another article {says} ({about}):",
            _wrapped(_shown(other.text), "  "),
            f"  — {place}",
        ]
    return lines


def report_text(report: BuildReport) -> str:
    """A table of what was read, kept and left out."""
    changes = report.changes
    rows = [
        ("files", report.files_read),
        ("  new", changes.new),
        ("  changed", changes.changed),
        ("  unchanged", changes.unchanged),
        ("  removed", changes.removed),
        ("articles", report.articles),
        ("passages", report.passages),
        ("  encoded now", report.encoded),
        ("  taken over", report.reused),
        ("duplicates", report.duplicates),
        ("rejected", len(report.rejected)),
        ("warnings", len(report.warnings)),
    ]
    rejected = [f"  {_shown(r.path)}: {_shown(r.reason)}" for r in report.rejected]
    rejected += [f"  {_shown(w.path)}: {_shown(w.warning)}" for w in report.warnings]
    anew = [f"everything was read anew: {report.anew}"] if report.anew else []
    whole = sum(report.phases.values()) or 1.0
    shares = [
        f"{_PHASES.get(phase, phase)} {s:.1f} s ({s / whole:.0%})" for phase, s in report.phases.items()
    ]
    done = "in service now" if report.published else "nothing had changed; it stays in service"
    end = f"index {report.version}: {done} ({report.seconds:.1f} s)"
    return "\n".join(
        [*(f"{name:<14}{count:>8,}" for name, count in rows), *rejected, *anew, ", ".join(shares), end]
    )


def checked_text(checked: Checked) -> str:
    if not checked.problems:
        return (
            f"index {checked.version} is whole: checksums, {checked.articles:,} articles, every offset of "
            f"{checked.passages:,} passages, their vectors and lexical entries, {checked.samples} sample queries"
        )
    name = f"index {checked.version}" if checked.version else "the index"
    return "\n".join([f"{name} is not whole:", *(f"  {_shown(problem)}" for problem in checked.problems)])


def report_dict(report: BuildReport) -> dict[str, Any]:
    return asdict(report)


def article_text(article: ArticleInfo, passages: Sequence[Passage] | None) -> str:
    passages_of = f"{article.passages} passage{'' if article.passages == 1 else 's'}"
    about = [str(article.published or "no date"), article.source, passages_of, article.url]
    head = f"{article.id}  {_shown(article.path)}\n  {_title(article.title)}\n  " + ", ".join(
        filter(None, about)
    )
    cut = [f"  [{p.start}:{p.end}]\n{_wrapped(_shown(p.text), '    ')}" for p in passages or ()]
    return "\n".join([head, *cut])


def article_dict(article: ArticleInfo, passages: Sequence[Passage] | None) -> dict[str, Any]:
    told = {**asdict(article), "published": article.published.isoformat() if article.published else None}
    if passages is not None:
        told["passages"] = [{"start": p.start, "end": p.end, "text": p.text} for p in passages]
    return told


def _citation(citation: Citation, colour: bool) -> list[str]:
    offset = citation.sentence_start
    sentence, shift = parted(citation.sentence, citation.cells, offset)
    start, end = shift(citation.start - offset), shift(citation.end - offset)
    on, off = ("\x1b[1;32m", "\x1b[0m") if colour else ("", "")
    marked = f"{_shown(sentence[:start])}{on}{_shown(sentence[start:end])}{off}{_shown(sentence[end:])}"
    page = f", page {citation.page}" if citation.page else ""
    role = f", {citation.role}" if citation.role else ""
    place = f"{_shown(citation.file)} [{citation.start}:{citation.end}]{page}{role}"
    about = [
        _title(citation.title),
        str(citation.published) if citation.published else "",
        citation.url or "",
    ]
    dates = [
        f"    {_shown(d.text)} → {d.day}{f' to {d.until}' if d.until else ''} (derived)"
        for d in citation.derived
    ]
    header = [_wrapped(_shown(line), "  ") for line in with_header(citation)[:-1]]
    return [*header, _wrapped(marked, "  "), *dates, f"  — {place}", f"    {', '.join(filter(None, about))}"]


def _quote(one: Quoted, colour: bool) -> list[str]:
    """Of a list whose markers are no text of the file, a line for each item, with its marker."""
    cited = _citation(one.citation, colour)
    return [*(_wrapped(_shown(str(line)), "  ") for line in lines(one)), *cited[1:]] if one.items else cited


def _one_an_article(answer: Answer) -> list[Any]:
    return list({p.article_id: p for p in reversed(answer.passages)}.values())[::-1]


def _title(title: str) -> str:
    return textwrap.shorten(_shown(title), _TITLE_CHARS, placeholder=" …")


def _wrapped(text: str, indent: str = "") -> str:
    return textwrap.fill(text, _WIDTH, initial_indent=indent, subsequent_indent=indent)


def _shown(text: str) -> str:
    """Without control characters: an article must not move the cursor or colour the terminal."""
    return "".join(char if char.isprintable() else " " for char in text)
