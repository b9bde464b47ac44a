"""One submission through the whole judge: right, wrong, broken and hostile notebooks."""

import json
from dataclasses import replace

import numpy as np
import pytest

from autograder.grading.grader import Grader
from autograder.grading.hand_outs import hand_outs, imports_of
from autograder.model import CourseError, GraderError, Report, SubmissionError, Verdict
from autograder.notebook.reading import read

pytestmark = pytest.mark.family


@pytest.fixture(scope="module")
def grader(built_course):
    with Grader(built_course, "tiny") as warm:
        yield warm


@pytest.mark.quick
def test_a_right_answer_written_differently_gets_full_marks(grader, filled, right):
    report = grader.grade(filled(**right), "ada").report
    assert (report.points, report.max_points) == (10, 10)
    assert {e.verdict for e in report.exercises} == {Verdict.PASSED}


def test_an_untouched_stub_is_not_attempted_and_earns_nothing(grader, filled):
    report = grader.grade(filled(), "ada").report
    assert report.points == 0
    assert {c.verdict for e in report.exercises for c in e.checks} == {Verdict.NOT_ATTEMPTED}


def test_comments_and_blank_lines_do_not_make_a_stub_an_attempt(grader, built_course):
    notebook = json.loads(built_course.release_notebook("tiny").read_text())
    for cell in notebook["cells"]:
        if cell["id"] == "double":
            source = "".join(cell["source"]).replace("(≈ 1 line of code)", "")
            cell["source"] = "# my homework\n\n" + source
    report = grader.grade(json.dumps(notebook).encode(), "ada").report
    assert report.exercise("double").verdict is Verdict.NOT_ATTEMPTED


UNTOUCHED = {
    "a print": "def double(x):\n    print('here', x)\n    y = None\n    return y",
    "no docstring, other blanks": "def double(x):\n    y = ...\n    return y",
    "annotations": "def double(x: float) -> float:\n    y = None\n    return y",
    "another template": "def double(x):\n    # YOUR CODE HERE\n    raise NotImplementedError()",
    "nothing": "def double(x):\n    pass",
    "a second time, below other code": "unused = 1\ndef double(x):\n    y = None\n"
    "    return y\nafter = 2",
}


@pytest.mark.quick("a print", "another template")
@pytest.mark.parametrize("stub", UNTOUCHED.values(), ids=UNTOUCHED)
def test_what_does_no_more_than_the_stub_is_no_attempt(grader, filled, right, stub):
    report = grader.grade(filled(**{**right, "double": stub}), "ada").report
    assert {c.verdict for c in report.exercise("double").checks} == {Verdict.NOT_ATTEMPTED}
    assert report.exercise("norms").verdict is not Verdict.NOT_ATTEMPTED


ATTEMPTS = {
    "a constant": "def double(x):\n    result = 0\n    return result",
    "an argument": "def double(x):\n    result = x\n    return result",
    "no return": "def double(x):\n    result = 2 * x",
    "not even a function": "double = 3\ndef other(x):\n    return None",
}


@pytest.mark.quick("a constant", "not even a function")
@pytest.mark.parametrize("attempt", ATTEMPTS.values(), ids=ATTEMPTS)
def test_what_does_something_is_an_attempt(grader, filled, right, attempt):
    report = grader.grade(filled(**{**right, "double": attempt}), "ada").report
    assert Verdict.NOT_ATTEMPTED not in {c.verdict for c in report.exercise("double").checks}
    assert report.exercise("double").points == 0


@pytest.mark.parametrize("above", [True, False], ids=["above", "below"])
def test_an_answer_in_a_new_cell_counts_and_the_stub_stays_as_it_was(grader, filled, right, above):
    notebook = json.loads(filled(norms=right["norms"]))
    [place] = [n for n, cell in enumerate(notebook["cells"]) if cell["id"] == "double"]
    new = {"cell_type": "code", "id": "new", "metadata": {}, "source": right["double"],
           "outputs": [], "execution_count": None}  # fmt: skip
    notebook["cells"].insert(place if above else place + 1, new)
    assert grader.grade(json.dumps(notebook).encode(), "ada").report.points == 10


@pytest.mark.quick
def test_a_stub_below_that_was_written_into_replaces_what_stands_above(grader, filled, right):
    notebook = json.loads(filled(**{**right, "double": "def double(x):\n    return x"}))
    new = {"cell_type": "code", "id": "new", "metadata": {}, "source": right["double"],
           "outputs": [], "execution_count": None}  # fmt: skip
    notebook["cells"].insert(0, new)
    assert grader.grade(json.dumps(notebook).encode(), "ada").report.exercise("double").points == 0


def test_a_known_mistake_is_named_and_costs_its_own_checks_only(grader, filled, right):
    wrong = {**right, "double": "def double(x):\n    return x * x"}
    report = grader.grade(filled(**wrong), "ada").report
    double, norms = report.exercise("double"), report.exercise("norms")
    assert double.verdict is Verdict.WRONG
    assert {c.misconception for c in double.checks} == {"squares"}
    assert {c.hint for c in double.checks} == {"That is the square."}
    calls_double = next(c for c in norms.checks if c.id == "test_norms_uses_double")
    assert calls_double.passed, "norms is gradable although double is wrong"


def test_partial_credit_follows_the_weights_and_the_points_of_the_grade_cell(grader, filled, right):
    only_scalars = "def double(x):\n    return 6.0"
    report = grader.grade(filled(**{**right, "double": only_scalars}), "ada").report
    assert report.exercise("double").points == 1.0  # one part in four of 4 points


@pytest.mark.quick
def test_a_fresh_check_never_shows_the_expected_value_and_a_public_one_does(grader, filled, right):
    wrong = {**right, "double": "def double(x):\n    return x * 0 + 7.25"}
    checks = grader.grade(filled(**wrong), "ada").report.exercise("double").checks
    fresh = next(c for c in checks if not c.public)
    shown = next(c for c in checks if c.public)
    assert "expected" not in fresh.message and "7.25" not in fresh.message
    assert "expected 6" in shown.message and "7.25" in shown.message


def test_an_exception_is_shown_with_the_students_own_line(grader, filled, right):
    broken = "def double(x):\n    y = x.no_such_thing\n    return y"
    checks = grader.grade(filled(**{**right, "double": broken}), "ada").report.exercise("double")
    message = checks.checks[0].message
    assert checks.verdict is Verdict.ERROR
    assert "AttributeError" in message and "y = x.no_such_thing" in message
    assert "site-packages" not in message and "autograder" not in message


@pytest.mark.quick("exits", "syntax error")
@pytest.mark.parametrize(
    ("source", "verdict"),
    [
        ("def double(x):\n    while True: pass", Verdict.TIMEOUT),
        ("import os\ndef double(x):\n    os._exit(0)", Verdict.ERROR),
        ("def double(x):\n    return bytearray(1 << 40)", Verdict.MEMORY),
        ("def twice(x):\n    return 2 * x", Verdict.MISSING),
        ("def double(x:\n", Verdict.MISSING),
        ("def double(x):\n    return None", Verdict.WRONG),
        ("def double(x):\n    return {1, 2}", Verdict.WRONG),
    ],
    ids=["loops", "exits", "eats memory", "renamed", "syntax error", "none", "a set"],
)
def test_whatever_one_function_does_the_other_exercise_is_graded(
    grader, filled, right, source, verdict
):
    report = grader.grade(filled(**{**right, "double": source}), "ada").report
    assert report.exercise("double").verdict is verdict
    standing_in = next(c for c in report.exercise("norms").checks if "uses_double" in c.id)
    assert standing_in.passed


@pytest.mark.parametrize(
    "end", ["while True: pass", "import os\nos._exit(0)", "bytearray(1 << 50)"]
)
def test_what_a_cell_had_defined_before_it_hung_or_died_is_graded(grader, filled, right, end):
    hangs = f"{right['double']}\n{end}"
    assert grader.grade(filled(**{**right, "double": hangs}), "ada").report.points == 10


def test_a_cell_that_hangs_before_its_function_costs_only_what_depends_on_it(grader, filled, right):
    hangs = f"while True: pass\n{right['double']}"
    report = grader.grade(filled(**{**right, "double": hangs}), "ada").report
    assert report.exercise("double").verdict is Verdict.MISSING
    assert next(c for c in report.exercise("norms").checks if "uses_double" in c.id).passed


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "`double` is not defined: this cell stops at line 3: '(' was never closed."),
        ("zh", "`double` 没有定义：该单元格停在第 3 行：'(' was never closed。"),
    ],
)
def test_a_cell_that_stops_before_its_function_says_so_once(
    built_course, filled, right, language, sentence
):
    broken = "import numpy as np\n\ndef double(x:\n    return 2 * x"
    with Grader(replace(built_course, language=language), "tiny") as grader:
        report = grader.grade(filled(**{**right, "double": broken}), "ada").report
    checks = report.exercise("double").checks
    assert {check.verdict for check in checks} == {Verdict.MISSING}
    assert [check.message for check in checks] == [sentence, *[""] * (len(checks) - 1)]


def test_a_cell_that_was_stopped_says_so_where_it_stands(grader, filled, right):
    hangs = f"{right['double']}\n\nwhile True:\n    pass"
    notebook = grader.grade(filled(**{**right, "double": hangs}), "ada").notebook
    shown = [
        output["traceback"][-1]
        for cell in notebook["cells"] if cell["id"] == "double"
        for output in cell["outputs"] if output["output_type"] == "error"
    ]  # fmt: skip
    lines = len(hangs.splitlines())
    assert shown[-1] in {
        f"this cell was stopped at line {n} after 2 seconds" for n in (lines - 1, lines)
    }


def test_warnings_and_prints_cost_nothing(grader, filled, right):
    chatty = (
        "import warnings, sys\n"
        "def double(x):\n"
        "    print('here'); print('there', file=sys.stderr); warnings.warn('hm')\n"
        "    return 2 * x"
    )
    assert grader.grade(filled(**{**right, "double": chatty}), "ada").report.points == 10


def test_changing_an_argument_in_place_earns_a_remark_and_full_marks(grader, filled, right):
    rude = "def double(x):\n    x *= 2\n    return x"
    double = grader.grade(filled(**{**right, "double": rude}), "ada").report.exercise("double")
    assert double.points == 4
    assert any("in place" in check.remark for check in double.checks)


@pytest.mark.quick
def test_demos_are_not_run(grader, filled, right):
    notebook = grader.grade(filled(**right), "ada").notebook
    demo = next(c for c in notebook["cells"] if c["id"] == "demo")
    assert demo["outputs"] == [] and demo["execution_count"] is None


def test_outputs_of_the_students_cells_are_kept(grader, filled, right):
    shown = right["double"] + "\nprint('hello')\ndouble(21)"
    notebook = grader.grade(filled(**{**right, "double": shown}), "ada").notebook
    outputs = next(c for c in notebook["cells"] if c["id"] == "double")["outputs"]
    assert [o["output_type"] for o in outputs] == ["stream", "execute_result"]
    assert outputs[1]["data"]["text/plain"] == "42"


def test_the_same_submission_gives_the_same_report_ten_times_in_any_company(grader, filled, right):
    wrong = filled(**{**right, "double": "def double(x):\n    return x * x"})
    company = [
        filled(**right),
        filled(),
        filled(double="def double(x):\n    import os; os._exit(1)"),
    ]
    first = _comparable(grader.grade(wrong, "ada").report)
    for number in range(10):
        np.random.seed(number)
        grader.grade(company[number % len(company)], "bob")
        assert _comparable(grader.grade(wrong, "ada").report) == first


@pytest.mark.quick
def test_only_the_exercises_asked_for_are_checked_again(grader, filled, right):
    wrong = filled(**{**right, "double": "def double(x):\n    return x * x"})
    known = grader.grade(filled(**right), "ada").report
    again = grader.grade(wrong, "ada", known=known, only=frozenset({"norms"})).report
    assert again.exercise("double") == known.exercise("double")
    assert again.exercise("norms").points < 6


def test_a_report_survives_json(grader, filled, right):
    report = grader.grade(filled(**right), "ada").report
    assert Report.from_json(json.loads(json.dumps(report.to_json()))) == report


def test_what_is_no_notebook_is_a_clear_error(grader):
    with pytest.raises(SubmissionError, match="invalid JSON"):
        grader.grade(b"{", "ada")


@pytest.mark.quick
def test_an_unknown_assignment_is_named_with_those_there_are(built_course):
    with pytest.raises(CourseError, match=r"unknown assignment 'tinny'.*there are: tiny"):
        Grader(built_course, "tinny")


def _comparable(report: Report):
    data = report.to_json()
    data.pop("seconds")
    for exercise in data["exercises"]:
        for check in exercise["checks"]:
            check.pop("seconds")
    return data


def test_what_a_function_says_of_a_hidden_input_is_not_shown(grader, filled, right):
    """It knows its arguments: its own words could tell them."""
    tells = (
        "def double(x):\n    class Said(Exception): pass\n"
        "    raise (Said if np.ndim(x) else KeyError)('SECRET')"
    )
    checks = grader.grade(filled(**{**right, "double": tells}), "ada").report.exercise("double")
    hidden = next(c for c in checks.checks if not c.public)
    public = next(c for c in checks.checks if c.public)
    assert hidden.message.startswith("`double` raised an exception\ndouble, line 3: raise")
    assert "KeyError: 'SECRET'" in public.message


def test_answers_that_would_fill_the_judges_memory_are_a_memory_verdict(
    grader, filled, right, monkeypatch
):
    monkeypatch.setattr("autograder.grading.own_answers.MOST_REPLIED", 40 << 20)
    large = "def double(x):\n    return np.zeros(3 << 20)"
    report = grader.grade(filled(**{**right, "double": large}), "ada").report
    verdicts = {c.verdict for c in report.exercise("double").checks}
    assert verdicts == {Verdict.WRONG, Verdict.MEMORY}


@pytest.mark.quick
def test_public_checks_come_before_any_hidden_input(grader, filled, right):
    counts = "seen = []\ndef double(x):\n    seen.append(x)\n    return len(seen)"
    report = grader.grade(filled(**{**right, "double": counts}), "ada").report
    assert [c.public for c in report.exercise("double").checks] == [True, False]


PLAIN = """
@pytest.mark.exercise("double")
def test_asserts(student):
    assert student.double(1.5) == pytest.approx(3.0)

@pytest.mark.exercise("double")
def test_fails(student):
    if student.double(2.5) != 5.0:
        pytest.fail("25 % of 5")

@pytest.mark.exercise("double")
def test_takes_a_part(student, tmp_path):
    (tmp_path / "empty").touch()
    assert student.double(1.5).hex() == (3.0).hex()
"""


def test_what_a_plain_assert_finds_is_called_wrong_and_not_unfit(tiny, filled, right):
    graders = tiny.tests("tiny") / "test_tiny.py"
    graders.write_text(graders.read_text() + PLAIN)
    with Grader(tiny, "tiny") as grader:
        assert grader.grade(filled(**right), "ada").report.exercise("double").fraction == 1
        wrong = grader.grade(filled(**{**right, "double": "def double(x):\n    return [x]"}), "bob")
        told = {check.id: check.message for check in wrong.report.exercise("double").checks}
    assert (
        told["test_asserts"]
        == told["test_fails"]
        == ("What `double` returned is not what it should be.")
    )
    assert "could not be used: it is not of the kind" in told["test_takes_a_part"]


STUMBLES = """
import pathlib

@pytest.mark.exercise("double")
def test_stumbles(student):
    \"\"\"A check of a few values\"\"\"
    once = pathlib.Path(__file__).with_name("once")
    if once.exists():
        once.unlink()
        raise KeyError("ours")
    assert_same(student.double(1.5), 3.0)
"""


def test_a_check_that_stops_before_it_has_asked_anything_is_nobodys_mistake(tiny, filled, right):
    """Though it can judge the reference a moment later."""
    graders = tiny.tests("tiny") / "test_tiny.py"
    graders.write_text(graders.read_text() + STUMBLES)
    with Grader(tiny, "tiny") as grader:
        wrong = filled(**{**right, "double": "def double(x):\n    return x + 2.5"})
        assert grader.grade(wrong, "ada").report.exercise("double").verdict is Verdict.WRONG
        graders.with_name("once").touch()
        with pytest.raises(GraderError, match=r"test_stumbles stopped before .*KeyError: 'ours'"):
            grader.grade(filled(**{**right, "double": "def double(x):\n    return x + 2.6"}), "bob")


def test_what_only_a_skipped_cell_imports_is_not_imported_ahead(built_course, tmp_path):
    notebook = json.loads(built_course.release_notebook("tiny").read_text())
    locked = {"grade": False, "solution": False, "locked": True, "schema_version": 3, "task": False}
    for name, tags in (("colorsys", []), ("wave", ["skip-execution"])):
        notebook["cells"].append({
            "cell_type": "code", "id": name, "execution_count": None, "outputs": [],
            "metadata": {"nbgrader": {**locked, "grade_id": name}, "tags": tags},
            "source": f"import {name}",
        })  # fmt: skip
    path = tmp_path / "tiny.ipynb"
    path.write_text(json.dumps(notebook))
    imported = imports_of(read(path), hand_outs(built_course, "tiny"))
    assert "colorsys" in imported and "wave" not in imported
