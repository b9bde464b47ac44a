"""Drivers run beside student code: what it can read of them, break in them, and gain by them."""

import json
from contextlib import contextmanager

import pytest
from proven_course import cell, write

from autograder.course import Course
from autograder.grading.grader import Grader
from autograder.judge.checks import Recording, Student
from autograder.notebook.cells import runnable
from autograder.notebook.reading import dumps
from autograder.sandbox import Limits

pytestmark = pytest.mark.family

BOX = """\
class Box:
    def __init__(self, content):
        self.content = content

    def opened(self):
        return self.content * 2
"""
GRADERS = '''
import pytest
from autograder.graders import assert_same

EXPECTED = ["CANARY-constant"]


def opened(Box, content):
    """CANARY-docstring"""
    return str(Box(content).opened())  # CANARY-comment


@pytest.mark.exercise("Box")
def test_opened(student):
    """Opens"""
    assert EXPECTED
    assert_same(student.drive(opened, content="ab"), "abab", name="the box")


@pytest.mark.exercise("Box")
def test_opened_again(student):
    """Opens again"""
    assert_same(student.drive(opened, content="xyz"), "xyzxyz")
'''


def notebook(source):
    cells = [
        cell("Box", source, solution=True),
        cell("test_Box", "", grade=True, locked=True, points=2),
    ]
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


@pytest.fixture(scope="module")
def grader(tmp_path_factory):
    with grader_of(tmp_path_factory.mktemp("course"), call_seconds=1.0) as made:
        yield made


@contextmanager
def grader_of(root, call_seconds):
    write(root / "source/a/a.ipynb", dumps(notebook(BOX)))
    write(root / "release/a/a.ipynb", dumps(notebook("class Box:\n    pass")))
    write(root / "solutions/a.py", f"# --- Box\n\n{BOX}")
    write(root / "tests/a/test_a.py", GRADERS)
    course = Course(root, limits=Limits(call_seconds=call_seconds), repair_seconds=0.0)
    with Grader(course, "a") as made:
        yield made


@contextmanager
def student_of(grader, source):
    raw = notebook(source)
    with grader.running(raw, runnable(raw, frozenset({"Box"}))) as live:
        live.run_cells()
        yield Student(live, Recording("test_opened", "seed", exercise="Box"))


def graded(grader, source):
    [exercise] = grader.grade(json.dumps(notebook(source)).encode(), "eve").report.exercises
    return exercise


def driver_of(grader):
    item = grader.judge.collected.items[0]
    return item.obj.__globals__["opened"]


LOOKING = """\
class Box:
    def __init__(self, content):
        pass

    def opened(self):
        import gc, sys
        found, stack, seen = [], [*gc.get_objects()], set()
        frame = sys._getframe()
        frame_code = frame.f_code
        while frame is not None:
            stack += [frame.f_locals, frame.f_globals, frame.f_code]
            frame = frame.f_back
        while stack:
            item = stack.pop()
            if id(item) not in seen:
                seen.add(id(item))
                if isinstance(item, str):
                    found.append(item)
                stack += gc.get_referents(item)
                if type(item) is type(frame_code):
                    stack += item.co_consts
        marks = "CAN" + "ARY", "def op" + "ened("
        return sorted(t for t in set(found) if any(mark in t for mark in marks))
"""


def test_student_code_can_read_a_drivers_text_and_nothing_else_of_the_graders(tmp_path):
    # the walk through all objects takes a slow machine more than a second
    with grader_of(tmp_path, call_seconds=60.0) as grader, student_of(grader, LOOKING) as student:
        found = student.drive(driver_of(grader), content="ab")
    assert "def opened(Box, content):" in found
    assert "CANARY-" not in found


HOSTILE = {
    "exits": "def __init__(self, content):\n        raise SystemExit",
    "ends the process": "def __init__(self, content):\n        import os\n        os._exit(0)",
    "never ends": "def __init__(self, content):\n        while True: pass",
    "answers a huge value": "def __init__(self, content):\n        self.content = 'x' * (1 << 29)",
    "claims that something is missing": "def __init__(self, content):\n"
    "        from autograder.sandbox.driving import MissingName\n"
    "        raise MissingName('CANARY-made-up')",
    "answers a text that is none": "def __init__(self, content):\n"
    "        class Text(str):\n            __eq__ = lambda *_: True\n"
    "            __mul__ = lambda *_: Text('CANARY-made-up')\n            __hash__ = None\n"
    "        self.content = Text()",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_a_class_does_to_its_driver_costs_its_own_points(grader, name):
    source = BOX.replace(
        "def __init__(self, content):\n        self.content = content", HOSTILE[name]
    )
    exercise = graded(grader, source)
    assert [check.passed for check in exercise.checks] == [False, False]
    assert "CANARY" not in str(exercise)
    assert graded(grader, BOX).fraction == 1.0


SHADOWS = "str = len = list = dict = type = print = None\n"
PATCHES = """\
import builtins, copy
copy.deepcopy = lambda *_: 1 / 0
builtins.str = builtins.exec = builtins.compile = lambda *_, **__: 'CANARY-made-up'
"""


def test_names_of_the_notebook_that_hide_builtins_cost_nothing(grader):
    assert graded(grader, SHADOWS + BOX).fraction == 1.0


def test_what_is_broken_for_a_driver_earns_nothing(grader):
    exercise = graded(grader, PATCHES + BOX)
    assert not any(check.passed for check in exercise.checks)
    assert "CANARY" not in str(exercise)


def test_a_variable_that_cannot_be_copied_is_used_as_it_is(grader):
    source = f"{BOX}\nclass Locked:\n    def __deepcopy__(self, memo):\n        raise OSError\n"
    with student_of(grader, f"{source}\nBox = Locked()\nBox.opened = lambda: 3") as student:

        def opened(Box):
            return Box.opened()

        assert student.drive(opened) == 3
