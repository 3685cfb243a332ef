"""Who may import whom, read from the source."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
OURS = ("qa", "web", "embeddings")
SOURCES = sorted(file for package in OURS for file in (ROOT / package).rglob("*.py"))
# Asking, and building: only they see more than one part.
ROOTS_OF_COMPOSITION = ("qa.engine", "qa.snapshot", "qa.upkeep")
PARTS = ("qa.ingest", "qa.index", "qa.answer")
STAGES = tuple(f"qa.answer.{stage}" for stage in ("understand", "retrieve", "read", "decide", "tell"))
ON_TOP = ("qa.lab", "qa.suggest", "qa.command", "qa.__main__", "web")


def _module(file: Path) -> str:
    return ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def _imports(file: Path) -> set[str]:
    """Every module that `file` imports, anywhere in it, by its full name."""
    here = _module(file).split(".")
    package = here if file.name == "__init__.py" else here[:-1]
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            source = ".".join([*base, *([node.module] if node.module else [])])
            found |= {source, *(f"{source}.{alias.name}" for alias in node.names)}
    return found


def _within(module: str, *packages: str) -> bool:
    return any(module == package or module.startswith(f"{package}.") for package in packages)


IMPORTS = {_module(file): _imports(file) for file in SOURCES}


def _users(*packages: str) -> set[str]:
    return {
        module for module, imported in IMPORTS.items() if any(_within(name, *packages) for name in imported)
    }


def test_the_reading_of_imports_sees_relative_late_and_plain_ones() -> None:
    assert "qa.index.catalog" in IMPORTS["qa.engine"]
    assert "embeddings.encoder" in IMPORTS["qa.snapshot"]  # inside a function
    assert "qa.errors" in IMPORTS["qa.index.local"]
    assert "faiss" in IMPORTS["embeddings.vectors"]


def test_embeddings_imports_nothing_of_ours() -> None:
    for module in IMPORTS:
        if _within(module, "embeddings"):
            assert not [name for name in IMPORTS[module] if _within(name, "qa", "web")], module


def test_only_the_command_line_reaches_up_to_the_web() -> None:
    assert {module for module in _users("web") if not _within(module, "web")} <= {"qa.command.serve"}


@pytest.mark.parametrize("part", PARTS)
def test_ingest_index_and_answer_import_none_of_one_another(part: str) -> None:
    others = [other for other in PARTS if other != part]
    for module in IMPORTS:
        if _within(module, part):
            assert not [name for name in IMPORTS[module] if _within(name, *others)], module


def test_only_the_roots_of_composition_join_them() -> None:
    users_of = {part: _users(part) for part in PARTS}
    for module in IMPORTS:
        joined = [part for part in PARTS if module in users_of[part] and not _within(module, part)]
        if len(joined) > 1:
            assert _within(module, *ROOTS_OF_COMPOSITION, *ON_TOP), f"{module} joins {joined}"


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_of_answering_imports_none_that_comes_after_it(stage: str) -> None:
    later = STAGES[STAGES.index(stage) + 1 :]
    members = [module for module in IMPORTS if _within(module, stage)]
    assert len(members) > 1
    for module in members:
        assert not [name for name in IMPORTS[module] if _within(name, *later)], module


def test_english_stands_below_all_stages() -> None:
    for module in IMPORTS:
        if _within(module, "qa.english"):
            ours = {name for name in IMPORTS[module] if _within(name, "qa", "web", "embeddings")}
            assert not [name for name in ours if not _within(name, "qa.english", "qa.records")], module


def test_nothing_below_imports_what_sits_on_top() -> None:
    for module in IMPORTS:
        if not _within(module, *ON_TOP):
            assert not [name for name in IMPORTS[module] if _within(name, *ON_TOP)], module


@pytest.mark.parametrize(
    ("libraries", "homes"),
    [
        (("faiss",), ("embeddings.vectors",)),
        (
            ("torch", "transformers", "sentence_transformers"),
            (
                "embeddings.encoder",
                "embeddings.bert",
                "embeddings.pooled",
                "embeddings.integers",
                "embeddings.early",
                "embeddings.words",
                "qa.answer.read.neural",
                "qa.lab.train",
                "qa.lab.bench.floor",  # measures what torch reaches
                "qa.lab.bench.index",  # runs the library beside our build
                "qa.lab.bench.formats",
            ),
        ),
        (("flask", "werkzeug", "jinja2", "waitress"), ("web",)),
        (("tantivy",), ("qa.index.lexical",)),
        (("HanTa",), ("qa.suggest.tags",)),
        (("psycopg", "psycopg_pool"), ("qa.index.postgres",)),
        (("pyarrow",), ("qa.index.parts",)),
        (("ray",), ("qa.upkeep.cluster",)),
        (
            ("sqlite3",),
            (
                "qa.index.articles",
                "qa.index.local",
                "qa.ingest.memory",
                "qa.ingest.original",
                "qa.feedback",
                "qa.lab.bench.engines",  # measures its FTS5 beside tantivy
            ),
        ),
    ],
)
def test_a_library_stays_at_home(libraries: tuple[str, ...], homes: tuple[str, ...]) -> None:
    users = _users(*libraries)
    assert users, f"nothing imports {libraries}"
    assert {module for module in users if not _within(module, *homes)} == set()


@pytest.mark.parametrize(
    "statement", ["import qa", "import qa.command.main", "from qa import Settings, Turn"]
)
def test_light_imports_stay_light(statement: str) -> None:
    heavy = ("torch", "faiss", "transformers", "sentence_transformers", "flask", "tantivy", "numpy")
    check = f"{statement}\nimport sys\nprint([name for name in {heavy!r} if name in sys.modules])"
    told = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


@pytest.mark.model
def test_a_server_imports_nothing_that_only_builds_and_other_models_need() -> None:
    builds = ("datasketch", "scipy", "trafilatura", "pypdfium2", "mammoth")
    heavy = (*builds, "transformers", "sentence_transformers", "sklearn", "dateparser")
    check = (
        "import web.serve\nfrom qa.snapshot import open_encoder, open_reader\nfrom qa.settings import Settings\n"
        "open_reader(open_encoder('all-MiniLM-L6-v2'), Settings())\n"
        f"import sys\nprint([name for name in {heavy!r} if name in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


def test_the_page_on_architecture_lists_the_rooms_and_opens_files_that_are_there() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    listed, looked = page.split("## Where to look")[0], page.split("## Where to look")[1]
    rooms = {str(file.parent.relative_to(ROOT)) for file in SOURCES if file.name == "__init__.py"}
    assert set(re.findall(r"^\| `([^`]+)` \|", listed, re.MULTILINE)) == rooms
    for row in looked.splitlines():
        folder = ROOT
        for name in re.findall(r"`([\w/]+\.py)`", row):
            folder = (ROOT / name).parent if "/" in name else folder
            assert (folder / Path(name).name).is_file(), f"{name} in {row}"
