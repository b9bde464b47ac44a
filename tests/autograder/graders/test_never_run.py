"""A check that its author wrote and that would never run is named: wrong answers would pass."""

import json
import sys

import pytest
from _pytest.assertion import rewrite

from autograder.course import Course, load_solution
from autograder.graders import documented_cases
from autograder.judge.calls import OpenBackend
from autograder.judge.collected import CollectedChecks
from autograder.model import CourseError

CHECK = """
@pytest.mark.exercise("double")
def {name}(student):
    \"\"\"Five\"\"\"
    assert_same(student.double(5.0), 10.0)
"""
ALONE = "import pytest\nfrom autograder.graders import assert_same\n"
IN_A_CLASS = """
class {name}:
{init}    @pytest.mark.exercise("double")
    def test_five(self, student):
        assert_same(student.double(5.0), 10.0)
"""
ALIAS = "import pytest\nexercise = pytest.mark.exercise\n"
BY_ALIAS = f"{ALONE}from tests.tiny.marks import exercise\n" + CHECK.replace("pytest.mark.", "")
WRAPPED = (
    ALONE
    + """
from functools import wraps

def twice(check):
    @wraps(check)
    def both(student):
        check(student)
        check(student)
    return both

@pytest.mark.exercise("double")
@twice
def test_wrapped(student):
    assert_same(student.double(5.0), 10.0)

class Common:
    @pytest.mark.exercise("double")
    def test_inherited(self, student):
        assert_same(student.double(5.0), 10.0)

class TestOwn(Common):
    pass
"""
)


def collected(tiny, text="", **files):
    tests = tiny.tests("tiny")
    path = tests / "test_tiny.py"
    path.write_text(path.read_text() + text)
    for name, content in files.items():
        place = tests / (name.replace("__", "/") + ".py")
        place.parent.mkdir(exist_ok=True)
        place.write_text(content)
    return CollectedChecks(tiny, "tiny", load_solution(tiny, "tiny"))


@pytest.mark.parametrize(
    ("name", "text", "files"),
    [
        ("check_five", CHECK.format(name="check_five"), {}),
        ("test_norms", CHECK.format(name="test_norms"), {}),
        ("test_five", "", {"more_test": ALONE + CHECK.format(name="test_five")}),
        ("test_five", "", {"hard__test_more": ALONE + CHECK.format(name="test_five")}),
        ("Doubles.test_five", IN_A_CLASS.format(name="Doubles", init=""), {}),
        (
            "TestMore.test_five",
            IN_A_CLASS.format(name="TestMore", init="    def __init__(self):\n        pass\n"),
            {},
        ),
    ],
    ids=["its name", "a name twice", "its file", "its folder", "its class", "an init"],
)
def test_a_check_that_would_never_run_is_named(tiny, name, text, files):
    told = rf"py:\d+: {name} is marked as a check|cannot collect test class '{name.split('.')[0]}'"
    with pytest.raises(CourseError, match=told):
        collected(tiny, text, **files)


def test_of_two_checks_with_one_name_the_first_is_lost(tiny):
    text = (tiny.tests("tiny") / "test_tiny.py").read_text()
    first = next(
        number
        for number, line in enumerate(text.splitlines(), start=1)
        if line.startswith("def test_norms(")
    )
    with pytest.raises(CourseError, match=rf"test_tiny.py:{first}: test_norms "):
        collected(tiny, CHECK.format(name="test_norms"))


def test_marks_by_another_name_and_wrapped_or_inherited_checks_are_collected(tiny):
    found = collected(
        tiny, marks=ALIAS, test_alias=BY_ALIAS.format(name="test_alias"), test_wrapped=WRAPPED
    )
    names = [item.name for item in found.items]
    assert {"test_alias", "test_wrapped", "test_inherited"} <= set(names)


MOVED = (
    ALONE
    + """
from autograder.graders import documented

def found(double, x):
    return double(x)

@pytest.mark.exercise("double")
def test_driven(student):
    assert_same(student.drive(found, x=5.0), 10.0)

@pytest.mark.exercise("double")
@pytest.mark.parametrize("case", documented("double"))
def test_documented(student, case):
    assert_same(student.double(*case.args), case.expected)
"""
)
CASE = {"function": "double", "case": "one", "args": [1.0], "expected": 2.0}


def test_a_course_that_was_moved_is_graded_as_before(tiny, tmp_path, monkeypatch):
    """Pytest before 9.2 keeps in its cache where a file lay first."""
    monkeypatch.setattr(rewrite, "_fix_code_filename", lambda code, _: code, raising=False)
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    (tiny.tests("tiny") / "documented_cases.json").write_text(json.dumps([CASE]))
    collected(tiny, test_more=MOVED)
    assert list(tiny.tests("tiny").glob("__pycache__/test_more.*pytest*.pyc"))
    tiny.root.rename(tmp_path / "moved")
    documented_cases._load.cache_clear()  # another process
    course = Course.load(tmp_path / "moved")
    found = CollectedChecks(course, "tiny", load_solution(course, "tiny"))
    backend = OpenBackend({"double": lambda x: 2 * x, "norms": None})
    turns = [(i, backend) for i in found.items if i.name.startswith(("test_driven", "test_doc"))]
    verdicts = [str(check.verdict) for check, _ in found.run(turns, "seed").values()]
    assert verdicts == ["passed", "passed"]


UNTOLD = """
def untold(check):
    def both(student):
        check(student)
        check(student)
    return both
"""
WISHED = {
    "an untold wrapper": UNTOLD
    + CHECK.format(name="test_twice").replace("\ndef", "\n@untold\ndef"),
    "a method in an untold wrapper": UNTOLD.replace("(student)", "(self, student)")
    + IN_A_CLASS.format(name="TestMore", init="").replace("    def", "    @untold\n    def"),
    "a class that is kept out": IN_A_CLASS.format(name="TestOld", init="    __test__ = False\n"),
}
DESELECTS = """
def pytest_collection_modifyitems(items):
    items[:] = [item for item in items if not item.name.startswith("test_norms")]
"""


@pytest.mark.parametrize("kind", WISHED)
def test_what_the_author_wraps_or_keeps_out_is_no_lost_check(tiny, kind):
    names = [item.name for item in collected(tiny, WISHED[kind]).items]
    assert ("test_twice" in names, "test_five" in names) == {
        "an untold wrapper": (True, False),
        "a method in an untold wrapper": (False, True),
        "a class that is kept out": (False, False),
    }[kind]


def test_a_check_that_the_author_deselects_is_no_lost_check(tiny):
    (tiny.tests("tiny") / "conftest.py").write_text(DESELECTS)
    names = [item.name for item in collected(tiny).items]
    assert names and "test_norms" not in " ".join(names)


def test_a_wrapped_check_whose_name_stands_twice_is_lost(tiny):
    wrapped = WISHED["an untold wrapper"]
    with pytest.raises(CourseError, match="test_twice is marked as a check and would never run"):
        collected(tiny, wrapped + CHECK.format(name="test_twice"))
