"""A full disk, a locked gradebook, submissions that cannot be read: said, and nothing is lost."""

import json
import os
import pickle
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
UNSHARE = ["unshare", "--mount", "--propagation", "private"]


def can_mount():
    if not shutil.which("unshare") or os.geteuid():
        return False
    mount = [*UNSHARE, "mount", "-t", "tmpfs", "-o", "size=1m", "none", "/mnt"]
    return subprocess.run(mount, capture_output=True, check=False).returncode == 0


needs_mount = pytest.mark.skipif(
    not can_mount(), reason="a small disk needs the right to mount one (root, CAP_SYS_ADMIN)"
)


def expected_grades(results):
    """What the gradebook says of the whole class in the end."""
    prepared = pickle.loads(results.read_bytes())
    return sorted(
        [student, grade_id, score]
        for student, ready in prepared.items()
        for grade_id, score in ready.scores.scores.items()
    )


def listed(rows):
    return sorted(map(list, rows))


@needs_mount
@pytest.mark.slow
@pytest.mark.parametrize("place", ["autograded", ".autograder", "database"])
def test_a_full_disk_is_named_and_after_making_space_the_same_run_finishes(
    half_recorded, recording, place
):
    course, results = half_recorded
    if place == "database":
        (course.root / "database").mkdir()
        (course.root / "gradebook.db").rename(course.root / "database" / "gradebook.db")
        (course.root / "gradebook.db").symlink_to("database/gradebook.db")
    old = listed(recording.ask(course.root, recording.GRADES))
    script = [sys.executable, str(HERE / "small_disk.py")]
    done = subprocess.run(
        [*UNSHARE, *script, str(course.root), str(results), place],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    named = "gradebook.db" if place == "database" else place
    assert "no space left for" in found["said"] and named in found["said"]
    assert "make space and run the same command again" in found["said"]
    new, left = expected_grades(results), found["left"]
    assert left["integrity"] == [["ok"]] and not left["broken"]
    assert all(row in new or row in old for row in left["grades"]), "nobody is marked wrongly"
    for student in left["kept"]:
        mine = [row for row in left["grades"] if row[0] == student]
        assert mine in ([r for r in new if r[0] == student], [r for r in old if r[0] == student])
    assert found["again"], "what was not recorded is graded again"
    assert listed(found["grades"]) == new
    assert not found["drafts"]
    names = {n for n in found["files"] if n.endswith("/tiny.ipynb")}
    assert names == {f"autograded/{s}/tiny/tiny.ipynb" for s in ("ada", "bob", "cy", "dan", "eve")}
