"""Which exercises are marked in an assignment's graders."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.graders.marked import marked_exercises

pytestmark = pytest.mark.family


def test_marks_are_found_on_functions_modules_classes_and_parameters(tmp_path: Path):
    (tmp_path / "test_a.py").write_text(
        "import pytest\nfrom pytest import mark\npytestmark = pytest.mark.exercise('a')\n"
        "@mark.exercise('b')\nclass TestIt:\n    pass\n"
        "P = pytest.param(1, marks=[pytest.mark.exercise('c', weight=2)])\n"
        "ADAM = 'd'\n@pytest.mark.exercise(ADAM)\ndef test_adam(): pass\n"
        "@pytest.mark.slow\ndef test_none(): pass\n"
    )
    assert set(marked_exercises(tmp_path)) == {"a", "b", "c", "d"}
