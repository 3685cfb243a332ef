"""What teachers told of windows, kept: their likeliest starts and ends, a hundred bytes or so a window."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from qa.lab.span_loss import Logits

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

    def __len__(self) -> int:
        return len(self.keys)

    def row(self, ids: Sequence[int]) -> int:
        """Where it stands what was told of the window of these word pieces; -1 where nothing was."""
        return self._rows.get(key(ids), -1)

    def of(self, rows: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """places (int64) and log probabilities (float32), (batch, 2, LIKELIEST), on the rows' device.

        Of row -1 nothing is likely.
        """
        at = rows.cpu().numpy()
        known = (at >= 0)[:, None, None]
        places = np.where(known, self.places[at], 0).astype(np.int64)
        log_p = np.where(known, self.log_p[at], IMPOSSIBLE).astype(np.float32)
        return torch.from_numpy(places).to(rows.device), torch.from_numpy(log_p).to(rows.device)


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
