"""Another version of a library decides for whoever imports it, and only for them."""

import json

import pytest

from autograder.batch.run import ClassRun
from autograder.grading.fingerprint import Outdated, change, fingerprint, imported_in


@pytest.fixture
def library(tmp_path, monkeypatch):
    folder = tmp_path / "site-packages" / "a_library"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(folder.parent)
    return folder


def test_imports_are_read_from_a_notebooks_text():
    lines = [
        "import pandas as pd, scipy.stats\n", "  from sklearn.metrics import f1_score\n",
        "x = 1; import yaml", "def f():\n    import torch\n", "important = 'from here'\n",
    ]  # fmt: skip
    content = json.dumps(
        {"cells": [{"source": lines}, {"source": "import a.b\nimport c"}]}
    ).encode()
    assert imported_in([content]) == ["a", "c", "pandas", "scipy", "sklearn", "torch", "yaml"]
    assert imported_in([b"\xff\n" + b'"import x' * 10**5]) == ["x"]


def test_a_library_that_only_a_student_imports_decides_for_that_student(tiny, library, submit):
    submit("ada", double="import a_library\ndef double(x):\n    return x * 2")
    submit("bob")
    run = ClassRun(tiny, "tiny")
    before = {student: run.read(student)[1] for student in ("ada", "bob")}
    (library / "_version.py").write_text("__version__ = 2\n")
    run = ClassRun(tiny, "tiny")
    found = {student: change(key, run.read(student)[1]) for student, key in before.items()}
    assert found == {"ada": Outdated(("the library a_library changed",), None), "bob": None}


def test_a_library_that_only_the_solution_imports_decides(tiny, library):
    path = tiny.solution("tiny")
    path.write_text("import a_library\n" + path.read_text())
    before = fingerprint(tiny, "tiny", ["double"])
    (library / "_version.py").write_text("__version__ = 2\n")
    found = change(before, fingerprint(tiny, "tiny", ["double"]))
    assert found == Outdated(("the library a_library changed",), None)
