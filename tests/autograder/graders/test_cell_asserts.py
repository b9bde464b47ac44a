"""Asserts of a test cell end a check as they end the cell."""

import io
from contextlib import redirect_stdout, suppress

import numpy as np
import pytest

from autograder.graders import as_in_a_cell
from autograder.graders.compare import Mismatch
from autograder.judge.checks import Recording, Student, StudentFailure
from autograder.sandbox import CallResult

pytestmark = pytest.mark.quick


class Answering:
    """A backend that gives one result to every call."""

    def __init__(self, **result):
        self.result = CallResult(**result)

    def call(self, *args, **kwargs):
        return self.result


def student_of(**result):
    return Student(Answering(**result), Recording("test_f", "seed"))


def expecting(student):
    """A test cell that expects any exception: `except Exception` is common there."""
    with as_in_a_cell(student) as notebook:
        try:
            notebook.f(1)
        except Exception:
            return
        raise AssertionError


@pytest.mark.parametrize("status", ["timeout", "memory", "crashed", "missing", "unsupported"])
def test_what_is_no_exception_is_none_that_a_test_may_expect(status):
    with pytest.raises(StudentFailure):
        expecting(student_of(status=status))


def test_a_test_may_expect_exceptions_and_no_exit():
    expecting(student_of(status="raised", error_name="ValueError"))
    with pytest.raises(StudentFailure):
        expecting(student_of(status="raised", error_name="SystemExit"))


OTHERS = ["LinAlgError", "Empty", "JSONDecodeError", "AssertionError", "UnicodeDecodeError", "\0"]


@pytest.mark.parametrize("name", OTHERS)
def test_a_test_may_expect_any_exception(name):
    """Also one of a library, of the notebook's own, of an `assert` in the answer."""
    raising = {"status": "raised", "error_name": name, "error_message": "why"}
    expecting(student_of(**raising))
    with as_in_a_cell(student_of(**raising)) as notebook, pytest.raises(Exception, match="why"):
        notebook.f(1)


@pytest.mark.parametrize("name", OTHERS)
def test_an_exception_that_no_test_expects_is_the_students_error(name):
    with pytest.raises(StudentFailure) as caught:  # noqa: SIM117
        with as_in_a_cell(student_of(status="raised", error_name=name)) as notebook:
            with suppress(AssertionError):
                notebook.f(1)
    assert str(caught.value.verdict) == "error"


def test_a_number_of_numpy_is_one_here():
    """It crosses as an array without dimensions, which is no float."""
    value = (np.array(2.5), [np.array(3)], np.array([1.0]))
    with as_in_a_cell(student_of(status="value", value=value)) as notebook:
        one, [two], three = notebook.f()
        assert isinstance(one, float) and type(two) is np.int64 and three.shape == (1,)


def test_what_is_printed_reaches_only_a_test_that_catches_it(capsys):
    caught = io.StringIO()
    with as_in_a_cell(student_of(status="value", stdout="said\n")) as notebook:
        notebook.f()
        with redirect_stdout(caught):
            notebook.f()
    assert caught.getvalue() == "said\n" and capsys.readouterr().out == ""


def test_an_assert_that_fails_is_a_wrong_answer():
    with pytest.raises(Mismatch), as_in_a_cell(student_of(status="value", value=1)) as notebook:
        assert notebook.f() == 2
