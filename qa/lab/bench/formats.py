"""The reader in several number formats, side by side: how long each takes, and what it costs in quality.

    python -m qa.lab.bench.formats FILE [--limit 1000]

FILE is in SQuAD's layout. Quality: each question over its own paragraph. Time: the same questions over ten
paragraphs, the formats taking turns question by question, so that a busy moment of the machine meets all of them.
ONNX Runtime's int8 is its dynamic quantization of the linear layers, one scale per output channel; needs the
packages of the extra "train".
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from embeddings.bert import chosen_somewhere
from qa.answer.read.neural import WEIGHTS, Exits, NeuralReader, Scores
from qa.lab.measure.evaluate import spread
from qa.lab.sets import metrics, squad
from qa.lab.sets.progress import counted
from qa.records import Passage

PASSAGES = 10
_INPUTS = ("input_ids", "attention_mask", "token_type_ids")


class OnnxReader(NeuralReader):
    """The reader with ONNX Runtime doing the arithmetic, on one thread."""

    def __init__(self, model: Path, folder: Path = WEIGHTS) -> None:
        import onnxruntime

        super().__init__(folder, threads=1, precision="float32")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])

    def _pass(self, windows: Sequence[Any], exits: Exits) -> list[Scores | int]:
        sizes = [len(window.ids) for window in windows]
        fed = {name: np.zeros((len(windows), max(sizes)), dtype=np.int64) for name in _INPUTS}
        for row, (window, size) in enumerate(zip(windows, sizes, strict=True)):
            fed["input_ids"][row, :size], fed["attention_mask"][row, :size] = window.ids, 1
            fed["token_type_ids"][row, window.context_from : size] = 1
        starts, ends = self._session.run(None, fed)
        return [(starts[row, :size], ends[row, :size]) for row, size in enumerate(sizes)]


def export_onnx(folder: Path, to: Path) -> None:
    """The weights in `folder` as an ONNX graph in float32, its batch and length open."""
    import torch
    from transformers import BertForQuestionAnswering

    from embeddings.words import shared

    model = BertForQuestionAnswering.from_pretrained(
        str(folder), local_files_only=True, dtype=torch.float32, attn_implementation="eager"
    ).eval()  # type: ignore[no-untyped-call]
    told = json.loads((folder / "reader.json").read_text(encoding="utf-8")).get("words")
    if told:
        model.get_input_embeddings().weight.data = shared(told["of"], told["sha256"]).float()

    class Scores(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, ids: Any, mask: Any, types: Any) -> tuple[Any, Any]:
            out = self.model(input_ids=ids, attention_mask=mask, token_type_ids=types)
            return out.start_logits, out.end_logits

    example = tuple(torch.ones((2, 16), dtype=torch.long) for _ in _INPUTS)
    names = (*_INPUTS, "starts", "ends")
    with warnings.catch_warnings():
        # The exporter that traces is the one whose graphs quantize_dynamic knows; it says that it is the older one.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            Scores(),
            example,
            str(to),
            input_names=list(_INPUTS),
            output_names=["starts", "ends"],
            dynamic_axes={name: {0: "windows", 1: "tokens"} for name in names},
            opset_version=17,
            dynamo=False,
        )


def quantize(model: Path, to: Path) -> None:
    """The linear layers of an ONNX graph in int8."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    quantize_dynamic(
        model,
        to,
        weight_type=QuantType.QInt8,
        per_channel=True,
        extra_options={"MatMulConstBOnly": True, "DefaultTensorType": 1},
    )


def compare(
    readers: Mapping[str, NeuralReader], file: Path, *, limit: int | None, timed: int
) -> dict[str, dict[str, float]]:
    """name -> exact_match and f1 in per cent, and milliseconds: the median for a question over ten paragraphs."""
    pairs = [(p, q) for p in squad.read(file) for q in p.questions if q.answerable]
    contexts = list(dict.fromkeys(p.context for p, _ in pairs))
    asked = spread(pairs, limit)
    found: dict[str, dict[str, float]] = {}
    for name, reader in readers.items():
        texts = [_best(reader, q.text, p.context) for p, q in counted(asked, name)]
        golds = [q.answer_texts for _, q in asked]
        for metric, function in (("exact_match", metrics.exact_match), ("f1", metrics.f1)):
            score: Callable[[str, Sequence[str]], float] = function
            values = [score(text, gold) for text, gold in zip(texts, golds, strict=True)]
            found.setdefault(name, {})[metric] = round(100 * statistics.fmean(values), 2)
    times: dict[str, list[float]] = {name: [] for name in readers}
    for number, (_, question) in enumerate(spread(pairs, timed)):
        passages = [_passage(contexts[(number * PASSAGES + n) % len(contexts)]) for n in range(PASSAGES)]
        for name, reader in readers.items():
            since = time.perf_counter()
            reader.read(question.text, passages)
            times[name].append(1000 * (time.perf_counter() - since))
    return {name: {**found[name], "ms": round(statistics.median(times[name]), 1)} for name in readers}


def _best(reader: NeuralReader, question: str, context: str) -> str:
    spans = reader.read(question, [_passage(context)])
    return spans[0].text if spans else ""


def _passage(context: str) -> Passage:
    return Passage(0, "", 0, len(context), context)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path)
    parser.add_argument("--reader", type=Path, default=WEIGHTS, metavar="FOLDER")
    parser.add_argument("--limit", type=int, default=1000, metavar="N", help="questions for the quality")
    parser.add_argument("--timed", type=int, default=40, metavar="N", help="questions for the time")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        whole, small = Path(folder) / "float32.onnx", Path(folder) / "int8.onnx"
        export_onnx(arguments.reader, whole)
        quantize(whole, small)
        readers = {
            **{
                f"torch {name}": NeuralReader(arguments.reader, threads=1, precision=name)
                for name in chosen_somewhere()
            },
            "ONNX Runtime float32": OnnxReader(whole, arguments.reader),
            "ONNX Runtime int8": OnnxReader(small, arguments.reader),
        }
        print(
            json.dumps(
                compare(readers, arguments.file, limit=arguments.limit, timed=arguments.timed), indent=1
            )
        )


if __name__ == "__main__":
    main()
