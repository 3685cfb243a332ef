"""What every test may ask for: the real encoder, opened once, and the demo articles, indexed once."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import settings

os.environ["HF_HUB_OFFLINE"] = "1"  # before anything imports the hub's client: tests never try the network
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
# Here and in what tests start, before anything imports OpenMP: beside another busy process two of its threads wait for
# each other, half a second for what takes 7 ms.
os.environ.setdefault("OMP_NUM_THREADS", "1")

from computing import FORMATS
from database import Database, OwnDatabase, started

from qa.engine import Engine
from qa.ports import Encoder
from qa.serving.gate import cores
from qa.settings import Settings
from qa.snapshot import open_encoder
from qa.upkeep.index import index

# How long an example takes says nothing on a busy machine.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

# Builds wait for the disk most of their time, and no test can tell whether what is written has reached it.
MEMORY = Path("/dev/shm")
MEMORY_BYTES = 2 * 2**30  # a run takes a tenth of it
if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > MEMORY_BYTES:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))  # where `tmp_path` is made

SEEDS = Path(__file__).parent.parent / "seeds"


HERE = Path(__file__).parent
# Folders whose tests build indexes, read whole collections, start servers, fit or train.
SLOW = (
    "command/",
    "index/",
    "ingest/",
    "lab/bench/",
    "lab/fit/",
    "lab/measure/",
    "lab/train/",
    "suggest/",
    "upkeep/",
    "web/",
)
# How long an answer takes says nothing on a busy machine: none is refused because many are asked for at once.
PATIENT = Settings(deadline_seconds=3600.0)
MODEL = {"encoder", "demo_data", "demo_engine", "engine_of_each_format"}


def _slow(path: Path) -> bool:
    return path.is_relative_to(HERE) and f"{path.relative_to(HERE).as_posix()}/".startswith(SLOW)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Without slow tests their files are not even imported: what they import takes longer than the others' tests."""
    return True if "not slow" in config.option.markexpr and _slow(collection_path) else None


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Each opens the models, a browser and a database of its own: some 2 GB."""
    return min(cores(), 4)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--fuzz-cases", type=int, default=200, help="of tests/web/test_fuzz.py, altogether")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What a test asks for tells what it needs: `make quick` runs those that need neither model nor browser."""
    for item in items:
        asked = set(getattr(item, "fixturenames", ()))
        if asked & MODEL:
            item.add_marker("model")
        if "browser" in asked:
            item.add_marker("browser")
        if asked & {"address", "own"} or "postgresql" in item.name:
            item.add_marker("postgres")
        if _slow(item.path):
            item.add_marker("slow")


@pytest.fixture(autouse=True)
def no_data_of_the_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that forgets --data must not touch the index of whoever runs it."""
    monkeypatch.setenv("QA_DATA", str(tmp_path / "default-data"))


@pytest.fixture(scope="session")
def seeds() -> Path:
    """The folder of the five demo articles."""
    return SEEDS


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    """The real default encoder."""
    return open_encoder("all-MiniLM-L6-v2")


@pytest.fixture(scope="session")
def demo_data(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the index of the demo articles; not to be changed."""
    data = tmp_path_factory.mktemp("demo")
    index([SEEDS], data, encoder=encoder)
    return data


@pytest.fixture(scope="session", params=FORMATS)
def engine_of_each_format(request: pytest.FixtureRequest, demo_data: Path, encoder: Encoder) -> Engine:
    """The engine over the demo articles in each number format that this processor may choose."""
    settings = replace(PATIENT, precision=request.param)
    return Engine.open(demo_data, encoder=open_encoder(encoder.name, request.param), settings=settings)


@pytest.fixture(scope="session")
def demo_engine(demo_data: Path, encoder: Encoder) -> Engine:
    """The engine over the demo articles, with the real models."""
    return Engine.open(demo_data, encoder=encoder, settings=PATIENT)


@pytest.fixture(scope="session")
def database() -> Iterator[Database]:
    """A PostgreSQL with pgvector: the one at $DATABASE_URL, or one that is started for the tests and goes with them."""
    if url := os.environ.get("DATABASE_URL"):
        yield Database(url)
        return
    with started() as own:
        yield own


@pytest.fixture
def own(database: Database) -> Iterator[OwnDatabase]:
    """One that may be stopped."""
    if isinstance(database, OwnDatabase):
        yield database
        return
    with started() as made:
        yield made


@pytest.fixture
def address(database: Database) -> Iterator[str]:
    """The address of a schema of its own, which is removed again."""
    with database.schema() as address:
        yield address
