"""What teachers told of windows, kept: their likeliest starts and ends, a hundred bytes or so a window."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from qa.lab.train.loss import Logits

LIKELIEST = 16  # starts, and as many ends
IMPOSSIBLE = -1000.0  # a log probability; float16 has it


class Told:
    """Finds what was told of a window by its word pieces."""

    def __init__(
        self,
        keys: NDArray[np.uint64],
        places: NDArray[np.uint16],
        log_p: NDArray[np.float16],
        temperature: float,
    ) -> None:
        """keys: (windows,), as `key` makes them; places: of tokens, (windows, 2, LIKELIEST), starts and ends; log_p:
        their log probabilities, softened by the temperature, of the same shape.
        """
        self.keys, self.places, self.log_p = keys, places, log_p
        self.temperature = temperature
        self._rows = {one: row for row, one in enumerate(keys.tolist())}

    @classmethod
    def nothing(cls, temperature: float) -> Told:
        shape = (0, 2, LIKELIEST)
        return cls(
            np.zeros(0, np.uint64), np.zeros(shape, np.uint16), np.zeros(shape, np.float16), temperature
        )

    @classmethod
    def open(cls, file: Path) -> Told:
        """Raises OSError, and ValueError or KeyError where it is no such file."""
        with np.load(file, allow_pickle=False) as kept:
            arrays = (kept["keys"], kept["places"], kept["log_p"])
            return cls(*arrays, float(kept["temperature"]))

    def save(self, file: Path) -> None:
        """Whole or not at all."""
        new = file.with_suffix(".new.npz")
        np.savez_compressed(
            new,
            keys=self.keys,
            places=self.places,
            log_p=self.log_p,
            temperature=self.temperature,
        )
        new.replace(file)

    def and_of(self, *others: Told) -> Told:
        """With what is told of other windows."""
        every = (self, *others)
        return Told(
            np.concatenate([one.keys for one in every]),
            np.concatenate([one.places for one in every]),
            np.concatenate([one.log_p for one in every]),
            self.temperature,
        )

    def at(self, temperature: float) -> Told:
        """The same, softened by another temperature.

        Tokens that are not among the likeliest count as half as likely as the last of these, as many as make up for
        what is lacking to 1.
        """
        if temperature == self.temperature:
            return self
        power = self.temperature / temperature
        log_p = self.log_p.astype(np.float32)
        rest = np.clip(1 - np.exp(log_p).sum(2, keepdims=True), 1e-6, 1)
        log_rest = np.log(rest) + (power - 1) * (log_p.min(2, keepdims=True) - np.log(2))
        log_p = np.where(log_p > IMPOSSIBLE, power * log_p, IMPOSSIBLE)
        every = np.logaddexp.reduce(np.concatenate((log_p, log_rest), axis=2), axis=2, keepdims=True)
        log_p = np.where(log_p > IMPOSSIBLE, log_p - every, IMPOSSIBLE)
        return Told(self.keys, self.places, log_p.astype(np.float16), temperature)

    def __len__(self) -> int:
        return len(self.keys)

    def row(self, ids: Sequence[int]) -> int:
        """Where it stands what was told of the window of these word pieces; -1 where nothing was."""
        return self._rows.get(key(ids), -1)

    def of(self, batch: Mapping[str, torch.Tensor]) -> tuple[torch.Tensor, torch.Tensor]:
        """places (int64) and log probabilities (float32), (batch, 2, LIKELIEST), of a batch as `collate` makes it.

        What was told of tokens that a window has lost since counts for its others. Where nothing was told, nothing is
        likely.
        """
        at = batch["told"].cpu().numpy()
        allowed, cut = batch["allowed"].cpu().numpy(), batch["cut"].cpu().numpy()[:, None, None]
        known = (at >= 0)[:, None, None]
        before = np.where(known, self.places[at], 0).astype(np.int64)
        p = np.where(known, np.exp(self.log_p[at].astype(np.float32)), 0)
        places = np.where(before > 0, before - cut, 0)
        places = np.where((places > 0) & (places < allowed.shape[1]), places, 0)
        left = (places > 0) | (before == 0)
        left &= np.take_along_axis(allowed[:, None, :], places, axis=2)
        kept = np.where(left, p, 0)
        every, still = p.sum(2, keepdims=True), kept.sum(2, keepdims=True)
        with np.errstate(divide="ignore", invalid="ignore"):
            log_p = np.log(kept * every / still)
        log_p = np.nan_to_num(log_p, nan=IMPOSSIBLE, neginf=IMPOSSIBLE).astype(np.float32)
        device = batch["told"].device
        return torch.from_numpy(places).to(device), torch.from_numpy(log_p).to(device)


def key(ids: Sequence[int]) -> int:
    """Of a window's word pieces: the first 64 bits of their SHA-256."""
    return int.from_bytes(hashlib.sha256(np.array(ids, np.int32).tobytes()).digest()[:8], "big")


def likeliest(scores: Logits, temperature: float) -> tuple[NDArray[np.uint16], NDArray[np.float16]]:
    """The places and softened log probabilities of the likeliest starts and ends, (batch, 2, LIKELIEST)."""
    softened = torch.log_softmax(torch.stack(scores, dim=1) / temperature, dim=2)
    if lacking := max(0, LIKELIEST - softened.shape[2]):
        softened = torch.nn.functional.pad(softened, (0, lacking), value=IMPOSSIBLE)
    log_p, places = softened.topk(LIKELIEST, dim=2)
    places = places.masked_fill(log_p <= IMPOSSIBLE, 0)  # those that only fill up
    return places.cpu().numpy().astype(np.uint16), log_p.clamp_min(IMPOSSIBLE).cpu().numpy().astype(
        np.float16
    )
