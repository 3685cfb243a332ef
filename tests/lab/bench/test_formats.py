from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
import tiny_bert

from qa.answer.read.neural import NeuralReader
from qa.lab.bench.formats import OnnxReader, compare, export_onnx, quantize
from qa.records import Passage

WORDS = "bridge river ferry boat opened closed built crossed north south early late red blue".split()
TEXTS = ("the bridge opened early .", "a red ferry crossed the river north , then a blue boat closed late .")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_bert.save_reader(tmp_path_factory.mktemp("reader"), *WORDS)


@pytest.fixture(scope="module")
def graphs(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    whole, small = (tmp_path_factory.mktemp("graphs") / name for name in ("whole.onnx", "small.onnx"))
    export_onnx(folder, whole)
    quantize(whole, small)
    return whole, small


def test_the_graph_reads_as_the_reader_does_whatever_the_lengths(
    folder: Path, graphs: tuple[Path, Path]
) -> None:
    passages = [Passage(n, "a", 0, len(text), text) for n, text in enumerate((*TEXTS, " ".join(TEXTS * 9)))]
    wanted = NeuralReader(folder, precision="float32").find("who crossed the river ?", passages)

    found = OnnxReader(graphs[0], folder).find("who crossed the river ?", passages)

    assert [len(spans) for _, spans in found] == [len(spans) for _, spans in wanted]
    for (_, ours), (_, theirs) in zip(found, wanted, strict=True):
        assert [(c.start, c.end) for c in ours] == [(c.start, c.end) for c in theirs]
        assert [c.score for c in ours] == pytest.approx([c.score for c in theirs], abs=1e-3)


def test_a_quantized_graph_is_smaller_and_reads_a_little_otherwise(
    folder: Path, graphs: tuple[Path, Path]
) -> None:
    passages = [Passage(0, "a", 0, len(TEXTS[1]), TEXTS[1])]
    whole, small = (OnnxReader(graph, folder).find("who ?", passages)[0].candidates for graph in graphs)

    assert graphs[1].stat().st_size < graphs[0].stat().st_size
    assert small[0].score == pytest.approx(whole[0].score, abs=0.5)
    assert [c.score for c in small] != [c.score for c in whole]


def test_formats_are_compared_on_the_same_questions(folder: Path, tmp_path: Path) -> None:
    paragraphs = [
        {
            "context": text,
            "qas": [
                {
                    "id": str(n),
                    "question": "who ?",
                    "answers": [{"text": "the", "answer_start": text.index("the")}],
                }
            ],
        }
        for n, text in enumerate(TEXTS)
    ]
    file = tmp_path / "file.json.gz"
    file.write_bytes(gzip.compress(json.dumps({"data": [{"title": "t", "paragraphs": paragraphs}]}).encode()))
    readers = {name: NeuralReader(folder, precision=name) for name in ("float32", "bfloat16")}

    found = compare(readers, file, limit=None, timed=2)

    assert set(found) == set(readers)
    for figures in found.values():
        assert set(figures) == {"exact_match", "f1", "ms"}
        assert 0 <= figures["exact_match"] <= figures["f1"] <= 100
        assert figures["ms"] > 0
