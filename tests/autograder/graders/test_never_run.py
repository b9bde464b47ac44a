"""A check that its author wrote and that would never run is named: wrong answers would pass."""

import pytest

from autograder.course import load_solution
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
