"""Plain `pytest tests/<assignment>`: the reference without a submission, a notebook with one."""

import subprocess
import sys

import pytest


def plain_pytest(course, *options):
    return subprocess.run(
        [sys.executable, "-m", "pytest", "tests/tiny", "-q", "-p", "no:cacheprovider", *options],
        cwd=course.root, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.slow
def test_without_a_submission_the_reference_is_judged_and_passes(tiny):
    done = plain_pytest(tiny)
    assert done.returncode == 0, done.stdout
    assert "passed" in done.stdout and "failed" not in done.stdout


@pytest.mark.slow
def test_a_submission_is_judged_and_its_message_and_hint_stand_where_a_traceback_would(
    tiny, filled, tmp_path
):
    path = tmp_path / "tiny.ipynb"
    path.write_bytes(filled(double="def double(x):\n    return x * x"))
    done = plain_pytest(tiny, "--submission", str(path), "-k", "double")
    assert done.returncode == 1, done.stdout
    assert "That is the square." in done.stdout and "Traceback" not in done.stdout
