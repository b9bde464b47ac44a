"""Notebooks without hidden graders: what their cells get, and what is kept of what they write."""

from dataclasses import replace

import nbformat
import pytest

from autograder.grading import warm
from autograder.grading.made_files import take_back
from autograder.grading.nbgrader_scored import get_warm, run_cells, warm_up_notebooks
from autograder.grading.warm import cool_down_all
from autograder.sandbox import Nursery


@pytest.fixture(autouse=True)
def cold():
    """Ends what the test kept warm."""
    yield
    cool_down_all()


def notebook(*sources):
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in sources])


@pytest.mark.slow
def test_files_that_are_too_large_to_be_kept_are_flagged_and_the_others_kept(tiny, tmp_path):
    course = replace(tiny, limits=replace(tiny.limits, made_bytes=1000))
    small, large = "open('small.txt', 'w').write('x')", "open('large.txt', 'w').write('x' * 1001)"
    hostile = "import base64; base64.b64encode = lambda content: b'a'"
    given = {"given.txt": b"from the student"}
    shows = "print(open('given.txt').read())"
    ran = [
        run_cells(notebook(*cells), course, given, tiny.source("tiny"), {})
        for cells in ([small, shows], [large, small], [small, hostile])
    ]
    assert ran[0].notebook["cells"][1]["outputs"][0]["text"] == "from the student\n"
    assert ran[0].flags == ()
    assert ran[1].flags == (
        "Files that cells wrote were not kept: together they are larger than 0 MiB "
        "(c.Autograder.made_mib).",
    )
    assert ran[2].files == {}
    take_back(ran[1].files, tmp_path)
    assert (tmp_path / "small.txt").read_text() == "x"
    assert not (tmp_path / "large.txt").exists()


@pytest.mark.slow
def test_the_sandbox_of_a_course_without_hidden_graders_comes_from_the_nursery(tiny, monkeypatch):
    """So one process of a class imports what its notebooks import, and not every worker."""
    source = tiny.source("tiny")
    (source / "colours.py").write_text("import colorsys\n")
    warm.cool_down_all()  # what a test before has left
    with Nursery() as nursery:
        get_warm(tiny, source, warm_up_notebooks(nursery, tiny, source))
        [kept] = warm._kept.values()
        assert kept.thing.box._maker._process is None, "it is a fork"
        monkeypatch.setattr("autograder.grading.nbgrader_scored._WarmSandbox", None)
        shows = "print('colorsys' in sys.modules, 'colours' in sys.modules)"
        nb = notebook("import sys", shows)
        ran = run_cells(nb, tiny, {}, source, {})
    assert ran.notebook["cells"][1]["outputs"][0]["text"] == "True True\n"
