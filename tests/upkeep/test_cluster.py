"""A Ray cluster of two machines, of which one goes in the middle: the index is that of the plain build."""

from __future__ import annotations

import os
import sys
from functools import partial
from pathlib import Path
from threading import Thread

import pytest
from fakes import WordEncoder
from ray.cluster_utils import Cluster
from workers import held, open_waiting, open_words, wait, write

from qa.errors import ModelMissing
from qa.upkeep import parts as upkeep_parts
from qa.upkeep.index import index
from qa.upkeep.parts import InParts


def test_a_machine_that_goes_in_the_middle_of_its_part_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep_parts, "PASSAGES", 8)
    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    monkeypatch.setenv(
        "PYTHONPATH", os.pathsep.join(sys.path)
    )  # of the machines, as if all were installed there
    write(tmp_path / "in")
    plain = index([tmp_path / "in"], tmp_path / "plain", encoder=WordEncoder())
    begun = tmp_path / "begun"
    begun.mkdir()
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    try:
        second = cluster.add_node(num_cpus=1)

        def take_away() -> None:
            wait(lambda: len(list(begun.iterdir())) == 2)  # each machine is in the middle of a part
            cluster.remove_node(second, allow_graceful=False)
            (begun / "go").touch()

        taking = Thread(target=take_away, daemon=True)
        taking.start()
        encoder = WordEncoder()
        in_parts = InParts(tmp_path / "data" / "parts", cluster.address, partial(open_waiting, begun))
        built = index([tmp_path / "in"], tmp_path / "data", encoder=encoder, in_parts=in_parts)
        taking.join()
        in_parts = InParts(tmp_path / "data" / "parts", cluster.address, open_words)
        with pytest.raises(ModelMissing, match="Install the same ones"):
            index([tmp_path / "in"], tmp_path / "others", encoder=WordEncoder("others"), in_parts=in_parts)
    finally:
        cluster.shutdown()
    assert encoder.encoded == []  # the cluster has done all of it
    assert built.encoded == plain.encoded
    assert held(tmp_path / "data") == held(tmp_path / "plain")
