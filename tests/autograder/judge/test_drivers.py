"""Drivers: functions of the grader's file that run over the notebook's names."""

import numpy as np
import pytest

from autograder.judge.calls import OpenBackend
from autograder.judge.checks import Recording, Student, StudentFailure
from autograder.judge.drivers import driver_of, variable
from autograder.model import GraderError

SECRET = 42


def space_of(text):
    space = {}
    exec(text, space)
    return space


def student_of(text, exercise="f"):
    recording = Recording("test_one", "seed", exercise=exercise)
    return Student(OpenBackend(space_of(text)), recording), recording


def doubled(f, x):
    """Nobody else reads this."""
    return 2 * f(x)  # nor this


def test_a_parameter_without_a_value_is_what_the_notebook_defines():
    student, recording = student_of("def f(x):\n    return x + 1")
    assert student.drive(doubled, x=3) == 8
    [call] = recording.calls
    assert call.name == "f" and call.kwargs == {"x": 3}


def sized(f, name, space):
    return f(name) + space


def test_a_value_may_be_called_like_anything():
    student, _ = student_of("def f(x):\n    return x + 1")
    assert student.drive(sized, name=3, space=4) == 8


def test_a_use_counts_as_one_of_the_exercise_that_the_check_is_of():
    student, recording = student_of("def f(x):\n    return x + 1", exercise="line")
    student.drive(doubled, x=3)
    assert recording.calls[0].name == "line"


def test_its_text_holds_neither_comments_nor_docstring_nor_annotations():
    def annotated(f, x: np.ndarray) -> np.ndarray:
        return f(x)

    assert driver_of(doubled, frozenset("x")).text == "def doubled(f, x):\n    return 2 * f(x)\n"
    assert driver_of(annotated, frozenset("x")).text == "def annotated(f, x):\n    return f(x)\n"


def test_a_name_of_the_notebook_shadows_nothing_that_it_calls():
    student, _ = student_of("sum = max = 3\ndef f(x):\n    return x")

    def added(f, x):
        return max(sum(f(x)), 2)

    assert student.drive(added, x=[1, 4]) == 5


def test_a_default_is_no_name_of_the_notebook():
    def moved(f, x, by=7):
        return f(x) + by

    assert driver_of(moved, frozenset("x")).names == ("f",)


def test_what_it_does_to_a_variable_is_gone_the_next_time():
    student, _ = student_of("queue = [3, 1, 2]", exercise="queue")

    def drained(queue):
        return [queue.pop() for _ in range(3)]

    assert student.drive(drained) == student.drive(drained) == [2, 1, 3]


def test_a_variable_has_a_short_form():
    student, _ = student_of("total = 5", exercise="total")
    assert student.variable("total") == 5
    for wrong in ("a b", "for", "x.y", "x):\n  pass#"):
        with pytest.raises(GraderError, match="no name of a variable"):
            variable(wrong)


def test_a_generator_among_the_variables_of_a_solution_is_refused():
    student, recording = student_of("squares = (x * x for x in range(9))", exercise="squares")

    def first(squares):
        return next(squares)

    with pytest.raises(StudentFailure):
        student.drive(first)
    assert "is a generator, which runs once" in recording.calls[0].result.error_message


def test_a_driver_of_the_solution_writes_into_no_folder_of_the_author(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    student, _ = student_of("from pathlib import Path\ndef f(p):\n    Path(p).write_text('x')")

    def written(f, path):
        from pathlib import Path

        f(path)
        return Path(path).read_text()

    assert student.drive(written, path="own.txt") == "x"
    assert list(tmp_path.iterdir()) == []


def test_a_name_that_is_missing_is_told():
    student, _ = student_of("def g(x):\n    return x")
    with pytest.raises(StudentFailure) as caught:
        student.drive(doubled, x=3)
    assert caught.value.verdict == "missing"
    assert caught.value.message == "The notebook does not define `f`."


def test_an_exception_is_told_as_one_of_its_use():
    student, _ = student_of("class f:\n    pass")

    def opened(f):
        return f().open()

    with pytest.raises(StudentFailure) as caught:
        student.drive(opened)
    assert caught.value.message == "Using `f` raised AttributeError"


def test_functions_stand_in_for_names_of_the_notebook():
    student, _ = student_of("def f(x):\n    return x + 1")
    assert student.standing_in(f=lambda x: 10).drive(doubled, x=3) == 20


def times(x, k):
    return k * x


def test_a_function_that_is_sent_stands_in_or_is_an_argument():
    student, recording = student_of(
        "def f(x):\n    return g(x)\ndef h(function):\n    return function(5)"
    )
    sent = student.sent(times, k=3)
    assert student.standing_in(g=sent).f(2) == 6
    assert student.h(sent) == 15
    assert sent.driver.text == "def times(x, k):\n    return k * x\n" and sent.values == {"k": 3}
    assert recording.calls[1].args == (sent,)


def test_a_function_that_is_sent_takes_nothing_of_the_grader_s_file_along():
    student, _ = student_of("def f():\n    return g(1)")
    with pytest.raises(GraderError, match="SECRET"):
        student.sent(knows_a_secret)


def knows_a_secret(x):
    return x + SECRET


def with_a_name_of_the_grader(f):
    return f(SECRET)


def with_a_module_of_the_grader(f):
    return np.sum(f())


def with_an_assert(f):
    assert f() == 3


def with_a_secret_default(f, x=SECRET):
    return f(x)


def with_any_arguments(f, *args):
    return f(*args)


def with_nothing_of_the_notebook(x):
    return x


@pytest.mark.parametrize(
    ("driver", "given", "says"),
    [
        (with_a_name_of_the_grader, "", "uses 'SECRET', which is none of its parameters"),
        (with_a_module_of_the_grader, "", "uses 'np', which is none of its parameters"),
        (with_a_secret_default, "", "uses 'SECRET'"),
        (with_an_assert, "", "asserts, and student code can read what"),
        (with_any_arguments, "", "takes *args"),
        (with_nothing_of_the_notebook, "x", "uses nothing of the notebook's"),
        (doubled, "xy", "has no parameter 'y'"),
        (len, "", "is no driver: pass a function of the grader's file"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_what_would_need_more_than_its_text_is_refused(driver, given, says):
    with pytest.raises(GraderError, match=says.replace("*", r"\*")):
        driver_of(driver, frozenset(given))


def test_what_it_closes_over_is_refused():
    expected = 3

    def closing(f):
        return f() == expected

    with pytest.raises(GraderError, match="uses 'expected'"):
        driver_of(closing, frozenset())
    with pytest.raises(GraderError, match="write it as `def`"):
        driver_of(lambda f: f(), frozenset())
