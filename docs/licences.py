"""docs/licences.md, made of what the very versions of deploy/requirements.lock say of themselves.

    python docs/licences.py [WHEELS]

WHEELS: a folder with the files that the lock names by their hashes. Without it, what is installed is read where it is
the locked version, and else the row stays that the page has of that version; where there is none, it ends with an error
that says how to get the files. A test holds the page against the lock and against what this makes.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from email.message import Message
from email.parser import BytesParser
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from zipfile import ZipFile

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
    "versions of [deploy/requirements.lock](../deploy/requirements.lock). Each licence is what that version says of "
    "itself (`python docs/licences.py WHEELS`, over the files that the lock names); nobody has read their texts for "
    "this table. What their wheels hold besides, such as numerical libraries, is told by the licences in them.\n"
)


def page(wheels: Mapping[str, Message] | None = None) -> str:
    """wheels: what `read` found, by package. Raises LookupError."""
    told = {name: (version, licence(name, version, wheels or {})) for name, version in locked().items()}
    others = [f"{name} ({said})" for name, (_, said) in told.items() if not permissive(said)]
    rows = "\n".join(f"| {name} | {version} | {said} |" for name, (version, said) in told.items())
    return (
        f"{_OPENING}\nAll but these are permissive: {'; '.join(others)}.\n\n"
        f"| package | version | licence |\n|---|---|---|\n{rows}\n"
    )


def rows() -> dict[tuple[str, str], str]:
    """What the page has now: the licence by package and version."""
    found = re.findall(
        r"^\| ([a-z0-9-]+) \| (\S+) \| (.+) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE
    )
    return {(name, version): said for name, version, said in found[1:]}  # but the header


def read(folder: Path) -> dict[str, Message]:
    """What each wheel in the folder says of itself, by package. Raises LookupError for one that is not locked."""
    lock, found = _LOCK.read_text(encoding="utf-8"), {}
    for wheel in sorted(folder.glob("*.whl")):
        if f"sha256:{sha256(wheel.read_bytes()).hexdigest()}" not in lock:
            raise LookupError(f"{wheel.name} is none of the files that {_LOCK.name} names.")
        with ZipFile(wheel) as opened:
            (about,) = [
                name for name in opened.namelist() if re.fullmatch(r"[^/]+\.dist-info/METADATA", name)
            ]
            said = BytesParser().parsebytes(opened.read(about))
        found[re.sub(r"[-_.]+", "-", said["Name"]).lower()] = said
    return found


def locked() -> dict[str, str]:
    """The version of each package, by its name; torch, which is installed from where its builds are, too."""
    found = dict(re.findall(r"^([a-z0-9-]+)==(\S+) \\$", _LOCK.read_text(encoding="utf-8"), re.MULTILINE))
    (torch,) = re.findall(r"torch==([\d.]+)", (_LOCK.parent / "Dockerfile").read_text(encoding="utf-8"))
    return dict(sorted({**found, "torch": torch}.items()))


def licence(package: str, version: str, wheels: Mapping[str, Message]) -> str:
    """Of this version and no other. Raises LookupError where it is not to be had."""
    if package in wheels and wheels[package]["Version"] == version:
        return _named(wheels[package])
    if installed(package) == version:
        return _named(distribution(package).metadata)  # type: ignore[arg-type]  # it is an email.message.Message
    kept = rows().get((package, version))
    if kept is None:
        raise LookupError(
            f"{package} {version} is not installed here, but {installed(package) or 'nothing'}. Get the locked files "
            f"with: pip download --require-hashes --no-deps -r {_LOCK.parent.name}/{_LOCK.name} -d WHEELS"
        )
    return kept


def installed(package: str) -> str | None:
    """Its version, without the name of a build."""
    try:
        return distribution(package).version.partition("+")[0]
    except PackageNotFoundError:
        return None


def _named(told: Message) -> str:
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
    PAGE.write_text(page(read(Path(sys.argv[1])) if len(sys.argv) > 1 else {}), encoding="utf-8")
