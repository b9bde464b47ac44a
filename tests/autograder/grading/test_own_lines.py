"""The student's own lines beside a hint: those that it names, and those like the author's."""

from pathlib import Path

import pytest

from autograder.course import Course
from autograder.graders.misconceptions import misconceptions
from autograder.grading.own_lines import OwnLines, statements, wrong_lines
from autograder.model import Check, Exercise, Verdict
from autograder.repair.places import OwnFunction

ROOT = Path(__file__).parents[3]
RIGHT = """
def scaled(X, keep):
    total = np.sum(X, axis=1)
    spread = np.sqrt(total + keep)
    return X / spread
"""
WRONG = ("spread = np.sqrt(total) + keep",)


def words(*lines):
    text = "def f(X):\n" + "".join(f"    {line}\n" for line in lines)
    return [s.words for s in statements(text, "f")]


def found(source, *wrong, right=RIGHT):
    return wrong_lines(
        statements(source, "scaled"), words(*wrong), [s.words for s in statements(right, "scaled")]
    )


def test_the_authors_wrong_line_is_found_however_it_is_written():
    own = """# mine
def scaled( X,keep ):
    # first the sum
    total = np.sum(X, axis = 1)
    spread = (np.sqrt( total )
              + keep)
    return X/spread
"""
    assert found(own, *WRONG) == [5, 6]


def test_a_line_of_other_names_is_found_where_it_is_most_like_the_wrong_one():
    own = """def scaled(X, keep):
    total = X.sum(1)
    s = np.sqrt(total) + keep
    return X / s
"""
    assert found(own, *WRONG) == [3]


@pytest.mark.parametrize(
    "own",
    [
        RIGHT,
        "def scaled(X, keep):\n    return X / ((X @ np.ones(X.shape[1])) ** 0.5 + keep)\n",
        "def scaled(X, keep):\n    total = 1\n    spread = np.sqrt(total + keep + 0)\n",
        "def scaled(X, keep:\n    spread = np.sqrt(total) + keep\n",
        "def other(X, keep):\n    spread = np.sqrt(total) + keep\n",
    ],
    ids=["right", "another way", "more like the right one", "not Python", "not defined"],
)
def test_no_line_is_blamed_that_is_not_like_the_wrong_one(own):
    assert found(own, *WRONG) == []


def test_a_slip_that_was_made_twice_is_shown_twice():
    right = (
        "def scaled(p, d, r):\n    p['W'] = p['W'] - r * d['W']\n    p['b'] = p['b'] - r * d['b']\n"
    )
    wrong = ("p['W'] = p['W'] + r * d['W']", "p['b'] = p['b'] + r * d['b']")
    assert found(right.replace("-", "+"), *wrong, right=right) == [2, 3]
    assert found(right.replace("- r * d['b']", "+ r * d['b']"), *wrong, right=right) == [3]


def with_lines(check, source):
    exercise = Exercise("f", 1.0, (check, Check("p", "p", "f", Verdict.PASSED)))
    [failed, passed] = (
        OwnLines(None, "a").with_lines(exercise, lambda name: source).checks
    )  # asks no author
    assert passed.lines == ""
    return failed.lines


SOURCE = "def f(x, s):\n    return s['W1'] * x\n"


@pytest.mark.parametrize(
    ("says", "line"),
    [
        ("Line 2: no. That is line 2 of `g`, which line 4 calls.", "  2      return y.nothing"),
        ("第 2 行：没有。那是 `g` 的第 2 行，由第 4 行调用。", "  2      return y.nothing"),
        ("Line 2: no. It happens in line 1 of `g`, which is called from here.", "  2      z = x"),
        ("Line 2: no. That is line 2 of `h`, which line 4 calls.", "  2      z = x"),
    ],
)
def test_a_line_of_a_helper_is_shown_of_the_cell_that_has_it(says, line):
    """A helper that no cell defines is looked for in the function's own."""
    cells = {
        "f": "def f(x):\n    z = x\n    return g(z)\n",
        "g": "def g(y):\n    return y.nothing\n",
    }
    exercise = Exercise("f", 1.0, (Check("a", "a", "f", Verdict.ERROR, hint=says),))
    [told] = OwnLines(None, "a").with_lines(exercise, lambda name: cells.get(name, "")).checks
    assert told.lines == line


@pytest.mark.parametrize(
    "says", ["Line 2: this key is another's.", "第 2 行：这个键属于另一个参数。"]
)
def test_a_line_that_a_hint_names_is_shown(says):
    check = Check("a", "a", "f", Verdict.WRONG, hint=says)
    assert with_lines(check, SOURCE) == "  2      return s['W1'] * x"
    assert with_lines(check, "def f(x, s): pass") == ""


@pytest.mark.parametrize("says", ["line 2: return s['W1'] * x", "第 2 行：return s['W1'] * x"])
def test_a_line_that_the_sentence_quotes_is_not_shown_again(says):
    check = Check("a", "a", "f", Verdict.ERROR, message=f"KeyError\n    {says}")
    assert with_lines(check, SOURCE) == ""


def test_known_mistakes_of_the_course_are_found_in_their_own_text():
    course = Course.load(ROOT)
    own = OwnLines(course, "gradient_checking")
    solution = course.solution("gradient_checking").read_text()
    shown = {}
    for version in misconceptions(course, "gradient_checking"):
        check = Check("a", "a", version.function, Verdict.WRONG, misconception=version.name)
        exercise = Exercise(version.function, 1.0, (check,))
        source_of = {version.function: version.source(solution)}.__getitem__
        shown[version.name] = own.with_lines(exercise, source_of).checks[0].lines
    assert "epsilon" in shown["multiplied_by_epsilon"]
    assert "backward_propagation" not in shown["derivative_asked_from_the_cost"]
    assert sum(map(bool, shown.values())) >= 0.95 * len(shown)


ONE_MORE = "def double(x):\n    return x + 1\n"
BREAKS_ITS_READER = {
    "signs": f"{ONE_MORE}y = {'-' * 50000}1",
    "else": f"{ONE_MORE}if 0: pass\n" + "elif 0: pass\n" * 7000,
    "sum": f"{ONE_MORE}y = {'1 + ' * 50000}1",
    "lambdas": f"{ONE_MORE}y = {'lambda: ' * 5000}1",
    "inside": f"def double(x):\n    y = {'-' * 900}1\n    return x + 1\n",
    "lists": "def double(x):\n    y = [" + "lambda: [" * 60 + "]" * 60 + "]\n    return x + 1\n",
    "long": "def double(x):\n    y = [" + "1," * 60000 + "]\n    return x + 1\n",
    "half a letter": f"{ONE_MORE}y = '\ud800'",
}


@pytest.mark.parametrize("kind", BREAKS_ITS_READER)
def test_a_text_that_breaks_its_reader_is_not_looked_at(kind):
    """Python says so by running out of memory, or of depth, here or in what goes through it."""
    with pytest.raises((SyntaxError, LookupError)):
        OwnFunction(BREAKS_ITS_READER[kind], "double")
    assert not statements(BREAKS_ITS_READER[kind], "double")
    assert len(statements(ONE_MORE, "double")) == 1
