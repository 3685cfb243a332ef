"""The forward pass, beside transformers' of the same weights."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import tiny_bert
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file
from transformers import BertModel

from embeddings import bert, integers
from embeddings.bert import WORDS, Bert, States, Unsupported, _parts, compute_type, fast_type
from embeddings.words import word_embeddings

needs_integers = pytest.mark.skipif(not integers.available(), reason="neither AVX2 nor oneDNN")
LENGTHS = (3, 31, 32, 33, 64, 1, 200, 65, 33)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_bert.save_backbone(tmp_path_factory.mktemp("backbone"), "bridge", "river")


@pytest.fixture(scope="module")
def texts() -> list[list[int]]:
    drawn = np.random.default_rng(3)
    return [drawn.integers(5, 60, length).tolist() for length in LENGTHS]


def _states(
    bert: Bert, texts: Sequence[Sequence[int]], second_from: Sequence[int] | None = None
) -> list[NDArray[np.float32]]:
    found: dict[int, NDArray[np.float32]] = {}
    for members, states in bert.hidden(texts, second_from):
        for number, row in zip(members, states.float().numpy(), strict=True):
            assert number not in found
            found[number] = row[: len(texts[number])]
    return [found[number] for number in range(len(texts))]


def _as_transformers(
    folder: Path, text: Sequence[int], second_from: int | None = None
) -> NDArray[np.float32]:
    model = BertModel.from_pretrained(str(folder), attn_implementation="eager")
    model.eval()  # type: ignore[no-untyped-call]
    types = torch.zeros(1, len(text), dtype=torch.long)
    if second_from is not None:
        types[:, second_from:] = 1
    with torch.inference_mode():
        found = model(input_ids=torch.tensor([text]), token_type_ids=types).last_hidden_state[0]
    states: NDArray[np.float32] = found.numpy()
    return states


def test_every_text_gets_the_states_it_gets_from_transformers_alone(
    folder: Path, texts: list[list[int]]
) -> None:
    for number, states in enumerate(_states(Bert(folder, torch.float32), texts)):
        assert states == pytest.approx(_as_transformers(folder, texts[number]), abs=1e-5)


def test_the_second_of_a_pair_is_told_apart(folder: Path, texts: list[list[int]]) -> None:
    second_from = [length // 2 for length in LENGTHS]

    pairs = _states(Bert(folder, torch.float32), texts, second_from)

    for number, states in enumerate(pairs):
        assert states == pytest.approx(_as_transformers(folder, texts[number], second_from[number]), abs=1e-5)
    assert not np.allclose(pairs[4], _as_transformers(folder, texts[4]), atol=1e-3)


@pytest.mark.parametrize("in_hardware", [True, False])
def test_bfloat16_differs_by_its_rounding_only(
    folder: Path, texts: list[list[int]], in_hardware: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not in_hardware:  # where oneDNN may refuse it; else as it is here
        monkeypatch.setattr("embeddings.bert.fast_type", lambda: torch.float32)
    exact, coarse = (_states(Bert(folder, of), texts) for of in (torch.float32, torch.bfloat16))

    for one, other in zip(exact, coarse, strict=True):
        cosines = (one * other).sum(1) / np.linalg.norm(one, axis=1) / np.linalg.norm(other, axis=1)
        assert cosines.min() > 0.999
    assert not np.array_equal(exact[6], coarse[6])


def _kept(states: States, stay: set[int]) -> set[int]:
    """What an exit tells, once it has seen that each text has its states."""
    for members, found in states:
        assert len(members) == len(found)
    return stay


@pytest.mark.parametrize("stay", [{6}, {0, 3, 6, 8}, set(range(len(LENGTHS)))])
def test_texts_that_stay_get_what_they_get_when_all_stay(
    folder: Path, texts: list[list[int]], stay: set[int]
) -> None:
    bert, second_from = Bert(folder, torch.float32), [length // 2 for length in LENGTHS]
    whole = _states(bert, texts, second_from)

    found: dict[int, NDArray[np.float32]] = {}
    for members, states in bert.hidden(texts, second_from, {1: lambda states: _kept(states, stay)}):
        found |= {number: row[: LENGTHS[number]] for number, row in zip(members, states.numpy(), strict=True)}

    assert set(found) == stay
    for number, rows in found.items():
        assert rows == pytest.approx(whole[number], abs=1e-5)


def test_where_all_leave_no_layer_comes_after(folder: Path, texts: list[list[int]]) -> None:
    bert, seen = Bert(folder, torch.float32), list[int]()

    def none_stays(layer: int, states: object) -> tuple[int, ...]:
        seen.append(layer)
        return ()

    exits = {layer: partial(none_stays, layer) for layer in (1, 2)}
    assert list(bert.hidden(texts, exits=exits)) == []
    assert seen == [1]


@needs_integers
def test_integers_differ_by_their_rounding_only(folder: Path, texts: list[list[int]]) -> None:
    exact, coarse = (_states(Bert(folder, of), texts) for of in (torch.float32, torch.int8))

    for one, other in zip(exact, coarse, strict=True):
        cosines = (one * other).sum(1) / np.linalg.norm(one, axis=1) / np.linalg.norm(other, axis=1)
        assert cosines.min() > 0.999
    assert not np.allclose(exact[6], coarse[6], atol=1e-5)


@needs_integers
def test_in_integers_a_text_is_what_it_is_alone_whatever_is_in_the_pass(
    folder: Path, texts: list[list[int]]
) -> None:
    bert = Bert(folder, torch.int8)

    for text, states in zip(texts, _states(bert, texts), strict=True):
        assert states == pytest.approx(_states(bert, [text])[0], abs=1e-4)


@pytest.mark.parametrize(
    ("rows", "dtype", "cuts"),
    [
        (1, torch.bfloat16, [0, 1]),
        (256, torch.bfloat16, [0, 256]),
        (480, torch.bfloat16, [0, 256, 480]),
        (2592, torch.bfloat16, [0, 1024, 2048, 2304, 2560, 2592]),
        (1032, torch.float32, [0, 256, 512, 768, 1024, 1032]),
    ],
)
def test_a_pass_is_cut_into_parts_of_few_sizes(rows: int, dtype: torch.dtype, cuts: list[int]) -> None:
    assert _parts(rows, dtype) == [slice(first, end) for first, end in pairwise(cuts)]


@pytest.mark.parametrize("dtype", [torch.float32, pytest.param(torch.int8, marks=needs_integers)])
def test_threads_get_what_one_alone_gets(folder: Path, texts: list[list[int]], dtype: torch.dtype) -> None:
    bert = Bert(folder, dtype)
    alone = _states(bert, texts)

    with ThreadPoolExecutor(4) as pool:
        for together in pool.map(lambda _: _states(bert, texts), range(8)):
            for one, other in zip(alone, together, strict=True):
                assert other == pytest.approx(one, abs=1e-5)


@pytest.mark.parametrize(
    ("name", "value"),
    [("model_type", "roberta"), ("hidden_act", "relu"), ("position_embedding_type", "relative_key")],
)
def test_another_kind_of_model_is_refused(folder: Path, tmp_path: Path, name: str, value: str) -> None:
    copy = shutil.copytree(folder, tmp_path / "copy")
    config = json.loads((copy / "config.json").read_text())
    (copy / "config.json").write_text(json.dumps(config | {name: value}))

    with pytest.raises(Unsupported, match=f"{name} is '{value}'"):
        Bert(copy, torch.float32)


def test_weights_that_are_cut_off_or_missing_are_refused(folder: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(folder, tmp_path / "copy")
    config = json.loads((copy / "config.json").read_text())
    (copy / "config.json").write_text(json.dumps(config | {"num_hidden_layers": 3}))
    with pytest.raises(Unsupported, match=r"encoder\.layer\.2"):
        Bert(copy, torch.float32)

    (copy / "model.safetensors").write_bytes(b"\0" * 40)
    with pytest.raises(Unsupported, match=r"model\.safetensors"):
        Bert(copy, torch.float32)


def test_word_embeddings_that_the_weights_lack_can_be_another_models(
    folder: Path, texts: list[list[int]], tmp_path: Path
) -> None:
    copy = shutil.copytree(folder, tmp_path / "copy")
    weights = load_file(copy / "model.safetensors")
    save_file({name: t for name, t in weights.items() if name != WORDS}, copy / "model.safetensors")

    with pytest.raises(Unsupported, match="word_embeddings"):
        Bert(copy, torch.float32)
    shared = _states(Bert(copy, torch.float32, word_embeddings(folder)), texts)

    for one, other in zip(shared, _states(Bert(folder, torch.float32), texts), strict=True):
        assert np.array_equal(one, other)


@pytest.mark.parametrize(
    ("hardware", "gains", "fast"),
    [
        (True, True, torch.bfloat16),
        (True, False, torch.float32),
        (False, True, torch.float32),
    ],
)
def test_the_fast_type_is_bfloat16_where_hardware_multiplies_it_faster(
    hardware: bool, gains: bool, fast: torch.dtype, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.backends.cpu, "get_cpu_capability", lambda: "AVX512")
    for name in ("_is_amx_tile_supported", "_is_avx512_bf16_supported"):
        monkeypatch.setattr(torch.cpu, name, lambda: hardware)
    monkeypatch.setattr("embeddings.bert._bfloat16_gains", lambda: gains)

    assert fast_type() == fast_type(torch.device("cpu")) == fast
    assert fast_type(torch.device("cuda")) == torch.bfloat16


@pytest.mark.parametrize(
    ("bfloat16", "float32", "gains"),
    [
        ((9.0, 1.0, 3.0, 1.0, 1.0), (1.0, 2.0, 2.0, 9.0, 2.0), True),
        ((1.0, 4.0, 3.0, 9.0, 4.0), (9.0, 2.0, 9.0, 2.0, 2.0), False),  # the first round does not count
    ],
)
def test_what_multiplies_faster_is_told_by_the_best_of_several_rounds(
    bfloat16: tuple[float, ...], float32: tuple[float, ...], gains: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    times = (seconds for of_round in zip(bfloat16, float32, strict=True) for seconds in of_round)
    monkeypatch.setattr("embeddings.bert._seconds", lambda run: next(times))
    assert bert._bfloat16_gains.__wrapped__() == gains


@pytest.mark.parametrize(
    ("fast", "kernels", "suits"),
    [
        (torch.bfloat16, True, torch.bfloat16),
        (torch.float32, True, torch.int8),
        (torch.float32, False, torch.float32),
    ],
)
def test_what_suits_a_processor(
    fast: torch.dtype, kernels: bool, suits: torch.dtype, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("QA_PRECISION", raising=False)
    monkeypatch.setattr("embeddings.bert.fast_type", lambda: fast)
    monkeypatch.setattr(integers, "available", lambda: kernels)
    assert compute_type() == suits


@pytest.mark.parametrize("capability", ["AVX2", "DEFAULT", "SVE256"])
def test_a_processor_that_shall_do_as_one_without_bfloat16_does(
    capability: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.backends.cpu, "get_cpu_capability", lambda: capability)
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: True)
    assert fast_type() == torch.float32
    assert integers.available() == (capability == "AVX2")


def test_the_environment_names_the_format_where_nothing_else_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("QA_PRECISION", raising=False)
    suits = compute_type()
    for name, other in (("float32", "bfloat16"), ("bfloat16", "int8"), ("int8", "float32")):
        monkeypatch.setenv("QA_PRECISION", name)
        assert compute_type() == getattr(torch, name)
        assert compute_type(other) == getattr(torch, other)
    monkeypatch.setenv("QA_PRECISION", "auto")
    assert compute_type() == suits


def test_a_format_that_is_none_is_named_with_those_that_are(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(
        ValueError, match=r"precision is 'int3'; it must be one of auto, float32, bfloat16, int8"
    ):
        compute_type("int3")
    monkeypatch.setenv("QA_PRECISION", "half")
    with pytest.raises(ValueError, match=r"\$QA_PRECISION is 'half'"):
        compute_type()
