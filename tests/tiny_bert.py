"""A BERT small enough to train in a test: two layers of 32, and a vocabulary of letters and a few words."""

from __future__ import annotations

import string
from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer
from transformers import (
    BertConfig,
    BertForQuestionAnswering,
    BertModel,
    BertPreTrainedModel,
    PreTrainedTokenizerFast,
)

from qa.lab.train.export import export

torch.set_num_threads(1)  # for matrices of 32 a second thread only waits: minutes, beside a busy neighbour

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
LETTERS = string.ascii_lowercase + string.digits


def tokenizer(*words: str) -> PreTrainedTokenizerFast:
    """Knows `words` whole; others by their letters; letters that are not Latin not at all."""
    pieces = [*LETTERS, *(f"##{letter}" for letter in LETTERS), *string.punctuation]
    vocabulary = {token: id_ for id_, token in enumerate(dict.fromkeys([*SPECIAL, *pieces, *words]))}
    model = Tokenizer(WordPiece(vocabulary, unk_token="[UNK]"))
    model.normalizer = BertNormalizer(lowercase=True)
    model.pre_tokenizer = BertPreTokenizer()
    pad, unk, cls, sep, mask = SPECIAL
    return PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=model, pad_token=pad, unk_token=unk, cls_token=cls, sep_token=sep, mask_token=mask
    )


def config(vocabulary: int, spread: float = 0.02) -> BertConfig:
    """spread: of the random weights; larger ones give scores that lie further apart."""
    return BertConfig(
        vocab_size=vocabulary,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=512,
        initializer_range=spread,
    )


def save_backbone(folder: Path, *words: str, seed: int = 1) -> Path:
    """An encoder with random weights and its tokenizer, as transformers saves them."""
    return _save(BertModel, folder, words, seed)


def save_trained(folder: Path, *words: str, seed: int = 1) -> Path:
    """A reader as the trainer leaves it, with random weights that lie apart, and its tokenizer."""
    return _save(BertForQuestionAnswering, folder, words, seed, spread=0.2)


def _save(
    model: type[BertPreTrainedModel], folder: Path, words: Sequence[str], seed: int, spread: float = 0.02
) -> Path:
    torch.manual_seed(seed)
    knows = tokenizer(*words)
    model(config(len(knows), spread)).save_pretrained(str(folder))
    knows.save_pretrained(str(folder))
    return folder


def save_reader(folder: Path, *words: str, null_threshold: float = 0.5, seed: int = 1) -> Path:
    """A reader as it is shipped, with random weights: it means nothing by what it says, but says it clearly."""
    trained = save_trained(folder / "trained", *words, seed=seed)
    weights = load_file(trained / "model.safetensors")
    export(weights, trained, folder / "reader", null_threshold=null_threshold)
    return folder / "reader"
