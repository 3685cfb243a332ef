"""What an operator installs and runs: the lock holds what pyproject.toml asks for, and the examples what exists."""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from qa.ingest.apart import Limits as ReadLimits
from qa.serving.options import OPTIONS

ROOT = Path(__file__).parent.parent
DEPLOY = ROOT / "deploy"
OWN_INDEX = {"torch"}  # its build for processors alone is not where the others are


def _required() -> list[Requirement]:
    """Read without a TOML parser, which Python 3.10 lacks."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    (block,) = re.findall(r"^dependencies = \[\n(.*?)^\]", text, re.DOTALL | re.MULTILINE)
    return [
        Requirement(next(filter(None, one)))
        for one in re.findall(r'^\s+(?:"(.*?)"|\'(.*?)\'),', block, re.MULTILINE)
    ]


def _locked() -> dict[str, tuple[str, int]]:
    """name -> version and number of hashes."""
    text = (DEPLOY / "requirements.lock").read_text(encoding="utf-8")
    entries = re.findall(
        r"^([a-z0-9-]+)==(\S+) \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", text, re.MULTILINE
    )
    assert len(entries) == len(re.findall(r"^[a-z0-9-]+==", text, re.MULTILINE))
    return {name: (version, hashes.count("sha256")) for name, version, hashes in entries}


def test_everything_asked_for_is_locked_in_its_range_with_hashes() -> None:
    locked = _locked()
    asked = [
        one for one in _required() if one.marker is None or one.marker.evaluate({"python_version": "3.12"})
    ]
    assert len(asked) > 20
    for one in asked:
        if one.name in OWN_INDEX:
            assert f"{one.name}{one.specifier}" in (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
            continue
        version, hashes = locked[re.sub(r"[-_.]+", "-", one.name).lower()]
        assert one.specifier.contains(version), f"{one} is locked at {version}"
        assert hashes >= 1


def test_the_container_runs_without_root_and_sets_only_options_that_exist() -> None:
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    assert re.search(r"^USER (?!root)", text, re.MULTILINE)
    assert "--require-hashes" in text and "HEALTHCHECK" in text
    known = {option.variable for option in OPTIONS} | {"QA_DATA", "QA_CONFIG"}
    assert set(re.findall(r"\bQA_[A-Z_]+", text)) <= known


def test_the_unit_is_one_that_systemd_reads_and_starts_a_command_that_exists() -> None:
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read(DEPLOY / "verbatim.service")
    assert {"Unit", "Service", "Install"} <= set(unit.sections())
    assert unit["Service"]["ExecStart"].endswith("/qa serve --access-log")
    assert (unit["Service"]["User"], unit["Service"]["NoNewPrivileges"]) == ("verbatim", "true")


def _checked(*command: str | Path) -> None:
    """By the tool itself, where it is installed."""
    if not shutil.which(command[0]):
        pytest.skip(f"{command[0]} is not installed")
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr


def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    unit = (DEPLOY / "verbatim.service").read_text(encoding="utf-8")
    there = unit.replace("/opt/verbatim/bin/qa", "/bin/true").replace("=verbatim\n", "=root\n")
    (tmp_path / "verbatim.service").write_text(there)  # its program and its user are not on this computer
    _checked("systemd-analyze", "verify", tmp_path / "verbatim.service")


def test_hadolint_takes_the_dockerfile() -> None:
    _checked("hadolint", DEPLOY / "Dockerfile")


def test_nginx_takes_the_example(tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subject = ("-subj", "/CN=verbatim.example", "-keyout", key, "-out", certificate)
    _checked("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", *subject)
    site = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    site = site.replace("/etc/ssl/verbatim.example.pem", str(certificate))
    site = site.replace("/etc/ssl/private/verbatim.example.key", str(key))
    kept = "".join(
        f"{one}_temp_path {tmp_path};" for one in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    around = f"pid {tmp_path}/pid; error_log stderr; events {{}} http {{ access_log off; {kept} {site} }}"
    (tmp_path / "nginx.conf").write_text(around)
    _checked("nginx", "-t", "-q", "-c", tmp_path / "nginx.conf")


@pytest.mark.parametrize("address", ["/articles", "/c/news/articles"])
def test_the_proxy_waits_while_a_file_that_was_sent_is_read(address: str) -> None:
    text = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    waits = dict(re.findall(r"location ~ (\S+) {[^}]*proxy_read_timeout (\d+)s;", text))
    (seconds,) = (int(seconds) for pattern, seconds in waits.items() if re.search(pattern, address))
    assert seconds > ReadLimits().seconds


@pytest.mark.parametrize(
    "header", ["Host", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Request-Id"]
)
def test_the_proxy_sets_every_header_that_is_believed(header: str) -> None:
    text = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    assert f"proxy_set_header {header} " in text
    assert text.count("{") == text.count("}")
