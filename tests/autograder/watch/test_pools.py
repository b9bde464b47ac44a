"""Warm workers are made anew when what they hold has changed."""

from contextlib import closing

import pytest

from autograder.watch.pools import WarmPools

# nbgrader leaves a time stamp's file open when it releases feedback
pytestmark = pytest.mark.filterwarnings(
    "ignore:.*timestamp.txt:pytest.PytestUnraisableExceptionWarning"
)


def test_a_file_that_several_assignments_share_makes_the_workers_anew(tiny):
    path, common = tiny.tests("tiny") / "test_tiny.py", tiny.root / "tests/common.py"
    path.write_text("from common import A\n" + path.read_text())
    common.write_text("A = 1\n")
    with closing(WarmPools(tiny)) as pools:
        before = pools.get("tiny")
        assert pools.get("tiny") is before
        common.write_text("A = 10\n")
        assert pools.get("tiny") is not before
