"""What is said of an exception: the student's own line, and the kind of slip."""

import numpy as np
import pytest

from autograder.handout.words import Text
from autograder.judge.calls import Call
from autograder.judge.exceptions import by_exceptions, sentence
from autograder.judge.hint_matching import CheckCalls
from autograder.language.translation import ENGLISH
from autograder.model import Check, Verdict
from autograder.sandbox import CallResult

ARRAY = np.ones((2, 3))


def raised(line):
    """What running one line of a student's function comes to, as the child would report it."""
    space = {"np": np, "x": ARRAY, "none": None, "w": [2, 3], "d": {"W1": 1}, "one": np.ones(1)}
    try:
        exec(line, space)
    except Exception as error:
        name, text = type(error).__name__, str(error)
        return CallResult(
            "raised", error_name=name, error_message=text, lines=[f"f, line 4: {line}"]
        )
    raise AssertionError("nothing was raised")


def said(line):
    return sentence(Call("f", (), {}, 0, raised(line)))


def test_what_breaks_in_a_function_that_is_called_is_told_of_the_line_that_calls_it():
    """The lines of a function that was handed out are those of another cell."""
    result = raised("x[5]")
    result.lines[:] = ["f, line 9: helper(x)", "helper, line 2: x[5]"]
    assert str(sentence(Call("f", (), {}, 0, result))).startswith("Line 9: an index is past")
    result.lines[:] = ["f, line 9: helper(x)", "<genexpr>, line 10: x[5]"]
    assert str(sentence(Call("f", (), {}, 0, result))).startswith("Line 10: an index is past")


@pytest.mark.parametrize(("given", "is_told"), [((), True), (("helper",), False)])
def test_a_helpers_line_is_told_beside_the_one_that_calls_it(given, is_told):
    """Which of the two is wrong nobody knows; what is handed out is right."""
    result = raised("x[5]")
    result.lines[:] = ["f, line 9: deeper(x)", "deeper, line 4: helper(x)", "helper, line 2: x[5]"]
    told = str(sentence(Call("f", (), {}, 0, result), given))
    assert told.startswith("Line 9: an index is past")
    inside = " It happens in line 2 of `helper`, which is called from here."
    assert told.endswith(inside) is is_told


@pytest.mark.parametrize("lines", [["helper, line 2: x[5]"], ["f, line 9: x[5]"],
                                   ["f, line 9: g(x)", "<lambda>, line 1: x[5]"]])  # fmt: skip
def test_no_helper_is_named_where_none_is_seen_to_be_called(lines):
    result = raised("x[5]")
    result.lines[:] = lines
    assert "helper" not in str(sentence(Call("f", (), {}, 0, result)))


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("y = 2 * rate", "Line 2: `rate` is not known here: is it spelled"),
        ("rate == 0", "Line 2: `==` compares, and puts nothing into a variable"),
        ("np.maximum(3)", "Line 2: this call does not have the arguments"),
        ("np.rootof(3)", "Line 2: numpy has no function of this name"),
    ],
)
def test_what_a_called_function_lacks_is_told_of_the_line_that_lacks_it(line, words):
    """The line that calls it can do nothing about that."""
    result = raised(line)
    result.lines[:] = ["f, line 9: return helper(x)", f"helper, line 2: {line}"]
    told = str(sentence(Call("f", (), {}, 0, result), ["helper"]))
    assert told.startswith(words)
    assert told.endswith(" That is line 2 of `helper`, which line 9 calls.")


def test_a_variable_that_is_compared_in_place_of_being_set_is_told_of_the_comparison():
    line = "total == 0"
    result = raised(f"def f():\n    {line}\n    total = 1\nf()")
    result.lines[:] = [f"f, line 4: {line}"]
    assert "`==` compares" in str(sentence(Call("f", (), {}, 0, result)))


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("np.zeros(w[0], w[1])", "takes one shape"),
        ("np.ones(2, 3)", "`np.ones` takes one shape"),
        ("np.random.randn((2, 3))", "one pair of brackets is too many"),
        ("np.random.rand(x.shape)", "one pair of brackets is too many"),
        ("np.sum(v for v in w)", "builtin `sum`"),
        ("np.zeros(5 / 2)", "`/` never gives one"),
        ("half = 0.5; y = np.sum(x, half)", "`np.sum` works on its first argument alone"),
        ("k = 0; y = np.ones(np.sum(w, k) + 0.5)", "has to be a whole number here"),
        ("np.zeros(3)[0] = np.ones((1, 2))", "a single number goes here"),
        ("x['W1']", "a key in quotes" and "dictionary"),
        ("x[5]", "past the end"),
        ("w[2]", "past the end"),
        ("x[0, 0, 0]", "more indices than"),
        ("d['W2']", "a layer that does not exist"),
        ("d['bias']", "letter by letter"),
        ("x @ x", "product of matrices"),
        ("np.dot(x, x)", "product of matrices"),
        ("x + np.ones((3, 2))", "Print both"),
        ("x.reshape(4, 4)", "another number of entries"),
        ("if x > 0: pass", "whether it is true"),
        ("a, b = 1, 2, 3", "fewer names to be filled here than"),
        ("none + 1", "still `None`"),
        ("none.shape", "still `None`"),
        ("len()", "how many, in which order"),
        ("'W' + 1", "`str(...)` makes a text"),
        ("np.copy(w, ['x'])", "how many, in which order"),
        ("for l in range(len(w) / 2): pass", "`/` never gives"),
        ("w[0:1.5]", "`/` never gives"),
        ("np.sum(x, 1e-7)", "something that has to be a whole number here is a fraction"),
        ("x(0)", "a number or an array: is a `*` missing"),
        ("for l in 3: pass", "items of a single number"),
        ("[v for v in np.float64(3)]", "items of a single number"),
        ("for l in 3: pass", "was this to hold several"),
        ("1 - 0.9^2", "`^` is no power"),
        ("np.ones(2)^2", "`^` is no power"),
        ("1 / 0", "divided by zero"),
        ("np.squrt(2)", "spelling"),
        ("math.ceil(2)", "`math` is not known here: was it imported?"),
        ("True + true", "large and small letters"),
        ("print(nosuch)", "`nosuch` is not known here: is it spelled"),
    ],
)
def test_each_kind_has_its_sentence_with_the_students_line(line, word):
    text = said(line)
    assert text.startswith("Line 4: ") and word in text


def test_a_name_that_is_not_in_the_line_is_not_repeated():
    result = raised("print(nosuch)")
    result.lines[:] = ["f, line 4: helper()"]
    assert sentence(Call("f", (), {}, 0, result)) is None


def test_a_message_that_a_function_made_up_is_never_repeated():
    for error in ("NameError", "KeyError", "ValueError", "TypeError"):
        result = CallResult(
            "raised", error_name=error, error_message="name 'x17' is 0.25", lines=["f, line 4: f()"]
        )
        assert "x17" not in (sentence(Call("f", (), {}, 0, result)) or "")


def test_an_exception_outside_of_the_students_lines_is_not_explained():
    result = CallResult("raised", error_name="ZeroDivisionError", error_message="division by zero")
    assert sentence(Call("f", (), {}, 0, result)) is None


def test_only_the_checks_that_raised_are_explained():
    good = Check("a", "", "f", Verdict.PASSED)
    bad = Check("b", "", "f", Verdict.ERROR)
    wrong = Check("c", "", "f", Verdict.WRONG)
    rows = [
        CheckCalls(True, []),
        CheckCalls(False, [Call("f", (), {}, 0, raised("1 / 0"))]),
        CheckCalls(False, [Call("f", (), {}, 0, CallResult("value", 3))]),
    ]
    hints = [check.hint for check in by_exceptions((good, bad, wrong), rows, ENGLISH)]
    assert hints == ["", "Line 4: something is divided by zero.", ""]


def test_of_a_line_with_many_words_no_name_is_told():
    """Which word a function names can be chosen by what it was called with."""
    few, many = (" ".join(f"w{n}" for n in range(most)) for most in (20, 40))
    for words, told in ((few, True), (many, False)):
        result = raised("print(w7)")
        result.lines[:] = [f"f, line 4: print(w7) # {words} or so"]
        assert (sentence(Call("f", (), {}, 0, result)) is not None) is told


@pytest.mark.parametrize(
    ("first", "verdict"),
    [
        (CallResult("raised", error_name="ValueError", lines=["f, line 2: x"]), Verdict.ERROR),
        (CallResult("value", 3), Verdict.WRONG),
        (CallResult("crashed"), Verdict.ERROR),
    ],
)
def test_calls_after_the_one_that_ended_a_check_explain_nothing(first, verdict):
    """They were sent with it, and another line of each would say much about its arguments."""
    check = Check("a", "", "f", verdict)
    calls = [Call("f", (), {}, 0, result) for result in (first, raised("1 / 0"))]
    assert by_exceptions((check,), [CheckCalls(False, calls)], ENGLISH) == (check,)


def test_what_is_said_can_be_told_in_another_language():
    text = said("1 / 0")
    assert isinstance(text, Text) and text.parts == {"line": 4}
