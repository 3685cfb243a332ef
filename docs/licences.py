"""docs/licences.md, made of what the locked packages that are installed say of themselves.

    python docs/licences.py

A test holds the page against deploy/requirements.lock and against what this makes.
"""

from __future__ import annotations

import re
from importlib.metadata import metadata
from pathlib import Path

PAGE = Path(__file__).parent / "licences.md"
_LOCK = Path(__file__).parent.parent / "deploy" / "requirements.lock"
_LINE_CHARS = 60  # longer, it is the text of a licence and not its name
# What asks for no more than to be named, under the names that packages give it.
_PERMISSIVE = re.compile(
    r"(the )?(MIT(-CMU)?|0?BSD([ -][23]-Clause)?|Apache([ -]2\.0)?|ISC|PSF-2\.0|Zlib|CC0-1\.0|CNRI-Python|BSL-1\.0)"
    r"( Software)?( Licen[cs]e)?( \(ISCL\))?( WITH LLVM-exception)?",
    re.IGNORECASE,
)
_OPENING = (
    "# Licences\n\n"
    "Verbatim is under the Apache License 2.0. These packages are installed beside it and used as they come, in the "
    "versions of [deploy/requirements.lock](../deploy/requirements.lock). Each licence is what the package says of "
    "itself (`python docs/licences.py`); nobody has read their texts for this table. What their wheels hold besides, "
    "such as numerical libraries, is told by the licences in them.\n"
)


def page() -> str:
    told = {name: (version, licence(name)) for name, version in locked().items()}
    others = [f"{name} ({said})" for name, (_, said) in told.items() if not permissive(said)]
    rows = "\n".join(f"| {name} | {version} | {said} |" for name, (version, said) in told.items())
    return (
        f"{_OPENING}\nAll but these are permissive: {'; '.join(others)}.\n\n"
        f"| package | version | licence |\n|---|---|---|\n{rows}\n"
    )


def locked() -> dict[str, str]:
    """The version of each package, by its name; torch, which is installed from where its builds are, too."""
    found = dict(re.findall(r"^([a-z0-9-]+)==(\S+) \\$", _LOCK.read_text(encoding="utf-8"), re.MULTILINE))
    (torch,) = re.findall(r"torch==([\d.]+)", (_LOCK.parent / "Dockerfile").read_text(encoding="utf-8"))
    return dict(sorted({**found, "torch": torch}.items()))


def licence(package: str) -> str:
    """Raises PackageNotFoundError."""
    told = metadata(package)
    field = (told.get("License") or "").strip()
    named = [
        one.rpartition(" :: ")[2] for one in told.get_all("Classifier", []) if one.startswith("License ::")
    ]
    short = field if "\n" not in field and len(field) <= _LINE_CHARS else ""
    return told.get("License-Expression") or short or ", ".join(named) or "not told"


def permissive(said: str) -> bool:
    """Whether each part of it is, or one of those that may be chosen from."""
    return any(
        all(_PERMISSIVE.fullmatch(part.strip()) for part in re.split(r" AND |, ", choice))
        for choice in said.split(" OR ")
    )


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
