"""The confidence model's held-out figures -> a page of them with two pictures: how much is wrong of what is answered,
and whether "70 %" means 70 %.

    python -m qa.lab.fit.pictures --to docs

Reads what `python -m qa.lab.fit.confidence` wrote beside the reader; the same figures give the same files.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import matplotlib

from qa.answer.decide.confidence import FILE
from qa.answer.read.neural import WEIGHTS
from qa.errors import BadRequest

from .confidence import table

matplotlib.use("svg")
matplotlib.rcParams["svg.hashsalt"] = "verbatim"  # else every file names its parts anew
from matplotlib import pyplot  # noqa: E402  (the backend is chosen before)

_COMPARED = (
    ("auroc_answerable", ".3f"),
    ("auroc_answered", ".3f"),
    ("auroc_right", ".3f"),
    ("ece", ".3f"),
    ("rightly_treated", ".1f"),
)
_BLUE, _GREY = "#1f5fa8", "#999999"
_SIZE = (5.2, 3.6)  # inches


def risk_coverage(figures: dict[str, Any], threshold: float, file: Path) -> None:
    """The share of wrong answers when only the surest are given; a dot where the threshold stands."""
    curve = figures["risk_coverage"]
    figure, axes = pyplot.subplots(figsize=_SIZE)
    axes.plot([100 * c for c, _, _ in curve], [100 * r for _, r, _ in curve], color=_BLUE)
    at = max((point for point in curve if point[2] >= threshold), default=curve[0], key=lambda p: p[0])
    axes.plot([100 * at[0]], [100 * at[1]], "o", color=_BLUE)
    axes.annotate(
        f"served: confidence ≥ {threshold:.2f}",
        (100 * at[0], 100 * at[1]),
        textcoords="offset points",
        xytext=(-8, 6),
        ha="right",
    )
    axes.set(xlabel="questions answered, surest first (%)", ylabel="of them wrong (%)", xlim=(0, 100))
    axes.set_ylim(bottom=0)
    _save(figure, file)


def reliability(figures: dict[str, Any], file: Path) -> None:
    """Confidence told against the share that was right; the diagonal is perfect. Larger dots: more answers."""
    bins = figures["reliability"]
    most = max(b["count"] for b in bins)
    figure, axes = pyplot.subplots(figsize=_SIZE)
    axes.plot([0, 100], [0, 100], color=_GREY, linestyle="--", linewidth=1)
    axes.plot([100 * b["confidence"] for b in bins], [100 * b["right"] for b in bins], color=_BLUE)
    sizes = [20 + 120 * b["count"] / most for b in bins]
    axes.scatter(
        [100 * b["confidence"] for b in bins], [100 * b["right"] for b in bins], s=sizes, color=_BLUE
    )
    axes.set(xlabel="confidence told (%)", ylabel="right (%)", xlim=(0, 100), ylim=(0, 100))
    axes.text(4, 92, f"ECE {figures['ece']:.3f}, Brier {figures['brier']:.3f}")
    _save(figure, file)


def _save(figure: Any, file: Path) -> None:
    figure.axes[0].spines[["top", "right"]].set_visible(False)
    figure.tight_layout()
    figure.savefig(file, metadata={"Date": None})
    pyplot.close(figure)


def draw(reader: Path, to: Path) -> list[Path]:
    """Writes the page and its pictures into `to`. Raises BadRequest where no figures were measured."""
    try:
        told = json.loads((reader / FILE).read_text(encoding="utf-8"))
        figures, threshold = told["held_out"], float(told["threshold"])
        curve, bins = figures["risk_coverage"], figures["reliability"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadRequest(
            f"{reader / FILE} has no figures to draw: {error!r}. Run qa.lab.fit.confidence."
        ) from error
    if not curve or not bins:
        raise BadRequest(f"{reader / FILE} has no figures to draw: nothing was answered.")
    files = [to / "risk-coverage.svg", to / "reliability.svg", to / "calibration.md"]
    risk_coverage(figures, threshold, files[0])
    reliability(figures, files[1])
    files[2].write_text(page(figures, threshold), encoding="utf-8")
    return files


def page(figures: dict[str, Any], threshold: float) -> str:
    """In Markdown."""
    questions, share = figures["questions"], 100 * figures["unanswerable_share"]
    without = "\n".join(
        f"| {name} | " + " | ".join(f"{of[measure]:{form}}" for measure, form in _COMPARED) + " |"
        for name, of in figures.get("without", {}).items()
    )
    return f"""# Confidence, measured

{sum(questions.values())} questions over articles held out from the reader's training, asked of the engine over all of
these articles' paragraphs: {questions["answerable"]} answerable, {questions["unanswerable"]} that people wrote so that
their paragraph does not answer. {share:.0f} % of the weight is given to questions without an answer. Each is judged
by a model fitted without its article.

    python -m qa.lab.fit.confidence DATA/squad-2.0-train-rebuilt.json.gz --cache runs/cache
    python -m qa.lab.fit.pictures --to docs

| measure | figure |
|---|---|
| ECE, ten bins | {figures["ece"]:.3f} |
| Brier score | {figures["brier"]:.3f} |
| AUROC, answerable against not, by confidence | {figures["auroc_answerable"]:.3f} |
| the same, by the probability that there is an answer | {figures["auroc_answered"]:.3f} |
| AUROC, right answers against wrong ones | {figures["auroc_right"]:.3f} |
| confidence from which is answered | {threshold:.3f} |
| questions treated rightly at that | {figures["rightly_treated"]:.1f} % |

{table(figures)}

Each feature left out, the others fitted anew:

| features | AUROC, confidence | AUROC, answered at all | AUROC, right against wrong | ECE | treated rightly |
|---|---|---|---|---|---|
{without}

![Whether the confidence told is the share that is right](reliability.svg)

![How much of what is answered is wrong, the surest answers first](risk-coverage.svg)
"""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--reader", type=Path, default=WEIGHTS, help="the reader's folder")
    parser.add_argument("--to", type=Path, required=True, metavar="FOLDER", help="where the pictures go")
    arguments = parser.parse_args()
    for file in draw(arguments.reader, arguments.to):
        print(file)


if __name__ == "__main__":
    main()
