"""Two readers' folders -> a third whose weights lie between theirs (Wortsman et al., 2022, "Model soups").

    python -m qa.lab.train.average runs/old runs/new --share 0.5 --to qa/models/reader

Both must be trained from the same backbone, so that what lies between them is a reader too. Then
`python -m qa.lab.fit.threshold` and `python -m qa.lab.fit.confidence`, as after any change of weights.
"""

from __future__ import annotations

import argparse
import json
import shutil
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from embeddings import models


def between(
    one: Mapping[str, torch.Tensor], other: Mapping[str, torch.Tensor], share: float
) -> dict[str, torch.Tensor]:
    """Each weight: (1 - share) of one, share of the other, mixed in float32 and kept in bfloat16.

    Raises ValueError where the two have not the same tensors in the same shapes.
    """
    shapes, others = ({name: t.shape for name, t in state.items()} for state in (one, other))
    if shapes != others:
        apart = sorted(name for name in {*shapes, *others} if shapes.get(name) != others.get(name))
        raise ValueError(f"the readers are of different build, beginning with {apart[0]}")
    return {name: torch.lerp(one[name].float(), other[name].float(), share).bfloat16() for name in one}


def average(one: Path, other: Path, share: float, to: Path) -> None:
    """one, other: readers' folders, as export_reader writes them. The thresholds stay one's until they are tuned."""
    weights = between(load_file(one / "model.safetensors"), load_file(other / "model.safetensors"), share)
    manifest = json.loads((one / "reader.json").read_text(encoding="utf-8"))
    to.mkdir(parents=True, exist_ok=True)
    for name in ("config.json", "tokenizer.json"):
        if to.resolve() != one.resolve():
            shutil.copyfile(one / name, to / name)
    save_file(weights, to / "model.safetensors", metadata={"format": "pt"})
    manifest["files"] = {name: models.sha256(to / name) for name in manifest["files"]}
    (to / "reader.json").write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("one", type=Path, help="a reader's folder, as export_reader writes it")
    parser.add_argument("other", type=Path, help="another")
    parser.add_argument("--share", type=float, required=True, help="of the other, 0 to 1")
    parser.add_argument("--to", type=Path, required=True, help="the folder to write")
    arguments = parser.parse_args()
    average(arguments.one, arguments.other, arguments.share, arguments.to)


if __name__ == "__main__":
    main()
