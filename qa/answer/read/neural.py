"""The neural reader: a question and passages -> the exact spans that answer, by a BERT encoder with a span head.

Each token gets a score as the answer's start and as its end (Devlin et al., 2019); the first token's scores are the
passage's null score, "this passage does not answer". Nothing is normalized per passage: a span's score is its log
odds against its own passage's null, which the reader was trained for, so spans of all passages can be compared
(Clark and Gardner, "Simple and Effective Multi-Paragraph Reading Comprehension", 2018).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from heapq import heapreplace
from itertools import chain, pairwise, repeat
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from embeddings.models import ModelNotFound, sha256
from embeddings.text import without_surrogates
from qa.errors import ModelMissing
from qa.records import Passage, Span

from . import spans

if TYPE_CHECKING:
    from embeddings.bert import States
    from embeddings.early import Estimate

WEIGHTS = Path(__file__).parents[2] / "models" / "reader"
_MANIFEST = "reader.json"
_FILES = ("model.safetensors", "config.json", "tokenizer.json")
ESTIMATES = "estimates.safetensors"  # where windows may leave early
_ADVICE = "Install Verbatim again, or train the reader with: make train"
_REMEMBERED = 4096  # passages whose tokens are kept: 2 kB each, against half a millisecond to cut one again

# Ids (n,), and where each begins and ends in the text (n, 2).
Tokens = tuple[NDArray[np.int32], NDArray[np.int32]]


# After which layers windows may leave: what estimates their odds there, and the log odds below which they do.
Exits = Mapping[int, tuple["Estimate", float]]

# Of each token of a window as the answer's start, and as its end.
Scores = tuple[NDArray[np.float32], NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class _Window:
    """One question with one stretch of one passage."""

    passage: int
    ids: NDArray[np.int32]
    context_from: int  # position of the stretch's first token
    offsets: NDArray[np.int32]  # (n, 2) of the stretch's tokens, in the passage's characters

    def of_stretch(self, scores: Scores) -> Scores:
        """Of the window's scores, those of the stretch's tokens, (n,)."""
        inside = slice(self.context_from, self.context_from + len(self.offsets))
        return scores[0][inside], scores[1][inside]


class PassageSpans(NamedTuple):
    """Of one passage. odds: the log odds that it answers, by whatever span; -inf where there is none.

    candidates: before overlapping ones are merged; score: log odds against the passage's null. None of a window that
    was not read to the end.
    """

    odds: float
    candidates: list[spans.ScoredSpan]


class NeuralReader:
    """Opened once; may be called from several threads.

    Raises ModelMissing where a file of `folder` is gone or is not the one its manifest names.
    """

    name = "neural"

    def __init__(
        self,
        folder: Path = WEIGHTS,
        *,
        threads: int | None = None,
        side_by_side: int = 1,
        precision: str = "auto",
        slack: float | None = None,
    ) -> None:
        """threads: of one pass through the model; with torch this holds for the whole process. side_by_side: passes
        at a time, among which the windows of a question are shared out, and for which other questions wait.
        precision: see `embeddings.bert.compute_type`.

        slack: how much worse a longer span may score and still be taken, by default the tuned one.
        """
        import torch  # a second to import
        from safetensors.torch import load_file
        from tokenizers import Tokenizer

        from embeddings.bert import Bert, Unsupported, compute_type
        from embeddings.early import Estimate
        from embeddings.words import shared

        self._torch = torch
        if threads is not None:
            torch.set_num_threads(threads)
        self._side_by_side = side_by_side
        # OpenMP keeps the number of threads per thread.
        prepare = torch.set_num_threads, (threads or 1,)
        self._pool = ThreadPoolExecutor(side_by_side, "reading", *prepare) if side_by_side > 1 else None
        manifest = _verified(folder)
        self.checksum: str = manifest["files"]["model.safetensors"]
        self._limits: dict[str, int] = manifest["limits"]
        self.null_threshold: float = manifest["null_threshold"]
        self._slack: float = manifest["widening_slack"] if slack is None else slack
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._tokenizer.encode_special_tokens = True  # "[SEP]" in an article is text, not a separator
        self._cls, self._sep = (_token_id(self._tokenizer, token) for token in ("[CLS]", "[SEP]"))
        self._tokens = lru_cache(_REMEMBERED)(self._cut)
        try:
            told = manifest.get("words")  # of the encoder that training kept as they were
            words = shared(told["of"], told["sha256"]) if told else None
            self._bert = Bert(folder, compute_type(precision), words)
            weight, bias = (self._bert.extra[f"qa_outputs.{of}"] for of in ("weight", "bias"))
            self._head = weight.to(self._bert.dtype), bias.to(self._bert.dtype)
            exits = manifest.get("exits", {})
            estimates = load_file(folder / ESTIMATES) if exits else {}
            self._exits: Exits = {
                int(layer): (Estimate.of(estimates, layer), float(least)) for layer, least in exits.items()
            }
        except (Unsupported, KeyError) as error:
            raise ModelMissing(
                "the reader", str(folder), f"It is not a reader: {error}. {_ADVICE}"
            ) from error
        except ModelNotFound as error:
            raise ModelMissing(error.name, error.looked_in, error.advice) from error

    def read(
        self, question: str, passages: Sequence[Passage], through: dict[int, int] | None = None
    ) -> list[Span]:
        """The best few spans of each passage, each within a sentence where any is, best first; equal ones in the
        passages' order.

        score: log odds against the passage's null. null_margin, of the best span of a passage: how far the log odds
        that the passage answers, by whatever span, are above the threshold at which answering and not answering did
        equally well on held-out questions; of its others as much less as they score less.
        """
        result: list[Span] = []
        for passage, (odds, candidates) in zip(passages, self.find(question, passages, through), strict=True):
            whole = spans.in_sentences(without_surrogates(passage.text), candidates)
            kept = spans.merge(whole, self._limits["spans_per_passage"], self._slack)
            null = self.null_threshold + (kept[0].score - odds if kept else 0.0)
            result.extend(Span(passage, best.start, best.end, best.score, best.score - null) for best in kept)
        return sorted(result, key=lambda span: -span.score)

    def find(
        self, question: str, passages: Sequence[Passage], through: dict[int, int] | None = None
    ) -> list[PassageSpans]:
        """What each passage's best spans are chosen from. through: where it is told of each passage, by its number,
        through how many layers it was read."""
        through = {} if through is None else through
        found: list[list[spans.ScoredSpan]] = [[] for _ in passages]
        windows = self._windows(question, passages)
        for window, scores in zip(windows, self._scores(windows), strict=True):
            layer = scores if isinstance(scores, int) else self._bert.layers
            id_ = passages[window.passage].id
            through[id_] = max(through.get(id_, 0), layer)
            if isinstance(scores, int):
                continue
            null = float(scores[0][0] + scores[1][0])
            candidates = self._candidates(passages, window, window.of_stretch(scores))
            found[window.passage].extend(c._replace(score=c.score - null) for c in candidates)
        return [PassageSpans(spans.any_of(candidates), candidates) for candidates in found]

    def _candidates(
        self, passages: Sequence[Passage], window: _Window, scores: Scores
    ) -> list[spans.ScoredSpan]:
        text, limits = passages[window.passage].text, self._limits
        most, longest = limits["candidates"], limits["answer_tokens"]
        return spans.read_window(text, window.offsets, *scores, count=most, max_tokens=longest)

    def _windows(self, question: str, passages: Sequence[Passage]) -> list[_Window]:
        asked = self._tokens(question)[0][: self._limits["question_tokens"]]
        size = self._limits["window_tokens"] - len(asked) - 3
        before, after = np.concatenate(([self._cls], asked, [self._sep])), [self._sep]
        result = []
        for index, (passage, told) in enumerate(zip(passages, _told_before(passages), strict=True)):
            context, offsets = self._tokens(passage.text)
            new = int(np.searchsorted(offsets[:, 0], told))
            context, offsets = context[new:], offsets[new:]
            for first, last in spans.windows(len(context), size, self._limits["overlap_tokens"]):
                ids = np.concatenate((before, context[first:last], after))
                result.append(_Window(index, ids, len(before), offsets[first:last]))
        return result

    def _cut(self, text: str) -> Tokens:
        cut = self._tokenizer.encode(without_surrogates(text), add_special_tokens=False)
        return np.array(cut.ids, dtype=np.int32), np.array(cut.offsets, dtype=np.int32).reshape(-1, 2)

    def _scores(self, windows: Sequence[_Window]) -> list[Scores | int]:
        """Start and end scores of each window, float32 (tokens of the window,); of one that left early, the layer."""
        exits = self._exits_of(windows)
        count = max(self._side_by_side, -(-len(windows) // self._limits["batch_windows"]))
        parts = _shared_out([len(window.ids) for window in windows], count)
        share = map if self._pool is None else self._pool.map
        told = share(self._pass, [[windows[row] for row in part] for part in parts], repeat(exits))
        scored = dict(zip(chain.from_iterable(parts), chain.from_iterable(told), strict=True))
        return [scored[row] for row in range(len(windows))]

    def _exits_of(self, windows: Sequence[_Window]) -> Exits:
        """Where these may leave; the windows of a passage by itself are read to the end."""
        return self._exits if len({window.passage for window in windows}) > 1 else {}

    def _pass(self, windows: Sequence[_Window], exits: Exits) -> list[Scores | int]:
        """One pass through the model; windows: at least one.

        After some layers a window leaves that is not likely enough by what these tell.
        """
        lengths = self._torch.tensor([len(window.ids) for window in windows])
        left: dict[int, int] = {}

        def exit_by(layer: int, estimate: Estimate, least: float) -> Callable[[States], list[int]]:
            def stay(states: States) -> list[int]:
                odds: dict[int, float] = {}
                for members, found in states:
                    odds.update(zip(members, estimate(found, lengths[list(members)]).tolist(), strict=True))
                left.update((row, layer) for row, of in odds.items() if of < least)
                return [row for row, of in odds.items() if of >= least]

            return stay

        leaving = {layer: exit_by(layer, *of) for layer, of in exits.items()}
        texts, contexts = [window.ids for window in windows], [window.context_from for window in windows]
        scores: dict[int, Scores] = {}
        for members, states in self._bert.hidden(texts, contexts, leaving):
            told = self._torch.nn.functional.linear(states, *self._head).float().numpy()
            for row, (starts, ends) in zip(members, told.transpose(0, 2, 1), strict=True):
                size = len(windows[row].ids)
                scores[row] = starts[:size], ends[:size]
        return [scores[row] if row in scores else left[row] for row in range(len(windows))]


def available(folder: Path = WEIGHTS) -> bool:
    """Whether a trained reader is installed."""
    return (folder / _MANIFEST).is_file()


def _told_before(passages: Sequence[Passage]) -> list[int]:
    """How many characters at each passage's beginning are the end of another one: the sentence that neighbours in an
    article share, which is read once."""
    told = [0] * len(passages)
    in_order = sorted(range(len(passages)), key=lambda one: (passages[one].article_id, passages[one].start))
    for before, after in pairwise(in_order):
        one, other = passages[before], passages[after]
        if one.article_id == other.article_id and one.start < other.start < one.end < other.end:
            told[after] = one.end - other.start
    return told


def _shared_out(sizes: Sequence[int], parts: int) -> list[list[int]]:
    """Numbers of what has these sizes, in at most so many parts of about the same size: the largest first, always to
    where there is least (Graham, "Bounds on Multiprocessing Timing Anomalies", 1969)."""
    shared: list[tuple[int, int, list[int]]] = [(0, number, []) for number in range(parts)]
    for one in sorted(range(len(sizes)), key=lambda one: -sizes[one]):
        size, number, held = shared[0]
        heapreplace(shared, (size + sizes[one], number, [*held, one]))
    return [held for _, _, held in shared if held]


def _token_id(tokenizer: Any, token: str) -> int:
    id_ = tokenizer.token_to_id(token)
    if id_ is None:
        raise ModelMissing("the reader", "its tokenizer.json", f"It knows no {token}.")
    return int(id_)


def _verified(folder: Path) -> dict[str, Any]:
    """The manifest of the reader in `folder`, once every file has the SHA-256 that it names."""
    try:
        manifest: dict[str, Any] = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
        _ = float(manifest["null_threshold"]), float(manifest["widening_slack"]), dict(manifest["limits"])
        for name in (*_FILES, *([ESTIMATES] if manifest.get("exits") else [])):
            if sha256(folder / name) != manifest["files"][name]:
                raise ModelMissing(
                    "the reader", str(folder / name), f"Its SHA-256 is not the expected one. {_ADVICE}"
                )
    except OSError as error:
        raise ModelMissing(
            "the reader", str(folder), f"{type(error).__name__}: {error}. {_ADVICE}"
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise ModelMissing(
            "the reader", str(folder / _MANIFEST), f"{type(error).__name__}: {error}. {_ADVICE}"
        ) from error
    return manifest
