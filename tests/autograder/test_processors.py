"""How many processors there are for us: those that we may run on, and what control groups grant."""

import os

import pytest

from autograder import processors as module
from autograder.processors import processors


def machine(folder, monkeypatch, own, limits):
    """A machine of eight processors; `limits` are files below its control groups."""
    monkeypatch.setattr(module.os, "sched_getaffinity", lambda pid: set(range(8)), raising=False)
    for name, text in limits.items():
        path = folder / "groups" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (folder / "own").write_text(own)
    return processors(folder / "groups", folder / "own")


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ({}, 8),
        ({"cpu.max": "max 100000\n"}, 8),
        ({"cpu.max": "200000 100000\n"}, 2),
        ({"cpu.max": "150000 100000\n"}, 2),
        ({"cpu.max": "20000 100000\n"}, 1),
        ({"cpu.max": "6400000 100000\n"}, 8),
        ({"cpu.max": "nonsense"}, 8),
        ({"a/b/cpu.max": "max 100000\n", "a/cpu.max": "300000 100000\n"}, 3),
        ({"a/b/cpu.max": "100000 50000\n", "a/cpu.max": "300000 100000\n"}, 2),
        ({"other/cpu.max": "100000 100000\n"}, 8),
    ],
)
def test_control_groups_of_version_2(tmp_path, monkeypatch, limits, expected):
    assert machine(tmp_path, monkeypatch, "0::/a/b\n", limits) == expected


@pytest.mark.parametrize(
    ("quota", "expected"), [("-1\n", 8), ("250000\n", 3), ("100000\n", 1), ("0\n", 8)]
)
@pytest.mark.parametrize("place", ["cpu", "cpu/docker/1", "cpu/docker"])
def test_control_groups_of_version_1(tmp_path, monkeypatch, place, quota, expected):
    """In a container the root of the groups is its own, whatever the path says."""
    limits = {f"{place}/cpu.cfs_quota_us": quota, f"{place}/cpu.cfs_period_us": "100000\n"}
    own = "5:cpuset:/\n4:cpu,cpuacct:/docker/1\n0::/\n"
    assert machine(tmp_path, monkeypatch, own, limits) == expected


def test_no_control_groups_and_no_affinity(tmp_path, monkeypatch):
    """As on macOS."""
    monkeypatch.delattr(module.os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(module.os, "cpu_count", lambda: 4)
    assert processors(tmp_path / "none", tmp_path / "none") == 4


def test_here():
    assert 1 <= processors() <= (os.cpu_count() or 1)
