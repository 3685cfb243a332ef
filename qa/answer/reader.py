"""The neural reader: a question and passages -> the exact spans that answer, by a BERT encoder with a span head.

Each token gets a score as the answer's start and as its end (Devlin et al., 2019); the first token's scores are the
passage's null score, "this passage does not answer". Nothing is normalized per passage: a span's score is its log
odds against its own passage's null, which the reader was trained for, so spans of all passages can be compared
(Clark and Gardner, "Simple and Effective Multi-Paragraph Reading Comprehension", 2018).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings.models import sha256

from ..errors import ModelMissing
from ..records import Passage, Span
from . import spans

WEIGHTS = Path(__file__).parent.parent / "models" / "reader"
_MANIFEST = "reader.json"
_FILES = ("model.safetensors", "config.json", "tokenizer.json")


@dataclass(frozen=True, slots=True)
class _Window:
    """One question with one stretch of one passage."""

    passage: int
    ids: list[int]
    context_from: int  # position of the stretch's first token
    offsets: list[tuple[int, int]]  # of the stretch's tokens, in the passage's characters


class NeuralReader:
    """Opened once; may be called from several threads.

    Raises ModelMissing where a file of `folder` is gone or is not the one its manifest names.
    """

    name = "neural"

    def __init__(
        self, folder: Path = WEIGHTS, *, threads: int | None = None, precision: str = "auto"
    ) -> None:
        """precision: "float32", "bfloat16", or "auto": bfloat16 where the processor multiplies it in hardware."""
        import torch  # a second to import
        from tokenizers import Tokenizer

        self._torch = torch
        if threads is not None:
            torch.set_num_threads(threads)
        manifest = _verified(folder)
        self.checksum: str = manifest["files"]["model.safetensors"]
        self._limits: dict[str, int] = manifest["limits"]
        self._threshold: float = manifest["null_threshold"]
        self._slack: float = manifest["widening_slack"]
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._tokenizer.encode_special_tokens = True  # "[SEP]" in an article is text, not a separator
        self._cls, self._sep = (_token_id(self._tokenizer, token) for token in ("[CLS]", "[SEP]"))
        fast = precision == "bfloat16" or (precision == "auto" and _has_bfloat16())
        self._type = torch.bfloat16 if fast else torch.float32
        self._model = _open_model(folder, self._type)

    def read(self, question: str, passages: Sequence[Passage]) -> list[Span]:
        """The best few spans of each passage, best first; equal ones in the passages' order.

        score: log odds against the passage's null. null_margin: how far it is above the threshold at which, on
        questions held out from training, answering and not answering did equally well.
        """
        result = [
            Span(passages[index], kept.start, kept.end, kept.score, kept.score - self._threshold)
            for index, found in enumerate(self.candidates(question, passages))
            for kept in spans.merge(found, self._limits["spans_per_passage"], self._slack)
        ]
        return sorted(result, key=lambda span: -span.score)

    def candidates(self, question: str, passages: Sequence[Passage]) -> list[list[spans.Candidate]]:
        """For each passage its candidate spans before overlapping ones are merged; score: log odds against null."""
        windows = self._windows(question, passages)
        found: list[list[spans.Candidate]] = [[] for _ in passages]
        for window, (starts, ends) in zip(windows, self._scores(windows), strict=True):
            inside = slice(window.context_from, window.context_from + len(window.offsets))
            null = float(starts[0] + ends[0])
            read = spans.read_window(
                passages[window.passage].text,
                window.offsets,
                starts[inside],
                ends[inside],
                count=self._limits["candidates"],
                max_tokens=self._limits["answer_tokens"],
            )
            found[window.passage].extend(c._replace(score=c.score - null) for c in read)
        return found

    def _windows(self, question: str, passages: Sequence[Passage]) -> list[_Window]:
        # Lone surrogates, which tokenizers refuse, read as "?": offsets stay what they were.
        texts = [text.encode("utf-8", "replace").decode() for text in (question, *(p.text for p in passages))]
        encoded = self._tokenizer.encode_batch(texts, add_special_tokens=False)
        asked = encoded[0].ids[: self._limits["question_tokens"]]
        size = self._limits["window_tokens"] - len(asked) - 3
        result = []
        for index, context in enumerate(encoded[1:]):
            for first, last in spans.windows(len(context.ids), size, self._limits["overlap_tokens"]):
                ids = [self._cls, *asked, self._sep, *context.ids[first:last], self._sep]
                result.append(_Window(index, ids, len(asked) + 2, context.offsets[first:last]))
        return result

    def _scores(self, windows: Sequence[_Window]) -> list[tuple[NDArray[np.float32], NDArray[np.float32]]]:
        """Start and end scores of each window, float32 (tokens of the window,)."""
        torch = self._torch
        scores: dict[int, tuple[NDArray[np.float32], NDArray[np.float32]]] = {}
        by_length = sorted(range(len(windows)), key=lambda i: len(windows[i].ids))
        for first in range(0, len(by_length), self._limits["batch_windows"]):
            rows = by_length[first : first + self._limits["batch_windows"]]
            length = max(len(windows[row].ids) for row in rows)
            ids = np.zeros((len(rows), length), dtype=np.int64)
            types, mask = np.zeros_like(ids), np.zeros_like(ids)
            for at, row in enumerate(rows):
                window = windows[row]
                ids[at, : len(window.ids)], mask[at, : len(window.ids)] = window.ids, 1
                types[at, window.context_from : len(window.ids)] = 1
            with torch.inference_mode():
                out = self._model(
                    input_ids=torch.from_numpy(ids),
                    token_type_ids=torch.from_numpy(types),
                    attention_mask=torch.from_numpy(mask) if not mask.all() else None,
                )
            starts, ends = out.start_logits.float().numpy(), out.end_logits.float().numpy()
            for at, row in enumerate(rows):
                scores[row] = starts[at], ends[at]
        return [scores[row] for row in range(len(windows))]


def available(folder: Path = WEIGHTS) -> bool:
    """Whether a trained reader is installed."""
    return (folder / _MANIFEST).is_file()


def _token_id(tokenizer: Any, token: str) -> int:
    id_ = tokenizer.token_to_id(token)
    if id_ is None:
        raise ModelMissing("the reader", "its tokenizer.json", f"It knows no {token}.")
    return int(id_)


def _open_model(folder: Path, dtype: Any) -> Any:
    from transformers import BertConfig, BertForQuestionAnswering
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    config = BertConfig.from_pretrained(str(folder), attn_implementation="sdpa")
    model = BertForQuestionAnswering.from_pretrained(
        str(folder), config=config, dtype=dtype, local_files_only=True, use_safetensors=True
    )
    model.eval()  # type: ignore[no-untyped-call]
    return model


def _verified(folder: Path) -> dict[str, Any]:
    """The manifest of the reader in `folder`, once every file has the SHA-256 that it names."""
    advice = "Install Verbatim again, or train the reader with: make train"
    try:
        manifest: dict[str, Any] = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
        _ = float(manifest["null_threshold"]), float(manifest["widening_slack"]), dict(manifest["limits"])
        for name in _FILES:
            if sha256(folder / name) != manifest["files"][name]:
                raise ModelMissing(
                    "the reader", str(folder / name), f"Its SHA-256 is not the expected one. {advice}"
                )
    except OSError as error:
        raise ModelMissing("the reader", str(folder), f"{type(error).__name__}: {error}. {advice}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise ModelMissing(
            "the reader", str(folder / _MANIFEST), f"{type(error).__name__}: {error}. {advice}"
        ) from error
    return manifest


def _has_bfloat16() -> bool:
    """Whether this processor multiplies bfloat16 in hardware; elsewhere it is slower than float32."""
    import torch

    cpu = torch.backends.cpu.get_cpu_capability() if hasattr(torch.backends, "cpu") else ""
    checks = ("_is_amx_tile_supported", "_is_avx512_bf16_supported")
    return cpu != "DEFAULT" and any(getattr(torch.cpu, name, lambda: False)() for name in checks)
