r"""The mean of a trained student and of the reader that it went on from, as a checkpoint.

    python -m qa.lab.train.blend runs/annealed/checkpoint.pt --with qa/models/reader --to runs/blended/checkpoint.pt

What was learnt and what was known before are both mostly kept, so that the mean can be better at each than either
(Wortsman et al., 2022, "Robust fine-tuning of zero-shot models", whose weights are averaged in the same way).
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor

from qa.answer.read.neural import WEIGHTS

from .student import of_folder
from .trainer import write


def blend(trained: Mapping[str, Tensor], before: Mapping[str, Tensor], share: float) -> dict[str, Tensor]:
    """share: 0..1, of the trained ones. What there was not before, as a new head, is taken as it is."""
    return {
        name: torch.lerp(before[name], tensor, share) if name in before else tensor
        for name, tensor in trained.items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("checkpoint", type=Path, help="of the training")
    parser.add_argument(
        "--with", dest="reader", type=Path, default=WEIGHTS, help="folder of the reader that it went on from"
    )
    parser.add_argument(
        "--share", type=float, default=0.5, help="of the checkpoint's weights (default: half)"
    )
    parser.add_argument("--to", type=Path, required=True, help="checkpoint to write")
    arguments = parser.parse_args()
    if not 0 <= arguments.share <= 1:
        parser.error(f"--share is {arguments.share}; it must be between 0 and 1")
    state = torch.load(arguments.checkpoint, weights_only=True)
    before = of_folder(arguments.reader)
    blended = {of: blend(state[of], before, arguments.share) for of in ("masters", "average")}
    arguments.to.parent.mkdir(parents=True, exist_ok=True)
    write(arguments.to, state | blended)
    new = sorted(state["masters"].keys() - before.keys())
    print(json.dumps({"step": state["step"], "share": arguments.share, "taken as they are": new}))


if __name__ == "__main__":
    main()
