"""After many hostile submissions nothing is left behind."""

import gc
from pathlib import Path

import psutil
import pytest
from attacking import attacks


def traces(arena):
    """What a submission could leave: descriptors, processes, folders, memory (MiB)."""
    gc.collect()
    me = psutil.Process()
    children = me.children(recursive=True)
    base = arena.grader.sandbox._folders.base
    return {
        "descriptors": len(list(Path("/proc/self/fd").iterdir())),
        "processes": len(children),
        "of the warm processes": sum(p.num_fds() for p in children),
        "threads": me.num_threads(),
        "scratch": sorted(str(p.relative_to(base)) for p in base.rglob("*") if p.parent != base),
        "witness": sorted(p.name for p in arena.witness.folder.iterdir()),
    }, sum(p.memory_info().rss for p in [me, *children]) >> 20


def storm(arena, count):
    tried = [a for a in attacks() if not a.slow and a.outcome != "T" and a.family != "eating"]
    tried += [a for a in attacks() if a.name in ("bytearray of a terabyte", "Recursion in C")]
    for number in range(count):
        arena.grade(tried[number * 7 % len(tried)])


@pytest.mark.slow
def test_fifty_hostile_submissions_leave_nothing(arena):
    storm(arena, 20)
    before, _ = traces(arena)
    storm(arena, 50)
    assert traces(arena)[0] == before
    assert arena.next_is_right() == ""


@pytest.mark.slow
def test_hundreds_of_hostile_submissions_leave_nothing(arena_a):
    storm(arena_a, 50)
    before, memory = traces(arena_a)
    storm(arena_a, 200)
    after, memory_after = traces(arena_a)
    assert after == before
    assert memory_after - memory < 20, f"{memory} MiB before, {memory_after} MiB after"
    assert arena_a.grader.sandbox.restarts == 0
    assert arena_a.next_is_right() == ""
